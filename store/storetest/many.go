package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"feria/store"
)

// testUpdateMany: each document is decided by itself, whatever becomes of the
// others, and nobody's change is lost.
func testUpdateMany(t *testing.T, factory Factory) {
	ctx := t.Context()
	next := factory(t)
	o := options()
	s, elsewhere := open(t, next, o), open(t, next, o)
	c := rosters.In(s)
	var all []string
	for i := range 9 {
		r := roster{ID: fmt.Sprintf("r%d", i), Seats: i}
		if err := c.Insert(ctx, r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r.ID)
	}
	no := errors.New("no")
	var once sync.Once
	errs := c.UpdateMany(ctx, slices.Insert(slices.Clone(all), 4, "none"), func(r *roster) error {
		once.Do(func() { // somebody else is first with two that were read already
			for _, id := range []string{"r0", "r7"} {
				err := rosters.In(elsewhere).Decide(ctx, id, func(r *roster) error { r.Taken = append(r.Taken, "other"); return nil })
				if err != nil {
					t.Error(err)
				}
			}
			if err := rosters.In(elsewhere).Delete(ctx, "r5"); err != nil {
				t.Error(err)
			}
		})
		switch r.Seats {
		case 1:
			return store.ErrUnchanged
		case 2:
			return no
		case 3:
			r.ID = "another"
			return nil
		}
		r.Taken = append(r.Taken, "mark")
		return nil
	})
	for i, want := range []error{nil, nil, no, errAny, store.ErrAbsent, nil, store.ErrAbsent, nil, nil, nil} {
		if want == errAny && errs[i] != nil {
			continue
		}
		if !errors.Is(errs[i], want) || want == nil && errs[i] != nil {
			t.Errorf("document %d: %v, want %v", i, errs[i], want)
		}
	}
	found, err := c.GetMany(ctx, all)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, r := range found {
		got += fmt.Sprint(r.ID, r.Taken, " ")
	}
	if want := "r0[other mark] r1[] r2[] r3[] r4[mark] r6[mark] r7[other mark] r8[mark] "; got != want {
		t.Errorf("afterwards\n%s\nwant\n%s", got, want)
	}
	if errs := c.UpdateMany(ctx, nil, func(*roster) error { return no }); len(errs) != 0 {
		t.Errorf("of none: %v", errs)
	}
}

// testUpdateManyRace: callers over two handles mark the same documents at the
// same time; each is told that all went well, and every mark is there.
func testUpdateManyRace(t *testing.T, factory Factory) {
	const documents, callers, times = 12, 8, 5
	next := factory(t)
	o := options()
	o.Strict = false // a mark is made anew as often as somebody else is first
	handles := []*store.Store{open(t, next, o), open(t, next, o)}
	var all []string
	for i := range documents {
		r := roster{ID: fmt.Sprintf("r%02d", i)}
		if err := rosters.In(handles[0]).Insert(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r.ID)
	}
	var wait sync.WaitGroup
	for i := range callers {
		wait.Go(func() {
			for range times {
				errs := rosters.In(handles[i%2]).UpdateMany(t.Context(), all, func(r *roster) error {
					r.Seats++
					return nil
				})
				if err := errors.Join(errs...); err != nil {
					t.Errorf("caller %d: %v", i, err)
				}
			}
		})
	}
	wait.Wait()
	found, err := rosters.In(handles[0]).GetMany(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range found {
		if r.Seats != callers*times {
			t.Errorf("%s has %d marks, want %d", r.ID, r.Seats, callers*times)
		}
	}
}

// testDeleteUnder: all that lies under a prefix goes, and nothing beside it.
func testDeleteUnder(t *testing.T, factory Factory) {
	ctx := t.Context()
	c := rosters.In(open(t, factory(t), options()))
	for i := range 600 {
		for _, prefix := range []string{"a/", "b/", "a", "ab/"} {
			if err := c.Insert(ctx, roster{ID: fmt.Sprint(prefix, i)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 2 {
		if err := c.DeleteUnder(ctx, "a/"); err != nil {
			t.Fatal(err)
		}
		for prefix, want := range map[string]int{"a/": 0, "b/": 600, "a": 1200, "ab/": 600} {
			if n, err := c.Count(ctx, store.All().Prefix(prefix)); err != nil || n != want {
				t.Errorf("%d documents under %q, want %d, %v", n, prefix, want, err)
			}
		}
	}
}
