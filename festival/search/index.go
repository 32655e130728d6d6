// Package search finds slots in one release of a programme: an index in memory
// of its words, and of what the filters of DESIGN.md 6 ask. An index is made
// once for a release and then only read, by as many as like.
package search

import (
	"slices"
	"strings"

	"feria/festival"
	"feria/locale"
)

// Index is the index of one programme.
type Index struct {
	p      *festival.Programme
	words  map[string][]int32 // places of slots in p.Slots by word
	sorted []string           // the words in order, for beginnings of words

	days, parts, tracks, formats, langs, venues, hosts, booths lists
	access                                                     map[string]set

	ageMin, ageMax []int
	free           set // costs nothing
	open           set // one just comes; not cancelled
	bookable       set // places are booked here; not cancelled
	facets         Facets
}

// lists holds the places of slots by a value.
type lists map[string][]int32

func (l lists) add(key string, i int) {
	if at := l[key]; key != "" && (len(at) == 0 || at[len(at)-1] != int32(i)) {
		l[key] = append(at, int32(i))
	}
}

// Build makes the index of a programme, which must be Ready and not change any
// more.
func Build(p *festival.Programme) *Index {
	n := len(p.Slots)
	ix := &Index{
		p: p, words: map[string][]int32{},
		days: lists{}, parts: lists{}, tracks: lists{}, formats: lists{}, langs: lists{}, venues: lists{}, hosts: lists{}, booths: lists{}, access: map[string]set{},
		ageMin: make([]int, n), ageMax: make([]int, n),
		free: newSet(n), open: newSet(n), bookable: newSet(n),
	}
	ofSession := map[string][]int{}
	ofPlace := map[[2]string][]int{}
	for i := range p.Slots {
		slot := &p.Slots[i]
		ofSession[slot.Session] = append(ofSession[slot.Session], i)
		ofPlace[[2]string{slot.Space, slot.Booth}] = append(ofPlace[[2]string{slot.Space, slot.Booth}], i)
		ix.addSlot(i, slot)
	}
	for i := range p.Sessions {
		s := &p.Sessions[i]
		ix.addWords(ofSession[s.ID], sessionTexts(p, s))
		ix.addSession(ofSession[s.ID], s)
	}
	for place, slots := range ofPlace {
		ix.addWords(slots, placeTexts(p, festival.Slot{Space: place[0], Booth: place[1]}))
	}
	ix.sorted = make([]string, 0, len(ix.words))
	for word := range ix.words {
		ix.sorted = append(ix.sorted, word)
	}
	slices.Sort(ix.sorted)
	ix.facets = ix.count()
	return ix
}

// addSlot indexes what belongs to the slot itself.
func (ix *Index) addSlot(i int, slot *festival.Frozen) {
	p := ix.p
	if !slot.Start.IsZero() {
		day := p.DayOf(*slot)
		local := slot.Start.In(p.Location())
		part := Evening
		if day == festival.Date(local.Format("2006-01-02")) {
			switch hour := local.Hour(); {
			case hour < 12:
				part = Morning
			case hour < 18:
				part = Afternoon
			}
		}
		ix.days.add(string(day), i)
		ix.parts.add(part, i)
	}
	if space, ok := p.SpaceOf(slot.Slot); ok {
		ix.addAccess(i, space.Access)
	}
	if venue, ok := p.VenueOf(slot.Slot); ok {
		ix.venues.add(venue.Slug, i)
		ix.addAccess(i, venue.Access)
	}
	if booth, ok := p.Booth(slot.Booth); ok {
		ix.booths.add(Fold(booth.Code), i)
		ix.booths.add(festival.Own(booth.ID), i)
	}
	if slot.State == festival.Cancelled {
		return
	}
	switch slot.Seating {
	case festival.WalkIn:
		ix.open.add(i)
	case festival.Bookable:
		ix.bookable.add(i)
	}
}

// addSession indexes what the slots of a session have from it.
func (ix *Index) addSession(slots []int, s *festival.Session) {
	for _, i := range slots {
		ix.tracks.add(s.Track, i)
		ix.formats.add(Fold(s.Format), i)
		for _, lang := range s.Languages {
			tag := strings.ToLower(lang)
			base, _, _ := strings.Cut(tag, "-")
			ix.langs.add(tag, i)
			ix.langs.add(base, i)
		}
		ix.addAccess(i, s.Access)
		for _, h := range ix.p.HostsOf(*s) {
			ix.hosts.add(h.Slug, i)
		}
		ix.ageMin[i], ix.ageMax[i] = s.AgeMin, s.AgeMax
		if s.Price == "" {
			ix.free.add(i)
		}
	}
}

func (ix *Index) addAccess(i int, facts []string) {
	for _, fact := range facts {
		if ix.access[fact] == nil {
			ix.access[fact] = newSet(len(ix.p.Slots))
		}
		ix.access[fact].add(i)
	}
}

// addWords indexes texts for some slots.
func (ix *Index) addWords(slots []int, texts []string) {
	if len(slots) == 0 {
		return
	}
	seen := map[string]bool{}
	for _, text := range texts {
		words(text, func(word string) {
			if seen[word] {
				return
			}
			at, known := ix.words[word]
			if !known {
				word = strings.Clone(word) // else it holds the whole text in memory
			}
			seen[word] = true
			for _, i := range slots {
				at = append(at, int32(i))
			}
			ix.words[word] = at
		})
	}
}

// sessionTexts are the texts by which a session is found, in all languages.
func sessionTexts(p *festival.Programme, s *festival.Session) []string {
	out := []string{s.Code}
	out = all(out, s.Title, s.Subtitle, s.Abstract, s.Description)
	for _, h := range p.HostsOf(*s) {
		out = all(append(out, h.Name), h.Names)
	}
	if track, ok := p.Track(s.Track); ok {
		out = all(out, track.Name)
	}
	return out
}

// placeTexts are the texts by which a slot is found for its place.
func placeTexts(p *festival.Programme, slot festival.Slot) []string {
	var out []string
	if booth, ok := p.Booth(slot.Booth); ok {
		out = all(append(out, booth.Code), booth.Name)
	}
	if space, ok := p.SpaceOf(slot); ok {
		out = all(out, space.Name)
	}
	if venue, ok := p.VenueOf(slot); ok {
		out = all(append(out, venue.District), venue.Name)
	}
	return out
}

func all(out []string, texts ...locale.Text) []string {
	for _, t := range texts {
		for _, s := range t {
			out = append(out, s)
		}
	}
	return out
}
