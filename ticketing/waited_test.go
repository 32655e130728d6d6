package ticketing

import (
	"testing"
	"time"

	"feria/kernel"
)

// late makes a request of a scan that a device made so long ago and sends now, its
// clock being wrong by off.
func (w *town) late(g Gate, token string, ago, off time.Duration) ScanRequest {
	r := w.request(g, token)
	r.ScannedAt, r.SentAt = w.clock().Add(off-ago), w.clock().Add(off)
	return r
}

// What a device let in without network is judged by what stood then, kept, and
// flagged where it would not be let in any more; what is scanned now is judged by
// what stands now, whatever the device's clock says.
func TestScan_changedBetweenScanAndArrival(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(w *town, p Pass) error
		now    string // the answer to a scan that is made now
		final  Reason // of the late one
	}{
		{"revoked", func(w *town, p Pass) error { _, err := w.RevokePass(w.t.Context(), p.ID, "x"); return err }, "revoked", Revoked},
		{"blocked", func(w *town, p Pass) error { _, err := w.BlockPass(w.t.Context(), p.ID, "x"); return err }, "blocked", Blocked},
		{"replaced", func(w *town, p Pass) error { _, err := w.Reissue(w.t.Context(), p.ID); return err }, "revoked reissued", ""},
	} {
		for _, off := range []time.Duration{0, -time.Hour, time.Hour} {
			t.Run(row.name+", clock "+off.String(), func(t *testing.T) {
				w := open(t)
				g := w.gate(Gate{Slug: "main", Reentry: Always})
				p, token := w.pass("harbour/p1", 2)
				w.after(time.Hour)
				w.must(row.change(w, p))
				w.after(time.Hour)
				slow := w.request(g, token)
				slow.ScannedAt = w.clock().Add(-90 * time.Minute) // says a device that does not say what its clock is
				for what, r := range map[string]ScanRequest{
					"now": w.request(g, token), "after the change": w.late(g, token, 30*time.Minute, off), "by a slow clock": slow,
				} {
					if got := brief(w.scan(r)); got != row.now {
						t.Errorf("scanned %s: %s, want %s", what, got, row.now)
					}
				}
				r := w.late(g, token, 90*time.Minute, off)
				if got := brief(w.scan(r)); got != "ok 2, 2 of 2" {
					t.Errorf("scanned before: %s", got)
				}
				if c, err := w.Inside(t.Context(), g); err != nil || c.In != 2 {
					t.Errorf("inside: %+v, %v", c, err)
				}
				rows, err := w.ScansOf(t.Context(), p.ID)
				w.must(err)
				for _, x := range rows {
					if x.Nonce == r.Nonce && (x.Reason != "" || x.Final != row.final) {
						t.Errorf("told %q, in the end %q; want %q", x.Reason, x.Final, row.final)
					}
				}
				w.sound()
			})
		}
	}
}

// Scans that wait on a device find the gate at which they were made, though it was
// set aside and its word is another's by now.
func TestGateOf(t *testing.T) {
	w := open(t)
	_, token := w.pass("harbour/p1", 1)
	_, second := w.pass("harbour/p2", 1)
	old := w.gate(Gate{Slug: "north", Reentry: Always})
	w.after(time.Hour)
	removed := w.clock()
	w.must(w.RemoveGate(t.Context(), old.ID, "x"))
	of := func(ago time.Duration) string {
		t.Helper()
		r := w.late(Gate{}, token, ago, 0)
		g, err := w.GateOf(t.Context(), w.event.ID, "north", r.ScannedAt, r.SentAt)
		if err != nil && kernel.KindOf(err) != kernel.NotFound {
			t.Fatal(err)
		}
		return g.ID
	}
	w.after(time.Second)
	if got := of(30 * time.Second); got != old.ID {
		t.Errorf("on its way when the gate was set aside: %q", got)
	}
	if got := of(0); got != "" {
		t.Errorf("made now at a gate set aside: %q", got)
	}
	w.after(time.Hour)
	if got := of(30 * time.Minute); got != old.ID {
		t.Errorf("by a device that had not heard of it: %q", got)
	}
	if got := of(0); got != "" {
		t.Errorf("made now at a gate set aside long ago: %q", got)
	}
	if _, err := w.GateOf(t.Context(), w.event.ID, "nowhere", ten, time.Time{}); kernel.KindOf(err) != kernel.NotFound {
		t.Errorf("a word that no gate ever had: %v", err)
	}

	fresh := w.gate(Gate{Slug: "north", Reentry: Always})
	w.after(time.Hour)
	for ago, want := range map[time.Duration]Gate{0: fresh, 30 * time.Minute: fresh, w.clock().Sub(removed) + time.Minute: old} {
		if got := of(ago); got != want.ID {
			t.Errorf("the word is another's, scanned %v ago: %q, want %q", ago, got, want.ID)
		}
	}
	gone, err := w.Gate(t.Context(), old.ID)
	w.must(err)
	if got := brief(w.scan(w.late(gone, token, 150*time.Minute, 0))); got != "ok 1, 1 of 1" {
		t.Errorf("before it was set aside: %s", got)
	}
	if got := brief(w.scan(w.late(gone, second, 90*time.Minute, 0))); got != "ok 1, 1 of 1" {
		t.Errorf("after: %s", got)
	}
	if _, err := w.Scan(t.Context(), w.request(gone, token)); kernel.KindOf(err) != kernel.NotFound {
		t.Errorf("now: %v", err)
	}
	w.sound()
}

// A scan whose machine stopped before anybody was told is sent again later: nobody
// comes in by what was good when its row was written.
func TestScan_lostAndSentAgain(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(w *town, p Pass)
		after  time.Duration
		sweep  bool
		want   string
		inside int
	}{
		{"the pass was revoked", func(w *town, p Pass) { _, err := w.RevokePass(w.t.Context(), p.ID, "x"); w.must(err) }, time.Hour, true, "revoked", 0},
		{"the same before the sweep", func(w *town, p Pass) { _, err := w.RevokePass(w.t.Context(), p.ID, "x"); w.must(err) }, time.Hour, false, "revoked", 0},
		{"the booking was cancelled", func(w *town, p Pass) {
			s := w.booked("s1", 1)
			s.State = Withdrawn
			w.grant("harbour/p1", s)
		}, time.Hour, true, "canceled", 0},
		{"at once, for its machine may be about to decide", func(w *town, p Pass) { _, err := w.RevokePass(w.t.Context(), p.ID, "x"); w.must(err) }, time.Second, false, "ok 1, 1 of 1", 1},
		{"nothing changed", func(*town, Pass) {}, time.Hour, true, "ok 1, 1 of 1", 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := open(t)
			g := w.gate(Gate{Slug: "main"})
			p, token := w.pass("harbour/p1", 1)
			r := w.lonely(g, p, token, "a")
			row.change(w, p)
			w.after(row.after)
			if row.sweep {
				w.swept(1)
			}
			for range 2 {
				if v := w.scan(r); brief(v) != row.want || !v.Replayed {
					t.Errorf("sent again: %s, want %s", brief(v), row.want)
				}
			}
			if x := w.row(r); x.Void || x.Folded != (row.inside > 0) {
				t.Errorf("stored %+v", x)
			}
			if c, err := w.Inside(t.Context(), g); err != nil || c.In != row.inside {
				t.Errorf("inside: %+v, %v", c, err)
			}
			w.swept(0)
			w.sound()
		})
	}
}
