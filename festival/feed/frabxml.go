package feed

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"time"

	"feria/festival"
	"feria/locale"
)

// FrabXML writes slots of a programme, which must be Ready, as frab's
// schedule.xml (media type application/vnd.c3voc.schedule+xml; schema in the
// repository voc/schedule). What the format has no word for stands in feria_
// elements, see schedule. Errors are those of w.
func FrabXML(w io.Writer, p *festival.Programme, slots []festival.Frozen, o Options) error {
	s := newSchedule(p, slots, o)
	x := &xmlWriter{w: bufio.NewWriterSize(w, 1<<15)}
	x.w.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	x.open("schedule")
	x.leaf("generator", "", "name", "Feria", "version", o.Generator)
	x.leaf("url", uri(o.eventURL(p)+"/schedule.xml"))
	x.leaf("version", s.version())
	s.xmlConference(x)
	s.xmlPersons(x)
	for i, day := range s.days {
		x.open("day", "index", strconv.Itoa(i+1), "date", string(day.date), "start", stamp(day.start), "end", stamp(day.end))
		for at, r := range s.rooms {
			// Rooms without events are named too, so that their order is known.
			x.open("room", "name", r.label, "guid", r.guid)
			for _, e := range day.events[at] {
				s.xmlEvent(x, e)
			}
			x.close("room")
		}
		x.close("day")
	}
	x.close("schedule")
	return x.w.Flush()
}

func (s *schedule) xmlConference(x *xmlWriter) {
	e := s.p.Event
	x.open("conference")
	x.leaf("acronym", s.acronym)
	x.leaf("title", oneLine(s.say(e.Title)))
	if v, ok := s.onlyVenue(); ok { // as FOSDEM says it
		x.leaf("venue", oneLine(s.say(v.Name)))
		x.leaf("city", oneLine(v.Address))
	}
	x.leaf("start", string(e.Start))
	x.leaf("end", string(e.End))
	x.leaf("days", strconv.Itoa(len(s.days)))
	x.leaf("day_change", dayChange(e))
	x.leaf("timeslot_duration", timeslot)
	x.leaf("base_url", uri(s.o.eventURL(s.p)+"/"))
	x.leaf("url", uri(s.o.eventURL(s.p)))
	x.leaf("time_zone_name", s.p.Location().String())
	x.leaf("color", clean(e.Color))
	for _, t := range e.Tracks {
		x.leaf("track", "", "name", oneLine(s.say(t.Name)), "color", t.Color, "slug", t.Slug)
	}
	x.leafAlways("feria_lang", s.lang)
	s.xmlTexts(x, "feria_title", e.Title, s.extras(e.Title))
	for _, t := range e.Tracks {
		for _, lang := range s.extras(t.Name) {
			x.leafAlways("feria_track", clean(t.Name[lang]), "slug", t.Slug, "lang", lang)
		}
	}
	s.xmlPlaces(x)
	x.close("conference")
}

// xmlPersons lists the hosts with what is said of them once, as FOSDEM does, and
// the extras of those of whom there is more to say.
func (s *schedule) xmlPersons(x *xmlWriter) {
	x.open("persons")
	for _, h := range s.hosts {
		x.open("person", "id", number(h.number), "guid", h.guid)
		x.leafAlways("name", h.name)
		x.leaf("biography", s.say(h.Bio))
		x.leaf("url", clean(h.URL))
		x.close("person")
	}
	x.close("persons")
	for _, h := range s.hosts {
		if !s.hostNeedsExtras(h) {
			continue
		}
		x.open("feria_host", "guid", h.guid, "slug", h.Slug, "organisation", yes(!h.Person))
		x.leaf("name", clean(h.Name))
		s.xmlTexts(x, "names", h.Names, h.Names.Languages())
		s.xmlTexts(x, "bio", h.Bio, s.extras(h.Bio))
		for _, l := range h.Links {
			x.leafAlways("link", clean(l.Title), "href", clean(l.URL))
		}
		x.close("feria_host")
	}
}

// xmlPlaces writes what frab does not know of places.
func (s *schedule) xmlPlaces(x *xmlWriter) {
	for _, v := range s.venues() {
		x.open("feria_venue", "guid", clean(v.GUID()), "slug", v.Slug, "kind", v.Kind, "district", v.District,
			"lat", degrees(v.Lat), "lon", degrees(v.Lon), "url", clean(v.URL), "access", strings.Join(v.Access, " "))
		s.xmlTexts(x, "name", v.Name, v.Name.Languages())
		x.leaf("address", clean(v.Address))
		s.xmlTexts(x, "way", v.Way, v.Way.Languages())
		x.close("feria_venue")
	}
	for _, r := range s.rooms {
		x.open("feria_space", "guid", r.guid, "room", r.label, "venue", s.venueGUID(r.Venue),
			"capacity", positive(r.Capacity), "order", positive(r.Order), "access", strings.Join(r.Access, " "))
		s.xmlTexts(x, "name", r.Name, r.Name.Languages())
		x.close("feria_space")
	}
	for _, b := range s.booths() {
		x.open("feria_booth", "guid", clean(b.GUID()), "code", clean(b.Code), "space", s.rooms[s.roomIndex[b.Space]].guid,
			"track", b.Track, "days", joinDates(b.Days))
		s.xmlTexts(x, "name", b.Name, b.Name.Languages())
		s.xmlTexts(x, "about", b.About, b.About.Languages())
		for _, id := range b.Hosts {
			if at, ok := s.hostIndex[id]; ok {
				x.leaf("host", s.hosts[at].guid)
			}
		}
		x.close("feria_booth")
	}
}

func (s *schedule) xmlEvent(x *xmlWriter, e scheduleEvent) {
	c := e.session
	duration, exact := length(e.slot.Start, e.slot.End)
	address := uri(s.o.sessionURL(s.p, c))
	x.open("event", "id", number(e.number), "guid", e.guid, "code", e.code)
	x.leaf("date", stamp(e.start))
	x.leaf("start", e.start.Format("15:04"))
	x.leaf("duration", duration)
	x.leaf("room", e.room)
	x.leaf("slug", e.slug)
	x.leaf("url", address)
	x.leafAlways("title", s.title(e))
	x.leafAlways("subtitle", oneLine(s.say(c.Subtitle)))
	x.leafAlways("track", s.trackName(c.Track), "slug", c.Track) // the slug as FOSDEM gives it
	x.leafAlways("type", clean(c.Format))
	x.leafAlways("language", first(c.Languages))
	x.leafAlways("abstract", s.say(c.Abstract))
	x.leafAlways("description", s.say(c.Description))
	x.open("recording")
	x.leafAlways("license", "")
	x.leaf("optout", strconv.FormatBool(c.NoRecord))
	x.close("recording")
	x.open("persons")
	for _, id := range c.Hosts {
		if at, ok := s.hostIndex[id]; ok {
			x.leafAlways("person", s.hosts[at].name, "id", number(s.hosts[at].number), "guid", s.hosts[at].guid)
		}
	}
	x.close("persons")
	xmlLinks(x, "links", "link", c.Links)
	xmlLinks(x, "attachments", "attachment", c.Materials)
	x.leaf("feria_session", clean(c.Code))
	s.xmlTexts(x, "feria_title", c.Title, s.titleExtras(e))
	s.xmlTexts(x, "feria_subtitle", c.Subtitle, s.extras(c.Subtitle))
	s.xmlTexts(x, "feria_abstract", c.Abstract, s.extras(c.Abstract))
	s.xmlTexts(x, "feria_description", c.Description, s.extras(c.Description))
	s.xmlTexts(x, "feria_bring", c.Bring, c.Bring.Languages())
	if len(c.Languages) > 1 {
		x.leaf("feria_languages", strings.Join(c.Languages, " "))
	}
	x.leaf("feria_age_min", positive(c.AgeMin))
	x.leaf("feria_age_max", positive(c.AgeMax))
	x.leaf("feria_level", clean(c.Level))
	x.leaf("feria_access", strings.Join(c.Access, " "))
	x.leaf("feria_price", clean(c.Price))
	x.leaf("feria_seating", string(e.slot.Seating))
	x.leaf("feria_seats", positive(e.slot.Seats))
	x.leaf("feria_state", string(e.slot.State))
	x.leaf("feria_booth", s.booth(e.slot))
	if !exact {
		x.leaf("feria_end", e.slot.End.In(s.p.Location()).Format(time.RFC3339Nano))
	}
	x.close("event")
}

func xmlLinks(x *xmlWriter, list, one string, links []festival.Link) {
	x.open(list)
	for _, l := range links {
		x.leafAlways(one, clean(l.Title), "href", clean(l.URL))
	}
	x.close(list)
}

// xmlTexts writes one element for each of the languages.
func (s *schedule) xmlTexts(x *xmlWriter, name string, t locale.Text, langs []string) {
	for _, lang := range langs {
		x.leafAlways(name, clean(t[lang]), "+lang", lang)
	}
}

// timeslot is the grain of the time grid, in which frab draws its tables.
const timeslot = "00:05"

func dayChange(e festival.Event) string {
	if e.DayChange == "" {
		return "00:00:00"
	}
	return e.DayChange + ":00"
}

func (s *schedule) trackName(slug string) string {
	t, _ := s.p.Track(slug)
	return oneLine(s.say(t.Name))
}

func stamp(t time.Time) string { return t.Format(time.RFC3339) }

func number(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// positive writes a number that says nothing when it is zero.
func positive(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func degrees(f float64) string {
	if f == 0 {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return ""
}

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return clean(all[0])
}

func joinDates(days []festival.Date) string {
	out := make([]string, len(days))
	for i, d := range days {
		out[i] = string(d)
	}
	return strings.Join(out, " ")
}
