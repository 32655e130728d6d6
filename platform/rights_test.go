package platform_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"feria/festival"
	"feria/locale"
	"feria/platform"
	"feria/registration"
	"feria/ticketing"
)

// A device without network lets somebody in, who cancels before it is back: they
// are inside all the same. Who is scanned after cancelling is refused.
func TestRights_cancelledBetweenScanAndArrival(t *testing.T) {
	now := clock()
	p, _ := openAt(t, "rights", func() time.Time { return now })
	if _, err := p.Demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	week, err := p.Festival.EventBySlug(t.Context(), "harbour", "learning-week")
	if err != nil {
		t.Fatal(err)
	}
	booked := book(t, p, week, registration.Request{City: week.City, Name: "Ada", Mail: "ada@example.org", Seats: 2, Lang: "en", NoWait: true})
	slot, gate := lab(t, p, week, booked.Booking.Slot)
	token := tokenOf(t, p, week, booked)
	cancelled := slot.Start.Add(-15 * time.Minute)
	now = cancelled
	if err := p.Registration.Cancel(t.Context(), booked.Booking.ID); err != nil {
		t.Fatal(err)
	}
	now = slot.Start
	for i, row := range []struct {
		at   time.Time
		want ticketing.Reason
	}{{cancelled.Add(-time.Minute), ""}, {cancelled.Add(time.Minute), ticketing.Canceled}, {now, ticketing.Canceled}} {
		v, err := p.Ticketing.Scan(t.Context(), ticketing.ScanRequest{
			Event: week, Gate: gate, Token: token, Device: "phone", Nonce: fmt.Sprint(i), ScannedAt: row.at, SentAt: now,
		})
		if err != nil || v.Reason != row.want {
			t.Errorf("scanned %v: %q, %v; want %q", row.at, v.Reason, err, row.want)
		}
	}
	if c, err := p.Ticketing.Inside(t.Context(), gate); err != nil || c.In != 2 {
		t.Errorf("inside: %+v, %v", c, err)
	}
}

// Who only waited for a seat had none when the device let them in: that they
// cancelled meanwhile gives them none.
func TestRights_waitedAndCancelled(t *testing.T) {
	now := clock()
	p, _ := openAt(t, "waited", func() time.Time { return now })
	if _, err := p.Demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	week, err := p.Festival.EventBySlug(t.Context(), "harbour", "learning-week")
	if err != nil {
		t.Fatal(err)
	}
	ask := registration.Request{City: week.City, Name: "Ada", Mail: "ada@example.org", Seats: 1, Lang: "en", NoWait: true}
	seated := book(t, p, week, ask)
	roster, err := p.Registration.Roster(t.Context(), seated.Booking.Slot)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Registration.SetSeats(t.Context(), roster.ID, roster.Taken, false); err != nil {
		t.Fatal(err)
	}
	ask.Slot, ask.Mail, ask.NoWait = roster.ID, "emre@example.org", false
	waits, err := p.Registration.Book(t.Context(), ask)
	if err != nil || waits.State != registration.Waiting {
		t.Fatalf("%s, %v", waits.State, err)
	}
	slot, gate := lab(t, p, week, ask.Slot)
	token := tokenOf(t, p, week, waits)
	cancelled := slot.Start.Add(-15 * time.Minute)
	now = cancelled
	if err := p.Registration.Cancel(t.Context(), waits.Booking.ID); err != nil {
		t.Fatal(err)
	}
	now = slot.Start
	scans := func(when string) {
		t.Helper()
		for before, want := range map[time.Duration]ticketing.Verdict{
			time.Minute: {Reason: ticketing.NoBooking, Why: ticketing.WhyWaiting}, -time.Minute: {Reason: ticketing.Canceled},
		} {
			v, err := p.Ticketing.Scan(t.Context(), ticketing.ScanRequest{
				Event: week, Gate: gate, Token: token, Device: "phone", Nonce: when + before.String(), ScannedAt: cancelled.Add(-before), SentAt: now,
			})
			if err != nil || v.Reason != want.Reason || v.Why != want.Why {
				t.Errorf("%s, scanned %v before it was cancelled: %q %q, %v; want %q %q", when, before, v.Reason, v.Why, err, want.Reason, want.Why)
			}
		}
	}
	scans("just decided")
	if _, err := p.Registration.Drain(t.Context(), func(_ context.Context, due []registration.Due) []error { return make([]error, len(due)) }); err != nil {
		t.Fatal(err)
	}
	scans("carried out")
}

// lab is the gate of a slot.
func lab(t *testing.T, p *platform.Platform, event festival.Event, id string) (festival.Slot, ticketing.Gate) {
	t.Helper()
	slot, err := p.Festival.Slot(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	gate, err := p.SaveGate(t.Context(), ticketing.Gate{
		Event: event.ID, Slug: "lab", Name: locale.Text{"en": "Lab"}, Scope: ticketing.OfSlot, Slot: slot.ID, Reentry: ticketing.Always,
	}, "test")
	if err != nil {
		t.Fatal(err)
	}
	return slot, gate
}

// tokenOf is the token of the pass of whoever booked.
func tokenOf(t *testing.T, p *platform.Platform, event festival.Event, booked registration.Receipt) string {
	t.Helper()
	pass, err := p.PassFor(t.Context(), event, booked.Party.ID, booked.Booking.Name)
	if err != nil {
		t.Fatal(err)
	}
	token, err := p.Ticketing.Token(t.Context(), event, pass)
	if err != nil {
		t.Fatal(err)
	}
	return token
}
