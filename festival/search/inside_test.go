package search

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// A Korean text without a space costs what it is long, not that times itself, and is
// found by what stands in its middle all the same.
func TestInside_aTextWithoutSpaces(t *testing.T) {
	const n = 5_000
	text := strings.Repeat("가", n-4) + "평생학습"
	total, parts := 0, []string(nil)
	inside(text, func(part string) {
		total += len(part)
		parts = append(parts, part)
		if !utf8.ValidString(part) {
			t.Fatalf("a part is cut inside a letter: %q", part)
		}
	})
	if total > n*maxPart {
		t.Errorf("%d bytes in parts of a text of %d syllables", total, n)
	}
	if !slices.Contains(parts, "학습") {
		t.Error("its end is not among the parts")
	}
}
