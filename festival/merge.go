package festival

import (
	"strconv"
	"time"

	"feria/locale"
)

// part is one field of a record as a file says it. Three values meet in it:
// what the file says now, what it said last (Source.Said) and what is stored.
type part[T any] struct {
	name string
	hash string          // of what the file says; "" when it says nothing
	has  func(*T) string // hash of what is stored
	set  func(*T)        // stores what the file says
}

// field makes a part of a member whose type hashes itself by sum.
func field[T, V any](name string, member func(*T) *V, v V, sum func(V) string) part[T] {
	return part[T]{
		name: name, hash: sum(v),
		has: func(t *T) string { return sum(*member(t)) },
		set: func(t *T) { *member(t) = v },
	}
}

// merge brings a stored record up to what the file says. A field that the file
// has not changed since the last import stays as it is, edited by hand or not;
// one that it has changed takes the file's value. It gives the fields that
// changed and, of them, those that had been edited by hand.
func merge[T any](v *T, said map[string]string, parts []part[T]) (fields, overrides []string) {
	for _, p := range parts {
		last, stored := said[p.name], p.has(v)
		if p.hash == last || p.hash == stored {
			continue
		}
		if stored != last && last != "" {
			overrides = append(overrides, p.name)
		}
		p.set(v)
		fields = append(fields, p.name)
	}
	return fields, overrides
}

// says gives what Source remembers of a file: a hash for each field of which it
// says something.
func says[T any](parts []part[T]) map[string]string {
	said := make(map[string]string, len(parts))
	for _, p := range parts {
		if p.hash != "" {
			said[p.name] = p.hash
		}
	}
	return said
}

// saysAll gives one hash over all that a file says of a record.
func saysAll[T any](parts []part[T], more string) string {
	h := newHash()
	for _, p := range parts {
		if p.hash != "" {
			h.add(p.name, p.hash)
		}
	}
	h.add(more)
	return h.sum()
}

// hasher is FNV-1a over lists of strings, each with its length, so that no two
// lists run into each other. Files are compared with themselves of yesterday;
// nobody gains by making two values look alike.
type hasher uint64

func newHash() hasher { return 14695981039346656037 }

func (h *hasher) add(all ...string) {
	const prime = 1099511628211
	x := uint64(*h)
	for _, s := range all {
		x = (x ^ uint64(len(s))) * prime
		for i := 0; i < len(s); i++ {
			x = (x ^ uint64(s[i])) * prime
		}
	}
	*h = hasher(x)
}

func (h hasher) sum() string { return strconv.FormatUint(uint64(h), 36) }

func sumStrings(all ...string) string {
	h := newHash()
	h.add(all...)
	return h.sum()
}

func sumLine[S ~string](s S) string {
	if s == "" {
		return ""
	}
	return sumStrings(string(s))
}

func sumTexts(t locale.Text) string {
	langs := t.Languages()
	if len(langs) == 0 {
		return ""
	}
	h := newHash()
	for _, l := range langs {
		h.add(l, t[l])
	}
	return h.sum()
}

func sumInt(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func sumBool(b bool) string {
	if !b {
		return ""
	}
	return "1"
}

func sumFloat(f float64) string {
	if f == 0 {
		return ""
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

func sumTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.Unix(), 36)
}

func sumList[S ~string](all []S) string {
	if len(all) == 0 {
		return ""
	}
	h := newHash()
	for _, s := range all {
		h.add(string(s))
	}
	return h.sum()
}

func sumLinks(all []Link) string {
	if len(all) == 0 {
		return ""
	}
	h := newHash()
	for _, l := range all {
		h.add(l.URL, l.Title)
	}
	return h.sum()
}

// The parts of each kind of record. What refers to other records holds their
// ids by now.

func venueParts(r Venue) []part[Venue] {
	return []part[Venue]{
		field("name", func(v *Venue) *locale.Text { return &v.Name }, r.Name, sumTexts),
		field("kind", func(v *Venue) *string { return &v.Kind }, r.Kind, sumLine),
		field("address", func(v *Venue) *string { return &v.Address }, r.Address, sumLine),
		field("district", func(v *Venue) *string { return &v.District }, r.District, sumLine),
		field("lat", func(v *Venue) *float64 { return &v.Lat }, r.Lat, sumFloat),
		field("lon", func(v *Venue) *float64 { return &v.Lon }, r.Lon, sumFloat),
		field("way", func(v *Venue) *locale.Text { return &v.Way }, r.Way, sumTexts),
		field("url", func(v *Venue) *string { return &v.URL }, r.URL, sumLine),
		field("access", func(v *Venue) *[]string { return &v.Access }, r.Access, sumList),
	}
}

func spaceParts(r Space) []part[Space] {
	return []part[Space]{
		field("venue", func(v *Space) *string { return &v.Venue }, r.Venue, sumLine),
		field("name", func(v *Space) *locale.Text { return &v.Name }, r.Name, sumTexts),
		field("capacity", func(v *Space) *int { return &v.Capacity }, r.Capacity, sumInt),
		field("order", func(v *Space) *int { return &v.Order }, r.Order, sumInt),
	}
}

func boothParts(r Booth) []part[Booth] {
	return []part[Booth]{
		field("space", func(v *Booth) *string { return &v.Space }, r.Space, sumLine),
		field("code", func(v *Booth) *string { return &v.Code }, r.Code, sumLine),
		field("name", func(v *Booth) *locale.Text { return &v.Name }, r.Name, sumTexts),
		field("hosts", func(v *Booth) *[]string { return &v.Hosts }, r.Hosts, sumList),
		field("about", func(v *Booth) *locale.Text { return &v.About }, r.About, sumTexts),
		field("track", func(v *Booth) *string { return &v.Track }, r.Track, sumLine),
		field("days", func(v *Booth) *[]Date { return &v.Days }, r.Days, sumList),
	}
}

func hostParts(r Host) []part[Host] {
	return []part[Host]{
		field("name", func(v *Host) *string { return &v.Name }, r.Name, sumLine),
		field("names", func(v *Host) *locale.Text { return &v.Names }, r.Names, sumTexts),
		field("person", func(v *Host) *bool { return &v.Person }, r.Person, sumBool),
		field("bio", func(v *Host) *locale.Text { return &v.Bio }, r.Bio, sumTexts),
		field("url", func(v *Host) *string { return &v.URL }, r.URL, sumLine),
		field("links", func(v *Host) *[]Link { return &v.Links }, r.Links, sumLinks),
	}
}

func sessionParts(r Session) []part[Session] {
	return []part[Session]{
		field("title", func(v *Session) *locale.Text { return &v.Title }, r.Title, sumTexts),
		field("subtitle", func(v *Session) *locale.Text { return &v.Subtitle }, r.Subtitle, sumTexts),
		field("abstract", func(v *Session) *locale.Text { return &v.Abstract }, r.Abstract, sumTexts),
		field("description", func(v *Session) *locale.Text { return &v.Description }, r.Description, sumTexts),
		field("format", func(v *Session) *string { return &v.Format }, r.Format, sumLine),
		field("track", func(v *Session) *string { return &v.Track }, r.Track, sumLine),
		field("hosts", func(v *Session) *[]string { return &v.Hosts }, r.Hosts, sumList),
		field("languages", func(v *Session) *[]string { return &v.Languages }, r.Languages, sumList),
		field("age_min", func(v *Session) *int { return &v.AgeMin }, r.AgeMin, sumInt),
		field("age_max", func(v *Session) *int { return &v.AgeMax }, r.AgeMax, sumInt),
		field("level", func(v *Session) *string { return &v.Level }, r.Level, sumLine),
		field("access", func(v *Session) *[]string { return &v.Access }, r.Access, sumList),
		field("price", func(v *Session) *string { return &v.Price }, r.Price, sumLine),
		field("bring", func(v *Session) *locale.Text { return &v.Bring }, r.Bring, sumTexts),
		field("links", func(v *Session) *[]Link { return &v.Links }, r.Links, sumLinks),
		field("materials", func(v *Session) *[]Link { return &v.Materials }, r.Materials, sumLinks),
		field("no_record", func(v *Session) *bool { return &v.NoRecord }, r.NoRecord, sumBool),
		field("hidden", func(v *Session) *bool { return &v.Hidden }, r.Hidden, sumBool),
	}
}

// slotParts takes what belongs together as one field: a file that moves one end
// of a slot that was moved by hand must not leave half of each.
func slotParts(r Slot) []part[Slot] {
	return []part[Slot]{
		field("session", func(v *Slot) *string { return &v.Session }, r.Session, sumLine),
		{
			name: "place", hash: r.sumPlace(), has: func(v *Slot) string { return v.sumPlace() },
			set: func(v *Slot) { v.Space, v.Booth = r.Space, r.Booth },
		},
		{
			name: "time", hash: r.sumTimes(), has: func(v *Slot) string { return v.sumTimes() },
			set: func(v *Slot) { v.Start, v.End = r.Start, r.End },
		},
		field("state", func(v *Slot) *SlotState { return &v.State }, r.State, sumLine),
		{
			name: "seating", hash: r.sumSeating(), has: func(v *Slot) string { return v.sumSeating() },
			set: func(v *Slot) { v.Seating, v.Seats = r.Seating, r.Seats },
		},
	}
}

func (v *Slot) sumPlace() string {
	if v.Space == "" && v.Booth == "" {
		return ""
	}
	return sumStrings(v.Space, v.Booth)
}

func (v *Slot) sumTimes() string {
	if v.Start.IsZero() && v.End.IsZero() {
		return ""
	}
	return sumTime(v.Start) + "-" + sumTime(v.End)
}

func (v *Slot) sumSeating() string {
	if v.Seating == WalkIn && v.Seats == 0 {
		return ""
	}
	return string(v.Seating) + " " + sumInt(v.Seats)
}
