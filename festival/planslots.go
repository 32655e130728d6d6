package festival

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// takeSlots takes the slots that a file has for a session. With back, the session
// was removed by hand and is there again, and so are those of its slots that went
// with it.
func (pl *planner) takeSlots(session string, all []RecordSlot, back bool) {
	rows := make([]incoming[Slot], len(all))
	for n, r := range all {
		v := pl.slot(session, r)
		rows[n] = incoming[Slot]{key: r.Key, guid: r.GUID, value: v, parts: slotParts(v), back: back}
	}
	if pl.r.SlotsCounted {
		pl.pairSlots(session, rows)
	}
	for _, in := range rows {
		// A key that only counts says nothing. Each slot keeps the one it has, so
		// that none has to wait for another to give it up.
		switch {
		case in.known && in.match >= 0:
			in.key = pl.slots.all[in.match].Source.Key
		case in.known:
			in.key = pl.slots.freeKey(in.key)
		}
		take(pl, pl.slots, in)
	}
}

func (pl *planner) slot(session string, r RecordSlot) Slot {
	v := Slot{
		Session: session, Space: pl.refer(SpaceKind, r.Space, SlotKind, r.Key), Booth: pl.refer(BoothKind, r.Booth, SlotKind, r.Key),
		Start: tidyTime(r.Start), End: tidyTime(r.End), State: r.State, Seating: r.Seating, Seats: min(max(r.Seats, 0), maxSeats),
	}
	if v.Start.IsZero() != v.End.IsZero() || !v.Start.IsZero() && !v.End.After(v.Start) {
		pl.note(Lost, "plan_times", SlotKind, r.Key, pl.name(&v))
		v.Start, v.End = time.Time{}, time.Time{}
	}
	if v.State != Cancelled {
		v.State = Planned
	}
	if v.Seating == Bookable && v.Seats == 0 || v.Seating != Bookable && v.Seating != External {
		v.Seating = WalkIn
	}
	v.tidy()
	return v
}

// freeKey gives the key, or one made of it that no record has.
func (st *stock[T, P]) freeKey(key string) string {
	free := key
	for n := 2; ; n++ {
		if _, taken := st.byKey[free]; !taken {
			return free
		}
		free = key + "#" + itoa(n)
	}
}

// slotMarks are what a slot of a session is known by where the file has no ids
// for them, the surest first. All are of what the file said last, since a slot
// that was moved by hand is still the same row.
var slotMarks = []func(Source) string{
	// All that was said, unless an import dropped it: before that comes back, one
	// that is still there and differs in little is the one that is meant.
	func(s Source) string { return s.Hash + " " + strconv.FormatBool(s.Dropped) },
	func(s Source) string { return saidStart(s) + " " + s.Said["place"] },
	saidStart,
}

// saidStart is the part of Slot.sumTimes that tells the start.
func saidStart(s Source) string {
	start, _, _ := strings.Cut(s.Said["time"], "-")
	return start
}

// pairSlots finds the slots that the rows of a session mean. Their place in the
// file would not do: without its first row, each slot would become the one
// after it and take its bookings there. So rows find slots by slotMarks, and
// only those that are left on both sides count as moved.
func (pl *planner) pairSlots(session string, rows []incoming[Slot]) {
	said := make([]Source, len(rows))
	for n := range rows {
		in := &rows[n]
		in.known, in.match = true, -1
		said[n] = Source{Hash: saysAll(in.parts, in.guid), Said: says(in.parts)}
	}
	known := pl.countedSlots(session)
	for _, mark := range slotMarks {
		if len(known) == 0 {
			return
		}
		marked := map[string][]int{}
		for _, i := range known {
			m := mark(pl.slots.all[i].Source)
			marked[m] = append(marked[m], i)
		}
		paired := map[int]bool{}
		for n := range rows {
			m := mark(said[n])
			if same := marked[m]; rows[n].match < 0 && len(same) > 0 {
				rows[n].match, marked[m] = same[0], same[1:]
				paired[same[0]] = true
			}
		}
		known = slices.DeleteFunc(known, func(i int) bool { return paired[i] })
	}
	var left, there []timed
	for n := range rows {
		if rows[n].match < 0 {
			left = append(left, timed{n, saidStart(said[n])})
		}
	}
	for _, i := range known {
		// What was set aside does not come back as another.
		if v := &pl.slots.all[i]; v.Removed == nil {
			there = append(there, timed{i, saidStart(v.Source)})
		}
	}
	inOrder(left, there, func(n, i int) { rows[n].match = i })
}

// countedSlots gives the slots that files of this family had for a session,
// also where somebody has put them elsewhere since: first those that are there,
// then those that somebody removed, then those that an import dropped.
func (pl *planner) countedSlots(session string) []int {
	if pl.counted == nil {
		pl.counted = map[string][]int{}
		for i := range pl.slots.all {
			if s := pl.slots.all[i].Source; s.Key != "" && s.From == pl.family {
				pl.counted[s.Said["session"]] = append(pl.counted[s.Said["session"]], i)
			}
		}
	}
	rank := func(i int) int {
		switch v := &pl.slots.all[i]; {
		case v.Removed == nil:
			return 0
		case !v.Source.Dropped:
			return 1
		}
		return 2
	}
	all := slices.Clone(pl.counted[sumLine(session)])
	slices.SortStableFunc(all, func(a, b int) int { return cmp.Compare(rank(a), rank(b)) })
	return all
}

// timed is a row or a slot with what its file said of its start.
type timed struct {
	at    int
	start string // as saidStart gives it
}

func (t timed) unix() int64 {
	n, _ := strconv.ParseInt(t.start, 36, 64) // "" is early
	return n
}

// inOrder pairs all of the shorter list with as many of the longer one, in order
// of time, each with the nearest that leaves enough for those after it.
func inOrder(a, b []timed, pair func(a, b int)) {
	if len(a) > len(b) {
		inOrder(b, a, func(x, y int) { pair(y, x) })
		return
	}
	for _, all := range [][]timed{a, b} {
		slices.SortStableFunc(all, func(x, y timed) int { return cmp.Compare(x.unix(), y.unix()) })
	}
	for n, x := range a {
		far := func(y timed) int64 { return max(x.unix()-y.unix(), y.unix()-x.unix()) }
		for len(b) > len(a)-n && far(b[1]) < far(b[0]) {
			b = b[1:]
		}
		pair(x.at, b[0].at)
		b = b[1:]
	}
}
