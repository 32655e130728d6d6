package festival

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// lookups are the ways into a Programme, built once by Ready.
type lookups struct {
	ready    bool
	location *time.Location
	change   int // minutes of the wall clock at which a programme day begins

	venues, spaces, booths, hosts, sessions, slots map[string]int
	venueSlugs, hostSlugs, codes, tracks           map[string]int
	slotsOf                                        map[string][]int // by session
	days                                           []Date
}

// Ready sorts the slots and builds the lookups; it is called once, before the
// Programme is shared, and gives the Programme back. A zone that is not known
// counts as UTC.
func (p *Programme) Ready() *Programme {
	l := lookups{ready: true, location: time.UTC, slotsOf: map[string][]int{}}
	if loc, err := time.LoadLocation(p.Event.Zone); err == nil && p.Event.Zone != "" {
		l.location = loc
	}
	if minutes, ok := parseClock(p.Event.DayChange); ok {
		l.change = minutes
	}
	l.venues = index(p.Venues, func(v *Venue) string { return v.ID })
	l.venueSlugs = index(p.Venues, func(v *Venue) string { return v.Slug })
	l.spaces = index(p.Spaces, func(v *Space) string { return v.ID })
	l.booths = index(p.Booths, func(v *Booth) string { return v.ID })
	l.hosts = index(p.Hosts, func(v *Host) string { return v.ID })
	l.hostSlugs = index(p.Hosts, func(v *Host) string { return v.Slug })
	l.sessions = index(p.Sessions, func(v *Session) string { return v.ID })
	l.codes = index(p.Sessions, func(v *Session) string { return v.Code })
	l.tracks = index(p.Event.Tracks, func(v *Track) string { return v.Slug })
	p.look = l

	order := func(s *Frozen) int {
		if i, ok := l.spaces[p.spaceOf(s.Slot)]; ok {
			return p.Spaces[i].Order
		}
		return 0
	}
	slices.SortStableFunc(p.Slots, func(a, b Frozen) int {
		return cmp.Or(compareStarts(a.Start, b.Start), cmp.Compare(order(&a), order(&b)), cmp.Compare(a.Space, b.Space), cmp.Compare(a.Booth, b.Booth), cmp.Compare(a.ID, b.ID))
	})
	p.look.slots = index(p.Slots, func(v *Frozen) string { return v.ID })
	for i := range p.Slots {
		s := &p.Slots[i]
		p.look.slotsOf[s.Session] = append(p.look.slotsOf[s.Session], i)
		if s.Start.IsZero() {
			continue
		}
		if day := p.DayOf(*s); len(p.look.days) == 0 || p.look.days[len(p.look.days)-1] != day {
			p.look.days = append(p.look.days, day)
		}
	}
	slices.Sort(p.look.days)
	p.look.days = slices.Compact(p.look.days)
	return p
}

// compareStarts puts slots without a time last.
func compareStarts(a, b time.Time) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return a.Compare(b)
}

func index[T any](all []T, key func(*T) string) map[string]int {
	m := make(map[string]int, len(all))
	for i := range all {
		if k := key(&all[i]); k != "" {
			if _, twice := m[k]; !twice {
				m[k] = i
			}
		}
	}
	return m
}

func at[T any](all []T, m map[string]int, key string) (T, bool) {
	if i, ok := m[key]; ok {
		return all[i], true
	}
	var none T
	return none, false
}

// Session gives a session by its ID; false if the programme has none such. The
// other lookups do alike. All of them need Ready.
func (p *Programme) Session(id string) (Session, bool) { return at(p.Sessions, p.look.sessions, id) }

// SessionByCode gives a session by its word in addresses.
func (p *Programme) SessionByCode(code string) (Session, bool) {
	return at(p.Sessions, p.look.codes, code)
}

// Slot gives a slot by its ID.
func (p *Programme) Slot(id string) (Frozen, bool) { return at(p.Slots, p.look.slots, id) }

// SlotsOf gives the slots of a session by start.
func (p *Programme) SlotsOf(session string) []Frozen {
	places := p.look.slotsOf[session]
	out := make([]Frozen, len(places))
	for i, at := range places {
		out[i] = p.Slots[at]
	}
	return out
}

// Host gives a host by its ID.
func (p *Programme) Host(id string) (Host, bool) { return at(p.Hosts, p.look.hosts, id) }

// HostBySlug gives a host by its word in addresses.
func (p *Programme) HostBySlug(slug string) (Host, bool) { return at(p.Hosts, p.look.hostSlugs, slug) }

// HostsOf gives the hosts of a session in the order in which they are shown.
func (p *Programme) HostsOf(s Session) []Host { return p.pick(s.Hosts) }

// HostsAt gives the hosts that stand at a booth.
func (p *Programme) HostsAt(b Booth) []Host { return p.pick(b.Hosts) }

func (p *Programme) pick(ids []string) []Host {
	out := make([]Host, 0, len(ids))
	for _, id := range ids {
		if h, ok := p.Host(id); ok {
			out = append(out, h)
		}
	}
	return out
}

// SessionsOf gives the sessions that a host offers, by code.
func (p *Programme) SessionsOf(host string) []Session {
	var out []Session
	for _, s := range p.Sessions {
		if slices.Contains(s.Hosts, host) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b Session) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// Venue gives a venue by its ID.
func (p *Programme) Venue(id string) (Venue, bool) { return at(p.Venues, p.look.venues, id) }

// VenueBySlug gives a venue by its word in addresses.
func (p *Programme) VenueBySlug(slug string) (Venue, bool) {
	return at(p.Venues, p.look.venueSlugs, slug)
}

// Space gives a space by its ID.
func (p *Programme) Space(id string) (Space, bool) { return at(p.Spaces, p.look.spaces, id) }

// Booth gives a booth by its ID.
func (p *Programme) Booth(id string) (Booth, bool) { return at(p.Booths, p.look.booths, id) }

// Track gives a track by its slug.
func (p *Programme) Track(slug string) (Track, bool) { return at(p.Event.Tracks, p.look.tracks, slug) }

// SpaceOf gives the space in which a slot takes place: its own, else that of
// its booth.
func (p *Programme) SpaceOf(s Slot) (Space, bool) { return p.Space(p.spaceOf(s)) }

func (p *Programme) spaceOf(s Slot) string {
	if s.Space != "" || s.Booth == "" {
		return s.Space
	}
	if i, ok := p.look.booths[s.Booth]; ok {
		return p.Booths[i].Space
	}
	return ""
}

// VenueOf gives the venue in which a slot takes place.
func (p *Programme) VenueOf(s Slot) (Venue, bool) {
	space, ok := p.SpaceOf(s)
	if !ok {
		return Venue{}, false
	}
	return p.Venue(space.Venue)
}

// Location is the event's zone.
func (p *Programme) Location() *time.Location {
	if p.look.location == nil {
		return time.UTC
	}
	return p.look.location
}

// Days lists the programme days on which something starts, in order.
func (p *Programme) Days() []Date { return slices.Clone(p.look.days) }

// DayOf gives the programme day to which a slot belongs: the day of the event's
// wall clock, or the day before for what starts before Event.DayChange. A slot
// without a time has the day "".
func (p *Programme) DayOf(s Frozen) Date {
	if s.Start.IsZero() {
		return ""
	}
	return p.Day(s.Start)
}

// Day gives the programme day of an instant.
func (p *Programme) Day(t time.Time) Date { return programmeDay(t.In(p.Location()), p.look.change) }

// programmeDay goes by the wall clock, not by a duration: on the day on which
// the clocks change, 05:00 is not five hours after midnight.
func programmeDay(local time.Time, change int) Date {
	day := Date(local.Format(time.DateOnly))
	if local.Hour()*60+local.Minute() < change {
		return day.Add(-1)
	}
	return day
}
