package registration

import (
	"context"
	"fmt"
	"testing"

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
				case first.Booking.ID != second.Booking.ID || first.Party.ID != second.Party.ID || first.State != Confirmed || second.State != Confirmed:
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
