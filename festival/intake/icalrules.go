package intake

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// maxBarren is how many rules of a file may come to nothing. The library looks
// for the first occurrence of such a rule until the year 9999, which takes up
// to a twentieth of a second.
const maxBarren = 50

var errRule = errors.New("a rule that RFC 5545 does not allow, or that never comes true")

// parseRule reads an RRULE; UNTIL is what the clocks show, as if it were UTC's, or
// an instant. It refuses what RFC 5545 (3.3.10) refuses and the library does not,
// since with some such rules the library never ends.
func parseRule(value string) (o *rrule.ROption, instant bool, err error) {
	value = strings.Trim(strings.ToUpper(strings.TrimSpace(value)), ";")
	if len(value) > 500 || strings.Contains(value, "\n") || strings.Contains(value, "DTSTART") {
		return nil, false, fmt.Errorf("rule of %d bytes", len(value))
	}
	if o, err = rrule.StrToROptionInLocation(value, time.UTC); err != nil {
		return nil, false, err
	}
	if !allowed(o) {
		return nil, false, errRule
	}
	if _, until, ok := strings.Cut(value, "UNTIL="); ok {
		until, _, _ = strings.Cut(until, ";")
		instant = strings.HasSuffix(until, "Z")
		if !strings.Contains(until, "T") { // the whole of that day
			o.Until = o.Until.AddDate(0, 0, 1).Add(-time.Second)
		}
	}
	return o, instant, nil
}

func allowed(o *rrule.ROption) bool {
	if o.Interval < 0 || o.Interval > 1000 || o.Count < 0 || len(o.Byeaster) > 0 {
		return false
	}
	for _, list := range []*[]int{&o.Byhour, &o.Byminute, &o.Bysecond, &o.Bysetpos} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	if max(1, len(o.Byhour))*max(1, len(o.Byminute))*max(1, len(o.Bysecond)) > 24*60 {
		return false
	}
	numbered := slices.ContainsFunc(o.Byweekday, func(d rrule.Weekday) bool { return d.N() != 0 })
	switch o.Freq {
	case rrule.YEARLY:
	case rrule.MONTHLY:
		return len(o.Byweekno)+len(o.Byyearday) == 0
	case rrule.WEEKLY:
		return len(o.Byweekno)+len(o.Byyearday)+len(o.Bymonthday) == 0 && !numbered
	default:
		return len(o.Byweekno)+len(o.Byyearday)+len(o.Bysetpos) == 0 && !numbered
	}
	return true
}

// expand runs a rule for at most one occurrence more than are taken.
func (r *icalReader) expand(o *rrule.ROption) (starts []time.Time, err error) {
	defer func() {
		if p := recover(); p != nil { // the library indexes by what the rule says
			starts, err = nil, fmt.Errorf("rule: %v", p)
		}
	}()
	if r.barren >= maxBarren || !fruitful(o) {
		return nil, errRule
	}
	rule, err := rrule.NewRRule(*o)
	if err != nil {
		return nil, err
	}
	next := rule.Iterator()
	for len(starts) <= maxOccurrences {
		t, ok := next()
		if !ok {
			break
		}
		starts = append(starts, t.UTC())
	}
	if len(starts) == 0 {
		r.barren++
		return nil, errRule
	}
	return starts, nil
}

// fruitful says whether a rule for days or hours has a day, and an hour, to
// which it can come within its horizon. Rarer rules cost little even if they
// have none.
func fruitful(o *rrule.ROption) bool {
	if o.Freq != rrule.DAILY && o.Freq != rrule.HOURLY {
		return true
	}
	interval, step := max(1, o.Interval), 1
	if o.Freq == rrule.DAILY {
		step = interval
	} else if interval > 24 || len(o.Byhour) > 0 && !reaches(o.Dtstart.Hour(), interval, o.Byhour) {
		return false
	}
	for d := o.Dtstart; !d.After(o.Until.AddDate(0, 0, 1)); d = d.AddDate(0, 0, step) {
		last := time.Date(d.Year(), d.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
		if (len(o.Bymonth) == 0 || slices.Contains(o.Bymonth, int(d.Month()))) &&
			(len(o.Bymonthday) == 0 || slices.Contains(o.Bymonthday, d.Day()) || slices.Contains(o.Bymonthday, d.Day()-last-1)) &&
			(len(o.Byweekday) == 0 || slices.ContainsFunc(o.Byweekday, func(w rrule.Weekday) bool { return (w.Day()+1)%7 == int(d.Weekday()) })) {
			return true
		}
	}
	return false
}

// reaches says whether steps of interval hours come to one of the hours.
func reaches(hour, interval int, hours []int) bool {
	for range 24 {
		if slices.Contains(hours, hour) {
			return true
		}
		hour = (hour + interval) % 24
	}
	return false
}

// yearly gives the onsets of a rule of a VTIMEZONE, as wall times.
func (r *icalReader) yearly(value string, start time.Time) []time.Time {
	o, _, err := parseRule(value)
	if err != nil || o.Freq != rrule.YEARLY {
		return nil
	}
	o.Dtstart = start
	if last := time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC); o.Until.IsZero() || o.Until.After(last) {
		o.Until = last
	}
	starts, err := r.expand(o)
	if err != nil {
		return nil
	}
	return starts
}
