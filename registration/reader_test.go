package registration

import (
	"context"
	"slices"
	"testing"
	"time"
)

// link gives the secret of the link to a party's bookings that is mailed to an
// address.
func (w *town) link(party, mail string) string {
	w.t.Helper()
	secret, err := w.MailLink(context.Background(), party, mail, w.time().Add(time.Hour))
	if err != nil {
		w.t.Fatal(err)
	}
	return secret
}

// confirm says "mine" with the link to a party that is mailed to an address.
func (w *town) confirm(party, mail string) Reader {
	w.t.Helper()
	r, err := w.ConfirmLink(context.Background(), testCity, w.link(party, mail))
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// confirmIn does so in a browser that keeps own and proof, and gives what it keeps
// then.
func (w *town) confirmIn(own, proof, party, mail string) (nowParty, nowProof string) {
	w.t.Helper()
	nowParty, nowProof, err := w.ConfirmIn(context.Background(), testCity, w.link(party, mail), own, proof)
	if err != nil {
		w.t.Fatal(err)
	}
	return nowParty, nowProof
}

// sees is how many bookings a browser shows, -1 where it is nobody's.
func (w *town) sees(party, proof string) int {
	w.t.Helper()
	r, err := w.Browser(context.Background(), party, proof)
	if err != nil {
		wantCode(w.t, err, "not_found")
		return -1
	}
	return w.seen(r)
}

func (w *town) seen(r Reader) int {
	w.t.Helper()
	held, err := w.Mine(context.Background(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	return len(held)
}

func (w *town) want(what string, got, want int) {
	w.t.Helper()
	if got != want {
		w.t.Errorf("%s: %d bookings, want %d", what, got, want)
	}
}

const alice = "alice@harbour.example"

// under is a booking of somebody new, in a slot of its own hour.
func (w *town) under(mail string, hour int) Party {
	w.t.Helper()
	r := ask(w.slot("s"+itoa(int64(hour)), 4, hour), 1)
	r.Mail = mail
	return w.book(r).Party
}

// Whoever books under somebody else's address sees nothing but that, whatever the
// owner of the address says.
func TestReader_ofAStrangersParty(t *testing.T) {
	ctx := context.Background()
	w := newTown(t)
	hers, his := w.under(alice, 0), w.under(alice, 4)
	calendar := func(party, proof string) string {
		r, err := w.Browser(ctx, party, proof)
		if err != nil {
			t.Fatal(err)
		}
		secret, err := w.NewLink(ctx, r, LinkCalendar, w.time().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	calendars := func(secret string) int {
		r, err := w.Open(ctx, testCity, LinkCalendar, secret)
		if err != nil {
			t.Fatal(err)
		}
		return w.seen(r)
	}
	before := calendar(his.ID, "")
	own, proof := w.confirmIn(hers.ID, "", hers.ID, alice)
	own, proof = w.confirmIn(own, proof, his.ID, alice)
	if own != hers.ID {
		t.Errorf("her browser became %s", own)
	}
	phone, phoneProof := w.confirmIn("", "", his.ID, alice)
	if phone == his.ID || phone == hers.ID {
		t.Error("her phone books as a party that others see")
	}
	r := ask(w.slot("s8", 4, 8), 1)
	r.Party, r.Proof = phone, phoneProof
	w.book(r)
	w.want("her laptop", w.sees(own, proof), 3)
	w.want("her phone", w.sees(phone, phoneProof), 3)
	w.want("his browser", w.sees(his.ID, ""), 1)
	w.want("his browser with a proof of hers", w.sees(his.ID, proof), 1)
	w.want("her phone's party without a proof", w.sees(phone, ""), -1)
	w.want("his calendar from before", calendars(before), 1)
	w.want("his calendar", calendars(calendar(his.ID, "")), 1)
	w.want("her calendar", calendars(calendar(own, proof)), 3)
	w.want("her phone's calendar", calendars(calendar(phone, phoneProof)), 3)

	// What overlaps is no way to learn of hers either.
	r = ask(w.slot("same", 4, 0), 1)
	r.Party, r.Mail = his.ID, alice
	w.book(r)
	r = ask(w.slot("again", 4, 0), 1)
	r.Party, r.Proof = own, proof
	_, err := w.Book(ctx, r)
	wantCode(t, err, "overlaps")

	// A party of an address without a proof is as gone: the booker is somebody new.
	r.Party, r.Proof = phone, ""
	if got := w.book(r); got.Party.ID == phone {
		t.Error("without a proof it books as her")
	}
}

func TestConfirmIn(t *testing.T) {
	ctx := context.Background()
	for _, row := range []struct {
		name string
		// own is the party of the browser in which it is confirmed.
		own  func(w *town, linked Party) string
		want string // which party the browser is then: linked, own, home
	}{
		{"the browser that booked", func(_ *town, linked Party) string { return linked.ID }, "linked"},
		{"a new browser", func(*town, Party) string { return "" }, "home"},
		{"a browser whose party is gone", func(*town, Party) string { return testCity + "/gone" }, "home"},
		{"a browser that booked under the same address", func(w *town, _ Party) string { return w.under(alice, 4).ID }, "own"},
		{"a browser that booked under another one", func(w *town, _ Party) string { return w.under("bob@harbour.example", 4).ID }, "home"},
		{"a browser that only keeps sessions", func(w *town, _ Party) string {
			p, err := w.NewParty(ctx, testCity, "", "en")
			if err != nil {
				w.t.Fatal(err)
			}
			return p.ID
		}, "own"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newTown(t)
			linked := w.under(alice, 0)
			own := row.own(w, linked)
			party, proof := w.confirmIn(own, "", linked.ID, alice)
			is := map[string]string{linked.ID: "linked", own: "own"}
			if own == linked.ID {
				is[own] = "linked"
			}
			got := is[party]
			if got == "" {
				got = "home"
			}
			if got != row.want {
				t.Errorf("it became %s (%s)", got, party)
			}
			r, err := w.Browser(ctx, party, proof)
			if err != nil || !r.Proven() || r.Party.Mail != alice || r.Party.Home != (row.want == "home") {
				t.Fatalf("it reads as %+v, %v", r, err)
			}
			again, same := w.confirmIn(party, proof, linked.ID, alice)
			if again != party || same != proof {
				t.Error("a second time it becomes another")
			}
			// All new browsers of an address are one party.
			home, _ := w.confirmIn("", "", linked.ID, alice)
			if other, _ := w.confirmIn("", "", linked.ID, alice); other != home || row.want == "home" && home != party {
				t.Error("an address has two homes")
			}
			if err := w.Revoke(ctx, party, LinkMine); err != nil {
				t.Fatal(err)
			}
			if r, err := w.Browser(ctx, party, proof); err == nil && r.Proven() {
				t.Error("a proof that was ended counts")
			}
		})
	}
	t.Run("a home keeps the stars", func(t *testing.T) {
		w := newTown(t)
		linked := w.under(alice, 0)
		for range 2 {
			if _, err := w.Star(ctx, linked.ID, testEvent+"/clay", true); err != nil {
				t.Fatal(err)
			}
			id, _ := w.confirmIn("", "", linked.ID, alice)
			if p, err := w.Party(ctx, id); err != nil || !slices.Equal(p.Stars, []string{testEvent + "/clay"}) {
				t.Errorf("it keeps %v, %v", p.Stars, err)
			}
		}
	})
}

func TestService_ConfirmLink(t *testing.T) {
	ctx := context.Background()
	t.Run("parties of one confirmed address are shown together", func(t *testing.T) {
		w := newTown(t)
		a, b := w.under(alice, 0), w.under(alice, 4)
		w.want("one alone", w.seen(w.confirm(a.ID, alice)), 1)
		w.want("typing an address", w.sees(b.ID, ""), 1)
		w.want("together", w.seen(w.confirm(b.ID, alice)), 2)
		w.want("together, by the other link", w.seen(w.confirm(a.ID, alice)), 2)
		if held, err := w.Of(ctx, testCity, a.ID); err != nil || len(held) != 1 {
			t.Errorf("alone it holds %d, %v", len(held), err)
		}
	})
	t.Run("an address of another city is another address", func(t *testing.T) {
		w := newTown(t)
		a := w.under(alice, 0)
		w.confirm(a.ID, alice)
		other := Party{ID: "elsewhere/p", City: "elsewhere", Mail: alice, MailConfirmed: true}
		if err := w.parties.Insert(ctx, other); err != nil {
			t.Fatal(err)
		}
		w.want("there", w.sees(other.ID, w.proof(other)), 0)
	})
	t.Run("a link mailed to one's own address does not prove another's", func(t *testing.T) {
		w := newTown(t)
		const eve = "eve@harbour.example"
		victim := w.under(alice, 0)
		w.confirm(victim.ID, alice)

		first := w.under(alice, 4) // types the victim's address
		r := ask(w.slot("c", 4, 8), 1)
		r.Party, r.Mail = first.ID, eve
		w.book(r)
		got := w.confirm(first.ID, eve)
		if got.Party.Mail != eve || !got.Proven() {
			t.Errorf("confirmed %q", got.Party.Mail)
		}
		w.want("two are its own", w.seen(got), 2)
		// The link to the victim's address now proves nothing more.
		if got = w.confirm(first.ID, alice); got.Party.Mail != eve || got.Proven() {
			t.Errorf("confirmed %+v", got)
		}
		if party, proof := w.confirmIn("", "", first.ID, alice); party != "" || proof != "" {
			t.Errorf("a browser became %s by it", party)
		}
	})
	t.Run("nor when the victim says mine first", func(t *testing.T) {
		w := newTown(t)
		const eve = "eve@harbour.example"
		victim, first := w.under(alice, 0), w.under(alice, 4)
		r := ask(w.slot("c", 4, 8), 1)
		r.Party, r.Mail = first.ID, eve
		w.book(r)
		w.confirm(victim.ID, alice)
		w.confirm(first.ID, alice)
		got := w.confirm(first.ID, eve)
		w.want("her own link", w.seen(got), 2)
		party, proof := w.confirmIn(first.ID, "", first.ID, eve)
		w.want("her browser", w.sees(party, proof), 2)
	})
	t.Run("a link that was not mailed proves nothing", func(t *testing.T) {
		w := newTown(t)
		a := w.under(alice, 0)
		secret, err := w.NewLink(ctx, Reader{Party: a}, LinkMine, w.time().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.ConfirmLink(ctx, testCity, secret)
		wantCode(t, err, "no_mail_to_confirm")
	})
}

// A party without bookings of its own is remembered as long as one of the same
// address needs it.
func TestForgetParties_ofOneAddress(t *testing.T) {
	ctx := context.Background()
	w := newTown(t)
	linked := w.under(alice, 0)
	home, proof := w.confirmIn("", "", linked.ID, alice)
	w.pass(48 * time.Hour)
	if n, err := w.ForgetParties(ctx, testCity, w.time(), func(string) bool { return true }); n != 0 || err != nil {
		t.Errorf("forgot %d, %v", n, err)
	}
	w.want("the phone", w.sees(home, proof), 1)
	// Nor is a home party while it keeps a session of an event to come: without its
	// address nobody is its reader.
	const next = testCity + "/next"
	if _, err := w.Star(ctx, home, next+"/clay", true); err != nil {
		t.Fatal(err)
	}
	if n, err := w.ForgetParties(ctx, testCity, w.time(), func(event string) bool { return event == next }); n != 1 || err != nil {
		t.Errorf("forgot %d, %v; want the one that was linked", n, err)
	}
	w.want("the phone that keeps a session", w.sees(home, proof), 0)
	if n, err := w.ForgetParties(ctx, testCity, w.time(), func(string) bool { return false }); n != 1 || err != nil {
		t.Errorf("forgot %d, %v; want the home", n, err)
	}
	w.want("the phone, when all is forgotten", w.sees(home, proof), -1)
}
