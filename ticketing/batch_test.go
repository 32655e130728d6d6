package ticketing

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"feria/store"
	"feria/store/storetest"
)

func TestScan_manyAtOnceLetInOnce(t *testing.T) {
	a, b := storetest.OpenTwo(t, Collections()...)
	one, two := openOn(t, a), openOn(t, b)
	g := one.gate(Gate{Slug: "main"})
	_, token := one.pass("harbour/p1", 3)
	two.grant("harbour/p1", two.booked("s1", 3))
	var mu sync.Mutex
	in := 0
	var wait sync.WaitGroup
	for n := range 40 {
		wait.Go(func() {
			w := []*town{one, two}[n%2]
			r := w.request(g, token)
			r.Count = 1
			r.ScannedAt = ten.Add(-time.Duration(rand.IntN(5000)) * time.Millisecond)
			v, err := w.Scan(t.Context(), r)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			in += v.Passed
		})
	}
	wait.Wait()
	if in != 3 {
		t.Errorf("%d were let in, want exactly 3", in)
	}
	if c, err := one.Inside(t.Context(), g); err != nil || c.In != 3 {
		t.Errorf("inside: %+v, %v", c, err)
	}
	one.sound()
}

func TestScanMany_anyOrderEndsTheSameAndRepeatsAreHarmless(t *testing.T) {
	type end struct {
		Final   Reason
		Twin    string
		Doubles int
	}
	var want map[string]end
	for round := range 3 {
		w := open(t)
		north, south := w.gate(Gate{Slug: "north"}), w.gate(Gate{Slug: "south"})
		names := map[string]string{north.ID: "north", south.ID: "south"}
		var requests []ScanRequest
		r := rand.New(rand.NewPCG(5, 6)) // the same scans in each round
		for n := range 20 {
			_, token := w.pass(fmt.Sprintf("harbour/p%d", n), 1+n%3)
			for k := range 6 {
				requests = append(requests, ScanRequest{
					Event: w.event, Gate: []Gate{north, south}[r.IntN(2)], Token: token, Device: fmt.Sprint("d", r.IntN(3)), Nonce: fmt.Sprint(n, "-", k),
					ScannedAt: ten.Add(-time.Duration(r.IntN(3600)) * time.Second), Count: r.IntN(3), Direction: []Direction{Entry, Entry, Exit}[r.IntN(3)],
				})
			}
		}
		requests[17].Nonce = "" // one bad row
		for range 2 {
			rand.Shuffle(len(requests), func(i, j int) { requests[i], requests[j] = requests[j], requests[i] })
			bad := 0
			for _, a := range w.ScanMany(t.Context(), requests) {
				if a.Err != nil {
					bad++
				}
			}
			if bad != 1 {
				t.Fatalf("%d of the batch failed, want 1", bad)
			}
		}
		got := map[string]end{}
		for after := ""; ; {
			rows, next, err := w.Scans(t.Context(), ScanQuery{Event: w.event.ID, Limit: 33, After: after})
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range rows {
				e := end{Final: x.Final, Doubles: x.Doubles}
				if x.Twin != nil {
					e.Twin = x.Twin.At.String() + names[x.Twin.Gate]
				}
				got[x.Device+" "+x.Nonce] = e
			}
			if after = next; next == "" {
				break
			}
		}
		if len(got) != 119 {
			t.Fatalf("%d scans are kept, want 119", len(got))
		}
		if round == 0 {
			want = got
		}
		for k, v := range want {
			if got[k] != v {
				t.Errorf("round %d, scan %s: %+v, want %+v", round, k, got[k], v)
			}
		}
		w.sound()
	}
}

func TestInside(t *testing.T) {
	w := open(t)
	north, south := w.gate(Gate{Slug: "north"}), w.gate(Gate{Slug: "south"})
	_, three := w.pass("harbour/p1", 3)
	_, two := w.pass("harbour/p2", 2)
	w.scan(w.request(north, three))
	w.scan(w.request(south, two))
	w.scan(w.request(south, three))
	out := w.request(south, three)
	out.Direction, out.Count = Exit, 1
	w.scan(out)
	for _, row := range []struct {
		gate Gate
		want Counts
	}{{north, Counts{In: 4, Entered: 3}}, {south, Counts{In: 4, Entered: 2, Left: 1, Doubles: 1}}} {
		if got, err := w.Inside(t.Context(), row.gate); err != nil || got != row.want {
			t.Errorf("%s: %+v, %v; want %+v", row.gate.Slug, got, err, row.want)
		}
	}
}

func TestScan_revokedOnTheOtherCopyAtOnce(t *testing.T) {
	a, b := storetest.OpenTwo(t, Collections()...)
	w, far := openOn(t, a), openOn(t, b)
	g := w.gate(Gate{Slug: "main", Reentry: Always})
	p, token := w.pass("harbour/p1", 1)
	far.grant("harbour/p1", far.booked("s1", 1))
	if got := far.scan(far.request(g, token)); got.Result != OK {
		t.Fatal(brief(got))
	}
	if _, err := w.RevokePass(t.Context(), p.ID, "person:1"); err != nil {
		t.Fatal(err)
	}
	if got := brief(far.scan(far.request(g, token))); got != "revoked" {
		t.Errorf("the other copy: %s", got)
	}
}

// BenchmarkScan admits a new pass each time, as a queue at a gate does.
func BenchmarkScan(b *testing.B) {
	s, err := store.Open(b.Context(), storetest.SQLite(b)(), store.Options{Declarations: Collections()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	w := openOn(b, s)
	g := w.gate(Gate{Slug: "main"})
	tokens := make([]string, 20_000)
	var fill sync.WaitGroup
	var next atomic.Int64
	for range 64 {
		fill.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(tokens); i = next.Add(1) - 1 {
				_, tokens[i] = w.pass(fmt.Sprint("harbour/p", i), 2)
			}
		})
	}
	fill.Wait()
	next.Store(0)
	b.SetParallelism(32)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := w.Scan(b.Context(), w.request(g, tokens[int(next.Add(1))%len(tokens)])); err != nil {
				b.Error(err)
			}
		}
	})
}
