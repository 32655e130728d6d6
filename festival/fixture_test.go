package festival

import (
	"context"
	"testing"
	"time"

	"feria/kernel"
	"feria/locale"
	"feria/store/storetest"
)

// clock is a time that tests move by hand.
type clock struct{ t time.Time }

func (c *clock) now() time.Time        { return c.t }
func (c *clock) later(d time.Duration) { c.t = c.t.Add(d) }
func at10(day string) time.Time        { return must(time.Parse("2006-01-02 15:04", day+" 10:00")) }
func en(s string) locale.Text          { return locale.Text{"en": s} }
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// house is a city with an event, on a fresh store.
type house struct {
	*Service
	t     *testing.T
	ctx   context.Context
	clock *clock
	event Event
}

func open(t *testing.T) *house {
	t.Helper()
	c := &clock{time.Date(2027, 1, 10, 12, 0, 0, 0, time.UTC)}
	h := &house{Service: New(storetest.Open(t, Collections()...), c.now), t: t, ctx: t.Context(), clock: c}
	h.furnish()
	return h
}

// furnish makes the city and its event.
func (h *house) furnish() {
	h.t.Helper()
	_, err := h.CreateCity(h.ctx, City{ID: "harbour", Name: en("Harbour"), Zone: "Europe/Berlin", Locales: []string{"en", "fr"}, Color: "#B3301A", Hosts: []string{"Learn.Example."}}, "test")
	h.ok(err)
	h.event, err = h.CreateEvent(h.ctx, Event{
		City: "harbour", Slug: "week", Kind: Festival, Title: en("Learning Week"), Start: "2027-04-12", End: "2027-04-18",
		Tracks: []Track{{Slug: "music", Name: en("Music")}},
	}, "test")
	h.ok(err)
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// refused wants an error of a kind and code.
func (h *house) refused(err error, kind kernel.Kind, code string) {
	h.t.Helper()
	if kernel.KindOf(err) != kind || kernel.CodeOf(err) != code {
		h.t.Fatalf("got %v, want %s: %s", err, kind, code)
	}
}

func (h *house) base() Base { return Base{Event: h.event.ID} }

// placed makes a session with a slot of its own in a space.
func (h *house) placed(title, space string, start time.Time) (Session, Slot) {
	h.t.Helper()
	session, err := h.SaveSession(h.ctx, Session{Base: h.base(), Title: en(title)}, "test")
	h.ok(err)
	slot, err := h.SaveSlot(h.ctx, Slot{Base: h.base(), Session: session.ID, Space: space, Start: start, End: start.Add(time.Hour)}, "test")
	h.ok(err)
	return session, slot
}

func (h *house) space(name string) Space {
	h.t.Helper()
	venue, err := h.SaveVenue(h.ctx, Venue{Base: h.base(), Name: en(name + " House")}, "test")
	h.ok(err)
	space, err := h.SaveSpace(h.ctx, Space{Base: h.base(), Venue: venue.ID, Name: en(name)}, "test")
	h.ok(err)
	return space
}

// clean wants the doctor to find nothing.
func (h *house) clean() {
	h.t.Helper()
	h.ok(h.Check(h.ctx, func(problem string) { h.t.Errorf("doctor: %s", problem) }))
}
