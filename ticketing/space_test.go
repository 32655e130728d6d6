package ticketing

import (
	"testing"
	"time"
)

// Whoever is in a room may leave it: by which booking they came in does not hang
// on what is booked when they leave.
func TestScan_leavingASpace(t *testing.T) {
	const before = 50 * time.Minute // ten minutes before the first slot
	type step struct {
		after time.Duration
		first func(w *town)
		gate  string
		way   Direction
		count int
		want  string
	}
	for _, row := range []struct {
		name   string
		steps  []step
		inside int // in the room, at the end
	}{
		{"cancelled while inside", []step{
			{before, nil, "lab", Entry, 0, "ok 2, 2 of 2"},
			{time.Minute, func(w *town) {
				s := w.booked("s1", 2)
				s.State = Withdrawn
				w.grant("harbour/p1", s)
			}, "lab", Exit, 1, "ok 1, 1 of 0"},
			{time.Minute, nil, "lab", Exit, 0, "ok 1, 0 of 0"},
		}, 0},
		{"moved to another room while inside", []step{
			{before, nil, "lab", Entry, 0, "ok 2, 2 of 2"},
			{time.Minute, func(w *town) {
				s := w.booked("s1", 2)
				s.Space = w.event.ID + "/hall"
				w.grant("harbour/p1", s)
			}, "lab", Exit, 0, "ok 2, 0 of 0"},
		}, 0},
		{"out when the next booking has begun", []step{
			{before, nil, "lab", Entry, 0, "ok 2, 2 of 2"},
			{68 * time.Minute, nil, "lab", Exit, 0, "ok 2, 0 of 1"},
		}, 0},
		{"in for the next, then one of all out", []step{
			{before, nil, "lab", Entry, 0, "ok 2, 2 of 2"},
			{68 * time.Minute, nil, "lab", Entry, 0, "ok 1, 1 of 1"},
			{time.Minute, nil, "lab", Exit, 1, "ok 1, 2 of 1"},
			{time.Minute, nil, "lab", Entry, 0, "ok 1, 1 of 1"}, // for a moment only
		}, 3},
		{"in through the door of the slot", []step{
			{before, nil, "s1", Entry, 0, "ok 2, 2 of 2"},
			{time.Minute, nil, "lab", Exit, 0, "ok 2, 0 of 2"},
		}, 0},
		{"out of the slot is not out of the room", []step{
			{before, nil, "lab", Entry, 0, "ok 2, 2 of 2"},
			{68 * time.Minute, nil, "lab", Entry, 0, "ok 1, 1 of 1"},
			{time.Minute, nil, "s1", Exit, 0, "ok 2, 0 of 2"},
		}, 1},
		{"out of another room", []step{
			{before, nil, "lab", Entry, 0, "ok 2, 2 of 2"},
			{time.Minute, nil, "hall", Exit, 0, "ok 0, 0 of 0"},
			{time.Minute, nil, "main", Exit, 0, "ok 0, 0 of 2"},
		}, 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := open(t)
			_, token := w.pass("harbour/p1", 0)
			next := w.booked("s2", 1)
			next.Start, next.End = next.End, next.End.Add(time.Hour)
			w.grant("harbour/p1", w.booked("s1", 2), next)
			gates := map[string]Gate{}
			for _, g := range []Gate{
				{Slug: "main"}, {Slug: "s1", Scope: OfSlot, Slot: w.event.ID + "/s1"},
				{Slug: "lab", Scope: OfSpace, Space: w.event.ID + "/lab", Lead: 15}, {Slug: "hall", Scope: OfSpace, Space: w.event.ID + "/hall"},
			} {
				gates[g.Slug] = w.gate(g)
			}
			for i, s := range row.steps {
				w.after(s.after)
				if s.first != nil {
					s.first(w)
				}
				r := w.request(gates[s.gate], token)
				r.Direction, r.Count = s.way, s.count
				if got := brief(w.scan(r)); got != s.want {
					t.Errorf("step %d: %s, want %s", i+1, got, s.want)
				}
			}
			if c, err := w.Inside(t.Context(), gates["lab"]); err != nil || c.In != row.inside {
				t.Errorf("%d are in the room, %v; want %d", c.In, err, row.inside)
			}
			w.sound()
		})
	}
}
