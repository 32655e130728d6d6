package registration

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"feria/kernel"
)

func TestService_unconfirmedParty(t *testing.T) {
	ctx := context.Background()
	// begin gives a party with one booking and slots at different hours.
	begin := func(t *testing.T) (w *town, party string, slots []string) {
		w = newTown(t)
		for i := range 8 {
			slots = append(slots, w.slot("s"+strconv.Itoa(i), 2, 2*i))
		}
		return w, w.book(ask(slots[0], 1)).Party.ID, slots
	}
	again := func(party, slot string) Request {
		r := ask(slot, 1)
		r.Party = party
		return r
	}
	t.Run("holds two bookings and not three", func(t *testing.T) {
		w, party, slots := begin(t)
		w.book(again(party, slots[1]))
		w.pass(time.Hour)
		_, err := w.Book(ctx, again(party, slots[2]))
		wantCode(t, err, "confirm_mail_first")
	})
	t.Run("also when it asks for many in one moment", func(t *testing.T) {
		w, party, slots := begin(t)
		var wait sync.WaitGroup
		for _, slot := range slots[1:] {
			wait.Go(func() {
				if _, err := w.Book(ctx, again(party, slot)); err != nil && kernel.CodeOf(err) != "confirm_mail_first" {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		held, err := w.Of(ctx, testCity, party)
		if err != nil || len(held) != 2 {
			t.Errorf("holds %d, %v", len(held), err)
		}
	})
	t.Run("may book another when one is given back or over", func(t *testing.T) {
		w, party, slots := begin(t)
		second := w.book(again(party, slots[1]))
		if err := w.Cancel(ctx, second.Booking.ID); err != nil {
			t.Fatal(err)
		}
		w.book(again(party, slots[2])) // in the same moment
		w.pass(30 * time.Hour)         // the first is over
		w.book(again(party, slots[3]))
	})
	t.Run("does not pay for a refusal", func(t *testing.T) {
		w, party, slots := begin(t)
		w.book(ask(slots[1], 2))
		full := again(party, slots[1])
		full.NoWait = true
		_, err := w.Book(ctx, full)
		wantCode(t, err, "slot_full")
		w.book(again(party, slots[2]))
	})
	t.Run("books what it likes at a desk", func(t *testing.T) {
		w, party, slots := begin(t)
		for _, slot := range slots[1:] {
			r := again(party, slot)
			r.By = "person:vera"
			w.book(r)
		}
	})
	t.Run("books more once its mail is confirmed", func(t *testing.T) {
		w, party, slots := begin(t)
		w.book(again(party, slots[1]))
		_, proof := w.confirmIn(party, "", party, "aylin@harbour.example")
		for _, slot := range slots[2:4] {
			r := again(party, slot)
			r.Proof = proof
			w.book(r)
		}
		// A browser of the party that has not shown that it reads the mail.
		_, err := w.Book(ctx, again(party, slots[4]))
		wantCode(t, err, "confirm_mail_first")
	})
}

func TestService_links(t *testing.T) {
	ctx := context.Background()
	w := newTown(t)
	p, err := w.NewParty(ctx, testCity, "Aylin", "en")
	if err != nil {
		t.Fatal(err)
	}
	newLink := func(kind LinkKind, lives time.Duration) string {
		t.Helper()
		secret, err := w.NewLink(ctx, Reader{Party: p}, kind, w.time().Add(lives))
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	opens := func(city string, kind LinkKind, secret, code string) {
		t.Helper()
		got, err := w.Open(ctx, city, kind, secret)
		wantCode(t, err, code)
		if code == "" && got.Party.ID != p.ID {
			t.Errorf("opens %q", got.Party.ID)
		}
	}
	mine := newLink(LinkMine, time.Hour)
	opens(testCity, LinkMine, mine, "")
	opens(testCity, LinkMine, mine, "") // many uses
	opens(testCity, LinkCalendar, mine, "not_found")
	opens("elsewhere", LinkMine, mine, "not_found")
	opens(testCity, LinkMine, mine+"x", "not_found")
	opens(testCity, LinkMine, "", "not_found")
	if again := newLink(LinkMine, time.Minute); again != mine {
		t.Error("the same link was not the same")
	}
	w.pass(59 * time.Minute)
	opens(testCity, LinkMine, mine, "") // a shorter life does not shorten it
	newLink(LinkMine, time.Hour)
	w.pass(59 * time.Minute)
	opens(testCity, LinkMine, mine, "") // a longer one prolongs it
	w.pass(time.Minute)
	opens(testCity, LinkMine, mine, "not_found")

	calendar := newLink(LinkCalendar, time.Hour)
	mailed, err := w.MailLink(ctx, p.ID, "aylin@harbour.example", w.time().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	opens(testCity, LinkMine, mailed, "")
	if err := w.Revoke(ctx, p.ID, LinkMine); err != nil {
		t.Fatal(err)
	}
	opens(testCity, LinkMine, mailed, "not_found")
	opens(testCity, LinkCalendar, calendar, "") // of another kind
	renewed := newLink(LinkMine, time.Hour)
	if renewed == mine {
		t.Error("a revoked link came back")
	}
	opens(testCity, LinkMine, renewed, "")
	if _, err := w.NewLink(ctx, Reader{Party: Party{ID: testCity + "/nobody"}}, LinkMine, w.time()); kernel.KindOf(err) != kernel.NotFound {
		t.Errorf("a link of nobody: %v", err)
	}
	wantCode(t, w.Revoke(ctx, testCity+"/nobody", LinkMine), "not_found")
}

func TestService_stars(t *testing.T) {
	ctx := context.Background()
	w := newTown(t)
	p, err := w.NewParty(ctx, testCity, "Aylin", "en")
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxStars {
		p.Stars = append(p.Stars, testEvent+"/s"+strconv.Itoa(i))
	}
	if err := w.parties.Put(ctx, p); err != nil {
		t.Fatal(err)
	}
	_, err = w.Star(ctx, p.ID, testEvent+"/more", true)
	wantCode(t, err, "stars_full")
	_, err = w.Star(ctx, p.ID, p.Stars[7], true) // kept already
	wantCode(t, err, "")
	p, err = w.Star(ctx, p.ID, p.Stars[7], false)
	if err != nil || len(p.Stars) != maxStars-1 {
		t.Errorf("%d stars, %v", len(p.Stars), err)
	}
	p, err = w.Star(ctx, p.ID, testEvent+"/more", true)
	if err != nil || p.Stars[maxStars-1] != testEvent+"/more" {
		t.Errorf("%d stars, %v", len(p.Stars), err)
	}
	_, err = w.Star(ctx, testCity+"/nobody", "s", true)
	wantCode(t, err, "not_found")
	p, err = w.Rename(ctx, p.ID, " Aylin\nÖz")
	if err != nil || p.Name != "Aylin Öz" {
		t.Errorf("renamed to %q, %v", p.Name, err)
	}
	_, err = w.Rename(ctx, p.ID, "")
	wantCode(t, err, "required")
}
