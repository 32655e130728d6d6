package store

import (
	"fmt"
	"slices"
	"testing"
)

// ring lists what is kept, the last used first, both ways round.
func ring(t *testing.T, h *hotDocs) []string {
	t.Helper()
	var there, back []string
	if h.first != nil {
		for d := h.first; ; d = d.next {
			there = append(there, d.name)
			if d.next == h.first {
				break
			}
		}
		for d := h.first.prev; ; d = d.prev {
			back = append(back, d.name)
			if d == h.first {
				break
			}
		}
		slices.Reverse(back)
	}
	if !slices.Equal(there, back) || len(there) != len(h.docs) {
		t.Fatalf("the ring is broken: %v, %v, %d kept", there, back, len(h.docs))
	}
	return there
}

func TestHotDocs_letsGoOfTheLongestUnused(t *testing.T) {
	h := newHotDocs(30)
	keep := func(name string, size int) { h.keep(&hotDoc{name: name, size: size}) }
	for i := range 4 {
		keep(fmt.Sprint(i), 10)
	}
	if got := ring(t, h); !slices.Equal(got, []string{"3", "2", "1"}) {
		t.Errorf("kept %v", got)
	}
	if _, ok := h.take("0"); ok {
		t.Error("what did not fit is still there")
	}
	if d, ok := h.take("1"); !ok || d.name != "1" {
		t.Error("what fits is gone")
	}
	if _, ok := h.take("1"); ok {
		t.Error("taken twice: two rounds would work on one value")
	}
	keep("1", 10)
	keep("3", 5) // in place of the older
	if got := ring(t, h); !slices.Equal(got, []string{"3", "1", "2"}) || h.size != 25 {
		t.Errorf("kept %v, %d bytes", got, h.size)
	}
	keep("huge", 31)
	if got := ring(t, h); len(got) != 0 || h.size != 0 {
		t.Errorf("what never fits left %v, %d bytes", got, h.size)
	}
}
