package ticketing

import "testing"

// A machine that stops between the row and the Admission, as it can on MongoDB.
func TestScan_rowsWithoutAdmission(t *testing.T) {
	w := open(t)
	g := w.gate(Gate{Slug: "main"})
	p, token := w.pass("harbour/p1", 1)
	lonely := func(nonce string) ScanRequest {
		r := ScanRequest{Event: w.event, Gate: g, Token: token, Device: "d", Nonce: nonce, Direction: Entry}
		row := r.row(w.clock())
		row.Pass, row.Folded, row.Scope, row.Seats, row.Result, row.Passed = p.ID, true, eventScope, 1, OK, 1
		if err := scans.In(w.store).Insert(t.Context(), row); err != nil {
			t.Fatal(err)
		}
		return r
	}
	problems := func() (n int) {
		if err := w.Check(t.Context(), func(string) { n++ }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	r := lonely("a")
	lonely("b")
	if n := problems(); n != 0 {
		t.Errorf("scans under way are no problem, got %d", n)
	}
	w.after(2 * settled)
	if n := problems(); n != 2 {
		t.Errorf("doctor sees %d, want 2", n)
	}
	if v := w.scan(r); v.Result != OK || v.In != 1 {
		t.Errorf("sent again: %s", brief(v))
	}
	if n, err := w.Sweep(t.Context()); err != nil || n != 1 {
		t.Errorf("swept %d, %v; want the other one", n, err)
	}
	if n := problems(); n != 0 {
		t.Errorf("after the sweep: %d", n)
	}
	rows, err := w.ScansOf(t.Context(), p.ID)
	if err != nil || len(rows) != 2 || rows[0].Void == rows[1].Void {
		t.Errorf("rows %+v, %v", rows, err)
	}
}

// Each rule of the doctor finds what it is for.
func TestCheck_findsPlantedFaults(t *testing.T) {
	for _, row := range []struct {
		name  string
		plant func(w *town, p Pass)
	}{
		{"a lost row", func(w *town, p Pass) {
			rows, err := w.ScansOf(w.t.Context(), p.ID)
			w.must(err)
			w.must(w.scans.Delete(w.t.Context(), rows[0].ID))
		}},
		{"a lost admission", func(w *town, p Pass) { w.must(w.admissions.Delete(w.t.Context(), p.ID)) }},
		{"a lost pass", func(w *town, p Pass) { w.must(w.passes.Delete(w.t.Context(), p.ID)) }},
		{"a damaged key", func(w *town, p Pass) {
			w.must(w.keys.Decide(w.t.Context(), w.event.ID, func(k *KeySet) error { k.Keys[0].Seed = k.Keys[0].Seed[1:]; return nil }))
		}},
		{"another number", func(w *town, p Pass) {
			w.must(w.passes.Decide(w.t.Context(), p.ID, func(p *Pass) error { p.Number = 99; return nil }))
		}},
		{"a row that says something else", func(w *town, p Pass) {
			rows, err := w.ScansOf(w.t.Context(), p.ID)
			w.must(err)
			w.must(w.scans.Decide(w.t.Context(), rows[0].ID, func(r *Scan) error { r.Passed = 5; return nil }))
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := open(t)
			p, token := w.pass("harbour/p1", 1)
			w.scan(w.request(w.gate(Gate{Slug: "main"}), token))
			w.sound()
			row.plant(w, p)
			found := 0
			if err := w.Check(t.Context(), func(string) { found++ }); err != nil || found == 0 {
				t.Errorf("found nothing, %v", err)
			}
		})
	}
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}
