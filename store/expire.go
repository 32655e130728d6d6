package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// endIndex is the index that Declare adds where documents have an end (Spec.Until):
// it holds those whose end is known, by it. It begins with no City, since Expire
// works for all of them.
const endIndex = "until"

// Expire deletes the documents whose time is over (Spec.Until) and answers how
// many by collection.
//
// It finds them by their index, so it costs as much as there is to delete. Only the
// first time after Open it looks at all documents of these collections: a program
// that knows no such index may have written beside this one or before it. Errors:
// ErrUnavailable.
func (s *Store) Expire(ctx context.Context, now time.Time) (map[string]int, error) {
	gone := map[string]int{}
	all := !s.expiredAll.Load()
	for _, d := range s.order {
		about := d.About()
		if !about.Ends {
			continue
		}
		expire := s.expireDue
		if all {
			expire = s.expireAll
		}
		n, err := expire(ctx, d, now)
		if n > 0 {
			gone[about.Name] = n
		}
		if err != nil {
			return gone, err
		}
	}
	s.expiredAll.Store(true)
	return gone, nil
}

func (s *Store) expireAll(ctx context.Context, d Declaration, now time.Time) (n int, err error) {
	name := d.About().Name
	err = s.inBulk(ctx, name, func(doc Doc) (Write, bool, error) {
		over, err := d.expired(doc.Body, now)
		return Write{Kind: Delete, Collection: name, Doc: Doc{ID: doc.ID}, If: doc.Rev}, over, err
	}, func(Write) { n++ })
	return n, err
}

// expireDue takes the documents that the index says are over from the front of it,
// until there are none. One that is not over has an old key, and gets its own.
func (s *Store) expireDue(ctx context.Context, d Declaration, now time.Time) (n int, err error) {
	name := d.About().Name
	_, to := within(K(now).text()) // that very instant too
	for {
		docs, err := s.driver.Find(ctx, name, Scan{Index: endIndex, To: to, Limit: bulk})
		if err != nil || len(docs) == 0 {
			return n, err
		}
		writes := make([]Write, len(docs))
		for i, doc := range docs {
			if writes[i], err = dueWrite(d, doc, now); err != nil {
				return n, err
			}
		}
		moved := false
		for i, err := range s.write(ctx, writes) {
			switch {
			case err == nil && writes[i].Kind == Delete:
				n, moved = n+1, true
			case err == nil:
				moved = true
			case !errors.Is(err, ErrStale) && !errors.Is(err, ErrAbsent): // left to whoever overtook it
				return n, fmt.Errorf("%s %q: %w", name, docs[i].ID, err)
			}
		}
		if len(docs) < bulk || !moved {
			return n, nil
		}
	}
}

func dueWrite(d Declaration, doc Doc, now time.Time) (Write, error) {
	w := Write{Kind: Delete, Collection: d.About().Name, Doc: Doc{ID: doc.ID}, If: doc.Rev}
	over, err := d.expired(doc.Body, now)
	if err != nil || over {
		return w, err
	}
	_, keys, err := d.keysOf(doc.Body)
	w.Kind, w.Doc = Replace, Doc{ID: doc.ID, Rev: newRev(), Body: doc.Body, Keys: keys}
	return w, err
}
