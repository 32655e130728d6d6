package registration

import (
	"context"
	"fmt"
	"testing"

	"feria/kernel"
	"feria/store"
	"feria/store/storetest"
)

// The same request under one key on two copies at once, on a store that can not
// take rows back: wherever the second comes between two writes of the first, both
// get the same booking, and it, its party and its seats stand once.
func TestService_oneKey_isOneBooking(t *testing.T) {
	for _, row := range []struct {
		name  string
		drawn bool
		party bool
	}{{name: "a new party"}, {name: "a form that is sent twice", drawn: true}, {name: "a party that is known", party: true}} {
		reached := true
		for step := 0; reached; step++ {
			t.Run(fmt.Sprintf("%s, before write %d", row.name, step), func(t *testing.T) {
				reached = false
				var meanwhile func()
				copies := 0
				towns := twoTowns(t, true, func(d store.Driver) store.Driver {
					if copies++; copies > 1 {
						return storetest.Stepwise(d, nil)
					}
					return storetest.Stepwise(d, func(n int) {
						if fn := meanwhile; n == step && fn != nil {
							meanwhile, reached = nil, true
							fn()
						}
					})
				})
				slot := towns[0].slot("clay", 3, 0)
				towns[1].slot("clay", 3, 0)
				r := ask(slot, 2)
				r.Key, r.Drawn = "k", row.drawn
				if row.party {
					p, err := towns[0].NewParty(context.Background(), testCity, "Aylin", "en")
					if err != nil {
						t.Fatal(err)
					}
					r.Party = p.ID
				}
				var second Receipt
				var secondErr error
				meanwhile = func() { second, secondErr = towns[1].Book(context.Background(), r) }
				first := towns[0].book(r)
				if !reached {
					return // there are no more writes
				}
				switch {
				case secondErr != nil:
					t.Errorf("the second: %v", secondErr)
				case first.Booking.ID != second.Booking.ID || first.Party.ID != second.Party.ID || first.State != Confirmed || second.State != Confirmed ||
					first.Replayed == second.Replayed: // one of them was the first
					t.Errorf("two answers:\n%+v\n%+v", first, second)
				}
				if n, err := towns[0].bookings.Count(context.Background(), store.All()); n != 1 || err != nil {
					t.Errorf("%d rows, %v", n, err)
				}
				if n, err := towns[0].parties.Count(context.Background(), store.All()); n != 1 || err != nil {
					t.Errorf("%d parties, %v", n, err)
				}
				if r := towns[0].roster(slot); r.Taken != 2 || len(r.Entries) != 1 {
					t.Errorf("the roster: %d taken, %v", r.Taken, r.Entries)
				}
				towns[0].drain()
				towns[0].sound()
			})
		}
	}
}

// shakyTowns are two copies of Feria on a store that can not take rows back;
// before is called before each write of the first one's decisions, by its place in
// them.
func shakyTowns(t *testing.T, before func(n int)) [2]*town {
	copies := 0
	return twoTowns(t, true, func(d store.Driver) store.Driver {
		if copies++; copies > 1 {
			return storetest.Stepwise(d, nil)
		}
		return storetest.Stepwise(d, before)
	})
}

// The first of two under one key loses the race for the roster twice: to the
// second, which decides with its rows, and to others, who take what is left. What
// the second was told stays, and is counted once.
func TestService_oneKey_andTheLastSeats(t *testing.T) {
	const guard = 2 // the place of the roster among the writes
	for _, row := range []struct {
		name   string
		seats  int
		noWait bool
		drain  bool // and all is carried out before the first goes on
	}{
		{"listed", 5, false, false}, {"listed, or nothing", 5, true, false}, {"listed and carried out", 5, true, true},
		{"counted", 1005, true, false}, {"counted and carried out", 1005, true, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			ctx := context.Background()
			var towns [2]*town
			var second Receipt
			turns := []func(){}
			towns = shakyTowns(t, func(n int) {
				if n == guard && len(turns) > 0 {
					turn := turns[0]
					turns = turns[1:]
					turn()
				}
			})
			slot := towns[0].slot("clay", row.seats, 0)
			towns[1].slot("clay", row.seats, 0)
			others := func(seats int) {
				r := ask(slot, seats)
				r.By = "desk"
				towns[1].book(r)
			}
			for left := row.seats; left > 5; left -= MaxSeats {
				others(MaxSeats)
			}
			taken := towns[1].roster(slot).Taken
			r := ask(slot, 2)
			r.Key, r.NoWait = "k", row.noWait
			turns = []func(){
				func() {
					second = towns[1].book(r)
					if row.drain {
						towns[1].drain()
					}
				},
				func() { others(2) },
			}
			first := towns[0].book(r)
			if first.Booking.ID != second.Booking.ID || first.Party.ID != second.Party.ID || first.State != Confirmed || second.State != Confirmed {
				t.Errorf("two answers:\n%+v\n%+v", first, second)
			}
			if len(turns) > 0 {
				turns[0]() // it went too well
			}
			if got := towns[1].roster(slot).Taken - taken; got != 4 {
				t.Errorf("%d seats are taken, want 4", got)
			}
			if _, err := towns[1].Party(ctx, second.Party.ID); err != nil {
				t.Errorf("the party: %v", err)
			}
			towns[1].drain()
			if got := towns[1].state(second.Booking.ID); got != Confirmed {
				t.Errorf("it is %s", got)
			}
			towns[1].sound()
			mails := 0
			for _, n := range towns[1].handled {
				mails += n
			}
			if want := towns[1].roster(slot).No; int64(mails) != want {
				t.Errorf("%d effects were handled, want %d", mails, want)
			}
		})
	}
}

// A copy dies between the row of a booking and that of its new party, and the form
// is sent again from another tab, which has a party by now: the booking has a party
// that is there.
func TestService_oneKey_ofAnotherParty(t *testing.T) {
	ctx := context.Background()
	dead, forever := make(chan struct{}), make(chan struct{})
	towns := shakyTowns(t, func(n int) {
		if n == 1 {
			close(dead)
			<-forever
		}
	})
	slot := towns[0].slot("clay", 3, 0)
	towns[1].slot("clay", 3, 0)
	r := ask(slot, 2)
	r.Key, r.Drawn = "k", true
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = towns[0].Book(ctx, r)
	}()
	<-dead
	p, err := towns[1].NewParty(ctx, testCity, "Aylin", "en")
	if err != nil {
		t.Fatal(err)
	}
	r.Party = p.ID
	receipt := towns[1].book(r)
	if _, err := towns[1].Party(ctx, receipt.Party.ID); err != nil || receipt.State != Confirmed || receipt.Booking.Party != receipt.Party.ID {
		t.Errorf("%+v, %v", receipt, err)
	}
	if n := towns[1].drain(); n != 1 {
		t.Errorf("%d effects", n)
	}
	towns[1].sound()
	close(forever) // it lives after all
	<-gone
	if r := towns[1].roster(slot); r.Taken != 2 || len(r.Entries) != 1 {
		t.Errorf("the roster: %d taken, %v", r.Taken, r.Entries)
	}
	towns[1].sound()
}

// Who only asks what came of a request under its key books nothing.
func TestService_Again(t *testing.T) {
	ctx := context.Background()
	w := newTown(t)
	r := ask(w.slot("clay", 40, 0), 2)
	again := func(r Request, want bool, code string) Receipt {
		t.Helper()
		got, ok, err := w.Again(ctx, r)
		if ok != want || code == "" && err != nil || code != "" && kernel.CodeOf(err) != code {
			t.Errorf("known %v, %v; want %v, %q", ok, err, want, code)
		}
		return got
	}
	again(r, false, "")
	r.Key = "0190-one-key"
	again(r, false, "")
	first := w.book(r)
	if got := again(r, true, ""); got.Booking.ID != first.Booking.ID || got.Party.ID != first.Party.ID || got.State != Confirmed || !got.Replayed {
		t.Errorf("got %+v", got)
	}
	w.forget(r.Slot, first) // as if the roster had not been written
	again(r, false, "")
	r.Seats = 3
	again(r, false, "idempotency_mismatch")
	r.City = "hill"
	again(r, false, kernel.CodeOf(kernel.Missing()))
	if n, err := w.bookings.Count(ctx, store.All()); n != 1 || err != nil || w.roster(r.Slot).Taken != 0 {
		t.Errorf("%d rows, %v", n, err)
	}
}
