package intake

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"feria/festival"
)

// readICal reads iCalendar.
func readICal(b *book, text string) error {
	b.prefix = "ical:"
	r := &icalReader{book: b}
	if err := r.components(text); err != nil {
		return err
	}
	r.head()
	w := &icalEvents{icalReader: r, custom: r.ownZones()}
	return w.all()
}

// head takes what the calendar says of the event.
func (r *icalReader) head() {
	c := &r.calendar
	r.Event.Title = r.book.text(r.book.line(cmp.Or(c.value("NAME"), c.value("X-WR-CALNAME")), "title", "VCALENDAR", 0), "")
	if zone := cmp.Or(c.value("X-WR-TIMEZONE"), c.value("TIMEZONE-ID")); zone != "" {
		r.setZone(zone)
	}
	if u := c.value("URL"); festival.GoodURL(u) {
		r.Event.URL = u
	}
	if color := c.value("COLOR"); goodColor(color) {
		r.Event.Color = color
	}
}

// icalEvents turns VEVENTs into sessions.
type icalEvents struct {
	*icalReader
	custom map[string]*ownZone // by TZID
	rules  int                 // repeating events seen
}

// item is one VEVENT with what decides its key.
type item struct {
	c          component
	uid        string
	recurrence string // UTC start of the occurrence it replaces, "" for none
	title      string
	sequence   int
	start      time.Time
	end        time.Time
	day        bool // DTSTART is a date without time
	record     string
}

func (w *icalEvents) all() error {
	byUID := map[string][]*item{}
	var order []string
	for _, c := range w.events {
		it := w.item(c)
		if _, seen := byUID[it.uid]; !seen {
			order = append(order, it.uid)
		}
		byUID[it.uid] = append(byUID[it.uid], it)
	}
	for _, uid := range order {
		if err := w.sameUID(uid, byUID[uid]); err != nil {
			return err
		}
	}
	return nil
}

// item reads what identifies an event, and its times.
func (w *icalEvents) item(c component) *item {
	it := &item{c: c, uid: c.value("UID"), title: oneLine(c.value("SUMMARY"))}
	it.record = named("VEVENT", it.uid, it.title)
	it.sequence, _ = strconv.Atoi(c.value("SEQUENCE"))
	if p := c.get("RECURRENCE-ID"); p != nil {
		if t, _, ok := w.time(p, it.record); ok {
			it.recurrence = keyTime(t)
		}
	}
	w.period(it)
	if it.uid == "" {
		it.uid = hashKey(it.title, keyTime(it.start), c.value("LOCATION"))
		w.note(festival.Guessed, "id_missing", it.record, c.line, "taken", it.uid)
	}
	return it
}

// keyTime is how a time stands in keys: basic format, UTC.
func keyTime(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// sameUID takes the events of one UID in: a repeating one with the occurrences
// that differ, or single ones.
func (w *icalEvents) sameUID(uid string, items []*item) error {
	items = w.newest(items)
	var masters, parts []*item
	for _, it := range items {
		if it.recurrence != "" {
			parts = append(parts, it)
		} else {
			masters = append(masters, it)
		}
	}
	if len(masters) > 1 {
		w.note(festival.Guessed, "uid_repeated", masters[1].record, masters[1].c.line, "uid", clip(uid, 100), "count", len(masters))
	}
	for _, it := range masters {
		key := w.prefix + clip(uid, 200)
		if len(masters) > 1 {
			key += "@" + keyTime(it.start)
		}
		mine := parts
		if len(masters) > 1 {
			mine = nil
		}
		if err := w.take(it, w.key("session ", key), mine); err != nil {
			return err
		}
	}
	if len(parts) == 0 || len(masters) == 1 {
		return nil
	}
	// Changed occurrences of an event that is not in the file.
	s := w.describe(parts[0])
	s.Key = w.key("session ", w.prefix+clip(uid, 200))
	for _, it := range parts {
		if slot, ok := w.slot(it, s.Key+"@"+it.recurrence); ok {
			s.Slots = append(s.Slots, slot)
		}
	}
	return w.session(s)
}

// newest leaves out exact repetitions and older revisions (RFC 5545, 3.8.7.4).
func (w *icalEvents) newest(items []*item) []*item {
	if len(items) == 1 {
		return items
	}
	type times struct {
		what       string
		start, end time.Time
	}
	out := items[:0:0]
	exact, first := map[times]int{}, map[string]int{} // indexes into out
	for _, it := range items {
		what := it.recurrence + "\x00" + it.title
		same, repeated := exact[times{what, it.start, it.end}]
		if before, ok := first[what]; !repeated && ok && out[before].sequence != it.sequence {
			same, repeated = before, true
		}
		if !repeated {
			exact[times{what, it.start, it.end}] = len(out)
			if _, ok := first[what]; !ok {
				first[what] = len(out)
			}
			out = append(out, it)
			continue
		}
		if it.sequence > out[same].sequence {
			out[same] = it
		}
		w.note(festival.Repaired, "revision_dropped", it.record, it.c.line, "start", keyTime(it.start))
	}
	return out
}

// take makes a session of one event with its repetitions.
func (w *icalEvents) take(it *item, key string, changed []*item) error {
	s := w.describe(it)
	s.Key = key
	repeats := it.c.get("RRULE") != nil || it.c.get("RDATE") != nil
	if !repeats {
		if slot, ok := w.slot(it, key); ok {
			s.Slots = append(s.Slots, slot)
		}
		for _, c := range changed {
			if slot, ok := w.slot(c, key+"@"+c.recurrence); ok {
				s.Slots = append(s.Slots, slot)
			}
		}
		return w.session(s)
	}
	starts, ok, err := w.occurrences(it)
	if err != nil || !ok {
		return err
	}
	replaced := map[string]*item{}
	for _, c := range changed {
		replaced[c.recurrence] = c
	}
	model, _ := w.slot(it, key)
	for _, start := range starts {
		slotKey := key + "@" + keyTime(start)
		if c := replaced[keyTime(start)]; c != nil {
			delete(replaced, keyTime(start))
			if c.title != it.title || c.c.value("DESCRIPTION") != it.c.value("DESCRIPTION") {
				w.note(festival.Lost, "occurrence_text", c.record, c.c.line, "start", keyTime(start))
			}
			if slot, ok := w.slot(c, slotKey); ok {
				s.Slots = append(s.Slots, slot)
			}
			continue
		}
		slot := model
		slot.Key, slot.GUID, slot.Start, slot.End = slotKey, "", start, w.endOf(it, start)
		s.Slots = append(s.Slots, slot)
	}
	for _, c := range changed {
		if replaced[c.recurrence] == nil {
			continue
		}
		if slot, ok := w.slot(c, key+"@"+c.recurrence); ok {
			s.Slots = append(s.Slots, slot)
		}
	}
	return w.session(s)
}

// slot makes the slot of one event; false without a time.
func (w *icalEvents) slot(it *item, key string) (festival.RecordSlot, bool) {
	if it.start.IsZero() {
		return festival.RecordSlot{}, false
	}
	slot := festival.RecordSlot{Key: key, Start: it.start, End: it.end, Space: w.place(it)}
	if guidLike(it.uid) && it.recurrence == "" && !strings.Contains(key, "@") && !strings.Contains(key, "#") {
		slot.GUID = strings.ToLower(it.uid)
	}
	switch status := strings.ToUpper(it.c.value("STATUS")); status {
	case "CANCELLED", "CANCELED":
		slot.State = festival.Cancelled
	case "", "CONFIRMED":
	default:
		w.tally(festival.Lost, "value_dropped", "STATUS "+status, it.record, it.c.line)
	}
	return slot, true
}

// place gives the key of the space of LOCATION, and with GEO also a venue.
func (w *icalEvents) place(it *item) string {
	name := w.book.line(it.c.value("LOCATION"), "location", it.record, it.c.line)
	if name == "" {
		w.note(festival.Guessed, "no_place", it.record, it.c.line)
		return ""
	}
	key := w.prefix + name
	space := festival.RecordSpace{Key: key, Name: w.book.text(name, w.language(it.c.get("LOCATION")))}
	if lat, lon, ok := readGeo(it.c.value("GEO")); ok {
		space.Venue = w.venue(festival.RecordVenue{Key: key, Name: space.Name, Lat: lat, Lon: lon})
	}
	return w.space(space)
}

func readGeo(s string) (lat, lon float64, ok bool) {
	a, o, found := strings.Cut(s, ";")
	lat, errLat := strconv.ParseFloat(strings.TrimSpace(a), 64)
	lon, errLon := strconv.ParseFloat(strings.TrimSpace(o), 64)
	return lat, lon, found && errLat == nil && errLon == nil && lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180 && (lat != 0 || lon != 0)
}

// guidLike says whether a UID is a UUID, which exports can give out again.
func guidLike(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i] | 0x20; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if s[i] != '-' {
				return false
			}
		case !(s[i] >= '0' && s[i] <= '9' || c >= 'a' && c <= 'f'):
			return false
		}
	}
	return true
}

func (w *icalEvents) language(p *property) string {
	if p == nil || p.params["LANGUAGE"] == "" {
		return ""
	}
	tag, _ := languageTag(p.params["LANGUAGE"])
	return tag
}
