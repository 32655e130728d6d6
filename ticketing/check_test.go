package ticketing

import "testing"

// A machine that stops between the row and the Admission, as it can on MongoDB.
func TestScan_rowsWithoutAdmission(t *testing.T) {
	w := open(t)
	g := w.gate(Gate{Slug: "main"})
	p, token := w.pass("harbour/p1", 1)
	lonely := func(nonce string) ScanRequest { return w.lonely(g, p, token, nonce) }
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

// Where row and Admission are not one commit, two machines may carry one scan to
// its end: what the Admission holds is what everybody is told, whoever asks, and
// the row is put right.
func TestScan_twoMachinesOneNonce(t *testing.T) {
	w := open(t)
	g := w.gate(Gate{Slug: "main"})
	p, token := w.pass("harbour/p1", 1)
	r := ScanRequest{Event: w.event, Gate: g, Token: token, Device: "d", Nonce: "a", Direction: Entry}
	first := w.scan(r)
	if first.Result != OK || first.Passed != 1 {
		t.Fatalf("the first: %s", brief(first))
	}
	id := scanID(w.event.ID, "d", "a")
	spoil := func() { // what the slower machine had thought
		w.must(w.scans.Decide(t.Context(), id, func(row *Scan) error {
			*row = row.told(answer{reason: AlreadyRedeemed, first: &First{At: w.clock(), Gate: g.ID}})
			return nil
		}))
	}
	same := func(what string, v Verdict, row Scan) {
		t.Helper()
		if v.Result != OK || v.Passed != 1 || v.In != 1 || v.First != nil || !v.Replayed || row.Passed != 1 || row.Reason != "" || row.Void {
			t.Errorf("%s: told %s, stored %+v", what, brief(v), row)
		}
	}
	stored := func() Scan {
		row, err := w.scans.Get(t.Context(), id)
		w.must(err)
		return row
	}
	spoil()
	same("sent again", w.scan(r), stored())

	row := r.row(w.clock()) // it comes to decide after the other has
	row.Pass, row.Scope, row.Seats = p.ID, eventScope, 1
	late := func(what string) {
		t.Helper()
		decided, repeated, err := w.decide(t.Context(), r, row)
		w.must(err)
		v := decided.verdict("")
		v.Replayed = repeated
		same(what, v, stored())
	}
	spoil()
	late("decided by the other")
	w.must(w.scans.Delete(t.Context(), id)) // its own row, taken back by one that gave up
	late("decided by the other, its row gone")

	spoil()
	w.after(2 * settled)
	n := 0
	w.must(w.Check(t.Context(), func(string) { n++ }))
	if n != 1 {
		t.Errorf("doctor sees %d, want 1", n)
	}
	if n, err := w.Sweep(t.Context()); err != nil || n != 1 {
		t.Errorf("swept %d, %v", n, err)
	}
	same("after the sweep", w.scan(r), stored())
	w.sound()
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
			w.after(2 * settled)
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
