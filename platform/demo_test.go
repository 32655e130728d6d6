package platform_test

import (
	"testing"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/platform"
)

func TestDemo_isWholeAndOnce(t *testing.T) {
	now := april
	p, _ := openAt(t, "demo", func() time.Time { return now })
	first, err := p.Demo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !first.New || len(first.Links) != 5 {
		t.Errorf("the first demo: new %v, %d links, want 5", first.New, len(first.Links))
	}
	event, err := p.Festival.EventBySlug(t.Context(), platform.DemoCity, "learning-week")
	if err != nil {
		t.Fatal(err)
	}
	programme, err := p.Festival.Programme(t.Context(), event.ID)
	if err != nil {
		t.Fatal(err)
	}
	if s, v, b := len(programme.Sessions), len(programme.Venues), len(programme.Booths); s != 68 || v != 13 || b != 24 {
		t.Errorf("%d sessions, %d venues, %d booths; want 68, 13, 24", s, v, b)
	}
	if clashes := festival.Clashes(programme, nil); len(clashes) > 0 {
		t.Errorf("the invented week clashes with itself: %+v", clashes[0])
	}
	second, err := p.Demo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if second.New {
		t.Error("the second demo made the city again")
	}
	now = april.AddDate(0, 0, 7) // in the middle of the week
	if _, err := p.Demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	citizens := 0
	for _, slot := range programme.Slots {
		booked, err := p.Registration.Booked(t.Context(), slot.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range booked {
			if b.Booking.Name == "Aylin and party" {
				citizens++
			}
		}
	}
	if citizens != 1 {
		t.Errorf("three demos booked for the citizen %d times, want once", citizens)
	}
	now = april
	well(t, p)
}

func TestDemo_isNotPutBesideACity(t *testing.T) {
	p, _ := open(t, "demo_beside")
	if _, err := p.FirstCity(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Demo(t.Context()); kernel.CodeOf(err) != "demo_beside_city" {
		t.Errorf("%v, want a refusal", err)
	}
	if cities, err := p.Festival.Cities(t.Context()); err != nil || len(cities) != 1 {
		t.Errorf("%d cities, %v", len(cities), err)
	}
}
