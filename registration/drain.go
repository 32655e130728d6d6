package registration

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"feria/festival"
	"feria/store"
)

// hands is how many bookings Drain works on at a time: each waits for commits,
// which the store groups.
const hands = 4

// Handle does what must follow a decision: a mail, an entry in an audit. It is
// called with the row as the effect left it, at least once for each effect, and
// must be idempotent by Effect.ID, for a crash repeats it. Effects of one
// booking come in their order, those of different ones at the same time.
type Handle func(ctx context.Context, e Effect, b Booking) error

// Drain carries out what rosters left to do: it tells the public how full slots
// are, calls handle for every effect, marks the booking's row and then clears the
// effect. What fails stays for the next time, together with all later effects of
// its booking; others go on. It answers how many effects it carried out.
func (s *Service) Drain(ctx context.Context, handle func(context.Context, Effect, Booking) error) (int, error) {
	n := 0
	var failed []error
	err := s.rosters.Each(ctx, store.By("effects"), func(r Roster) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.Untold {
			if err := s.tell(ctx, r.ID); err != nil {
				failed = append(failed, fmt.Errorf("places: %w", err))
			}
		}
		done, err := s.carryOut(ctx, &r, handle)
		if err != nil {
			failed = append(failed, err)
		}
		n += len(done)
		if err := s.clear(ctx, r.ID, done); err != nil {
			failed = append(failed, err)
		}
		if len(failed) > 0 && errors.Is(failed[len(failed)-1], store.ErrUnavailable) {
			return failed[len(failed)-1] // it will not be better for the next roster
		}
		return nil
	})
	if err != nil && (len(failed) == 0 || err != failed[len(failed)-1]) {
		failed = append(failed, err)
	}
	return n, errors.Join(failed...)
}

// clear takes effects out of a roster that were carried out.
func (s *Service) clear(ctx context.Context, slot string, done map[int64]bool) error {
	if len(done) == 0 {
		return nil
	}
	return s.rosters.Decide(ctx, slot, func(r *Roster) error {
		var left []Effect
		for _, e := range r.Effects {
			if !done[e.No] {
				left = append(left, e)
			}
		}
		if len(left) == len(r.Effects) {
			return store.ErrUnchanged // somebody else has
		}
		r.Cleared += int64(len(r.Effects) - len(left))
		r.Effects = left
		return nil
	})
}

// carryOut handles the effects of a roster, by booking, and marks the rows.
func (s *Service) carryOut(ctx context.Context, r *Roster, handle Handle) (map[int64]bool, error) {
	byBooking := map[string][]Effect{}
	var order []string
	for _, e := range r.Effects {
		e.ID = r.effectID(e)
		if byBooking[e.Booking] == nil {
			order = append(order, festival.RecordID(r.Event, e.Booking))
		}
		byBooking[e.Booking] = append(byBooking[e.Booking], e)
	}
	found, err := s.bookings.GetMany(ctx, order)
	if err != nil {
		return nil, err
	}
	rows := make(map[string]Booking, len(found))
	for _, b := range found {
		rows[b.ID] = b
	}
	var (
		mu     sync.Mutex
		wait   sync.WaitGroup
		free   = make(chan struct{}, hands)
		done   = map[int64]bool{}
		failed []error
	)
	for _, id := range order {
		free <- struct{}{}
		wait.Go(func() {
			defer func() { <-free }()
			effects := byBooking[festival.Own(id)]
			n, err := len(effects), error(nil)
			if row, ok := rows[id]; ok { // else it was erased meanwhile: nobody is left to hear of it
				n, err = s.carryOutOne(ctx, row, effects, handle)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, e := range effects[:n] {
				done[e.No] = true
			}
			if err != nil {
				failed = append(failed, err)
			}
		})
	}
	wait.Wait()
	return done, errors.Join(failed...)
}

// carryOutOne handles the effects of one booking and answers how many of them
// are done with.
func (s *Service) carryOutOne(ctx context.Context, row Booking, effects []Effect, handle Handle) (n int, failed error) {
	for _, e := range effects {
		row.mark(e)
		row.Seats = e.Seats
		if failed = handle(ctx, e, row); failed != nil {
			failed = fmt.Errorf("effect %s of booking %s: %w", e.Kind, row.ID, failed)
			break
		}
		n++
	}
	if n == 0 {
		return 0, failed
	}
	err := s.bookings.Decide(ctx, row.ID, func(b *Booking) error {
		for _, e := range effects[:n] {
			b.mark(e)
		}
		return nil
	})
	if err != nil && !errors.Is(err, store.ErrAbsent) {
		return 0, errors.Join(failed, err) // nothing is cleared: all is done again
	}
	return n, failed
}
