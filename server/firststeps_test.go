package server_test

import (
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/people"
)

// A new owner is led through what a city needs, until it is there.
func TestConsole_firstSteps(t *testing.T) {
	c := &clock{at: time.Date(2027, 4, 7, 9, 0, 0, 0, time.UTC)}
	p := open(t, storeFor(t), c)
	city, err := p.FirstCity(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	town := serve(t, p)
	v := town.visitor()
	v.signIn(city.ID, "", people.Owner)
	done := func(want int) page {
		t.Helper()
		got := v.get("/console").want(t, 200).has(t, "First steps")
		if n := strings.Count(got.body, ">done<"); n != want {
			t.Errorf("%d steps are done, want %d", n, want)
		}
		return got
	}
	done(0)
	save := func(change func(c *festival.City)) {
		t.Helper()
		if _, err := p.Festival.SaveCity(t.Context(), city.ID, "olga", func(c *festival.City) error { change(c); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	save(func(c *festival.City) { c.Zone = "Europe/Dublin" })
	done(1)
	event, err := p.Festival.CreateEvent(t.Context(), festival.Event{
		City: city.ID, Slug: "week", Kind: festival.Festival, Title: map[string]string{"en": "Week"}, Zone: "Europe/Dublin", Locales: []string{"en"}, Start: "2027-05-03", End: "2027-05-09",
	}, "olga")
	if err != nil {
		t.Fatal(err)
	}
	done(2)
	text := map[string]string{"en": "Text"}
	save(func(c *festival.City) { c.Imprint, c.Privacy, c.Accessibility = text, text, text })
	v.get("/console").want(t, 200).has(t, event.Title["en"]).lacks(t, "First steps")
}
