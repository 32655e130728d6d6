package festival

import (
	"cmp"
	"slices"
	"strings"
)

// Clashes finds what stands in the way of a programme, as rules say; a kind
// without a rule is Warn, one with Ignore is left out. Times are half open: what
// ends at ten does not clash with what begins at ten. Where two slots clash,
// both are listed, each naming the other. Cancelled slots and slots without a
// time clash with nothing. Two booths of a space are two places, and only a
// host that is a person can not be in two of them. By start of the slot.
//
// Cost: n log n over the slots, plus one step for each clash.
func Clashes(p *Programme, rules map[ClashKind]Severity) []Clash {
	if !p.look.ready {
		p.Ready()
	}
	f := clashFinder{p: p, rules: rules}
	places, persons := map[string][]*Frozen{}, map[string][]*Frozen{}
	for i := range p.Slots { // in order of start, so the lists are too
		s := &p.Slots[i]
		if s.State == Cancelled || s.Start.IsZero() || !s.End.After(s.Start) {
			continue
		}
		if s.Booth != "" {
			places[s.Booth] = append(places[s.Booth], s)
		} else if s.Space != "" {
			places[s.Space] = append(places[s.Space], s)
		}
		if session, ok := p.Session(s.Session); ok {
			for _, id := range session.Hosts {
				if host, ok := p.Host(id); ok && host.Person {
					persons[id] = append(persons[id], s)
				}
			}
		}
		f.alone(s)
	}
	for _, list := range places {
		f.pairs(list, func(s *Frozen) Clash { return Clash{Kind: SameSpace, Space: p.spaceOf(s.Slot)} })
	}
	for host, list := range persons {
		f.pairs(list, func(*Frozen) Clash { return Clash{Kind: SamePerson, Host: host} })
	}
	slices.SortFunc(f.found, func(a, b Clash) int {
		x, y := p.Slots[p.look.slots[a.Slot]], p.Slots[p.look.slots[b.Slot]]
		return cmp.Or(x.Start.Compare(y.Start), strings.Compare(a.Slot, b.Slot), strings.Compare(string(a.Kind), string(b.Kind)),
			strings.Compare(a.Other, b.Other), strings.Compare(a.Host, b.Host))
	})
	return f.found
}

type clashFinder struct {
	p     *Programme
	rules map[ClashKind]Severity
	found []Clash
}

func (f *clashFinder) add(c Clash) {
	if c.Severity = severity(f.rules, c.Kind); c.Severity != Ignore {
		f.found = append(f.found, c)
	}
}

// pairs flags both sides of each overlap in a list that is sorted by start: a
// slot can only overlap those after it that start before it ends.
func (f *clashFinder) pairs(list []*Frozen, of func(*Frozen) Clash) {
	for i, a := range list {
		for _, b := range list[i+1:] {
			if !b.Start.Before(a.End) {
				break
			}
			if a.ID == b.ID {
				continue // a host named twice
			}
			for _, side := range [][2]*Frozen{{a, b}, {b, a}} {
				c := of(side[0])
				c.Slot, c.Other = side[0].ID, side[1].ID
				f.add(c)
			}
		}
	}
}

// alone flags what is wrong with a slot by itself.
func (f *clashFinder) alone(s *Frozen) {
	if f.p.Outside(s.Slot) {
		f.add(Clash{Kind: OutsideEvent, Slot: s.ID})
	}
	space, ok := f.p.SpaceOf(s.Slot)
	if !ok {
		return
	}
	if s.Booth == "" && s.Seating == Bookable && space.Capacity > 0 && s.Seats > space.Capacity {
		f.add(Clash{Kind: OverCapacity, Slot: s.ID, Space: space.ID, Seats: s.Seats, Capacity: space.Capacity})
	}
	for _, closed := range space.Closed {
		if closed.Overlaps(s.Period()) {
			f.add(Clash{Kind: ClosedSpace, Slot: s.ID, Space: space.ID})
			break
		}
	}
}

// Outside says whether a slot with a time begins on none of the programme days
// of its event, or lasts longer than to the end of the day after the last one:
// most often a year was mistyped. An event without days has no outside.
func (p *Programme) Outside(s Slot) bool {
	first, last := p.Event.Start, p.Event.End
	if s.Start.IsZero() || !first.Valid() || !last.Valid() {
		return false
	}
	day := p.Day(s.Start)
	return day < first || day > last || s.End.After(last.Add(2).Time(p.Location()))
}

// Blocks says whether one of the clashes stops a release.
func Blocks(all []Clash) bool {
	return slices.ContainsFunc(all, func(c Clash) bool { return c.Severity == Block })
}

// ClosedAt says whether nothing may take place in the space in a period.
func (v Space) ClosedAt(p Period) bool {
	return slices.ContainsFunc(v.Closed, p.Overlaps)
}
