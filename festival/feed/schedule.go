package feed

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"feria/festival"
	"feria/locale"
)

// schedule is a programme in the shape that frab's schedule.xml and schedule.json
// version 1 share: days that hold rooms that hold events. Both formats are
// written from it, so that they say the same.
//
// What the formats have no word for stands in extra elements, all named feria_…;
// readers must tolerate extras. With them the import of our own export is the
// identity. The rules for texts in several languages: the plain element holds
// one language, feria_lang of the conference; where a text has another or more,
// feria_ elements beside it, one a language, are the whole text.
type schedule struct {
	p     *festival.Programme
	o     Options
	langs []string // order in which plain texts are looked for
	lang  string   // feria_lang
	whole bool     // all slots of the programme are in it

	acronym   string
	rooms     []room
	roomIndex map[string]int // by Space.ID
	days      []scheduleDay
	hosts     []scheduleHost
	hostIndex map[string]int // by Host.ID
}

// room is a space under the name that is its key in these formats.
type room struct {
	festival.Space
	label string // unique in the file
	guid  string
}

type scheduleHost struct {
	festival.Host
	number uint32
	guid   string
	name   string
	speaks bool // in a session of the file, not only at a booth
}

// scheduleDay is a programme day; it ends where the next begins.
type scheduleDay struct {
	date       festival.Date
	start, end time.Time
	events     [][]scheduleEvent // by room
}

type scheduleEvent struct {
	slot    festival.Frozen
	session festival.Session
	number  uint32
	guid    string
	slug    string
	code    string // "" where frab's form of a code does not fit
	room    string
	start   time.Time // in the event's zone
}

// newSchedule lays out slots of a programme, which must be Ready. Slots without
// a time or a space have no cell in these formats and are left out.
func newSchedule(p *festival.Programme, slots []festival.Frozen, o Options) *schedule {
	s := &schedule{p: p, o: o, roomIndex: map[string]int{}, hostIndex: map[string]int{}, whole: len(slots) >= len(p.Slots)}
	s.lang = s.plainLanguage()
	s.langs = append([]string{s.lang}, o.languages(p)...)
	s.acronym = acronym(p.Event)
	s.layRooms(slots)
	s.layHosts(slots)
	s.layDays(slots)
	return s
}

// plainLanguage is the first wanted language that any title has, so that a file
// whose texts are all in one language needs no extras.
func (s *schedule) plainLanguage() string {
	wanted := s.o.languages(s.p)
	for _, lang := range append(wanted, "") {
		for i := range s.p.Sessions {
			if s.p.Sessions[i].Title[lang] != "" {
				return lang
			}
		}
	}
	return cmp.Or(wanted...)
}

// extras gives the languages of a text when the plain element cannot say it
// all; nil when it can.
func (s *schedule) extras(t locale.Text) []string {
	langs := t.Languages()
	if len(langs) == 0 || len(langs) == 1 && langs[0] == s.lang {
		return nil
	}
	return langs
}

// say gives the plain form of a text.
func (s *schedule) say(t locale.Text) string { return say(t, s.langs) }

// layRooms gives each space a name of its own: its name, with the venue's before
// it where two spaces share one ("Main hall" of every library), else with a
// number.
func (s *schedule) layRooms(slots []festival.Frozen) {
	needed := map[string]bool{}
	for _, slot := range slots {
		if space, ok := s.p.SpaceOf(slot.Slot); ok {
			needed[space.ID] = true
		}
	}
	spaces := slices.Clone(s.p.Spaces)
	slices.SortStableFunc(spaces, func(a, b festival.Space) int { return cmp.Compare(a.Order, b.Order) })
	names := map[string]int{}
	for _, space := range spaces {
		names[oneLine(s.say(space.Name))]++
	}
	taken := map[string]bool{"": true}
	for _, space := range spaces {
		if !s.whole && !needed[space.ID] {
			continue
		}
		label := oneLine(s.say(space.Name))
		if venue, ok := s.p.Venue(space.Venue); ok && names[label] > 1 {
			label = join(", ", oneLine(s.say(venue.Name)), label)
		}
		for n, base := 2, label; taken[label]; n++ {
			label = strings.TrimSpace(base + " " + strconv.Itoa(n))
		}
		taken[label] = true
		s.roomIndex[space.ID] = len(s.rooms)
		s.rooms = append(s.rooms, room{Space: space, label: label, guid: clean(space.GUID())})
	}
}

// layHosts numbers the hosts that the file mentions.
func (s *schedule) layHosts(slots []festival.Frozen) {
	needed, speaks := map[string]bool{}, map[string]bool{}
	for _, slot := range slots {
		session, _ := s.p.Session(slot.Session)
		for _, id := range session.Hosts {
			needed[id], speaks[id] = true, true
		}
		booth, _ := s.p.Booth(slot.Booth)
		for _, id := range booth.Hosts {
			needed[id] = true
		}
	}
	numbers := numbering{}
	for _, h := range s.p.Hosts {
		if !s.whole && !needed[h.ID] {
			continue
		}
		guid := clean(h.GUID())
		s.hostIndex[h.ID] = len(s.hosts)
		s.hosts = append(s.hosts, scheduleHost{
			Host: h, guid: guid, number: numbers.draw(h.Source.Key, guid), name: oneLine(hostName(h, s.langs)), speaks: speaks[h.ID],
		})
	}
}

// hostNeedsExtras says whether a person of a session with a name, a biography
// and an address is not all that there is to say.
func (s *schedule) hostNeedsExtras(h scheduleHost) bool {
	return !h.speaks || !h.Person || len(h.Links) > 0 || !h.Names.Empty() || s.extras(h.Bio) != nil
}

// layDays puts the slots into their day and room.
func (s *schedule) layDays(slots []festival.Frozen) {
	loc := s.p.Location()
	index := map[festival.Date]int{}
	numbers, guids, slugs := numbering{}, map[string]bool{}, map[string]bool{}
	var dates []festival.Date
	for _, slot := range slots {
		if !slot.Start.IsZero() && !slices.Contains(dates, s.p.DayOf(slot)) {
			dates = append(dates, s.p.DayOf(slot))
		}
	}
	slices.Sort(dates)
	for i, date := range dates {
		index[date] = i
		s.days = append(s.days, scheduleDay{date: date, start: s.dayStart(date), end: s.dayStart(date.Add(1)), events: make([][]scheduleEvent, len(s.rooms))})
	}
	for _, slot := range slots {
		space, placed := s.p.SpaceOf(slot.Slot)
		session, known := s.p.Session(slot.Session)
		if !placed || !known || slot.Start.IsZero() || !slot.End.After(slot.Start) {
			continue
		}
		at := s.roomIndex[space.ID]
		e := scheduleEvent{slot: slot, session: session, guid: clean(slot.GUID()), room: s.rooms[at].label, start: slot.Start.In(loc)}
		if guids[e.guid] { // a file may have given two slots one guid
			e.guid = festival.Base{ID: slot.ID}.GUID()
		}
		guids[e.guid] = true
		e.number = numbers.draw(slot.Source.Key, e.guid)
		if frabCode.MatchString(session.Code) && len(s.p.SlotsOf(session.ID)) == 1 {
			e.code = session.Code
		}
		e.slug = s.slug(session, e.number, slugs)
		day := &s.days[index[s.p.DayOf(slot)]]
		day.events[at] = append(day.events[at], e)
	}
}

// dayStart is the instant at which a programme day begins: midnight, or
// Event.DayChange, by the clock on the wall.
func (s *schedule) dayStart(date festival.Date) time.Time {
	loc := s.p.Location()
	clock := cmp.Or(s.p.Event.DayChange, "00:00")
	if t, err := festival.LocalTime(loc.String(), date, clock); err == nil {
		return t.In(loc)
	}
	return date.Time(loc) // the clocks jump over it
}

// booth gives the guid of a slot's booth, "" without one.
func (s *schedule) booth(slot festival.Frozen) string {
	if b, ok := s.p.Booth(slot.Booth); ok {
		return clean(b.GUID())
	}
	return ""
}

// version names the release.
func (s *schedule) version() string { return "release " + strconv.Itoa(s.p.Release) }

// booths gives those that stand in a space of the file.
func (s *schedule) booths() []festival.Booth {
	return slices.DeleteFunc(slices.Clone(s.p.Booths), func(b festival.Booth) bool {
		_, known := s.roomIndex[b.Space]
		return !known
	})
}

// venues gives those that the file mentions.
func (s *schedule) venues() []festival.Venue {
	return slices.DeleteFunc(slices.Clone(s.p.Venues), func(v festival.Venue) bool {
		return !s.whole && !slices.ContainsFunc(s.rooms, func(r room) bool { return r.Venue == v.ID })
	})
}

// onlyVenue gives the venue of an event in one place.
func (s *schedule) onlyVenue() (festival.Venue, bool) {
	if len(s.p.Venues) != 1 {
		return festival.Venue{}, false
	}
	return s.p.Venues[0], true
}

// venueGUID gives the guid of the venue of a space, "" if it has none.
func (s *schedule) venueGUID(id string) string {
	if v, ok := s.p.Venue(id); ok {
		return clean(v.GUID())
	}
	return ""
}
