package registration

import (
	"context"
	"errors"
	"sync"

	"feria/kernel"
	"feria/store"
)

// decide writes the rows and the roster. A row is its writer's as long as it has
// the revision that was written. Whoever sends the same again takes over the row of
// one that was not decided, which ends the claim of the other: so a key is decided
// once, on a store without common commits too.
func (s *Service) decide(ctx context.Context, b Booking, party Party, fresh bool, slot SlotInfo, r Request) (Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var outcome Outcome
	var next following
	// rows are drawn up when they are wanted: most of those who come in a rush are refused.
	claim := func(b Booking, rows func() []store.Op) error {
		return s.rosters.Decide(ctx, slot.ID, func(roster *Roster) error {
			return roster.at(slot, func() (err error) {
				before := roster.Told
				outcome, err = roster.Book(b.MadeAt, Claim{Booking: b.ID, Party: b.Party, Seats: b.Seats, Again: r.Confirm, NoWait: r.NoWait})
				next = roster.following(before)
				return err
			})
		}, store.OrNew(func() Roster { return newRoster(slot) }), store.With(func(bool) []store.Op { return rows() }))
	}
	// The booking's row first: its key says whose the party's row is to write.
	err := claim(b, sync.OnceValue(func() []store.Op {
		rows := []store.Op{s.bookings.InsertOp(b)}
		if fresh {
			rows = append(rows, s.parties.InsertOp(party))
		}
		return rows
	}))
	for try := 0; contested(err) && try < maxReplays; try++ {
		// The same key again: either the whole request, or what a crash has left.
		var receipt Receipt
		var ok bool
		receipt, ok, err = s.replay(ctx, b, func(stored Booking, rev int64) (known bool, err error) {
			rows, err := s.withParty(ctx, s.bookings.ReplaceOp(stored, rev), stored.newParty())
			if err == nil {
				err = claim(stored, func() []store.Op { return rows })
			}
			return outcome.Known, err
		})
		if ok && !receipt.Replayed {
			s.follow(slot, next)
		}
		if ok || err != nil && !contested(err) {
			return receipt, err
		}
		if err == nil { // whoever wrote it has taken it back, or a crash has left the party alone
			var rows []store.Op
			if rows, err = s.withParty(ctx, s.bookings.InsertOp(b), party); err == nil {
				err = claim(b, func() []store.Op { return rows })
			}
		}
	}
	switch {
	case contested(err):
		return Receipt{}, kernel.New(kernel.Unavailable, "booking_unsettled", "")
	case err != nil:
		return Receipt{}, err
	}
	s.follow(slot, next)
	return Receipt{Booking: b, Party: party, State: outcome.State, Position: outcome.Position, Replayed: outcome.Known}, nil
}

// contested says whether somebody else was at a row first.
func contested(err error) bool {
	return errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrStale) || errors.Is(err, store.ErrAbsent)
}

// withParty adds to a booking's row that of its party: a new one where it is not
// there yet, else what is there, written anew, lest somebody who gives up takes it
// back as its own.
func (s *Service) withParty(ctx context.Context, row store.Op, p Party) ([]store.Op, error) {
	switch there, rev, _, err := s.parties.GetUnless(ctx, p.ID, 0); {
	case errors.Is(err, store.ErrAbsent):
		return []store.Op{row, s.parties.InsertOp(p)}, nil
	case err != nil:
		return nil, err
	default:
		return []store.Op{row, s.parties.ReplaceOp(there, rev)}, nil
	}
}

// maxReplays is how often a row may come and go under one key before its sender
// is asked to try again later.
const maxReplays = 5

// Again answers a request that was made before under its key with what came of it,
// and books nothing; ok is false if nothing did, or it has no key. Errors: those of
// Request.Check; Missing slot; Invalid idempotency_mismatch.
func (s *Service) Again(ctx context.Context, r Request) (_ Receipt, ok bool, err error) {
	if err := r.Check(); err != nil || r.Key == "" {
		return Receipt{}, false, err
	}
	slot, err := s.o.Slots.Slot(ctx, r.Slot)
	if err != nil {
		return Receipt{}, false, err
	}
	if slot.City != r.City {
		return Receipt{}, false, kernel.Missing()
	}
	return s.replay(ctx, r.row(slot, s.now()), nil)
}

// replay answers a request whose key was used before with what came of it, if
// it asked for the same; ok is false if nothing did. A row that its roster never
// knew, which a crash may leave on a store without common commits, is decided
// now by takeOver, if that is not nil, which says whether somebody else was first;
// where it is too old for that, the sweeper comes first.
func (s *Service) replay(ctx context.Context, b Booking, takeOver func(stored Booking, rev int64) (known bool, err error)) (_ Receipt, ok bool, err error) {
	stored, rev, _, err := s.bookings.GetUnless(ctx, b.ID, 0)
	if errors.Is(err, store.ErrAbsent) {
		return Receipt{}, false, nil
	}
	if err != nil {
		return Receipt{}, false, err
	}
	if stored.Asked != b.Asked {
		return Receipt{}, false, kernel.New(kernel.Invalid, "idempotency_mismatch", "Idempotency-Key")
	}
	held, err := s.hold(ctx, []Booking{stored})
	known := true
	if err == nil && len(held) == 0 {
		switch {
		case takeOver == nil:
			return Receipt{}, false, nil
		case s.now().Sub(stored.MadeAt) > patience:
			return Receipt{}, false, kernel.New(kernel.Unavailable, "booking_unsettled", "")
		}
		if known, err = takeOver(stored, rev); err == nil {
			held, err = s.hold(ctx, []Booking{stored})
		}
	}
	if err != nil {
		return Receipt{}, false, err
	}
	if len(held) == 0 {
		return Receipt{}, false, kernel.Missing()
	}
	party, err := s.Party(ctx, stored.Party)
	return Receipt{Booking: held[0].Booking, Party: party, State: held[0].State, Position: held[0].Position, Replayed: known}, err == nil, err
}
