package intake

import (
	"cmp"
	"slices"
	"strings"

	"feria/festival"
	"feria/locale"
)

// event takes one event in: a session with one slot, or one more slot of a
// session of our own export.
func (w *scheduler) event(i int) error {
	e := &w.s.events[i]
	record := e.name()
	slot := w.slots[i]
	key := w.prefix + cmp.Or(e.guid, e.id)
	if e.guid == "" && e.id == "" {
		key = w.prefix + cmp.Or(e.code, e.slug, e.room+"@"+e.date+e.start)
		w.note(festival.Guessed, "id_missing", record, e.line, "taken", clip(key, 100))
	}
	slot.Key = w.key("slot ", key)
	if slot.Key != key {
		w.note(festival.Guessed, "key_repeated", record, e.line, "key", clip(key, 100), "taken", slot.Key)
	}
	slot.GUID = e.guid
	if e.cancelled {
		slot.State = festival.Cancelled
	}
	if w.s.extras.given {
		e.extraSlot(w.prefix, &slot)
	}
	if e.feria != "" {
		if at, ok := w.grouped[e.feria]; ok {
			w.Sessions[at].Slots = append(w.Sessions[at].Slots, slot)
			w.book.slots++
			return nil
		}
		w.grouped[e.feria] = len(w.Sessions)
	}
	s := festival.RecordSession{Key: slot.Key, Slots: []festival.RecordSlot{slot}}
	w.describe(&s, e, record)
	for _, p := range e.persons {
		if key := w.person(p, record, e.line); key != "" && !slices.Contains(s.Hosts, key) {
			s.Hosts = append(s.Hosts, key)
		}
	}
	return w.session(s)
}

// describe fills in what is said of the content.
func (w *scheduler) describe(s *festival.RecordSession, e *schedEvent, record string) {
	s.Code = w.code(cmp.Or(e.feria, e.code, codeInSlug(e.slug), e.id))
	s.Languages = w.languages(e.lang, record, e.line)
	lang := ""
	if len(s.Languages) == 1 {
		lang = s.Languages[0]
	}
	if w.s.extras.given {
		lang = "" // that of the file, whatever is spoken
	}
	ours := e.feria != "" // its Markdown is our own and is taken as it stands
	texts := func(all []said, field string, clean func(s, field, record string, at int) string) locale.Text {
		var t locale.Text
		for _, v := range all {
			if text := clean(v.text, field, record, e.line); text != "" {
				if t == nil {
					t = locale.Text{}
				}
				t[cmp.Or(v.lang, lang, w.o.Lang)] = text
			}
		}
		return t
	}
	line, long := w.line, w.long
	if ours {
		line, long = w.bounded, w.bounded
	}
	s.Title = texts(e.title, "title", line)
	s.Subtitle = texts(e.subtitle, "subtitle", line)
	s.Abstract = texts(e.abstract, "abstract", long)
	s.Description = texts(e.long, "description", long)
	s.Format = w.format(e.kind, record, e.line)
	if e.track != "" {
		s.Track = w.track(w.text(w.line(e.track, "track", record, e.line), ""), e.trackSlug, "", record, e.line)
	}
	s.NoRecord = e.noRecord
	if w.s.extras.given {
		e.extraSession(s)
	}
	for _, l := range e.links {
		if l, ok := w.link(l.URL, l.Title, w.base, record, e.line); ok {
			s.Links = addLink(s.Links, l)
		}
	}
	addresses := []string{e.origin, e.video, e.feedback}
	if !ours { // the page of our own export is the session's own
		addresses = append(addresses, e.url)
	}
	for _, address := range addresses {
		if l, ok := w.link(address, "", w.base, record, e.line); ok {
			s.Links = addLink(s.Links, l)
		}
	}
	for _, a := range e.attachments {
		if a, ok := w.link(a.URL, a.Title, w.base, record, e.line); ok {
			s.Materials = addLink(s.Materials, a)
		}
	}
	if e.license != "" {
		w.tally(festival.Lost, "element_dropped", "recording license", record, e.line)
	}
}

// codeInSlug finds the code that some tools write only into the slug, before
// ("L7ERNP-some-title") the title.
func codeInSlug(slug string) string {
	head, _, _ := strings.Cut(slug, "-")
	if len(head) != 6 {
		return ""
	}
	for _, r := range head {
		if r < '0' || r > '9' && r < 'A' || r > 'Z' {
			return ""
		}
	}
	return head
}
