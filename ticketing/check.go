package ticketing

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"time"

	"feria/store"
)

// settled is how old a row must be before it is said that its Admission does
// not know it: a scan under way writes the row first.
const settled = time.Minute

// Check reports every contradiction between keys, passes, admissions and scans.
// It may run while people are being let in. Errors: those of the store.
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
	passIDs := map[string]bool{}
	err = s.passes.Each(ctx, store.All(), func(p Pass) error {
		passIDs[p.ID] = true
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
	return s.checkScans(ctx, passIDs, report)
}

// folded is what is known of one pass's admission while rows are compared.
type folded struct {
	scans  map[string]ScanRef // by Scan.ID
	before *ScanRef
}

// knows says whether the admission has a row, and whether it lists it still.
func (f folded) knows(r Scan) (ref ScanRef, itself, ok bool) {
	if ref, ok := f.scans[r.ID]; ok {
		return ref, true, true
	}
	ref = ScanRef{At: r.At, Device: r.Device, Nonce: r.Nonce}
	return ref, false, f.before != nil && ref.compare(*f.before) <= 0
}

// agrees says whether a row holds what the door was told.
func (ref ScanRef) agrees(r Scan) bool {
	if said := ref.said(); said != nil {
		return r.says(said)
	}
	return r.Passed == ref.Told
}

// admitted reads all admissions.
func (s *Service) admitted(ctx context.Context, see func(Admission)) (map[string]folded, error) {
	all := map[string]folded{}
	err := s.admissions.Each(ctx, store.All(), func(a Admission) error {
		f := folded{scans: make(map[string]ScanRef, len(a.Scans)), before: a.Before}
		for _, ref := range a.Scans {
			f.scans[scanID(a.Event, ref.Device, ref.Nonce)] = ref
		}
		all[a.ID] = f
		see(a)
		return nil
	})
	return all, err
}

// checkScans compares admissions with rows, both ways.
func (s *Service) checkScans(ctx context.Context, passIDs map[string]bool, report func(string)) error {
	young := s.now().Add(-settled)
	all, err := s.admitted(ctx, func(a Admission) {
		if !passIDs[a.ID] {
			report(fmt.Sprintf("admission %s: its pass is not there", a.ID))
		}
	})
	if err != nil {
		return err
	}
	err = s.scans.Each(ctx, store.All(), func(r Scan) error {
		if r.ID != scanID(r.Event, r.Device, r.Nonce) {
			report(fmt.Sprintf("scan %s: its id is not that of its device and nonce", r.ID))
		}
		if !r.Folded {
			return nil
		}
		ref, itself, ok := all[r.Pass].knows(r)
		switch {
		case r.Void && itself:
			report(fmt.Sprintf("scan %s: is marked void, and pass %s counts it", r.ID, r.Pass))
		case r.Void:
		case !ok && r.Received.Before(young):
			report(fmt.Sprintf("scan %s: pass %s does not know it", r.ID, r.Pass))
		case itself && !ref.agrees(r) && r.Received.Before(young):
			report(fmt.Sprintf("scan %s: says that %d went through, the pass says %d, or another reason", r.ID, r.Passed, ref.Told))
		}
		if itself {
			delete(all[r.Pass].scans, r.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for pass, f := range all {
		for id := range f.scans {
			report(fmt.Sprintf("admission %s: its scan %s is not there", pass, id))
		}
	}
	return nil
}

// Sweep puts rows right by the Admission of their pass. Those that it does not
// know are marked void: their machine stopped before it was asked, and nobody
// was told anything about them; one that was sent again meanwhile, and so counts
// after all, loses the mark. Those that say something else than was decided are
// told again. It answers how many it changed. On SQLite there are none, since
// both are one commit.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	young := s.now().Add(-settled)
	all, err := s.admitted(ctx, func(Admission) {})
	if err != nil {
		return 0, err
	}
	n := 0
	err = s.scans.Each(ctx, store.All(), func(r Scan) error {
		ref, itself, ok := all[r.Pass].knows(r)
		if !r.Folded || !r.Received.Before(young) {
			return nil
		}
		if itself && !ref.agrees(r) && ref.Said != nil {
			n++
			_, err := s.keep(ctx, r, ref.said())
			return err
		}
		if r.Void == !ok {
			return nil
		}
		n++
		return s.scans.Decide(ctx, r.ID, func(row *Scan) error {
			if row.Void == !ok {
				return store.ErrUnchanged
			}
			row.Void = !ok
			return nil
		})
	})
	return n, err
}
