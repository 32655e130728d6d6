package intake

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"feria/festival"
	"feria/locale"
)

// list is one of the lists beside the sessions: what its ids and names mean.
type list struct {
	byID map[string]*node
	all  []*node
}

// sessionsFile reads the form in which conference apps (COSCUP, SITCON) publish
// their programme: sessions that point by id, or by name, into lists of
// speakers, rooms, types and tags, with a text per language for everything.
func (t *jsonTree) sessionsFile(root *node) error {
	t.prefix = "sessions:"
	speakers, rooms := newList(root.items("speakers")), newList(root.items("rooms"))
	types, tags := newList(root.items("session_types", "types", "tracks")), newList(root.items("tags"))
	t.unread(root, "file", "")
	for _, r := range rooms.all {
		t.listedRoom(r)
	}
	for _, p := range speakers.all {
		t.speaker(p)
	}
	for _, n := range root.items("sessions") {
		if n.kind != '{' {
			continue
		}
		if err := t.listedSession(n, speakers, rooms, types, tags); err != nil {
			return err
		}
	}
	if !t.zoneSaid {
		t.note(festival.Guessed, "zone_assumed", "", 0, "taken", t.zone.String())
	}
	return nil
}

func newList(nodes []*node) list {
	l := list{byID: map[string]*node{}}
	for _, n := range nodes {
		if n.kind != '{' {
			continue
		}
		l.all = append(l.all, n)
		for _, id := range append([]string{n.str("id")}, texts(n.localized("name", ""))...) {
			if _, taken := l.byID[id]; id != "" && !taken {
				l.byID[id] = n
			}
		}
	}
	return l
}

func texts(t locale.Text) []string {
	out := make([]string, 0, len(t))
	for _, l := range t.Languages() {
		out = append(out, t[l])
	}
	return out
}

// localized gives a member that may stand in the object itself or in one object
// per language ({"zh": {"title": …}, "en": {"title": …}}).
func (n *node) localized(name, lang string) locale.Text {
	t := locale.Text{}
	for _, s := range n.saidIn(name) {
		t[cmp.Or(s.lang, lang)] = s.text
	}
	for _, m := range n.members {
		if m.kind != '{' {
			continue
		}
		if tag, ok := languageTag(m.name); ok {
			m.used = true
			if text := m.str(name); text != "" {
				t[tag] = text
			}
		}
	}
	if len(t) == 0 {
		return nil
	}
	return t
}

// cleaned gives a localized text cleaned, and under one language only where the
// file repeats one text for all of them: untranslated text must not be marked
// as what it is not.
func (t *jsonTree) cleaned(n *node, name, record string, clean func(s, field, record string, at int) string) locale.Text {
	raw := n.localized(name, t.o.Lang)
	out := locale.Text{}
	for _, lang := range raw.Languages() {
		if s := clean(raw[lang], name, record, t.line(n.offset)); s != "" {
			out[lang] = s
		}
	}
	langs := out.Languages()
	if len(langs) < 2 {
		return out
	}
	for _, l := range langs[1:] {
		if out[l] != out[langs[0]] {
			return out
		}
	}
	s := out[langs[0]]
	lang := writtenIn(s, langs)
	t.tally(festival.Guessed, "text_same", name, record, t.line(n.offset), "taken", lang)
	return locale.Text{lang: s}
}

// writtenIn guesses by the script in which of the languages a text is.
func writtenIn(s string, langs []string) string {
	scripts := map[string]*unicode.RangeTable{"zh": unicode.Han, "ja": unicode.Han, "ko": unicode.Hangul, "ru": unicode.Cyrillic, "uk": unicode.Cyrillic, "ar": unicode.Arabic, "he": unicode.Hebrew, "el": unicode.Greek, "th": unicode.Thai, "hi": unicode.Devanagari}
	for _, l := range langs {
		base, _, _ := strings.Cut(l, "-")
		if table := scripts[base]; table != nil && strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(table, r) }) {
			return l
		}
	}
	for _, l := range langs {
		base, _, _ := strings.Cut(l, "-")
		if scripts[base] == nil {
			return l
		}
	}
	return langs[0]
}

func (t *jsonTree) listedRoom(r *node) string {
	id := r.str("id")
	if key := t.prefix + clip(id, 200); id != "" {
		if _, known := t.spaces[key]; known {
			return key
		}
	}
	name := t.cleaned(r, "name", named("room", id, ""), t.book.line)
	if name.Empty() {
		name = t.book.text(t.book.line(id, "name", "", 0), "")
	}
	if name.Empty() {
		return ""
	}
	return t.space(festival.RecordSpace{Key: t.prefix + clip(cmp.Or(id, name.String()), 200), Name: name})
}

func (t *jsonTree) speaker(p *node) string {
	id := p.str("id")
	record := named("speaker", id, "")
	if key := t.prefix + clip(id, 200); id != "" {
		if _, known := t.hosts[key]; known {
			return key
		}
	}
	names := t.cleaned(p, "name", record, t.book.line)
	if names.Empty() {
		t.note(festival.Lost, "person_unnamed", record, t.line(p.offset), "id", clip(id, 60))
		return ""
	}
	h := festival.RecordHost{Key: t.prefix + clip(cmp.Or(id, "name:"+names.String()), 200), Person: true, Bio: t.cleaned(p, "bio", record, t.long)}
	if h.Name = names.String(); len(names) > 1 {
		h.Name, h.Names = names[names.Languages()[0]], names
	}
	p.ignore("title", "email")
	t.unread(p, "speaker", record)
	return t.host(h)
}

func (t *jsonTree) listedSession(n *node, speakers, rooms, types, tags list) error {
	line := t.line(n.offset)
	id := n.str("id")
	s := festival.RecordSession{}
	record := named("session", id, oneLine(n.localized("title", "").String()))
	s.Title = t.cleaned(n, "title", record, t.book.line)
	s.Abstract = t.cleaned(n, "description", record, t.long)
	key := t.prefix + clip(id, 200)
	if id == "" {
		key = t.prefix + hashKey(s.Title.String(), n.str("start"), n.str("room"))
		t.note(festival.Guessed, "id_missing", record, line, "taken", key)
	}
	if s.Key = t.key("session ", key); s.Key != key {
		t.note(festival.Guessed, "key_repeated", record, line, "key", key, "taken", s.Key)
	}
	s.Code = t.code(id)
	s.Languages = t.languages(n.str("language"), record, line)
	if kind := n.str("type"); kind != "" {
		if ty := types.byID[kind]; ty != nil {
			s.Track = t.track(t.cleaned(ty, "name", record, t.book.line), "", ty.str("color"), record, line)
		} else {
			s.Format = t.format(kind, record, line)
		}
	}
	for _, tag := range n.items("tags") {
		t.tag(&s, tag.text, tags, record, line)
	}
	for _, p := range n.items("speakers") {
		key := ""
		if known := speakers.byID[cmp.Or(p.text, p.str("id"))]; known != nil {
			key = t.speaker(known)
		} else if name := t.book.line(cmp.Or(p.text, p.str("name")), "name", record, line); name != "" {
			t.note(festival.Guessed, "speaker_unlisted", record, line, "name", name)
			key = t.host(festival.RecordHost{Key: t.prefix + "name:" + name, Name: name, Person: true})
		}
		if key != "" && !slices.Contains(s.Hosts, key) {
			s.Hosts = append(s.Hosts, key)
		}
	}
	t.sessionLinks(&s, n, record, line)
	if slot, ok := t.listedSlot(n, rooms, record, line); ok {
		slot.Key = s.Key
		s.Slots = append(s.Slots, slot)
	}
	t.unread(n, "session", record)
	return t.session(s)
}

// tag reads a tag as a language or a level; others have no place.
func (t *jsonTree) tag(s *festival.RecordSession, id string, tags list, record string, line int) {
	words := []string{id}
	if known := tags.byID[id]; known != nil {
		words = append(words, texts(known.localized("name", ""))...)
	}
	for _, w := range words {
		switch fold(w) {
		case "beginner", "intermediate", "skilled", "advance", "advanced", "expert", "all levels":
			s.Level = w
			return
		}
	}
	for _, w := range words {
		if tag, ok := languageTag(w); ok {
			if base, _, _ := strings.Cut(tag, "-"); !slices.Contains(s.Languages, base) && !slices.Contains(s.Languages, tag) {
				s.Languages = append(s.Languages, tag)
			}
			return
		}
	}
	t.tally(festival.Lost, "tag_dropped", words[len(words)-1], record, line)
}

// sessionLinks takes the addresses that such lists have, each under its name.
func (t *jsonTree) sessionLinks(s *festival.RecordSession, n *node, record string, line int) {
	for _, l := range []struct {
		member, title string
		material      bool
	}{{"uri", "", false}, {"url", "", false}, {"record", "Recording", false}, {"live", "Live", false}, {"co_write", "Notes", false}, {"qa", "Q&A", false}, {"slide", "Slides", true}} {
		if link, ok := t.link(n.str(l.member), l.title, nil, record, line); ok {
			if l.material {
				s.Materials = addLink(s.Materials, link)
			} else {
				s.Links = addLink(s.Links, link)
			}
		}
	}
}

func (t *jsonTree) listedSlot(n *node, rooms list, record string, line int) (festival.RecordSlot, bool) {
	slot := festival.RecordSlot{}
	room := n.str("room")
	if known := rooms.byID[room]; known != nil {
		slot.Space = t.listedRoom(known)
	} else if name := t.book.line(room, "room", record, line); name != "" {
		slot.Space = t.space(festival.RecordSpace{Key: t.prefix + clip(room, 200), Name: t.book.text(name, "")})
	} else {
		t.note(festival.Guessed, "no_place", record, line)
	}
	if broadcast := n.items("broadcast"); len(broadcast) > 0 {
		t.tally(festival.Lost, "element_dropped", "session/broadcast", record, line)
	}
	st, ok := readStamp(n.str("start"))
	if !ok || !st.hasTime {
		t.note(festival.Guessed, "no_start", record, line)
		return slot, false
	}
	slot.Start = t.instant(st, record, line)
	end, ok := readStamp(n.str("end"))
	if ok && end.hasTime {
		slot.End = t.instant(end, record, line)
	}
	t.setEnd(&slot, ok && end.hasTime, record, line)
	return slot, true
}

// instant gives the instant of a stamp that has a time, in the book's zone
// where it has no offset of its own.
func (b *book) instant(st stamp, record string, line int) time.Time {
	if st.hasPlace {
		return st.instant
	}
	return b.local(st.day, st.since, b.zone, record, line)
}
