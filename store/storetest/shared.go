package storetest

import (
	"errors"
	"testing"
	"time"

	"feria/store"
)

// testRecent proves what Recent promises over two handles, as two copies of
// Feria have them: the own writes at once, those of the other within a second.
func testRecent(t *testing.T, factory Factory) {
	ctx := t.Context()
	drivers := factory(t)
	here, there := notes.In(open(t, drivers, options())), notes.In(open(t, drivers, options()))
	byEvent := store.By("event", "e")
	one := note{ID: "city/1", Event: "e", Name: "first"}

	if _, err := here.Recent(ctx, one.ID); !errors.Is(err, store.ErrAbsent) {
		t.Errorf("nothing: %v, want ErrAbsent", err)
	}
	if got, err := here.FindRecent(ctx, byEvent); err != nil || len(got) != 0 {
		t.Errorf("nothing: %v, %v", got, err)
	}
	writes := []struct {
		name string
		do   func() error
		want string // the name, "" for absent
	}{
		{"insert", func() error { return here.Insert(ctx, one) }, "first"},
		{"put", func() error { two := one; two.Name = "second"; return here.Put(ctx, two) }, "second"},
		{"update", func() error {
			_, err := here.Update(ctx, one.ID, func(n *note) error { n.Name = "third"; return nil })
			return err
		}, "third"},
		{"row of an update", func() error {
			four := one
			four.Name = "fourth"
			return rosters.In(open(t, drivers, options())).Decide(ctx, "r", func(*roster) error { return nil },
				store.OrNew(func() roster { return roster{ID: "r"} }), store.With(func(bool) []store.Op { return []store.Op{here.PutOp(four)} }))
		}, "fourth"},
		{"delete", func() error { return here.Delete(ctx, one.ID) }, ""},
	}
	for _, w := range writes {
		if err := w.do(); err != nil {
			t.Fatal(w.name, err)
		}
		limit := 2 * time.Second
		for _, c := range []*store.Collection[note]{here, there} {
			if c == here && w.name != "row of an update" { // that was written through a third handle
				limit = 0
			}
			for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
				got, err := c.Recent(ctx, one.ID)
				list, findErr := c.FindRecent(ctx, byEvent)
				if w.want == "" && errors.Is(err, store.ErrAbsent) && findErr == nil && len(list) == 0 {
					break
				}
				if w.want != "" && err == nil && got.Name == w.want && findErr == nil && len(list) == 1 && list[0].Name == w.want {
					break
				}
				if time.Since(begun) > limit {
					t.Errorf("%s: %q, %v; %v, %v; want %q", w.name, got.Name, err, list, findErr, w.want)
					break
				}
			}
			limit = 2 * time.Second
		}
	}
	if got, err := here.FindRecent(ctx, store.By("name", "e").Prefix("x").Limit(1)); err != nil || len(got) != 0 {
		t.Errorf("another question: %v, %v", got, err)
	}
	if _, err := here.FindRecent(ctx, store.By("nowhere")); !errors.Is(err, store.ErrNoIndex) {
		t.Errorf("a bad question: %v", err)
	}
}

// testLook proves that Look never gives what is not stored any more.
func testLook(t *testing.T, factory Factory) {
	ctx := t.Context()
	drivers := factory(t)
	here, there := rosters.In(open(t, drivers, options())), rosters.In(open(t, drivers, options()))
	look := func(want map[string]int, ids ...string) {
		t.Helper()
		got, err := here.Look(ctx, ids)
		if err != nil || len(got) != len(want) {
			t.Fatalf("look at %v: %v, %v", ids, got, err)
		}
		for id, seats := range want {
			if got[id] == nil || got[id].ID != id || got[id].Seats != seats {
				t.Errorf("look at %s: %+v, want %d seats", id, got[id], seats)
			}
		}
	}
	look(map[string]int{}, "a")
	look(map[string]int{})
	for _, id := range []string{"a", "b"} {
		if err := there.Insert(ctx, roster{ID: id, Seats: 1}); err != nil {
			t.Fatal(err)
		}
	}
	for seats := 1; seats < 4; seats++ {
		look(map[string]int{"a": seats}, "a")
		look(map[string]int{"a": seats}, "a") // from what was decoded before
		look(map[string]int{"a": seats, "b": 1}, "a", "b", "none", "a")
		if _, err := there.Update(ctx, "a", func(r *roster) error { r.Seats++; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if err := there.Delete(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	look(map[string]int{}, "a")
	if err := there.Insert(ctx, roster{ID: "a", Seats: 9}); err != nil {
		t.Fatal(err)
	}
	look(map[string]int{"a": 9}, "a")
}
