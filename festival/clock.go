package festival

import (
	"strings"
	"time"
	_ "time/tzdata" // zones must be known on machines without a zone database

	"feria/kernel"
)

// Time gives the instant at which a day begins in a zone: where the clocks jump
// over its midnight, that of the jump. The zero time for a Date that is none.
func (d Date) Time(zone *time.Location) time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil || zone == time.UTC {
		return t // zero if it is none
	}
	t, _ = wall(d, 0, zone)
	return t.In(zone)
}

// Valid says whether the Date is a day of the calendar.
func (d Date) Valid() bool { return !d.Time(time.UTC).IsZero() }

// Add gives the day n days later, or d itself if it is no day.
func (d Date) Add(n int) Date {
	t := d.Time(time.UTC)
	if t.IsZero() {
		return d
	}
	return Date(t.AddDate(0, 0, n).Format(time.DateOnly))
}

// Until counts the days from d to o: 0 for the same day.
func (d Date) Until(o Date) int {
	return int(o.Time(time.UTC).Sub(d.Time(time.UTC)) / (24 * time.Hour))
}

// Zone gives the location of an IANA zone name. Error: Invalid bad_zone, field
// "zone".
func Zone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, kernel.New(kernel.Invalid, "bad_zone", "zone", "zone", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		e := kernel.New(kernel.Invalid, "bad_zone", "zone", "zone", name)
		e.Cause = err
		return nil, e
	}
	return loc, nil
}

// LocalTime gives the instant at which the clocks of a zone show "HH:MM" on a
// date. A time that comes twice, when the clocks go back, is the first of the
// two. One that never comes, when they go forward, is refused with code
// time_gap, whose arguments after and from say which times are near. Other
// errors: bad_zone, bad_date, bad_clock.
func LocalTime(zone string, date Date, clock string) (time.Time, error) {
	loc, err := Zone(zone)
	if err != nil {
		return time.Time{}, err
	}
	if !date.Valid() {
		return time.Time{}, kernel.New(kernel.Invalid, "bad_date", "", "date", string(date))
	}
	minutes, ok := parseClock(clock)
	if !ok {
		return time.Time{}, kernel.New(kernel.Invalid, "bad_clock", "", "time", clock)
	}
	t, fits := wall(date, time.Duration(minutes)*time.Minute, loc)
	if fits {
		return t, nil
	}
	// t is the instant of the change itself.
	_, before := t.Add(-time.Second).In(loc).Zone()
	return time.Time{}, kernel.New(kernel.Invalid, "time_gap", "",
		"date", string(date), "time", clock, "zone", zone,
		"after", t.Add(time.Duration(before)*time.Second).UTC().Format("15:04"), "from", t.In(loc).Format("15:04"))
}

// wall gives the first instant at which the clocks of a zone show a time of
// day. When they never do, it gives the instant at which they jump over it, and
// false.
func wall(date Date, since time.Duration, loc *time.Location) (time.Time, bool) {
	asUTC := date.Time(time.UTC).Add(since)
	// The offsets in force a day before and after are the only candidates: no
	// zone changes its clocks twice within two days.
	_, early := asUTC.Add(-36 * time.Hour).In(loc).Zone()
	_, late := asUTC.Add(36 * time.Hour).In(loc).Zone()
	want := asUTC.Format(time.DateTime)
	for _, offset := range []int{max(early, late), min(early, late)} { // the greater offset is the earlier instant
		t := asUTC.Add(-time.Duration(offset) * time.Second)
		if t.In(loc).Format(time.DateTime) == want {
			return t.UTC(), true
		}
	}
	inside := asUTC.Add(-time.Duration(early) * time.Second).In(loc) // shown after the jump
	start, _ := inside.ZoneBounds()
	return start.UTC(), false
}

// parseClock reads "HH:MM" as minutes; false for anything else.
func parseClock(s string) (int, bool) {
	t, err := time.Parse("15:04", strings.TrimSpace(s))
	if err != nil || len(strings.TrimSpace(s)) != len("15:04") {
		return 0, false
	}
	return t.Hour()*60 + t.Minute(), true
}

// shiftDays moves an instant by whole days so that the clocks of the zone show
// the same time of day; one that would never come moves to the end of the gap.
func shiftDays(t time.Time, days int, loc *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	local := t.In(loc)
	date := Date(local.Format(time.DateOnly)).Add(days)
	since := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second
	moved, _ := wall(date, since, loc)
	return moved
}
