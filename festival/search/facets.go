package search

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"feria/festival"
	"feria/locale"
)

// Facets are the values of the filters that find something in a programme, each
// with the number of slots that it finds alone. They belong to the index: read
// only.
type Facets struct {
	Total     int
	Free      int     // slots that cost nothing
	Days      []Facet // in order
	Parts     []Facet // in order
	Tracks    []Facet // in the event's order
	Formats   []Facet // those of festival.Formats first, in its order
	Languages []Facet // the most frequent first; tags as they stand in sessions
	// Ages are the years at which the offer changes, each as the age of a
	// visitor; empty when no session asks for one.
	Ages   []Facet
	Access []Facet // in the order of festival.AccessFacts
	Venues []Facet // by name
	Booths []Facet // by code; the value is the code, or the id's last part where two have it
}

// Facet is one value of a filter.
type Facet struct {
	Value string      // as Filter takes it
	Name  locale.Text // of a track, venue or booth; else nil, and the value's word is the catalogue's
	Color string      // of a track
	Count int         // of slots
}

// Facets gives what there is to choose from.
func (ix *Index) Facets() Facets { return ix.facets }

func (ix *Index) count() Facets {
	p := ix.p
	f := Facets{Total: len(p.Slots), Free: ix.free.count()}
	for _, day := range p.Days() {
		f.Days = facet(f.Days, Facet{Value: string(day), Count: len(ix.days[string(day)])})
	}
	for _, part := range Parts {
		f.Parts = facet(f.Parts, Facet{Value: part, Count: len(ix.parts[part])})
	}
	for _, t := range p.Event.Tracks {
		f.Tracks = facet(f.Tracks, Facet{Value: t.Slug, Name: t.Name, Color: t.Color, Count: len(ix.tracks[t.Slug])})
	}
	f.Formats = ix.countFormats()
	f.Languages = ix.countLanguages()
	f.Ages = ix.countAges()
	for _, fact := range festival.AccessFacts {
		f.Access = facet(f.Access, Facet{Value: fact, Count: ix.access[fact].count()})
	}
	for _, v := range p.Venues {
		f.Venues = facet(f.Venues, Facet{Value: v.Slug, Name: v.Name, Count: len(ix.venues[v.Slug])})
	}
	slices.SortStableFunc(f.Venues, func(a, b Facet) int { return cmp.Compare(Fold(a.Name.String()), Fold(b.Name.String())) })
	f.Booths = ix.countBooths()
	return f
}

// facet appends a facet that finds something.
func facet(all []Facet, one Facet) []Facet {
	if one.Count == 0 || one.Value == "" {
		return all
	}
	return append(all, one)
}

// countFormats shows each format as the first session writes it.
func (ix *Index) countFormats() []Facet {
	written := map[string]string{}
	var keys []string
	for _, format := range festival.Formats {
		written[Fold(format)] = format
		keys = append(keys, Fold(format))
	}
	var others []string
	for i := range ix.p.Sessions {
		format := ix.p.Sessions[i].Format
		if key := Fold(format); format != "" && written[key] == "" {
			written[key] = format
			others = append(others, key)
		}
	}
	slices.Sort(others)
	var out []Facet
	for _, key := range append(keys, others...) {
		out = facet(out, Facet{Value: written[key], Count: len(ix.formats[key])})
	}
	return out
}

func (ix *Index) countLanguages() []Facet {
	var out []Facet
	seen := map[string]bool{}
	for i := range ix.p.Sessions {
		for _, lang := range ix.p.Sessions[i].Languages {
			if key := strings.ToLower(lang); !seen[key] {
				seen[key] = true
				out = facet(out, Facet{Value: lang, Count: len(ix.langs[key])})
			}
		}
	}
	slices.SortFunc(out, func(a, b Facet) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Value, b.Value)) })
	return out
}

func (ix *Index) countAges() []Facet {
	changes := map[int]bool{}
	for i := range ix.ageMin {
		if ix.ageMin[i] > 0 {
			changes[ix.ageMin[i]] = true
		}
		if ix.ageMax[i] > 0 {
			changes[ix.ageMax[i]+1] = true
			changes[max(ix.ageMin[i], 1)] = true
		}
	}
	var years []int
	for year := range changes {
		years = append(years, year)
	}
	slices.Sort(years)
	var out []Facet
	for _, year := range years {
		n := 0
		for i := range ix.ageMin {
			if ix.suits(i, year) {
				n++
			}
		}
		out = facet(out, Facet{Value: strconv.Itoa(year), Count: n})
	}
	return out
}

func (ix *Index) countBooths() []Facet {
	codes := map[string]int{}
	for _, b := range ix.p.Booths {
		codes[Fold(b.Code)]++
	}
	var out []Facet
	for _, b := range ix.p.Booths {
		own := festival.Own(b.ID)
		value := b.Code
		if codes[Fold(b.Code)] > 1 || value == "" {
			value = own
		}
		out = facet(out, Facet{Value: value, Name: b.Name, Count: len(ix.booths[own])})
	}
	slices.SortStableFunc(out, func(a, b Facet) int { return cmp.Compare(a.Value, b.Value) })
	return out
}
