package sqlite_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"feria/store"
	"feria/store/storetest"
)

type seats struct {
	ID    string   `json:"id"`
	Taken []string `json:"taken"`
}

type row struct {
	ID   string `json:"id"`
	Slot string `json:"slot"`
	Text string `json:"text"`
}

var (
	hotSeats = store.Declare(store.Spec[seats]{Name: "seats", ID: func(s *seats) string { return s.ID }, Hot: true})
	rows     = store.Declare(store.Spec[row]{Name: "rows", ID: func(r *row) string { return r.ID }, Indexes: []store.Index[row]{
		{Name: "slot", Key: func(r *row) store.Key { return store.K(r.Slot) }},
	}})
)

func benchStore(b *testing.B) *store.Store {
	s, err := store.Open(b.Context(), storetest.Drivers(b)(), store.Options{SkipSelfTest: true, Declarations: []store.Declaration{hotSeats, rows}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// BenchmarkDecide takes a seat of one document of 500 or of 300 documents of 30,
// with a row each.
func BenchmarkDecide(b *testing.B) {
	for documents, size := range map[int]int{1: 500, 300: 30} {
		b.Run(fmt.Sprintf("%d documents", documents), func(b *testing.B) {
			s := benchStore(b)
			var n atomic.Int64
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					i := n.Add(1)
					id := fmt.Sprint("seats/", int(i)%documents)
					ticket := fmt.Sprint("row/", i)
					err := hotSeats.In(s).Decide(b.Context(), id, func(r *seats) error {
						if len(r.Taken) >= size {
							r.Taken = r.Taken[:0] // begin anew, so that every call writes
						}
						r.Taken = append(r.Taken, ticket)
						return nil
					}, store.OrNew(func() seats { return seats{ID: id} }), store.With(func(bool) []store.Op {
						return []store.Op{rows.In(s).InsertOp(row{ID: ticket, Slot: id, Text: "a booking with what must follow from it"})}
					}))
					if err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// BenchmarkInsert is the limit that Decide is measured by.
func BenchmarkInsert(b *testing.B) {
	s := benchStore(b)
	var n atomic.Int64
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := rows.In(s).Insert(b.Context(), row{ID: fmt.Sprint("row/", n.Add(1)), Slot: "s", Text: "a booking with what must follow from it"}); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkApply(b *testing.B) {
	s := benchStore(b)
	ops := make([]store.Op, 1000)
	for n := 0; b.Loop(); n++ {
		for i := range ops {
			ops[i] = rows.In(s).InsertOp(row{ID: fmt.Sprint("row/", n, "/", i), Slot: "s", Text: "a booking with what must follow from it"})
		}
		if err := errors.Join(s.Apply(b.Context(), ops...)...); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGet(b *testing.B) {
	s := benchStore(b)
	if err := rows.In(s).Insert(b.Context(), row{ID: "r"}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := rows.In(s).Get(b.Context(), "r"); err != nil {
			b.Fatal(err)
		}
	}
}
