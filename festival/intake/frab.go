package intake

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"feria/festival"
	"feria/locale"
)

// schedule is what frab's XML and schedule.json v1 both say, as it was read and
// before it is made sense of.
type schedule struct {
	title, acronym, start, end, dayChange, zone string
	version, url, base, color, venue, city      string
	tracks                                      []schedTrack
	rooms                                       []schedRoom // as listed at the top or met in a day, in order
	persons                                     []schedPerson
	days                                        []schedDay
	events                                      []schedEvent
	extras                                      extras
}

type schedTrack struct {
	name        locale.Text
	slug, color string
}

type schedRoom struct {
	name, guid string
	capacity   int
}

type schedPerson struct {
	id, guid, code, name, bio, url string
}

type schedDay struct {
	date, start, end string
}

// said is one text of an event in one language; lang "" is the event's.
type said struct{ text, lang string }

type schedEvent struct {
	line                                  int
	day                                   int // index into days, -1 for none
	room                                  string
	id, guid, code, feria                 string
	date, start, end, duration            string
	title, subtitle, abstract, long       []said
	slug, kind, lang                      string
	track, trackSlug                      string
	url, origin, feedback, license, video string
	noRecord                              bool
	cancelled                             bool
	persons                               []schedPerson
	links, attachments                    []festival.Link
	extra                                 extra // its feria_ elements as children
}

func (e *schedEvent) name() string {
	title := ""
	if len(e.title) > 0 {
		title = e.title[0].text
	}
	return named("event", cmp.Or(e.id, e.guid, e.code), oneLine(title))
}

// scheduler turns a schedule into records.
type scheduler struct {
	*book
	s       *schedule
	base    *url.URL
	persons map[string]int // index into s.persons by id, guid or name
	slots   []festival.RecordSlot
	grouped map[string]int // index into Sessions by feria session
}

// schedule takes a whole schedule in.
func (b *book) schedule(s *schedule) error {
	b.prefix = "frab:"
	if s.extras.given {
		b.o.Lang = s.extras.lang
	}
	s.extras.guids = map[string]string{}
	w := &scheduler{book: b, s: s, persons: map[string]int{}, grouped: map[string]int{}}
	w.conference()
	for _, t := range s.tracks {
		if names := whole(s.extras.tracks[t.slug]); names != nil {
			t.name = names
		}
		b.track(t.name, t.slug, t.color, "", 0)
	}
	venue := ""
	if s.extras.given {
		w.extraVenues()
	} else if s.venue != "" {
		venue = b.venue(festival.RecordVenue{Key: b.prefix + s.venue, Name: b.text(b.line(s.venue, "venue", "", 0), ""), Address: b.line(s.city, "address", "", 0)})
	}
	for _, r := range s.rooms {
		if r.name != "" {
			space := festival.RecordSpace{Key: roomKey(r), GUID: r.guid, Name: b.text(b.line(r.name, "room", "", 0), ""), Venue: venue, Capacity: r.capacity}
			w.extraSpace(r.name, &space)
			b.space(space)
			if x, ok := s.extras.spaces[r.name]; ok {
				b.Spaces[b.spaces[space.Key]].Order = x.number("order")
			}
		}
	}
	for i := range s.persons {
		w.listed(i)
	}
	w.times()
	for i := range s.events {
		if err := w.event(i); err != nil {
			return err
		}
	}
	w.extraHosts()
	w.extraBooths()
	b.dayChangeFrom(s, w.slots)
	return nil
}

func roomKey(r schedRoom) string { return "frab:" + cmp.Or(r.guid, r.name) }

// conference takes what the file says of the event.
func (w *scheduler) conference() {
	s := w.s
	if s.zone != "" {
		w.setZone(s.zone)
	}
	w.Event.Title = w.text(w.line(s.title, "title", "conference", 0), "")
	if title := whole(s.extras.title); title != nil {
		w.Event.Title = title
	}
	w.Event.Acronym = clip(s.acronym, 60)
	w.Event.Version = clip(s.version, 100)
	for _, address := range []string{s.url, s.base} {
		if festival.GoodURL(address) && w.Event.URL == "" {
			w.Event.URL = address
		}
	}
	if u, err := url.Parse(cmp.Or(s.base, s.url)); err == nil && u.Host != "" {
		w.base = u
	}
	if goodColor(s.color) {
		w.Event.Color = s.color
	}
	if !w.zoneSaid && len(s.events) > 0 {
		w.note(festival.Guessed, "zone_assumed", "conference", 0, "taken", w.zone.String())
	}
	w.Event.Start, w.Event.End = w.dateOf(s.start), w.dateOf(s.end)
	if s.dayChange != "" {
		if at, ok := clockOf(s.dayChange); ok && at < 24*time.Hour {
			w.Event.DayChange = clockText(at)
		} else {
			w.note(festival.Lost, "value_unread", "conference", 0, "field", "day_change", "value", clip(s.dayChange, 60))
		}
	}
	// Without dates of its own the conference lasts from the first to the last day.
	for _, d := range s.days {
		if date := w.dateOf(d.date); date != "" {
			if w.Event.Start == "" || s.start == "" && date < w.Event.Start {
				w.Event.Start = date
			}
			if s.end == "" && date > w.Event.End {
				w.Event.End = date
			}
		}
	}
	if w.Event.End < w.Event.Start {
		w.Event.End = w.Event.Start
	}
}

// dateOf gives the day that a date, or a date and time, names in the zone.
func (w *scheduler) dateOf(s string) festival.Date {
	st, ok := readStamp(s)
	switch {
	case !ok && s != "":
		w.note(festival.Lost, "value_unread", "conference", 0, "field", "date", "value", clip(s, 60))
		return ""
	case st.hasPlace:
		d, _ := dayIn(st.instant, w.zone)
		return d
	}
	return st.day
}

// listed takes a person of the file's own list, as FOSDEM has it.
func (w *scheduler) listed(i int) {
	p := &w.s.persons[i]
	for _, k := range []string{p.guid, p.id, p.code, p.name} {
		if _, ok := w.persons[k]; k != "" && !ok {
			w.persons[k] = i
		}
	}
	w.person(*p, named("person", cmp.Or(p.id, p.guid), p.name), 0)
}

// person gives the key of a person's host, "" for one without a name.
func (w *scheduler) person(p schedPerson, record string, line int) string {
	name := w.line(p.name, "name", record, line)
	if i, ok := w.persons[cmp.Or(p.guid, p.id, p.code, p.name)]; ok && name == "" {
		name = w.line(w.s.persons[i].name, "name", record, line)
	}
	if name == "" {
		w.note(festival.Lost, "person_unnamed", record, line, "id", clip(cmp.Or(p.id, p.guid), 60))
		return ""
	}
	key := "frab:" + clip(cmp.Or(p.guid, p.id, p.code, "name:"+name), 200)
	if i, ok := w.hosts[key]; ok && p.bio == "" {
		if !strings.EqualFold(w.Hosts[i].Name, name) {
			w.note(festival.Guessed, "person_two_names", record, line, "name", name, "taken", w.Hosts[i].Name)
		}
		return key
	}
	h := festival.RecordHost{Key: key, GUID: p.guid, Name: name, Person: true, Bio: w.text(w.long(p.bio, "biography", record, line), "")}
	if p.url != "" {
		if l, ok := w.link(p.url, "", w.base, record, line); ok {
			h.URL = l.URL
		}
	}
	return w.host(h)
}
