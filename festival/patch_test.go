package festival

import (
	"testing"
	"time"
)

// What a file said before of the event's days does not undo what an organizer
// made of them; what it says anew, and slots that lie outside, widen them.
func TestImportAndDaysSetByHand(t *testing.T) {
	h := open(t)
	days := func(when string, start, end Date) {
		t.Helper()
		e, err := h.Event(h.ctx, h.event.ID)
		h.ok(err)
		if e.Start != start || e.End != end {
			t.Errorf("%s: the event lasts from %s to %s, want %s to %s", when, e.Start, e.End, start, end)
		}
	}
	r := week()
	r.Event.Start, r.Event.End = "2027-04-10", "2027-04-20"
	h.imported(r, false)
	days("a file with more days", "2027-04-10", "2027-04-20")
	_, err := h.SaveEvent(h.ctx, h.event.ID, "bob", func(e *Event) error { e.Start, e.End = "2027-04-12", "2027-04-18"; return nil })
	h.ok(err)
	h.imported(r, false)
	days("the unchanged file", "2027-04-12", "2027-04-18")
	r.Event.Start = "2027-04-11"
	h.imported(r, false)
	days("a file with another first day", "2027-04-11", "2027-04-18")
	r.Sessions[1].Slots[0].Start, r.Sessions[1].Slots[0].End = at10("2027-04-19"), at10("2027-04-19").Add(time.Hour)
	last := h.imported(r, false)
	days("a slot after the last day", "2027-04-11", "2027-04-19")
	_, err = h.UndoImport(h.ctx, last.ID, "bob")
	h.ok(err)
	days("and its undoing", "2027-04-11", "2027-04-18")
	h.clean()
}
