package feed

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"time"
)

// Calendar is an iCalendar feed.
//
// It is written by hand rather than by go-ical, which does not fold lines,
// keeps each property in a map, and takes six times as long for the same
// events; go-ical reads the result back in the tests.
type Calendar struct {
	Name        string
	Description string
	URL         string        // where this feed is; "" says nothing
	Color       string        // "#rrggbb"; given out as the nearest CSS3 name, as RFC 7986 wants
	Zone        string        // IANA zone of entries that name none; unknown or "" is UTC
	Refresh     time.Duration // how often to ask again; 0 is an hour
	Entries     []Entry
}

// Entry is one event of a calendar. Start and End are instants, End exclusive;
// an entry without Start is left out, one whose End is not after Start has no
// length.
type Entry struct {
	UID      string // unique in the calendar
	Sequence int
	// Modified is when anything of the entry last changed. Stamp is DTSTAMP,
	// which for a published calendar is the same thing: zero takes Modified.
	// Neither is the time of asking, else no ETag would hold.
	Modified, Stamp time.Time
	Start, End      time.Time
	Zone            string // IANA zone in which the wall time is meant; "" takes the calendar's
	// AllDay entries begin and end with a day of their zone and are given out
	// as dates.
	AllDay      bool
	Summary     string
	Description string
	Location    string
	URL         string
	Lat, Lon    float64 // WGS 84 degrees; both zero: not known
	Categories  []string
	Cancelled   bool
	Tentative   bool // not sure yet; of no meaning when cancelled
}

const defaultRefresh = time.Hour

// Encode writes the calendar. The same calendar gives the same bytes. Errors are
// those of w only.
//
// There is no METHOD: RFC 5546 would then ask for an ORGANIZER in each event.
func (c Calendar) Encode(w io.Writer) error {
	out := &lines{w: w}
	zones := newZones()
	entries := make([]placed, 0, len(c.Entries))
	var latest time.Time
	for i := range c.Entries {
		e := &c.Entries[i]
		if e.Start.IsZero() {
			continue
		}
		if e.Modified.After(latest) {
			latest = e.Modified
		}
		at := placed{Entry: e, zone: zones.get(cmp.Or(e.Zone, c.Zone))}
		if !e.AllDay {
			at.utc = at.zone.use(e.Start, e.End)
		}
		entries = append(entries, at)
	}

	out.raw("BEGIN", "VCALENDAR")
	out.raw("VERSION", "2.0")
	out.raw("PRODID", "-//Feria//Feria//EN")
	out.raw("CALSCALE", "GREGORIAN")
	c.head(out, zones, latest)
	for _, z := range zones.used() {
		z.write(out)
	}
	if len(entries) == 0 {
		// A calendar needs one component at least (RFC 5545, 3.6), and a
		// programme may have none yet.
		writeUTC(out)
	}
	for i := range entries {
		entries[i].write(out)
	}
	out.raw("END", "VCALENDAR")
	return out.flush()
}

// head writes the properties of the calendar: those of RFC 7986, and beside
// them the older X- ones that clients know longer.
func (c Calendar) head(out *lines, zones *zones, latest time.Time) {
	if c.Name != "" {
		out.text("NAME", c.Name)
		out.text("X-WR-CALNAME", c.Name)
	}
	if c.Description != "" {
		out.text("DESCRIPTION", c.Description)
		out.text("X-WR-CALDESC", c.Description)
	}
	if zone := zones.get(c.Zone); !zone.isUTC() {
		out.raw("X-WR-TIMEZONE", zone.name)
	}
	if name := colorName(c.Color); name != "" {
		out.raw("COLOR", name)
	}
	refresh := duration(c.Refresh)
	out.raw("REFRESH-INTERVAL;VALUE=DURATION", refresh)
	out.raw("X-PUBLISHED-TTL", refresh)
	if address := uri(c.URL); address != "" {
		out.raw("SOURCE;VALUE=URI", address)
		out.raw("URL", address)
	}
	if !latest.IsZero() {
		out.raw("LAST-MODIFIED", utc(latest))
	}
}

// placed is an entry with the zone in which it is told.
type placed struct {
	*Entry
	zone *zone
	utc  bool // told in UTC, since the wall time is not clear enough
}

func (e *placed) write(out *lines) {
	out.raw("BEGIN", "VEVENT")
	out.text("UID", oneLine(e.UID))
	stamp := e.Stamp
	if stamp.IsZero() {
		stamp = e.Modified
	}
	if stamp.IsZero() {
		stamp = e.Start
	}
	out.raw("DTSTAMP", utc(stamp))
	if !e.Modified.IsZero() {
		out.raw("LAST-MODIFIED", utc(e.Modified))
	}
	out.raw("SEQUENCE", strconv.Itoa(max(e.Sequence, 0)))
	switch {
	case e.Cancelled:
		out.raw("STATUS", "CANCELLED")
	case e.Tentative:
		out.raw("STATUS", "TENTATIVE")
	default:
		out.raw("STATUS", "CONFIRMED")
	}
	e.writeTime(out, "DTSTART", e.Start)
	if e.hasLength() {
		e.writeTime(out, "DTEND", e.End)
	}
	out.text("SUMMARY", e.Summary)
	if e.Description != "" {
		out.text("DESCRIPTION", e.Description)
	}
	if e.Location != "" {
		out.text("LOCATION", e.Location)
	}
	if e.Lat != 0 || e.Lon != 0 {
		if e.Lat >= -90 && e.Lat <= 90 && e.Lon >= -180 && e.Lon <= 180 {
			out.raw("GEO", strconv.FormatFloat(e.Lat, 'f', 6, 64)+";"+strconv.FormatFloat(e.Lon, 'f', 6, 64))
		}
	}
	if kept := slices.DeleteFunc(slices.Clone(e.Categories), func(s string) bool { return clean(s) == "" }); len(kept) > 0 {
		out.texts("CATEGORIES", kept)
	}
	if address := uri(e.URL); address != "" {
		out.raw("URL", address)
	}
	out.raw("END", "VEVENT")
}

// hasLength says whether the end may be told: it must be later than the start,
// also when both are told as dates (RFC 5545, 3.8.2.2).
func (e *placed) hasLength() bool {
	if !e.End.After(e.Start) {
		return false
	}
	return !e.AllDay || e.date(e.End) > e.date(e.Start)
}

func (e *placed) date(t time.Time) string { return t.In(e.zone.loc).Format("20060102") }

func (e *placed) writeTime(out *lines, name string, t time.Time) {
	switch {
	case e.AllDay:
		out.raw(name+";VALUE=DATE", e.date(t))
	case e.utc:
		out.raw(name, utc(t))
	default:
		out.zoned(name, e.zone.name, t.In(e.zone.loc))
	}
}

// utc writes an instant as RFC 5545's form 2.
func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// duration writes whole seconds as RFC 5545, 3.3.6 wants, "PT1H30M"; one that is
// not positive is an hour.
func duration(d time.Duration) string {
	d = d.Truncate(time.Second)
	if d <= 0 {
		d = defaultRefresh
	}
	s := "PT"
	if h := d / time.Hour; h > 0 {
		s += strconv.Itoa(int(h)) + "H"
	}
	if m := d % time.Hour / time.Minute; m > 0 {
		s += strconv.Itoa(int(m)) + "M"
	}
	if sec := d % time.Minute / time.Second; sec > 0 {
		if d >= time.Hour && d%time.Hour < time.Minute {
			s += "0M" // the grammar has no hours beside seconds without minutes
		}
		s += strconv.Itoa(int(sec)) + "S"
	}
	return s
}
