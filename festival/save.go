package festival

import (
	"context"
	"fmt"
	"slices"

	"feria/kernel"
)

// Saving a record: one without ID is new in its Event and gets one; one with ID
// replaces what is stored, but for its origin and what identifies it. A record
// that says what is stored already changes nothing. One that carries a ChangedAt
// which is not that of the stored record was read before somebody else saved:
// Conflict record_changed; the zero ChangedAt asks for no such check. Further
// errors: Missing (record or event); Errors by field; Conflict slug_taken or
// code_taken.

// SaveVenue saves a venue; an empty Slug is made of its name.
func (s *Service) SaveVenue(ctx context.Context, v Venue, by string) (Venue, error) {
	if _, err := s.Event(ctx, eventOf(v.Base)); err != nil {
		return Venue{}, err
	}
	return venueKind.put(ctx, s, v, by, nil)
}

// SaveSpace saves a space of a venue of the same event.
func (s *Service) SaveSpace(ctx context.Context, v Space, by string) (Space, error) {
	r, err := s.refs(ctx, v.Base)
	if err != nil {
		return Space{}, err
	}
	refer(r, venueKind, "venue", "unknown_venue", v.Venue)
	if r.err != nil {
		return Space{}, r.err
	}
	return spaceKind.put(ctx, s, v, by, r.Errors)
}

// SaveBooth saves a booth of a space of the same event; an empty Code is made.
func (s *Service) SaveBooth(ctx context.Context, v Booth, by string) (Booth, error) {
	r, err := s.refs(ctx, v.Base)
	if err != nil {
		return Booth{}, err
	}
	refer(r, spaceKind, "space", "unknown_space", v.Space)
	refer(r, hostKind, "hosts", "unknown_host", v.Hosts...)
	r.track(v.Track)
	if r.err != nil {
		return Booth{}, r.err
	}
	return boothKind.put(ctx, s, v, by, r.Errors)
}

// SaveHost saves a host; an empty Slug is made of its name.
func (s *Service) SaveHost(ctx context.Context, v Host, by string) (Host, error) {
	if _, err := s.Event(ctx, eventOf(v.Base)); err != nil {
		return Host{}, err
	}
	return hostKind.put(ctx, s, v, by, nil)
}

// SaveSession saves a session; an empty Code is made of its title, and once
// made it stays (code_fixed).
func (s *Service) SaveSession(ctx context.Context, v Session, by string) (Session, error) {
	r, err := s.refs(ctx, v.Base)
	if err != nil {
		return Session{}, err
	}
	refer(r, hostKind, "hosts", "unknown_host", v.Hosts...)
	r.track(v.Track)
	if r.err == nil && v.ID != "" && v.Code != "" {
		old, err := s.Session(ctx, v.ID)
		if err != nil {
			return Session{}, err
		}
		if old.Code != v.Code {
			r.Add("code", "code_fixed", "code", old.Code)
		}
	}
	if r.err != nil {
		return Session{}, r.err
	}
	return sessionKind.put(ctx, s, v, by, r.Errors)
}

// SaveSlot saves a slot of a session; a new one gets its UID. A time without a
// place, or a place without a time, is allowed: the slot is then not Placed.
func (s *Service) SaveSlot(ctx context.Context, v Slot, by string) (Slot, error) {
	r, err := s.refs(ctx, v.Base)
	if err != nil {
		return Slot{}, err
	}
	refer(r, sessionKind, "session", "unknown_session", v.Session)
	refer(r, spaceKind, "space", "unknown_space", v.Space)
	for _, booth := range refer(r, boothKind, "booth", "unknown_booth", v.Booth) {
		if v.Space != "" && booth.Space != v.Space {
			r.Add("booth", "booth_elsewhere", "booth", booth.Code)
		}
	}
	if r.err != nil {
		return Slot{}, r.err
	}
	if v.ID == "" {
		v.UID = ""
	}
	return slotKind.put(ctx, s, v, by, r.Errors)
}

func eventOf(b Base) string {
	if b.ID != "" {
		return EventOf(b.ID)
	}
	return b.Event
}

// references looks at what a record points to and collects what is not there.
type references struct {
	kernel.Errors
	ctx   context.Context
	s     *Service
	event Event
	err   error // of the store
}

func (s *Service) refs(ctx context.Context, b Base) (*references, error) {
	e, err := s.Event(ctx, eventOf(b))
	if err != nil {
		return nil, err
	}
	return &references{ctx: ctx, s: s, event: e}, nil
}

// refer gives the records of a kind that are there and not removed; each other
// id that is not "" is a complaint.
func refer[T any, P record[T]](r *references, k *kindOf[T, P], field, code string, ids ...string) []T {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "" })
	if r.err != nil || len(ids) == 0 {
		return nil
	}
	found, err := k.decl.In(r.s.store).GetMany(r.ctx, ids)
	if err != nil {
		r.err = err
		return nil
	}
	found = slices.DeleteFunc(found, func(v T) bool {
		return P(&v).base().Removed != nil || P(&v).base().Event != r.event.ID
	})
	for i, id := range ids {
		if slices.ContainsFunc(found, func(v T) bool { return P(&v).base().ID == id }) {
			continue
		}
		at := field
		if len(ids) > 1 {
			at = fmt.Sprintf("%s.%d", field, i)
		}
		r.Add(at, code)
	}
	return found
}

func (r *references) track(slug string) {
	if slug != "" && !slices.ContainsFunc(r.event.Tracks, func(t Track) bool { return t.Slug == slug }) {
		r.Add("track", "unknown_track", "track", slug)
	}
}

// Venue gives a venue of the draft by its ID. Error: Missing, also for a removed
// one; so do the methods for the other kinds.
func (s *Service) Venue(ctx context.Context, id string) (Venue, error) {
	return venueKind.load(ctx, s, id)
}

// Space gives a space of the draft.
func (s *Service) Space(ctx context.Context, id string) (Space, error) {
	return spaceKind.load(ctx, s, id)
}

// Booth gives a booth of the draft.
func (s *Service) Booth(ctx context.Context, id string) (Booth, error) {
	return boothKind.load(ctx, s, id)
}

// Host gives a host of the draft.
func (s *Service) Host(ctx context.Context, id string) (Host, error) {
	return hostKind.load(ctx, s, id)
}

// Session gives a session of the draft.
func (s *Service) Session(ctx context.Context, id string) (Session, error) {
	return sessionKind.load(ctx, s, id)
}

// Slot gives a slot of the draft.
func (s *Service) Slot(ctx context.Context, id string) (Slot, error) {
	return slotKind.load(ctx, s, id)
}
