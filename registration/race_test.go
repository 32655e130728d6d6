package registration

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"feria/kernel"
	"feria/store"
	"feria/store/storetest"
)

// twoTowns are two copies of Feria on the same store.
func twoTowns(t testing.TB, combine bool, wrap func(store.Driver) store.Driver) [2]*town {
	next := storetest.Drivers(t)
	var towns [2]*town
	for i := range towns {
		d := next()
		if wrap != nil {
			d = wrap(d)
		}
		s, err := store.Open(context.Background(), d, store.Options{Declarations: Collections(), NoCombine: !combine, SkipSelfTest: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		towns[i] = townOn(t, s)
		towns[i].o.Places = nil // no work in the background
	}
	return towns
}

// rush lets 64 clients of two copies ask for a seat each, until all were
// answered, and says how many were confirmed.
func rush(t testing.TB, towns [2]*town, slots [2]string, requests int) int {
	var mu sync.Mutex
	confirmed := 0
	work := make(chan int)
	var wait sync.WaitGroup
	for client := range 64 {
		w, slot := towns[client%2], slots[client%2]
		wait.Go(func() {
			for range work {
				r := ask(slot, 1)
				r.NoWait = true
				got, err := w.Book(context.Background(), r)
				if err != nil {
					if kernel.CodeOf(err) != "slot_full" {
						t.Errorf("book: %v", err)
					}
					continue
				}
				mu.Lock()
				if got.State == Confirmed {
					confirmed++
				}
				mu.Unlock()
			}
		})
	}
	for n := range requests {
		work <- n
	}
	close(work)
	wait.Wait()
	return confirmed
}

func TestService_rush_isExact(t *testing.T) {
	for _, combine := range []bool{true, false} {
		for _, seats := range []int{1, 2, 50, 500} {
			if seats > 50 && !combine {
				continue // 64 clients who only retry would need minutes; that is why the store combines
			}
			t.Run(fmt.Sprintf("%d seats, combined %v", seats, combine), func(t *testing.T) {
				towns := twoTowns(t, combine, nil)
				slots := [2]string{towns[0].slot("clay", seats, 0), towns[1].slot("clay", seats, 0)}
				if got := rush(t, towns, slots, seats+100); got != seats {
					t.Errorf("%d of %d seats were booked", got, seats)
				}
				if r := towns[0].roster(slots[0]); r.Taken != seats || r.Line() != 0 {
					t.Errorf("the roster has %d taken, %d wait", r.Taken, r.Line())
				}
				if n, err := towns[0].bookings.Count(context.Background(), store.All()); n != seats || err != nil {
					t.Errorf("%d rows, %v", n, err)
				}
				towns[0].sound()
			})
		}
	}
}

// careless is a store that does not look at revisions.
type careless struct{ store.Driver }

func (d careless) Apply(ctx context.Context, writes []store.Write) []error {
	loose := make([]store.Write, len(writes))
	for i, w := range writes {
		if w.Kind == store.Replace {
			w.Kind, w.If = store.Put, 0
		}
		loose[i] = w
	}
	return d.Driver.Apply(ctx, loose)
}

// With the guard off the rush must oversell and the doctor must see it; else the
// test above proves nothing.
func TestService_rush_withoutGuardIsCaught(t *testing.T) {
	for range 20 {
		towns := twoTowns(t, false, func(d store.Driver) store.Driver { return careless{d} })
		slots := [2]string{towns[0].slot("clay", 50, 0), towns[1].slot("clay", 50, 0)}
		if rush(t, towns, slots, 250) <= 50 {
			continue
		}
		towns[0].pass(grace)
		if len(towns[0].problems()) == 0 {
			t.Error("oversold, and the doctor finds nothing")
		}
		return
	}
	t.Error("20 rushes without the revision check sold no seat twice")
}

// seatCall is one operation of a history; seatAnswer what it was told.
type seatCall struct {
	kind  string // book, cancel, read
	n     int    // seats, to book or of the booking that is cancelled
	booth string // which booking is cancelled
}

type seatAnswer struct {
	granted bool
	taken   int // seen by a read
}

const linearSeats = 12

// seatModel is a slot as seen from outside, one thing at a time: nobody waits.
var seatModel = porcupine.Model{
	Init: func() any { return 0 },
	Step: func(state, input, output any) (bool, any) {
		taken, in, out := state.(int), input.(seatCall), output.(seatAnswer)
		switch in.kind {
		case "book":
			if taken+in.n > linearSeats {
				return !out.granted, taken
			}
			return out.granted, taken + in.n
		case "cancel":
			return out.granted && taken >= in.n, taken - in.n
		default:
			return out.taken == taken, taken
		}
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprint(input, output) },
}

// history lets 8 clients of two copies book, cancel what they hold, and look.
func history(t testing.TB, towns [2]*town, operations int, seed uint64) []porcupine.Operation {
	const clients = 8 // the checker's work doubles with each
	ctx := context.Background()
	begin := time.Now()
	histories := make([][]porcupine.Operation, clients)
	var wait sync.WaitGroup
	for client := range clients {
		w := towns[client%2]
		slot := w.slot("clay", linearSeats, 0)
		random := rand.New(rand.NewPCG(seed, uint64(client)))
		wait.Go(func() {
			var held []Booking
			for n := range operations / clients {
				if n%16 == client { // carrying out goes on beside all that and must not be seen
					if _, err := w.Drain(ctx, silent); err != nil {
						t.Errorf("drain: %v", err)
					}
				}
				in := seatCall{kind: []string{"book", "cancel", "read"}[random.IntN(3)], n: 1 + random.IntN(3)}
				if in.kind == "cancel" && len(held) == 0 {
					in.kind = "book"
				}
				var out seatAnswer
				called := time.Since(begin)
				switch in.kind {
				case "book":
					r := ask(slot, in.n)
					r.NoWait = true
					got, err := w.Book(ctx, r)
					if out.granted = err == nil; out.granted {
						held = append(held, got.Booking)
					} else if kernel.CodeOf(err) != "slot_full" {
						t.Errorf("book: %v", err)
					}
				case "cancel":
					b := held[len(held)-1]
					held = held[:len(held)-1]
					in.n, in.booth = b.Seats, b.ID
					err := w.Cancel(ctx, b.ID)
					if out.granted = err == nil; !out.granted {
						t.Errorf("cancel: %v", err)
					}
				default:
					r, err := w.rosters.Get(ctx, slot)
					if err != nil && !errors.Is(err, store.ErrAbsent) {
						t.Errorf("read: %v", err)
					}
					out.taken = r.Taken
				}
				histories[client] = append(histories[client], porcupine.Operation{
					ClientId: client, Input: in, Output: out, Call: called.Nanoseconds(), Return: time.Since(begin).Nanoseconds(),
				})
			}
		})
	}
	wait.Wait()
	var all []porcupine.Operation
	for _, h := range histories {
		all = append(all, h...)
	}
	return all
}

func TestService_isLinearizable(t *testing.T) {
	histories, operations := 20, 2000
	if os.Getenv(storetest.Server) != "" {
		histories = 3 // each takes seconds on a server
	}
	for seed := range uint64(histories) {
		towns := twoTowns(t, true, nil)
		h := history(t, towns, operations, seed)
		if got := porcupine.CheckOperationsTimeout(seatModel, h, 20*time.Second); got != porcupine.Ok {
			t.Errorf("history %d of %d operations: %s", seed, len(h), got)
		}
		towns[1].drain()
		towns[1].sound()
	}
}

// A history of a store that ignores revisions has no order; else the test above
// proves nothing.
func TestService_isLinearizable_withoutGuardIsCaught(t *testing.T) {
	for seed := range uint64(20) {
		towns := twoTowns(t, false, func(d store.Driver) store.Driver { return careless{d} })
		if porcupine.CheckOperationsTimeout(seatModel, looseHistory(towns, seed), 20*time.Second) == porcupine.Illegal {
			return
		}
	}
	t.Error("20 histories without the revision check look right")
}

// looseHistory is a history in which errors are no failures of the test: without
// the guard bookings get lost.
func looseHistory(towns [2]*town, seed uint64) []porcupine.Operation {
	return history(discard{}, towns, 400, seed)
}

// discard is a test that nobody hears of.
type discard struct{ testing.TB }

func (discard) Errorf(string, ...any) {}
