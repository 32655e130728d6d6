package platform_test

import (
	"net/netip"
	"testing"

	"feria/festival"
	"feria/kernel"
	"feria/platform"
)

// One key is one pass for what was asked first; sent again it costs nothing, and
// takes nothing back of what was changed since.
func TestTakePass_underItsKey(t *testing.T) {
	p, r, _ := rush(t, "taking")
	ctx, from := t.Context(), netip.MustParseAddr("203.0.113.9")
	week, err := p.Festival.Event(ctx, festival.EventOf(r.Slot))
	if err != nil {
		t.Fatal(err)
	}
	taking := platform.Taking{Event: week, From: from, Key: "the-key-of-a-browser", Lang: "en", Persons: 3}
	if _, err := p.TakePass(ctx, taking); kernel.CodeOf(err) != "event_not_open" {
		t.Errorf("of an event that is not open: %v", err)
	}
	taking.Event.Open = true
	first, err := p.TakePass(ctx, taking)
	if err != nil || first.Persons != 3 {
		t.Fatalf("%+v, %v", first, err)
	}
	other := taking
	other.Persons = 5
	if _, err := p.TakePass(ctx, other); kernel.CodeOf(err) != "idempotency_mismatch" {
		t.Errorf("five where three were asked for: %v", err)
	}
	for { // the network's budget
		if err := p.AllowParty(r.City, from); err != nil {
			break
		}
	}
	again, err := p.TakePass(ctx, taking)
	if err != nil || again.ID != first.ID || again.Persons != 3 {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	other.Key = "the-key-of-somebody-else"
	if _, err := p.TakePass(ctx, other); kernel.CodeOf(err) != "network_busy" {
		t.Errorf("another, the budget used up: %v", err)
	}
	if _, err := p.Ticketing.SetPersons(ctx, first.ID, 2); err != nil {
		t.Fatal(err)
	}
	if again, err := p.TakePass(ctx, taking); err != nil || again.Persons != 2 {
		t.Errorf("the same again after its number was changed: %+v, %v", again, err)
	}
}
