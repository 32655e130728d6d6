package intake

import (
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"feria/festival"
)

// Bounds of repetition: how much of it is taken.
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

// endOf gives the end of the occurrence of an event that begins at start. One
// that lasts whole days ends when the clocks show midnight: where they change, a
// day has 23 or 25 hours.
func (w *icalEvents) endOf(it *item, start time.Time) time.Time {
	if !it.day {
		return start.Add(it.end.Sub(it.start))
	}
	first, from := sinceMidnight(it.start, w.book.zone)
	last, to := sinceMidnight(it.end, w.book.zone)
	length := time.Duration(first.Until(last))*24*time.Hour + to - from
	return later(start, length, w.book.zone)
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
// that is known; else only its first time is taken. A rule that repeats every second or
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
	from, until := w.days()
	if endless {
		if until.IsZero() {
			w.note(festival.Guessed, "repeat_endless", it.record, p.line, "rule", clip(p.value, 100))
			return []time.Time{it.start}, true, nil
		}
		o.Until = until
		if o.Until.Before(it.start) {
			w.note(festival.Lost, "repeat_outside", it.record, p.line, "rule", clip(p.value, 100))
			return nil, false, nil
		}
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
	if endless { // what is before or after the event does not belong to it
		starts = slices.DeleteFunc(starts, func(t time.Time) bool { return t.Before(from) || t.After(until) })
	}
	if len(starts) == 0 {
		w.note(festival.Lost, "repeat_outside", it.record, p.line, "rule", clip(p.value, 100))
		return nil, false, nil
	}
	return starts, true, nil
}

// days gives the first and last second of the event's days, the zero time for
// one that is not known. What a rule without end brought outside of them would
// widen the event, and with it the rule, at every import.
func (w *icalEvents) days() (from, until time.Time) {
	change, _ := clockOf(w.o.DayChange)
	if w.o.From.Valid() {
		from, _ = wall(w.o.From, change, w.home)
	}
	if w.o.Until.Valid() {
		until, _ = wall(w.o.Until.Add(1), change, w.home)
		until = until.Add(-time.Second)
	}
	return from, until
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
		return w.expand(o)
	}
	o.Dtstart, o.Until = clock, o.Until.Add(clock.Sub(it.start))
	starts, err := w.expand(o)
	for i := range starts {
		starts[i] = own.at(starts[i])
	}
	return starts, err
}
