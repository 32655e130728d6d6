package festival

import (
	"slices"
	"testing"
	"time"

	"feria/kernel"
	"feria/store"
)

func TestUndoImport(t *testing.T) {
	h := open(t)
	hall := h.space("Hall of before")
	h.placed("By hand", hall.ID, at10("2027-04-12"))
	empty := h.picture()
	first := h.imported(week(), false)
	one := h.picture()
	r := week()
	r.Sessions[0].Session.Title = en("Clay!")
	r.Sessions = r.Sessions[:1]
	second := h.imported(r, false)
	if h.picture() == one {
		t.Fatal("the second import changed nothing")
	}
	undone, err := h.UndoImport(h.ctx, second.ID, "bob")
	h.ok(err)
	if undone.State != ImportUndone || undone.UndoneBy != "bob" || len(undone.Kept) != 0 {
		t.Errorf("undone: %+v", undone)
	}
	if h.picture() != one {
		t.Error("undoing the second import did not bring back the first")
	}
	_, err = h.UndoImport(h.ctx, second.ID, "bob")
	h.refused(err, kernel.Conflict, "import_undone")
	_, err = h.UndoImport(h.ctx, first.ID, "bob")
	h.ok(err)
	if h.picture() != empty {
		t.Error("undoing both imports did not bring back the draft of before")
	}
	old := h.imported(Records{Format: "csv"}, false)
	h.clock.later(undoable)
	_, err = h.UndoImport(h.ctx, old.ID, "bob")
	h.refused(err, kernel.Gone, "import_too_old")
	// Imported again, everything is what it was, ids too.
	h.imported(week(), false)
	if h.picture() != one {
		t.Error("importing again after the undoing made other records")
	}
	h.clean()
}

func TestUndoImportKeepsHandEdits(t *testing.T) {
	h := open(t)
	i := h.imported(week(), false)
	draft, err := h.Draft(h.ctx, h.event.ID)
	h.ok(err)
	song, _ := draft.SessionByCode("song")
	song.Title = en("Song by Bob")
	_, err = h.SaveSession(h.ctx, song, "bob")
	h.ok(err)
	shed := draft.Spaces[1]
	_, err = h.SaveSlot(h.ctx, Slot{Base: h.base(), Session: song.ID, Space: shed.ID, Start: at10("2027-04-12"), End: at10("2027-04-12").Add(time.Hour)}, "bob")
	h.ok(err)
	undone, err := h.UndoImport(h.ctx, i.ID, "ann")
	h.ok(err)
	var kept []string
	for _, k := range undone.Kept {
		kept = append(kept, k.Kind+" "+k.Name.String())
	}
	// The song, its hosts, the space of Bob's slot and its venue.
	want := []string{"session Song", "host Ann", "host Bob", "space Shed", "venue Learning Week"}
	if !slices.Equal(kept, want) {
		t.Errorf("kept are %q, want %q", kept, want)
	}
	draft, err = h.Draft(h.ctx, h.event.ID)
	h.ok(err)
	if len(draft.Sessions) != 1 || len(draft.Slots) != 1 || len(draft.Hosts) != 2 || len(draft.Spaces) != 1 {
		t.Errorf("the draft has %d sessions, %d slots, %d hosts, %d spaces", len(draft.Sessions), len(draft.Slots), len(draft.Hosts), len(draft.Spaces))
	}
	h.clean()
}

// What an undoing leaves must not point to what is not there.
func TestUndoImportLeavesNothingPointingNowhere(t *testing.T) {
	short := func() Records { r := week(); r.Sessions, r.Hosts = r.Sessions[:1], r.Hosts[:1]; return r }
	moved := func() Records { r := week(); r.Sessions[0].Slots[1].Space = "room:Hall"; return r }
	for _, row := range []struct {
		name      string
		files     []Records
		meanwhile func(h *house, draft *Programme)
		kept      []string
	}{
		{"what the import brought back is used by hand", []Records{short(), week()}, func(h *house, draft *Programme) {
			song, _ := draft.SessionByCode("song")
			_, err := h.SaveSlot(h.ctx, Slot{Base: h.base(), Session: song.ID, Space: draft.Spaces[0].ID, Start: at10("2027-04-15"), End: at10("2027-04-15").Add(time.Hour)}, "bob")
			h.ok(err)
		}, []string{"session Song", "host Bob"}},
		{"where a slot was is removed by hand", []Records{moved()}, func(h *house, draft *Programme) {
			h.ok(h.Remove(h.ctx, SpaceKind, draft.Spaces[1].ID, "bob"))
		}, []string{"slot Clay"}},
		{"where a dropped slot was is removed by hand", []Records{func() Records { r := moved(); r.Sessions[0].Slots = r.Sessions[0].Slots[:1]; return r }()},
			func(h *house, draft *Programme) { h.ok(h.Remove(h.ctx, SpaceKind, draft.Spaces[1].ID, "bob")) }, []string{"slot Clay"}},
		{"the host of a dropped session is removed for good", []Records{short()}, func(h *house, draft *Programme) {
			for _, host := range must(hosts.In(h.store).Find(h.ctx, store.By("event", h.event.ID, true))) {
				h.ok(hosts.In(h.store).Delete(h.ctx, host.ID))
			}
		}, []string{"session Song", "slot Song"}},
		{"nobody did anything", []Records{short(), week(), moved(), short()}, func(*house, *Programme) {}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := open(t)
			last := h.imported(week(), false)
			h.publish()
			for _, r := range row.files {
				last = h.imported(r, false)
			}
			row.meanwhile(h, must(h.Draft(h.ctx, h.event.ID)))
			undone, err := h.UndoImport(h.ctx, last.ID, "ann")
			h.ok(err)
			var kept []string
			for _, k := range undone.Kept {
				kept = append(kept, k.Kind+" "+k.Name.String())
			}
			if !slices.Equal(kept, row.kept) {
				t.Errorf("kept are %q, want %q", kept, row.kept)
			}
			h.publish()
			h.clean()
		})
	}
}

func TestOneImportAtATime(t *testing.T) {
	h := open(t)
	h.ok(h.begin(h.ctx, Import{ID: h.event.ID + "/i1", Event: h.event.ID, At: h.clock.t, State: ImportRunning}))
	_, err := h.ApplyImport(h.ctx, h.event.ID, "ann", "week.xml", week(), false, nil)
	h.refused(err, kernel.Conflict, "import_running")
	h.clock.later(importTime)
	h.imported(week(), false)
	crashed, err := h.Import(h.ctx, h.event.ID+"/i1")
	h.ok(err)
	if crashed.State != ImportFailed {
		t.Errorf("the crashed import is %s", crashed.State)
	}
	all, err := h.Imports(h.ctx, h.event.ID)
	h.ok(err)
	if len(all) != 2 || all[0].State != ImportDone {
		t.Errorf("imports are %+v", all)
	}
}

// An import that ended in the middle can be done again and undone.
func TestImportEndsInTheMiddle(t *testing.T) {
	h := open(t)
	before := h.picture()
	pl, err := h.plan(h.ctx, nil, h.event.ID, "ann", h.event.ID+"/icrash", week(), false)
	h.ok(err)
	i := Import{ID: h.event.ID + "/icrash", Event: h.event.ID, At: h.clock.t, State: ImportRunning, Patch: pl.plan.event}
	i.Images, err = h.keepImages(h.ctx, i, pl.plan.writes)
	h.ok(err)
	h.ok(h.begin(h.ctx, i))
	h.ok(h.applyAll(h.ctx, nil, pl.plan.writes[:6], nil))
	h.clock.later(importTime)
	_, err = h.UndoImport(h.ctx, i.ID, "ann")
	h.ok(err)
	if h.picture() != before {
		t.Error("undoing half an import left something")
	}
	h.imported(week(), false)
	h.publish()
	h.clean()
}
