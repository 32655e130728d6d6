package festival

import (
	"testing"
	"time"

	"feria/kernel"
)

// What somebody saves while an import or its undoing is at work is not lost: that
// stops, and can be done again.
func TestImport_keepsWhatIsSavedMeanwhile(t *testing.T) {
	h := open(t)
	first := h.imported(week(), false)
	song := func() Session {
		t.Helper()
		draft := must(h.Draft(h.ctx, h.event.ID))
		s, ok := draft.SessionByCode("song")
		if !ok {
			t.Fatal("there is no song")
		}
		return s
	}
	save := func(text string) {
		t.Helper()
		h.clock.later(time.Minute)
		s := song()
		s.Abstract = en(text)
		_, err := h.SaveSession(h.ctx, s, "bob")
		h.ok(err)
	}
	file := week()
	file.Sessions[1].Session.Title = en("Song, new title")

	ahead := h.LoadAhead(h.ctx, h.event.ID)
	<-ahead.done
	save("By Bob, by hand")
	_, err := ahead.ApplyImport(h.ctx, "ann", "week.xml", file, false, nil)
	h.refused(err, kernel.Conflict, "import_raced")
	if got := song(); got.Abstract["en"] != "By Bob, by hand" {
		t.Errorf("the import has lost it: %v", got.Abstract)
	}
	second := h.imported(file, false)
	if got := song(); got.Title["en"] != "Song, new title" || got.Abstract["en"] != "By Bob, by hand" {
		t.Errorf("imported again: %v, %v", got.Title, got.Abstract)
	}

	i := must(h.Import(h.ctx, second.ID))
	u := must(h.reverts(h.ctx, i, must(h.loadImages(h.ctx, i)), "ann"))
	save("By Bob, again")
	err = h.applyAll(h.ctx, nil, u.writes, nil)
	h.refused(err, kernel.Conflict, "import_raced")
	if got := song(); got.Abstract["en"] != "By Bob, again" {
		t.Errorf("the undoing has lost it: %v", got.Abstract)
	}
	if _, err := h.UndoImport(h.ctx, first.ID, "ann"); err != nil {
		t.Error(err)
	}
	h.clean()
}
