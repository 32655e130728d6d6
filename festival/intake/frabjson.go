package intake

import (
	"strconv"

	"feria/festival"
)

// readJSON reads a JSON file: schedule.json v1, or a list of sessions with
// speakers and rooms beside it.
func readJSON(b *book, text string) error {
	t, root, err := parseJSON(b, text)
	if err != nil {
		return err
	}
	if root.get("schedule") != nil {
		b.Format = scheduleJSON
		return t.scheduleFile(root)
	}
	if s := root.get("sessions"); s != nil && s.kind == '[' {
		b.Format = sessionsJSON
		return t.sessionsFile(root)
	}
	found := "[…]"
	if root.kind == '{' && len(root.members) > 0 {
		found = "{" + clip(root.members[0].name, 40) + ": …}"
	}
	return refuse("import_unknown_content", "found", found)
}

// scheduleFile reads schedule.json v1.
func (t *jsonTree) scheduleFile(root *node) error {
	sched := root.get("schedule")
	conf := sched.get("conference")
	if conf == nil || conf.kind != '{' {
		return unreadable("import_unreadable", t.line(sched.offset), "schedule/conference", nil)
	}
	root.ignore("$schema", "generator")
	s := &schedule{
		version: sched.str("version"), url: sched.str("url"), base: sched.str("base_url"),
		title: conf.str("title"), acronym: conf.str("acronym"), start: conf.str("start"), end: conf.str("end"),
		zone: conf.str("time_zone_name"), dayChange: conf.str("day_change"), venue: conf.str("venue"), city: conf.str("city"),
	}
	if u := conf.str("url"); u != "" {
		s.url = u
	}
	if colors := conf.get("colors", "color"); colors != nil {
		s.color = colors.text
		if colors.kind == '{' {
			s.color = colors.str("primary")
		}
	}
	conf.ignore("daysCount", "timeslot_duration")
	for _, tr := range conf.items("tracks") {
		name := t.book.text(t.book.line(tr.str("name"), "track", "", 0), "")
		if !name.Empty() {
			s.tracks = append(s.tracks, schedTrack{name: name, slug: tr.str("slug"), color: tr.str("color")})
		}
		t.unread(tr, "track", "")
	}
	for _, r := range conf.items("rooms") {
		capacity, err := strconv.Atoi(r.str("capacity"))
		if err != nil || capacity < 0 || capacity > maxSeats {
			capacity = 0
		}
		r.ignore("slug")
		s.rooms = append(s.rooms, schedRoom{name: r.str("name"), guid: r.str("guid"), capacity: capacity})
		t.unread(r, "room", r.str("name"))
	}
	for _, d := range conf.items("days") {
		t.day(s, d)
	}
	t.extras(conf, func(x extra) { s.extras.add(x) })
	t.unread(conf, "conference", "")
	t.unread(sched, "schedule", "")
	return t.book.schedule(s)
}

// maxSeats is the most that package festival takes for a space or slot.
const maxSeats = 100_000

func (t *jsonTree) day(s *schedule, d *node) {
	s.days = append(s.days, schedDay{date: d.str("date"), start: d.str("day_start"), end: d.str("day_end")})
	d.ignore("index")
	rooms := d.get("rooms")
	t.unread(d, "day", d.str("date"))
	if rooms == nil || rooms.kind != '{' {
		return
	}
	for _, r := range rooms.members {
		s.meet(schedRoom{name: r.name})
		for _, e := range r.members {
			if r.kind == '[' && e.kind == '{' {
				t.event(s, r.name, e)
			}
		}
	}
}

func (t *jsonTree) event(s *schedule, room string, n *node) {
	e := schedEvent{
		line: t.line(n.offset), day: len(s.days) - 1, room: room,
		id: n.str("id"), guid: n.str("guid"), code: n.str("code"), feria: n.str("feria_session"),
		date: n.str("date"), start: n.str("start"), end: n.str("end", "feria_end"), duration: n.str("duration"),
		title: n.saidIn("title"), subtitle: n.saidIn("subtitle"), abstract: n.saidIn("abstract"), long: n.saidIn("description"),
		slug: n.str("slug"), kind: n.str("type"), lang: n.str("language"), track: n.str("track"),
		url: n.str("url"), origin: n.str("origin_url"), feedback: n.str("feedback_url"),
		license: n.str("recording_license"), video: n.str("video_download_url"),
	}
	if tr := n.get("track"); tr != nil && tr.kind == '{' {
		e.track, e.trackSlug = tr.str("name"), tr.str("slug")
	}
	e.trackSlug = n.str("feria_track")
	t.extras(n, func(x extra) { e.extra.children = append(e.extra.children, x) })
	e.noRecord, _ = yesNo(n.str("do_not_record"))
	e.cancelled = cancelled(n.str("status", "state"))
	if inner := n.str("room"); inner != "" && inner != room {
		t.note(festival.Guessed, "room_differs", e.name(), e.line, "room", clip(inner, 60), "taken", clip(room, 60))
	}
	for _, p := range n.items("persons", "speakers") {
		e.persons = append(e.persons, schedPerson{
			id: p.str("id"), guid: p.str("guid"), code: p.str("code"), name: p.str("public_name", "name", "full_public_name"),
			bio: p.str("biography", "bio", "abstract"), url: p.str("url"),
		})
		t.unread(p, "person", e.name())
	}
	e.links = t.links(n, "links", e.name())
	e.attachments = t.links(n, "attachments", e.name())
	t.unread(n, "event", e.name())
	s.events = append(s.events, e)
}

func (t *jsonTree) links(n *node, name, record string) []festival.Link {
	var out []festival.Link
	for _, l := range n.items(name) {
		if l.kind == '"' {
			out = append(out, festival.Link{URL: l.text})
			continue
		}
		l.ignore("type", "id", "service")
		out = append(out, festival.Link{URL: l.str("url", "href"), Title: l.str("title", "name", "label")})
		t.unread(l, name, record)
	}
	return out
}
