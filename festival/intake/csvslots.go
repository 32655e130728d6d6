package intake

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"feria/festival"
)

// slot makes the slot of a row; false if it has no start.
func (r *csvReader) slot(i int, record string) (festival.RecordSlot, bool) {
	at := r.t.lines[i]
	slot := festival.RecordSlot{}
	r.place(&slot, i, record)
	r.seating(&slot, i, record)
	if cancelled(r.value(i, "status")) || fold(r.value(i, "status")) == "abgesagt" || fold(r.value(i, "status")) == "annule" {
		slot.State = festival.Cancelled
	}
	if !r.when(&slot, i, record) {
		r.note(festival.Guessed, "no_start", record, at)
		return slot, false
	}
	return slot, true
}

// place finds venue, space and booth. A venue without a space gets one of its
// name, and a space alone belongs to the event's only venue.
func (r *csvReader) place(slot *festival.RecordSlot, i int, record string) {
	at := r.t.lines[i]
	venue := r.line(r.value(i, "venue"), "venue", record, at)
	room := r.line(r.value(i, "space"), "space", record, at)
	if venue == "" && room == "" {
		r.note(festival.Guessed, "no_place", record, at)
		return
	}
	space := festival.RecordSpace{Key: r.prefix + venue + "/" + room, Name: r.text(cmp.Or(room, venue), "")}
	if venue != "" {
		v := festival.RecordVenue{Key: r.prefix + venue, Name: r.text(venue, ""), Address: r.line(r.value(i, "address"), "address", record, at), District: r.line(r.value(i, "district"), "district", record, at)}
		if lat, lon, ok := readGeo(r.value(i, "lat") + ";" + r.value(i, "lon")); ok {
			v.Lat, v.Lon = lat, lon
		}
		space.Venue = r.venue(v)
	}
	if n, ok := r.number(i, "capacity", record); ok {
		space.Capacity = n
		if first, known := r.seats[space.Key]; known && first != n {
			r.tally(festival.Guessed, "capacity_differs", space.Name.String(), record, at, "taken", max(first, n))
		}
		r.seats[space.Key] = max(n, r.seats[space.Key])
	}
	slot.Space = r.space(space)
	if code := strings.Join(strings.Fields(r.value(i, "booth")), "-"); code != "" {
		code = clip(strings.ReplaceAll(code, "/", "-"), 40)
		slot.Booth = r.booth(festival.RecordBooth{Key: slot.Space + "#" + code, Code: code, Space: slot.Space})
	}
}

// booth gives the key of the booth, making it if it is new.
func (b *book) booth(v festival.RecordBooth) string {
	if !b.booths[v.Key] {
		b.booths[v.Key] = true
		b.Booths = append(b.Booths, v)
	}
	return v.Key
}

// number reads a count of people.
func (r *csvReader) number(i int, field, record string) (int, bool) {
	v := latinDigits(r.value(i, field))
	if v == "" {
		return 0, false
	}
	digitsOnly := strings.Join(strings.FieldsFunc(v, func(c rune) bool { return c < '0' || c > '9' }), "|")
	n, err := strconv.Atoi(digitsOnly)
	if err != nil || n > maxSeats {
		r.note(festival.Lost, "value_unread", record, r.t.lines[i], "field", field, "value", clip(v, 60))
		return 0, false
	}
	return n, true
}

// seating finds how people get in.
func (r *csvReader) seating(slot *festival.RecordSlot, i int, record string) {
	seats, counted := r.number(i, "seats", record)
	v := r.value(i, "booking")
	book, known := yesNo(v)
	linked := strings.Contains(v, "://") || strings.HasPrefix(v, "www.")
	switch {
	case counted && seats > 0 && (v == "" || book || !known):
		slot.Seating, slot.Seats = festival.Bookable, seats
	case linked || r.value(i, "link") != "" && book:
		slot.Seating = festival.External
	case book:
		slot.Seating = festival.External
		r.note(festival.Guessed, "booking_without_seats", record, r.t.lines[i])
	case v != "" && !known:
		r.tally(festival.Lost, "value_dropped", "booking "+v, record, r.t.lines[i])
	}
}

// when finds start and end from the columns for date, start, end and duration.
func (r *csvReader) when(slot *festival.RecordSlot, i int, record string) bool {
	at := r.t.lines[i]
	date, start, end := latinDigits(r.value(i, "date")), sheetTime(latinDigits(r.value(i, "start"))), sheetTime(latinDigits(r.value(i, "end")))
	if end == "" {
		if a, b, ok := clockRange(start); ok {
			start, end = a, b
		}
	}
	from, ok := r.moment(start, date, "start", record, at)
	if !ok {
		return false
	}
	slot.Start = from.instant
	if end != "" {
		if until, ok := r.moment(end, string(from.day), "end", record, at); ok {
			slot.End = r.after(from, until, record, at)
			r.setEnd(slot, true, record, at)
			return true
		}
	}
	if v := r.value(i, "duration"); v != "" {
		if all := lengths(v); len(all) > 0 && all[0] > 0 {
			if len(all) > 1 {
				r.note(festival.Guessed, "length_undecided", record, at, "length", clip(v, 30), "minutes", int(all[0]/time.Minute))
			}
			slot.End = slot.Start.Add(all[0])
			return true
		}
		r.note(festival.Guessed, "value_unread", record, at, "field", "duration", "value", clip(v, 60))
	}
	r.setEnd(slot, false, record, at)
	return true
}

// after gives the end, a day later where a time alone, or midnight, means that.
func (r *csvReader) after(from, until stamp, record string, at int) time.Time {
	if until.instant.After(from.instant) || until.hasPlace && !from.hasPlace {
		return until.instant
	}
	midnight := until.since == 0 && from.since > 0 && from.day == until.day
	night := from.day == until.day && until.since < from.since && until.since+24*time.Hour-from.since <= 12*time.Hour
	if !midnight && !(night && !until.hasTime) {
		return until.instant
	}
	next, _ := wall(until.day.Add(1), until.since, r.zone)
	r.note(festival.Guessed, "end_next_day", record, at, "end", clockText(until.since), "day", string(until.day.Add(1)))
	return next
}

// pointedDate is a day that reads like a time, "14.4." or "14.04.27".
var pointedDate = regexp.MustCompile(`^\s*\d{1,2}\.\s?\d{1,2}\.(\s?(\d{4}|[1-9]\d))?\s*$`)

// moment reads when something is from a value that may hold a date, a time or
// both, and a date column. In the stamp it gives, instant is always set, and
// hasTime says that the value itself named the day.
func (r *csvReader) moment(value, date, field, record string, at int) (stamp, bool) {
	if st, ok := readStamp(value); ok && (st.hasTime || date == "") {
		if !st.hasTime {
			r.note(festival.Guessed, "time_missing", record, at, "field", field)
		}
		if !st.hasPlace {
			st.instant = r.local(st.day, st.since, r.zone, record, at)
		}
		st.hasTime = true
		st.day, st.since = dayIn(st.instant, r.zone)
		return st, true
	}
	clock := value
	var found datedText
	dated := false
	_, timeOnly := readClock(value)
	timeOnly = timeOnly && !pointedDate.MatchString(value)
	if d, ok := r.times.readDate(date); ok && timeOnly { // "10.30" is no day then
		found = d
	} else if d, ok := r.times.readDate(value); ok && value != "" {
		found, dated, clock = d, true, d.rest
	} else if d, ok := r.times.readDate(date); ok {
		found, clock = d, cmp.Or(value, d.rest)
	} else if date != "" || strings.ContainsFunc(value, unicode.IsDigit) {
		r.note(festival.Guessed, "value_unread", record, at, "field", field, "value", clip(strings.TrimSpace(date+" "+value), 60))
		return stamp{}, false
	} else {
		return stamp{}, false
	}
	since, ok := readClock(clock)
	switch {
	case !ok && clock == "" && field == "start":
		r.note(festival.Guessed, "time_missing", record, at, "field", field)
	case !ok:
		r.note(festival.Guessed, "value_unread", record, at, "field", field, "value", clip(clock, 60))
		return stamp{}, false
	}
	if found.guessed != "" && field == "start" {
		r.tally(festival.Guessed, found.guessed, cmp.Or(date, value), record, at, "taken", string(found.day))
	}
	st := stamp{day: found.day, since: since, hasTime: dated}
	st.instant = r.local(st.day, since, r.zone, record, at)
	return st, true
}
