package search

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/locale"
)

// syllables make words of which some begin alike, as words do.
var syllables = []string{"ba", "con", "di", "er", "fo", "gar", "hi", "ler", "mu", "nen", "or", "pa", "ro", "sta", "ti", "ver", "wa", "zé"}

// large is an invented programme with n sessions of one slot each, whose texts
// are as long as those of a great conference (about 1,500 characters).
func large(n int) *festival.Programme {
	rnd := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		var b strings.Builder
		for range 1 + rnd.IntN(4) {
			b.WriteString(syllables[rnd.IntN(len(syllables))])
		}
		return b.String()
	}
	text := func(words int) string {
		out := make([]string, words)
		for i := range out {
			out[i] = word()
		}
		return strings.Join(out, " ")
	}
	p := &festival.Programme{Event: festival.Event{ID: event, Zone: "Europe/Brussels", Locales: []string{"en"}}}
	p.Venues = []festival.Venue{{Base: base("v"), Slug: "campus", Name: en("Campus")}}
	for i := range 37 {
		p.Spaces = append(p.Spaces, festival.Space{Base: base(fmt.Sprint("s", i)), Venue: event + "/v", Name: en(word()), Order: i})
	}
	for i := range 71 {
		p.Event.Tracks = append(p.Event.Tracks, festival.Track{Slug: fmt.Sprint("t", i), Name: en(word())})
	}
	for i := range n + n/8 {
		p.Hosts = append(p.Hosts, festival.Host{Base: base(fmt.Sprint("h", i)), Slug: fmt.Sprint("h", i), Name: word() + " " + word()})
	}
	start := time.Date(2027, 1, 30, 8, 0, 0, 0, time.UTC)
	for i := range n {
		p.Sessions = append(p.Sessions, festival.Session{
			Base: base(fmt.Sprint("n", i)), Code: fmt.Sprint("N", i), Title: locale.Text{"en": text(6)}, Abstract: en(text(200)),
			Format: festival.Formats[i%5], Track: fmt.Sprint("t", i%71), Hosts: []string{fmt.Sprint(event, "/h", i)}, Languages: []string{[]string{"en", "fr"}[i%2]}, AgeMin: i % 3 * 6,
		})
		at := start.Add(time.Duration(i/37) * 30 * time.Minute)
		p.Slots = append(p.Slots, festival.Frozen{Slot: festival.Slot{Base: base(fmt.Sprint("x", i)), Session: fmt.Sprint(event, "/n", i),
			Space: fmt.Sprint(event, "/s", i%37), Start: at, End: at.Add(25 * time.Minute), Seating: festival.Bookable, Seats: 30}})
	}
	return p.Ready()
}

// BenchmarkSlots is goal 3 of performance.md: filters and search together, over
// the size of a great conference and of the greatest festival.
func BenchmarkSlots(b *testing.B) {
	places := func(string) festival.PlacesState { return festival.PlacesFew }
	for _, n := range []int{1079, 16000} {
		ix := Build(large(n))
		for _, row := range []struct {
			name string
			f    Filter
		}{
			{"all", Filter{}},
			{"search", Filter{Q: "bacon dier"}},
			{"beginning", Filter{Q: "b"}},
			{"filters", Filter{Track: "t3", Lang: "en", Age: 12, Part: Morning, Free: true}},
			{"both", Filter{Q: "conti ba", Format: "workshop", Free: true, Places: true, Age: 8}},
		} {
			b.Run(fmt.Sprintf("%s/%d", row.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					ix.Slots(row.f, places)
				}
			})
		}
	}
}

// BenchmarkBuild is what a release costs before its first page.
func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1079, 16000} {
		p := large(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Build(p)
			}
		})
	}
}
