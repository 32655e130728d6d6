package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"feria/store"
)

func testUpdates(t *testing.T, factory Factory) {
	for _, combine := range []bool{true, false} {
		t.Run(fmt.Sprintf("combining %v", combine), func(t *testing.T) {
			ctx := t.Context()
			o := options()
			o.NoCombine = !combine
			c := rosters.In(open(t, factory(t), o))
			take := func(who string) func(*roster) error {
				return func(r *roster) error { r.Taken = append(r.Taken, who); return nil }
			}
			if _, err := c.Update(ctx, "r", take("a")); !errors.Is(err, store.ErrAbsent) {
				t.Errorf("update of nothing: %v, want ErrAbsent", err)
			}
			start := store.OrNew(func() roster { return roster{ID: "r", Seats: 3} })
			no := errors.New("no")
			if _, err := c.Update(ctx, "r", func(*roster) error { return no }, start); err != no {
				t.Errorf("refused on a new document: %v, want the function's own error", err)
			}
			if got, err := c.Update(ctx, "r", func(*roster) error { return store.ErrUnchanged }, start); err != nil || got.Seats != 3 {
				t.Errorf("unchanged on a new document: %+v, %v", got, err)
			}
			if _, err := c.Get(ctx, "r"); !errors.Is(err, store.ErrAbsent) {
				t.Errorf("neither may have made it: %v", err)
			}
			got, err := c.Update(ctx, "r", take("a"), start)
			if err != nil || got.Seats != 3 || !slices.Equal(got.Taken, []string{"a"}) {
				t.Errorf("first update: %+v, %v", got, err)
			}
			got, err = c.Update(ctx, "r", take("b"), start)
			if err != nil || !slices.Equal(got.Taken, []string{"a", "b"}) {
				t.Errorf("second update: %+v, %v", got, err)
			}
			got.Taken[0] = "scribble" // the result is the caller's own
			_, rev, _, err := c.GetUnless(ctx, "r", 0)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := c.Update(ctx, "r", func(*roster) error { return store.ErrUnchanged }); err != nil || !slices.Equal(got.Taken, []string{"a", "b"}) {
				t.Errorf("unchanged: %+v, %v", got, err)
			}
			if _, err := c.Update(ctx, "r", func(*roster) error { return no }); err != no {
				t.Errorf("refused: %v", err)
			}
			if _, _, changed, err := c.GetUnless(ctx, "r", rev); err != nil || changed {
				t.Errorf("a refusal and an unchanged one have written: %v, %v", changed, err)
			}
			if err := c.Decide(ctx, "r", take("c")); err != nil {
				t.Error(err)
			}
			if _, err := c.Update(ctx, "r", func(r *roster) error { r.ID = "other"; return nil }); err == nil {
				t.Error("an update changed the id")
			}
			if _, err := c.Update(ctx, "x", take("a"), start); err == nil {
				t.Error("OrNew gave another id")
			}
			if _, err := c.Update(ctx, "x", take("a"), store.OrNew(func() ticket { return ticket{ID: "x"} })); err == nil {
				t.Error("OrNew gave another type")
			}
			if got, err := c.Get(ctx, "r"); err != nil || !slices.Equal(got.Taken, []string{"a", "b", "c"}) {
				t.Errorf("in the end: %+v, %v", got, err)
			}
			testOutsideChange(t, c)
		})
	}
}

// testOutsideChange: what another process writes is seen by the next decision,
// even where the document is kept decoded.
func testOutsideChange(t *testing.T, c *store.Collection[roster]) {
	ctx := t.Context()
	for _, row := range []struct {
		name  string
		write func() error
		want  int // seats seen; -1: absent
	}{
		{"changed", func() error { return c.Put(ctx, roster{ID: "r", Seats: 99}) }, 99},
		{"deleted and made again", func() error {
			return errors.Join(c.Delete(ctx, "r"), c.Insert(ctx, roster{ID: "r", Seats: 7}))
		}, 7},
		{"deleted", func() error { return c.Delete(ctx, "r") }, -1},
	} {
		if err := row.write(); err != nil {
			t.Fatal(err)
		}
		seen := -1
		err := c.Decide(ctx, "r", func(r *roster) error { seen = r.Seats; return store.ErrUnchanged })
		if seen != row.want || (err != nil) != (row.want < 0) {
			t.Errorf("%s outside: saw %d, %v; want %d", row.name, seen, err, row.want)
		}
	}
}

func testPromises(t *testing.T, factory Factory) {
	ctx := t.Context()
	c := rosters.In(fresh(t, factory))
	if err := c.Insert(ctx, roster{ID: "r", Seats: 1, Taken: []string{"a"}}); err != nil {
		t.Fatal(err)
	}
	no := errors.New("no")
	runs := 0
	for _, row := range []struct {
		name string
		fn   func(*roster) error
		want error
	}{
		{"changes and refuses", func(r *roster) error { r.Taken[0] = "b"; return no }, store.ErrImpure},
		{"changes and says unchanged", func(r *roster) error { r.Seats = 2; return store.ErrUnchanged }, store.ErrImpure},
		{"counts its runs", func(r *roster) error { runs++; r.Seats = runs; return nil }, store.ErrImpure},
		{"answers differently", func(r *roster) error {
			if runs++; runs%2 == 0 {
				return no
			}
			return nil
		}, store.ErrImpure},
		{"refuses cleanly", func(*roster) error { return no }, no},
	} {
		if err := c.Decide(ctx, "r", row.fn); !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", row.name, err, row.want)
		}
		if got, err := c.Get(ctx, "r"); err != nil || got.Seats != 1 || got.Taken[0] != "a" {
			t.Fatalf("%s: left %+v, %v", row.name, got, err)
		}
	}
	func() {
		defer func() {
			if p := recover(); p != "boo" {
				t.Errorf("a panic came out as %v", p)
			}
		}()
		_ = c.Decide(ctx, "r", func(r *roster) error { r.Taken[0] = "b"; panic("boo") })
		t.Error("a panic was swallowed")
	}()
	if got, err := c.Update(ctx, "r", func(r *roster) error { r.Seats++; return nil }); err != nil || got.Seats != 2 || got.Taken[0] != "a" {
		t.Errorf("after a panic: %+v, %v", got, err)
	}

	// A caller who leaves gets the context's error; the others their answers.
	gone, leave := context.WithCancel(ctx)
	leave()
	if err := c.Decide(gone, "r", func(r *roster) error { r.Seats = 0; return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who had left: %v, want context.Canceled", err)
	}
	entered, released := make(chan struct{}), make(chan struct{})
	var once sync.Once
	waiting, leave := context.WithCancel(ctx)
	var wait sync.WaitGroup
	left := make(chan struct{})
	wait.Go(func() {
		defer close(left)
		err := c.Decide(waiting, "r", func(*roster) error {
			once.Do(func() { close(entered); <-released })
			return store.ErrUnchanged
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a caller who left: %v, want context.Canceled", err)
		}
	})
	<-entered
	var other error
	wait.Go(func() {
		other = c.Decide(ctx, "r", func(r *roster) error { r.Seats = 50; return nil })
	})
	leave()
	<-left // before there is an answer, for of two that are ready either may come
	close(released)
	wait.Wait()
	if got, err := c.Get(ctx, "r"); err != nil || other != nil || got.Seats != 50 {
		t.Errorf("the other caller: %v, left %+v, %v", other, got, err)
	}
}

func testRows(t *testing.T, factory Factory) {
	for _, combine := range []bool{true, false} {
		t.Run(fmt.Sprintf("combining %v", combine), func(t *testing.T) {
			ctx := t.Context()
			o := options()
			o.NoCombine = !combine
			s := open(t, factory(t), o)
			c, rows := rosters.In(s), tickets.In(s)
			if err := c.Insert(ctx, roster{ID: "r", Seats: 100}); err != nil {
				t.Fatal(err)
			}
			claim := func(id, key string) error { return claimSeat(ctx, s, id, key) }
			if err := claim("t1", "k1"); err != nil {
				t.Fatal(err)
			}
			if row, err := rows.Get(ctx, "t1"); err != nil || row.Place != 1 {
				t.Errorf("the row says what was decided: %+v, %v", row, err)
			}
			var exists *store.ExistsError
			if err := claim("t1", "k9"); !errors.As(err, &exists) || exists.Collection != "tickets" || exists.Index != "" {
				t.Errorf("the row's id is taken: %v, want ErrExists", err)
			}
			if err := claim("t2", "k1"); !errors.As(err, &exists) || exists.Index != "key" {
				t.Errorf("the row's key is taken: %v, want ErrExists", err)
			}
			if got, err := c.Get(ctx, "r"); err != nil || !slices.Equal(got.Taken, []string{"t1"}) {
				t.Errorf("a refused row must not count: %+v, %v", got, err)
			}

			// Many at once, every third with a key that is taken: those alone fail.
			var wait sync.WaitGroup
			errs := make([]error, 60)
			for i := range errs {
				key := fmt.Sprint("m", i)
				if i%3 == 0 {
					key = "k1"
				}
				wait.Go(func() { errs[i] = claim(fmt.Sprintf("m%02d", i), key) })
			}
			wait.Wait()
			for i, err := range errs {
				if (i%3 == 0) != errors.Is(err, store.ErrExists) || i%3 != 0 && err != nil {
					t.Errorf("claim %d: %v", i, err)
				}
			}
			consistent(t, s, 41)

			refuse := errors.New("full")
			err := c.Decide(ctx, "r", func(*roster) error { return refuse }, store.With(func(bool) []store.Op {
				t.Error("rows were asked for though nothing was decided")
				return nil
			}))
			if err != refuse {
				t.Error(err)
			}
			err = c.Decide(ctx, "r", func(r *roster) error { r.Seats++; return nil }, store.With(func(bool) []store.Op {
				return []store.Op{rows.InsertOp(ticket{})}
			}))
			if err == nil {
				t.Error("a row without an id was taken")
			}
			err = c.Decide(ctx, "r", func(r *roster) error { r.Seats++; return nil }, store.With(func(bool) []store.Op {
				return []store.Op{rows.DeleteOp("t1")}
			}))
			if err == nil || !strings.Contains(err.Error(), "DeleteOp") {
				t.Errorf("a deletion went with an update: %v", err)
			}
			if got, err := c.Get(ctx, "r"); err != nil || got.Seats != 100 {
				t.Errorf("updates with bad rows were made: %+v, %v", got, err)
			}
		})
	}
}

var errFull = errors.New("full")

// claimSeat takes a seat and writes its ticket.
func claimSeat(ctx context.Context, s *store.Store, id, key string) error {
	place := 0
	return rosters.In(s).Decide(ctx, "r", func(r *roster) error {
		if len(r.Taken) >= r.Seats {
			return errFull
		}
		r.Taken = append(r.Taken, id)
		place = len(r.Taken)
		return nil
	}, store.With(func(bool) []store.Op {
		return []store.Op{tickets.In(s).InsertOp(ticket{ID: id, Roster: "r", Key: key, Place: place})}
	}))
}

// consistent checks that the roster holds want seats and that every one of them
// has its ticket and no other ticket stands.
func consistent(t *testing.T, s *store.Store, want int) {
	t.Helper()
	r, err := rosters.In(s).Get(t.Context(), "r")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := tickets.In(s).Find(t.Context(), store.By("roster", "r"))
	if err != nil {
		t.Fatal(err)
	}
	var has []string
	for _, row := range rows {
		has = append(has, row.ID)
	}
	taken := slices.Sorted(slices.Values(r.Taken))
	if len(taken) != want || !slices.Equal(taken, has) {
		t.Errorf("%d seats taken, want %d\ntaken   %v\ntickets %v", len(taken), want, taken, has)
	}
}
