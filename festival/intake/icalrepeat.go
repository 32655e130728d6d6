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
	var starts []time.Time
	if p := it.c.get("RRULE"); p != nil {
		var err error
		var ok bool
		if starts, ok, err = w.rule(it, p); err != nil || !ok {
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

// rule expands an RRULE by the clocks of its zone, counted as if they were UTC's
// and then set right. One without end is followed to the event's last day if
// that is known; else only its first time is taken. A rule that repeats every second or
// minute is nothing that takes place: without end it condemns the file.
func (w *icalEvents) rule(it *item, p *property) ([]time.Time, bool, error) {
	o, instant, err := parseRule(p.value)
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
	zone := w.clocksOf(it)
	o.Dtstart = zone.show(it.start)
	if clock, ok := wallTime(it.c.get("DTSTART").value); ok {
		o.Dtstart = clock // also where the clocks jump over it
	}
	if instant && !(it.day && o.Until.Truncate(24*time.Hour).Equal(o.Until)) { // else a date was meant
		o.Until = zone.show(o.Until)
	}
	if endless {
		if until.IsZero() {
			w.note(festival.Guessed, "repeat_endless", it.record, p.line, "rule", clip(p.value, 100))
			return []time.Time{it.start}, true, nil
		}
		o.Until = zone.show(until)
		if until.Before(it.start) {
			w.note(festival.Lost, "repeat_outside", it.record, p.line, "rule", clip(p.value, 100))
			return nil, false, nil
		}
		w.note(festival.Guessed, "repeat_cut", it.record, p.line, "day", string(w.o.Until))
	}
	horizon := o.Dtstart.Add(dayHorizon)
	if o.Freq == rrule.HOURLY {
		horizon = o.Dtstart.Add(hourHorizon)
	}
	if o.Until.IsZero() || o.Until.After(horizon) {
		o.Until = horizon
	}
	starts, err := w.expand(o)
	if err != nil {
		w.note(festival.Lost, "repeat_unread", it.record, p.line, "rule", clip(p.value, 100))
		return nil, false, nil
	}
	for i := range starts {
		starts[i] = zone.at(starts[i])
	}
	starts = slices.CompactFunc(starts, time.Time.Equal) // two clocks over which they jumped
	if endless {                                         // what is before or after the event does not belong to it
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
