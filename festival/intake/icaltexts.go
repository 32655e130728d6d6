package intake

import (
	"regexp"
	"slices"
	"strings"

	"feria/festival"
)

// saysNothing are properties that Feria makes anew or that have no meaning for
// a programme.
var saysNothing = map[string]bool{
	"DTSTAMP": true, "CREATED": true, "LAST-MODIFIED": true, "SEQUENCE": true, "TRANSP": true, "PRIORITY": true, "X-MICROSOFT-CDO-BUSYSTATUS": true, "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR": true,
}

// taken are the properties that describe, slot or period read.
var taken = map[string]bool{
	"UID": true, "SUMMARY": true, "DESCRIPTION": true, "LOCATION": true, "GEO": true, "STATUS": true, "DTSTART": true, "DTEND": true, "DURATION": true, "RRULE": true, "RDATE": true, "EXDATE": true,
	"RECURRENCE-ID": true, "CATEGORIES": true, "URL": true, "ATTACH": true, "ORGANIZER": true, "CLASS": true, "CONFERENCE": true, "X-ALT-DESC": true,
}

// titlePrefix is a kind in brackets before the title: "[talk] How to …".
var titlePrefix = regexp.MustCompile(`^\[([\p{L}][\p{L}\p{N} _-]{1,30})\]\s+(\S.*)$`)

// describe makes the session of an event, without key and slots.
func (w *icalEvents) describe(it *item) festival.RecordSession {
	c, at := &it.c, it.c.line
	var s festival.RecordSession
	lang := w.language(c.get("SUMMARY"))
	title := w.book.line(c.value("SUMMARY"), "title", it.record, at)
	description := c.value("DESCRIPTION")
	if description == "" {
		description = c.value("X-ALT-DESC")
	}
	kind, text, people := w.announced(description, title, it)
	if m := titlePrefix.FindStringSubmatch(title); m != nil && (kind == "" || fold(kind) == fold(m[1])) {
		kind, title = m[1], m[2]
		w.tally(festival.Guessed, "title_prefix", kind, it.record, at)
	}
	s.Title = w.book.text(title, lang)
	if lang != "" {
		s.Languages = []string{lang}
	}
	textLang := w.language(c.get("DESCRIPTION"))
	if textLang == "" {
		textLang = lang
	}
	s.Abstract = w.book.text(w.long(text, "description", it.record, at), textLang)
	if kind != "" {
		s.Format = w.format(kind, it.record, at)
	}
	w.categories(&s, it)
	for _, p := range people {
		key := w.prefix + "name:" + p.name
		key = w.host(festival.RecordHost{Key: key, Name: p.name, Person: true, Bio: w.book.text(w.long(p.bio, "biography", it.record, at), textLang)})
		if !slices.Contains(s.Hosts, key) {
			s.Hosts = append(s.Hosts, key)
		}
	}
	for i := range c.props {
		w.property(&s, it, &c.props[i])
	}
	return s
}

// categories reads CATEGORIES: known formats as the format, the first other as
// the track.
func (w *icalEvents) categories(s *festival.RecordSession, it *item) {
	for i := range it.c.props {
		p := &it.c.props[i]
		if p.name != "CATEGORIES" {
			continue
		}
		for _, word := range splitList(p.value) {
			known := formats[fold(word)]
			switch {
			case known != "" && s.Format == "":
				s.Format = w.format(word, it.record, p.line)
			case known != "" && known == s.Format:
			case s.Track == "":
				s.Track = w.track(w.book.text(w.book.line(word, "track", it.record, p.line), w.language(p)), "", "", it.record, p.line)
			default:
				w.tally(festival.Lost, "value_dropped", "CATEGORIES "+word, it.record, p.line)
			}
		}
	}
}

// property takes the properties that may come several times, and names those
// that have no place.
func (w *icalEvents) property(s *festival.RecordSession, it *item, p *property) {
	switch p.name {
	case "URL", "CONFERENCE":
		if l, ok := w.link(unescapeText(p.value), unescapeText(p.params["LABEL"]), nil, it.record, p.line); ok {
			s.Links = addLink(s.Links, l)
		}
	case "ATTACH":
		if strings.EqualFold(p.params["VALUE"], "BINARY") || strings.EqualFold(p.params["ENCODING"], "BASE64") {
			w.tally(festival.Lost, "element_dropped", "ATTACH (file)", it.record, p.line)
		} else if l, ok := w.link(p.value, p.params["FILENAME"], nil, it.record, p.line); ok {
			s.Materials = addLink(s.Materials, l)
		}
	case "ORGANIZER":
		// Only the name that is meant to be shown, never the mail address.
		if name := w.book.line(p.params["CN"], "organizer", it.record, p.line); name != "" && !strings.Contains(name, "@") {
			key := w.host(festival.RecordHost{Key: w.prefix + "name:" + name, Name: name})
			if !slices.Contains(s.Hosts, key) {
				s.Hosts = append(s.Hosts, key)
			}
		}
	case "CLASS":
		if v := strings.ToUpper(strings.TrimSpace(p.value)); v == "PRIVATE" || v == "CONFIDENTIAL" {
			s.Hidden = true
			w.note(festival.Guessed, "private_hidden", it.record, p.line)
		}
	default:
		if !taken[p.name] && !saysNothing[p.name] && strings.TrimSpace(p.value) != "" {
			w.tally(festival.Lost, "element_dropped", p.name, it.record, p.line)
		}
	}
}

type speaker struct{ name, bio string }

// announced recognises the description that conference sites write: lines
// "Section:", "Kind:" and "Name:", perhaps the page's address, the text, and
// after "Speakers:" for each person a line with the name and an HTML biography.
// Anything else is the text as a whole.
func (w *icalEvents) announced(description, title string, it *item) (kind, text string, people []speaker) {
	lines := strings.Split(strings.ReplaceAll(description, "\r\n", "\n"), "\n")
	at := 0
	hasName := false
	for ; at < len(lines); at++ {
		label, value, ok := strings.Cut(lines[at], ":")
		value = strings.TrimSpace(value)
		switch {
		case ok && label == "Section":
			continue
		case ok && label == "Kind":
			kind = value
			continue
		case ok && label == "Name" && value != "" && strings.HasSuffix(title, oneLine(value)):
			hasName = true
			continue
		}
		break
	}
	if kind == "" || !hasName {
		return "", description, nil
	}
	if at < len(lines) && strings.TrimSpace(lines[at]) == it.c.value("URL") {
		at++ // the address stands in URL too
	}
	w.tally(festival.Guessed, "labels_read", "Kind", it.record, it.c.line)
	body := lines[at:]
	end := slices.IndexFunc(body, func(l string) bool { return l == "Speakers:" || l == "Speaker:" })
	if end < 0 {
		return kind, strings.Join(body, "\n"), nil
	}
	people = speakersIn(body[end+1:])
	w.tally(festival.Guessed, "labels_read", "Speakers", it.record, it.c.line)
	return kind, strings.Join(body[:end], "\n"), people
}

// speakersIn reads names and biographies that follow one another: a name is a
// short line without markup outside of any element.
func speakersIn(lines []string) []speaker {
	var out []speaker
	depth := 0
	for _, l := range lines {
		outside := depth == 0 && !strings.HasPrefix(strings.TrimSpace(l), "<")
		depth = max(0, depth+openings(l))
		if outside && strings.TrimSpace(l) != "" && len(l) <= 120 {
			out = append(out, speaker{name: oneLine(l)})
			continue
		}
		if n := len(out) - 1; n >= 0 {
			out[n].bio += l + "\n"
		}
	}
	for i := range out {
		if strings.TrimSpace(plain(out[i].bio)) == "-" { // written for "none"
			out[i].bio = ""
		}
	}
	return out
}

// openings counts the block elements that a line opens and does not close.
func openings(l string) int {
	n := 0
	for _, tag := range []string{"p", "ul", "ol", "li", "div", "blockquote", "h1", "h2", "h3", "h4"} {
		n += strings.Count(l, "<"+tag+">") - strings.Count(l, "</"+tag+">")
	}
	return n
}
