package intake

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"feria/festival"
)

// Bounds of repetition. They keep a hostile or broken rule from costing more
// than a file of its size may.
const (
	maxOccurrences = 500
	maxRules       = 5000
	dayHorizon     = 5 * 366 * 24 * time.Hour // how far daily and rarer rules are followed
	hourHorizon    = 60 * 24 * time.Hour      // how far hourly rules are
)

// occurrences gives the starts of a repeating event, in order. False: the event
// can not be taken, and the report says why. The error refuses the whole file.
func (w *icalEvents) occurrences(it *item) ([]time.Time, bool, error) {
	if it.start.IsZero() {
		return nil, false, nil
	}
	if w.rules++; w.rules > maxRules {
		return nil, false, refuse("import_too_many_rules", "max", maxRules)
	}
	loc := w.zoneOf(it.c.get("DTSTART"))
	var starts []time.Time
	if p := it.c.get("RRULE"); p != nil {
		var err error
		var ok bool
		if starts, ok, err = w.rule(it, p, loc); err != nil || !ok {
			return nil, false, err
		}
	} else {
		starts = []time.Time{it.start}
	}
	for i := range it.c.props {
		p := &it.c.props[i]
		if p.name != "RDATE" && p.name != "EXDATE" {
			continue
		}
		for _, v := range strings.Split(p.value, ",") {
			v, _, _ = strings.Cut(v, "/") // a period: its start
			t, _, ok := w.timeOf(v, p, it.record)
			if !ok {
				continue
			}
			at := slices.IndexFunc(starts, t.Equal)
			switch {
			case p.name == "RDATE" && at < 0:
				starts = append(starts, t)
			case p.name == "EXDATE" && at >= 0:
				starts = slices.Delete(starts, at, at+1)
			}
			if len(starts) > maxOccurrences {
				break
			}
		}
	}
	slices.SortFunc(starts, time.Time.Compare)
	if len(starts) > maxOccurrences {
		w.note(festival.Lost, "repeat_limit", it.record, it.c.line, "max", maxOccurrences)
		starts = starts[:maxOccurrences]
	}
	return starts, true, nil
}

// zoneOf gives the zone in which a rule counts its days.
func (w *icalEvents) zoneOf(p *property) *time.Location {
	if strings.HasSuffix(p.value, "Z") {
		return time.UTC
	}
	id := p.params["TZID"]
	if z := w.custom[id]; z != nil && z.loc != nil {
		return z.loc
	}
	if loc := zoneNamed(id); loc != nil && id != "" {
		return loc
	}
	return w.book.zone
}

// rule expands an RRULE. One without end is followed to the event's last day if
// that is known; else the event is left out. A rule that repeats every second or
// minute is nothing that takes place: without end it condemns the file.
func (w *icalEvents) rule(it *item, p *property, loc *time.Location) ([]time.Time, bool, error) {
	o, err := parseRule(p.value, loc)
	if err != nil {
		w.note(festival.Lost, "repeat_unread", it.record, p.line, "rule", clip(p.value, 100))
		return nil, false, nil
	}
	endless := o.Count == 0 && o.Until.IsZero()
	if o.Freq == rrule.SECONDLY || o.Freq == rrule.MINUTELY {
		if endless {
			return nil, false, unreadable("import_repeats_forever", p.line, it.record, nil)
		}
		w.note(festival.Lost, "repeat_too_often", it.record, p.line, "rule", clip(p.value, 100))
		return nil, false, nil
	}
	if endless {
		until := w.o.Until.Time(loc)
		if until.IsZero() {
			w.note(festival.Lost, "repeat_endless", it.record, p.line, "rule", clip(p.value, 100))
			return nil, false, nil
		}
		o.Until = until.AddDate(0, 0, 1).Add(-time.Second)
		w.note(festival.Guessed, "repeat_cut", it.record, p.line, "day", string(w.o.Until))
	}
	horizon := it.start.Add(dayHorizon)
	if o.Freq == rrule.HOURLY {
		horizon = it.start.Add(hourHorizon)
	}
	if o.Until.IsZero() || o.Until.After(horizon) {
		o.Until = horizon
	}
	starts, err := w.expandIn(it, o, loc)
	if err != nil {
		w.note(festival.Lost, "repeat_unread", it.record, p.line, "rule", clip(p.value, 100))
		return nil, false, nil
	}
	if endless && w.o.From != "" { // what was before the event does not belong to it
		from := w.o.From.Time(loc)
		starts = slices.DeleteFunc(starts, func(t time.Time) bool { return t.Before(from) })
	}
	return starts, true, nil
}

// expandIn expands a rule by the clocks of a zone: that of the location, or one
// that only the calendar describes, whose clocks are counted as if they were
// UTC's and then set right.
func (w *icalEvents) expandIn(it *item, o *rrule.ROption, loc *time.Location) ([]time.Time, error) {
	start := it.c.get("DTSTART")
	own := w.custom[start.params["TZID"]]
	clock, ok := wallTime(start.value)
	if own == nil || !own.described || !ok {
		o.Dtstart = it.start.In(loc)
		return expand(o)
	}
	o.Dtstart, o.Until = clock, o.Until.Add(clock.Sub(it.start))
	starts, err := expand(o)
	for i := range starts {
		starts[i] = own.at(starts[i])
	}
	return starts, err
}

func parseRule(value string, loc *time.Location) (*rrule.ROption, error) {
	value = strings.Trim(strings.ToUpper(strings.TrimSpace(value)), ";")
	if len(value) > 500 || strings.Contains(value, "\n") || strings.Contains(value, "DTSTART") {
		return nil, fmt.Errorf("rule of %d bytes", len(value))
	}
	o, err := rrule.StrToROptionInLocation(value, loc)
	if err != nil {
		return nil, err
	}
	// UNTIL as a date means the whole of that day; as a time with Z it is UTC.
	if _, until, ok := strings.Cut(value, "UNTIL="); ok {
		until, _, _ = strings.Cut(until, ";")
		if !strings.Contains(until, "T") {
			o.Until = o.Until.AddDate(0, 0, 1).Add(-time.Second)
		}
	}
	return o, nil
}

// expand runs a rule for at most one occurrence more than are taken.
func expand(o *rrule.ROption) (starts []time.Time, err error) {
	defer func() {
		if r := recover(); r != nil { // the library indexes by what the rule says
			starts, err = nil, fmt.Errorf("rule: %v", r)
		}
	}()
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
	return starts, nil
}

// yearly gives the onsets of a rule of a VTIMEZONE, as wall times.
func yearly(value string, start time.Time) []time.Time {
	o, err := parseRule(value, time.UTC)
	if err != nil || o.Freq != rrule.YEARLY {
		return nil
	}
	o.Dtstart = start
	if last := time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC); o.Until.IsZero() || o.Until.After(last) {
		o.Until = last
	}
	starts, err := expand(o)
	if err != nil {
		return nil
	}
	return starts
}
