package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Record is one document of a backup.
type Record struct {
	Collection string          `json:"collection"`
	ID         string          `json:"id"`
	Rev        int64           `json:"rev"`
	Body       json.RawMessage `json:"body"`
}

// Dump hands all documents of all collections that are backed up to fn, first
// the store's own account of its shapes. It is not one instant: what is written
// meanwhile may be in it or not. It ends with fn's first error.
func (s *Store) Dump(ctx context.Context, fn func(Record) error) error {
	for _, d := range s.order {
		about := d.About()
		if about.NoBackup {
			continue
		}
		err := s.eachDoc(ctx, about.Name, func(doc Doc) error {
			return fn(Record{Collection: about.Name, ID: doc.ID, Rev: doc.Rev, Body: doc.Body})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Load restores what Dump gave, with ids and revisions, into a store that holds
// no documents, and runs the migrations that the backup has not seen. next
// gives record after record and io.EOF at the end. Load answers how many it
// restored. Errors: ErrNotEmpty, ErrTooNew, ErrUndeclared for a record of an
// unknown collection, those of next and of the driver.
func (s *Store) Load(ctx context.Context, next func() (Record, error)) (int, error) {
	if err := s.empty(ctx); err != nil {
		return 0, err
	}
	var done *meta
	n := 0
	var batch []Write
	flush := func() error {
		for i, err := range s.write(ctx, batch) {
			if err != nil {
				return fmt.Errorf("restore %s %q: %w", batch[i].Collection, batch[i].Doc.ID, err)
			}
		}
		n += len(batch)
		batch = batch[:0]
		return nil
	}
	for {
		rec, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return n, err
		}
		c, ok := s.collections[rec.Collection]
		if !ok {
			return n, fmt.Errorf("%w: %s", ErrUndeclared, rec.Collection)
		}
		if rec.Collection == metas.spec.Name {
			m, err := metas.decode(Doc{ID: rec.ID, Body: rec.Body})
			if err != nil {
				return n, err
			}
			if err := s.mayRead(m); err != nil {
				return n, err
			}
			done = &m
			continue
		}
		id, keys, err := c.declaration().keysOf(rec.Body)
		if err != nil {
			return n, err
		}
		if id != rec.ID || rec.Rev <= 0 {
			return n, fmt.Errorf("restore %s %q: the record contradicts itself", rec.Collection, rec.ID)
		}
		batch = append(batch, Write{Kind: Insert, Collection: rec.Collection, Doc: Doc{ID: id, Rev: rec.Rev, Body: rec.Body, Keys: keys}})
		if len(batch) == bulk {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	if err := flush(); err != nil {
		return n, err
	}
	if done == nil {
		return n, errors.New("store: backup lacks the store's own record")
	}
	return n, s.adopt(ctx, *done)
}

// adopt takes over what a backup says of its shapes, and migrates from there.
func (s *Store) adopt(ctx context.Context, m meta) error {
	if err := metas.In(s).Put(ctx, m); err != nil {
		return err
	}
	return s.upToDate(ctx)
}

func (s *Store) empty(ctx context.Context) error {
	for _, d := range s.options.Declarations {
		about := d.About()
		if about.NoBackup {
			continue
		}
		docs, err := s.driver.Find(ctx, about.Name, Scan{Unique: true, Limit: 1})
		if err != nil {
			return err
		}
		if len(docs) > 0 {
			return fmt.Errorf("%w: there are %s", ErrNotEmpty, about.Name)
		}
	}
	return nil
}

// Reindex computes the keys of all documents anew and answers how many had
// wrong ones written anew. Open does so by itself for indexes that are new or
// have a new Version; doctor may do it after an old and a new program ran side
// by side.
func (s *Store) Reindex(ctx context.Context) (int, error) {
	total := 0
	for _, d := range s.order {
		n, err := s.rekey(ctx, d)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// rekey writes documents anew whose keys are due.
func (s *Store) rekey(ctx context.Context, d Declaration) (int, error) {
	n := 0
	name := d.About().Name
	err := s.inBulk(ctx, name, func(doc Doc) (Write, bool, error) {
		id, keys, err := d.keysOf(doc.Body)
		if err == nil && id != doc.ID {
			err = fmt.Errorf("store: %s %q says that its id is %q", name, doc.ID, id)
		}
		fresh := Doc{ID: doc.ID, Rev: newRev(), Body: doc.Body, Keys: keys}
		return Write{Kind: Replace, Collection: name, Doc: fresh, If: doc.Rev}, true, err
	}, func(Write) { n++ })
	return n, err
}

// bulk is how many documents are written at once where many are.
const bulk = 500

// inBulk goes through a collection and does the writes that plan asks for. One
// that was overtaken is left to whoever overtook it.
func (s *Store) inBulk(ctx context.Context, collection string, plan func(Doc) (Write, bool, error), did func(Write)) error {
	var batch []Write
	flush := func() error {
		for i, err := range s.write(ctx, batch) {
			switch {
			case err == nil:
				did(batch[i])
			case !errors.Is(err, ErrStale) && !errors.Is(err, ErrAbsent):
				return fmt.Errorf("%s %q: %w", collection, batch[i].Doc.ID, err)
			}
		}
		batch = batch[:0]
		return nil
	}
	err := s.eachDoc(ctx, collection, func(doc Doc) error {
		w, wanted, err := plan(doc)
		if err != nil || !wanted {
			return err
		}
		if batch = append(batch, w); len(batch) < bulk {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// eachDoc goes through a collection in the order of ids, a page at a time, so
// that no connection is held while fn works.
func (s *Store) eachDoc(ctx context.Context, collection string, fn func(Doc) error) error {
	scan := Scan{Unique: true, Limit: eachPage}
	for {
		docs, err := s.driver.Find(ctx, collection, scan)
		if err != nil {
			return err
		}
		for _, doc := range docs {
			if err := fn(doc); err != nil {
				return err
			}
		}
		if len(docs) < scan.Limit {
			return nil
		}
		scan.After = &Place{ID: docs[len(docs)-1].ID}
	}
}
