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
	told   map[string]int // by Scan.ID: how many it let through
	before *ScanRef
}

// knows says whether the admission has a row.
func (f folded) knows(r Scan) (told int, itself, ok bool) {
	if told, ok := f.told[r.ID]; ok {
		return told, true, true
	}
	ref := ScanRef{At: r.At, Device: r.Device, Nonce: r.Nonce}
	return 0, false, f.before != nil && ref.compare(*f.before) <= 0
}

// admitted reads all admissions.
func (s *Service) admitted(ctx context.Context, see func(Admission)) (map[string]folded, error) {
	all := map[string]folded{}
	err := s.admissions.Each(ctx, store.All(), func(a Admission) error {
		f := folded{told: make(map[string]int, len(a.Scans)), before: a.Before}
		for _, ref := range a.Scans {
			f.told[scanID(a.Event, ref.Device, ref.Nonce)] = ref.Told
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
		told, itself, ok := all[r.Pass].knows(r)
		switch {
		case r.Void && itself:
			report(fmt.Sprintf("scan %s: is marked void, and pass %s counts it", r.ID, r.Pass))
		case r.Void:
		case !ok && r.Received.Before(young):
			report(fmt.Sprintf("scan %s: pass %s does not know it", r.ID, r.Pass))
		case itself && told != r.Passed:
			report(fmt.Sprintf("scan %s: says that %d went through, the pass says %d", r.ID, r.Passed, told))
		}
		if itself {
			delete(all[r.Pass].told, r.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for pass, f := range all {
		for id := range f.told {
			report(fmt.Sprintf("admission %s: its scan %s is not there", pass, id))
		}
	}
	return nil
}

// Sweep marks rows void whose machine stopped before the pass's Admission knew
// them; nobody was told anything about those. One that was sent again meanwhile,
// and so counts after all, loses the mark. It answers how many it changed. On
// SQLite there are none, since both are one commit.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	young := s.now().Add(-settled)
	all, err := s.admitted(ctx, func(Admission) {})
	if err != nil {
		return 0, err
	}
	n := 0
	err = s.scans.Each(ctx, store.All(), func(r Scan) error {
		_, _, ok := all[r.Pass].knows(r)
		if !r.Folded || r.Void == !ok || !r.Received.Before(young) {
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
