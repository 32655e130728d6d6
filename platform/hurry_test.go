package platform

import (
	"sync/atomic"
	"testing"
	"time"

	"feria/festival"
	"feria/registration"
)

// After its work the fan-out rests, but not where somebody said meanwhile, or says
// then, that it cannot.
func TestFanOut_aHurryEndsTheRest(t *testing.T) {
	const work = 50 * time.Millisecond
	var meanwhile atomic.Pointer[func()] // is run once, when the fan-out asks what time it is
	config := Config{Addr: "127.0.0.1:0", Data: t.TempDir()}
	if err := config.Complete(); err != nil {
		t.Fatal(err)
	}
	p, err := Open(t.Context(), config, Options{Version: "test", NoJobs: true, Now: func() time.Time {
		if fn := meanwhile.Swap(nil); fn != nil {
			(*fn)()
		}
		return time.Date(2027, 4, 7, 9, 0, 0, 0, time.UTC)
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := p.Demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	week, err := p.Festival.EventBySlug(t.Context(), DemoCity, "learning-week")
	if err != nil {
		t.Fatal(err)
	}
	programme, err := p.Festival.Programme(t.Context(), week.ID)
	if err != nil {
		t.Fatal(err)
	}
	r := registration.Request{City: week.City, Name: "Ada", Mail: "ada@example.org", Lang: "en", Seats: 1}
	for _, slot := range programme.Slots {
		if slot.Seating == festival.Bookable {
			r.Slot = slot.ID
		}
	}
	book := func() {
		t.Helper()
		if _, err := p.Registration.Book(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		p.Registration.Wait()
	}
	left := func() int {
		t.Helper()
		roster, err := p.Registration.Roster(t.Context(), r.Slot)
		if err != nil {
			t.Fatal(err)
		}
		return len(roster.Effects)
	}
	// fanOut works for that long at least, and says until when it rests, counted
	// from its beginning.
	fanOut := func(hurry bool) time.Duration {
		t.Helper()
		fn := func() {
			time.Sleep(work)
			if hurry {
				p.wakeFanOut(true)
			}
		}
		meanwhile.Store(&fn)
		began := time.Now()
		if err := p.fanOut(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := left(); n > 0 || meanwhile.Load() != nil {
			t.Fatalf("it did not work: %d effects are left", n)
		}
		return time.Duration(p.rested.Load() - began.UnixNano())
	}
	book()
	if until := fanOut(false); until < (1+restFor)*work {
		t.Errorf("worked for %v and rests until %v after its beginning", work, until)
	}
	p.rested.Store(time.Now().Add(time.Hour).UnixNano()) // a rest that no slow machine ends
	book()
	p.wakeFanOut(false)
	if err := p.fanOut(t.Context()); err != nil || left() == 0 {
		t.Errorf("it worked while it rested, %v", err)
	}
	p.wakeFanOut(true)
	if fanOut(true); p.fanOutRests() {
		t.Error("it rests though somebody said meanwhile that it cannot")
	}
	book()
	if until := fanOut(false); until < (1+restFor)*work {
		t.Errorf("what was said for once holds for ever: it rests until %v after its beginning", until)
	}
}
