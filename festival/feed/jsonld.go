package feed

import (
	"encoding/json"
	"strings"

	"feria/festival"
)

// EventJSONLD describes an event for search engines, as schema.org JSON-LD. The
// bytes are safe inside <script type="application/ld+json">: encoding/json
// escapes <, > and &, so that no text can end the element.
func EventJSONLD(p *festival.Programme, o Options) []byte {
	return marshal(struct {
		Context string `json:"@context"`
		thing
	}{schemaOrg, eventThing(p, o)})
}

// SessionJSONLD describes the slots of a session of a programme, which must be
// Ready: one object, a @graph where there are several, nil where there is none
// with a time. Safe as EventJSONLD.
func SessionJSONLD(p *festival.Programme, session festival.Session, o Options) []byte {
	var slots []thing
	for _, slot := range p.SlotsOf(session.ID) {
		if !slot.Start.IsZero() {
			slots = append(slots, slotThing(p, session, slot, o))
		}
	}
	switch len(slots) {
	case 0:
		return nil
	case 1:
		return marshal(struct {
			Context string `json:"@context"`
			thing
		}{schemaOrg, slots[0]})
	}
	return marshal(struct {
		Context string  `json:"@context"`
		Graph   []thing `json:"@graph"`
	}{schemaOrg, slots})
}

const schemaOrg = "https://schema.org"

// thing is a schema.org Event with the properties that Feria knows.
type thing struct {
	Type       string      `json:"@type"`
	ID         string      `json:"@id,omitempty"`
	Name       string      `json:"name"`
	Alternate  string      `json:"alternateName,omitempty"`
	About      string      `json:"description,omitempty"`
	URL        string      `json:"url,omitempty"`
	Start      string      `json:"startDate"`
	End        string      `json:"endDate,omitempty"`
	Status     string      `json:"eventStatus"`
	Attendance string      `json:"eventAttendanceMode,omitempty"`
	Location   any         `json:"location,omitempty"`
	Free       *bool       `json:"isAccessibleForFree,omitempty"`
	Languages  []string    `json:"inLanguage,omitempty"`
	Ages       string      `json:"typicalAgeRange,omitempty"`
	Capacity   int         `json:"maximumAttendeeCapacity,omitempty"`
	Keywords   string      `json:"keywords,omitempty"`
	Organizer  any         `json:"organizer,omitempty"`
	Performer  []agent     `json:"performer,omitempty"`
	Super      *superEvent `json:"superEvent,omitempty"`
}

type agent struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type superEvent struct {
	Type  string `json:"@type"`
	Name  string `json:"name"`
	URL   string `json:"url"`
	Start string `json:"startDate"`
	End   string `json:"endDate"`
}

type place struct {
	Type     string       `json:"@type"`
	Name     string       `json:"name,omitempty"`
	URL      string       `json:"url,omitempty"`
	Address  any          `json:"address,omitempty"`
	Geo      *coordinates `json:"geo,omitempty"`
	Features []feature    `json:"amenityFeature,omitempty"`
}

type address struct {
	Type   string `json:"@type"`
	Street string `json:"streetAddress,omitempty"`
	Town   string `json:"addressLocality,omitempty"`
}

type coordinates struct {
	Type string  `json:"@type"`
	Lat  float64 `json:"latitude"`
	Lon  float64 `json:"longitude"`
}

type feature struct {
	Type  string `json:"@type"`
	Name  string `json:"name"`
	Value bool   `json:"value"`
}

// eventType is the type of an event by its kind.
func eventType(k festival.Kind) string {
	switch k {
	case festival.Festival:
		return "Festival"
	case festival.Conference:
		return "BusinessEvent"
	case festival.Visit:
		return "EducationEvent"
	}
	return "Event"
}

func eventThing(p *festival.Programme, o Options) thing {
	langs := o.languages(p)
	e := p.Event
	t := thing{
		Type: eventType(e.Kind), ID: uri(o.eventURL(p)), Name: oneLine(say(e.Title, langs)), Alternate: oneLine(say(e.Slogan, langs)),
		About: say(e.Lead, langs), URL: uri(o.eventURL(p)), Start: string(e.Start), End: string(e.End),
		Status: schemaOrg + "/EventScheduled", Attendance: schemaOrg + "/OfflineEventAttendanceMode",
		Languages: e.Locales, Organizer: cityAgent(p, o, langs),
	}
	where := oneLine(say(e.Where, langs))
	town := oneLine(say(p.City.Name, langs))
	t.Location = place{Type: "Place", Name: join(", ", where, town), Address: address{Type: "PostalAddress", Town: town}}
	if len(p.Venues) == 1 {
		t.Location = venuePlace(p, p.Venues[0], "", langs)
	}
	return t
}

func slotThing(p *festival.Programme, s festival.Session, slot festival.Frozen, o Options) thing {
	langs := o.languages(p)
	loc := p.Location()
	free := s.Price == ""
	t := thing{
		Type: "EducationEvent", ID: uri(o.sessionURL(p, s) + "#" + festival.Own(slot.ID)),
		Name: oneLine(say(s.Title, langs)), Alternate: oneLine(say(s.Subtitle, langs)),
		About: join("\n\n", say(s.Abstract, langs), say(s.Description, langs)), URL: uri(o.sessionURL(p, s)),
		Start: stamp(slot.Start.In(loc)), Status: schemaOrg + "/EventScheduled",
		Attendance: schemaOrg + "/OfflineEventAttendanceMode", Free: &free,
		Languages: s.Languages, Ages: ages(s.AgeMin, s.AgeMax), Capacity: capacity(p, slot.Slot),
		Super: &superEvent{Type: eventType(p.Event.Kind), Name: oneLine(say(p.Event.Title, langs)), URL: uri(o.eventURL(p)),
			Start: string(p.Event.Start), End: string(p.Event.End)},
	}
	if slot.End.After(slot.Start) {
		t.End = stamp(slot.End.In(loc))
	}
	if slot.State == festival.Cancelled {
		t.Status = schemaOrg + "/EventCancelled" // with its old start, as search engines want
	}
	if track, ok := p.Track(s.Track); ok {
		t.Keywords = oneLine(say(track.Name, langs))
	}
	var organisations []agent
	for _, h := range p.HostsOf(s) {
		a := agent{Type: "Organization", Name: oneLine(hostName(h, langs)), URL: uri(h.URL)}
		if h.Person {
			a.Type = "Person"
		} else {
			organisations = append(organisations, a)
		}
		t.Performer = append(t.Performer, a)
	}
	t.Organizer = organisations
	if len(organisations) == 0 {
		t.Organizer = cityAgent(p, o, langs)
	}
	if venue, ok := p.VenueOf(slot.Slot); ok {
		space := ""
		if sp, ok := p.SpaceOf(slot.Slot); ok {
			space = oneLine(say(sp.Name, langs))
		}
		t.Location = venuePlace(p, venue, space, langs)
		if venue.Kind == "online" {
			t.Attendance = schemaOrg + "/OnlineEventAttendanceMode"
			t.Location = place{Type: "VirtualLocation", Name: oneLine(say(venue.Name, langs)), URL: uri(venue.URL)}
			if venue.URL == "" {
				t.Location = place{Type: "VirtualLocation", URL: t.URL}
			}
		}
	}
	return t
}

// cityAgent is the city as organiser.
func cityAgent(p *festival.Programme, o Options, langs []string) any {
	name := oneLine(say(p.City.Name, langs))
	if name == "" {
		return nil
	}
	return agent{Type: "Organization", Name: name, URL: uri(strings.TrimRight(o.BaseURL, "/") + "/")}
}

// venuePlace is a venue, or a space in it, with the facts about access.
func venuePlace(p *festival.Programme, v festival.Venue, space string, langs []string) place {
	name := oneLine(say(v.Name, langs))
	if space == name {
		space = ""
	}
	out := place{Type: "Place", Name: join(", ", space, name), URL: uri(v.URL)}
	out.Address = address{Type: "PostalAddress", Street: oneLine(v.Address), Town: oneLine(say(p.City.Name, langs))}
	if v.Lat != 0 || v.Lon != 0 {
		out.Geo = &coordinates{"GeoCoordinates", v.Lat, v.Lon}
	}
	for _, fact := range v.Access {
		out.Features = append(out.Features, feature{"LocationFeatureSpecification", clean(fact), true})
	}
	return out
}

// ages writes an age range as schema.org shows it: "8-12", "18-", "-6".
func ages(from, to int) string {
	if from == 0 && to == 0 {
		return ""
	}
	return positive(from) + "-" + positive(to)
}

// capacity is how many people can take part: the places to book, else what the
// space holds; 0 when neither is known.
func capacity(p *festival.Programme, slot festival.Slot) int {
	if slot.Seating == festival.Bookable && slot.Seats > 0 {
		return slot.Seats
	}
	space, _ := p.SpaceOf(slot)
	return space.Capacity
}

// marshal cannot fail: the types hold strings, numbers, and coordinates that a
// form has checked; a coordinate that is no number is left out with all else.
func marshal(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return data
}
