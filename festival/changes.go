package festival

import (
	"cmp"
	"encoding/json"
	"hash/fnv"
	"slices"
	"strings"

	"feria/locale"
)

// Changes lists what the public sees change from one release to the next: slots
// added, moved, dropped, then texts. old may be nil: then all is added. A slot
// that is cancelled counts as dropped, one that is planned again as added; one
// that was cancelled before is no news.
func Changes(old, new *Programme) []Change {
	if old == nil {
		old = (&Programme{Event: new.Event}).Ready()
	}
	for _, p := range []*Programme{old, new} {
		if !p.look.ready {
			p.Ready()
		}
	}
	d := differ{old: old, new: new}
	d.slots()
	d.sessions()
	d.records()
	rank := map[ChangeKind]int{Added: 0, Moved: 1, Dropped: 2, ChangedText: 3}
	slices.SortStableFunc(d.found, func(a, b Change) int { return cmp.Compare(rank[a.Kind], rank[b.Kind]) })
	return d.found
}

type differ struct {
	old, new *Programme
	found    []Change
}

func (d *differ) slots() {
	for _, s := range d.new.Slots {
		before, was := d.old.Slot(s.ID)
		was = was && before.State != Cancelled
		is := s.State != Cancelled
		session, _ := d.new.Session(s.Session)
		c := Change{Session: s.Session, Slot: s.ID, Title: session.Title}
		now := s.Slot
		switch {
		case is && !was:
			c.Kind, c.New = Added, &now
		case was && !is:
			c.Kind, c.Old = Dropped, &before.Slot
		case !is:
			continue
		case moved(before.Slot, now):
			c.Kind, c.Old, c.New = Moved, &before.Slot, &now
		default:
			fields := differing("seating", before.Seating, now.Seating, "seats", before.Seats, now.Seats, "session", before.Session, now.Session)
			if len(fields) == 0 {
				continue
			}
			c.Kind, c.Fields, c.Old, c.New = ChangedText, fields, &before.Slot, &now
		}
		d.found = append(d.found, c)
	}
	for _, s := range d.old.Slots {
		if _, still := d.new.Slot(s.ID); still || s.State == Cancelled {
			continue
		}
		session, _ := d.old.Session(s.Session)
		gone := s.Slot
		d.found = append(d.found, Change{Kind: Dropped, Session: s.Session, Slot: s.ID, Title: session.Title, Old: &gone})
	}
}

func (d *differ) sessions() {
	for _, b := range d.new.Sessions {
		a, was := d.old.Session(b.ID)
		if !was {
			continue // its slots are added
		}
		fields := differing(
			"title", a.Title, b.Title, "subtitle", a.Subtitle, b.Subtitle, "abstract", a.Abstract, b.Abstract,
			"description", a.Description, b.Description, "format", a.Format, b.Format, "track", a.Track, b.Track,
			"hosts", a.Hosts, b.Hosts, "languages", a.Languages, b.Languages, "age_min", a.AgeMin, b.AgeMin,
			"age_max", a.AgeMax, b.AgeMax, "level", a.Level, b.Level, "access", a.Access, b.Access, "price", a.Price, b.Price,
			"bring", a.Bring, b.Bring, "links", a.Links, b.Links, "materials", a.Materials, b.Materials,
			"no_record", a.NoRecord, b.NoRecord, "code", a.Code, b.Code)
		if len(fields) > 0 {
			d.found = append(d.found, Change{Kind: ChangedText, Session: b.ID, Title: b.Title, Fields: fields})
		}
	}
}

// records lists what changes of the things that sessions point to.
func (d *differ) records() {
	event := differing("title", d.old.Event.Title, d.new.Event.Title, "slogan", d.old.Event.Slogan, d.new.Event.Slogan,
		"lead", d.old.Event.Lead, d.new.Event.Lead, "where", d.old.Event.Where, d.new.Event.Where, "zone", d.old.Event.Zone, d.new.Event.Zone,
		"start", d.old.Event.Start, d.new.Event.Start, "end", d.old.Event.End, d.new.Event.End,
		"day_change", d.old.Event.DayChange, d.new.Event.DayChange, "tracks", d.old.Event.Tracks, d.new.Event.Tracks,
		"color", d.old.Event.Color, d.new.Event.Color, "locales", d.old.Event.Locales, d.new.Event.Locales,
		"slug", d.old.Event.Slug, d.new.Event.Slug, "kind", d.old.Event.Kind, d.new.Event.Kind)
	if len(event) > 0 {
		d.found = append(d.found, Change{Kind: ChangedText, Of: EventKind, ID: d.new.Event.ID, Title: d.new.Event.Title, Fields: event})
	}
	compare(d, VenueKind, d.old.Venues, d.new.Venues)
	compare(d, SpaceKind, d.old.Spaces, d.new.Spaces)
	compare(d, BoothKind, d.old.Booths, d.new.Booths)
	compare(d, HostKind, d.old.Hosts, d.new.Hosts)
}

// compare lists which records of a kind came, went or read differently; Fields
// are the JSON members that differ.
func compare[T any, P record[T]](d *differ, kind string, before, after []T) {
	old := make(map[string]*T, len(before))
	for i := range before {
		old[P(&before[i]).base().ID] = &before[i]
	}
	for i := range after {
		b := &after[i]
		id := P(b).base().ID
		c := Change{Of: kind, ID: id, Title: P(b).label()}
		a, was := old[id]
		delete(old, id)
		if !was {
			c.Kind = Added
		} else if c.Kind, c.Fields = ChangedText, membersDiffering(a, b); len(c.Fields) == 0 {
			continue
		}
		d.found = append(d.found, c)
	}
	for i := range before {
		id := P(&before[i]).base().ID
		if gone, ok := old[id]; ok {
			d.found = append(d.found, Change{Kind: Dropped, Of: kind, ID: id, Title: P(gone).label()})
		}
	}
}

// differing takes name, old, new, name, old, new … and gives the names of those
// that differ.
func differing(triples ...any) []string {
	var out []string
	for i := 0; i+2 < len(triples); i += 3 {
		name, _ := triples[i].(string)
		if !equal(triples[i+1], triples[i+2]) {
			out = append(out, name)
		}
	}
	return out
}

func equal(a, b any) bool {
	switch a := a.(type) {
	case locale.Text:
		b, ok := b.(locale.Text)
		return ok && a.Equal(b)
	case []string:
		b, ok := b.([]string)
		return ok && slices.Equal(a, b)
	case []Link:
		b, ok := b.([]Link)
		return ok && slices.Equal(a, b)
	}
	return same(a, b)
}

// membersDiffering compares two records by their JSON, without their origin.
func membersDiffering(a, b any) []string {
	x, y := encode(a), encode(b)
	if string(x) == string(y) {
		return nil
	}
	var left, right map[string]json.RawMessage
	if json.Unmarshal(x, &left) != nil || json.Unmarshal(y, &right) != nil {
		return nil // both are objects that were just encoded
	}
	var out []string
	for name := range right {
		if string(left[name]) != string(right[name]) {
			out = append(out, name)
		}
	}
	for name := range left {
		if _, ok := right[name]; !ok {
			out = append(out, name)
		}
	}
	out = slices.DeleteFunc(out, func(s string) bool { return s == "source" })
	slices.SortFunc(out, strings.Compare)
	return out
}

// encode gives the JSON of a record; the types of this package always have one,
// since forms and imports refuse numbers that are none.
func encode(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		panic("festival: " + err.Error())
	}
	return body
}

// sumOf tells values apart within one process.
func sumOf(v any) uint64 {
	h := fnv.New64a()
	h.Write(encode(v))
	return h.Sum64()
}
