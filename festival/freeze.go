package festival

import (
	"slices"
	"time"
)

// freeze makes of a draft what a release would show at an instant, given what
// the release before showed (nil before the first). It changes neither.
//
// Hidden sessions and slots without time or place are left out, and with them
// the hosts that nothing else shows. A slot that was public and is no more
// stays as Cancelled for 30 days, with the session as it was public.
func freeze(draft, before *Programme, now time.Time) *Programme {
	if before == nil {
		before = (&Programme{Event: draft.Event}).Ready()
	}
	p := &Programme{City: draft.City, Event: frozenEvent(draft.Event), At: now, Gone: map[string]int{}}
	for id, n := range before.Gone {
		p.Gone[id] = n
	}
	f := freezer{draft: draft, before: before, next: p, now: now, sessions: map[string]bool{}, hosts: map[string]bool{}, places: map[string]bool{}}
	for _, v := range draft.Venues {
		v.Base = frozenBase(v.Base)
		p.Venues = append(p.Venues, v)
		f.places[v.ID] = true
	}
	for _, v := range draft.Spaces {
		v.Base = frozenBase(v.Base)
		p.Spaces = append(p.Spaces, v)
		f.places[v.ID] = true
	}
	for _, v := range draft.Booths {
		v.Base = frozenBase(v.Base)
		p.Booths = append(p.Booths, v)
		f.places[v.ID] = true
		f.addHosts(v.Hosts)
	}
	f.slots()
	p.inOrder()
	p.Ready()
	f.times()
	return p
}

type freezer struct {
	draft, before, next *Programme
	now                 time.Time

	sessions, hosts, places map[string]bool // what is in next already
}

// slots takes in the draft's public slots, then those that were public before.
func (f *freezer) slots() {
	for _, s := range f.draft.Slots {
		session, ok := f.draft.Session(s.Session)
		if !ok || session.Hidden || !s.Placed() || !f.placeThere(s.Slot) {
			continue
		}
		old, was := f.before.Slot(s.ID)
		if s.State == Cancelled {
			if !was {
				continue // never was public
			}
			if old.State == Cancelled && f.expired(old) {
				continue
			}
		}
		s.Base = frozenBase(s.Base)
		f.next.Slots = append(f.next.Slots, s)
		f.addSession(session)
	}
	in := map[string]bool{}
	for _, s := range f.next.Slots {
		in[s.ID] = true
	}
	for _, s := range f.before.Slots {
		if in[s.ID] {
			continue
		}
		if s.State == Cancelled && f.expired(s) {
			f.next.Gone[s.ID] = s.Sequence
			continue
		}
		s.State = Cancelled
		f.next.Slots = append(f.next.Slots, s)
		if session, ok := f.before.Session(s.Session); ok {
			f.addSession(session)
		}
		f.addOldPlace(s.Slot)
	}
}

// placeThere says whether the slot's space and booth are in the draft.
func (f *freezer) placeThere(s Slot) bool {
	return (s.Space == "" || f.places[s.Space]) && (s.Booth == "" || f.places[s.Booth])
}

func (f *freezer) expired(s Frozen) bool { return !f.now.Before(s.CancelledAt.Add(undoable)) }

func (f *freezer) addSession(s Session) {
	if f.sessions[s.ID] {
		return
	}
	f.sessions[s.ID] = true
	s.Base = frozenBase(s.Base)
	f.next.Sessions = append(f.next.Sessions, s)
	f.addHosts(s.Hosts)
}

func (f *freezer) addHosts(ids []string) {
	for _, id := range ids {
		if f.hosts[id] {
			continue
		}
		host, ok := f.draft.Host(id)
		if !ok {
			if host, ok = f.before.Host(id); !ok {
				continue
			}
		}
		f.hosts[id] = true
		host.Base = frozenBase(host.Base)
		f.next.Hosts = append(f.next.Hosts, host)
	}
}

// addOldPlace keeps the place of a cancelled slot where the draft has it no
// more.
func (f *freezer) addOldPlace(s Slot) {
	if booth, ok := f.before.Booth(s.Booth); ok && !f.places[booth.ID] {
		f.places[booth.ID] = true
		f.next.Booths = append(f.next.Booths, booth)
	}
	space, ok := f.before.SpaceOf(s)
	if !ok {
		return
	}
	if !f.places[space.ID] {
		f.places[space.ID] = true
		f.next.Spaces = append(f.next.Spaces, space)
	}
	if venue, ok := f.before.Venue(space.Venue); ok && !f.places[venue.ID] {
		f.places[venue.ID] = true
		f.next.Venues = append(f.next.Venues, venue)
	}
}

// times sets what calendars need, by comparing each slot with the release
// before.
func (f *freezer) times() {
	shownBefore, shownNow := newShown(f.before), newShown(f.next)
	for i := range f.next.Slots {
		s := &f.next.Slots[i]
		old, was := f.before.Slot(s.ID)
		if !was {
			s.Modified = f.now
			if n, gone := f.next.Gone[s.ID]; gone {
				s.Sequence = n + 1
				delete(f.next.Gone, s.ID)
			} else {
				s.Sequence = 0
			}
			continue
		}
		s.Sequence, s.Modified, s.CancelledAt = old.Sequence, old.Modified, old.CancelledAt
		if moved(old.Slot, s.Slot) || old.State != s.State {
			s.Sequence++
		}
		if shownBefore.of(old) != shownNow.of(*s) {
			s.Modified = f.now
		}
		switch {
		case s.State != Cancelled:
			s.CancelledAt = time.Time{}
		case old.State != Cancelled:
			s.CancelledAt = f.now
		}
	}
}

// moved says whether the time or place differs.
func moved(a, b Slot) bool {
	return !a.Start.Equal(b.Start) || !a.End.Equal(b.End) || a.Space != b.Space || a.Booth != b.Booth
}

// frozenBase leaves who changed a record, and what an import remembers, out of
// what is public.
func frozenBase(b Base) Base {
	return Base{ID: b.ID, Event: b.Event, Source: Source{GUID: b.Source.GUID}}
}

// frozenEvent leaves out the fields that are live.
func frozenEvent(e Event) Event {
	return Event{
		ID: e.ID, City: e.City, Number: e.Number, Slug: e.Slug, Kind: e.Kind,
		Title: e.Title, Slogan: e.Slogan, Lead: e.Lead, Where: e.Where, Zone: e.Zone, Start: e.Start, End: e.End,
		DayChange: e.DayChange, Locales: slices.Clone(e.Locales), Color: e.Color, Tracks: slices.Clone(e.Tracks),
	}
}

// shown tells apart what a slot shows to the public, in pages and calendars.
type shown struct {
	p                *Programme
	sessions, places map[string]uint64
}

func newShown(p *Programme) *shown {
	return &shown{p: p, sessions: map[string]uint64{}, places: map[string]uint64{}}
}

type shownSlot struct {
	start, end      int64
	space, booth    string
	state           SlotState
	seating         Seating
	seats           int
	session, placed uint64
}

func (w *shown) of(s Frozen) shownSlot {
	return shownSlot{
		s.Start.Unix(), s.End.Unix(), s.Space, s.Booth, s.State, s.Seating, s.Seats,
		w.session(s.Session), w.place(s.Slot),
	}
}

func (w *shown) session(id string) uint64 {
	sum, ok := w.sessions[id]
	if !ok {
		session, _ := w.p.Session(id)
		names := make([]any, 0, 2*len(session.Hosts)+1)
		session.Base = Base{ID: id}
		names = append(names, session)
		for _, h := range w.p.HostsOf(session) {
			names = append(names, h.Name, h.Names)
		}
		sum = sumOf(names)
		w.sessions[id] = sum
	}
	return sum
}

func (w *shown) place(s Slot) uint64 {
	key := s.Space + " " + s.Booth
	sum, ok := w.places[key]
	if !ok {
		space, _ := w.p.SpaceOf(s)
		venue, _ := w.p.Venue(space.Venue)
		booth, _ := w.p.Booth(s.Booth)
		sum = sumOf([]any{space.Name, venue.Name, venue.Address, venue.Lat, venue.Lon, booth.Code, booth.Name})
		w.places[key] = sum
	}
	return sum
}
