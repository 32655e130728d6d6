package intake

import (
	"strings"
	"time"

	"feria/festival"
)

// ownZone is a time zone that only the calendar itself describes.
type ownZone struct {
	name      string
	observes  []observance
	loc       *time.Location // the named zone it turned out to be, if any
	described bool
}

// observance is a part of a VTIMEZONE: from each of the onsets on, the clocks
// show offset.
type observance struct {
	offset int // seconds east
	onsets []time.Time
}

// ownZones reads the calendar's VTIMEZONEs.
func (r *icalReader) ownZones() map[string]*ownZone {
	out := map[string]*ownZone{}
	for i := range r.zones {
		c := &r.zones[i]
		id := strings.TrimSpace(c.value("TZID"))
		z := &ownZone{name: id, loc: zoneNamed(id)}
		if z.loc == nil {
			z.loc = zoneNamed(c.value("X-LIC-LOCATION"))
		}
		if z.loc == nil {
			for j := range c.inner {
				if o, ok := r.observance(&c.inner[j]); ok {
					z.observes = append(z.observes, o)
				}
			}
		}
		z.described = len(z.observes) > 0
		out[id] = z
	}
	return out
}

// show gives what the clocks of the described zone show at an instant.
func (z *ownZone) show(t time.Time) time.Time {
	for _, o := range z.observes {
		if clock := t.Add(time.Duration(o.offset) * time.Second); z.at(clock).Equal(t) {
			return clock
		}
	}
	return t.Add(time.Duration(z.observes[0].offset) * time.Second) // in the hour that they show twice
}

// at gives the instant at which the clocks of the described zone show a time.
func (z *ownZone) at(wallUTC time.Time) time.Time {
	best, offset := time.Time{}, z.observes[0].offset
	for _, o := range z.observes {
		for _, onset := range o.onsets { // onsets are wall times too
			if !onset.After(wallUTC) && (best.IsZero() || onset.After(best)) {
				best, offset = onset, o.offset
			}
		}
	}
	return wallUTC.Add(-time.Duration(offset) * time.Second)
}

func (r *icalReader) observance(c *component) (observance, bool) {
	offset, ok := utcOffset(c.value("TZOFFSETTO"))
	start, okStart := onset(c.value("DTSTART"))
	if !ok || !okStart {
		return observance{}, false
	}
	o := observance{offset: offset, onsets: []time.Time{start}}
	if p := c.get("RRULE"); p != nil {
		// From 1970 on some calendars count; no festival needs more than this.
		o.onsets = append(o.onsets, r.yearly(p.value, start)...)
	}
	return o, true
}

// onset is wallTime for the year 1601 too, with which Windows begins its zones.
func onset(s string) (time.Time, bool) {
	if rest, windows := strings.CutPrefix(strings.TrimSpace(s), "1601"); windows {
		s = "1970" + rest
	}
	return wallTime(s)
}

// utcOffset reads "+0100" or "-033000" as seconds.
func utcOffset(s string) (int, bool) {
	if len(s) != 5 && len(s) != 7 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	n, ok := digits(s[1:], 6)
	if !ok {
		return 0, false
	}
	if len(s) == 5 {
		n *= 100
	}
	seconds := n/10000*3600 + n/100%100*60 + n%100
	if seconds > 16*3600 {
		return 0, false
	}
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// clocks are those of a zone, of which the times that they show stand as if they
// were UTC's: rules count by them.
type clocks struct {
	loc *time.Location
	own *ownZone // instead of loc, if set
}

// clocksOf gives the clocks by which an event repeats. Its whole days are days of
// the event's own zone, whatever zone it names.
func (w *icalEvents) clocksOf(it *item) clocks {
	p := it.c.get("DTSTART")
	id := p.params["TZID"]
	z := w.custom[id]
	switch named := zoneNamed(id); {
	case it.day:
	case strings.HasSuffix(strings.ToUpper(strings.TrimSpace(p.value)), "Z"):
		return clocks{loc: time.UTC}
	case z != nil && z.loc != nil:
		return clocks{loc: z.loc}
	case z != nil && z.described:
		return clocks{own: z}
	case named != nil:
		return clocks{loc: named}
	}
	return clocks{loc: w.book.zone}
}

// show gives what the clocks show at an instant.
func (c clocks) show(t time.Time) time.Time {
	if c.own != nil {
		return c.own.show(t)
	}
	_, offset := t.In(c.loc).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// at gives the instant at which the clocks show a time, the first if there are two
// and that of the jump if they jump over it.
func (c clocks) at(clock time.Time) time.Time {
	if c.own != nil {
		return c.own.at(clock)
	}
	day := festival.Date(clock.Format(time.DateOnly))
	t, _ := wall(day, clock.Sub(day.Time(time.UTC)), c.loc)
	return t
}
