package festival_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/festival/intake"
	"feria/locale"
	"feria/store/storetest"
)

// table is an event into which one CSV comes again and again. It names slots by
// letters in the order in which it meets them.
type table struct {
	*festival.Service
	t     *testing.T
	event string
	now   time.Time
	names map[string]string // letter by Slot.ID
	old   bool              // imports by number, as Feria once did
}

func openTable(t *testing.T) *table {
	t.Helper()
	h := &table{t: t, now: time.Date(2027, 1, 10, 12, 0, 0, 0, time.UTC), names: map[string]string{}}
	h.Service = festival.New(storetest.Open(t, festival.Collections()...), func() time.Time { return h.now })
	_, err := h.CreateCity(t.Context(), festival.City{ID: "c", Name: locale.Text{"en": "C"}, Zone: "Europe/Berlin", Locales: []string{"en"}, Color: "#112233"}, "test")
	ok(t, err)
	e, err := h.CreateEvent(t.Context(), festival.Event{City: "c", Slug: "e", Kind: festival.Festival, Title: locale.Text{"en": "E"}, Start: "2027-04-10", End: "2027-04-30"}, "test")
	ok(t, err)
	h.event = e.ID
	return h
}

// bring imports rows of one session like "12 Hall".
func (h *table) bring(rows string) festival.Import {
	h.t.Helper()
	h.now = h.now.Add(time.Minute)
	var b strings.Builder
	b.WriteString("id,title,date,start,end,space,seats\n")
	for row := range strings.SplitSeq(rows, ", ") {
		day, place, _ := strings.Cut(row, " ")
		place, seats, _ := strings.Cut(place, " ")
		fmt.Fprintf(&b, "W1,Clay,2027-04-%s,10:00,11:00,%s,%s\n", day, place, seats)
	}
	r, err := intake.Read("week.csv", []byte(b.String()), intake.Options{Zone: "Europe/Berlin", Lang: "en"})
	ok(h.t, err)
	r.SlotsCounted = !h.old
	i, err := h.ApplyImport(h.t.Context(), h.event, "ann", "week.csv", r, false, nil)
	ok(h.t, err)
	return i
}

// again imports the same rows and wants no record to change.
func (h *table) again(rows string) {
	h.t.Helper()
	before := h.slots()
	i := h.bring(rows)
	if added, changed, dropped, _ := i.Counts.Totals(); added+changed+dropped != 0 || h.slots() != before {
		h.t.Errorf("%s again did %+v: %s, want %s", rows, i.Counts, h.slots(), before)
	}
}

// slots gives the slots of the draft like "a 12 Hall".
func (h *table) slots() string {
	h.t.Helper()
	draft, err := h.Draft(h.t.Context(), h.event)
	ok(h.t, err)
	places := map[string]string{}
	for _, s := range draft.Spaces {
		places[s.ID] = s.Name.String()
	}
	byTime := make([]string, 0, len(draft.Slots))
	for _, s := range draft.Slots {
		at := strings.TrimSpace(fmt.Sprintf("%s %s %s", s.Start.Format("02"), places[s.Space], strings.TrimPrefix(fmt.Sprint(s.Seats), "0")))
		byTime = append(byTime, at+"\x00"+s.ID)
	}
	slices.Sort(byTime)
	for n, one := range byTime {
		at, id, _ := strings.Cut(one, "\x00")
		if h.names[id] == "" {
			h.names[id] = string(rune('a' + len(h.names)))
		}
		byTime[n] = h.names[id] + " " + at
	}
	return strings.Join(byTime, ", ")
}

// A CSV has no ids for the slots of a session. Bookings hang on them, so each
// must stay what it is, wherever its row stands.
func TestSlotsOfAChangedTable(t *testing.T) {
	const three, halls = "12 Hall, 13 Hall, 14 Hall", "12 Hall, 12 Shed, 13 Hall"
	for _, row := range []struct {
		name, first, second string
		want                string
		changes             int // slots added, changed and dropped
	}{
		{"the same", three, three, "a 12 Hall, b 13 Hall, c 14 Hall", 0},
		{"without the first row", three, "13 Hall, 14 Hall", "b 13 Hall, c 14 Hall", 1},
		{"without a middle row", three, "12 Hall, 14 Hall", "a 12 Hall, c 14 Hall", 1},
		{"turned round", three, "14 Hall, 13 Hall, 12 Hall", "a 12 Hall, b 13 Hall, c 14 Hall", 0},
		{"one moved", three, "12 Hall, 20 Hall, 14 Hall", "a 12 Hall, c 14 Hall, b 20 Hall", 1},
		{"one moved, turned round", three, "14 Hall, 20 Hall, 12 Hall", "a 12 Hall, c 14 Hall, b 20 Hall", 1},
		{"one more in front", three, "11 Hall, 12 Hall, 13 Hall, 14 Hall", "d 11 Hall, a 12 Hall, b 13 Hall, c 14 Hall", 1},
		{"one more in front, one moved", three, "11 Hall, 12 Hall, 13 Hall, 15 Hall", "d 11 Hall, a 12 Hall, b 13 Hall, c 15 Hall", 2},
		{"one gone, one moved", three, "13 Hall, 15 Hall", "b 13 Hall, c 15 Hall", 2},
		{"all moved by a week", three, "19 Hall, 20 Hall, 21 Hall", "a 19 Hall, b 20 Hall, c 21 Hall", 3},
		{"all moved, turned round", three, "21 Hall, 20 Hall, 19 Hall", "a 19 Hall, b 20 Hall, c 21 Hall", 3},
		{"two at once, turned round", halls, "13 Hall, 12 Shed, 12 Hall", "a 12 Hall, b 12 Shed, c 13 Hall", 0},
		{"two at once, without the first", halls, "12 Shed, 13 Hall", "b 12 Shed, c 13 Hall", 1},
		{"two at once, one to another place", halls, "12 Shed, 12 Barn, 13 Hall", "a 12 Barn, b 12 Shed, c 13 Hall", 1},
		{"two at once, one moved", halls, "12 Shed, 13 Hall, 20 Hall", "b 12 Shed, c 13 Hall, a 20 Hall", 1},
		{"two at once in one place, turned round", "12 Hall 5, 12 Hall 9", "12 Hall 9, 12 Hall 5", "a 12 Hall 5, b 12 Hall 9", 0},
		{"two at once in one place, without the first", "12 Hall 5, 12 Hall 9", "12 Hall 9", "b 12 Hall 9", 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := openTable(t)
			h.bring(row.first)
			before := h.slots()
			second := h.bring(row.second)
			changes := second.Counts.Add[festival.SlotKind] + second.Counts.Change[festival.SlotKind] + second.Counts.Drop[festival.SlotKind]
			if got := h.slots(); got != row.want || changes != row.changes {
				t.Errorf("the slots are %s after %d changes, want %s after %d", got, changes, row.want, row.changes)
			}
			h.again(row.second)
			_, err := h.UndoImport(t.Context(), second.ID, "ann")
			ok(t, err)
			if got := h.slots(); got != before {
				t.Errorf("the undoing left %s, want %s", got, before)
			}
			if h.bring(row.second); h.slots() != row.want {
				t.Errorf("the file again after the undoing: %s, want %s", h.slots(), row.want)
			}
			if h.bring(row.first); h.slots() != before {
				t.Errorf("the first file again: %s, want %s", h.slots(), before)
			}
			ok(t, h.Check(t.Context(), func(problem string) { t.Errorf("doctor: %s", problem) }))
		})
	}
}

// What was set aside does not come back as another slot, under whatever number
// its row stood.
func TestSlotsOfATableOverTime(t *testing.T) {
	h := openTable(t)
	for _, step := range []struct{ rows, want string }{
		{"12 Hall, 13 Hall, 14 Hall", "a 12 Hall, b 13 Hall, c 14 Hall"},
		{"13 Hall, 14 Hall", "b 13 Hall, c 14 Hall"},
		{"11 Hall, 13 Hall, 14 Hall", "d 11 Hall, b 13 Hall, c 14 Hall"},
		{"18 Hall, 20 Hall, 21 Hall", "d 18 Hall, b 20 Hall, c 21 Hall"},
		{"12 Hall, 18 Hall, 20 Hall, 21 Hall", "a 12 Hall, d 18 Hall, b 20 Hall, c 21 Hall"},
		{"20 Hall", "b 20 Hall"},
		{"16 Hall, 17 Hall, 20 Hall", "e 16 Hall, f 17 Hall, b 20 Hall"},
	} {
		h.bring(step.rows)
		if got := h.slots(); got != step.want {
			t.Fatalf("after %s the slots are %s, want %s", step.rows, got, step.want)
		}
		h.again(step.rows)
	}
	ok(t, h.Check(t.Context(), func(problem string) { t.Errorf("doctor: %s", problem) }))
}

// A row finds the slot that was made of it also where somebody has moved or
// removed the slot since.
func TestSlotsOfATableAndHandEdits(t *testing.T) {
	h := openTable(t)
	h.bring("12 Hall, 13 Hall, 14 Hall")
	h.slots()
	draft, err := h.Draft(t.Context(), h.event)
	ok(t, err)
	for _, s := range draft.Slots {
		switch h.names[s.ID] {
		case "a":
			s.Start, s.End = s.Start.AddDate(0, 0, 1), s.End.AddDate(0, 0, 1)
			_, err := h.SaveSlot(t.Context(), s.Slot, "bob")
			ok(t, err)
		case "b":
			ok(t, h.Remove(t.Context(), festival.SlotKind, s.ID, "bob"))
		}
	}
	const want = "a 13 Hall, c 14 Hall"
	for _, rows := range []string{"12 Hall, 13 Hall, 14 Hall", "14 Hall, 13 Hall, 12 Hall", "14 Hall, 12 Hall"} {
		if h.again(rows); h.slots() != want {
			t.Errorf("after %s the slots are %s, want %s", rows, h.slots(), want)
		}
	}
	h.bring("11 Hall, 12 Hall, 14 Hall")
	if got, want := h.slots(), "d 11 Hall, a 13 Hall, c 14 Hall"; got != want {
		t.Errorf("with one more row: %s, want %s", got, want)
	}
}

// Slots that came when rows were told apart by their number carry that number
// still, some that of another row.
func TestSlotsOfATableImportedByNumber(t *testing.T) {
	h := openTable(t)
	h.old = true
	h.bring("12 Hall, 13 Hall, 14 Hall, 15 Hall")
	h.slots()
	h.bring("14 Hall, 13 Hall, 15 Hall")
	h.old = false
	const want = "b 13 Hall, a 14 Hall, c 15 Hall"
	for _, rows := range []string{"14 Hall, 13 Hall, 15 Hall", "13 Hall, 14 Hall, 15 Hall"} {
		if h.again(rows); h.slots() != want {
			t.Errorf("after %s the slots are %s, want %s", rows, h.slots(), want)
		}
	}
	h.bring("14 Hall, 15 Hall, 16 Hall, 20 Hall")
	if got, want := h.slots(), "a 14 Hall, c 15 Hall, b 16 Hall, e 20 Hall"; got != want {
		t.Errorf("after a change the slots are %s, want %s", got, want)
	}
}
