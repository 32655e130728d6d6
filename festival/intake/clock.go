package intake

import (
	"strings"
	"time"

	"feria/festival"
)

// Lengths that are assumed where a file gives none; each time with a finding.
const (
	assumedLength = time.Hour
	noticeLength  = 15 * time.Minute // of what begins and ends at one instant
	longest       = 366 * 24 * time.Hour
)

// stamp is a date with or without time of day, as a file says it.
type stamp struct {
	day      festival.Date
	since    time.Duration // since the day's first minute, as the clock shows it
	hasTime  bool
	instant  time.Time // if it said its offset
	offset   int       // seconds, if instant is set
	utc      bool      // the offset was "Z"
	hasPlace bool      // instant is set
}

// stampLayouts are the ISO 8601 forms, longest first.
var stampLayouts = []struct {
	layout  string
	placed  bool
	hasTime bool
}{
	{"2006-01-02T15:04:05Z07:00", true, true},
	{"2006-01-02T15:04:05Z0700", true, true},
	{"2006-01-02T15:04:05Z07", true, true},
	{"2006-01-02T15:04Z07:00", true, true},
	{"2006-01-02T15:04Z0700", true, true},
	{"2006-01-02T15:04:05", false, true},
	{"2006-01-02T15:04", false, true},
	{"2006-01-02", false, false},
}

// readStamp reads an ISO 8601 date or date and time; false if it is none.
func readStamp(s string) (stamp, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 10 && (s[10] == ' ' || s[10] == 't') {
		s = s[:10] + "T" + strings.ReplaceAll(s[11:], " ", "")
	}
	for _, l := range stampLayouts {
		if t, err := time.Parse(l.layout, s); err == nil && goodYear(t.Year()) {
			st := stamp{day: festival.Date(t.Format(time.DateOnly)), hasTime: l.hasTime, hasPlace: l.placed}
			st.since = time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
			if l.placed {
				st.instant = t.UTC().Truncate(time.Second)
				_, st.offset = t.Zone()
				st.utc = strings.HasSuffix(s, "Z")
			}
			return st, true
		}
	}
	return stamp{}, false
}

// goodYear keeps out what no festival has, and years that JSON can not carry.
func goodYear(y int) bool { return y >= 1900 && y <= 2200 }

// clockOf reads "HH:MM" or "HH:MM:SS", also "24:00", as the time since midnight.
func clockOf(s string) (time.Duration, bool) {
	parts := strings.Split(strings.TrimSpace(s), ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	var n [3]int
	for i, p := range parts {
		v, ok := digits(p, 2)
		if !ok {
			return 0, false
		}
		n[i] = v
	}
	if n[0] > 24 || n[1] > 59 || n[2] > 59 || n[0] == 24 && n[1]+n[2] > 0 {
		return 0, false
	}
	return time.Duration(n[0])*time.Hour + time.Duration(n[1])*time.Minute + time.Duration(n[2])*time.Second, true
}

// digits reads 1 to most decimal digits.
func digits(s string, most int) (int, bool) {
	if s == "" || len(s) > most {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// fit is how a time of day fits the clocks of a zone.
type fit int

const (
	once  fit = iota
	twice     // the clocks went back over it; the first is taken
	never     // the clocks jumped over it; the instant of the jump is taken
)

// wall gives the instant at which the clocks of a zone show a time of day.
func wall(day festival.Date, since time.Duration, loc *time.Location) (time.Time, fit) {
	asUTC := day.Time(time.UTC).Add(since)
	// A zone changes its clocks at most once within three days, so the offsets
	// in force a day and a half before and after are the only candidates.
	_, early := asUTC.Add(-36 * time.Hour).In(loc).Zone()
	_, late := asUTC.Add(36 * time.Hour).In(loc).Zone()
	first := asUTC.Add(-time.Duration(max(early, late)) * time.Second)
	second := asUTC.Add(-time.Duration(min(early, late)) * time.Second)
	shows := func(t time.Time) bool {
		_, o := t.In(loc).Zone()
		return t.Add(time.Duration(o) * time.Second).Equal(asUTC)
	}
	switch {
	case first.Equal(second) || shows(first) && !shows(second):
		return first, once
	case shows(first):
		return first, twice
	case shows(second):
		return second, once
	}
	start, _ := asUTC.Add(-time.Duration(early) * time.Second).In(loc).ZoneBounds()
	return start.UTC(), never
}

// local gives the instant of a naive time, with a finding where the clocks
// change over it.
func (b *book) local(day festival.Date, since time.Duration, loc *time.Location, record string, line int) time.Time {
	t, fit := wall(day, since, loc)
	switch fit {
	case never:
		b.note(festival.Guessed, "time_in_gap", record, line, "time", stampText(day, since), "zone", loc.String(), "taken", t.In(loc).Format("15:04"))
	case twice:
		b.note(festival.Guessed, "time_twice", record, line, "time", stampText(day, since), "zone", loc.String())
	}
	return t
}

func stampText(day festival.Date, since time.Duration) string {
	return string(day) + " " + clockText(since)
}

func clockText(since time.Duration) string {
	m := int(since / time.Minute)
	return string([]byte{byte('0' + m/600%10), byte('0' + m/60%10), ':', byte('0' + m%60/10), byte('0' + m%10)})
}

// dayIn is the calendar day of an instant in a zone, and the time of day.
func dayIn(t time.Time, loc *time.Location) (festival.Date, time.Duration) {
	l := t.In(loc)
	return festival.Date(l.Format(time.DateOnly)), time.Duration(l.Hour())*time.Hour + time.Duration(l.Minute())*time.Minute + time.Duration(l.Second())*time.Second
}

// later gives the instant at which the clocks of a zone show a length more than
// they show at another.
func later(t time.Time, length time.Duration, loc *time.Location) time.Time {
	day, since := sinceMidnight(t, loc)
	t, _ = wall(day, since+length, loc)
	return t
}

// sinceMidnight is dayIn, but for the first instant of a day that begins at one
// o'clock, since the clocks jump over its midnight: that counts as midnight.
func sinceMidnight(t time.Time, loc *time.Location) (festival.Date, time.Duration) {
	day, since := dayIn(t, loc)
	if first, _ := wall(day, 0, loc); first.Equal(t) {
		since = 0
	}
	return day, since
}

// setEnd sets the end of a slot right: one that is missing or not after the
// start is assumed, with a finding.
func (b *book) setEnd(slot *festival.RecordSlot, said bool, record string, line int) {
	length := slot.End.Sub(slot.Start)
	switch {
	case said && length > 0 && length <= longest:
		return
	case !said:
		slot.End = slot.Start.Add(assumedLength)
		b.note(festival.Guessed, "end_missing", record, line, "minutes", int(assumedLength/time.Minute))
	case length == 0:
		slot.End = slot.Start.Add(noticeLength)
		b.note(festival.Guessed, "length_zero", record, line, "length", "0:00", "minutes", int(noticeLength/time.Minute))
	default:
		b.note(festival.Guessed, "end_before_start", record, line, "end", slot.End.In(b.zone).Format("2006-01-02 15:04"), "minutes", int(assumedLength/time.Minute))
		slot.End = slot.Start.Add(assumedLength)
	}
}
