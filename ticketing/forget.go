package ticketing

import (
	"context"
	"errors"
	"time"

	"feria/festival"
	"feria/store"
)

// scanDays is how long scans are kept after their event, by its days as they are
// now, or after they came, where they came later.
const scanDays = 90

// ForgetScans deletes the scans of an event whose time is over, with the
// admissions that rest on them, and answers how many scans. An Admission stays
// whole, with all its scans, as long as one of them does. Where nothing is due it
// reads next to nothing; again it changes nothing. Errors: those of the store.
func (s *Service) ForgetScans(ctx context.Context, event festival.Event, now time.Time) (int, error) {
	due := now.AddDate(0, 0, -scanDays)
	if due.Before(endOf(event)) {
		return 0, nil
	}
	late := map[string]bool{} // passes that have been scanned since
	err := s.scans.Each(ctx, store.By("event", event.ID).From(due), func(r Scan) error {
		if r.Folded {
			late[r.Pass] = true
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	n := 0
	err = pages(ctx, s.scans, store.By("event", event.ID).To(due), func(page []Scan) error {
		var ops []store.Op
		for _, r := range page {
			if !r.Folded || !late[r.Pass] {
				ops = append(ops, s.scans.DeleteOp(r.ID))
			}
		}
		n += len(ops)
		return s.deleteAll(ctx, ops)
	})
	if err != nil {
		return n, err
	}
	return n, pages(ctx, s.admissions, store.All().Prefix(event.ID+"/"), func(page []Admission) error {
		var ops []store.Op
		for _, a := range page {
			if !late[a.ID] {
				ops = append(ops, s.admissions.DeleteOp(a.ID))
			}
		}
		return s.deleteAll(ctx, ops)
	})
}

// deleteAll bears that somebody else has deleted some.
func (s *Service) deleteAll(ctx context.Context, ops []store.Op) error {
	if len(ops) == 0 {
		return nil
	}
	for _, err := range s.store.Apply(ctx, ops...) {
		if err != nil && !errors.Is(err, store.ErrAbsent) {
			return err
		}
	}
	return nil
}

// ForgetPasses takes the names out of all passes of an event and answers out of
// how many. The passes stay for their scans; again it changes nothing.
func (s *Service) ForgetPasses(ctx context.Context, event string) (int, error) {
	n := 0
	err := s.passes.Each(ctx, store.All().Prefix(event+"/"), func(p Pass) error {
		if p.Name == "" {
			return nil
		}
		n++
		return s.passes.Decide(ctx, p.ID, func(p *Pass) error {
			p.Name = ""
			return nil
		})
	})
	return n, err
}

// Erase deletes all that is kept of an event that goes for good: scans, gates,
// passes and the keys that signed them.
func (s *Service) Erase(ctx context.Context, event string) error {
	for _, deleteUnder := range []func(context.Context, string) error{
		s.admissions.DeleteUnder, s.scans.DeleteUnder, s.gates.DeleteUnder, s.passes.DeleteUnder,
	} {
		if err := deleteUnder(ctx, event+"/"); err != nil {
			return err
		}
	}
	if err := s.keys.Delete(ctx, event); !errors.Is(err, store.ErrAbsent) {
		return err
	}
	return nil
}
