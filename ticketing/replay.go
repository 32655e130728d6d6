package ticketing

import (
	"context"
	"errors"

	"feria/kernel"
	"feria/store"
)

// replay answers a scan whose nonce is known: as before, whatever became of the
// pass since, as long as it is the same pass or the same unreadable text. fresh is
// what the same scan would be if it were new.
func (s *Service) replay(ctx context.Context, r ScanRequest, fresh Scan, name string) (Verdict, error) {
	row, err := s.scans.Get(ctx, fresh.ID)
	if err != nil {
		return Verdict{}, err
	}
	samePass := row.Pass != "" && row.Pass == fresh.Pass
	sameText := row.ReadHash != "" && row.ReadHash == readHash(r.shown())
	if !samePass && !sameText {
		return Verdict{}, kernel.New(kernel.Conflict, "nonce_reused", "nonce")
	}
	if row.Folded {
		if row, err = s.complete(ctx, row, fresh); err != nil {
			return Verdict{}, err
		}
	}
	v, err := s.say(ctx, row, name)
	v.Replayed = true
	return v, err
}

// complete carries a row to its end that was written and perhaps never decided:
// its machine stopped between the row and the Admission, or is about to decide.
// Whoever comes first decides, and everybody tells that. Where nobody is about to
// any more, nobody was told anything: then the rules are asked as for a new scan.
func (s *Service) complete(ctx context.Context, row, fresh Scan) (Scan, error) {
	gate, err := s.gates.Get(ctx, row.Gate)
	if err != nil {
		return row, err
	}
	ref := row.ref(gate.Reentry)
	lost := row.Void || fresh.Received.Sub(row.Received) > settled
	var said *answer
	refused := false
	err = s.admissions.Decide(ctx, row.Pass, func(a *Admission) error {
		var known bool
		said, known = a.recall(row.Device, row.Nonce, row.At)
		refused = !known && lost && fresh.Reason != ""
		if known || refused {
			return store.ErrUnchanged
		}
		now := a.admit(ref)
		said = &now
		return nil
	}, s.begun(row))
	switch {
	case err != nil:
		return row, err
	case refused:
		return s.refuse(ctx, row, fresh)
	case said == nil: // by the row alone, long ago
		return row, nil
	}
	return s.keep(ctx, row, said)
}

// refuse makes of a row that was never decided one that the rules have refused,
// unless somebody else has let it in meanwhile.
func (s *Service) refuse(ctx context.Context, row, fresh Scan) (Scan, error) {
	row, err := s.scans.Update(ctx, row.ID, func(row *Scan) error {
		if !row.Folded {
			return store.ErrUnchanged
		}
		*row = row.told(answer{reason: fresh.Reason, why: fresh.Why})
		row.Folded, row.Void = false, false
		row.Scope, row.Space, row.Seats, row.Opens, row.Closes = fresh.Scope, fresh.Space, fresh.Seats, fresh.Opens, fresh.Closes
		return nil
	})
	if err != nil {
		return row, err
	}
	a, err := s.admissions.Get(ctx, row.Pass)
	if ref, _ := a.knows(row); err == nil && ref != nil && ref.Said != nil {
		return s.keep(ctx, row, ref.said())
	}
	if errors.Is(err, store.ErrAbsent) {
		err = nil
	}
	return row, err
}
