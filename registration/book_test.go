package registration

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/store"
)

func TestService_Book(t *testing.T) {
	ctx := context.Background()
	t.Run("somebody new gets a party and seats", func(t *testing.T) {
		w := newTown(t)
		slot := w.slot("clay", 4, 0)
		got := w.book(Request{City: testCity, Slot: slot, Name: " Aylin\u202e\r\n Öz ", Mail: "Aylin@Bücher.example ", Lang: "fr", Seats: 2})
		if got.State != Confirmed || got.Replayed || got.Booking.Name != "Aylin   Öz" || got.Booking.Mail != "aylin@xn--bcher-kva.example" || got.Booking.Party != got.Party.ID {
			t.Errorf("got %+v", got)
		}
		held, err := w.Of(ctx, testCity, got.Party.ID)
		if err != nil || len(held) != 1 || held[0].Booking.Seats != 2 || held[0].Slot.ID != slot {
			t.Errorf("mine: %+v, %v", held, err)
		}
		w.sound()
	})
	t.Run("full means the waiting list, and a seat given back moves it up", func(t *testing.T) {
		w := newTown(t)
		slot := w.slot("clay", 2, 0)
		first, second := w.book(ask(slot, 2)), w.book(ask(slot, 1))
		if second.State != Waiting || second.Position != 1 {
			t.Fatalf("got %s at %d", second.State, second.Position)
		}
		if err := w.Cancel(ctx, first.Booking.ID); err != nil {
			t.Fatal(err)
		}
		if w.state(first.Booking.ID) != Cancelled || w.state(second.Booking.ID) != Confirmed {
			t.Error("the freed seat did not go to who waits")
		}
		booked, err := w.Booked(ctx, slot)
		if err != nil || len(booked) != 1 || booked[0].Booking.ID != second.Booking.ID {
			t.Errorf("booked: %+v, %v", booked, err)
		}
		w.sound()
	})
	for _, row := range []struct {
		name   string
		change func(*Request)
		want   map[string]string
	}{
		{"no name", func(r *Request) { r.Name = " \t" }, map[string]string{"name": "required"}},
		{"a name of 201 letters", func(r *Request) { r.Name = strings.Repeat("é", 201) }, map[string]string{"name": "name_long"}},
		{"a name that leads somewhere", func(r *Request) { r.Name = "Win now at https://evil.example" }, map[string]string{"name": "name_link"}},
		{"no mail and nobody at a desk", func(r *Request) { r.Mail = "" }, map[string]string{"mail": "mail_missing"}},
		{"a second header in the mail", func(r *Request) { r.Mail = "a@b.example\r\nBcc: c@d.example" }, map[string]string{"mail": "mail_invalid"}},
		{"a mail of 255 characters", func(r *Request) { r.Mail = "a@" + strings.Repeat("bcdefghijk.", 23) + "example" }, map[string]string{"mail": "mail_invalid"}},
		{"no seats", func(r *Request) { r.Seats = 0 }, map[string]string{"seats": "seats_range"}},
		{"21 seats", func(r *Request) { r.Seats = 21 }, map[string]string{"seats": "seats_range"}},
		{"all at once", func(r *Request) { r.Name, r.Mail, r.Seats = "", "x", -1 }, map[string]string{"name": "required", "mail": "mail_invalid", "seats": "seats_range"}},
	} {
		t.Run("refuses "+row.name, func(t *testing.T) {
			w := newTown(t)
			r := ask(w.slot("clay", 4, 0), 2)
			row.change(&r)
			_, err := w.Book(ctx, r)
			got := allCodes(err)
			if len(got) != len(row.want) {
				t.Errorf("got %v, want %v", got, row.want)
			}
			for field, code := range row.want {
				if got[field] != code {
					t.Errorf("%s: got %q, want %q", field, got[field], code)
				}
			}
		})
	}
	for _, row := range []struct {
		name   string
		set    func(w *town, slot *SlotInfo, r *Request)
		code   string
		atDesk string // code when staff books
	}{
		{"a slot of another city", func(_ *town, _ *SlotInfo, r *Request) { r.City = "elsewhere" }, "not_found", "not_found"},
		{"a slot that is not in the programme", func(_ *town, _ *SlotInfo, r *Request) { r.Slot = testEvent + "/none" }, "not_found", "not_found"},
		{"a slot that is not booked here", func(_ *town, s *SlotInfo, _ *Request) { s.Bookable = false }, "slot_not_bookable", "slot_not_bookable"},
		{"a slot that has begun, but at the desk", func(w *town, s *SlotInfo, _ *Request) { w.pass(27*time.Hour + time.Minute) }, "slot_over", ""},
		{"a slot that is over", func(w *town, s *SlotInfo, _ *Request) { w.pass(29 * time.Hour) }, "slot_over", "slot_over"},
	} {
		t.Run("refuses "+row.name, func(t *testing.T) {
			for by, want := range map[string]string{"": row.code, "person:vera": row.atDesk} {
				w := newTown(t)
				r := ask(w.slot("clay", 4, 0), 2)
				info := w.slots[r.Slot]
				r.By = by
				row.set(w, &info, &r)
				w.change(info)
				_, err := w.Book(ctx, r)
				wantCode(t, err, want)
				if n, _ := w.bookings.Count(ctx, store.All()); want != "" && n != 0 {
					t.Errorf("a refused request left %d rows", n)
				}
			}
		})
	}
	t.Run("a desk needs no mail address", func(t *testing.T) {
		w := newTown(t)
		r := ask(w.slot("clay", 4, 0), 2)
		r.Mail, r.By = "", "person:vera"
		if got := w.book(r); got.Booking.By != "person:vera" || got.Party.By != "person:vera" {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("a refused booking leaves nothing behind", func(t *testing.T) {
		w := newTown(t)
		r := ask(w.slot("clay", 1, 0), 1)
		r.NoWait = true
		w.book(r)
		_, err := w.Book(ctx, r)
		wantCode(t, err, "slot_full")
		rows, _ := w.bookings.Count(ctx, store.All())
		all, _ := w.parties.Count(ctx, store.All())
		if rows != 1 || all != 1 {
			t.Errorf("%d rows and %d parties", rows, all)
		}
	})
	t.Run("what a party holds at that time is shown before it is booked", func(t *testing.T) {
		w := newTown(t)
		early, same, late := w.slot("clay", 4, 0), w.slot("bread", 4, 1), w.slot("song", 4, 2)
		first := w.book(ask(early, 1))
		r := ask(same, 1)
		r.Party = first.Party.ID
		_, err := w.Book(ctx, r)
		wantCode(t, err, "overlaps")
		var refusal *kernel.Error
		if errors.As(err, &refusal); len(refusal.Args["bookings"].([]string)) != 1 || refusal.Args["bookings"].([]string)[0] != first.Booking.ID {
			t.Errorf("overlaps with %v", refusal.Args)
		}
		held, err := w.Overlaps(ctx, Reader{Party: first.Party}, same)
		if err != nil || len(held) != 1 || held[0].Booking.ID != first.Booking.ID {
			t.Errorf("overlaps: %+v, %v", held, err)
		}
		if held, err := w.Overlaps(ctx, Reader{Party: first.Party}, late); err != nil || len(held) != 0 {
			t.Errorf("what begins when the other ends overlaps: %+v, %v", held, err)
		}
		r.Confirm = true
		w.book(r)
	})
	t.Run("what is cancelled, by the party or by a release, overlaps nothing", func(t *testing.T) {
		w := newTown(t)
		a, b := w.slot("clay", 4, 0), w.slot("bread", 4, 0)
		first := w.book(ask(a, 1))
		info := w.slots[a]
		info.Cancelled = true
		w.change(info)
		r := ask(b, 1)
		r.Party = first.Party.ID
		second := w.book(r)
		info.Cancelled = false
		w.change(info)
		if err := w.Cancel(ctx, second.Booking.ID); err != nil {
			t.Fatal(err)
		}
		if held, err := w.Overlaps(ctx, Reader{Party: first.Party}, b); err != nil || len(held) != 1 || held[0].Booking.ID != first.Booking.ID {
			t.Errorf("got %+v, %v", held, err)
		}
	})
	t.Run("a cookie of another city or of nobody makes somebody new", func(t *testing.T) {
		w := newTown(t)
		if err := w.parties.Insert(ctx, Party{ID: "elsewhere/p", City: "elsewhere"}); err != nil {
			t.Fatal(err)
		}
		for _, party := range []string{"elsewhere/p", testCity + "/gone"} {
			r := ask(w.slot("clay", 4, 0), 1)
			r.Party = party
			if got := w.book(r); got.Party.ID == party || !strings.HasPrefix(got.Party.ID, testCity+"/") {
				t.Errorf("got party %s", got.Party.ID)
			}
		}
	})
	t.Run("the public hears how full it is", func(t *testing.T) {
		w := newTown(t)
		slot := w.slot("clay", 4, 0)
		// The public is told beside the booking too, so what Drain told may be
		// overtaken once; the next Drain puts that right.
		hears := func(want festival.PlacesState) {
			t.Helper()
			for until := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
				w.drain()
				if told := w.toldOf(slot); told == want && !w.roster(slot).Untold {
					return
				} else if time.Now().After(until) {
					t.Fatalf("told %q, want %q", told, want)
				}
			}
		}
		r := w.book(ask(slot, 2))
		hears(festival.PlacesFew)
		w.book(ask(slot, 2))
		hears(festival.PlacesFull)
		if err := w.SetSeats(ctx, slot, 3, true); err != nil {
			t.Fatal(err)
		}
		hears(festival.PlacesClosed)
		if err := w.Cancel(ctx, r.Booking.ID); err != nil {
			t.Fatal(err)
		}
		hears(festival.PlacesFew)
	})
}

func TestService_Book_repeated(t *testing.T) {
	ctx := context.Background()
	t.Run("twenty times at once is one booking and one answer", func(t *testing.T) {
		w := newTown(t)
		r := ask(w.slot("clay", 40, 0), 2)
		r.Key = "0190-one-key"
		var wait sync.WaitGroup
		got := make([]Receipt, 20)
		for i := range got {
			wait.Go(func() { got[i] = w.book(r) })
		}
		wait.Wait()
		fresh := 0
		for _, g := range got {
			if g.Booking.ID != got[0].Booking.ID || g.Party.ID != got[0].Party.ID || g.State != Confirmed {
				t.Errorf("got %+v", g)
			}
			if !g.Replayed {
				fresh++
			}
		}
		if taken := w.roster(r.Slot).Taken; fresh != 1 || taken != 2 {
			t.Errorf("%d fresh answers, %d seats taken", fresh, taken)
		}
		w.sound()
	})
	t.Run("another request under the same key is refused", func(t *testing.T) {
		w := newTown(t)
		r := ask(w.slot("clay", 40, 0), 2)
		r.Key = "0190-one-key"
		w.book(r)
		r.Seats = 3
		_, err := w.Book(ctx, r)
		wantCode(t, err, "idempotency_mismatch")
		if taken := w.roster(r.Slot).Taken; taken != 2 {
			t.Errorf("%d seats taken", taken)
		}
	})
	t.Run("the same key of another party, or of staff, is another key", func(t *testing.T) {
		w := newTown(t)
		r := ask(w.slot("clay", 40, 0), 2)
		r.Key = "0190-one-key"
		first := w.book(r)
		r.By = "token:desk"
		second := w.book(r)
		p, err := w.NewParty(ctx, testCity, "Emre", "en")
		if err != nil {
			t.Fatal(err)
		}
		r.By, r.Party = "", p.ID
		third := w.book(r)
		if first.Booking.ID == second.Booking.ID || second.Booking.ID == third.Booking.ID || second.Replayed || third.Replayed {
			t.Error("two share a key")
		}
	})
	t.Run("the answer stays the same when the world has moved on", func(t *testing.T) {
		w := newTown(t)
		r := ask(w.slot("clay", 2, 0), 2)
		r.Key, r.NoWait = "0190-one-key", true
		first := w.book(r)
		if got := w.book(r); !got.Replayed || got.State != Confirmed {
			t.Errorf("the slot is full now: %+v", got)
		}
		w.drain()
		if got := w.book(r); !got.Replayed || got.State != Confirmed {
			t.Errorf("all is carried out: %+v", got)
		}
		if err := w.Cancel(ctx, first.Booking.ID); err != nil {
			t.Fatal(err)
		}
		w.drain()
		other := ask(r.Slot, 2)
		w.book(other)
		if got := w.book(r); !got.Replayed || got.State != Cancelled {
			t.Errorf("cancelled and others have the seats: %+v", got)
		}
		w.pass(48 * time.Hour)
		if got := w.book(r); !got.Replayed || got.Booking.ID != first.Booking.ID {
			t.Errorf("it is over: %+v", got)
		}
		if n, _ := w.bookings.Count(ctx, store.All()); n != 2 {
			t.Errorf("%d rows", n)
		}
	})
	t.Run("a party that is known repeats without overlapping itself", func(t *testing.T) {
		w := newTown(t)
		p, err := w.NewParty(ctx, testCity, "", "en")
		if err != nil {
			t.Fatal(err)
		}
		r := ask(w.slot("clay", 2, 0), 1)
		r.Key, r.Party = "0190-one-key", p.ID
		first := w.book(r)
		w.pass(time.Hour)
		if got := w.book(r); !got.Replayed || got.Booking.ID != first.Booking.ID {
			t.Errorf("got %+v", got)
		}
		if p, err = w.Party(ctx, p.ID); err != nil || p.Name != "Aylin" || p.Mail != r.Mail {
			t.Errorf("the party took no name from its first booking: %+v, %v", p, err)
		}
	})
	t.Run("a row that a crash left undecided is decided by the repeat", func(t *testing.T) {
		w := newTown(t)
		r := ask(w.slot("clay", 2, 0), 1)
		r.Key = "0190-one-key"
		first := w.book(r)
		w.forget(r.Slot, first) // as if the roster had not been written
		if got := w.book(r); got.Booking.ID != first.Booking.ID || got.State != Confirmed || w.roster(r.Slot).Taken != 1 {
			t.Errorf("got %+v", got)
		}
		w.sound()
	})
	t.Run("an old one is left to the sweeper first", func(t *testing.T) {
		w := newTown(t)
		r := ask(w.slot("clay", 2, 0), 1)
		r.Key = "0190-one-key"
		first := w.book(r)
		w.forget(r.Slot, first)
		w.pass(2 * time.Minute)
		_, err := w.Book(ctx, r)
		wantCode(t, err, "booking_unsettled")
		w.pass(2 * time.Minute)
		if n, err := w.Sweep(ctx); n != 1 || err != nil {
			t.Fatalf("swept %d, %v", n, err)
		}
		if got := w.book(r); got.State != Confirmed || got.Booking.ID != first.Booking.ID || got.Party.ID != first.Party.ID {
			t.Errorf("got %+v", got)
		}
		w.sound()
	})
}

// forget takes a booking out of its roster as if the roster had never been
// written, and its party with it.
func (w *town) forget(slot string, r Receipt) {
	w.t.Helper()
	err := w.rosters.Decide(context.Background(), slot, func(now *Roster) error {
		*now = newRoster(w.slots[slot])
		return nil
	})
	if err == nil {
		err = w.parties.Delete(context.Background(), r.Party.ID)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}
