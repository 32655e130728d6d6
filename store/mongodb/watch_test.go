package mongodb

import "testing"

func TestQuiet_away(t *testing.T) {
	ticks := func(q *quiet, n int) {
		for range n {
			q.tick()
		}
	}
	for _, row := range []struct {
		name  string
		steps func(q *quiet)
		want  bool
	}{
		{"just heard", func(q *quiet) { ticks(q, 1) }, false},
		{"silent for a moment", func(q *quiet) { ticks(q, 1+patientFor) }, false},
		{"silent for too long", func(q *quiet) { ticks(q, 2+patientFor) }, true},
		{"an answer in between", func(q *quiet) { ticks(q, patientFor); q.hear(); ticks(q, 1+patientFor) }, false},
		{"silence after an answer", func(q *quiet) { ticks(q, patientFor); q.hear(); ticks(q, 2+patientFor) }, true},
		{"an answer after it was found away", func(q *quiet) { ticks(q, 100); q.hear() }, false},
	} {
		q := quiet{heard: true}
		row.steps(&q)
		if got := q.away(); got != row.want {
			t.Errorf("%s: away %v, want %v", row.name, got, row.want)
		}
	}
	q := quiet{heard: true}
	if q.tick() || !q.tick() {
		t.Error("the server is asked although it was heard, or not asked although it was not")
	}
}
