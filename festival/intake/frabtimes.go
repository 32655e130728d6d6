package intake

import (
	"cmp"
	"slices"
	"time"

	"feria/festival"
)

// times finds start and end of every event. Ends come last, since a length that
// can be read in two ways is decided by what follows in the room.
func (w *scheduler) times() {
	w.slots = make([]festival.RecordSlot, len(w.s.events))
	keys := map[string]string{}
	for _, r := range w.s.rooms {
		if _, ok := keys[r.name]; !ok && r.name != "" {
			keys[r.name] = roomKey(r)
		}
	}
	for i := range w.s.events {
		e := &w.s.events[i]
		if e.room == "" {
			w.note(festival.Guessed, "no_place", e.name(), e.line)
		}
		w.slots[i].Space = keys[e.room]
		if start, ok := w.start(e); ok {
			w.slots[i].Start = start
		} else {
			w.note(festival.Guessed, "no_start", e.name(), e.line)
		}
	}
	next := w.following()
	for i := range w.s.events {
		if !w.slots[i].Start.IsZero() {
			w.slots[i].End = w.slots[i].Start.Add(w.length(i, next[i]))
		}
	}
}

// start finds when an event starts: by its date and time with offset; else by
// its day and clock time in the zone, where a time before the day's own start
// is after midnight.
func (w *scheduler) start(e *schedEvent) (time.Time, bool) {
	record := e.name
	st, ok := readStamp(e.date)
	if e.date != "" && !ok {
		w.note(festival.Guessed, "value_unread", record(), e.line, "field", "date", "value", clip(e.date, 60))
	}
	if ok && st.hasPlace {
		_, shown := dayIn(st.instant, w.zone)
		if _, offset := st.instant.In(w.zone).Zone(); w.zoneSaid && !st.utc && offset != st.offset {
			w.note(festival.Guessed, "offset_differs", record(), e.line, "time", clip(e.date, 60), "zone", w.zone.String(), "taken", clockText(shown))
		} else if at, ok := clockOf(e.start); ok && w.zoneSaid && at%(24*time.Hour) != shown {
			w.note(festival.Guessed, "start_differs", record(), e.line, "start", clip(e.start, 20), "taken", clockText(shown))
		}
		return st.instant, true
	}
	if ok && st.hasTime {
		return w.local(st.day, st.since, w.zone, record(), e.line), true
	}
	at, timed := clockOf(e.start)
	if !timed {
		return time.Time{}, false
	}
	day := st.day
	if e.day >= 0 && e.day < len(w.s.days) {
		d := w.s.days[e.day]
		if dated, ok := readStamp(d.date); ok && (day == "" || day == dated.day) {
			day = dated.day
			if change, ok := w.dayBegins(d); ok && at < change {
				day = day.Add(1)
				w.note(festival.Guessed, "after_midnight", record(), e.line, "time", clip(e.start, 20), "day", d.date, "taken", string(day))
			}
		}
	}
	if day == "" {
		return time.Time{}, false
	}
	return w.local(day, at, w.zone, record(), e.line), true
}

// dayBegins gives the time of day at which a programme day begins.
func (w *scheduler) dayBegins(d schedDay) (time.Duration, bool) {
	if at, ok := clockOf(w.Event.DayChange); ok {
		return at, true
	}
	start, ok := readStamp(d.start)
	end, okEnd := readStamp(d.end)
	if !ok || !okEnd || !start.hasTime {
		return 0, false
	}
	if end.day == start.day && end.since >= start.since {
		return 0, false // the day ends before midnight
	}
	return start.since, true
}

// following gives for each event the start of the next one in its room.
func (w *scheduler) following() []time.Time {
	order := make([]int, 0, len(w.slots))
	for i, s := range w.slots {
		if s.Space != "" && !s.Start.IsZero() {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(w.slots[a].Space, w.slots[b].Space), w.slots[a].Start.Compare(w.slots[b].Start))
	})
	next := make([]time.Time, len(w.slots))
	for n := len(order) - 2; n >= 0; n-- {
		here, after := order[n], order[n+1]
		switch {
		case w.slots[here].Space != w.slots[after].Space:
		case w.slots[here].Start.Equal(w.slots[after].Start):
			next[here] = next[after]
		default:
			next[here] = w.slots[after].Start
		}
	}
	return next
}

// length finds how long an event takes. Next is the start of what follows in
// the room, zero for the last.
func (w *scheduler) length(i int, next time.Time) time.Duration {
	e := &w.s.events[i]
	start := w.slots[i].Start
	readings := lengths(e.duration)
	var byEnd time.Duration
	if st, ok := readStamp(e.end); ok && st.hasTime {
		end := st.instant
		if !st.hasPlace {
			end = w.local(st.day, st.since, w.zone, e.name(), e.line)
		}
		byEnd = end.Sub(start)
	}
	minutes := func(d time.Duration) int { return int(d / time.Minute) }
	switch {
	case len(readings) == 1 && readings[0] > 0:
		if countColons(e.duration) == 2 {
			w.tally(festival.Guessed, "length_three_parts", e.duration, e.name(), e.line, "minutes", minutes(readings[0]))
		}
		return readings[0]
	case len(readings) > 1 && readings[1] != readings[0]:
		d, code := w.decide(readings, byEnd, start, next, w.dayEnds(e.day))
		w.note(festival.Guessed, code, e.name(), e.line, "length", clip(e.duration, 30), "minutes", minutes(d))
		return d
	case byEnd > 0 && byEnd <= longest:
		return byEnd
	}
	d, code := assumedLength, "length_assumed"
	switch gap := next.Sub(start); {
	case len(readings) == 1 && e.end == "": // "00:00"
		d, code = noticeLength, "length_zero"
	case !next.IsZero() && gap <= 3*time.Hour:
		d, code = gap, "length_until_next"
	}
	w.note(festival.Guessed, code, e.name(), e.line, "length", clip(e.duration, 30), "minutes", minutes(d))
	return d
}

// decide chooses between two readings of a length: the one that ends when the
// event ends, or before the next begins, or within the day; else hours.
func (w *scheduler) decide(readings []time.Duration, byEnd time.Duration, start, next, dayEnd time.Time) (time.Duration, string) {
	if slices.Contains(readings, byEnd) {
		return byEnd, "length_by_end"
	}
	for _, limit := range []struct {
		at   time.Time
		code string
	}{{next, "length_by_next"}, {dayEnd, "length_by_day"}} {
		if limit.at.IsZero() {
			continue
		}
		first := !start.Add(readings[0]).After(limit.at)
		second := !start.Add(readings[1]).After(limit.at)
		if first != second {
			if first {
				return readings[0], limit.code
			}
			return readings[1], limit.code
		}
	}
	return readings[0], "length_undecided"
}

// dayEnds gives the instant at which a programme day ends.
func (w *scheduler) dayEnds(day int) time.Time {
	if day < 0 || day >= len(w.s.days) {
		return time.Time{}
	}
	st, ok := readStamp(w.s.days[day].end)
	switch {
	case ok && st.hasPlace:
		return st.instant
	case ok && st.hasTime:
		t, _ := wall(st.day, st.since, w.zone)
		return t
	}
	if st, ok = readStamp(w.s.days[day].date); ok {
		t, _ := wall(st.day.Add(1), 6*time.Hour, w.zone)
		return t
	}
	return time.Time{}
}

func countColons(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] == ':' {
			n++
		}
	}
	return n
}

// dayChangeFrom finds when the programme's days begin, where the file does not
// say it and lists sessions after midnight under the day before: at the day's
// own start, or at the first full hour after the last of them.
func (b *book) dayChangeFrom(s *schedule, slots []festival.RecordSlot) {
	if b.Event.DayChange != "" {
		return
	}
	latest, earliest, begins := time.Duration(-1), 24*time.Hour, 24*time.Hour
	for i, e := range s.events {
		if e.day < 0 || e.day >= len(s.days) || slots[i].Start.IsZero() {
			continue
		}
		dated, ok := readStamp(s.days[e.day].date)
		if !ok {
			continue
		}
		switch day, at := dayIn(slots[i].Start, b.zone); day {
		case dated.day:
			earliest = min(earliest, at)
		case dated.day.Add(1):
			latest = max(latest, at)
		}
		if st, ok := readStamp(s.days[e.day].start); ok && st.hasTime {
			begins = min(begins, st.since)
		}
	}
	if latest < 0 {
		return
	}
	change := begins
	if change <= latest || change > earliest {
		change = min(latest.Truncate(time.Hour)+time.Hour, earliest)
	}
	if change <= latest || change >= 24*time.Hour {
		return
	}
	b.Event.DayChange = clockText(change)
	b.note(festival.Guessed, "day_change_guessed", "", 0, "time", b.Event.DayChange)
}
