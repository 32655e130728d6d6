package registration

import (
	"context"
	"errors"

	"feria/kernel"
	"feria/store"
)

// grace is how old a row is before it counts as void: far longer than its
// decision can take, and the clocks of several copies may differ.
const grace = 3 * longestDecision

// Sweep deletes rows that no roster knows: what a crash between a row and its
// decision leaves on a store without common commits. It answers how many.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	void, err := s.void(ctx)
	n := 0
	for _, b := range void {
		switch err := s.bookings.Delete(ctx, b.ID); {
		case err == nil:
			n++
		case !errors.Is(err, store.ErrAbsent):
			return n, err
		}
	}
	return n, err
}

// Reopen lets those move up who wait for a slot that a release has brought back
// since a decision found it cancelled or not booked here. Errors: those of the store.
func (s *Service) Reopen(ctx context.Context) error {
	off, err := s.rosters.Find(ctx, store.By("off"))
	for _, r := range off {
		slot, slotErr := s.o.Slots.Slot(ctx, r.ID)
		if kernel.KindOf(slotErr) == kernel.NotFound || slotErr == nil && !slot.Bookable {
			continue
		}
		if slotErr == nil {
			slotErr = s.reopen(ctx, slot)
		}
		err = errors.Join(err, slotErr)
	}
	return err
}

func (s *Service) reopen(ctx context.Context, slot SlotInfo) error {
	var next following
	now := s.now()
	err := s.rosters.Decide(ctx, slot.ID, func(r *Roster) error {
		before := r.Told
		err := r.at(slot, func() error { r.serve(now); return nil })
		next = r.following(before)
		return err
	})
	if err == nil {
		s.follow(slot, next)
	}
	return err
}

// void gives the rows that are older than grace and that no roster knows. hold
// reads them again after their rosters, so a row whose effect was carried out in
// between is not among them.
func (s *Service) void(ctx context.Context) ([]Booking, error) {
	limit := s.now().Add(-grace)
	var void, batch []Booking
	look := func() error {
		held, err := s.hold(ctx, batch)
		known := make(map[string]bool, len(held))
		for _, h := range held {
			known[h.Booking.ID] = true
		}
		for _, b := range batch {
			if !known[b.ID] && err == nil {
				void = append(void, b)
			}
		}
		batch = batch[:0]
		return err
	}
	const most = 250
	err := s.bookings.Each(ctx, store.By("unsettled"), func(b Booking) error {
		if b.MadeAt.After(limit) {
			return nil
		}
		if batch = append(batch, b); len(batch) < most {
			return nil
		}
		return look()
	})
	if err == nil {
		err = look()
	}
	return void, err
}
