package ticketing

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"feria/store"
	"feria/store/storetest"
)

// watched is a store that tells of lists that were read, when they have been.
type watched struct {
	store.Driver
	read func(collection string, documents int)
}

func (d watched) Find(ctx context.Context, collection string, scan store.Scan) ([]store.Doc, error) {
	docs, err := d.Driver.Find(ctx, collection, scan)
	d.read(collection, len(docs))
	return docs, err
}

func (d watched) GetMany(ctx context.Context, collection, index string, keys []string) ([]store.Doc, error) {
	docs, err := d.Driver.GetMany(ctx, collection, index, keys)
	d.read(collection, len(docs))
	return docs, err
}

// openWatched opens a town on a watched store, and one beside it on the same data.
func openWatched(t *testing.T, read func(collection string, documents int)) (w, beside *town) {
	next := storetest.Drivers(t)
	on := func(d store.Driver) *town {
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
	return on(watched{next(), read}), on(next())
}

// lonely writes the row of an entry without its Admission, as a machine leaves it
// that stops in between.
func (w *town) lonely(g Gate, p Pass, token, nonce string) ScanRequest {
	w.t.Helper()
	r := ScanRequest{Event: w.event, Gate: g, Token: token, Device: "d", Nonce: nonce, Direction: Entry}
	row := r.row(w.clock())
	row.Pass, row.Folded, row.Scope, row.Seats, row.Result, row.Passed = p.ID, true, eventScope, 1, OK, 1
	w.must(w.scans.Insert(w.t.Context(), row))
	return r
}

func (w *town) swept(want int) {
	w.t.Helper()
	if n, err := w.Sweep(w.t.Context()); err != nil || n != want {
		w.t.Errorf("swept %d, %v; want %d", n, err, want)
	}
}

func (w *town) row(r ScanRequest) Scan {
	w.t.Helper()
	row, err := w.scans.Get(w.t.Context(), scanID(w.event.ID, r.Device, r.Nonce))
	w.must(err)
	return row
}

func TestSweep_looksAtWhatCameSince(t *testing.T) {
	var read atomic.Int64
	w, _ := openWatched(t, func(collection string, documents int) {
		if collection == "scans" || collection == "admissions" {
			read.Add(int64(documents))
		}
	})
	g := w.gate(Gate{Slug: "main", Reentry: Always})
	p, token := w.pass("harbour/p1", 1)
	first := w.lonely(g, p, token, "first")
	for range 60 {
		w.scan(w.request(g, token))
	}
	w.after(time.Hour)
	w.swept(1)
	w.after(time.Hour)
	w.swept(0)
	second := w.lonely(g, p, token, "second")
	w.after(2 * settled)
	read.Store(0)
	w.swept(1)
	if n := read.Load(); n > 6 {
		t.Errorf("read %d documents for one new scan and one void one", n)
	}
	if !w.row(first).Void || !w.row(second).Void {
		t.Error("a row that nobody knows is not void")
	}
	w.sound()
}

// A void row that is sent again counts from then on; its machine stops before it
// has taken the mark away, which is seen to however old the row is.
func TestSweep_oldRowsThatCountAfterAll(t *testing.T) {
	w := open(t)
	g := w.gate(Gate{Slug: "main"})
	p, token := w.pass("harbour/p1", 1)
	r := w.lonely(g, p, token, "a")
	w.after(time.Hour)
	w.swept(1)
	w.after(24 * time.Hour)
	w.swept(0)
	row := w.row(r)
	w.must(w.admissions.Decide(t.Context(), p.ID, func(a *Admission) error {
		a.admit(row.ref(AfterExit))
		return nil
	}, w.begun(row)))
	w.swept(1)
	if row := w.row(r); row.Void || row.Passed != 1 {
		t.Errorf("stored %+v", row)
	}
	w.sound()
}

// overtaken gives a town in which somebody does something right after the first
// list of rows or of admissions was read: what begin is given, once begun.
func overtaken(t *testing.T, after string) (w, beside *town, begin func(func())) {
	var meanwhile atomic.Pointer[func()]
	w, beside = openWatched(t, func(collection string, documents int) {
		if collection != after || after == "scans" && documents == 0 {
			return
		}
		if do := meanwhile.Swap(nil); do != nil {
			(*do)()
		}
	})
	t.Cleanup(func() {
		if meanwhile.Load() != nil {
			t.Error("nothing was overtaken")
		}
	})
	return w, beside, func(do func()) {
		w.after(2 * settled)
		beside.after(2 * settled)
		meanwhile.Store(&do)
	}
}

// What is swept or reported is what is so then, not what a page of rows showed
// that was read before.
func TestSweep_overtaken(t *testing.T) {
	for _, row := range []struct {
		name      string
		meanwhile func(w *town, r ScanRequest)
	}{
		{"sent again", func(w *town, r ScanRequest) { w.scan(r) }},
		{"its event erased", func(w *town, r ScanRequest) {
			w.must(w.scans.Delete(w.t.Context(), scanID(w.event.ID, r.Device, r.Nonce)))
		}},
	} {
		for _, after := range []string{"scans", "admissions"} {
			for _, job := range []string{"doctor", "sweep"} {
				t.Run(row.name+" after "+after+", "+job, func(t *testing.T) {
					w, beside, begin := overtaken(t, after)
					g := w.gate(Gate{Slug: "main", Reentry: Always})
					p, token := w.pass("harbour/p1", 1)
					beside.grant("harbour/p1", w.booked("s1", 1))
					r := w.lonely(g, p, token, "a")
					other := w.lonely(g, p, token, "b")
					begin(func() { row.meanwhile(beside, r) })
					if job == "sweep" {
						w.swept(1)
						if !w.row(other).Void {
							t.Error("the other row is not void")
						}
						w.sound()
						return
					}
					reported := 0
					w.must(w.Check(t.Context(), func(string) { reported++ }))
					if reported != 1 {
						t.Errorf("%d problems reported, want the one that is left", reported)
					}
				})
			}
		}
	}
}

// Another machine decides a scan just before its row is marked void.
func TestSweep_decidedWhileItIsMarked(t *testing.T) {
	next := storetest.Drivers(t)
	var decide atomic.Pointer[func()]
	s, err := store.Open(t.Context(), marking{next(), &decide}, store.Options{Declarations: Collections(), SkipSelfTest: true, NoCombine: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w := openOn(t, s)
	g := w.gate(Gate{Slug: "main"})
	p, token := w.pass("harbour/p1", 1)
	r := w.lonely(g, p, token, "a")
	w.after(2 * settled)
	do := func() {
		row := w.row(r)
		w.must(w.admissions.Decide(t.Context(), p.ID, func(a *Admission) error {
			a.admit(row.ref(AfterExit))
			return nil
		}, w.begun(row)))
	}
	decide.Store(&do)
	if _, err := w.Sweep(t.Context()); err != nil || decide.Load() != nil {
		t.Fatal("nothing was marked", err)
	}
	if row := w.row(r); row.Void {
		t.Error("marked void, and counted")
	}
	w.sound()
}

// marking is a store that lets somebody else go first when a scan is changed.
type marking struct {
	store.Driver
	before *atomic.Pointer[func()]
}

func (d marking) Apply(ctx context.Context, writes []store.Write) []error {
	if writes[0].Collection == "scans" && writes[0].Kind == store.Replace {
		if now := d.before.Swap(nil); now != nil {
			(*now)()
		}
	}
	return d.Driver.Apply(ctx, writes)
}

// Scans go 90 days after their event as it stands then, with the admissions that
// rest on them; what came later goes later.
func TestForgetScans(t *testing.T) {
	w := open(t)
	g := w.gate(Gate{Slug: "main", Reentry: Never})
	_, early := w.pass("harbour/p1", 1)
	_, late := w.pass("harbour/p2", 1)
	w.scan(w.request(g, early))
	w.scan(w.request(g, late))
	w.scan(w.request(g, "nothing of ours"))
	end := endOf(w.event)
	w.mu.Lock()
	w.now = end.AddDate(0, 0, 10)
	w.mu.Unlock()
	out := w.request(g, late)
	out.Direction = Exit
	w.scan(out) // ten days after the event
	at := func(days, want int) {
		t.Helper()
		n, err := w.ForgetScans(t.Context(), w.event, end.AddDate(0, 0, days))
		if err != nil || n != want {
			t.Errorf("day %d: %d scans, %v; want %d", days, n, err, want)
		}
		w.sound()
	}
	at(89, 0)
	at(90, 2) // the other pass is whole
	at(90, 0)
	if got := brief(w.scan(w.request(g, late))); got != "invalid_time late" {
		t.Fatal(got)
	}
	w.event.End = "2028-12-31"
	if n, err := w.ForgetScans(t.Context(), w.event, end.AddDate(0, 0, 200)); err != nil || n != 0 {
		t.Errorf("of an event that was put off: %d, %v", n, err)
	}
	w.event.End = "2027-04-18"
	at(101, 3)
	if n, err := w.admissions.Count(t.Context(), store.All()); err != nil || n != 0 {
		t.Errorf("%d admissions are left, %v", n, err)
	}
}
