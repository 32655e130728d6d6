package capacity

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestServe(t *testing.T) {
	two, three, five := Waiting{Places: 2}, Waiting{Places: 3}, Waiting{Places: 5}
	one := Waiting{Places: 1}
	passed := func(w Waiting, n int) Waiting { w.Passed = n; return w }
	for _, row := range []struct {
		name         string
		total, taken int
		line         []Waiting
		next         []int
		passed       []int
		blocked      int
	}{
		{"nobody waits", 10, 0, nil, nil, nil, -1},
		{"nothing is free", 10, 10, []Waiting{two}, nil, []int{0}, -1},
		{"more taken than there are", 10, 12, []Waiting{one}, nil, []int{0}, -1},
		{"the first that fits is the first", 10, 7, []Waiting{three, one}, []int{0}, []int{0, 0}, -1},
		{"the first does not fit and is passed over once", 10, 8, []Waiting{three, two, one}, []int{1}, []int{1, 0, 0}, -1},
		{"two are served behind one who is passed over twice", 10, 8, []Waiting{three, one, one, one}, []int{1, 2}, []int{2, 0, 0, 0}, -1},
		{"passed over three times it blocks", 10, 8, []Waiting{passed(three, 3), two}, nil, []int{3, 0}, 0},
		{"once it fits it is served and blocks no more", 10, 6, []Waiting{passed(three, 3), one}, []int{0, 1}, []int{3, 0}, -1},
		{"it blocks in the middle of a decision", 10, 6, []Waiting{five, one, one, one, one}, []int{1, 2, 3}, []int{3, 0, 0, 0, 0}, 0},
		{"those before the one who blocks are served", 10, 8, []Waiting{one, passed(five, 3), one}, []int{0}, []int{0, 3, 0}, 1},
		{"who wants more than there are neither gets any nor blocks", 4, 2, []Waiting{passed(five, 3), two}, []int{1}, []int{3, 0}, -1},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := slices.Clone(row.line)
			got := Serve(row.total, row.taken, row.line)
			if !slices.Equal(got.Next, row.next) || !slices.Equal(got.Passed, row.passed) || got.Blocked != row.blocked {
				t.Errorf("got %+v, want next %v, passed %v, blocked %d", got, row.next, row.passed, row.blocked)
			}
			if !slices.Equal(before, row.line) {
				t.Error("the line was changed")
			}
		})
	}
}

// However the line looks: no more places are handed out than are free, nobody is
// served twice or out of order, and unless somebody blocks nobody who still fits
// is left waiting.
func TestServe_properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(0, 30).Draw(t, "total")
		taken := rapid.IntRange(0, 35).Draw(t, "taken")
		line := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Waiting {
			return Waiting{Places: rapid.IntRange(1, 8).Draw(t, "places"), Passed: rapid.IntRange(0, PassedOver).Draw(t, "passed")}
		}), 0, 20).Draw(t, "line")
		s := Serve(total, taken, line)
		left := Free(total, taken)
		for k, i := range s.Next {
			left -= line[i].Places
			if k > 0 && s.Next[k-1] >= i {
				t.Fatalf("served in the order %v", s.Next)
			}
		}
		if left < 0 {
			t.Fatalf("%d places too many were handed out", -left)
		}
		for i, w := range line {
			if s.Passed[i] > PassedOver {
				t.Fatalf("party %d was passed over %d times", i, s.Passed[i])
			}
			if s.Passed[i] < w.Passed {
				t.Fatalf("party %d forgot that it was passed over", i)
			}
			if s.Blocked < 0 && !slices.Contains(s.Next, i) && w.Places <= left {
				t.Fatalf("party %d fits into %d places and waits", i, left)
			}
		}
		if s.Blocked >= 0 && (line[s.Blocked].Places <= left || s.Passed[s.Blocked] < PassedOver || slices.Contains(s.Next, s.Blocked)) {
			t.Fatalf("party %d blocks without reason", s.Blocked)
		}
	})
}
