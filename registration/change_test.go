package registration

import (
	"context"
	"testing"
	"time"
)

func TestService_amend(t *testing.T) {
	ctx := context.Background()
	t.Run("what is over stays as it was", func(t *testing.T) {
		w := newTown(t)
		id := w.book(ask(w.slot("clay", 3, 0), 1)).Booking.ID
		w.pass(29 * time.Hour)
		wantCode(t, w.Cancel(ctx, id), "slot_over")
		wantCode(t, w.Change(ctx, id, 2), "slot_over")
	})
	t.Run("a slot that left the programme can still be given back", func(t *testing.T) {
		w := newTown(t)
		slot := w.slot("clay", 3, 0)
		id := w.book(ask(slot, 1)).Booking.ID
		w.drop(slot)
		wantCode(t, w.Cancel(ctx, id), "")
		h, err := w.Booking(ctx, id)
		if err != nil || !h.Gone || h.State != Cancelled {
			t.Errorf("got %+v, %v", h, err)
		}
	})
	t.Run("a cancellation that overtakes another is the only one", func(t *testing.T) {
		for _, seats := range []int{10, 1000} { // listed, counted
			w := newTown(t)
			slot := w.slot("clay", seats, 0)
			first := w.book(ask(slot, 2))
			w.book(ask(slot, 3))
			w.drain()
			w.meanwhile = func() {
				wantCode(t, w.Cancel(ctx, first.Booking.ID), "")
				w.drain()
			}
			wantCode(t, w.Cancel(ctx, first.Booking.ID), "")
			w.drain()
			if taken := w.roster(slot).Taken; taken != 3 {
				t.Errorf("%d of %d seats are taken, want 3", taken, seats)
			}
			w.sound()
		}
	})
	t.Run("a change that overtakes a cancellation gives all seats back", func(t *testing.T) {
		for _, seats := range []int{10, 1000} {
			w := newTown(t)
			slot := w.slot("clay", seats, 0)
			first := w.book(ask(slot, 2))
			w.drain()
			w.meanwhile = func() {
				wantCode(t, w.Change(ctx, first.Booking.ID, 5), "")
				w.drain()
			}
			wantCode(t, w.Cancel(ctx, first.Booking.ID), "")
			if taken := w.roster(slot).Taken; taken != 0 {
				t.Errorf("%d of %d seats are taken by nobody", taken, seats)
			}
		}
	})
	t.Run("what is cancelled cannot be changed", func(t *testing.T) {
		for _, drained := range []bool{false, true} {
			w := newTown(t)
			id := w.book(ask(w.slot("clay", 3, 0), 1)).Booking.ID
			wantCode(t, w.Cancel(ctx, id), "")
			if drained {
				w.drain()
			}
			wantCode(t, w.Change(ctx, id, 2), "booking_cancelled")
			wantCode(t, w.Cancel(ctx, id), "")
		}
	})
	t.Run("a release that moves the slot moves the end of the waiting list", func(t *testing.T) {
		w := newTown(t)
		slot := w.slot("clay", 1, 0)
		first, second := w.book(ask(slot, 1)), w.book(ask(slot, 1))
		info := w.slots[slot]
		info.Start, info.End = morning.Add(-time.Minute), morning.Add(time.Hour)
		w.change(info)
		wantCode(t, w.Cancel(ctx, first.Booking.ID), "")
		if w.state(second.Booking.ID) != Waiting {
			t.Error("a seat was promised in what has begun")
		}
		info.Start = morning.Add(time.Minute)
		w.change(info)
		wantCode(t, w.SetSeats(ctx, slot, 2, false), "")
		if w.state(second.Booking.ID) != Confirmed {
			t.Error("nobody moved up before it begins")
		}
	})
	t.Run("a counted slot gives seats back and changes them as well", func(t *testing.T) {
		w := newTown(t)
		slot := w.slot("concert", 2000, 0)
		a, b := w.book(ask(slot, 4)), w.book(ask(slot, 2))
		w.drain()
		wantCode(t, w.Change(ctx, a.Booking.ID, 7), "")
		wantCode(t, w.Change(ctx, b.Booking.ID, 1), "")
		w.drain()
		wantCode(t, w.Cancel(ctx, b.Booking.ID), "")
		h, err := w.Booking(ctx, a.Booking.ID)
		if err != nil || h.Booking.Seats != 7 || w.roster(slot).Taken != 7 {
			t.Errorf("has %d seats, %d taken, %v", h.Booking.Seats, w.roster(slot).Taken, err)
		}
		w.drain()
		wantCode(t, w.Cancel(ctx, a.Booking.ID), "")
		if taken := w.roster(slot).Taken; taken != 0 {
			t.Errorf("%d seats are taken by nobody", taken)
		}
		w.drain()
		w.sound()
	})
	t.Run("nobody's booking is missing", func(t *testing.T) {
		w := newTown(t)
		wantCode(t, w.Cancel(ctx, testEvent+"/none"), "not_found")
		wantCode(t, w.SetSeats(ctx, testEvent+"/none", 3, false), "not_found")
		_, err := w.Roster(ctx, testEvent+"/none")
		wantCode(t, err, "not_found")
		_, err = w.Browser(ctx, testCity+"/nobody", "")
		wantCode(t, err, "not_found")
	})
}

// What a booking was when it was cancelled is known before that is carried out and
// afterwards.
func TestService_Cancel_saysWhoWaited(t *testing.T) {
	ctx := context.Background()
	w := newTown(t)
	slot := w.slot("clay", 2, 0)
	first, next, last := w.book(ask(slot, 2)), w.book(ask(slot, 2)), w.book(ask(slot, 2))
	if first.State != Confirmed || next.State != Waiting || last.State != Waiting {
		t.Fatal(first.State, next.State, last.State)
	}
	for _, r := range []Receipt{first, last, next} { // next has the seats of the first by then
		if err := w.Cancel(ctx, r.Booking.ID); err != nil {
			t.Fatal(err)
		}
	}
	is := func(when string) {
		t.Helper()
		for id, want := range map[string]bool{first.Booking.ID: false, next.Booking.ID: false, last.Booking.ID: true} {
			if h, err := w.Booking(ctx, id); err != nil || h.State != Cancelled || h.Booking.Waited != want {
				t.Errorf("%s, %s waited: %v, want %v; %s, %v", when, id, h.Booking.Waited, want, h.State, err)
			}
		}
	}
	is("just decided")
	w.drain()
	is("carried out")
	w.sound()
}
