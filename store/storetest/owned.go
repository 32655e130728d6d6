package storetest

import (
	"context"
	"errors"
	"testing"

	"feria/store"
)

// testOwned: on a store that can not take rows back a row is its writer's as long
// as nobody else has written it.
func testOwned(t *testing.T, factory Factory) {
	ctx := t.Context()
	const before, guard = 0, 1 // steps of an update with one row
	begin := func(t *testing.T, step int, meanwhile func(s *store.Store)) (here *store.Store) {
		next := factory(t)
		o := options()
		elsewhere := open(t, next, o)
		if err := rosters.In(elsewhere).Insert(ctx, roster{ID: "r", Seats: 5}); err != nil {
			t.Fatal(err)
		}
		return open(t, func() store.Driver {
			return Stepwise(next(), func(n int) {
				if fn := meanwhile; n == step && fn != nil {
					meanwhile = nil
					fn(elsewhere)
				}
			})
		}, o)
	}
	add := func(s *store.Store) {
		err := rosters.In(s).Decide(context.WithoutCancel(ctx), "r", func(r *roster) error { r.Taken = append(r.Taken, "other"); return nil })
		if err != nil {
			t.Error(err)
		}
	}
	take := func(s *store.Store) {
		mine, rev, _, err := tickets.In(s).GetUnless(context.WithoutCancel(ctx), "t1", 0)
		if err != nil {
			t.Error(err)
			return
		}
		mine.Place = 77
		if errs := s.Apply(context.WithoutCancel(ctx), tickets.In(s).ReplaceOp(mine, rev)); errs[0] != nil {
			t.Error(errs[0])
		}
	}
	state := func(t *testing.T, s *store.Store, taken int, place int) {
		t.Helper()
		r, err := rosters.In(s).Get(ctx, "r")
		if err != nil || len(r.Taken) != taken {
			t.Errorf("taken by %v, want %d; %v", r.Taken, taken, err)
		}
		row, err := tickets.In(s).Get(ctx, "t1")
		if place < 0 && !errors.Is(err, store.ErrAbsent) || place >= 0 && (err != nil || row.Place != place) {
			t.Errorf("the row has place %d, %v; want %d", row.Place, err, place)
		}
	}
	t.Run("overtaken alone", func(t *testing.T) {
		s := begin(t, guard, add)
		if err := claimSeat(ctx, s, "t1", "k"); err != nil {
			t.Errorf("the second try: %v", err)
		}
		state(t, s, 2, 2)
	})
	t.Run("overtaken, and the row is another's", func(t *testing.T) {
		s := begin(t, guard, func(s *store.Store) { take(s); add(s) })
		if err := claimSeat(ctx, s, "t1", "k"); !errors.Is(err, store.ErrExists) {
			t.Errorf("%v, want ErrExists", err)
		}
		state(t, s, 1, 77)
	})
	t.Run("overtaken, and the row is gone", func(t *testing.T) {
		s := begin(t, guard, func(s *store.Store) {
			if err := tickets.In(s).Delete(context.WithoutCancel(ctx), "t1"); err != nil {
				t.Error(err)
			}
			add(s)
		})
		if err := claimSeat(ctx, s, "t1", "k"); !errors.Is(err, store.ErrExists) {
			t.Errorf("%v, want ErrExists", err)
		}
		state(t, s, 1, -1)
	})
	// Somebody takes over a row that is there.
	claim := func(s *store.Store, full int, rev int64) error {
		return rosters.In(s).Decide(ctx, "r", func(r *roster) error {
			if len(r.Taken) >= full {
				return errFull
			}
			r.Taken = append(r.Taken, "t1")
			return nil
		}, store.With(func(bool) []store.Op {
			return []store.Op{tickets.In(s).ReplaceOp(ticket{ID: "t1", Roster: "r", Place: 1}, rev)}
		}))
	}
	left := func(t *testing.T, s *store.Store) int64 {
		t.Helper()
		if err := tickets.In(s).Insert(ctx, ticket{ID: "t1", Roster: "r"}); err != nil {
			t.Fatal(err)
		}
		_, rev, _, err := tickets.In(s).GetUnless(ctx, "t1", 0)
		if err != nil {
			t.Fatal(err)
		}
		return rev
	}
	t.Run("taken over", func(t *testing.T) {
		s := begin(t, guard, add)
		if err := claim(s, 5, left(t, s)); err != nil {
			t.Errorf("the second try: %v", err)
		}
		state(t, s, 2, 1)
	})
	t.Run("taken over too late", func(t *testing.T) {
		s := begin(t, before, take)
		if err := claim(s, 5, left(t, s)); !errors.Is(err, store.ErrStale) {
			t.Errorf("%v, want ErrStale", err)
		}
		state(t, s, 0, 77)
	})
	t.Run("taken over by somebody who is refused", func(t *testing.T) {
		s := begin(t, guard, add)
		if err := claim(s, 1, left(t, s)); !errors.Is(err, errFull) {
			t.Errorf("%v, want a refusal", err)
		}
		state(t, s, 1, 1)
	})
	t.Run("nothing to take over", func(t *testing.T) {
		s := begin(t, guard, nil)
		if err := claim(s, 5, 1); !errors.Is(err, store.ErrAbsent) {
			t.Errorf("%v, want ErrAbsent", err)
		}
		state(t, s, 0, -1)
	})
}

// testRevs: what was read with its revision is replaced as long as it has that, and
// by one write after another.
func testRevs(t *testing.T, factory Factory) {
	ctx := t.Context()
	s := open(t, factory(t), options())
	c := tickets.In(s)
	for _, id := range []string{"t1", "t2"} {
		if err := c.Insert(ctx, ticket{ID: id, Roster: "r"}); err != nil {
			t.Fatal(err)
		}
	}
	found, revs, err := c.FindRevs(ctx, store.By("roster", "r"))
	if err != nil || len(found) != 2 || len(revs) != 2 {
		t.Fatalf("%v, %v, %v", found, revs, err)
	}
	var once, twice []store.Op
	for i, k := range found {
		k.Place = 1
		once = append(once, c.ReplaceOp(k, revs[i]))
		k.Place = 2
		twice = append(twice, c.ReplaceOp(k, revs[i]))
	}
	if once[0].ID() != found[0].ID {
		t.Errorf("the operation is of %q, want %q", once[0].ID(), found[0].ID)
	}
	for _, step := range []struct {
		name string
		ops  []store.Op
		want error
	}{
		{"once", once, nil},
		{"once more", twice, store.ErrStale},
		{"after that", []store.Op{twice[0].After(once[0]), twice[1].After(once[1])}, nil},
		{"of another", []store.Op{c.ReplaceOp(ticket{ID: "t3"}, revs[0])}, store.ErrAbsent},
		{"deleted as it was", []store.Op{c.DeleteAtOp("t1", revs[0]), c.DeleteAtOp("t2", revs[1])}, store.ErrStale},
	} {
		for _, err := range s.Apply(ctx, step.ops...) {
			if !errors.Is(err, step.want) || step.want == nil && err != nil {
				t.Errorf("%s: %v, want %v", step.name, err, step.want)
			}
		}
	}
	if all, err := c.Find(ctx, store.By("roster", "r")); err != nil || all[0].Place != 2 || all[1].Place != 2 {
		t.Errorf("left %+v, %v", all, err)
	}
}

// testLostAnswer: the document was written, nobody was told, and somebody else has
// written it since. What came of it is not known, so its row stays.
func testLostAnswer(t *testing.T, factory Factory) {
	ctx := t.Context()
	next := factory(t)
	elsewhere := open(t, next, options())
	if err := rosters.In(elsewhere).Insert(ctx, roster{ID: "r", Seats: 5}); err != nil {
		t.Fatal(err)
	}
	s := open(t, func() store.Driver {
		return deaf{Stepwise(next(), nil), func() {
			if err := claimSeat(context.WithoutCancel(ctx), elsewhere, "t2", "k2"); err != nil {
				t.Error(err)
			}
		}}
	}, options())
	if err := claimSeat(ctx, s, "t1", "k1"); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("%v, want ErrUnavailable", err)
	}
	consistent(t, elsewhere, 2)
}
