package registration

import (
	"context"
	"errors"
	"slices"
	"time"

	"feria/kernel"
	"feria/store"
)

// Held is a booking with its state.
type Held struct {
	Booking  Booking // with the seats that the roster has
	State    State
	Position int // in the waiting list, from 1
	Slot     SlotInfo
	Gone     bool // the slot is no longer in the programme
}

// current says whether the booking still is something that the party does.
func (h Held) current(now time.Time) bool {
	return h.State != Cancelled && !h.Gone && !h.Slot.Cancelled && h.Slot.End.After(now)
}

// hold joins rows with their rosters and leaves the void ones out, in the order
// of the rows. See Roster.Standing for the rule and for why rows are read twice.
func (s *Service) hold(ctx context.Context, rows []Booking) ([]Held, error) {
	known, err := s.rostersOf(ctx, rows)
	if err != nil {
		return nil, err
	}
	var doubtful []string
	for i := range rows {
		r := known[rows[i].Slot]
		if _, ok := r.Standing(&rows[i]); !ok || r.Counts {
			doubtful = append(doubtful, rows[i].ID)
		}
	}
	again, err := s.bookings.GetMany(ctx, doubtful)
	if err != nil {
		return nil, err
	}
	later := make(map[string]Booking, len(again))
	for _, b := range again {
		later[b.ID] = b
	}
	out := make([]Held, 0, len(rows))
	for _, b := range rows {
		if newer, ok := later[b.ID]; ok {
			b = newer
		}
		standing, ok := known[b.Slot].Standing(&b)
		if !ok {
			continue
		}
		b.Seats = standing.Seats
		if standing.State == Cancelled && b.Ended == nil {
			b.Ended, b.Waited = &standing.Ended, standing.Waited
		}
		h := Held{Booking: b, State: standing.State, Position: standing.Position}
		h.Slot, err = s.o.Slots.Slot(ctx, b.Slot)
		if kernel.KindOf(err) == kernel.NotFound {
			h.Gone = true
		} else if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

// rostersOf gives the rosters of rows by Slot.ID to look at, empty ones for those
// that are not there.
func (s *Service) rostersOf(ctx context.Context, rows []Booking) (map[string]*Roster, error) {
	ids := make([]string, 0, len(rows))
	rosters := make(map[string]*Roster, len(rows))
	for _, b := range rows {
		if rosters[b.Slot] == nil {
			rosters[b.Slot] = &Roster{ID: b.Slot}
			ids = append(ids, b.Slot)
		}
	}
	found, err := s.rosters.Look(ctx, ids)
	for id, r := range found {
		rosters[id] = r
	}
	return rosters, err
}

// Mine gives the bookings that a reader sees: the party's and, to who has proved
// its mail address, those of its family, in the order in which they were made, the
// cancelled ones too.
func (s *Service) Mine(ctx context.Context, r Reader) ([]Held, error) {
	rows, err := s.rowsOf(ctx, r)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b Booking) int { return a.MadeAt.Compare(b.MadeAt) })
	return s.hold(ctx, rows)
}

// rowsOf gives the rows of all bookings that a reader sees.
func (s *Service) rowsOf(ctx context.Context, r Reader) (rows []Booking, err error) {
	family, err := s.family(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, p := range family {
		own, err := s.bookings.Find(ctx, store.By("party", p.City, p.ID))
		if err != nil {
			return nil, err
		}
		rows = append(rows, own...)
	}
	return rows, nil
}

// Of gives what one party alone holds, without those joined with it.
func (s *Service) Of(ctx context.Context, city, party string) ([]Held, error) {
	rows, err := s.bookings.Find(ctx, store.By("party", city, party))
	if err != nil {
		return nil, err
	}
	return s.hold(ctx, rows)
}

// Booked gives the bookings of a slot, without the cancelled ones: those
// confirmed in the order in which they came, then those who wait in theirs.
func (s *Service) Booked(ctx context.Context, slot string) ([]Held, error) {
	rows, err := s.bookings.Find(ctx, store.By("slot", slot))
	if err != nil {
		return nil, err
	}
	held, err := s.hold(ctx, rows)
	if err != nil {
		return nil, err
	}
	held = slices.DeleteFunc(held, func(h Held) bool { return h.State == Cancelled })
	slices.SortStableFunc(held, func(a, b Held) int { return a.Position - b.Position })
	return held, nil
}

// Booking gives one booking with its state. Error: Missing.
func (s *Service) Booking(ctx context.Context, id string) (Held, error) {
	b, err := s.bookings.Get(ctx, id)
	if err != nil {
		return Held{}, missing(err)
	}
	held, err := s.hold(ctx, []Booking{b})
	if err != nil {
		return Held{}, err
	}
	if len(held) == 0 {
		return Held{}, kernel.Missing()
	}
	return held[0], nil
}

// Roster gives a copy of the roster of a slot; one that nobody booked is empty.
// Error: Missing slot.
func (s *Service) Roster(ctx context.Context, slot string) (Roster, error) {
	r, err := s.rosters.Get(ctx, slot)
	if errors.Is(err, store.ErrAbsent) {
		info, err := s.o.Slots.Slot(ctx, slot)
		return newRoster(info), err
	}
	return r, err
}

// Rosters gives the rosters of an event by Slot.ID, of the slots that anybody
// booked.
func (s *Service) Rosters(ctx context.Context, event string) (map[string]Roster, error) {
	all, err := s.rosters.Find(ctx, store.By("event", event))
	out := make(map[string]Roster, len(all))
	for _, r := range all {
		out[r.ID] = r
	}
	return out, err
}
