package festival

import (
	"cmp"
	"context"
	"slices"
	"time"

	"feria/kernel"
	"feria/locale"
	"feria/store"
)

// Copy says what the next edition of an event is.
type Copy struct {
	Slug  string
	Title locale.Text // empty: that of the event
	Start Date        // first day
}

// CopyEvent makes the next edition of an event out of its draft: every record
// anew, under ids and UIDs of its own, shifted by whole days so that the clocks
// show the same times; nothing of releases, alerts, imports and bookings, and
// what was cancelled is planned again. The copy is hidden until somebody shows
// it. Errors: Missing; Errors by field; Conflict slug_taken, import_running.
func (s *Service) CopyEvent(ctx context.Context, id, by string, c Copy) (Event, error) {
	draft, err := s.stillDraft(ctx, id)
	if err != nil {
		return Event{}, err
	}
	if !c.Start.Valid() {
		return Event{}, kernel.New(kernel.Invalid, "bad_date", "start", "date", string(c.Start))
	}
	days := draft.Event.Start.Until(c.Start)
	next := clone(draft.Event)
	next.Slug, next.CopiedFrom, next.Hidden = c.Slug, id, true
	if !c.Title.Empty() {
		next.Title = c.Title
	}
	next.Start, next.End = next.Start.Add(days), next.End.Add(days)
	next.Alert, next.Source = Alert{}, Source{}
	if next, err = s.newEvent(ctx, next, by); err != nil {
		return Event{}, err
	}
	// Until it has all its records the event counts as removed: what a crash leaves
	// is seen by nobody, and goes with it when the sweeper comes.
	began := s.now()
	next.Removed, next.Unfinished = &began, true
	if err := events.In(s.store).Insert(ctx, next); err != nil {
		return Event{}, err
	}
	writes := copier{event: next.ID, days: days, zone: draft.Location(), now: began, by: by, ids: map[string]string{"": ""}}.ops(s, draft)
	done, err := s.finishCopy(ctx, next, writes)
	if kernel.KindOf(err) == kernel.Conflict { // after any other error it may be there
		err = cmp.Or(s.purge(ctx, next), err)
	}
	if err != nil {
		return Event{}, err
	}
	return done, s.bump(ctx, done.ID)
}

func (s *Service) finishCopy(ctx context.Context, e Event, writes []write) (Event, error) {
	if err := s.applyAll(ctx, nil, writes, nil); err != nil {
		return Event{}, err
	}
	e, err := events.In(s.store).Update(ctx, e.ID, func(e *Event) error {
		e.Removed, e.Unfinished = nil, false
		return nil
	})
	if _, taken := takenBy(err); taken {
		return Event{}, slugTaken(e.Slug)
	}
	return e, err
}

type copier struct {
	event, by string
	days      int
	zone      *time.Location
	now       time.Time
	ids       map[string]string // old id: new id
}

// base draws the id of the copy and remembers it.
func (c copier) base(old Base) Base {
	id := RecordID(c.event, kernel.NewID())
	c.ids[old.ID] = id
	return Base{ID: id, Event: c.event, ChangedAt: c.now, ChangedBy: c.by}
}

func (c copier) all(ids []string) []string {
	var out []string
	for _, id := range ids {
		if id = c.ids[id]; id != "" {
			out = append(out, id)
		}
	}
	return out
}

// ops makes the copies in an order in which what is pointed to comes first.
func (c copier) ops(s *Service, draft *Programme) []write {
	var out []write
	add := func(op store.Op) { out = append(out, write{op: op}) }
	for _, v := range draft.Venues {
		v.Base = c.base(v.Base)
		add(venues.In(s.store).InsertOp(v))
	}
	for _, v := range draft.Spaces {
		v.Base, v.Venue = c.base(v.Base), c.ids[v.Venue]
		v.Closed = slices.Clone(v.Closed)
		for i, p := range v.Closed {
			v.Closed[i] = c.period(p)
		}
		add(spaces.In(s.store).InsertOp(v))
	}
	for _, v := range draft.Hosts {
		v.Base = c.base(v.Base)
		add(hosts.In(s.store).InsertOp(v))
	}
	for _, v := range draft.Booths {
		v.Base, v.Space, v.Hosts, v.Days = c.base(v.Base), c.ids[v.Space], c.all(v.Hosts), slices.Clone(v.Days)
		for i, d := range v.Days {
			v.Days[i] = d.Add(c.days)
		}
		add(booths.In(s.store).InsertOp(v))
	}
	for _, v := range draft.Sessions {
		v.Base, v.Hosts = c.base(v.Base), c.all(v.Hosts)
		add(sessions.In(s.store).InsertOp(v))
	}
	for _, f := range draft.Slots {
		v := f.Slot
		v.Base, v.Session, v.Space, v.Booth = c.base(v.Base), c.ids[v.Session], c.ids[v.Space], c.ids[v.Booth]
		p := c.period(v.Period())
		v.Start, v.End, v.State, v.UID = p.Start, p.End, Planned, NewUID()
		add(slots.In(s.store).InsertOp(v))
	}
	return out
}

// period moves both ends by the wall clock; where the clocks jump over all of
// it, the length stays.
func (c copier) period(p Period) Period {
	moved := Period{shiftDays(p.Start, c.days, c.zone), shiftDays(p.End, c.days, c.zone)}
	if !p.Start.IsZero() && !moved.End.After(moved.Start) {
		moved.End = moved.Start.Add(p.End.Sub(p.Start))
	}
	return moved
}
