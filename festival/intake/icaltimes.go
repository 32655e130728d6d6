package intake

import (
	"strings"
	"time"

	"feria/festival"
)

// wallTime reads "20270412T100000" or "20270412" as if it were UTC.
func wallTime(s string) (time.Time, bool) {
	s = strings.TrimSuffix(strings.ToUpper(strings.TrimSpace(s)), "Z")
	for _, layout := range []string{"20060102T150405", "20060102T1504", "20060102", "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil && goodYear(t.Year()) {
			return t, true
		}
	}
	return time.Time{}, false
}

// time gives the instant of a date or date and time property, and whether it
// was a date alone.
func (w *icalEvents) time(p *property, record string) (t time.Time, day, ok bool) {
	return w.timeOf(p.value, p, record)
}

func (w *icalEvents) timeOf(value string, p *property, record string) (t time.Time, day, ok bool) {
	value = strings.TrimSpace(value)
	asUTC, ok := wallTime(value)
	if !ok {
		w.note(festival.Guessed, "value_unread", record, p.line, "field", p.name, "value", clip(value, 60))
		return time.Time{}, false, false
	}
	if !strings.ContainsAny(value, "Tt") {
		t, _ := wall(festival.Date(asUTC.Format(time.DateOnly)), 0, w.book.zone)
		return t, true, true
	}
	if strings.HasSuffix(value, "Z") || strings.HasSuffix(value, "z") {
		return asUTC, false, true
	}
	return w.instantIn(asUTC, p, record), false, true
}

// instantIn gives the instant of a wall time by the property's TZID, or in the
// event's zone where it has none that is known.
func (w *icalEvents) instantIn(asUTC time.Time, p *property, record string) time.Time {
	id := p.params["TZID"]
	loc := w.book.zone
	switch z := w.custom[id]; {
	case id == "":
		if !w.zoneSaid {
			w.tally(festival.Guessed, "zone_assumed", "", record, p.line, "taken", loc.String())
		} else {
			w.tally(festival.Guessed, "time_floating", loc.String(), record, p.line)
		}
	case z != nil && z.loc != nil:
		loc = z.loc
	case z != nil && z.described:
		return z.at(asUTC)
	default:
		if named := zoneNamed(id); named != nil {
			loc = named
		} else {
			w.tally(festival.Guessed, "zone_unknown", id, record, p.line, "zone", clip(id, 80), "taken", loc.String())
		}
	}
	day := festival.Date(asUTC.Format(time.DateOnly))
	return w.local(day, asUTC.Sub(day.Time(time.UTC)), loc, record, p.line)
}

// period finds start and end of an event.
func (w *icalEvents) period(it *item) {
	p := it.c.get("DTSTART")
	if p == nil {
		w.note(festival.Guessed, "no_start", it.record, it.c.line)
		return
	}
	start, day, ok := w.time(p, it.record)
	if !ok {
		w.note(festival.Guessed, "no_start", it.record, it.c.line)
		return
	}
	it.start, it.day = start, day
	slot := festival.RecordSlot{Start: start}
	said := false
	if p := it.c.get("DTEND"); p != nil {
		if end, endsDay, ok := w.time(p, it.record); ok {
			slot.End, said = end, true
			if day && endsDay && end.Equal(start) { // meant as "on this day"
				slot.End = start
				said = false
			}
		}
	} else if p := it.c.get("DURATION"); p != nil {
		if d, ok := isoLength(p.value); ok {
			slot.End, said = start.Add(d), true
			if day {
				slot.End = later(start, d, w.book.zone)
			}
		} else {
			w.note(festival.Guessed, "value_unread", it.record, p.line, "field", p.name, "value", clip(p.value, 60))
		}
	}
	if day {
		w.note(festival.Guessed, "all_day", it.record, it.c.line, "day", start.In(w.book.zone).Format(time.DateOnly))
		if !said {
			d, _ := dayIn(start, w.book.zone)
			slot.End, _ = wall(d.Add(1), 0, w.book.zone)
			said = true
		}
	}
	w.setEnd(&slot, said, it.record, it.c.line)
	it.end = slot.End
}
