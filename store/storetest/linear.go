package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"feria/store"
)

// seatCall is one operation of a history: reserve, give back, or read.
type seatCall struct {
	kind string
	n    int
}

// seatAnswer is what it was told: whether it was granted, and the seats taken
// that a read has seen.
type seatAnswer struct {
	granted bool
	taken   int
}

const linearSeats = 20

// seatModel is what a roster must look like from outside, one thing at a time.
var seatModel = porcupine.Model{
	Init: func() any { return 0 },
	Step: func(state, input, output any) (bool, any) {
		taken, in, out := state.(int), input.(seatCall), output.(seatAnswer)
		switch in.kind {
		case "reserve":
			if taken+in.n > linearSeats {
				return !out.granted, taken
			}
			return out.granted, taken + in.n
		case "give back":
			if in.n > taken {
				return !out.granted, taken
			}
			return out.granted, taken - in.n
		default:
			return out.taken == taken, taken
		}
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprint(input, output) },
}

// testLinear: what 8 clients over two handles saw of one roster could have
// happened one after the other.
func testLinear(t *testing.T, factory Factory) {
	for _, row := range []struct {
		name      string
		noCombine bool
		calls     int // of each client
	}{
		{"combining on", false, 120},
		{"combining off", true, 30},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := options()
			o.Strict, o.NoCombine = false, row.noCombine
			next := factory(t)
			history := seatHistory(t, []*store.Store{open(t, next, o), open(t, next, o)}, row.calls)
			if !porcupine.CheckOperations(seatModel, history) {
				t.Errorf("a history of %d operations has no order", len(history))
			}
		})
	}
	t.Run("a store that ignores revisions is caught", func(t *testing.T) {
		o := options()
		o.Strict, o.NoCombine = false, true
		for range 10 {
			next := factory(t)
			wrapped := func() store.Driver { return careless{next()} }
			history := seatHistory(t, []*store.Store{open(t, wrapped, o), open(t, wrapped, o)}, 30)
			if !porcupine.CheckOperations(seatModel, history) {
				return
			}
		}
		t.Error("10 histories without the revision check look right: this test proves nothing")
	})
}

func seatHistory(t *testing.T, handles []*store.Store, calls int) []porcupine.Operation {
	const clients = 8 // the checker's work doubles with each
	ctx := t.Context()
	// A roster that counts: Seats is what is taken.
	if err := rosters.In(handles[0]).Insert(ctx, roster{ID: "r"}); err != nil {
		t.Fatal(err)
	}
	no := errors.New("no")
	histories := make([][]porcupine.Operation, clients)
	begin := time.Now()
	var wait sync.WaitGroup
	for client := range clients {
		c := rosters.In(handles[client%len(handles)])
		random := rand.New(rand.NewPCG(uint64(client), 1))
		wait.Go(func() {
			for range calls {
				in := seatCall{kind: []string{"reserve", "give back", "read"}[random.IntN(3)], n: 1 + random.IntN(4)}
				var out seatAnswer
				var err error
				called := time.Since(begin)
				switch in.kind {
				case "read":
					var r roster
					r, err = c.Get(ctx, "r")
					out.taken = r.Seats
				default:
					change := in.n
					if in.kind == "give back" {
						change = -in.n
					}
					err = c.Decide(ctx, "r", func(r *roster) error {
						if r.Seats+change > linearSeats || r.Seats+change < 0 {
							return no
						}
						r.Seats += change
						return nil
					})
					out.granted = err == nil
				}
				if err != nil && err != no {
					t.Errorf("%s: %v", in.kind, err)
				}
				histories[client] = append(histories[client], porcupine.Operation{
					ClientId: client, Input: in, Output: out,
					Call: called.Nanoseconds(), Return: time.Since(begin).Nanoseconds(),
				})
			}
		})
	}
	wait.Wait()
	var history []porcupine.Operation
	for _, h := range histories {
		history = append(history, h...)
	}
	return history
}
