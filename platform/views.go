package platform

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"feria/festival"
	"feria/festival/search"
	"feria/kernel"
	"feria/registration"
)

// View is what pages of one event are made from: the published programme with
// its index, and the live fields beside it. It never changes; a newer one
// replaces it.
type View struct {
	City      festival.City
	Event     festival.Event      // live
	Programme *festival.Programme // nil before the first release
	Index     *search.Index       // nil before the first release
	Release   int
	Live      int   // rises with every live change: alert, colour, title
	Places    int64 // rises with every change of places
	places    map[string]festival.PlacesState
}

// PlacesOf says how full a slot is; one that nobody booked yet is as full as its
// seats make it.
func (v *View) PlacesOf(slot string) festival.PlacesState {
	if s, ok := v.places[slot]; ok {
		return s
	}
	if v.Programme != nil {
		if s, ok := v.Programme.Slot(slot); ok && s.Seating == festival.Bookable {
			return registration.PlacesOf(registration.Roster{Seats: s.Seats})
		}
	}
	return festival.PlacesFree
}

// pollEvery is how often a copy asks whether something changed elsewhere
// (DESIGN.md 4: twice a second).
const pollEvery = 500 * time.Millisecond

// Views keeps the views of the events that somebody asked for.
type Views struct {
	festival *festival.Service
	log      *slog.Logger

	mu     sync.Mutex
	events map[string]*viewEntry
	cancel context.CancelFunc
	done   chan struct{}
}

type viewEntry struct {
	mu   sync.Mutex // one loader at a time
	view atomic.Pointer[View]
	rev  int64
}

func newViews(f *festival.Service, log *slog.Logger) *Views {
	return &Views{festival: f, log: log, events: map[string]*viewEntry{}}
}

func (v *Views) entry(event string) *viewEntry {
	v.mu.Lock()
	defer v.mu.Unlock()
	e := v.events[event]
	if e == nil {
		e = &viewEntry{}
		v.events[event] = e
	}
	return e
}

// Of gives the view of an event, loading it at the first call. Later calls cost
// no store access, nor do they wait for a store that is away: watch keeps the
// view fresh within a second.
func (v *Views) Of(ctx context.Context, event string) (*View, error) {
	e := v.entry(event)
	if view := e.view.Load(); view != nil {
		return view, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if view := e.view.Load(); view != nil {
		return view, nil
	}
	return v.load(ctx, event, e)
}

// Now gives the view of an event as it is in memory, nil where it is not.
func (v *Views) Now(event string) *View {
	v.mu.Lock()
	e := v.events[event]
	v.mu.Unlock()
	if e == nil {
		return nil
	}
	return e.view.Load()
}

// Refresh looks at once whether the event changed, for the copy that changed
// it: its own people see what they did without waiting for the next poll.
func (v *Views) Refresh(ctx context.Context, event string) (*View, error) {
	e := v.entry(event)
	e.mu.Lock()
	defer e.mu.Unlock()
	return v.load(ctx, event, e)
}

// load brings an entry up to date; e.mu is held.
func (v *Views) load(ctx context.Context, event string, e *viewEntry) (*View, error) {
	pulse, rev, changed, err := v.festival.Pulse(ctx, event, e.rev)
	if err != nil {
		return nil, err
	}
	old := e.view.Load()
	if !changed && old != nil {
		return old, nil
	}
	next := &View{Release: pulse.Release, Live: pulse.Live, Places: rev, places: maps.Clone(pulse.Places)}
	if old != nil && old.Release == pulse.Release {
		next.Programme, next.Index = old.Programme, old.Index
	}
	if old != nil && old.Live == pulse.Live && old.Release == pulse.Release {
		next.City, next.Event = old.City, old.Event
	} else {
		if next.Event, err = v.festival.Event(ctx, event); err != nil {
			return nil, err
		}
		if next.City, err = v.festival.City(ctx, next.Event.City); err != nil {
			return nil, err
		}
	}
	if next.Programme == nil && next.Event.Release > 0 {
		if next.Programme, err = v.festival.Programme(ctx, event); err != nil {
			return nil, err
		}
		next.Index = search.Build(next.Programme)
	}
	e.view.Store(next)
	e.rev = rev
	return next, nil
}

// watch polls the pulse of every event in memory until stop.
func (v *Views) watch(ctx context.Context) {
	ctx, v.cancel = context.WithCancel(ctx)
	v.done = make(chan struct{})
	go func() {
		defer close(v.done)
		tick := time.NewTicker(pollEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			v.mu.Lock()
			events := make([]string, 0, len(v.events))
			for id := range v.events {
				events = append(events, id)
			}
			v.mu.Unlock()
			for _, id := range events {
				_, err := v.Refresh(ctx, id)
				switch {
				case kernel.KindOf(err) == kernel.NotFound: // removed
					v.mu.Lock()
					delete(v.events, id)
					v.mu.Unlock()
				case err != nil && ctx.Err() == nil:
					v.log.Warn("cannot look for changes", "event", id, "error", err)
				}
			}
		}
	}()
}

func (v *Views) stop() {
	if v.cancel != nil {
		v.cancel()
		<-v.done
	}
}
