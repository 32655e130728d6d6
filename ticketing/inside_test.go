package ticketing

import (
	"context"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"feria/store"
	"feria/store/storetest"
)

// busy is a store on which counting admissions takes until it is let go.
type busy struct {
	store.Driver
	on   *atomic.Bool
	free chan struct{}
}

func (d busy) Find(ctx context.Context, collection string, scan store.Scan) ([]store.Doc, error) {
	if d.on.Load() && collection == "admissions" {
		<-d.free
	}
	return d.Driver.Find(ctx, collection, scan)
}

// While the doors of a great event are counted a verdict shows the count before.
func TestInside_doesNotWaitForTheNextCount(t *testing.T) {
	var on atomic.Bool
	free := make(chan struct{})
	s, err := store.Open(t.Context(), busy{storetest.Drivers(t)(), &on, free}, store.Options{Declarations: Collections(), SkipSelfTest: true})
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
	_, token := w.pass("harbour/p1", 1)
	w.scan(w.request(g, token))
	inside := func() int {
		t.Helper()
		counts := make(chan Counts, 1)
		go func() {
			c, err := w.Inside(t.Context(), g)
			if err != nil {
				t.Error(err)
			}
			counts <- c
		}()
		select {
		case c := <-counts:
			return c.In
		case <-time.After(20 * time.Second):
			t.Fatal("it waits for the count")
			return 0
		}
	}
	if n := inside(); n != 1 {
		t.Fatalf("%d are inside, want 1", n)
	}
	_, second := w.pass("harbour/p2", 1)
	w.grant("harbour/p2", w.booked("s1", 1))
	w.scan(w.request(g, second))
	on.Store(true)
	tally := w.tallies.of(w.event.ID)
	tally.mu.Lock()
	tally.counted = time.Time{}
	tally.mu.Unlock()
	for range 3 {
		if n := inside(); n != 1 {
			t.Errorf("%d are inside by the count before, want 1", n)
		}
	}
	on.Store(false)
	close(free)
	for inside() != 2 { // once it has been counted; the test's own time ends it
		time.Sleep(10 * time.Millisecond)
	}
}

// Right after a scan the count holds it, or says that it does not.
func TestInside_holdsTheScanBeforeIt(t *testing.T) {
	w := open(t)
	g := w.gate(Gate{Slug: "main"})
	for n := range 5 {
		party := "harbour/q" + strconv.Itoa(n)
		w.grant(party, w.booked("s1", 1))
		_, token := w.pass(party, 1)
		w.scan(w.request(g, token))
		counts, err := w.Inside(t.Context(), g)
		if err != nil {
			t.Fatal(err)
		}
		if counts.In != n+1 && !counts.Behind {
			t.Errorf("%d are inside after %d came in, and it is said to be so", counts.In, n+1)
		}
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		counts, err := w.Inside(t.Context(), g)
		if err != nil {
			t.Fatal(err)
		}
		if !counts.Behind {
			if counts.In != 5 {
				t.Errorf("%d are inside, want 5", counts.In)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("it is never counted anew")
		}
	}
}
