package intake

import (
	"strings"

	"feria/festival"
	"feria/kernel"
)

// property is one content line of iCalendar, unfolded.
type property struct {
	name   string // upper case
	params map[string]string
	value  string // as written, not unescaped
	line   int
}

// component is a VEVENT or the like with its properties. Components inside a
// VTIMEZONE are kept, those inside a VEVENT (alarms) are not.
type component struct {
	name  string
	line  int
	props []property
	inner []component
}

// get gives the first property of a name, nil if there is none.
func (c *component) get(name string) *property {
	for i := range c.props {
		if c.props[i].name == name {
			return &c.props[i]
		}
	}
	return nil
}

// value gives the unescaped text of a property, "" if it is not there.
func (c *component) value(name string) string {
	if p := c.get(name); p != nil {
		return strings.TrimSpace(unescapeText(p.value))
	}
	return ""
}

// Bounds of what a calendar may say of its zones; none needs more.
const (
	maxZones       = 100
	maxObservances = 50
)

// icalReader takes iCalendar apart. It is tolerant of what go-ical and others
// refuse: lines of any length and end, text around the calendar, line breaks
// inside a value, missing properties.
type icalReader struct {
	*book
	calendar component // the properties of all calendars
	events   []component
	zones    []component
	open     []component // components being read, outermost first
	line     int
	outside  int // lines of text outside any calendar
	barren   int // rules that came to nothing
}

// components reads a whole text.
func (r *icalReader) components(text string) error {
	var pending []byte // the content line being put together
	begun := 0
	flush := func() error {
		if len(pending) == 0 {
			return nil
		}
		l := string(pending)
		pending = pending[:0]
		return r.contentLine(l, begun)
	}
	for rest := text; rest != ""; {
		raw := rest
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			raw, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		r.line++
		raw = strings.TrimSuffix(raw, "\r")
		inside := len(r.open) > 0 && len(pending) > 0
		switch {
		case inside && raw != "" && (raw[0] == ' ' || raw[0] == '\t'):
			pending = append(pending, raw[1:]...)
		case inside && !bound(pending) && !contentLike(raw) && !contentLike(raw+continuation(rest)):
			if strings.TrimSpace(raw) != "" {
				r.tally(festival.Repaired, "line_joined", propertyName(pending), r.where(), r.line)
			}
			pending = append(append(pending, `\n`...), raw...)
		default:
			if err := flush(); err != nil {
				return err
			}
			pending, begun = append(pending, raw...), r.line
		}
	}
	if err := flush(); err != nil {
		return err
	}
	if len(r.open) > 0 {
		return unreadable("import_truncated", r.line, r.path(), nil)
	}
	if r.outside > 0 {
		r.note(festival.Repaired, "text_around", "", 0, "count", r.outside)
	}
	return nil
}

// bound says whether a line begins or ends a component, so that nothing can
// belong to it that stands below.
func bound(line []byte) bool {
	head := strings.ToUpper(string(line[:min(len(line), 6)]))
	return head == "BEGIN:" || strings.HasPrefix(head, "END:")
}

// continuation gives the beginning of a line that continues the one before it,
// since a name too may be folded.
func continuation(rest string) string {
	if rest == "" || rest[0] != ' ' && rest[0] != '\t' {
		return ""
	}
	line, _, _ := strings.Cut(rest[1:min(len(rest), 80)], "\n")
	return line
}

// contentLike says whether a line begins as a content line does: a name of
// capital letters, digits and hyphens, then ":" or ";". So "Note: bring a
// laptop" in a broken description does not begin a property.
func contentLike(s string) bool {
	n := 0
	for n < len(s) && (s[n] >= 'A' && s[n] <= 'Z' || s[n] == '-' || n > 0 && s[n] >= '0' && s[n] <= '9') {
		n++
	}
	if n > 0 && n < len(s) && (s[n] == ':' || s[n] == ';') {
		return n > 2
	}
	head := strings.ToUpper(s[:min(len(s), 9)])
	return strings.HasPrefix(head, "BEGIN:") || strings.HasPrefix(head, "END:") || strings.HasPrefix(head, "DTSTART") || strings.HasPrefix(head, "SUMMARY") || strings.HasPrefix(head, "DTEND")
}

func propertyName(pending []byte) string {
	line := string(pending[:min(len(pending), 100)])
	if i := strings.IndexAny(line, ":;"); i >= 0 {
		line = line[:i]
	}
	return clip(strings.ToUpper(strings.TrimSpace(line)), 60)
}

func (r *icalReader) path() string {
	names := make([]string, len(r.open))
	for i, c := range r.open {
		names[i] = c.name
	}
	return strings.Join(names, "/")
}

// where names the component being read.
func (r *icalReader) where() string {
	c := &r.open[len(r.open)-1]
	return named(c.name, c.value("UID"), c.value("SUMMARY"))
}

// contentLine takes one unfolded line.
func (r *icalReader) contentLine(s string, line int) error {
	trimmed := strings.TrimSpace(s)
	upper := strings.ToUpper(trimmed[:min(len(trimmed), 40)])
	if len(r.open) == 0 {
		const begin = "BEGIN:VCALENDAR"
		if strings.EqualFold(trimmed[max(0, len(trimmed)-len(begin)):], begin) { // also after "<!--" on its line
			r.open = append(r.open, component{name: "VCALENDAR", line: line})
			return nil
		}
		if trimmed != "" {
			r.outside++
		}
		return nil
	}
	if name, ok := strings.CutPrefix(upper, "BEGIN:"); ok {
		if len(r.open) > 10 {
			return refuse("import_too_deep", "max", 10)
		}
		r.open = append(r.open, component{name: strings.TrimSpace(name), line: line})
		return nil
	}
	if name, ok := strings.CutPrefix(upper, "END:"); ok {
		return r.end(strings.TrimSpace(name), line)
	}
	if trimmed == "" {
		return nil
	}
	top := &r.open[len(r.open)-1]
	p, ok := readProperty(s, line)
	if !ok {
		r.tally(festival.Lost, "line_unread", clip(trimmed, 40), r.where(), line)
		return nil
	}
	top.props = append(top.props, p)
	return nil
}

// end closes a component. One that closes another than the innermost shows that
// an end is missing, and what was inside is not whole.
func (r *icalReader) end(name string, line int) error {
	if i := strings.IndexFunc(name, func(c rune) bool { return c == ' ' || c == '-' || c == '<' }); i > 0 {
		name = name[:i] // "END:VCALENDAR -->"
	}
	c := r.open[len(r.open)-1]
	if c.name != name {
		return unreadable("import_unreadable", line, r.path(), nil)
	}
	r.open = r.open[:len(r.open)-1]
	switch {
	case len(r.open) == 0:
		r.calendar.props = append(r.calendar.props, c.props...)
	case r.open[len(r.open)-1].name == "VTIMEZONE":
		if zone := &r.open[len(r.open)-1]; len(zone.inner) < maxObservances {
			zone.inner = append(zone.inner, c)
		}
	case name == "VEVENT" && len(r.open) == 1:
		if r.events = append(r.events, c); len(r.events) > maxSessions {
			return kernel.New(kernel.TooLarge, "import_too_many", "file", "max", maxSessions)
		}
	case name == "VTIMEZONE":
		if len(r.zones) < maxZones {
			r.zones = append(r.zones, c)
		}
	default:
		r.tally(festival.Lost, "element_dropped", name, r.where(), c.line)
	}
	return nil
}

// readProperty splits a content line into name, parameters and value; a colon
// or semicolon in quotes belongs to a parameter.
func readProperty(s string, line int) (property, bool) {
	i := strings.IndexAny(s, ":;")
	if i <= 0 {
		return property{}, false
	}
	p := property{name: strings.ToUpper(strings.TrimSpace(s[:i])), line: line}
	if dot := strings.LastIndexByte(p.name, '.'); dot >= 0 {
		p.name = p.name[dot+1:] // a group, as vCard has it
	}
	for s[i] == ';' {
		rest := s[i+1:]
		quoted := false
		end := strings.IndexFunc(rest, func(c rune) bool {
			if c == '"' {
				quoted = !quoted
			}
			return !quoted && (c == ':' || c == ';')
		})
		if end < 0 {
			return property{}, false
		}
		k, v, _ := strings.Cut(rest[:end], "=")
		if p.params == nil {
			p.params = map[string]string{}
		}
		p.params[strings.ToUpper(strings.TrimSpace(k))] = strings.Trim(v, `"`)
		i += 1 + end
	}
	p.value = s[i+1:]
	return p, true
}

// unescapeText resolves the escapes of RFC 5545, 3.3.11.
func unescapeText(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n', 'N':
			b.WriteByte('\n')
		case ',', ';', '\\', ':', '"':
			b.WriteByte(s[i])
		default:
			b.WriteByte('\\')
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// splitList splits a value at its unescaped commas and unescapes the parts.
func splitList(s string) []string {
	var out []string
	start := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] == '\\' {
			i++
			continue
		}
		if i >= len(s) || s[i] == ',' {
			if part := strings.TrimSpace(unescapeText(s[start:min(i, len(s))])); part != "" {
				out = append(out, part)
			}
			start = i + 1
		}
	}
	return out
}
