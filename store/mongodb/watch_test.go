package mongodb

import (
	"testing"
	"time"
)

func TestQuiet_away(t *testing.T) {
	start := time.Date(2027, 4, 12, 10, 0, 0, 0, time.UTC)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	for _, row := range []struct {
		name  string
		steps func(q *quiet)
		now   int // ms after it was heard first
		want  bool
	}{
		{"nobody asks for long", func(*quiet) {}, 60_000, false},
		{"a question is open for a moment", func(q *quiet) { q.ask(at(300)) }, 2200, false},
		{"a question is open for too long", func(q *quiet) { q.ask(at(300)) }, 2300, true},
		{"a second question does not begin anew", func(q *quiet) { q.ask(at(300)); q.ask(at(2200)) }, 2300, true},
		{"an answer in between", func(q *quiet) { q.ask(at(300)); q.hear(at(900)) }, 9000, false},
		{"silence after an answer", func(q *quiet) { q.ask(at(300)); q.hear(at(900)); q.ask(at(1200)) }, 3200, true},
		{"an answer after it was found away", func(q *quiet) { q.ask(at(300)); q.hear(at(9000)) }, 9001, false},
		{"a process that slept before it asked", func(q *quiet) { q.ask(at(60_000)) }, 60_001, false},
	} {
		q := quiet{heard: start}
		row.steps(&q)
		if got := q.away(at(row.now)); got != row.want {
			t.Errorf("%s: away %v, want %v", row.name, got, row.want)
		}
	}
}
