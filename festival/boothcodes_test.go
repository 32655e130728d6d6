package festival

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// stands is a file with booths in one hall, each given as "key:code".
func stands(all ...string) Records {
	r := Records{Format: "frab-xml", Spaces: []RecordSpace{{Key: "room:Hall", Name: en("Hall")}}}
	for _, one := range all {
		key, code, _ := strings.Cut(one, ":")
		r.Booths = append(r.Booths, RecordBooth{Key: key, Code: code, Space: "room:Hall"})
	}
	return r
}

// codes lists the booths of the draft like stands; one made by hand has no key.
func (h *house) codes() []string {
	h.t.Helper()
	var out []string
	for _, b := range must(h.Draft(h.ctx, h.event.ID)).Booths {
		out = append(out, b.Source.Key+":"+b.Code)
	}
	return out
}

func (h *house) booth(code string) {
	h.t.Helper()
	draft := must(h.Draft(h.ctx, h.event.ID))
	_, err := h.SaveBooth(h.ctx, Booth{Base: h.base(), Space: draft.Spaces[0].ID, Code: code}, "bob")
	h.ok(err)
}

func nothing(*house) {}

func TestImportBoothCodes(t *testing.T) {
	long := strings.Repeat("x", maxCode)
	for _, row := range []struct {
		name      string
		files     []Records
		meanwhile func(h *house)
		last      Records
		keep      bool
		want      []string
		found     string // booths that the report names
	}{
		{"two booths swap", []Records{stands("g1:A1", "g2:A2")}, nothing, stands("g1:A2", "g2:A1"), false, []string{"g2:A1", "g1:A2"}, ""},
		{"three go round", []Records{stands("g1:A1", "g2:A2", "g3:A3")}, nothing, stands("g1:A2", "g2:A3", "g3:A1"), false, []string{"g3:A1", "g1:A2", "g2:A3"}, ""},
		{"each goes one on", []Records{stands("g1:A1", "g2:A2")}, nothing, stands("g1:A2", "g2:A3"), false, []string{"g1:A2", "g2:A3"}, ""},
		{"a new one for a dropped one", []Records{stands("g1:A1")}, nothing, stands("g2:A1"), false, []string{"g2:A1"}, ""},
		{"a new one, and nothing is dropped", []Records{stands("g1:A1")}, nothing, stands("g2:A1"), true, []string{"g1:A1", "g2:A1-2"}, "booth g2 (A1)"},
		{"a new one for one that is used by hand", []Records{stands("g1:A1")}, func(h *house) {
			draft := must(h.Draft(h.ctx, h.event.ID))
			_, slot := h.placed("By hand", draft.Spaces[0].ID, at10("2027-04-12"))
			slot.Booth = draft.Booths[0].ID
			_, err := h.SaveSlot(h.ctx, slot, "bob")
			h.ok(err)
		}, stands("g2:A1"), false, []string{"g1:A1", "g2:A1-2"}, "booth g2 (A1)"},
		{"one made by hand keeps its code", []Records{stands("g1:A1")}, func(h *house) { h.booth("A2"); h.booth("A2-2") }, stands("g1:A2"), false, []string{":A2", ":A2-2", "g1:A2-3"}, "booth g1 (A2)"},
		{"a dropped one comes back", []Records{stands("g1:A1"), stands()}, func(h *house) { h.booth("A1") }, stands("g1:A1"), false, []string{":A1", "g1:A1-2"}, "booth g1 (A1)"},
		{"one code twice in a file", nil, nothing, stands("g1:A1", "g2:A1"), false, []string{"g1:A1", "g2:A1-2"}, "booth g2 (A1)"},
		{"a long code", nil, nothing, stands("g1:"+long, "g2:"+long), false, []string{"g1:" + long, "g2:" + long[2:] + "-2"}, "booth g2 (" + long + ")"},
	} {
		start := func(t *testing.T) *house {
			h := open(t)
			h.imported(stands(), false) // has the hall already
			for _, r := range row.files {
				h.imported(r, false)
			}
			row.meanwhile(h)
			return h
		}
		settled := func(h *house) {
			h.t.Helper()
			got, want := h.codes(), slices.Clone(row.want)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				h.t.Errorf("the booths are %q, want %q", got, want)
			}
			h.clean()
		}
		t.Run(row.name, func(t *testing.T) {
			h := start(t)
			before := h.picture()
			i := h.imported(row.last, row.keep)
			var found []string
			for _, f := range i.Report {
				if f.Code == "plan_code_taken" {
					found = append(found, f.Record)
				}
			}
			if got := strings.Join(found, ", "); got != row.found {
				t.Errorf("the report names %q, want %q", got, row.found)
			}
			settled(h)
			again := h.imported(row.last, row.keep)
			if added, changed, dropped, _ := again.Counts.Totals(); added+changed+dropped != 0 {
				t.Errorf("the same file again did %+v", again.Counts)
			}
			undone, err := h.UndoImport(h.ctx, i.ID, "ann")
			h.ok(err)
			if len(undone.Kept) != 0 || h.picture() != before {
				t.Errorf("undone, the booths are %q, and kept are %+v", h.codes(), undone.Kept)
			}
			h.clean()
		})
		// The import ends after some writes, and is undone or done again.
		for done := range 2 {
			t.Run(fmt.Sprintf("%s, ended after %d", row.name, done), func(t *testing.T) {
				crashed := func() (*house, string, Import) {
					h := start(t)
					before := h.picture()
					i := Import{ID: h.event.ID + "/icrash", Event: h.event.ID, At: h.clock.t, State: ImportRunning}
					pl := must(h.plan(h.ctx, nil, h.event.ID, "ann", i.ID, row.last, row.keep))
					i.Images = must(h.keepImages(h.ctx, i, pl.plan.writes))
					h.ok(h.begin(h.ctx, i))
					h.ok(h.applyAll(h.ctx, nil, pl.plan.first, nil))
					h.ok(h.applyAll(h.ctx, nil, pl.plan.writes[:done], nil))
					h.clock.later(importTime)
					return h, before, i
				}
				h, before, i := crashed()
				_, err := h.UndoImport(h.ctx, i.ID, "ann")
				h.ok(err)
				if h.picture() != before {
					t.Errorf("undone, the booths are %q", h.codes())
				}
				h.clean()
				h, _, _ = crashed()
				h.imported(row.last, row.keep)
				settled(h)
			})
		}
	}
}

// An undoing that can not give a booth its code back leaves it as it is, with all
// that depends on it.
func TestUndoImportBoothCodes(t *testing.T) {
	there := stands("g1:A1")
	there.Sessions = []RecordSession{{Key: "s", Session: Session{Title: en("Clay")}, Slots: []RecordSlot{{
		Key: "s1", Space: "room:Hall", Booth: "g1", Start: at10("2027-04-12"), End: at10("2027-04-12").Add(time.Hour),
	}}}}
	for _, row := range []struct {
		name        string
		first, last Records
		byHand      string
		kept, want  []string
	}{
		{"a dropped one, with its slot", there, stands(), "A1", []string{"booth A1", "slot Clay"}, []string{":A1"}},
		{"a renamed one", stands("g1:A1"), stands("g1:A2"), "A1", []string{"booth A2"}, []string{":A1", "g1:A2"}},
		{"a row of renamed ones", stands("g1:A1", "g2:A2", "g3:A3"), stands("g1:A2", "g2:A3", "g3:A4"), "A1", []string{"booth A2", "booth A3", "booth A4"}, []string{":A1", "g1:A2", "g2:A3", "g3:A4"}},
		{"others of the import", stands("g1:A1", "g2:A2"), stands("g1:A3", "g2:A4"), "A2", []string{"booth A4"}, []string{"g1:A1", ":A2", "g2:A4"}},
		{"a new one has the code", stands("g1:A1"), stands("g2:A1"), "A9", nil, []string{"g1:A1", ":A9"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := open(t)
			h.imported(row.first, false)
			i := h.imported(row.last, false)
			h.booth(row.byHand)
			undone, err := h.UndoImport(h.ctx, i.ID, "ann")
			h.ok(err)
			var kept []string
			for _, k := range undone.Kept {
				kept = append(kept, k.Kind+" "+k.Name.String())
			}
			if !slices.Equal(kept, row.kept) {
				t.Errorf("kept are %q, want %q", kept, row.kept)
			}
			if got := h.codes(); !slices.Equal(got, row.want) {
				t.Errorf("the booths are %q, want %q", got, row.want)
			}
			h.clean()
		})
	}
}

// An undoing that ended while codes change hands can be done again.
func TestUndoImportBoothCodesEndsInTheMiddle(t *testing.T) {
	for done := range 3 {
		t.Run(fmt.Sprintf("after %d", done), func(t *testing.T) {
			h := open(t)
			h.imported(stands("g1:A1", "g2:A2", "g3:A3"), false)
			before := h.picture()
			i := h.imported(stands("g1:A2", "g2:A1", "g4:A3"), false)
			u := must(h.reverts(h.ctx, i, must(h.loadImages(h.ctx, i)), "ann"))
			h.ok(h.applyAll(h.ctx, nil, u.first, nil))
			h.ok(h.applyAll(h.ctx, nil, u.writes[:done], nil))
			undone, err := h.UndoImport(h.ctx, i.ID, "ann")
			h.ok(err)
			if len(undone.Kept) != 0 || h.picture() != before {
				t.Errorf("the booths are %q, and kept are %+v", h.codes(), undone.Kept)
			}
			h.clean()
		})
	}
}
