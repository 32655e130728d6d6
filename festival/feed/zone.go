package feed

import (
	"fmt"
	"time"
)

// zones holds the zones that a calendar mentions, each looked up once.
type zones struct {
	byName map[string]*zone
	order  []*zone // by first mention, so that the output is stable
	utc    *zone
}

func newZones() *zones {
	return &zones{byName: map[string]*zone{}, utc: &zone{name: "UTC", loc: time.UTC}}
}

// get gives the zone of a name; one that is not known, or that means the
// server's own, is UTC, in which every instant can be told.
func (z *zones) get(name string) *zone {
	if found, ok := z.byName[name]; ok {
		return found
	}
	found := z.utc
	if name != "" && name != "UTC" && name != "Local" {
		if loc, err := time.LoadLocation(name); err == nil {
			found = &zone{name: name, loc: loc}
			z.order = append(z.order, found)
		}
	}
	z.byName[name] = found
	return found
}

// used gives the zones in which some time is told, in order of first mention.
func (z *zones) used() []*zone {
	var out []*zone
	for _, one := range z.order {
		if one.last != 0 {
			out = append(out, one)
		}
	}
	return out
}

// zone is a time zone with the years for which a calendar needs it.
type zone struct {
	name        string
	loc         *time.Location
	first, last int // years of the wall clock; 0: none yet
}

func (z *zone) isUTC() bool { return z.loc == time.UTC }

// use notes that both instants are to be told in this zone, or says that they
// must be told in UTC instead: because the zone is UTC, or because the wall time
// of one of them comes a second time that day. RFC 5545, 3.3.5 takes such a time
// for the first of the two, so the second can only be told in UTC.
func (z *zone) use(start, end time.Time) (utc bool) {
	if z.isUTC() || repeated(start.In(z.loc)) || repeated(end.In(z.loc)) {
		return true
	}
	for _, t := range []time.Time{start, end} {
		if t.IsZero() {
			continue
		}
		year := t.In(z.loc).Year()
		if z.last == 0 || year < z.first {
			z.first = year
		}
		z.last = max(z.last, year)
	}
	return false
}

// repeated says whether the clocks went back so lately that they have shown this
// time before.
func repeated(local time.Time) bool {
	since, _ := local.ZoneBounds()
	if since.IsZero() {
		return false
	}
	_, before := since.Add(-time.Second).Zone()
	_, now := local.Zone()
	return local.Sub(since) < time.Duration(before-now)*time.Second
}

// write writes the VTIMEZONE: the rule in force when the first of the years
// begins, and each change until the last of them ends. Rules with RRULE would
// say more than is known: a zone's next year is a parliament's to decide.
func (z *zone) write(out *lines) {
	out.raw("BEGIN", "VTIMEZONE")
	out.raw("TZID", z.name)
	t := time.Date(z.first, 1, 1, 0, 0, 0, 0, z.loc)
	until := time.Date(z.last+1, 1, 1, 0, 0, 0, 0, z.loc)
	for {
		since, next := t.ZoneBounds()
		z.observance(out, since, t)
		if next.IsZero() || !next.Before(until) {
			break
		}
		t = next
	}
	out.raw("END", "VTIMEZONE")
}

// observance writes the rule in force at t, which began at since; a rule without
// beginning is said to begin in 1970.
func (z *zone) observance(out *lines, since, t time.Time) {
	name, to := t.Zone()
	from := to
	wasDST := false
	start := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	if !since.IsZero() {
		before := since.Add(-time.Second).In(z.loc)
		_, from = before.Zone()
		wasDST = before.IsDST()
		start = since.UTC().Add(time.Duration(from) * time.Second)
	}
	// Where winter is the exception by law (Dublin, Casablanca) the zone data
	// calls winter "DST"; calendars call DAYLIGHT what is later than the rest.
	kind := "STANDARD"
	if to > from && (t.IsDST() || wasDST) || to == from && t.IsDST() {
		kind = "DAYLIGHT"
	}
	writeObservance(out, kind, start, from, to, name)
}

func writeObservance(out *lines, kind string, start time.Time, from, to int, name string) {
	out.raw("BEGIN", kind)
	out.raw("DTSTART", start.Format("20060102T150405"))
	out.raw("TZOFFSETFROM", offset(from))
	out.raw("TZOFFSETTO", offset(to))
	if name != "" {
		out.text("TZNAME", name)
	}
	out.raw("END", kind)
}

// writeUTC writes a VTIMEZONE for UTC, in which nothing ever changes.
func writeUTC(out *lines) {
	out.raw("BEGIN", "VTIMEZONE")
	out.raw("TZID", "UTC")
	writeObservance(out, "STANDARD", time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), 0, 0, "UTC")
	out.raw("END", "VTIMEZONE")
}

// offset writes seconds east of UTC as "+0100", or "+001730" where a zone once
// had seconds.
func offset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	s := fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		s += fmt.Sprintf("%02d", seconds%60)
	}
	return s
}
