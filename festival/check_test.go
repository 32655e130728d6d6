package festival

import (
	"slices"
	"strings"
	"testing"
)

func TestDoctorSeesPlantedFaults(t *testing.T) {
	for _, row := range []struct {
		name  string
		plant func(h *house)
		want  string
	}{
		{"a slot without its session", func(h *house) {
			h.ok(slots.In(h.store).Put(h.ctx, Slot{Base: Base{ID: h.event.ID + "/s", Event: h.event.ID}, Session: h.event.ID + "/none", UID: "u"}))
		}, "points to session"},
		{"a slot in a removed space", func(h *house) {
			draft := must(h.Draft(h.ctx, h.event.ID))
			h.ok(spaceKind.mark(h.ctx, h.Service, draft.Spaces[0].ID, "x", &h.clock.t))
		}, "points to space"},
		{"two slots with one UID", func(h *house) {
			draft := must(h.Draft(h.ctx, h.event.ID))
			s := draft.Slots[0].Slot
			s.ID, s.Source = h.event.ID+"/twin", Source{}
			h.ok(slots.In(h.store).Put(h.ctx, s))
		}, "same UID"},
		{"a release without a chunk", func(h *house) {
			e := must(h.Event(h.ctx, h.event.ID))
			h.ok(chunks.In(h.store).Delete(h.ctx, chunkID(e.ReleaseID, 1)))
		}, "chunks"},
		{"a release that was changed", func(h *house) {
			e := must(h.Event(h.ctx, h.event.ID))
			c := must(chunks.In(h.store).Get(h.ctx, chunkID(e.ReleaseID, 0)))
			c.Items[0] = []byte(strings.Replace(string(c.Items[0]), "Learning Week", "Burning Week", 1))
			h.ok(chunks.In(h.store).Put(h.ctx, c))
		}, "another hash"},
		{"an event without its release", func(h *house) {
			e := must(h.Event(h.ctx, h.event.ID))
			h.ok(releases.In(h.store).Delete(h.ctx, e.ReleaseID))
		}, "points to release"},
		{"a number that was never allotted", func(h *house) {
			e := must(h.Event(h.ctx, h.event.ID))
			e.Number = 77
			h.ok(events.In(h.store).Put(h.ctx, e))
		}, "never allotted"},
		{"a host name that leads elsewhere", func(h *house) {
			h.ok(hostNames.In(h.store).Put(h.ctx, hostName{ID: "learn.example", City: "hill"}))
		}, "leads to"},
		{"an event of no city", func(h *house) {
			h.ok(cities.In(h.store).Delete(h.ctx, "harbour"))
		}, "which is not there"},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := open(t)
			h.imported(week(), false)
			h.publish()
			h.clean()
			row.plant(h)
			var problems []string
			h.ok(h.Check(h.ctx, func(problem string) { problems = append(problems, problem) }))
			if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, row.want) }) {
				t.Errorf("the doctor says %q, want something with %q", problems, row.want)
			}
		})
	}
}
