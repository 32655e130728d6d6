package registration

import (
	"context"
	"errors"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/store"
)

// at runs a rule on a roster that knows what its slot is now. One that is no longer
// in the programme starts when it last did.
func (r *Roster) at(slot SlotInfo, rule func() error) error {
	start, off := r.Start, r.Off
	r.Off = !slot.Bookable
	if !slot.Start.IsZero() {
		r.Start = slot.Start
	}
	err := rule()
	if err != nil {
		r.Start, r.Off = start, off
	}
	return err
}

// Cancel cancels a booking: its seats go to the next in line in the same
// decision. Cancelling twice is once. Errors: Missing; Conflict slot_over.
func (s *Service) Cancel(ctx context.Context, booking string) error {
	return s.amend(ctx, booking, func(r *Roster, now time.Time, b *Booking) error { return r.Cancel(now, b) })
}

// Change gives a booking another number of seats. Errors: those of
// Roster.Change; Conflict slot_over.
func (s *Service) Change(ctx context.Context, booking string, seats int) error {
	return s.amend(ctx, booking, func(r *Roster, now time.Time, b *Booking) error { return r.Change(now, b, seats) })
}

// errMoved says that a row was read before the roster that counts it.
var errMoved = errors.New("registration: the row was read too early")

// amend lets a rule decide about a booking that exists.
func (s *Service) amend(ctx context.Context, booking string, rule func(*Roster, time.Time, *Booking) error) error {
	cleared := int64(-1) // Cleared of the roster before the row was read
	for {
		b, err := s.bookings.Get(ctx, booking)
		if err != nil {
			return missing(err)
		}
		now := s.now()
		slot, err := s.o.Slots.Slot(ctx, b.Slot)
		switch {
		case kernel.KindOf(err) == kernel.NotFound: // no longer in the programme; it can still be given back
			slot = SlotInfo{ID: b.Slot, City: b.City, Event: b.Event}
		case err != nil:
			return err
		case !slot.End.After(now):
			return kernel.New(kernel.Conflict, "slot_over", "")
		}
		var next following
		err = s.rosters.Decide(ctx, b.Slot, func(r *Roster) error {
			if r.Counts && r.Cleared != cleared {
				return errMoved
			}
			before := r.Told
			err := r.at(slot, func() error { return rule(r, now, &b) })
			next = r.following(before)
			return err
		})
		switch {
		case errors.Is(err, errMoved):
			r, err := s.rosters.Get(ctx, b.Slot)
			if err != nil {
				return missing(err)
			}
			cleared = r.Cleared
			continue
		case kernel.KindOf(err) == kernel.NotFound && cleared < 0:
			// It may have been cancelled and carried out since the row was read.
			cleared = 0
			continue
		case err != nil:
			return missing(err)
		}
		s.follow(slot, next)
		return nil
	}
}

// SetSeats changes how many seats a slot offers, at once and without a release.
// Lowering below what is booked needs sure. Errors: see Roster.SetSeats; Missing.
func (s *Service) SetSeats(ctx context.Context, slot string, seats int, sure bool) error {
	info, err := s.o.Slots.Slot(ctx, slot)
	if err != nil {
		return err
	}
	var next following
	now := s.now()
	err = s.rosters.Decide(ctx, slot, func(r *Roster) error {
		before := r.Told
		err := r.at(info, func() error { return r.SetSeats(now, seats, sure) })
		next = r.following(before)
		return err
	}, store.OrNew(func() Roster { return newRoster(info) }))
	if err != nil {
		return err
	}
	s.follow(info, next)
	return nil
}

// following is what must follow a decision soon.
type following struct {
	told festival.PlacesState // what the public is to be told, "" if nothing new
	deep bool                 // the roster is on its way to too much to be carried out
}

// following is what must follow a decision before which the public had been told
// that.
func (r *Roster) following(before festival.PlacesState) following {
	next := following{deep: len(r.Effects) > maxEffects/4}
	if r.Told != before {
		next.told = r.Told
	}
	return next
}

// follow lets what a decision left to do begin at once: how full the public sees
// the slot here, the rest by Drain, wherever that runs.
func (s *Service) follow(slot SlotInfo, next following) {
	if told := next.told; told != "" && s.o.Places != nil {
		s.work.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			_ = s.tell(ctx, slot, told) // Drain tells what could not be told now
		})
	}
	if s.o.Wake != nil {
		s.o.Wake(next.deep)
	}
}

// Wait waits for what decisions have begun at once, a few seconds at most: before
// the store is closed.
func (s *Service) Wait() { s.work.Wait() }

// tell tells the public how full a slot is, before Drain does. When that has
// changed meanwhile it is to be told again, for others may have told it first, or
// are about to note that they have.
func (s *Service) tell(ctx context.Context, slot SlotInfo, told festival.PlacesState) error {
	if err := s.o.Places(ctx, slot.Event, map[string]festival.PlacesState{slot.ID: told}); err != nil {
		return err
	}
	return s.rosters.Decide(ctx, slot.ID, func(r *Roster) error {
		if r.Told == told {
			return store.ErrUnchanged
		}
		r.tellAgain()
		return nil
	})
}
