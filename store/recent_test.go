package store

import (
	"strconv"
	"strings"
	"testing"
)

func TestRecents_areBounded(t *testing.T) {
	c := &Collection[int]{store: &Store{}, decl: &Declared[int]{spec: Spec[int]{Name: "numbers"}}}
	asked := 0
	ask := func() (int, error) { asked++; return asked, nil }
	for _, question := range []string{"short", "short", strings.Repeat("x", maxQuestion+1), strings.Repeat("x", maxQuestion+1)} {
		if _, err := remembered(c, question, ask); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 3 || len(c.store.recents.answers) != 1 {
		t.Errorf("asked %d times and remembers %d, want 3 and 1", asked, len(c.store.recents.answers))
	}
	for n := range maxRecents + 10 {
		c.store.recents.put(strconv.Itoa(n), recent{})
	}
	if n := len(c.store.recents.answers); n > maxRecents {
		t.Errorf("%d answers are remembered", n)
	}
}
