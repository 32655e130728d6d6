package crash

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"feria/platform"
	"feria/registration"
)

// pair is two processes on one database, with a mail server that both send to.
type pair struct {
	*site
	a, b *process
	post *postOffice
	l    *ledger
	next atomic.Int64 // number of the next booking
}

// either gives the copies in turn.
func (r *pair) either(n int) string {
	if n%2 == 0 {
		return r.a.base
	}
	return r.b.base
}

// Two processes on one database are rushed at once: every slot is sold out to
// the last seat and none is sold twice, what is asked twice happens once, and
// what one process does the other knows.
func TestRush(t *testing.T) {
	address, ok := database(t, "rush")
	if !ok {
		return
	}
	post := openPostOffice(t)
	r := &pair{site: prepare(t, platform.Config{Store: address}, 41, 1, 2, 50, 997, 1, 2, 50, 1, 20, 8), post: post, l: newLedger()}
	mail := []string{"--mail", post.url, "--mail-from", "desk@example.org"}
	r.a, r.b = r.start(t, mail...), r.start(t, mail...)
	for _, at := range r.slots[:4] { // 997 is counted, not listed
		t.Run(fmt.Sprintf("%d seats", at.seats), func(t *testing.T) { r.sellOut(t, at) })
	}
	for _, at := range r.slots[4:7] {
		t.Run(fmt.Sprintf("%d seats and a waiting list", at.seats), func(t *testing.T) { r.waitInLine(t, at) })
	}
	t.Run("same key", func(t *testing.T) { r.sameKey(t, r.slots[7], r.slots[8]) })
	t.Run("same pass", r.samePass)
	t.Run("same nonce", r.sameNonce)
	t.Run("mailed once", r.mailedOnce)
	t.Run("seen by the other", func(t *testing.T) { r.seen(t, r.slots[9]) })
	r.a.stop(t)
	r.b.stop(t)
	r.check(t, r.l)
	for _, p := range []*process{r.a, r.b} {
		if n := strings.Count(p.log.String(), `"msg":"panic"`); n > 0 {
			t.Errorf("a copy panicked %d times", n)
		}
	}
}

const clients = 64

// rushed runs every client at once and waits for them.
func (r *pair) rushed(run func(w worker, c int)) {
	var wait sync.WaitGroup
	for c := range clients {
		var asked atomic.Int64
		w := worker{s: r.site, l: r.l, base: func() string { return r.either(c + int(asked.Add(1))) }, over: func() bool { return false }}
		wait.Go(func() { run(w, c) })
	}
	wait.Wait()
}

// take books under a key and, if it is to be mailed, an address of its own.
func (r *pair) take(w worker, at slot, seats int, mailed, wait bool) (id string, full bool) {
	key, mail := fmt.Sprintf("rush-key-%d", r.next.Add(1)), ""
	if mailed {
		mail = key + "@example.org"
	}
	return w.book(at, seats, mail, wait, key)
}

// sellOut lets all clients book one to three seats and give some back, then one
// seat each as long as there are any: exactly as many are sold as there are.
func (r *pair) sellOut(t *testing.T, at slot) {
	begun := time.Now()
	r.rushed(func(w worker, c int) {
		for seats := 1 + c%3; ; {
			id, full := r.take(w, at, seats, rand.IntN(10) == 0, false)
			switch {
			case id != "" && rand.IntN(5) == 0:
				w.cancel(id)
			case full && seats == 1:
				return
			case full:
				seats = 1
				continue
			case id == "":
				return // noted as odd
			}
			seats = 1 + rand.IntN(3)
		}
	})
	r.rushed(func(w worker, _ int) { // what came back last
		for full := false; !full; {
			var id string
			if id, full = r.take(w, at, 1, false, false); id == "" && !full {
				return
			}
		}
	})
	r.l.must(t)
	if sold := r.l.seats(at); sold != at.seats {
		t.Errorf("a slot of %d seats was sold %d times by two processes", at.seats, sold)
	}
	p := r.open(t, platform.Options{NoJobs: true})
	defer func() { must(t, p.Close()) }()
	roster, err := p.Registration.Roster(t.Context(), at.id)
	must(t, err)
	if roster.Taken != at.seats {
		t.Errorf("a slot of %d seats counts %d taken", at.seats, roster.Taken)
	}
	if counts := at.seats > registration.MaxConfirmed; roster.Counts != counts {
		t.Errorf("a slot of %d seats is counted: %v", at.seats, roster.Counts)
	}
	r.checkSlot(t, p, r.l, at)
	t.Logf("sold out %s later", time.Since(begun).Round(time.Millisecond))
}

// waitInLine lets all clients book more than there is, with a place in the
// waiting list, while others give theirs back: nobody waits who fits, and no
// more stay free than the largest party lacks.
func (r *pair) waitInLine(t *testing.T, at slot) {
	r.rushed(func(w worker, c int) {
		var ids []string
		for n := range 3 {
			id, _ := r.take(w, at, 1+(c+n)%min(3, at.seats), true, true)
			ids = append(ids, id)
		}
		if c%4 < 2 && ids[0] != "" { // the early ones have seats
			w.cancel(ids[0])
		}
	})
	r.l.must(t)
	p := r.open(t, platform.Options{NoJobs: true})
	defer func() { must(t, p.Close()) }()
	roster, err := p.Registration.Roster(t.Context(), at.id)
	must(t, err)
	if free := at.seats - roster.Taken; free < 0 || free >= min(3, at.seats) {
		t.Errorf("%d of %d seats are free, and %d wait", free, at.seats, roster.Line())
	}
	r.checkSlot(t, p, r.l, at) // also: whoever waits does not fit
	moved := 0
	for own, n := range r.l.bookings {
		if n.at == at && n.state == registration.Waiting && n.cancel == kept {
			h, err := p.Registration.Booking(t.Context(), r.event.ID+"/"+own)
			must(t, err)
			if h.State == registration.Confirmed {
				moved++
			}
		}
	}
	if at.seats > 2 && moved == 0 {
		t.Error("nobody moved up: the test tests nothing")
	}
	t.Logf("%d taken, %d moved up, %d wait", roster.Taken, moved, roster.Line())
}
