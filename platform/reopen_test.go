package platform_test

import (
	"testing"

	"feria/festival"
	"feria/registration"
)

// A release cancels a slot: who waits for it is not told "you are in" when the
// others give their seats back, but is once a release brings it back.
func TestPublish_cancelsAndBringsBack(t *testing.T) {
	p, _ := openAt(t, "reopen", clock)
	ctx := t.Context()
	if _, err := p.Demo(ctx); err != nil {
		t.Fatal(err)
	}
	week, err := p.Festival.EventBySlug(ctx, "harbour", "learning-week")
	if err != nil {
		t.Fatal(err)
	}
	ask := registration.Request{City: week.City, Name: "Ada", Mail: "ada@example.org", Seats: 1, Lang: "en", NoWait: true}
	seated := book(t, p, week, ask)
	roster, err := p.Registration.Roster(ctx, seated.Booking.Slot)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Registration.SetSeats(ctx, roster.ID, roster.Taken, false); err != nil {
		t.Fatal(err)
	}
	ask.Slot, ask.Mail, ask.NoWait = roster.ID, "emre@example.org", false
	waits, err := p.Registration.Book(ctx, ask)
	if err != nil || waits.State != registration.Waiting {
		t.Fatalf("%s, %v", waits.State, err)
	}
	publish := func(state festival.SlotState) {
		t.Helper()
		slot, err := p.Festival.Slot(ctx, roster.ID)
		if err != nil {
			t.Fatal(err)
		}
		slot.State = state
		if _, err := p.Festival.SaveSlot(ctx, slot, "test"); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Publish(ctx, week.ID, "test", nil); err != nil {
			t.Fatal(err)
		}
	}
	stands := func(when string, want registration.State) {
		t.Helper()
		if h, err := p.Registration.Booking(ctx, waits.Booking.ID); err != nil || h.State != want {
			t.Errorf("%s: who waited is %s, %v; want %s", when, h.State, err, want)
		}
	}
	publish(festival.Cancelled)
	if err := p.Registration.Cancel(ctx, seated.Booking.ID); err != nil {
		t.Fatal(err)
	}
	stands("cancelled", registration.Waiting)
	publish("")
	stands("brought back", registration.Confirmed)
}
