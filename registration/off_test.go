package registration

import (
	"context"
	"testing"

	"feria/festival"
)

// Whoever gives back seats of what does not take place must not make others be told
// that they are in.
func TestService_off(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name string
		off  func(w *town, slot SlotInfo)
		code string // of setting its seats
	}{
		{"cancelled", func(w *town, slot SlotInfo) { slot.Bookable, slot.Cancelled = false, true; w.change(slot) }, "slot_not_bookable"},
		{"open to all now", func(w *town, slot SlotInfo) { slot.Bookable = false; w.change(slot) }, "slot_not_bookable"},
		{"not in the programme", func(w *town, slot SlotInfo) { w.drop(slot.ID) }, "not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newTown(t)
			slot := w.slot("clay", 3, 0)
			info := w.slots[slot]
			first, second, waits := w.book(ask(slot, 1)), w.book(ask(slot, 2)), w.book(ask(slot, 1))
			c.off(w, info)
			wantCode(t, w.Cancel(ctx, first.Booking.ID), "")
			wantCode(t, w.Change(ctx, second.Booking.ID, 1), "")
			wantCode(t, w.Change(ctx, second.Booking.ID, 2), "slot_not_bookable")
			wantCode(t, w.Change(ctx, waits.Booking.ID, 2), "slot_not_bookable")
			wantCode(t, w.SetSeats(ctx, slot, 9, false), c.code)
			wantCode(t, w.Reopen(ctx), "")
			w.drain()
			r := w.roster(slot)
			if w.state(waits.Booking.ID) != Waiting || r.Taken != 1 || r.Places() != festival.PlacesClosed || w.toldOf(slot) != festival.PlacesClosed {
				t.Errorf("who waited is %s, %d are taken, the public is told %s", w.state(waits.Booking.ID), r.Taken, w.toldOf(slot))
			}

			w.change(info) // the next release brings it back
			wantCode(t, w.Reopen(ctx), "")
			w.drain()
			if w.state(waits.Booking.ID) != Confirmed || w.toldOf(slot) != festival.PlacesFew {
				t.Errorf("who waited is %s, the public is told %s", w.state(waits.Booking.ID), w.toldOf(slot))
			}
			wantCode(t, w.SetSeats(ctx, slot, 9, false), "")
			w.sound()
		})
	}
}

func TestRoster_Book_off(t *testing.T) {
	r := newRoster(SlotInfo{ID: testEvent + "/clay", Event: testEvent, Seats: 3})
	r.Off = true
	_, err := r.Book(morning, Claim{Booking: testEvent + "/b", Party: testCity + "/p", Seats: 1})
	wantCode(t, err, "slot_not_bookable")
	if len(r.Entries) > 0 || len(r.Effects) > 0 {
		t.Errorf("left %+v", r)
	}
}
