package ticketing

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"feria/store"
)

// Check reports every contradiction between keys, passes, admissions and scans.
// It may run while people are being let in, and holds some hundred documents at a
// time. Errors: those of the store.
func (s *Service) Check(ctx context.Context, report func(problem string)) error {
	events := map[string]uint32{}
	err := s.keys.Each(ctx, store.All(), func(k KeySet) error {
		events[k.ID] = k.Number
		for i, key := range k.Keys {
			if int(key.ID) != i+1 || len(key.Seed) != ed25519.SeedSize {
				report(fmt.Sprintf("pass keys of %s: key %d is damaged", k.ID, key.ID))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = s.passes.Each(ctx, store.All(), func(p Pass) error {
		if passID(p.Event, p.tokenID()) != p.ID {
			report(fmt.Sprintf("pass %s: its id is not its event's", p.ID))
		}
		if number, some := events[p.Event]; some && number != p.Number {
			report(fmt.Sprintf("pass %s: names event number %d, its keys %d", p.ID, p.Number, number))
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = pages(ctx, s.admissions, store.All(), func(page []Admission) error { return s.checkAdmissions(ctx, page, report) })
	if err != nil {
		return err
	}
	return pages(ctx, s.scans, store.All(), func(page []Scan) error { return s.checkScans(ctx, page, report) })
}

// checkAdmissions looks for the passes and the rows of some admissions.
func (s *Service) checkAdmissions(ctx context.Context, page []Admission, report func(string)) error {
	ids := make([]string, len(page))
	for i, a := range page {
		ids[i] = a.ID
	}
	passes, err := s.passes.GetMany(ctx, ids)
	if err != nil {
		return err
	}
	there := make(map[string]bool, len(passes))
	for _, p := range passes {
		there[p.ID] = true
	}
	for _, a := range page {
		if !there[a.ID] {
			report(fmt.Sprintf("admission %s: its pass is not there", a.ID))
		}
	}
	for len(page) > 0 {
		n, listed := 0, []string(nil)
		for n < len(page) && (n == 0 || len(listed)+len(page[n].Scans) <= maxRefs) {
			listed = append(listed, page[n].scanIDs()...)
			n++
		}
		rows, err := s.scans.GetMany(ctx, listed)
		if err != nil {
			return err
		}
		found := make(map[string]*Scan, len(rows))
		for i := range rows {
			found[rows[i].ID] = &rows[i]
		}
		for i := range page[:n] {
			a := &page[i]
			for _, id := range a.scanIDs() {
				if r := found[id]; r != nil && r.fault(a) == "" {
					continue
				}
				if err := s.checkAgain(ctx, a.ID, id, report); err != nil {
					return err
				}
			}
		}
		page = page[n:]
	}
	return nil
}

// checkScans looks for rows that their Admission does not know; what it says of
// those that it lists is checked there.
func (s *Service) checkScans(ctx context.Context, page []Scan, report func(string)) error {
	known, err := s.admissionsOf(ctx, page)
	if err != nil {
		return err
	}
	for _, r := range page {
		if r.ID != scanID(r.Event, r.Device, r.Nonce) {
			report(fmt.Sprintf("scan %s: its id is not that of its device and nonce", r.ID))
		}
		if r.Pass == "" {
			continue
		}
		if ref, _ := known[r.Pass].knows(r); ref != nil || r.fault(known[r.Pass]) == "" {
			continue
		}
		if err := s.checkAgain(ctx, r.Pass, r.ID, report); err != nil {
			return err
		}
	}
	return nil
}

// checkAgain reports what is wrong between a row and its Admission as both are
// now: what a page showed may have been overtaken.
func (s *Service) checkAgain(ctx context.Context, pass, id string, report func(string)) error {
	row, err := s.scans.Get(ctx, id)
	missing := errors.Is(err, store.ErrAbsent)
	if err != nil && !missing {
		return err
	}
	a, err := s.admissions.Get(ctx, pass)
	if err != nil && !errors.Is(err, store.ErrAbsent) {
		return err
	}
	if missing { // the row is written before its Admission, and may be there by now
		row, err = s.scans.Get(ctx, id)
		if errors.Is(err, store.ErrAbsent) {
			if a.lists(id) {
				report(fmt.Sprintf("admission %s: its scan %s is not there", pass, id))
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
	if fault := row.fault(&a); fault != "" && row.Received.Before(s.now().Add(-settled)) {
		report(fmt.Sprintf("scan %s: %s", id, fault))
	}
	return nil
}

// fault says what is wrong between a row that names a pass and the Admission of
// that, "" for nothing. A row that just came may look so while it is decided.
func (r Scan) fault(a *Admission) string {
	ref, known := a.knows(r)
	switch {
	case ref != nil && r.Void:
		return fmt.Sprintf("is marked void, and pass %s counts it", r.Pass)
	case ref != nil && !r.Folded:
		return fmt.Sprintf("says that it was refused, and pass %s counts it", r.Pass)
	case ref != nil && !ref.agrees(r):
		return fmt.Sprintf("says that %d went through, the pass says %d, or another reason", r.Passed, ref.Told)
	case r.Folded && !r.Void && !known:
		return fmt.Sprintf("pass %s does not know it", r.Pass)
	}
	return ""
}

// knows says whether the Admission has a row, with what it holds of it where it
// lists it still.
func (a *Admission) knows(r Scan) (ref *ScanRef, known bool) {
	mine := ScanRef{At: r.At, Device: r.Device, Nonce: r.Nonce}
	for i := range a.Scans {
		if a.Scans[i].same(mine) {
			return &a.Scans[i], true
		}
	}
	return nil, a.Before != nil && mine.compare(*a.Before) <= 0
}

// agrees says whether a row holds what the door was told.
func (r ScanRef) agrees(row Scan) bool {
	if said := r.said(); said != nil {
		return row.says(said)
	}
	return row.Passed == r.Told
}

// scanIDs are the rows of the scans that the Admission lists.
func (a *Admission) scanIDs() []string {
	ids := make([]string, len(a.Scans))
	for i, ref := range a.Scans {
		ids[i] = scanID(a.Event, ref.Device, ref.Nonce)
	}
	return ids
}

func (a *Admission) lists(id string) bool {
	for _, ref := range a.Scans {
		if scanID(a.Event, ref.Device, ref.Nonce) == id {
			return true
		}
	}
	return false
}
