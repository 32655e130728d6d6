package feed

import (
	"testing"
	"time"
)

func TestLength(t *testing.T) {
	rows := []struct {
		name  string
		d     time.Duration
		want  string
		exact bool
	}{
		{"minutes", 20 * time.Minute, "00:20", true},
		{"hours", 12 * time.Hour, "12:00", true},
		{"most of four days", 99*time.Hour + 59*time.Minute, "99:59", true},
		{"longer ones count days", 168 * time.Hour, "7:00:00", false},
		{"seconds are lost", 90 * time.Second, "00:01", false},
		{"less than a minute", time.Second, "00:00", false},
	}
	for _, row := range rows {
		start := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
		if got, exact := length(start, start.Add(row.d)); got != row.want || exact != row.exact {
			t.Errorf("%s: got %s, %v", row.name, got, exact)
		}
	}
}

func TestNumbering(t *testing.T) {
	n := numbering{}
	a := n.draw("frab:42", "g1")
	b := n.draw("frab:42", "g2") // taken already
	c := n.draw("", "g3")
	if a != 42 || b == 42 || b == 0 || c == 0 || b == c {
		t.Errorf("drew %d, %d, %d", a, b, c)
	}
	if again := (numbering{}).draw("", "g3"); again != c {
		t.Errorf("the number of a guid was %d and is %d", c, again)
	}
	if long := n.draw("frab:12345678901", "g4"); long == 0 || long > 1<<31 {
		t.Errorf("drew %d", long)
	}
}
