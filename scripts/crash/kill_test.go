package crash

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"feria/platform"
)

// The process is killed in the middle of bookings, cancellations and scans, many
// times; after each time what it had acknowledged is there, and nothing is half.
func TestKill(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		killed(t, prepare(t, platform.Config{}, 120, 500, 40, 12, 5, 300), *kills)
	})
	t.Run("mongodb", func(t *testing.T) {
		if address, ok := database(t, "kill"); ok {
			killed(t, prepare(t, platform.Config{Store: address}, 30, 500, 40, 12, 5, 300), (*kills+4)/5)
		}
	})
}

// catchUp is after how many kills a process lives long enough to do what decisions
// left to do. The others hand a job's lease on from the dead to the dead, and after
// minutes of that the doctor rightly finds work that nobody does.
const catchUp = 50

func killed(t *testing.T, s *site, times int) {
	l := newLedger()
	p := s.start(t)
	var base atomic.Value
	base.Store(p.base)
	var over atomic.Bool
	w := worker{s: s, l: l, base: func() string { return base.Load().(string) }, over: over.Load}
	var workers sync.WaitGroup
	for n := range 8 {
		workers.Go(func() {
			if n%2 == 0 {
				bookAndCancel(w, n)
			} else {
				scanAndScan(w, n)
			}
		})
	}
	for i := range times {
		time.Sleep(time.Duration(30+rand.IntN(270)) * time.Millisecond)
		p.kill(t)
		s.check(t, l.copy())
		if t.Failed() {
			t.Logf("this was after kill %d", i+1)
			break
		}
		if i%catchUp == catchUp-1 {
			s.finish(t)
		}
		p = s.start(t)
		base.Store(p.base)
	}
	time.Sleep(300 * time.Millisecond)
	over.Store(true)
	workers.Wait()
	p.kill(t)
	s.finish(t)
	l.must(t)
	s.check(t, l)
	mails := s.checkMails(t, l)
	if len(l.bookings) < 10 || len(l.scans) < 10 {
		t.Errorf("only %d bookings and %d scans were acknowledged", len(l.bookings), len(l.scans))
	}
	t.Logf("%d kills, %d bookings and %d scans acknowledged, %d mails", times, len(l.bookings), len(l.scans), mails)
}

// bookAndCancel books here and there, waits in line where it must, and gives
// every third booking back.
func bookAndCancel(w worker, self int) {
	for n := 0; !w.over(); n++ {
		key := fmt.Sprintf("key-%d-%d", self, n)
		id, _ := w.book(w.s.slots[rand.IntN(len(w.s.slots))], 1+n%3, key+"@example.org", true, key)
		if id != "" && n%3 == 0 {
			w.cancel(id)
		}
	}
}

func scanAndScan(w worker, self int) {
	for n := 0; !w.over(); n++ {
		w.scan(w.s.passes[rand.IntN(len(w.s.passes))], fmt.Sprintf("nonce-%d-%d", self, n), 1)
	}
}
