package platform

import (
	"context"
	"strings"

	"feria/festival"
	"feria/kernel"
	"feria/ticketing"
)

// SaveGate makes a gate (with an empty ID) or changes one, of a space or slot that
// the event has; these may be named by their own part, as in addresses. Errors:
// those of ticketing.Service.SaveGate, and unknown_space and unknown_slot by field.
func (p *Platform) SaveGate(ctx context.Context, g ticketing.Gate, by string) (ticketing.Gate, error) {
	var old ticketing.Gate
	var err error
	if g.ID != "" {
		if old, err = p.Ticketing.Gate(ctx, g.ID); err != nil {
			return ticketing.Gate{}, err
		}
	}
	switch { // what it let into before may be gone by now, and stay
	case g.Scope == ticketing.OfSpace && g.Space != "" && g.Space != old.Space:
		g.Space = inEvent(g.Event, g.Space)
		var space festival.Space
		space, err = p.Festival.Space(ctx, g.Space)
		err = of(g.Event, space.Event, err, "unknown_space", "space")
	case g.Scope == ticketing.OfSlot && g.Slot != "" && g.Slot != old.Slot:
		g.Slot = inEvent(g.Event, g.Slot)
		var slot festival.Slot
		slot, err = p.Festival.Slot(ctx, g.Slot)
		err = of(g.Event, slot.Event, err, "unknown_slot", "slot")
	}
	if err != nil {
		return ticketing.Gate{}, err
	}
	return p.Ticketing.SaveGate(ctx, g, by)
}

// inEvent is the id of a record that may be named by its own part.
func inEvent(event, id string) string {
	if strings.Contains(id, "/") {
		return id
	}
	return festival.RecordID(event, id)
}

// of refuses, as something not there, what was looked up and is of another event.
func of(event, found string, err error, code, field string) error {
	if kernel.KindOf(err) == kernel.NotFound || err == nil && found != event {
		return kernel.Errors{kernel.New(kernel.Invalid, code, field)}
	}
	return err
}
