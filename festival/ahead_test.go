package festival

import "testing"

// What was loaded before another import was done must not decide: what that one
// made would be made twice.
func TestAhead(t *testing.T) {
	for _, row := range []struct {
		name      string
		meanwhile func(h *house)
		added     int
	}{
		{"nothing happens meanwhile", func(*house) {}, 10},
		{"another import is done meanwhile", func(h *house) { h.imported(week(), false) }, 0},
		{"and undone again", func(h *house) {
			_, err := h.UndoImport(h.ctx, h.imported(week(), false).ID, "ann")
			h.ok(err)
		}, 10},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := open(t)
			ahead := h.LoadAhead(h.ctx, h.event.ID)
			<-ahead.done
			row.meanwhile(h)
			i, err := ahead.ApplyImport(h.ctx, "bea", "week.xml", week(), false, nil)
			h.ok(err)
			if added, _, dropped, _ := i.Counts.Totals(); added != row.added || dropped > 0 {
				t.Errorf("%d added, %d dropped, want %d added", added, dropped, row.added)
			}
			again, err := h.LoadAhead(h.ctx, h.event.ID).ApplyImport(h.ctx, "bea", "week.xml", week(), false, nil)
			h.ok(err)
			if added, changed, dropped, _ := again.Counts.Totals(); added+changed+dropped > 0 {
				t.Errorf("again: %d added, %d changed, %d dropped", added, changed, dropped)
			}
		})
	}
}
