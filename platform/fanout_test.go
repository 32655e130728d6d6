package platform_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/platform"
	"feria/registration"
)

// TestFanOut: whoever left an address is told of every decision once, in its
// order, with what the mail opens; who left none gets no mail, and whoever was
// erased meanwhile holds nobody up.
func TestFanOut(t *testing.T) {
	p, _ := open(t, "fanout")
	if _, err := p.Demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	week, err := p.Festival.EventBySlug(t.Context(), platform.DemoCity, "learning-week")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(name, mail string) registration.Request {
		return registration.Request{City: week.City, Name: name, Mail: mail, Seats: 1, Lang: "en", NoWait: true}
	}
	ada := book(t, p, week, ask("Ada", "ada@example.org"))
	second := ask("Ada's aunt", "aunt@example.org")
	second.Party, second.Confirm = ada.Party.ID, true
	book(t, p, week, second)
	helped := ask("Helped Hugo", "")
	helped.By = "desk"
	hugo := book(t, p, week, helped)
	gone := book(t, p, week, ask("Gone Greta", "greta@example.org"))
	if err := p.Registration.Cancel(t.Context(), gone.Booking.ID); err != nil {
		t.Fatal(err)
	}
	if err := p.Jobs.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Jobs.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	carriedOut(t, p, week)

	told := map[string][]string{}
	page, _, err := p.Outbox.List(t.Context(), week.City, "", "")
	if err != nil {
		t.Fatal(err)
	}
	view, err := p.Views.Of(t.Context(), week.ID)
	if err != nil {
		t.Fatal(err)
	}
	// What a parent needs on paper: until when, and in which street.
	slot, _ := view.Programme.Slot(ada.Booking.Slot)
	space, _ := view.Programme.SpaceOf(slot.Slot)
	venue, _ := view.Programme.Venue(space.Venue)
	until, street := "–"+slot.End.In(view.Programme.Location()).Format("15:04"), venue.Address
	for _, m := range page {
		full, err := p.Outbox.Message(t.Context(), week.City, m.ID)
		if err != nil {
			t.Fatal(err)
		}
		if m.To == "ada@example.org" && (street == "" || !strings.Contains(full.Text, until) || !strings.Contains(full.Text, street)) {
			t.Errorf("the mail does not say %q and %q:\n%s", until, street, full.Text)
		}
		told[m.To] = append(told[m.To], m.Kind)
		if !strings.Contains(full.Text, "/me?key=") || m.Kind == "booking_confirmed" && !strings.Contains(full.Text, "/passes/") {
			t.Errorf("the mail %s to %s opens too little:\n%s", m.Kind, m.To, full.Text)
		}
	}
	slices.Sort(told["greta@example.org"])
	for address, want := range map[string]string{
		"ada@example.org": "booking_confirmed", "aunt@example.org": "booking_confirmed", "greta@example.org": "booking_cancelled booking_confirmed", "": "",
	} {
		if got := strings.Join(told[address], " "); got != want {
			t.Errorf("%q was told %q, want %q", address, got, want)
		}
	}
	pass, err := p.Ticketing.PassOf(t.Context(), week.ID, ada.Party.ID)
	if err != nil || pass.Name != "Ada" {
		t.Errorf("the pass of two bookings is %q's, %v", pass.Name, err)
	}
	if _, err := p.Ticketing.PassOf(t.Context(), week.ID, hugo.Party.ID); err == nil {
		t.Error("a pass was made for somebody who is mailed nothing")
	}
	well(t, p)
}

// carriedOut waits until nothing is left to do after decisions in an event.
func carriedOut(t *testing.T, p *platform.Platform, event festival.Event) {
	t.Helper()
	for range 200 {
		rosters, err := p.Registration.Rosters(t.Context(), event.ID)
		if err != nil {
			t.Fatal(err)
		}
		left := 0
		for _, r := range rosters {
			left += len(r.Effects)
			if r.Untold {
				left++
			}
		}
		if left == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("what follows decisions is not done after 10 s")
}
