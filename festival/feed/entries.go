package feed

import (
	"slices"
	"strings"
	"time"

	"feria/festival"
)

// Entries makes calendar entries of slots of a programme, which must be Ready:
// in the order given, without those that have no time. Texts are in the first of
// langs that has one, else in a language of the event, else in any. link gives
// the address of a session's page; nil gives none.
//
// A slot that begins and ends with a day of the event's zone is a whole day.
func Entries(p *festival.Programme, slots []festival.Frozen, langs []string, link func(session festival.Session) string) []Entry {
	langs = append(slices.Clone(langs), p.Event.Locales...)
	loc := p.Location()
	out := make([]Entry, 0, len(slots))
	for _, slot := range slots {
		session, ok := p.Session(slot.Session)
		if !ok || slot.Start.IsZero() {
			continue
		}
		e := Entry{
			UID:       slot.UID,
			Sequence:  slot.Sequence,
			Modified:  slot.Modified,
			Start:     slot.Start,
			End:       slot.End,
			Zone:      loc.String(),
			AllDay:    slot.End.After(slot.Start) && beginsDay(slot.Start.In(loc)) && beginsDay(slot.End.In(loc)),
			Summary:   oneLine(say(session.Title, langs)),
			Location:  location(p, slot.Slot, langs),
			Cancelled: slot.State == festival.Cancelled,
		}
		if e.UID == "" { // made before UIDs were drawn
			e.UID = slot.GUID()
		}
		if link != nil {
			e.URL = link(session)
		}
		e.Description = description(p, session, langs, e.URL)
		if venue, ok := p.VenueOf(slot.Slot); ok {
			e.Lat, e.Lon = venue.Lat, venue.Lon
		}
		if track, ok := p.Track(session.Track); ok {
			e.Categories = []string{say(track.Name, langs)}
		}
		out = append(out, e)
	}
	return out
}

// beginsDay says whether a local time is the first instant of its day; that is
// not midnight where the clocks jump over it.
func beginsDay(local time.Time) bool {
	return local.Day() != local.Add(-time.Nanosecond).Day()
}

// description is what a calendar shows below the title: the texts, who offers
// it, and the address once more, since some clients show no URL.
func description(p *festival.Programme, s festival.Session, langs []string, address string) string {
	var names []string
	for _, h := range p.HostsOf(s) {
		names = append(names, hostName(h, langs))
	}
	return join("\n\n", say(s.Subtitle, langs), say(s.Abstract, langs), say(s.Description, langs), strings.Join(names, ", "), address)
}

// location is the place from near to far: booth, space, venue, street address.
func location(p *festival.Programme, slot festival.Slot, langs []string) string {
	var booth, spaceName, venueName, address string
	if b, ok := p.Booth(slot.Booth); ok {
		booth = join(" ", clean(b.Code), say(b.Name, langs))
	}
	if s, ok := p.SpaceOf(slot); ok {
		spaceName = say(s.Name, langs)
	}
	if v, ok := p.VenueOf(slot); ok {
		venueName, address = say(v.Name, langs), clean(v.Address)
		if venueName == spaceName {
			venueName = "" // a venue of one space often has its name
		}
	}
	return oneLine(join(", ", booth, spaceName, venueName, address))
}

// join joins what is not empty.
func join(by string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), by)
}
