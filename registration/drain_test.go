package registration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"feria/festival"
)

func TestService_Drain(t *testing.T) {
	ctx := context.Background()
	t.Run("tells each decision once, in order, with the seats it left", func(t *testing.T) {
		w := newTown(t)
		slot := w.slot("clay", 3, 0)
		first, second := w.book(ask(slot, 3)), w.book(ask(slot, 2))
		if err := w.Change(ctx, first.Booking.ID, 1); err != nil {
			t.Fatal(err)
		}
		if err := w.Cancel(ctx, first.Booking.ID); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		told := map[string][]string{}
		n, err := w.Drain(ctx, each(func(e Effect, b Booking) error {
			mu.Lock()
			defer mu.Unlock()
			told[b.ID] = append(told[b.ID], fmt.Sprint(e.Kind, " ", b.Seats, " ", e.Position))
			return nil
		}))
		if n != 5 || err != nil {
			t.Errorf("%d effects, %v", n, err)
		}
		if got := strings.Join(told[first.Booking.ID], ", "); got != "confirmed 3 0, changed 1 0, cancelled 1 0" {
			t.Errorf("the first was told: %s", got)
		}
		if got := strings.Join(told[second.Booking.ID], ", "); got != "waiting 2 1, promoted 2 0" {
			t.Errorf("the second was told: %s", got)
		}
		if n := w.drain(); n != 0 {
			t.Errorf("%d effects were left", n)
		}
		w.sound()
	})
	t.Run("what fails stays, with what follows it; others go on", func(t *testing.T) {
		w := newTown(t)
		a, b := w.slot("clay", 3, 0), w.slot("song", 3, 0)
		bad, good, other := w.book(ask(a, 1)), w.book(ask(a, 1)), w.book(ask(b, 1))
		if err := w.Cancel(ctx, bad.Booking.ID); err != nil {
			t.Fatal(err)
		}
		broken := errors.New("no mail today")
		var mu sync.Mutex
		var told []string
		n, err := w.Drain(ctx, each(func(e Effect, b Booking) error {
			if b.ID == bad.Booking.ID {
				return broken
			}
			mu.Lock()
			defer mu.Unlock()
			told = append(told, b.ID)
			return nil
		}))
		if n != 2 || !errors.Is(err, broken) {
			t.Errorf("%d effects, %v", n, err)
		}
		if !slices.Contains(told, good.Booking.ID) || !slices.Contains(told, other.Booking.ID) {
			t.Errorf("told %v", told)
		}
		if w.state(bad.Booking.ID) != Cancelled {
			t.Error("cancelled is not cancelled until the mail is out")
		}
		if n := w.drain(); n != 2 {
			t.Errorf("%d effects were left, want 2", n)
		}
		w.sound()
	})
	t.Run("a crash before the effect is cleared repeats it under the same id", func(t *testing.T) {
		w := newTown(t)
		slot := w.slot("clay", 3, 0)
		w.book(ask(slot, 1))
		stale := w.roster(slot)
		w.drain()
		err := w.rosters.Decide(ctx, slot, func(r *Roster) error { // as if it had not come to clearing
			r.Effects = slices.Clone(stale.Effects)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		w.drain()
		if len(w.handled) != 1 {
			t.Errorf("handled under %d ids", len(w.handled))
		}
		for _, times := range w.handled {
			if times != 2 {
				t.Errorf("handled %d times", times)
			}
		}
	})
	t.Run("a repeat tells of each step with its own seats", func(t *testing.T) {
		w := newTown(t)
		slot := w.slot("clay", 5, 0)
		id := w.book(ask(slot, 1)).Booking.ID
		wantCode(t, w.Change(ctx, id, 4), "")
		stale := w.roster(slot)
		w.drain()
		err := w.rosters.Decide(ctx, slot, func(r *Roster) error {
			r.Effects = slices.Clone(stale.Effects)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var told []int
		if _, err := w.Drain(ctx, each(func(_ Effect, b Booking) error {
			told = append(told, b.Seats)
			return nil
		})); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(told, []int{1, 4}) {
			t.Errorf("told of %v seats", told)
		}
	})
	t.Run("two at once do no harm", func(t *testing.T) {
		w := newTown(t)
		slot := w.slot("clay", 3, 0)
		first, second := w.book(ask(slot, 1)), w.book(ask(slot, 1))
		if err := w.Cancel(ctx, first.Booking.ID); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				if _, err := w.Drain(ctx, silent); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if r := w.roster(slot); len(r.Effects) != 0 || r.Cleared != 3 {
			t.Errorf("%d effects left, %d cleared", len(r.Effects), r.Cleared)
		}
		if w.state(first.Booking.ID) != Cancelled || w.state(second.Booking.ID) != Confirmed {
			t.Error("the states changed")
		}
	})
	t.Run("the row of somebody who was erased is not missed", func(t *testing.T) {
		w := newTown(t)
		gone := w.book(ask(w.slot("clay", 3, 0), 1))
		if err := w.bookings.Delete(ctx, gone.Booking.ID); err != nil {
			t.Fatal(err)
		}
		if n := w.drain(); n != 1 || len(w.handled) != 0 {
			t.Errorf("%d effects, %d told", n, len(w.handled))
		}
	})
}

// Whoever read rows before a decision and the roster after it was carried out
// sees the booking as it is.
func TestService_hold_rowsReadTooEarly(t *testing.T) {
	ctx := context.Background()
	for _, row := range []struct {
		name  string
		seats int
	}{{"listed", 10}, {"counted", 1000}} {
		t.Run(row.name, func(t *testing.T) {
			w := newTown(t)
			slot := w.slot("clay", row.seats, 0)
			id := w.book(ask(slot, 2)).Booking.ID
			read := func() []Booking {
				b, err := w.bookings.Get(ctx, id)
				if err != nil {
					t.Fatal(err)
				}
				return []Booking{b}
			}
			is := func(rows []Booking, want State) {
				t.Helper()
				held, err := w.hold(ctx, rows)
				if err != nil || len(held) != 1 || held[0].State != want {
					t.Errorf("got %+v, %v, want %s", held, err, want)
				}
				if want == Cancelled && len(held) == 1 && held[0].Booking.Ended == nil {
					t.Error("it is not said since when")
				}
			}
			fresh := read()
			is(fresh, Confirmed)
			w.drain()
			is(fresh, Confirmed)
			settled := read()
			if err := w.Cancel(ctx, id); err != nil {
				t.Fatal(err)
			}
			is(fresh, Cancelled)
			is(settled, Cancelled)
			w.drain()
			is(fresh, Cancelled)
			is(settled, Cancelled)
			if err := w.Cancel(ctx, id); err != nil {
				t.Errorf("cancelling twice: %v", err)
			}
			if taken := w.roster(slot).Taken; taken != 0 {
				t.Errorf("%d seats are taken by nobody", taken)
			}
			w.sound()
		})
	}
}

// Marks may come late and out of order, from a copy that was slow.
func TestBooking_mark(t *testing.T) {
	made, changed, gone := Effect{No: 4, Kind: EffectConfirmed, Seats: 1, At: morning}, Effect{No: 6, Kind: EffectChanged, Seats: 3, At: morning}, Effect{No: 9, Kind: EffectCancelled, Seats: 3, At: morning.Add(time.Hour)}
	for _, order := range [][]Effect{{made, changed, gone}, {gone, changed, made}, {changed, gone, made, gone}, {made, gone, made, changed}} {
		var b Booking
		for _, e := range order {
			b.mark(e)
		}
		if !b.Settled || b.Seats != 3 || b.Marked != 9 || b.Ended == nil || !b.Ended.Equal(gone.At) {
			t.Errorf("after %v: %+v", order, b)
		}
	}
}

// Whoever carries out decisions may rest, but not until a roster has too much left
// to do and refuses bookings.
func TestService_Book_wakesAtOnce(t *testing.T) {
	w := newTown(t)
	slot := w.slot("hall", MaxCounted, 0)
	var woken []bool
	w.o.Wake = func(atOnce bool) { woken = append(woken, atOnce) }
	w.book(ask(slot, 1))
	err := w.rosters.Decide(context.Background(), slot, func(r *Roster) error {
		for len(r.Effects) < maxEffects/2 {
			r.Effects = append(r.Effects, r.Effects[0])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.book(ask(slot, 1))
	if !slices.Equal(woken, []bool{false, true}) {
		t.Errorf("woken at once: %v, want only by the second booking", woken)
	}
}

// Of two who tell the public at the same time the one who knows less may come
// last; it is told again then.
func TestService_tell_again(t *testing.T) {
	ctx := context.Background()
	for _, row := range []struct {
		name string
		tell func(w *town, slot string) error
	}{
		{"at once", func(w *town, slot string) error { return w.tell(ctx, w.slots[slot], festival.PlacesFew) }},
		{"by Drain", func(w *town, _ string) error { _, err := w.Drain(ctx, silent); return err }},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newTown(t)
			slot := w.slot("clay", 4, 0)
			inner := w.o.Places
			overtaken := false
			w.o.Places = nil
			w.book(ask(slot, 2))
			w.o.Places = func(ctx context.Context, event string, changed map[string]festival.PlacesState) error {
				if !overtaken { // after the roster was read, somebody tells newer things
					overtaken = true
					err := w.rosters.Decide(ctx, slot, func(r *Roster) error {
						r.Told, r.Untold = festival.PlacesFull, false
						r.Tell++
						return nil
					})
					if err != nil {
						t.Error(err)
					}
					if err := inner(ctx, event, map[string]festival.PlacesState{slot: festival.PlacesFull}); err != nil {
						t.Error(err)
					}
				}
				return inner(ctx, event, changed)
			}
			if err := row.tell(w, slot); err != nil {
				t.Fatal(err)
			}
			if r := w.roster(slot); !overtaken || !r.Untold {
				t.Fatalf("the public believes %s and nobody will tell it better", w.told[slot])
			}
			w.drain()
			if w.told[slot] != festival.PlacesFull || w.roster(slot).Untold {
				t.Errorf("told %s", w.told[slot])
			}
		})
	}
}

// What was told at once may come late, when Drain has told the newer and not noted
// it yet: the newer is told again.
func TestService_tell_beforeDrainHasNotedIt(t *testing.T) {
	ctx := context.Background()
	w := newTown(t)
	slot := w.slot("clay", 4, 0)
	places := w.o.Places
	w.o.Places = nil // what follows a decision at once is slow today
	w.book(ask(slot, 2))
	w.book(ask(slot, 2))
	w.o.Places = places
	_, err := w.Drain(ctx, func(ctx context.Context, due []Due) []error {
		if err := w.tell(ctx, w.slots[slot], festival.PlacesFew); err != nil {
			t.Error(err)
		}
		return make([]error, len(due))
	})
	if err != nil {
		t.Fatal(err)
	}
	w.drain()
	if r := w.roster(slot); w.toldOf(slot) != festival.PlacesFull || r.Untold {
		t.Errorf("the public believes %s, %s is to be told: %v", w.toldOf(slot), r.Told, r.Untold)
	}
}
