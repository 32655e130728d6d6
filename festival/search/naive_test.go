package search

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The index finds what reading every text from the beginning would find.
func TestIndex_agreesWithReading(t *testing.T) {
	p := large(70) // more than one word of the sets
	ix := Build(p)
	vocabulary := ix.sorted
	rapid.Check(t, func(t *rapid.T) {
		var typed []string
		for range rapid.IntRange(1, 3).Draw(t, "words") {
			typed = append(typed, rapid.SampledFrom(vocabulary).Draw(t, "word"))
		}
		last := typed[len(typed)-1]
		typed[len(typed)-1] = last[:rapid.IntRange(1, len(last)).Draw(t, "typed so far")]
		if strings.ToValidUTF8(typed[len(typed)-1], "") != typed[len(typed)-1] {
			t.Skip("cut inside a letter")
		}
		f := Filter{Q: strings.Join(typed, " ")}
		if rapid.Bool().Draw(t, "filtered") {
			f.Track = "t" + rapid.SampledFrom([]string{"0", "1", "2"}).Draw(t, "track")
		}
		got := map[string]bool{}
		for _, slot := range ix.Slots(f, nil) {
			got[slot.ID] = true
		}
		for _, slot := range p.Slots {
			session, _ := p.Session(slot.Session)
			text := map[string]bool{}
			for _, s := range append(sessionTexts(p, &session), placeTexts(p, slot.Slot)...) {
				words(s, func(w string) { text[w] = true })
			}
			want := f.Track == "" || session.Track == f.Track
			for i, w := range typed {
				want = want && has(text, w, i == len(typed)-1)
			}
			if got[slot.ID] != want {
				t.Fatalf("%q: slot %s found %v, reading says %v", f.Q, slot.ID, got[slot.ID], want)
			}
		}
	})
}

func has(text map[string]bool, word string, begins bool) bool {
	if !begins {
		return text[word]
	}
	for w := range text {
		if strings.HasPrefix(w, word) {
			return true
		}
	}
	return false
}
