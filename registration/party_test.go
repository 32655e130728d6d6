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
		held, err := w.Mine(ctx, party)
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
		w.confirm(party, "aylin@harbour.example")
		w.book(again(party, slots[2]))
		w.book(again(party, slots[3]))
	})
}

// confirm opens the link that is mailed to an address.
func (w *town) confirm(party, mail string) Party {
	w.t.Helper()
	secret, err := w.MailLink(context.Background(), party, mail, w.time().Add(time.Hour))
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := w.ConfirmLink(context.Background(), testCity, secret)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func TestService_ConfirmLink(t *testing.T) {
	ctx := context.Background()
	count := func(t *testing.T, w *town, party string) int {
		t.Helper()
		held, err := w.Mine(ctx, party)
		if err != nil {
			t.Fatal(err)
		}
		return len(held)
	}
	t.Run("parties of one confirmed address are shown together", func(t *testing.T) {
		w := newTown(t)
		a, b := w.book(ask(w.slot("a", 4, 0), 1)), w.book(ask(w.slot("b", 4, 4), 1))
		w.confirm(a.Party.ID, a.Party.Mail)
		if n := count(t, w, a.Party.ID); n != 1 {
			t.Errorf("one alone shows %d", n)
		}
		if n := count(t, w, b.Party.ID); n != 1 {
			t.Errorf("typing an address shows %d bookings", n)
		}
		w.confirm(b.Party.ID, b.Party.Mail)
		if n, m := count(t, w, a.Party.ID), count(t, w, b.Party.ID); n != 2 || m != 2 {
			t.Errorf("together they show %d and %d", n, m)
		}
		if held, err := w.Of(ctx, testCity, a.Party.ID); err != nil || len(held) != 1 {
			t.Errorf("alone it holds %d, %v", len(held), err)
		}
	})
	t.Run("an address of another city is another address", func(t *testing.T) {
		w := newTown(t)
		a := w.book(ask(w.slot("a", 4, 0), 1))
		w.confirm(a.Party.ID, a.Party.Mail)
		other := Party{ID: "elsewhere/p", City: "elsewhere", Mail: a.Party.Mail, MailConfirmed: true}
		if err := w.parties.Insert(ctx, other); err != nil {
			t.Fatal(err)
		}
		if n := count(t, w, other.ID); n != 0 {
			t.Errorf("shows %d", n)
		}
	})
	t.Run("a link mailed to one's own address does not prove another's", func(t *testing.T) {
		w := newTown(t)
		victim := w.book(ask(w.slot("a", 4, 0), 1))
		w.confirm(victim.Party.ID, victim.Party.Mail)

		first := w.book(ask(w.slot("b", 4, 4), 1)) // types the victim's address
		r := ask(w.slot("c", 4, 8), 1)
		r.Party, r.Mail = first.Party.ID, "eve@harbour.example"
		w.book(r)
		p := w.confirm(first.Party.ID, "eve@harbour.example")
		if p.Mail != "eve@harbour.example" || !p.MailConfirmed {
			t.Errorf("confirmed %q", p.Mail)
		}
		if n := count(t, w, first.Party.ID); n != 2 {
			t.Errorf("shows %d bookings, two are its own", n)
		}
		// The link to the victim's address now proves nothing more.
		if p := w.confirm(first.Party.ID, victim.Party.Mail); p.Mail != "eve@harbour.example" {
			t.Errorf("confirmed %q", p.Mail)
		}
	})
	t.Run("a link that was not mailed proves nothing", func(t *testing.T) {
		w := newTown(t)
		a := w.book(ask(w.slot("a", 4, 0), 1))
		secret, err := w.NewLink(ctx, a.Party.ID, LinkMine, w.time().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.ConfirmLink(ctx, testCity, secret)
		wantCode(t, err, "no_mail_to_confirm")
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
		secret, err := w.NewLink(ctx, p.ID, kind, w.time().Add(lives))
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	opens := func(city string, kind LinkKind, secret, code string) {
		t.Helper()
		got, err := w.Open(ctx, city, kind, secret)
		wantCode(t, err, code)
		if code == "" && got.ID != p.ID {
			t.Errorf("opens %q", got.ID)
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
	if _, err := w.NewLink(ctx, testCity+"/nobody", LinkMine, w.time()); kernel.KindOf(err) != kernel.NotFound {
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
