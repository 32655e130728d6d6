package search

import (
	"cmp"
	"slices"
	"strings"

	"feria/festival"
)

// Slots gives the slots that the filter wants, by start and then by the order of
// the spaces. places says how full a slot is that is booked here; nil, and the
// state "", count as free places.
func (ix *Index) Slots(f Filter, places func(slotID string) festival.PlacesState) []festival.Frozen {
	found := ix.match(f, places)
	out := make([]festival.Frozen, 0, found.count())
	found.each(func(i int) { out = append(out, ix.p.Slots[i]) })
	return out
}

// Count says how many slots the filter wants.
func (ix *Index) Count(f Filter, places func(slotID string) festival.PlacesState) int {
	return ix.match(f, places).count()
}

func (ix *Index) match(f Filter, places func(slotID string) festival.PlacesState) set {
	n := len(ix.p.Slots)
	s := full(n)
	if strings.TrimSpace(f.Q) != "" {
		terms := query(f.Q)
		if len(terms) == 0 {
			clear(s) // only signs, of which no text is indexed
		}
		for _, t := range terms {
			s.keep(ix.with(t))
		}
	}
	for _, by := range []struct {
		lists lists
		value string
	}{
		{ix.days, f.Day}, {ix.parts, f.Part}, {ix.tracks, f.Track}, {ix.formats, Fold(f.Format)},
		{ix.langs, strings.ToLower(f.Lang)}, {ix.venues, f.Venue}, {ix.hosts, f.Host},
	} {
		if by.value != "" {
			s.keep(ix.setOf(by.lists[by.value]))
		}
	}
	if f.Booth != "" {
		s.keep(ix.setOf(slices.Concat(ix.booths[Fold(f.Booth)], ix.booths[f.Booth])))
	}
	for _, fact := range f.Access {
		s.keep(ix.access[fact])
	}
	if f.Free {
		s.keep(ix.free)
	}
	if f.Age > 0 {
		s.each(func(i int) {
			if !ix.suits(i, f.Age) {
				s.remove(i)
			}
		})
	}
	if f.Places {
		s.each(func(i int) {
			if !ix.placesLeft(i, places) {
				s.remove(i)
			}
		})
	}
	return s
}

// suits says whether somebody of an age may come to a slot.
func (ix *Index) suits(i, age int) bool {
	return age >= ix.ageMin[i] && (ix.ageMax[i] == 0 || age <= ix.ageMax[i])
}

// placesLeft says whether one can still get in: where one just comes, or where
// places are left. What is booked elsewhere we do not know of.
func (ix *Index) placesLeft(i int, places func(slotID string) festival.PlacesState) bool {
	bit := uint64(1) << (i & 63)
	if ix.open[i>>6]&bit != 0 {
		return true
	}
	if ix.bookable[i>>6]&bit == 0 {
		return false
	}
	if places == nil {
		return true
	}
	state := places(ix.p.Slots[i].ID)
	return state != festival.PlacesFull && state != festival.PlacesClosed
}

// with gives the slots in whose texts a term is found.
func (ix *Index) with(t term) set {
	if !t.prefix {
		return ix.setOf(ix.words[t.word])
	}
	s := newSet(len(ix.p.Slots))
	from, _ := slices.BinarySearchFunc(ix.sorted, t.word, cmp.Compare[string])
	for _, word := range ix.sorted[from:] {
		if !strings.HasPrefix(word, t.word) {
			break
		}
		for _, i := range ix.words[word] {
			s.add(int(i))
		}
	}
	return s
}

func (ix *Index) setOf(list []int32) set {
	s := newSet(len(ix.p.Slots))
	for _, i := range list {
		s.add(int(i))
	}
	return s
}
