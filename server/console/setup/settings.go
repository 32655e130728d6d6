package setup

import (
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/kernel"
	"feria/server/web"
)

// settings is a form that is not one of a record of the draft.
type settings struct {
	title, action, back, current string
	kind                         string    // the room's word above the title
	remove, removing             string    // where it is removed, "" where that is elsewhere, and what that means
	seen                         time.Time // when what the form shows was changed last; zero for what is new
}

// unchanged refuses a form that was drawn before somebody else's change: once,
// since the form that comes back was drawn after it.
func unchanged(typed url.Values, stored time.Time) error {
	seen, err := time.Parse(seenAt, typed.Get("seen"))
	if err != nil || seen.Equal(stored) {
		return nil
	}
	return kernel.New(kernel.Conflict, "record_changed", "")
}

// stillSeen is what a form carries that comes back: as long as nothing was said of
// what others have changed meanwhile, when its record had been changed as it was drawn.
func stillSeen(now string, typed url.Values, refusal error) string {
	if seen := typed.Get("seen"); seen != "" && kernel.CodeOf(refusal) != "record_changed" {
		return seen
	}
	return now
}

func cityScene(r *web.Request) (*scene, error) {
	zone, err := festival.Zone(r.City.Zone)
	if err != nil {
		zone = time.UTC // a city that is not set up yet
	}
	return &scene{p: r.T, city: r.City, locales: r.City.Locales, zone: zone}, nil
}

// eventScene is for the form of an event itself, which needs no draft.
func eventScene(r *web.Request) (*scene, error) {
	event, err := r.P.Festival.Event(r.Context(), r.Event.ID)
	if err != nil {
		return nil, err
	}
	zone, err := festival.Zone(event.Zone)
	if err != nil {
		return nil, err
	}
	return &scene{p: r.T, city: r.City, event: event, locales: event.Locales, zone: zone}, nil
}

// ask draws a form; after a refusal with what was typed.
func ask[T any](r *web.Request, f form[T], s *scene, record T, page settings, typed url.Values, refusal error) error {
	d := editPage{P: r.T, Title: page.title, Kind: page.kind, Action: page.action, Back: page.back, Remove: page.remove, Removing: page.removing}
	if !page.seen.IsZero() {
		d.Seen = page.seen.UTC().Format(seenAt)
	}
	d.Seen = stillSeen(d.Seen, typed, refusal)
	status := fiber.StatusOK
	var byField map[string]string
	if refusal != nil {
		var above string
		var ok bool
		if byField, above, d.Next, ok = r.Sentences(refusal); !ok {
			return refusal
		}
		d.Error = strings.Join(append(f.strays(byField), nonEmpty(above)...), " ")
		status = web.StatusOfForm(refusal)
	}
	d.Fields = f.show(s, &record, typed, byField)
	if sayStored(r.T, refusal, d.Fields, f.show(s, &record, nil, nil)) {
		d.Next = r.T.T("console.stored_next")
	}
	return r.Page(status, Chrome(r, page.title, page.current), editBody(d))
}

func newEventPage(r *web.Request) settings {
	return settings{title: r.T.T("console.new_event"), action: "/console/new", back: "/console", kind: r.T.T("console.events")}
}

func freshEvent(r *web.Request) festival.Event {
	return festival.Event{City: r.City.ID, Kind: festival.Festival, Zone: r.City.Zone, Locales: r.City.Locales, Hidden: true}
}

// ShowNewEvent draws the form of an event that is yet to be made.
func ShowNewEvent(r *web.Request) error {
	s, err := cityScene(r)
	if err != nil {
		return err
	}
	return ask(r, eventForm, s, freshEvent(r), newEventPage(r), nil, nil)
}

// MakeEvent makes an event with its first gate, and goes to its console.
func MakeEvent(r *web.Request) error {
	s, err := cityScene(r)
	if err != nil {
		return err
	}
	typed, err := r.Posted()
	if err != nil {
		return err
	}
	event := freshEvent(r)
	if err = eventForm.read(s, &event, typed); err == nil {
		event, err = r.P.Festival.CreateEvent(r.Context(), event, r.Actor.ID)
	}
	if err != nil {
		return ask(r, eventForm, s, freshEvent(r), newEventPage(r), typed, err)
	}
	if err := r.P.DefaultGates(r.Context(), event.ID, r.Actor.ID); err != nil {
		return err
	}
	return r.See("/console/"+event.Slug, r.T.T("console.saved"))
}

func settingsPage(r *web.Request, event festival.Event) settings {
	title, _ := r.T.Text(r.Event.Title, r.Event.Locales...)
	return settings{title: r.T.T("console.link_event"), action: Base(r) + "/settings", back: Base(r), current: "/settings", kind: title, seen: event.ChangedAt}
}

// ShowSettings draws the form of the event itself.
func ShowSettings(r *web.Request) error {
	s, err := eventScene(r)
	if err != nil {
		return err
	}
	return ask(r, eventForm, s, s.event, settingsPage(r, s.event), nil, nil)
}

// SaveSettings changes the event itself; the public sees the live part at once.
func SaveSettings(r *web.Request) error {
	s, err := eventScene(r)
	if err != nil {
		return err
	}
	typed, err := r.Posted()
	if err != nil {
		return err
	}
	event, err := r.P.Festival.SaveEvent(r.Context(), r.Event.ID, r.Actor.ID, func(e *festival.Event) error {
		if err := unchanged(typed, e.ChangedAt); err != nil {
			return err
		}
		return eventForm.read(s, e, typed)
	})
	if err != nil {
		if s, readErr := eventScene(r); readErr == nil { // as it stands now
			return ask(r, eventForm, s, s.event, settingsPage(r, s.event), typed, err)
		}
		return err
	}
	if _, err := r.P.Views.Refresh(r.Context(), event.ID); err != nil {
		return err
	}
	return r.See("/console/"+event.Slug, r.T.T("console.saved"))
}

func cityPage(r *web.Request) settings {
	name, _ := r.T.Text(r.City.Name, r.City.Locales...)
	return settings{title: r.T.T("console.city_settings"), action: "/console/city", back: "/console", current: "/city", kind: name, seen: r.City.ChangedAt}
}

// ShowCity draws the form of the city.
func ShowCity(r *web.Request) error {
	s, err := cityScene(r)
	if err != nil {
		return err
	}
	return ask(r, cityForm, s, r.City, cityPage(r), nil, nil)
}

// SaveCity changes the city: its names, colour and legal pages.
func SaveCity(r *web.Request) error {
	s, err := cityScene(r)
	if err != nil {
		return err
	}
	typed, err := r.Posted()
	if err != nil {
		return err
	}
	_, err = r.P.Festival.SaveCity(r.Context(), r.City.ID, r.Actor.ID, func(c *festival.City) error {
		if err := unchanged(typed, c.ChangedAt); err != nil {
			return err
		}
		return cityForm.read(s, c, typed)
	})
	if err != nil {
		if fresh, readErr := r.P.Festival.City(r.Context(), r.City.ID); readErr == nil {
			r.City = fresh // as it stands now
		}
		return ask(r, cityForm, s, r.City, cityPage(r), typed, err)
	}
	events, err := r.P.Festival.Events(r.Context(), r.City.ID)
	if err != nil {
		return err
	}
	for _, e := range events {
		if _, err := r.P.Views.Refresh(r.Context(), e.ID); err != nil {
			return err
		}
	}
	return r.See("/console/city", r.T.T("console.saved"))
}
