package festival

import (
	"testing"

	"feria/kernel"
)

func TestCopyEvent(t *testing.T) {
	h := open(t)
	h.imported(week(), false)
	h.publish()
	h.ok(h.SetAlert(h.ctx, h.event.ID, "ann", en("Rain")))
	_, err := h.CopyEvent(h.ctx, h.event.ID, "ann", Copy{Slug: "week", Start: "2027-10-25"})
	h.refused(err, kernel.Conflict, "slug_taken")
	next, err := h.CopyEvent(h.ctx, h.event.ID, "ann", Copy{Slug: "week-28", Title: en("Next"), Start: "2027-10-25"})
	h.ok(err)
	if next.Number == h.event.Number || next.Start != "2027-10-25" || next.End != "2027-10-31" || next.Release != 0 || !next.Alert.Text.Empty() || next.CopiedFrom != h.event.ID {
		t.Errorf("the copy is %+v", next)
	}
	old, err := h.Draft(h.ctx, h.event.ID)
	h.ok(err)
	draft, err := h.Draft(h.ctx, next.ID)
	h.ok(err)
	if len(draft.Slots) != len(old.Slots) || len(draft.Sessions) != len(old.Sessions) || len(draft.Hosts) != len(old.Hosts) {
		t.Fatalf("the copy has %d slots, %d sessions", len(draft.Slots), len(draft.Sessions))
	}
	for i, s := range draft.Slots {
		was := old.Slots[i]
		if s.UID == was.UID || s.ID == was.ID || s.Source.Key != "" {
			t.Errorf("slot %+v is a copy of %+v", s, was)
		}
		const wall = "15:04"
		if a, b := s.Start.In(draft.Location()).Format(wall), was.Start.In(old.Location()).Format(wall); a != b {
			t.Errorf("the slot is at %s, was at %s", a, b)
		}
		if _, ok := draft.Session(s.Session); !ok {
			t.Errorf("the slot points to %s", s.Session)
		}
	}
	h.clean()
}
