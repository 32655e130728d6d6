package ticketing

import (
	"context"
	"errors"
	"time"

	"feria/store"
)

// settled is how old a row must be before it is said that its Admission does
// not know it: a scan under way writes the row first.
const settled = time.Minute

// sweepOverlap is how far before the end of the last sweep the next one begins:
// the clocks of copies differ, and a row may be written long after it was made.
const sweepOverlap = 30 * time.Minute

// swept says until when rows were looked at. It is in no backup: after a restore
// all are.
type swept struct {
	ID    string    `json:"id"`
	Until time.Time `json:"until"` // Scan.Received, exclusive
}

const sweptID = "scans"

var sweeps = store.Declare(store.Spec[swept]{
	Name: "scan_sweeps", ID: func(s *swept) string { return s.ID }, Shape: 1,
	Keep: "until the next sweep", NoBackup: true,
})

// Sweep puts rows right by the Admission of their pass. Those that it does not
// know are marked void: their machine stopped before it was asked, and nobody
// was told anything about them; one that was sent again meanwhile, and so counts
// after all, loses the mark. Those that say something else than was decided are
// told again. It looks at the rows that came since the last sweep and at those
// that are void, and answers how many it changed. On SQLite there are none, since
// both are one commit. Errors: those of the store.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	until := s.now().Add(-settled)
	last, err := s.sweeps.Get(ctx, sweptID)
	if err != nil && !errors.Is(err, store.ErrAbsent) {
		return 0, err
	}
	n := 0
	look := func(rows []Scan) error {
		done, err := s.settle(ctx, rows)
		n += done
		return err
	}
	if err := pages(ctx, s.scans, store.By("void"), look); err != nil {
		return n, err
	}
	events, err := s.gated(ctx)
	if err != nil {
		return n, err
	}
	for _, event := range events {
		rows := store.By("event", event).To(until)
		if !last.Until.IsZero() {
			rows = rows.From(earlier(last.Until, until).Add(-sweepOverlap))
		}
		if err := pages(ctx, s.scans, rows, look); err != nil {
			return n, err
		}
	}
	return n, s.sweeps.Put(ctx, swept{ID: sweptID, Until: until.UTC()})
}

// gated lists the events that have gates: only there are scans.
func (s *Service) gated(ctx context.Context) ([]string, error) {
	var events []string
	err := s.gates.Each(ctx, store.All(), func(g Gate) error { // in the order of ids, which begin with the event's
		if len(events) == 0 || events[len(events)-1] != g.Event {
			events = append(events, g.Event)
		}
		return nil
	})
	return events, err
}

// settle looks at some rows and mends what is wrong with them.
func (s *Service) settle(ctx context.Context, rows []Scan) (mended int, err error) {
	known, err := s.admissionsOf(ctx, rows)
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		if r.Pass == "" || r.fault(known[r.Pass]) == "" {
			continue
		}
		changed, err := s.mend(ctx, r)
		switch {
		case errors.Is(err, store.ErrAbsent): // its event went meanwhile
		case err != nil:
			return mended, err
		case changed:
			mended++
		}
	}
	return mended, nil
}

// mend puts a row right by its Admission as it is now. One that is void by then
// is looked at once more: whoever sends the scan again lets the Admission decide
// first and then takes the mark away, so one of both sees that it counts.
func (s *Service) mend(ctx context.Context, r Scan) (mended bool, err error) {
	for range 2 {
		a, err := s.admissions.Get(ctx, r.Pass)
		if err != nil && !errors.Is(err, store.ErrAbsent) {
			return mended, err
		}
		ref, known := a.knows(r)
		changed := false
		err = s.scans.Decide(ctx, r.ID, func(row *Scan) error {
			if changed = row.setRight(ref, known); !changed {
				return store.ErrUnchanged
			}
			return nil
		})
		if mended = mended || changed; err != nil || known {
			return mended, err
		}
	}
	return mended, nil
}

// setRight makes a row what its Admission wants it to be by what that holds of it,
// see Admission.knows, and says whether it was something else.
func (r *Scan) setRight(ref *ScanRef, known bool) (changed bool) {
	before := *r
	switch {
	case !known:
		r.Void = r.Folded
	case ref != nil && ref.Said != nil:
		*r = r.told(*ref.said())
		r.Folded, r.Void = true, false
		changed = !before.says(ref.said())
	case ref != nil:
		r.Void = false
	}
	return changed || before.Folded != r.Folded || before.Void != r.Void
}

// admissionsOf gives the admissions of the passes of rows, by pass; one that is
// not there is empty.
func (s *Service) admissionsOf(ctx context.Context, rows []Scan) (map[string]*Admission, error) {
	all := map[string]*Admission{}
	var ids []string
	for _, r := range rows {
		if r.Pass != "" && all[r.Pass] == nil {
			all[r.Pass] = &Admission{ID: r.Pass}
			ids = append(ids, r.Pass)
		}
	}
	found, err := s.admissions.GetMany(ctx, ids)
	for i := range found {
		all[found[i].ID] = &found[i]
	}
	return all, err
}

// pages hands the documents of a query to fn, some at a time.
func pages[T any](ctx context.Context, c *store.Collection[T], q store.Query, fn func([]T) error) error {
	const some = 250
	for after := ""; ; {
		page, next, err := c.Page(ctx, q.Limit(some).After(after))
		if err != nil {
			return err
		}
		if err := fn(page); err != nil || next == "" {
			return err
		}
		after = next
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
