// Package console is what owners and organizers see: the events of their city,
// releases, imports, bookings, gates, people and mail. What an event consists of
// is made in its room setup.
package console

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
	"feria/people"
	"feria/server/console/setup"
	"feria/server/web"
)

// Routes is what owners and organizers can ask for. Fixed words stand before
// parameters. People and mail ask for ConsoleEnter only, since an organizer sees
// those of the own events; the handlers show and do no more than that.
func Routes() []web.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	return []web.Route{
		{Method: get, Path: "/console", May: people.ConsoleEnter, Handle: showCityBoard},
		{Method: get, Path: "/console/new", May: people.CityEdit, Handle: setup.ShowNewEvent},
		{Method: post, Path: "/console/new", May: people.CityEdit, Handle: setup.MakeEvent},
		{Method: get, Path: "/console/city", May: people.CityEdit, Handle: setup.ShowCity},
		{Method: post, Path: "/console/city", May: people.CityEdit, Handle: setup.SaveCity},
		{Method: post, Path: "/console/restore", May: people.CityEdit, Handle: restoreEvent},
		{Method: get, Path: "/console/people", May: people.ConsoleEnter, Handle: showPeople},
		{Method: post, Path: "/console/people", May: people.ConsoleEnter, Handle: grantRole},
		{Method: post, Path: "/console/people/revoke", May: people.ConsoleEnter, Handle: revokeRole},
		{Method: post, Path: "/console/people/tokens", May: people.ConsoleEnter, Handle: makeToken},
		{Method: post, Path: "/console/people/tokens/revoke", May: people.ConsoleEnter, Handle: revokeToken},
		{Method: get, Path: "/console/mail", May: people.ConsoleEnter, Handle: showMail},
		{Method: get, Path: "/console/mail/:id", May: people.ConsoleEnter, Handle: showMessage},
		{Method: post, Path: "/console/mail/:id/retry", May: people.ConsoleEnter, Handle: retryMessage},
		{Method: get, Path: "/console/jobs", May: people.JobsView, Handle: showJobs},

		{Method: get, Path: "/console/:event", May: people.ConsoleView, Handle: showEventBoard},
		{Method: post, Path: "/console/:event/alert", May: people.ConsoleEdit, Handle: setAlert},
		{Method: post, Path: "/console/:event/copy", May: people.CityEdit, Handle: copyEvent},
		{Method: post, Path: "/console/:event/remove", May: people.CityEdit, Handle: removeEvent},
		{Method: get, Path: "/console/:event/settings", May: people.ConsoleEdit, Handle: setup.ShowSettings},
		{Method: post, Path: "/console/:event/settings", May: people.ConsoleEdit, Handle: setup.SaveSettings},
		{Method: get, Path: "/console/:event/release", May: people.ConsoleView, Handle: showRelease},
		{Method: post, Path: "/console/:event/release", May: people.ConsolePublish, Handle: publish},
		{Method: post, Path: "/console/:event/clashes", May: people.ConsolePublish, Handle: saveClashRules},

		{Method: get, Path: "/console/:event/import", May: people.ConsoleView, Handle: showImports},
		{Method: post, Path: "/console/:event/import", May: people.ConsoleEdit, Handle: upload, Limit: web.MaxBody},
		{Method: get, Path: "/console/:event/import/:upload", May: people.ConsoleView, Handle: showPreview},
		{Method: post, Path: "/console/:event/import/:upload", May: people.ConsoleEdit, Handle: applyUpload},
		{Method: post, Path: "/console/:event/import/:upload/columns", May: people.ConsoleEdit, Handle: rememberColumns},
		{Method: get, Path: "/console/:event/import/:upload/progress", May: people.ConsoleView, Handle: showProgress},
		{Method: get, Path: "/console/:event/imports/:id", May: people.ConsoleView, Handle: showReport},
		{Method: post, Path: "/console/:event/imports/:id/undo", May: people.ConsoleEdit, Handle: undoImport},

		{Method: get, Path: "/console/:event/bookings", May: people.BookingView, Handle: showSlots},
		{Method: get, Path: "/console/:event/bookings/:slot.csv", May: people.BookingView, Handle: bookedCSV},
		{Method: get, Path: "/console/:event/bookings/:slot", May: people.BookingView, Handle: showBooked},
		{Method: post, Path: "/console/:event/bookings/:slot/desk", May: people.BookingEdit, Handle: bookAtDesk},
		{Method: post, Path: "/console/:event/bookings/:slot/seats", May: people.BookingEdit, Handle: setSeats},
		{Method: get, Path: "/console/:event/bookings/:slot/:id", May: people.BookingEdit, Handle: showBooking},
		{Method: post, Path: "/console/:event/bookings/:slot/:id", May: people.BookingEdit, Handle: changeBooking},
		{Method: get, Path: "/console/:event/bookings/:slot/:id/pass", May: people.BookingEdit, Handle: showPassOf},
		{Method: post, Path: "/console/:event/bookings/:slot/:id/links", May: people.BookingEdit, Handle: renewLinksOf},
		{Method: post, Path: "/console/:event/bookings/:slot/:id/cancel", May: people.BookingEdit, Handle: cancelBooking},

		{Method: get, Path: "/console/:event/gates", May: people.DoorManage, Handle: showGates},
		{Method: get, Path: "/console/:event/new-gate", May: people.DoorManage, Handle: setup.ShowNewGate},
		{Method: post, Path: "/console/:event/new-gate", May: people.DoorManage, Handle: setup.MakeGate},
		{Method: get, Path: "/console/:event/gates/:slug", May: people.DoorManage, Handle: setup.ShowGate},
		{Method: post, Path: "/console/:event/gates/:slug", May: people.DoorManage, Handle: setup.SaveGate},
		{Method: post, Path: "/console/:event/gates/:id/restore", May: people.DoorManage, Handle: restoreGate},
		{Method: post, Path: "/console/:event/gates/:slug/remove", May: people.DoorManage, Handle: removeGate},
		{Method: post, Path: "/console/:event/keys", May: people.DoorManage, Handle: rotateKey},
		{Method: post, Path: "/console/:event/keys/:id/withdraw", May: people.DoorManage, Handle: withdrawKey},
		{Method: get, Path: "/console/:event/scans.csv", May: people.DoorManage, Handle: scansCSV},
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

// say gives a text of the event in the reader's language.
func say(r *web.Request, t locale.Text) string {
	locales := r.City.Locales
	if r.Event.ID != "" {
		locales = r.Event.Locales
	}
	text, _ := r.T.Text(t, locales...)
	return text
}

// zoneOf is the zone of the event, or of the city on pages without one; UTC for
// a city that is not set up yet.
func zoneOf(r *web.Request) *time.Location {
	name := r.City.Zone
	if r.Event.ID != "" {
		name = r.Event.Zone
	}
	zone, err := festival.Zone(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// moment is an instant as lists show it, "" for none.
func moment(r *web.Request, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return r.T.DateTime(t.In(zoneOf(r)))
}

// slotTime is when a slot takes place.
func slotTime(r *web.Request, s festival.Slot) string {
	return setup.SlotTime(r.T, r.Event, zoneOf(r), s)
}

// placeOf is where a slot takes place, by a programme that knows it.
func placeOf(r *web.Request, p *festival.Programme, s festival.Slot) string {
	space, ok := p.SpaceOf(s)
	if !ok {
		return ""
	}
	place := say(r, space.Name)
	if venue, ok := p.Venue(space.Venue); ok {
		if name := say(r, venue.Name); name != place {
			place = name + ": " + place
		}
	}
	if booth, ok := p.Booth(s.Booth); ok {
		place += " " + booth.Code
	}
	return place
}

// names says who did things, asking for each person once.
type names struct {
	r     *web.Request
	known map[string]string
}

func namesFor(r *web.Request) names { return names{r, map[string]string{}} }

// of gives the name of an actor's id; a token, a command and somebody who is no
// longer there are shown as what they are.
func (n names) of(by string) (string, error) {
	if name, ok := n.known[by]; ok {
		return name, nil
	}
	name, kind := by, ""
	if before, id, ok := strings.Cut(by, ":"); ok {
		kind, name = before, id
	}
	if kind == "person" {
		person, err := n.r.P.People.Person(n.r.Context(), name)
		switch {
		case err == nil && person.Name != "":
			name = person.Name
		case err == nil:
			name = person.Mail
		case kernel.KindOf(err) == kernel.NotFound:
			name = ""
		default:
			return "", err
		}
	}
	if kind == "token" {
		name = n.r.T.T("console.a_token")
	}
	n.known[by] = name
	return name, nil
}

// refused puts an error into a form with the fields at: a sentence at each, also
// of what only the store could refuse there, and above them what belongs to
// none, with its next step. ok is false where it is no error of the input.
func refused(r *web.Request, err error, at ...string) (byField map[string]string, above string, ok bool) {
	byField, above, next, ok := r.Sentences(err)
	var one *kernel.Error
	if errors.As(err, &one) && above != "" && slices.Contains(at, one.Field) {
		byField[one.Field] = strings.TrimSpace(above + " " + next)
		above, next = "", ""
	}
	return byField, strings.TrimSpace(together(above, byField, at...) + " " + next), ok
}

// together joins the sentence above a form with those of fields that the form
// does not show.
func together(above string, byField map[string]string, shown ...string) string {
	out := above
	for field, sentence := range byField {
		known := false
		for _, s := range shown {
			known = known || s == field
		}
		if !known {
			out = strings.TrimSpace(out + " " + sentence)
		}
	}
	return out
}
