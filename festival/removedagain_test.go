package festival

import (
	"slices"
	"testing"
	"time"

	"feria/kernel"
)

// notes lists what the report of an import says with one code.
func notes(i Import, code string) (out []string) {
	for _, f := range i.Report {
		if f.Code == code {
			out = append(out, f.Record)
		}
	}
	return out
}

// byHand removes a session with its slots, as a person must.
func (h *house) byHand(code string) Session {
	h.t.Helper()
	draft := must(h.Draft(h.ctx, h.event.ID))
	session, ok := draft.SessionByCode(code)
	if !ok {
		h.t.Fatalf("there is no session %s", code)
	}
	for _, slot := range draft.SlotsOf(session.ID) {
		h.ok(h.Remove(h.ctx, SlotKind, slot.ID, "bob"))
	}
	h.ok(h.Remove(h.ctx, SessionKind, session.ID, "bob"))
	return session
}

func TestImportOfASessionThatWasRemovedByHand(t *testing.T) {
	h := open(t)
	h.imported(week(), false)
	h.publish()
	clay := h.byHand("CLAY1")
	want := []string{"session frab:1 (Clay)"}

	i := h.imported(week(), false)
	if added, changed, dropped, same := i.Counts.Totals(); added+changed+dropped != 0 || !slices.Equal(notes(i, "plan_removed"), want) {
		t.Errorf("the unchanged file: %d added, %d changed, %d dropped, %d same; %+v", added, changed, dropped, same, i.Report)
	}
	// News of its slots are no news of the session: all of it stays away.
	r := week()
	r.Sessions[0].Slots[0].Start = r.Sessions[0].Slots[0].Start.Add(-time.Hour)
	r.Sessions[0].Slots = append(r.Sessions[0].Slots, RecordSlot{Key: "frab:1/3", Space: "room:Hall", Start: at10("2027-04-14"), End: at10("2027-04-14").Add(time.Hour)})
	i = h.imported(r, false)
	if added, changed, dropped, _ := i.Counts.Totals(); added+changed+dropped != 0 || !slices.Equal(notes(i, "plan_removed"), want) {
		t.Errorf("its slots are new: %d added, %d changed, %d dropped; %+v", added, changed, dropped, i.Report)
	}
	h.publish()
	h.clean()
	// Once a person brings it back, the next import brings what was new.
	h.ok(h.Restore(h.ctx, SessionKind, clay.ID, "bob"))
	h.imported(r, false)
	if n := len(must(h.Draft(h.ctx, h.event.ID)).SlotsOf(clay.ID)); n != 2 { // the second is as it was, and removed by hand
		t.Errorf("it has %d slots, want 2", n)
	}
	h.byHand("CLAY1")
	// News of the session bring it back, with all that the file has of it.
	r.Sessions[0].Session.Title = en("Clay!")
	i = h.imported(r, false)
	draft := must(h.Draft(h.ctx, h.event.ID))
	if n := len(draft.SlotsOf(clay.ID)); n != 3 || len(notes(i, "plan_removed")) != 0 {
		t.Errorf("it has %d slots, want 3; %+v", n, i.Report)
	}
	h.publish()
	if again := h.imported(r, false); len(again.Counts.Add)+len(again.Counts.Change)+len(again.Counts.Drop) != 0 || len(again.Report) != 0 {
		t.Errorf("and again: %+v", again)
	}
	h.clean()
}

// What was removed by hand comes back when something of the file newly needs it.
func TestImportNeedsWhatWasRemovedByHand(t *testing.T) {
	h := open(t)
	r := week()
	r.Venues = []RecordVenue{{Key: "m", Name: en("Main")}, {Key: "v", Name: en("Depot")}}
	r.Spaces[0].Venue, r.Spaces[1].Venue = "m", "m"
	r.Spaces = append(r.Spaces, RecordSpace{Key: "room:Attic", Name: en("Attic"), Venue: "v"})
	r.Hosts = append(r.Hosts, RecordHost{Key: "person:3", Name: "Cem"})
	r.Booths = []RecordBooth{{Key: "b", Code: "A1", Space: "room:Attic"}}
	h.imported(r, false)
	draft := must(h.Draft(h.ctx, h.event.ID))
	for _, v := range draft.Booths {
		h.ok(h.Remove(h.ctx, BoothKind, v.ID, "bob"))
	}
	for _, v := range draft.Spaces {
		if v.Name["en"] == "Attic" {
			h.ok(h.Remove(h.ctx, SpaceKind, v.ID, "bob"))
		}
	}
	for _, v := range draft.Venues {
		if v.Name["en"] == "Depot" {
			h.ok(h.Remove(h.ctx, VenueKind, v.ID, "bob"))
		}
	}
	for _, v := range draft.Hosts {
		if v.Name == "Cem" {
			h.ok(h.Remove(h.ctx, HostKind, v.ID, "bob"))
		}
	}
	before := h.picture()
	i := h.imported(r, false)
	if got, want := notes(i, "plan_removed"), []string{"venue v (Depot)", "space room:Attic (Attic)", "host person:3 (Cem)", "booth b (A1)"}; !slices.Equal(got, want) || h.picture() != before {
		t.Errorf("the report names %q, want %q", got, want)
	}
	r.Sessions[1].Slots[0].Space, r.Sessions[1].Slots[0].Booth = "room:Attic", "b"
	r.Sessions[1].Hosts = []string{"person:3"}
	plan := must(h.PlanImport(h.ctx, h.event.ID, r))
	var back []string
	for _, item := range plan.Items {
		if item.Action == AddRecord && slices.Equal(item.Overrides, []string{"removed"}) {
			back = append(back, item.Kind+" "+item.Name.String())
		}
	}
	if want := []string{"space Attic", "venue Depot", "booth A1", "host Cem"}; !slices.Equal(back, want) {
		t.Errorf("%q come back, want %q", back, want)
	}
	i = h.imported(r, false)
	if got := notes(i, "plan_removed"); len(got) != 0 {
		t.Errorf("the report still names %q", got)
	}
	h.publish()
	h.clean()
	if again := h.imported(r, false); len(again.Counts.Add)+len(again.Counts.Change)+len(again.Counts.Drop) != 0 {
		t.Errorf("and again: %+v", again.Counts)
	}
	_, err := h.UndoImport(h.ctx, i.ID, "ann")
	h.ok(err)
	if h.picture() != before {
		t.Error("undoing it left something")
	}
	h.clean()
}

func TestThemesStayWhereTheyAreNeeded(t *testing.T) {
	h := open(t)
	draftSession := func(code string) Session {
		t.Helper()
		v, ok := must(h.Draft(h.ctx, h.event.ID)).SessionByCode(code)
		if !ok {
			t.Fatalf("there is no session %s", code)
		}
		return v
	}
	drop := func(slug string) {
		t.Helper()
		_, err := h.SaveEvent(h.ctx, h.event.ID, "bob", func(e *Event) error {
			e.Tracks = slices.DeleteFunc(e.Tracks, func(t Track) bool { return t.Slug == slug })
			return nil
		})
		h.ok(err)
	}
	themes := func() (out []string) {
		for _, t := range must(h.Event(h.ctx, h.event.ID)).Tracks {
			out = append(out, t.Slug)
		}
		return out
	}
	// An undoing keeps the theme of a session that stays.
	i := h.imported(week(), false)
	clay := draftSession("CLAY1")
	clay.AgeMin = 8
	_, err := h.SaveSession(h.ctx, clay, "bob")
	h.ok(err)
	_, err = h.UndoImport(h.ctx, i.ID, "ann")
	h.ok(err)
	if got := themes(); !slices.Equal(got, []string{"music", "craft"}) || draftSession("CLAY1").Track != "craft" {
		t.Errorf("themes are %q", got)
	}
	h.clean()
	// A session comes back without the theme that was deleted meanwhile.
	h.imported(week(), false)
	h.byHand("CLAY1")
	drop("craft")
	h.ok(h.Restore(h.ctx, SessionKind, clay.ID, "bob"))
	if got := draftSession("CLAY1"); got.Track != "" || got.AgeMin != 8 {
		t.Errorf("it came back as %+v", got)
	}
	h.clean()
	// A theme that was deleted by hand stays away, until a session of the file has it.
	h.imported(week(), false)
	if got := themes(); !slices.Equal(got, []string{"music"}) {
		t.Errorf("themes are %q", got)
	}
	r := week()
	r.Sessions[1].Session.Track = "craft"
	h.imported(r, false)
	if got := themes(); !slices.Equal(got, []string{"music", "craft"}) || draftSession("song").Track != "craft" {
		t.Errorf("themes are %q", got)
	}
	h.clean()
	// So does a session of a file whose theme was chosen by hand and deleted then.
	clay = draftSession("CLAY1")
	clay.Track = "music"
	clay, err = h.SaveSession(h.ctx, clay, "bob")
	h.ok(err)
	h.ok(h.Remove(h.ctx, SessionKind, clay.ID, "bob"))
	drop("music")
	r.Sessions[0].Session.Title = en("Clay!")
	h.imported(r, false)
	if got := draftSession("CLAY1"); got.Track != "" {
		t.Errorf("it came back as %+v", got)
	}
	h.clean()
	// And what an undoing brings back.
	i = h.imported(func() Records { r := week(); r.Sessions = r.Sessions[1:]; return r }(), false)
	_, err = h.Session(h.ctx, clay.ID)
	h.refused(err, kernel.NotFound, "not_found")
	drop("craft")
	_, err = h.UndoImport(h.ctx, i.ID, "ann")
	h.ok(err)
	h.clean()
}
