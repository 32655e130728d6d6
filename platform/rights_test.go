package platform_test

import (
	"fmt"
	"testing"
	"time"

	"feria/locale"
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
	pass, err := p.PassFor(t.Context(), week, booked.Party.ID, "Ada")
	if err != nil {
		t.Fatal(err)
	}
	token, err := p.Ticketing.Token(t.Context(), week, pass)
	if err != nil {
		t.Fatal(err)
	}
	slot, err := p.Festival.Slot(t.Context(), booked.Booking.Slot)
	if err != nil {
		t.Fatal(err)
	}
	gate, err := p.SaveGate(t.Context(), ticketing.Gate{
		Event: week.ID, Slug: "lab", Name: locale.Text{"en": "Lab"}, Scope: ticketing.OfSlot, Slot: slot.ID, Reentry: ticketing.Always,
	}, "test")
	if err != nil {
		t.Fatal(err)
	}
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
