package intake

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
)

// perCode is how many findings of one code are listed one by one; of the rest
// the report says how many there are.
const perCode = 1000

// book collects records and findings while a file is read. It keeps keys and
// codes unique, since a second import finds records by them.
type book struct {
	festival.Records
	o        Options
	prefix   string // of keys: "frab:", "ical:" …
	zone     *time.Location
	home     *time.Location // in which the event's days lie, whatever zone the file names
	zoneSaid bool           // zone stands in the file or in the options

	tallies map[string]int // index into Report by code and name
	counts  map[string]int // findings by code
	keys    map[string]int // how often a key was taken
	codes   map[string]bool
	hosts   map[string]int // index into Hosts by key
	spaces  map[string]int
	venues  map[string]int
	booths  map[string]bool
	tracks  map[string]int    // index into Tracks by slug
	bySaid  map[string]string // track slug by how the file writes it
	byName  map[string]string // track slug by the spelling of its name
	slots   int
}

func newBook(o Options) (*book, error) {
	b := &book{
		o: o, zone: time.UTC, home: time.UTC,
		tallies: map[string]int{}, counts: map[string]int{}, keys: map[string]int{}, codes: map[string]bool{},
		hosts: map[string]int{}, spaces: map[string]int{}, venues: map[string]int{}, booths: map[string]bool{}, tracks: map[string]int{}, bySaid: map[string]string{}, byName: map[string]string{},
	}
	if o.Zone != "" {
		loc, err := festival.Zone(o.Zone)
		if err != nil {
			return nil, refuse("import_zone", "zone", o.Zone)
		}
		b.zone, b.home, b.zoneSaid = loc, loc, true
	}
	return b, nil
}

// note adds one finding. Record names the record as the file does.
func (b *book) note(level festival.FindingLevel, code, record string, line int, pairs ...any) {
	b.counts[code]++
	if b.counts[code] > perCode {
		return
	}
	b.Report = append(b.Report, festival.Finding{Level: level, Code: code, Record: clip(record, 200), Line: line, Args: args(pairs)})
}

// tally adds one finding per code and name and counts in it: for what a file
// does a thousand times in the same way. Args are name, count and the pairs.
func (b *book) tally(level festival.FindingLevel, code, name, record string, line int, pairs ...any) {
	key := code + "\x00" + name
	if i, ok := b.tallies[key]; ok {
		if i >= 0 {
			b.Report[i].Args["count"] = b.Report[i].Args["count"].(int) + 1
		}
		return
	}
	before := len(b.Report)
	b.note(level, code, record, line, append(pairs, "name", clip(name, 100), "count", 1)...)
	b.tallies[key] = -1
	if len(b.Report) > before {
		b.tallies[key] = before
	}
}

func args(pairs []any) map[string]any {
	if len(pairs) == 0 {
		return nil
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

// finish gives the records, the report closed by how much was left out of it.
func (b *book) finish() festival.Records {
	codes := make([]string, 0, len(b.counts))
	for code, n := range b.counts {
		if n > perCode {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	for _, code := range codes {
		b.Report = append(b.Report, festival.Finding{Level: festival.Guessed, Code: "more", Args: map[string]any{"name": code, "count": b.counts[code] - perCode}})
	}
	return b.Records
}

// setZone takes the zone that the file names for its times.
func (b *book) setZone(name string) {
	loc := zoneNamed(name)
	if loc == nil {
		b.note(festival.Guessed, "zone_unknown", clip(name, 80), 0, "zone", clip(name, 80), "taken", b.zone.String())
		return
	}
	b.zone, b.zoneSaid, b.Event.Zone = loc, true, loc.String()
}

// text makes of a string a Text in a language; lang "" is the options' language.
func (b *book) text(s, lang string) locale.Text {
	if s == "" {
		return nil
	}
	if lang == "" {
		lang = b.o.Lang
	}
	return locale.Text{lang: s}
}

// key makes a key unique: the second record of a key gets "#2".
func (b *book) key(kind, key string) string {
	key = clip(key, 300)
	b.keys[kind+key]++
	if n := b.keys[kind+key]; n > 1 {
		return b.key(kind, key+"#"+strconv.Itoa(n))
	}
	return key
}

// code gives the session's code if it can be one and is not taken, else "",
// for which the plan draws one.
func (b *book) code(s string) string {
	s = codeOf(s)
	if s == "" || b.codes[strings.ToLower(s)] {
		return ""
	}
	b.codes[strings.ToLower(s)] = true
	return s
}

// codeOf gives s if it has the form of a session's code (letters, digits and
// single hyphens inside, at most 40), else "".
func codeOf(s string) string {
	if s == "" || len(s) > 40 || s[0] == '-' || s[len(s)-1] == '-' || strings.Contains(s, "--") {
		return ""
	}
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
			return ""
		}
	}
	return s
}

// track gives the slug of the track of a name, making the track if it is new.
// A name without a slug of its own is that of a track named before, also in
// another spelling ("Arts & Crafts", "arts and crafts").
func (b *book) track(name locale.Text, slug, color, record string, line int) string {
	if name.Empty() {
		return ""
	}
	said := slug + "\x00" + name.String()
	if s, ok := b.bySaid[said]; ok {
		return s
	}
	s := festival.Slug(slug, 60)
	if s == "" {
		s = b.byName[spelling(name.String())]
	}
	if s == "" {
		s = festival.Slug(cmp.Or(name["en"], name.String()), 60)
	}
	if s == "" { // a script that addresses do not show
		s = "t-" + kernel.DeriveID(name.String())[:8]
	}
	b.bySaid[said] = s
	if i, ok := b.tracks[s]; ok {
		if known := b.Tracks[i].Name.String(); known != name.String() {
			b.note(festival.Guessed, "track_merged", record, line, "name", clip(name.String(), 100), "other", clip(known, 100))
		}
		return s
	}
	for _, n := range name {
		if _, taken := b.byName[spelling(n)]; !taken {
			b.byName[spelling(n)] = s
		}
	}
	b.tracks[s] = len(b.Tracks)
	if !goodColor(color) {
		color = ""
	}
	b.Tracks = append(b.Tracks, festival.Track{Slug: s, Name: name, Color: color})
	return s
}

// spelling is what all spellings of a name have in common.
func spelling(name string) string { return fold(strings.ReplaceAll(name, "&", " and ")) }

// space gives the key of the space, making it if it is new.
func (b *book) space(s festival.RecordSpace) string {
	if i, ok := b.spaces[s.Key]; ok {
		b.Spaces[i].Capacity = max(b.Spaces[i].Capacity, s.Capacity)
		return s.Key
	}
	b.spaces[s.Key] = len(b.Spaces)
	s.Order = len(b.Spaces) + 1
	b.Spaces = append(b.Spaces, s)
	return s.Key
}

// venue gives the key of the venue, making it if it is new.
func (b *book) venue(v festival.RecordVenue) string {
	if _, ok := b.venues[v.Key]; !ok {
		b.venues[v.Key] = len(b.Venues)
		b.Venues = append(b.Venues, v)
	}
	return v.Key
}

// host gives the key of the host, making it if it is new and adding what was
// not known of it.
func (b *book) host(h festival.RecordHost) string {
	i, ok := b.hosts[h.Key]
	if !ok {
		b.hosts[h.Key] = len(b.Hosts)
		b.Hosts = append(b.Hosts, h)
		return h.Key
	}
	known := &b.Hosts[i]
	if known.Bio.Empty() {
		known.Bio = h.Bio
	}
	known.URL = cmp.Or(known.URL, h.URL)
	known.GUID = cmp.Or(known.GUID, h.GUID)
	return h.Key
}

// session takes a session in, within the limits.
func (b *book) session(s festival.RecordSession) error {
	b.slots += len(s.Slots)
	if len(b.Sessions) >= maxSessions || b.slots > maxSlots {
		return kernel.New(kernel.TooLarge, "import_too_many", "file", "max", maxSessions)
	}
	if s.Title.Empty() {
		s.Title = locale.Text{b.o.Lang: "…"}
		b.note(festival.Guessed, "title_missing", s.Key, 0)
	}
	b.Sessions = append(b.Sessions, s)
	return nil
}

// named is how findings name a record: its word in the file, its id, its title.
func named(kind, id, title string) string {
	s := kind
	if id != "" {
		s += " " + clip(id, 60)
	}
	if title != "" {
		s += fmt.Sprintf(" (%s)", clip(title, 80))
	}
	return s
}

func goodColor(c string) bool {
	if len(c) != 7 || c[0] != '#' {
		return false
	}
	_, err := strconv.ParseUint(c[1:], 16, 32)
	return err == nil
}

// hashKey is the key of a record for which the file has no id: derived from
// what tells it from others.
func hashKey(parts ...string) string { return "~" + kernel.DeriveID(parts...)[:16] }
