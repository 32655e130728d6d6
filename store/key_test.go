package store

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// plain draws text as people type it, without control characters.
var plain = rapid.StringOf(rapid.RuneFrom([]rune("ab~ éß벌🐝/\x7f\u00a0.$")))

func TestKey_keepsTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		if (K(a).text() < K(b).text()) != (a < b) {
			t.Fatalf("integers %d, %d", a, b)
		}
		s, u := plain.Draw(t, "s"), plain.Draw(t, "u")
		if (K(s).text() < K(u).text()) != (s < u) {
			t.Fatalf("text %q, %q", s, u)
		}
		// A pair sorts by its first part, then by its second.
		if s != u && (K(s, a).text() < K(u, b).text()) != (s < u) {
			t.Fatalf("pairs (%q, %d), (%q, %d)", s, a, u, b)
		}
		if a != b && (K(s, a).text() < K(s, b).text()) != (a < b) {
			t.Fatalf("pairs (%q, %d), (%q, %d)", s, a, s, b)
		}
		x := time.Unix(rapid.Int64Range(-62e9, 250e9).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).In(time.FixedZone("", int(b%50_000)))
		y := x.Add(time.Duration(b % 1e15))
		if (K(x).text() < K(y).text()) != x.Before(y) {
			t.Fatalf("times %s, %s", x, y)
		}
	})
}

func TestQuery_scansWhatItSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		event, name, other := plain.Draw(t, "event"), plain.Draw(t, "name"), plain.Draw(t, "other")
		key := K(event, name).text()
		in := func(q Query) bool {
			scans, err := q.scans(false)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range scans {
				if key >= s.From && (s.To == "" || key < s.To) {
					return true
				}
			}
			return false
		}
		for what, row := range map[string]struct {
			query Query
			want  bool
		}{
			"event":       {By("x", other), event == other},
			"whole key":   {By("x", event, other), name == other},
			"prefix":      {By("x", event).Prefix(other), strings.HasPrefix(name, other)},
			"from":        {By("x", event).From(other), name >= other},
			"to":          {By("x", event).To(other), name < other},
			"in":          {By("x", event).In(other, "a"), name == other || name == "a"},
			"other event": {By("x", event+"!").From(other), false},
		} {
			if in(row.query) != row.want {
				t.Fatalf("%s: event %q, name %q, asked for %q: %v", what, event, name, other, !row.want)
			}
		}
	})
}

func TestKey_parts(t *testing.T) {
	type kind string
	type level int8
	for _, row := range []struct {
		name string
		a, b Key
		same bool
	}{
		{"named text is text", K(kind("a")), K("a"), true},
		{"named numbers are numbers", K(level(-3)), K(-3), true},
		{"control characters do not count", K("a\x1f\nb\x00"), K("ab"), true},
		{"a separator in a part makes no second part", K("a\x1fb"), K("a", "b"), false},
		{"what is no UTF-8 is replaced", K("a\xff"), K("a\ufffd"), true},
		{"an instant is the same in every zone", K(time.Unix(0, 0)), K(time.Unix(0, 0).UTC()), true},
		{"years beyond four digits stay in order", K(time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)), K(time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)), true},
		{"years before zero too", K(time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)), K(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)), true},
		{"false is not true", K(false), K(true), false},
		{"unsigned numbers are numbers", K(uint16(7)), K(7), true},
	} {
		if (row.a.text() == row.b.text()) != row.same {
			t.Errorf("%s: %q and %q", row.name, row.a.text(), row.b.text())
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a key of a float was made")
		}
	}()
	K(1.5)
}
