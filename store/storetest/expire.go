package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"feria/store"
)

// counting counts the documents that are read in ranges.
type counting struct {
	store.Driver
	read *atomic.Int64
}

func (d counting) Find(ctx context.Context, collection string, scan store.Scan) ([]store.Doc, error) {
	docs, err := d.Driver.Find(ctx, collection, scan)
	d.read.Add(int64(len(docs)))
	return docs, err
}

func testExpire(t *testing.T, factory Factory) {
	ctx := t.Context()
	next := factory(t)
	var read atomic.Int64
	now := time.Date(2027, 4, 12, 0, 0, 0, 0, time.UTC)
	declare := func(until func(*note) time.Time) *store.Declared[note] {
		return store.Declare(store.Spec[note]{Name: "ending", ID: func(n *note) string { return n.ID }, Until: until})
	}
	ends := declare(func(n *note) time.Time { return n.Ends })
	with := func(d store.Declaration) *store.Store {
		return open(t, func() store.Driver { return counting{next(), &read} }, store.Options{Declarations: []store.Declaration{d}, SkipSelfTest: true, Strict: true})
	}
	insert := func(s *store.Store, d *store.Declared[note], ns ...note) {
		t.Helper()
		ops := make([]store.Op, len(ns))
		for i, n := range ns {
			ops[i] = d.In(s).InsertOp(n)
		}
		for _, err := range s.Apply(ctx, ops...) {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	expire := func(s *store.Store, when string, at time.Time, want int) (documents int64) {
		t.Helper()
		read.Store(0)
		gone, err := s.Expire(ctx, at)
		if err != nil || gone["ending"] != want {
			t.Errorf("%s: expired %v, %v; want %d", when, gone, err, want)
		}
		return read.Load()
	}

	// A program that knew of no end leaves documents without a key for it, before ...
	unending := declare(nil)
	old := with(unending)
	insert(old, unending, note{ID: "old", Ends: now.Add(-time.Hour)})
	s := with(ends)
	// ... or while one that does is there.
	insert(old, unending, note{ID: "beside", Ends: now.Add(-time.Hour)})
	all := []note{{ID: "never"}, {ID: "long after", Ends: now.AddDate(7900, 0, 0)}}
	for i := range 1300 { // one each minute from now on
		all = append(all, note{ID: fmt.Sprintf("%04d", i), Ends: now.Add(time.Duration(i) * time.Minute)})
	}
	insert(s, ends, all...)
	expire(s, "what others wrote, and the one that ends now", now, 3)

	if n := expire(s, "nothing is over", now, 0); n != 0 {
		t.Errorf("%d documents are read although none is over", n)
	}
	if n := expire(s, "ten are over", now.Add(10*time.Minute), 10); n != 10 {
		t.Errorf("%d documents are read although ten are over", n)
	}
	// An end that moves away, or is taken back, moves in the index.
	for i, end := range []time.Time{now.AddDate(1, 0, 0), {}} {
		if _, err := ends.In(s).Update(ctx, fmt.Sprintf("%04d", 11+i), func(n *note) error { n.Ends = end; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if n := expire(s, "two of them end later", now.Add(20*time.Minute), 8); n != 8 {
		t.Errorf("%d documents are read although eight are over", n)
	}
	if n := expire(s, "more than are written at once", now.Add(1299*time.Minute), 1279); n != 1279 {
		t.Errorf("%d documents are read although 1279 are over", n)
	}

	// A key that is not the document's end, as of a program that knew another one.
	early := declare(func(n *note) time.Time { return n.Ends.Add(-24 * time.Hour) })
	other := with(early)
	insert(other, early, note{ID: "later", Ends: now.AddDate(0, 0, 2)})
	if n := expire(s, "a key that comes too early", now.AddDate(0, 0, 1), 0); n != 1 {
		t.Errorf("%d documents are read, want the one with the early key", n)
	}
	if n := expire(s, "its key is right now", now.AddDate(0, 0, 1), 0); n != 0 {
		t.Errorf("%d documents are read although the key was set right", n)
	}
	expire(s, "it is over", now.AddDate(0, 0, 2), 1)
	if n, err := ends.In(s).Count(ctx, store.All()); err != nil || n != 4 {
		t.Errorf("%d are left, %v; want the four that end later or never", n, err)
	}
}
