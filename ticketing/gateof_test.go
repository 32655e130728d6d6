package ticketing

import (
	"fmt"
	"testing"
	"time"

	"feria/kernel"
)

// found is what a gate is found by a word: its id, "" where there is none.
func (w *town) found(g Gate, err error) string {
	w.t.Helper()
	if err != nil && kernel.KindOf(err) != kernel.NotFound {
		w.t.Fatal(err)
	}
	return g.ID
}

// A door that was opened before its gate was renamed goes on, as long as no other
// gate has the word.
func TestGateOfDoor(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	door := func(slug string) string {
		t.Helper()
		return w.found(w.GateOfDoor(ctx, w.event.ID, slug))
	}
	rename := func(g Gate, slug string) Gate {
		t.Helper()
		w.after(time.Minute)
		g.Slug = slug
		g.OldSlugs = append(g.OldSlugs, OldSlug{Slug: "claimed", Until: w.clock()}) // as a body of the API may
		return w.gate(g)
	}
	old := w.gate(Gate{Slug: "north", OldSlugs: []OldSlug{{Slug: "claimed", Until: ten}}})
	old = rename(rename(old, "quay"), "mole")
	for _, slug := range []string{"north", "quay", "mole"} {
		if got := door(slug); got != old.ID {
			t.Errorf("%s leads to %q, want %q", slug, got, old.ID)
		}
	}
	if got := door("claimed"); got != "" {
		t.Errorf("a word that it never had leads to %q", got)
	}
	if got := w.found(w.GateBySlug(ctx, w.event.ID, "north")); got != "" {
		t.Errorf("who changes gates finds %q by a word of before", got)
	}
	fresh := w.gate(Gate{Slug: "north"})
	if got := door("north"); got != fresh.ID {
		t.Errorf("the word is another's: %q, want %q", got, fresh.ID)
	}
	fresh = rename(fresh, "gate")
	if got := door("north"); got != fresh.ID {
		t.Errorf("of two that had the word the last is %q, want %q", got, fresh.ID)
	}
	w.must(w.RemoveGate(ctx, fresh.ID, "x"))
	if got := door("north"); got != old.ID {
		t.Errorf("the other is set aside: %q, want %q", got, old.ID)
	}
	if old = rename(old, "quay"); len(old.OldSlugs) != 2 || old.OldSlugs[0].Slug != "mole" || old.OldSlugs[1].Slug != "north" {
		t.Errorf("it has a word again, and had %+v", old.OldSlugs)
	}
	for n := range maxOldSlugs {
		old = rename(old, fmt.Sprint("hall", n))
	}
	if door("north") != "" || door("quay") != old.ID || len(old.OldSlugs) != maxOldSlugs {
		t.Errorf("after many names it had %+v", old.OldSlugs)
	}
	w.sound()
}

// Scans that wait on a device are sent under the word that the gate had when its
// door was opened.
func TestGateOf_renamed(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	_, token := w.pass("harbour/p1", 1)
	of := func(at time.Time) string {
		t.Helper()
		now := w.clock()
		return w.found(w.GateOf(ctx, w.event.ID, "north", at, now))
	}
	old := w.gate(Gate{Slug: "north", Reentry: Always})
	w.after(time.Hour)
	before := w.clock()
	w.after(time.Minute)
	old.Slug = "quay"
	old = w.gate(old)
	w.after(time.Hour)
	after := w.clock()
	w.after(time.Minute)
	for what, at := range map[string]time.Time{"before": before, "after": after, "now": w.clock()} {
		if got := of(at); got != old.ID {
			t.Errorf("scanned %s it was renamed: %q, want %q", what, got, old.ID)
		}
	}
	if got := brief(w.scan(w.late(old, token, time.Hour, 0))); got != "ok 1, 1 of 1" {
		t.Errorf("sent after it was renamed: %s", got)
	}
	fresh := w.gate(Gate{Slug: "north", Reentry: Always})
	w.after(time.Hour)
	for _, row := range []struct {
		at   time.Time
		want Gate
	}{{before, old}, {w.clock().Add(-30 * time.Minute), fresh}, {w.clock(), fresh}} {
		if got := of(row.at); got != row.want.ID {
			t.Errorf("the word is another's, scanned at %v: %q, want %q", row.at, got, row.want.ID)
		}
	}
	w.must(w.RemoveGate(ctx, fresh.ID, "x"))
	w.must(w.RemoveGate(ctx, old.ID, "x"))
	w.after(time.Hour)
	if got := of(w.clock()); got != "" {
		t.Errorf("made now at a gate set aside: %q", got)
	}
	if got := of(before); got != old.ID {
		t.Errorf("before it was renamed and set aside: %q, want %q", got, old.ID)
	}
	w.sound()
}
