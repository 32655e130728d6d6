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
