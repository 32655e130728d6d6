package festival

import (
	"context"
	"errors"
	"testing"
	"time"

	"feria/kernel"
	"feria/store"
)

func TestCrashedPublisherIsSweptLater(t *testing.T) {
	h := open(t)
	hall := h.space("Hall")
	h.placed("Clay", hall.ID, at10("2027-04-12"))
	// A publisher that died before the pointer moved.
	left := Release{ID: h.event.ID + "/rdead", Event: h.event.ID, Number: 1, At: h.clock.t, Chunks: 2}
	h.ok(h.writeRelease(h.ctx, left, []chunk{{Kind: EventKind}, {Kind: SlotKind}}))
	h.publish()
	all, err := h.Releases(h.ctx, h.event.ID)
	h.ok(err)
	if len(all) != 1 || all[0].ID == left.ID {
		t.Fatalf("releases are %+v", all)
	}
	n, err := h.Sweep(h.ctx, nobody)
	h.ok(err)
	if n != 0 {
		t.Errorf("%d things swept while the publisher may be at work", n)
	}
	h.clock.later(2 * time.Hour)
	n, err = h.Sweep(h.ctx, nobody)
	h.ok(err)
	if n != 1 {
		t.Errorf("%d things swept, want the dead release", n)
	}
	if kept := must(chunks.In(h.store).Count(h.ctx, store.All())); kept != all[0].Chunks {
		t.Errorf("%d chunks are left, want %d", kept, all[0].Chunks)
	}
	// One that died after the pointer moved, before the pulse.
	h.ok(pulses.In(h.store).Delete(h.ctx, h.event.ID))
	n, err = h.Sweep(h.ctx, nobody)
	h.ok(err)
	p, _, _, err := h.Pulse(h.ctx, h.event.ID, 0)
	h.ok(err)
	if n != 1 || p.Release != 1 {
		t.Errorf("swept %d, pulse %+v", n, p)
	}
	h.clean()
}

// nobody keeps anything of an event.
func nobody(context.Context, Event) error { return nil }

func TestRemovedEventGoesForGood(t *testing.T) {
	h := open(t)
	i := h.imported(week(), false)
	h.publish()
	other, err := h.CreateEvent(h.ctx, Event{City: "harbour", Slug: "other", Kind: Visit, Title: en("x"), Start: "2027-05-01", End: "2027-05-01"}, "test")
	h.ok(err)
	h.ok(h.RemoveEvent(h.ctx, h.event.ID, "ann"))
	removed, err := h.RemovedEvents(h.ctx, "harbour")
	h.ok(err)
	if len(removed) != 1 || removed[0].ID != h.event.ID {
		t.Fatalf("removed events are %+v", removed)
	}
	h.clock.later(undoable - time.Second)
	_, err = h.Sweep(h.ctx, nobody)
	h.ok(err)
	_, err = h.RestoreEvent(h.ctx, h.event.ID, "ann")
	h.ok(err)
	if p, err := h.Programme(h.ctx, h.event.ID); err != nil || len(p.Slots) != 3 {
		t.Fatalf("the restored event has no programme: %v", err)
	}
	h.ok(h.RemoveEvent(h.ctx, h.event.ID, "ann"))
	h.clock.later(undoable)
	away := errors.New("somebody keeps something")
	if _, err = h.Sweep(h.ctx, func(context.Context, Event) error { return away }); !errors.Is(err, away) {
		t.Errorf("swept although others keep something of it: %v", err)
	}
	var left []string
	_, err = h.Sweep(h.ctx, func(ctx context.Context, e Event) error {
		left = append(left, e.ID)
		_, err := h.Event(ctx, other.ID)
		return err
	})
	h.ok(err)
	if len(left) != 1 || left[0] != h.event.ID {
		t.Errorf("told of %v", left)
	}
	_, err = h.RestoreEvent(h.ctx, h.event.ID, "ann")
	h.refused(err, kernel.NotFound, "not_found")
	_, err = h.Import(h.ctx, i.ID)
	h.refused(err, kernel.NotFound, "not_found")
	for name, left := range map[string]int{
		"slots": must(slots.In(h.store).Count(h.ctx, store.All())), "sessions": must(sessions.In(h.store).Count(h.ctx, store.All())),
		"chunks": must(chunks.In(h.store).Count(h.ctx, store.All())), "images": must(imageChunks.In(h.store).Count(h.ctx, store.All())),
	} {
		if left != 0 {
			t.Errorf("%d %s are left", left, name)
		}
	}
	_, err = h.Event(h.ctx, other.ID)
	h.ok(err)
	h.clean()
}
