package festival

import (
	"context"
	"time"

	"feria/kernel"
	"feria/store"
)

// PlacesState is all that public pages say about how full a slot is.
type PlacesState string

// The states of places.
const (
	PlacesFree   PlacesState = "free"
	PlacesFew    PlacesState = "few"
	PlacesFull   PlacesState = "full"
	PlacesClosed PlacesState = "closed"
)

// Pulse is the epoch document of an event: every copy of Feria polls it and
// learns from it what to forget. It holds nothing personal.
type Pulse struct {
	ID    string `json:"id"`    // Event.ID
	Event string `json:"event"` // Event.ID
	// Release is the number of the published release.
	Release int `json:"release"`
	// Live rises with every change that needs no release: alert, colour, title,
	// the city's name.
	Live int `json:"live"`
	// Event.ChangedAt and City.ChangedAt as Live told of them last: a crash before
	// it did is seen by Sweep.
	EventSeen time.Time `json:"event_seen,omitzero"`
	CitySeen  time.Time `json:"city_seen,omitzero"`
	// Places holds, by Slot.ID, the slots that are not free.
	Places map[string]PlacesState `json:"places,omitempty"`
}

// Pulse gives the epoch of an event unless its revision still is rev; changed
// says whether p was filled. Revision 0 always gives it. Error: Missing.
func (s *Service) Pulse(ctx context.Context, event string, rev int64) (p Pulse, newRev int64, changed bool, err error) {
	c := pulses.In(s.store)
	p, newRev, changed, err = c.GetUnless(ctx, event, rev)
	if !errAbsent(err) {
		return p, newRev, changed, err
	}
	// Made when the event was, but for a crash in between.
	if _, err := s.Event(ctx, event); err != nil {
		return Pulse{}, 0, false, err
	}
	if err := s.bump(ctx, event); err != nil {
		return Pulse{}, 0, false, err
	}
	p, newRev, changed, err = c.GetUnless(ctx, event, rev)
	return p, newRev, changed, missing(err)
}

// SetPlaces says how full slots are; those not named stay as they are.
func (s *Service) SetPlaces(ctx context.Context, event string, changed map[string]PlacesState) error {
	for slot, state := range changed {
		if EventOf(slot) != event || state != PlacesFree && state != PlacesFew && state != PlacesFull && state != PlacesClosed {
			return kernel.New(kernel.Invalid, "bad_places", "places", "state", string(state))
		}
	}
	return s.changePulse(ctx, event, func(p *Pulse) error {
		places := make(map[string]PlacesState, len(p.Places)+len(changed))
		for slot, state := range p.Places {
			places[slot] = state
		}
		differs := false
		for slot, state := range changed {
			if state == PlacesFree {
				_, there := places[slot]
				differs = differs || there
				delete(places, slot)
			} else {
				differs = differs || places[slot] != state
				places[slot] = state
			}
		}
		if !differs {
			return store.ErrUnchanged
		}
		p.Places = places
		return nil
	})
}

// bump tells every copy to look at the event anew.
func (s *Service) bump(ctx context.Context, event string) error {
	e, err := events.In(s.store).Get(ctx, event)
	if err != nil {
		return missing(err)
	}
	city, err := s.City(ctx, e.City)
	if err != nil {
		return err
	}
	return s.changePulse(ctx, event, func(p *Pulse) error {
		p.Live++
		p.EventSeen, p.CitySeen = later(p.EventSeen, e.ChangedAt), later(p.CitySeen, city.ChangedAt)
		// Never back: another publisher may have bumped with a later release.
		p.Release = max(p.Release, e.Release)
		return nil
	})
}

func (s *Service) changePulse(ctx context.Context, event string, change func(*Pulse) error) error {
	return pulses.In(s.store).Decide(ctx, event, change, store.OrNew(func() Pulse { return Pulse{ID: event, Event: event} }))
}

// stale says whether something live was changed of which the pulse did not tell.
func (p Pulse) stale(e Event, c City) bool {
	return p.Release < e.Release || p.EventSeen.Before(e.ChangedAt) || p.CitySeen.Before(c.ChangedAt)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
