package intake

import (
	"cmp"
	"encoding/xml"
	"strconv"
	"strings"

	"feria/festival"
	"feria/locale"
)

// extras is what our own exports (package feed) say beyond frab, in elements and
// members named feria_…: with them an export comes back as what it was made of.
// In such a file plain texts are Markdown in one language, and a text for which
// there are extras is what the extras say.
type extras struct {
	given  bool
	lang   string // of plain texts
	title  []said
	tracks map[string][]said // names by slug
	venues []extra
	spaces map[string]extra // by room
	hosts  []extra
	booths []extra
	guids  map[string]string // keys of venues and spaces by guid
}

// extra is a record, or one value of an event: attributes of XML and plain
// members of JSON as fields, the rest as children.
type extra struct {
	name, lang, href, text string
	fields                 map[string]string
	children               []extra
}

// value gives a field or the text of a child without a language.
func (x extra) value(name string) string {
	if v := x.fields[name]; v != "" {
		return v
	}
	for _, c := range x.children {
		if c.name == name && c.lang == "" {
			return c.text
		}
	}
	return ""
}

// said gives the texts of children in their languages.
func (x extra) said(name string) []said {
	var out []said
	for _, c := range x.children {
		if c.name == name && c.text != "" {
			out = append(out, said{c.text, c.lang})
		}
	}
	return out
}

func (x extra) list(name string) []string { return strings.Fields(x.value(name)) }

func (x extra) number(name string) int {
	n, err := strconv.Atoi(x.value(name))
	if err != nil {
		return 0
	}
	return n
}

func (x extra) degrees(name string) float64 {
	f, err := strconv.ParseFloat(x.value(name), 64)
	if err != nil {
		return 0
	}
	return f
}

// whole gives the text that extras say; nil if they say nothing.
func whole(all []said) locale.Text {
	if len(all) == 0 {
		return nil
	}
	t := locale.Text{}
	for _, s := range all {
		t[s.lang] = s.text
	}
	return t
}

// extra reads an element with all its attributes and children, two deep.
func (w *xmlWalk) extra(el xml.StartElement) (extra, error) {
	x := extra{name: el.Name.Local, fields: map[string]string{}}
	for _, a := range el.Attr {
		x.fields[a.Name.Local] = strings.TrimSpace(a.Value)
	}
	x.lang, x.href = x.fields["lang"], x.fields["href"]
	var text strings.Builder
	for {
		t, err := w.d.Token()
		if err != nil {
			return x, err
		}
		switch t := t.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.StartElement:
			if len(w.path) > maxDepth {
				return x, errDeep
			}
			w.path = append(w.path, t.Name.Local)
			child, err := w.extra(t)
			if err != nil {
				return x, err
			}
			x.children = append(x.children, child)
		case xml.EndElement:
			w.path = w.path[:len(w.path)-1]
			x.text = strings.TrimSpace(text.String())
			return x, nil
		}
	}
}

// extra reads a member as XML would have it.
func (t *jsonTree) extra(name string, n *node) extra {
	n.used = true
	x := extra{name: name, text: strings.TrimSpace(n.text), fields: map[string]string{}}
	for _, m := range n.members {
		m.used = true
		switch {
		case m.kind == '{': // a text in its languages
			for _, l := range m.members {
				l.used = true
				x.children = append(x.children, extra{name: m.name, lang: l.name, text: strings.TrimSpace(l.text)})
			}
		case m.kind == '[':
			var words []string
			for _, item := range m.members {
				item.used = true
				x.children = append(x.children, extra{name: m.name, href: item.str("url"), text: cmp.Or(item.str("title"), strings.TrimSpace(item.text))})
				words = append(words, strings.TrimSpace(item.text))
			}
			x.fields[m.name] = strings.TrimSpace(strings.Join(words, " "))
		default:
			x.fields[m.name] = strings.TrimSpace(m.text)
		}
	}
	return x
}

// members calls each for every extra among the members of a JSON object: one
// call for each language of a text and for each item of a list.
func (t *jsonTree) extras(n *node, each func(extra)) {
	for _, m := range n.members {
		switch {
		case !strings.HasPrefix(m.name, "feria_"):
		case m.kind == '[':
			m.used = true
			for _, item := range m.members {
				each(t.extra(m.name, item))
			}
		case m.kind == '{':
			m.used = true
			for _, l := range m.members {
				l.used = true
				each(extra{name: m.name, lang: l.name, text: strings.TrimSpace(l.text)})
			}
		default:
			each(t.extra(m.name, m))
		}
	}
}

// add takes one extra of the file in; false for one that is not known.
func (e *extras) add(x extra) bool {
	switch x.name {
	case "feria_lang":
		e.given, e.lang = true, x.text
	case "feria_title":
		e.title = append(e.title, said{x.text, x.lang})
	case "feria_track":
		if e.tracks == nil {
			e.tracks = map[string][]said{}
		}
		if x.text != "" {
			e.tracks[x.value("slug")] = append(e.tracks[x.value("slug")], said{x.text, x.lang})
		}
		e.tracks[x.value("slug")] = append(e.tracks[x.value("slug")], x.said("name")...)
	case "feria_venue":
		e.venues = append(e.venues, x)
	case "feria_space":
		if e.spaces == nil {
			e.spaces = map[string]extra{}
		}
		e.spaces[x.value("room")] = x
	case "feria_host":
		e.hosts = append(e.hosts, x)
	case "feria_booth":
		e.booths = append(e.booths, x)
	default:
		return false
	}
	return true
}

// extraVenues takes the venues in. Their key is their name, as it is in files
// that name the one venue only.
func (w *scheduler) extraVenues() {
	x := &w.s.extras
	taken := map[string]bool{}
	for _, v := range x.venues {
		name := whole(v.said("name"))
		plain, _ := name.In(x.lang)
		key := w.prefix + plain
		if taken[key] {
			key = w.prefix + v.value("guid")
		}
		taken[key] = true
		x.guids[v.value("guid")] = w.venue(festival.RecordVenue{
			Key: key, GUID: v.value("guid"), Name: name, Address: v.value("address"), Lat: v.degrees("lat"), Lon: v.degrees("lon"), URL: v.value("url"),
			Kind: v.value("kind"), District: v.value("district"), Way: whole(v.said("way")), Access: v.list("access"),
		})
	}
}

// extraSpace says of a space what its room does not.
func (w *scheduler) extraSpace(room string, s *festival.RecordSpace) {
	x, ok := w.s.extras.spaces[room]
	if !ok {
		return
	}
	if name := whole(x.said("name")); name != nil {
		s.Name = name
	}
	s.Venue, s.Capacity = w.s.extras.guids[x.value("venue")], x.number("capacity")
	w.s.extras.guids[x.value("guid")] = s.Key
}

// extraHosts says of hosts what frab's persons do not, and takes in those that
// only stand at booths.
func (w *scheduler) extraHosts() {
	for _, x := range w.s.extras.hosts {
		key := w.prefix + x.value("guid")
		if _, ok := w.hosts[key]; !ok {
			w.host(festival.RecordHost{Key: key, GUID: x.value("guid"), URL: x.value("url"), Bio: w.text(x.value("biography"), "")})
		}
		h := &w.Hosts[w.hosts[key]]
		h.Name, h.Names, h.Person = x.value("name"), whole(x.said("names")), x.value("organisation") != "true"
		if bio := whole(x.said("bio")); bio != nil {
			h.Bio = bio
		}
		for _, c := range x.children {
			if c.name == "link" {
				h.Links = addLink(h.Links, festival.Link{URL: c.href, Title: c.text})
			}
		}
	}
}

// extraBooths takes the booths in.
func (w *scheduler) extraBooths() {
	for _, x := range w.s.extras.booths {
		b := festival.RecordBooth{
			Key: w.prefix + x.value("guid"), Code: x.value("code"), Space: w.s.extras.guids[x.value("space")], Track: x.value("track"),
			Name: whole(x.said("name")), About: whole(x.said("about")),
		}
		for _, day := range x.list("days") {
			b.Days = append(b.Days, festival.Date(day))
		}
		for _, h := range x.said("host") {
			if _, ok := w.hosts[w.prefix+h.text]; ok {
				b.Hosts = append(b.Hosts, w.prefix+h.text)
			}
		}
		w.Booths = append(w.Booths, b)
	}
}

// extraSlot says of a slot what its event does not.
func (e *schedEvent) extraSlot(prefix string, s *festival.RecordSlot) {
	s.Seating, s.Seats = festival.Seating(e.extra.value("feria_seating")), e.extra.number("feria_seats")
	if e.extra.value("feria_state") == string(festival.Cancelled) {
		s.State = festival.Cancelled
	}
	if booth := e.extra.value("feria_booth"); booth != "" {
		s.Booth = prefix + booth
	}
}

// extraSession says of a session what its event does not.
func (e *schedEvent) extraSession(s *festival.RecordSession) {
	for name, text := range map[string]*locale.Text{
		"feria_title": &s.Title, "feria_subtitle": &s.Subtitle, "feria_abstract": &s.Abstract, "feria_description": &s.Description, "feria_bring": &s.Bring,
	} {
		if t := whole(e.extra.said(name)); t != nil {
			*text = t
		}
	}
	if langs := e.extra.list("feria_languages"); len(langs) > 0 {
		s.Languages = langs
	}
	s.AgeMin, s.AgeMax = e.extra.number("feria_age_min"), e.extra.number("feria_age_max")
	s.Level, s.Price, s.Access = e.extra.value("feria_level"), e.extra.value("feria_price"), e.extra.list("feria_access")
}
