package registration

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"feria/kernel"
	"feria/store"
)

func TestService_Sweep(t *testing.T) {
	ctx := context.Background()
	w := newTown(t)
	slot := w.slot("clay", 3, 0)
	known := w.book(ask(slot, 1))
	void := known.Booking
	void.ID = testEvent + "/void"
	if err := w.bookings.Insert(ctx, void); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Booking(ctx, void.ID); kernel.KindOf(err) != kernel.NotFound {
		t.Errorf("a void row is shown: %v", err)
	}
	wantCode(t, w.Cancel(ctx, void.ID), "not_found")
	wantCode(t, w.Change(ctx, void.ID, 2), "not_found")
	if n, err := w.Sweep(ctx); n != 0 || err != nil {
		t.Errorf("swept %d that may still be decided, %v", n, err)
	}
	w.pass(grace)
	if got := w.problems(); len(got) != 1 || !strings.Contains(got[0], void.ID) {
		t.Errorf("doctor: %v", got)
	}
	if n, err := w.Sweep(ctx); n != 1 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	if _, err := w.bookings.Get(ctx, void.ID); !errors.Is(err, store.ErrAbsent) {
		t.Errorf("still there: %v", err)
	}
	if w.state(known.Booking.ID) != Confirmed {
		t.Error("swept too much")
	}
	w.drain()
	w.sound()
}

// Every rule of the doctor finds its planted fault, and says nothing personal.
func TestService_Check(t *testing.T) {
	ctx := context.Background()
	for _, row := range []struct {
		name  string
		plant func(w *town, r *Roster, b *Booking)
		want  string
	}{
		{"nothing planted", func(*town, *Roster, *Booking) {}, ""},
		{"seats that no entry has", func(_ *town, r *Roster, _ *Booking) { r.Taken++ }, "counts 2 seats taken, its entries 1"},
		{"an oversold roster", func(_ *town, r *Roster, _ *Booking) { r.Seats = 0 }, "oversold"},
		{"a booking listed twice", func(_ *town, r *Roster, _ *Booking) {
			e := r.Entries[0]
			r.Entries, r.Taken = append(r.Entries, e), 2
		}, "twice"},
		{"an entry without seats", func(_ *town, r *Roster, _ *Booking) { r.Entries[0].Seats, r.Taken = 0, 0 }, "with 0 seats"},
		{"an entry without a row", func(_ *town, r *Roster, _ *Booking) {
			r.Entries, r.Taken = append(r.Entries, Entry{Booking: "ghost", Seats: 1}), 2
		}, "has no row"},
		{"a row in another's roster", func(_ *town, _ *Roster, b *Booking) { b.Slot = testEvent + "/song" }, "is of another"},
		{"a cancelled booking with seats", func(w *town, _ *Roster, b *Booking) { at := w.time(); b.Ended = &at }, "is cancelled and stands"},
		{"a confirmed row without an entry", func(_ *town, r *Roster, b *Booking) { r.Entries, r.Taken, r.Effects, b.Settled = nil, 0, nil, true }, "no roster knows"},
		{"an effect that nobody carries out", func(w *town, r *Roster, _ *Booking) { w.pass(effectsMayWait + time.Second) }, "1 effects to carry out"},
		{"a list that is too long", func(_ *town, r *Roster, _ *Booking) { r.Seats = 501 }, "larger than it may be"},
		{"a booking of nobody", func(_ *town, _ *Roster, b *Booking) { b.Party = testCity + "/nobody" }, "which is not there"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newTown(t)
			slot := w.slot("clay", 3, 0)
			w.slot("song", 3, 0)
			b := w.book(ask(slot, 1)).Booking
			w.pass(grace)
			r := w.roster(slot)
			row.plant(w, &r, &b)
			if err := w.rosters.Put(ctx, r); err != nil {
				t.Fatal(err)
			}
			if err := w.bookings.Put(ctx, b); err != nil {
				t.Fatal(err)
			}
			got := strings.Join(w.problems(), "\n")
			if row.want == "" && got != "" || !strings.Contains(got, row.want) {
				t.Errorf("got %q, want %q", got, row.want)
			}
			if strings.Contains(got, "Aylin") || strings.Contains(got, "aylin@") {
				t.Errorf("personal data: %q", got)
			}
		})
	}
}
