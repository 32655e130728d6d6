package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"feria/store"
)

const (
	raceSeats   = 30
	raceClaims  = 200
	raceHandles = 2
)

// testRaces: 200 callers over two handles want 30 seats; exactly 30 get one.
func testRaces(t *testing.T, factory Factory) {
	for _, row := range []struct {
		name      string
		noCombine bool
		wrap      func(store.Driver) store.Driver
	}{
		{name: "combining on"},
		{name: "combining off", noCombine: true},
		{name: "combining on, rows that stay", wrap: func(d store.Driver) store.Driver { return Stepwise(d, nil) }},
		{name: "combining off, rows that stay", noCombine: true, wrap: func(d store.Driver) store.Driver { return Stepwise(d, nil) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := options()
			o.NoCombine, o.Strict = row.noCombine, false
			won, s := race(t, factory, o, row.wrap)
			if won != raceSeats {
				t.Errorf("%d of %d claims got one of %d seats", won, raceClaims, raceSeats)
			}
			consistent(t, s, raceSeats)
		})
	}
	t.Run("a store that ignores revisions is caught", func(t *testing.T) {
		o := options()
		o.NoCombine, o.Strict = true, false
		for range 20 {
			if won, _ := race(t, factory, o, func(d store.Driver) store.Driver { return careless{d} }); won > raceSeats {
				return
			}
		}
		t.Error("no oversell in 20 races without the revision check: this suite proves nothing")
	})
	t.Run("a key that may be won once", func(t *testing.T) {
		next := factory(t)
		handles := []*store.Store{open(t, next, options()), open(t, next, options())}
		var won atomic.Int32
		var wait sync.WaitGroup
		for i := range 40 {
			wait.Go(func() {
				err := tickets.In(handles[i%2]).Insert(t.Context(), ticket{ID: fmt.Sprint("t", i), Key: "the one"})
				if err == nil {
					won.Add(1)
				} else if !errors.Is(err, store.ErrExists) {
					t.Errorf("claim %d: %v", i, err)
				}
			})
		}
		wait.Wait()
		if won.Load() != 1 {
			t.Errorf("%d have won", won.Load())
		}
	})
}

func race(t *testing.T, factory Factory, o store.Options, wrap func(store.Driver) store.Driver) (won int, s *store.Store) {
	next := factory(t)
	handles := make([]*store.Store, raceHandles)
	for i := range handles {
		handles[i] = open(t, func() store.Driver {
			if wrap != nil {
				return wrap(next())
			}
			return next()
		}, o)
	}
	if err := rosters.In(handles[0]).Insert(t.Context(), roster{ID: "r", Seats: raceSeats}); err != nil {
		t.Fatal(err)
	}
	var winners atomic.Int32
	var wait sync.WaitGroup
	gate := make(chan struct{})
	for i := range raceClaims {
		wait.Go(func() {
			<-gate
			err := claimSeat(t.Context(), handles[i%raceHandles], fmt.Sprintf("t%03d", i), "")
			if err == nil {
				winners.Add(1)
			} else if !errors.Is(err, errFull) {
				t.Errorf("claim %d: %v", i, err)
			}
		})
	}
	close(gate)
	wait.Wait()
	return int(winners.Load()), handles[0]
}

func testCrashes(t *testing.T, factory Factory) {
	ctx := t.Context()
	t.Run("between the rows and the document", func(t *testing.T) {
		crashes := &atomic.Int32{}
		next := factory(t)
		s := open(t, func() store.Driver { return dying{next(), crashes} }, options())
		if err := rosters.In(s).Insert(ctx, roster{ID: "r", Seats: 5}); err != nil {
			t.Fatal(err)
		}
		crashes.Store(1)
		if err := claimSeat(ctx, s, "t1", "k1"); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("a crash: %v, want ErrUnavailable", err)
		}
		r, err := rosters.In(s).Get(ctx, "r")
		if err != nil || len(r.Taken) != 0 {
			t.Errorf("the document knows of what did not happen: %+v, %v", r, err)
		}
		if _, err := tickets.In(s).Get(ctx, "t1"); err != nil {
			t.Errorf("the row is there to be found by the sweeper: %v", err)
		}
		// The next caller gets the seat, under ids of its own.
		if err := claimSeat(ctx, s, "t2", "k2"); err != nil {
			t.Error(err)
		}
	})
	t.Run("after the document, before the answer", func(t *testing.T) {
		losses := &atomic.Int32{}
		next := factory(t)
		s := open(t, func() store.Driver { return mute{next(), losses} }, options())
		if err := rosters.In(s).Insert(ctx, roster{ID: "r", Seats: 5}); err != nil {
			t.Fatal(err)
		}
		losses.Store(1)
		if err := claimSeat(ctx, s, "t1", "k1"); err != nil {
			t.Errorf("what has arrived is acknowledged: %v", err)
		}
		consistent(t, s, 1)
	})
	t.Run("overtaken between reading and writing", func(t *testing.T) {
		for _, loose := range []bool{false, true} {
			before := &atomic.Pointer[func()]{}
			next := factory(t)
			s := open(t, func() store.Driver {
				d := next()
				if loose {
					d = Stepwise(d, nil)
				}
				return overtaken{d, before}
			}, options())
			if err := rosters.In(s).Insert(ctx, roster{ID: "r", Seats: 5}); err != nil {
				t.Fatal(err)
			}
			overtake := func(seats int) {
				fn := func() {
					if err := rosters.In(s).Put(context.WithoutCancel(ctx), roster{ID: "r", Seats: seats}); err != nil {
						t.Error(err)
					}
				}
				before.Store(&fn)
			}
			overtake(6)
			if err := claimSeat(ctx, s, "t1", "k1"); err != nil {
				t.Errorf("the second try decides: %v", err)
			}
			consistent(t, s, 1)
			overtake(0)
			if err := claimSeat(ctx, s, "t2", "k2"); !errors.Is(err, errFull) {
				t.Errorf("refused at the second try: %v", err)
			}
			if _, err := tickets.In(s).Get(ctx, "t2"); !errors.Is(err, store.ErrAbsent) {
				t.Errorf("the row of a refused claim stays, rows loose %v: %v", loose, err)
			}
		}
	})
}

func testSelfTest(t *testing.T, factory Factory) {
	d := factory(t)()
	defer d.Close()
	if err := store.SelfTest(t.Context(), d); err != nil {
		t.Errorf("an exact driver is refused: %v", err)
	}
	if err := store.SelfTest(t.Context(), careless{d}); !errors.Is(err, store.ErrInexact) {
		t.Errorf("a careless one: %v, want ErrInexact", err)
	}
}
