package setup

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"feria/festival"
	"feria/locale"
	"feria/public/ui"
)

// The forms, in the order in which an organizer thinks of things.
var (
	cityForm = form[festival.City]{
		{name: "name", required: true, text: func(c *festival.City) *locale.Text { return &c.Name }},
		{name: "motto", text: func(c *festival.City) *locale.Text { return &c.Motto }},
		{name: "hosts_names", alias: "hosts", hint: true, list: func(c *festival.City) *[]string { return &c.Hosts }},
		{name: "zone", required: true, hint: true, str: func(c *festival.City) *string { return &c.Zone }},
		{name: "locales", required: true, hint: true, list: func(c *festival.City) *[]string { return &c.Locales }},
		{name: "color", input: "color", str: func(c *festival.City) *string { return &c.Color }},
		{name: "contact_mail", alias: "contact.mail", input: "email", str: func(c *festival.City) *string { return &c.Contact.Mail }},
		{name: "contact_phone", alias: "contact.phone", str: func(c *festival.City) *string { return &c.Contact.Phone }},
		{name: "contact_address", alias: "contact.address", text: func(c *festival.City) *locale.Text { return &c.Contact.Address }},
		{name: "imprint", area: true, text: func(c *festival.City) *locale.Text { return &c.Imprint }},
		{name: "privacy", area: true, text: func(c *festival.City) *locale.Text { return &c.Privacy }},
		{name: "accessibility", area: true, text: func(c *festival.City) *locale.Text { return &c.Accessibility }},
	}
	eventForm = form[festival.Event]{
		{name: "title", required: true, text: func(e *festival.Event) *locale.Text { return &e.Title }},
		{name: "slug", hint: true, str: func(e *festival.Event) *string { return &e.Slug }},
		{name: "kind", required: true, str: func(e *festival.Event) *string { return (*string)(&e.Kind) }, options: kinds},
		{name: "start", required: true, date: func(e *festival.Event) *festival.Date { return &e.Start }},
		{name: "end", required: true, date: func(e *festival.Event) *festival.Date { return &e.End }},
		{name: "zone", required: true, hint: true, str: func(e *festival.Event) *string { return &e.Zone }},
		{name: "day_change", input: "time", hint: true, str: func(e *festival.Event) *string { return &e.DayChange }},
		{name: "locales", required: true, hint: true, list: func(e *festival.Event) *[]string { return &e.Locales }},
		{name: "slogan", text: func(e *festival.Event) *locale.Text { return &e.Slogan }},
		{name: "lead", area: true, text: func(e *festival.Event) *locale.Text { return &e.Lead }},
		{name: "where", text: func(e *festival.Event) *locale.Text { return &e.Where }},
		{name: "color", input: "color", hint: true, str: func(e *festival.Event) *string { return &e.Color }, inherit: func(s *scene) string { return s.city.Color }},
		{name: "open", hint: true, flag: func(e *festival.Event) *bool { return &e.Open }},
		{name: "hidden", hint: true, flag: func(e *festival.Event) *bool { return &e.Hidden }},
	}
	venueForm = form[festival.Venue]{
		{name: "name", required: true, text: func(v *festival.Venue) *locale.Text { return &v.Name }},
		{name: "venue_kind", alias: "kind", str: func(v *festival.Venue) *string { return &v.Kind }, options: venueKinds},
		{name: "address", str: func(v *festival.Venue) *string { return &v.Address }},
		{name: "district", str: func(v *festival.Venue) *string { return &v.District }},
		{name: "way", area: true, text: func(v *festival.Venue) *locale.Text { return &v.Way }},
		{name: "lat", hint: true, real: func(v *festival.Venue) *float64 { return &v.Lat }},
		{name: "lon", real: func(v *festival.Venue) *float64 { return &v.Lon }},
		{name: "url", input: "url", str: func(v *festival.Venue) *string { return &v.URL }},
		{name: "access", list: func(v *festival.Venue) *[]string { return &v.Access }, options: accessFacts},
		{name: "slug", hint: true, str: func(v *festival.Venue) *string { return &v.Slug }},
	}
	spaceForm = form[festival.Space]{
		{name: "name", required: true, text: func(s *festival.Space) *locale.Text { return &s.Name }},
		{name: "venue", required: true, str: func(s *festival.Space) *string { return &s.Venue }, options: venues},
		{name: "capacity", hint: true, num: func(s *festival.Space) *int { return &s.Capacity }},
		{name: "order", hint: true, num: func(s *festival.Space) *int { return &s.Order }},
		{name: "access", list: func(s *festival.Space) *[]string { return &s.Access }, options: accessFacts},
		{name: "closed", hint: true, periods: func(s *festival.Space) *[]festival.Period { return &s.Closed }},
	}
	boothForm = form[festival.Booth]{
		{name: "code", required: true, str: func(b *festival.Booth) *string { return &b.Code }},
		{name: "space", required: true, str: func(b *festival.Booth) *string { return &b.Space }, options: spaces},
		{name: "hosts", list: func(b *festival.Booth) *[]string { return &b.Hosts }, options: hosts},
		{name: "name", text: func(b *festival.Booth) *locale.Text { return &b.Name }},
		{name: "about", area: true, text: func(b *festival.Booth) *locale.Text { return &b.About }},
		{name: "track", str: func(b *festival.Booth) *string { return &b.Track }, options: tracks},
		{name: "days", hint: true, dates: func(b *festival.Booth) *[]festival.Date { return &b.Days }},
	}
	hostForm = form[festival.Host]{
		{name: "name", required: true, str: func(h *festival.Host) *string { return &h.Name }},
		{name: "person", flag: func(h *festival.Host) *bool { return &h.Person }},
		{name: "bio", area: true, text: func(h *festival.Host) *locale.Text { return &h.Bio }},
		{name: "url", input: "url", str: func(h *festival.Host) *string { return &h.URL }},
		{name: "links", hint: true, links: func(h *festival.Host) *[]festival.Link { return &h.Links }},
		{name: "slug", hint: true, str: func(h *festival.Host) *string { return &h.Slug }},
	}
	sessionForm = form[festival.Session]{
		{name: "title", required: true, text: func(s *festival.Session) *locale.Text { return &s.Title }},
		{name: "subtitle", text: func(s *festival.Session) *locale.Text { return &s.Subtitle }},
		{name: "abstract", area: true, text: func(s *festival.Session) *locale.Text { return &s.Abstract }},
		{name: "description", area: true, text: func(s *festival.Session) *locale.Text { return &s.Description }},
		{name: "format", str: func(s *festival.Session) *string { return &s.Format }, options: formats},
		{name: "track", str: func(s *festival.Session) *string { return &s.Track }, options: tracks},
		{name: "hosts", list: func(s *festival.Session) *[]string { return &s.Hosts }, options: hosts},
		{name: "languages", hint: true, list: func(s *festival.Session) *[]string { return &s.Languages }},
		{name: "age_min", num: func(s *festival.Session) *int { return &s.AgeMin }},
		{name: "age_max", num: func(s *festival.Session) *int { return &s.AgeMax }},
		{name: "level", str: func(s *festival.Session) *string { return &s.Level }},
		{name: "access", list: func(s *festival.Session) *[]string { return &s.Access }, options: accessFacts},
		{name: "price", hint: true, str: func(s *festival.Session) *string { return &s.Price }},
		{name: "bring", text: func(s *festival.Session) *locale.Text { return &s.Bring }},
		{name: "links", hint: true, links: func(s *festival.Session) *[]festival.Link { return &s.Links }},
		{name: "materials", hint: true, links: func(s *festival.Session) *[]festival.Link { return &s.Materials }},
		{name: "no_record", flag: func(s *festival.Session) *bool { return &s.NoRecord }},
		{name: "hidden_session", flag: func(s *festival.Session) *bool { return &s.Hidden }},
		{name: "code", hint: true, str: func(s *festival.Session) *string { return &s.Code }},
	}
	slotForm = form[festival.Slot]{
		{name: "session", required: true, str: func(s *festival.Slot) *string { return &s.Session }, options: sessions},
		{name: "start_at", alias: "start", at: func(s *festival.Slot) *time.Time { return &s.Start }},
		{name: "end_at", alias: "end", at: func(s *festival.Slot) *time.Time { return &s.End }},
		{name: "space", str: func(s *festival.Slot) *string { return &s.Space }, options: spaces},
		{name: "booth", str: func(s *festival.Slot) *string { return &s.Booth }, options: booths},
		{name: "seating", str: func(s *festival.Slot) *string { return (*string)(&s.Seating) }, options: seatings},
		{name: "seats_offered", alias: "seats", hint: true, num: func(s *festival.Slot) *int { return &s.Seats }},
		{name: "state", str: func(s *festival.Slot) *string { return (*string)(&s.State) }, options: slotStates},
	}
)

func choices[T ~string](s *scene, prefix string, values ...T) []ui.Option {
	out := make([]ui.Option, len(values))
	for i, v := range values {
		out[i] = ui.Option{Value: string(v), Label: s.p.T(prefix + cmp.Or(string(v), "none"))}
	}
	return out
}

func kinds(s *scene) []ui.Option { return choices(s, "site.kind_", "festival", "conference", "visit") }

func venueKinds(s *scene) []ui.Option {
	return choices(s, "console.venue_kind_", "", "library", "museum", "park", "school", "company", "online", "other")
}

func accessFacts(s *scene) []ui.Option { return choices(s, "access.", festival.AccessFacts...) }

func seatings(s *scene) []ui.Option {
	return choices(s, "console.seating_", string(festival.WalkIn), string(festival.Bookable), string(festival.External))
}

func slotStates(s *scene) []ui.Option {
	return choices(s, "console.slot_state_", string(festival.Planned), string(festival.Cancelled))
}

func formats(s *scene) []ui.Option {
	return append([]ui.Option{{Label: "–"}}, choices(s, "format.", festival.Formats...)...)
}

func tracks(s *scene) []ui.Option {
	out := []ui.Option{{Label: "–"}}
	for _, t := range s.event.Tracks {
		out = append(out, ui.Option{Value: t.Slug, Label: s.say(t.Name)})
	}
	return out
}

func venues(s *scene) []ui.Option {
	return sorted(s.draft.Venues, func(v festival.Venue) ui.Option { return ui.Option{Value: v.ID, Label: s.say(v.Name)} })
}

func spaces(s *scene) []ui.Option {
	none := []ui.Option{{Label: "–"}}
	return append(none, sorted(s.draft.Spaces, func(sp festival.Space) ui.Option {
		label := s.say(sp.Name)
		if v, ok := s.draft.Venue(sp.Venue); ok {
			label = s.say(v.Name) + ": " + label
		}
		return ui.Option{Value: sp.ID, Label: label}
	})...)
}

func booths(s *scene) []ui.Option {
	none := []ui.Option{{Label: "–"}}
	return append(none, sorted(s.draft.Booths, func(b festival.Booth) ui.Option {
		return ui.Option{Value: b.ID, Label: strings.TrimSpace(b.Code + " " + s.say(b.Name))}
	})...)
}

func hosts(s *scene) []ui.Option {
	return sorted(s.draft.Hosts, func(h festival.Host) ui.Option { return ui.Option{Value: h.ID, Label: h.Name} })
}

func sessions(s *scene) []ui.Option {
	return sorted(s.draft.Sessions, func(x festival.Session) ui.Option { return ui.Option{Value: x.ID, Label: s.say(x.Title)} })
}

func sorted[T any](records []T, as func(T) ui.Option) []ui.Option {
	out := make([]ui.Option, len(records))
	for i, r := range records {
		out[i] = as(r)
	}
	slices.SortStableFunc(out, func(a, b ui.Option) int { return strings.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label)) })
	return out
}

func (s *scene) say(t locale.Text) string {
	text, _ := s.p.Text(t, s.locales...)
	return text
}
