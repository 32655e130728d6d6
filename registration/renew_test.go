package registration

import (
	"context"
	"errors"
	"testing"
	"time"
)

// Nobody is left without a link when renewing stops on its way, and repeating it
// gives the same.
func TestService_RenewLinks(t *testing.T) {
	ctx := context.Background()
	w := newTown(t)
	linked := w.under(alice, 0)
	other := w.under(alice, 4)
	old := w.link(linked.ID, alice)
	party, proof := w.confirmIn(linked.ID, "", linked.ID, alice)
	w.confirm(other.ID, alice)
	phone, phoneProof := w.confirmIn("", "", linked.ID, alice)
	r, err := w.Browser(ctx, party, proof)
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := w.NewLink(ctx, r, LinkCalendar, w.time().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Revoke(ctx, party, LinkCalendar); err != nil { // as /me makes the first
		t.Fatal(err)
	}
	if r, err = w.Browser(ctx, party, proof); err != nil {
		t.Fatal(err)
	}
	if calendar, err = w.NewLink(ctx, r, LinkCalendar, w.time().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	opens := func(kind LinkKind, secret string, bookings int) {
		t.Helper()
		got, err := w.Open(ctx, testCity, kind, secret)
		if bookings < 0 {
			wantCode(t, err, "not_found")
		} else if wantCode(t, err, ""); err == nil {
			w.want(string(kind), w.seen(got), bookings)
		}
	}
	until := func(string) time.Time { return w.time().Add(time.Hour) }
	var mailed []NewMailed
	broken := errors.New("the outbox is away")
	if _, _, err := w.RenewLinks(ctx, r, until, func(links []NewMailed) error { mailed = links; return broken }); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if len(mailed) != 1 || mailed[0].Mail != alice {
		t.Fatalf("would be mailed: %+v; one link opens all of an address", mailed)
	}
	opens(LinkMine, old, 2)
	opens(LinkCalendar, calendar, 2)
	opens(LinkMine, mailed[0].Secret, 2)

	first := mailed[0]
	of, now, err := w.RenewLinks(ctx, r, until, func(links []NewMailed) error { mailed = links; return nil })
	if err != nil || len(of) != 3 {
		t.Fatalf("of %d parties, %v", len(of), err)
	}
	if mailed[0] != first {
		t.Errorf("a second try mails %+v, the first %+v", mailed[0], first)
	}
	// As if two had pressed at once: what was mailed to both is the same and opens.
	for _, p := range of {
		if _, err := w.parties.Update(ctx, p.ID, func(p *Party) error {
			return p.renew(map[string]int{string(LinkMine): first.Round, string(LinkCalendar): 1})
		}); err != nil {
			t.Fatal(err)
		}
	}
	opens(LinkMine, old, -1)
	opens(LinkMine, w.link(other.ID, alice), 2)
	opens(LinkCalendar, calendar, -1)
	opens(LinkMine, first.Secret, 2)
	w.want("the browser that did it", w.sees(party, now), 2)
	w.want("with its old proof", w.sees(party, proof), 1)
	w.want("the phone, whose proof may be somebody else's", w.sees(phone, phoneProof), -1)

	// Where the event's links are over nobody gets another.
	if _, _, err := w.RenewLinks(ctx, Reader{Party: linked}, func(string) time.Time { return time.Time{} }, func(links []NewMailed) error { mailed = links; return nil }); err != nil || len(mailed) != 0 {
		t.Errorf("mailed %d, %v", len(mailed), err)
	}
}
