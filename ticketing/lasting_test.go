package ticketing

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"feria/store"
	"feria/store/storetest"
)

// away is a store whose admissions cannot be read for a while.
type away struct {
	store.Driver
	on *atomic.Bool
}

func (d away) GetUnless(ctx context.Context, collection, id string, rev int64) (store.Doc, bool, error) {
	if d.on.Load() && collection == "admissions" {
		return store.Doc{}, false, fmt.Errorf("%w: away", store.ErrUnavailable)
	}
	return d.Driver.GetUnless(ctx, collection, id, rev)
}

// A machine gives up on a scan whose row another has found and carried to its end:
// the row stays, and who is inside has a scan to show for it.
func TestScan_rowsAreNeverTakenBack(t *testing.T) {
	next := storetest.Drivers(t)
	var unreadable, overtake atomic.Bool
	machine := func(d store.Driver) *town {
		s, err := store.Open(t.Context(), d, store.Options{Declarations: Collections(), SkipSelfTest: true, NoCombine: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return openOn(t, s)
	}
	two := machine(storetest.Stepwise(next(), nil))
	var r ScanRequest
	one := machine(storetest.Stepwise(away{next(), &unreadable}, func(step int) {
		if step != 1 || !overtake.Swap(false) {
			return
		}
		// The same scan is sent again: the other machine decides, and dies before it
		// has put the row right.
		row, err := two.scans.Get(t.Context(), scanID(two.event.ID, r.Device, r.Nonce))
		if err != nil {
			t.Error(err)
			return
		}
		two.must(two.admissions.Decide(t.Context(), row.Pass, func(a *Admission) error {
			a.admit(row.ref(r.Gate.Reentry))
			return nil
		}, two.begun(row)))
		unreadable.Store(true)
	}))
	gate := one.gate(Gate{Slug: "main"})
	_, token := one.pass("harbour/p1", 1)
	two.grant("harbour/p1", two.booked("s1", 1))
	r = one.request(gate, token)
	overtake.Store(true)
	if _, err := one.Scan(t.Context(), r); err == nil {
		t.Error("answered although the store was away")
	}
	unreadable.Store(false)
	two.after(time.Hour)
	if _, err := two.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
	two.must(two.Check(t.Context(), func(problem string) { t.Error("doctor: " + problem) }))
	if got := brief(two.scan(r)); got != "ok 1, 1 of 1" {
		t.Errorf("sent once more: %s", got)
	}
}

// An event that was put off after the first scan still knows who is inside.
func TestAdmission_lastsAsLongAsItsScans(t *testing.T) {
	w := open(t)
	g := w.gate(Gate{Slug: "main", Reentry: Never})
	_, token := w.pass("harbour/p1", 1)
	w.scan(w.request(g, token))
	w.event.End = "2027-12-31"
	w.after(24 * time.Hour)
	if got := brief(w.scan(w.request(g, token))); got == "ok 1, 1 of 1" {
		t.Fatalf("in twice: %s", got)
	}
	w.after(100 * 24 * time.Hour)
	if n, err := w.ForgetScans(t.Context(), w.event, w.clock()); err != nil || n != 0 {
		t.Fatalf("%d scans forgotten, %v", n, err)
	}
	if got := brief(w.scan(w.request(g, token))); got == "ok 1, 1 of 1" {
		t.Errorf("months later, while the event goes on: %s", got)
	}
}
