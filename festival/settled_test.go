package festival

import (
	"testing"
	"time"

	"feria/kernel"
)

// A draft in which an import is at work, or in which a slot points to what is not
// there, does not become public: it would cancel what people booked.
func TestPublish_refusesHalfADraft(t *testing.T) {
	h := open(t)
	hall := h.space("Hall")
	session, slot := h.placed("Clay", hall.ID, at10("2027-04-12"))
	h.publish()
	now := h.now()

	running := Import{ID: RecordID(h.event.ID, kernel.NewID()), Event: h.event.ID, State: ImportRunning, At: now}
	h.ok(imports.In(h.store).Insert(h.ctx, running))
	_, err := h.Publish(h.ctx, h.event.ID, "ann", nil)
	h.refused(err, kernel.Conflict, "import_running")
	h.ok(imports.In(h.store).Delete(h.ctx, running.ID))

	gone := func(id string, mark func(removed *time.Time)) {
		t.Helper()
		mark(&now)
		_, err := h.Publish(h.ctx, h.event.ID, "ann", nil)
		h.refused(err, kernel.Conflict, "slot_dangling")
		if p, err := h.Programme(h.ctx, h.event.ID); err != nil || p.Slots[0].State == Cancelled {
			t.Errorf("%s was taken away and the slot is cancelled, %v", id, err)
		}
		mark(nil)
		if _, err := h.Publish(h.ctx, h.event.ID, "ann", nil); err != nil {
			t.Errorf("%s is back: %v", id, err)
		}
	}
	gone("the space", func(removed *time.Time) { h.ok(spaceKind.mark(h.ctx, h.Service, hall.ID, "ann", removed)) })
	gone("the session", func(removed *time.Time) { h.ok(sessionKind.mark(h.ctx, h.Service, session.ID, "ann", removed)) })
	h.ok(slotKind.mark(h.ctx, h.Service, slot.ID, "ann", &now)) // what somebody took away is cancelled, as ever
	if p := h.publish(); p.Slots[0].State != Cancelled {
		t.Errorf("the slot is %s", p.Slots[0].State)
	}
}

// A crash between an alert and its pulse: the sweeper tells of it.
func TestSweep_tellsOfLiveChanges(t *testing.T) {
	h := open(t)
	for name, crashed := range map[string]func() error{
		"an alert": func() error {
			_, err := events.In(h.store).Update(h.ctx, h.event.ID, func(e *Event) error {
				e.Alert.Text, e.ChangedAt = en("Storm"), h.now()
				return nil
			})
			return err
		},
		"the city's name": func() error {
			_, err := cities.In(h.store).Update(h.ctx, h.event.City, func(c *City) error {
				c.Name, c.ChangedAt = en("New Harbour"), h.now()
				return nil
			})
			return err
		},
	} {
		before, _, _, err := h.Pulse(h.ctx, h.event.ID, 0)
		h.ok(err)
		h.clock.later(time.Minute)
		h.ok(crashed())
		for _, want := range []int{1, 0} {
			if n, err := h.Sweep(h.ctx, nobody); n != want || err != nil {
				t.Errorf("%s: %d things put right, want %d, %v", name, n, want, err)
			}
		}
		if after, _, _, err := h.Pulse(h.ctx, h.event.ID, 0); err != nil || after.Live <= before.Live {
			t.Errorf("%s: nobody is told, %v", name, err)
		}
	}
}
