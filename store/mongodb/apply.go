package mongodb

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"feria/store"
)

// uniques remembers which indexes of a collection are unique, to name the one
// that a write has hurt.
type uniques struct {
	mu sync.RWMutex
	of map[string][]string
}

func (u *uniques) set(shape store.Shape) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.of == nil {
		u.of = map[string][]string{}
	}
	u.of[shape.Collection] = nil
	for _, ix := range shape.Indexes {
		if ix.Unique {
			u.of[shape.Collection] = append(u.of[shape.Collection], ix.Name)
		}
	}
}

func (u *uniques) get(collection string) []string {
	u.mu.RLock()
	defer u.mu.RUnlock()
	return u.of[collection]
}

// Apply does the writes in order. Neighbours of one kind in the same collection
// go together, in no order among themselves, which matters to nobody, since none
// of them needs another of them.
func (d *Driver) Apply(ctx context.Context, writes []store.Write) []error {
	ctx, done, err := d.watch.enter(ctx)
	if err != nil {
		return slices.Repeat([]error{err}, len(writes))
	}
	errs := make([]error, len(writes))
	defer func() {
		if err := done(errors.Join(errs...)); !errors.Is(err, errAway) {
			return
		}
		for i, err := range errs {
			if errors.Is(err, context.Canceled) {
				errs[i] = errAway
			}
		}
	}()
	failed := false
	for from := 0; from < len(writes); {
		to := from + 1
		for to < len(writes) && to-from < batch && together(writes[from], writes[to]) && writes[to].Needs <= from {
			to++
		}
		var message []int // places of what is to be done
		for i := from; i < to; i++ {
			if w := writes[i]; w.Guard && failed || w.Needs > 0 && errs[w.Needs-1] != nil {
				errs[i] = store.ErrSkipped
				continue
			}
			message = append(message, i)
		}
		if len(message) == 1 || writes[from].Kind == store.Replace {
			d.each(ctx, writes, message, errs)
		} else {
			d.bulk(ctx, writes, message, errs)
		}
		for _, err := range errs[from:to] {
			failed = failed || err != nil
		}
		from = to
	}
	return errs
}

func together(a, b store.Write) bool {
	return a.Collection == b.Collection && a.Kind == b.Kind && !a.Guard && !b.Guard && a.Kind != store.Delete
}

// maxRefused is how often a write is tried that the server refuses to do for no
// reason of ours.
const maxRefused = 7

// one does one write. A server over PostgreSQL may pick a write that meets others
// on a unique key as the victim of a deadlock: it is told as a write error, so the
// write was not done, and is tried again. Before it joins the others once more it
// waits and looks whether one of them has the key by now, for each further one
// that queues there makes the next deadlock likelier.
func (d *Driver) one(ctx context.Context, w store.Write) error {
	for try := 1; ; try++ {
		err := d.once(ctx, w)
		if !refused(err) || try == maxRefused {
			return err
		}
		select {
		case <-time.After(rand.N(20 * time.Millisecond << try)):
		case <-ctx.Done():
			return store.Ended(ctx)
		}
		if w.Kind != store.Insert {
			continue
		}
		switch found, err := d.hurt(ctx, w); {
		case err != nil:
			return err
		case found != nil:
			return found
		}
	}
}

// refused says whether the server certainly has not done a write, though it hurt
// no key.
func refused(err error) bool {
	var we mongo.WriteException
	return errors.As(err, &we) && we.WriteConcernError == nil && len(we.WriteErrors) > 0 && !mongo.IsDuplicateKeyError(we)
}

func (d *Driver) once(ctx context.Context, w store.Write) error {
	c := d.db.Collection(w.Collection)
	at := bson.D{{Key: "_id", Value: w.Doc.ID}}
	if w.If > 0 {
		at = append(at, bson.E{Key: "rev", Value: w.If})
	}
	if w.Kind == store.Delete {
		res, err := c.DeleteOne(ctx, at)
		if err != nil {
			return translate(err)
		}
		return d.missed(ctx, w, res.DeletedCount)
	}
	doc, err := stored(w.Doc)
	if err != nil {
		return err
	}
	switch w.Kind {
	case store.Insert:
		_, err = c.InsertOne(ctx, doc)
	case store.Put:
		_, err = c.ReplaceOne(ctx, at, doc, options.Replace().SetUpsert(true))
	case store.Replace:
		var res *mongo.UpdateResult
		if res, err = c.ReplaceOne(ctx, at, doc); err == nil {
			return d.missed(ctx, w, res.MatchedCount)
		}
	default:
		return fmt.Errorf("mongodb: write of unknown kind %d", w.Kind)
	}
	if mongo.IsDuplicateKeyError(err) {
		return d.conflict(ctx, w)
	}
	return translate(err)
}

// duplicate is the server's code for a key that exists already.
const duplicate = 11000

// missed tells why a condition found nothing.
func (d *Driver) missed(ctx context.Context, w store.Write, found int64) error {
	if found > 0 {
		return nil
	}
	n, err := d.db.Collection(w.Collection).CountDocuments(ctx, bson.D{{Key: "_id", Value: w.Doc.ID}})
	switch {
	case err != nil:
		return translate(err)
	case n == 0:
		return fmt.Errorf("%w: %s %q", store.ErrAbsent, w.Collection, w.Doc.ID)
	}
	return fmt.Errorf("%w: %s %q", store.ErrStale, w.Collection, w.Doc.ID)
}

// conflict looks which unique rule was hurt, since servers differ in what they
// say of it. If it is not hurt any more, the id is what is named, and the caller
// begins anew.
func (d *Driver) conflict(ctx context.Context, w store.Write) error {
	found, err := d.hurt(ctx, w)
	if err != nil {
		return err
	}
	if found == nil {
		found = &store.ExistsError{Collection: w.Collection}
	}
	return found
}

// hurt is the unique rule that the write would hurt now, nil if none.
func (d *Driver) hurt(ctx context.Context, w store.Write) (*store.ExistsError, error) {
	c := d.db.Collection(w.Collection)
	if w.Kind == store.Insert {
		n, err := c.CountDocuments(ctx, bson.D{{Key: "_id", Value: w.Doc.ID}})
		if err != nil {
			return nil, translate(err)
		}
		if n > 0 {
			return &store.ExistsError{Collection: w.Collection}, nil
		}
	}
	for _, name := range d.unique.get(w.Collection) {
		key, ok := w.Doc.Keys[name]
		if !ok {
			continue
		}
		n, err := c.CountDocuments(ctx, bson.D{
			{Key: "k." + name, Value: key},
			{Key: "_id", Value: bson.D{{Key: "$ne", Value: w.Doc.ID}}},
		})
		if err != nil {
			return nil, translate(err)
		}
		if n > 0 {
			return &store.ExistsError{Collection: w.Collection, Index: name}, nil
		}
	}
	return nil, nil
}

// stored is a document as the server keeps it.
func stored(doc store.Doc) (bson.D, error) {
	body, err := fromJSON(doc.Body)
	if err != nil {
		return nil, fmt.Errorf("mongodb: %q: %w", doc.ID, err)
	}
	keys := make(bson.D, 0, len(doc.Keys))
	for name, key := range doc.Keys {
		keys = append(keys, bson.E{Key: name, Value: key})
	}
	return bson.D{{Key: "_id", Value: doc.ID}, {Key: "rev", Value: doc.Rev}, {Key: "k", Value: keys}, {Key: "d", Value: body}}, nil
}
