package crash

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"feria/registration"
)

// ledger is what was acknowledged, kept outside of the process.
type ledger struct {
	mu       sync.Mutex
	bookings map[string]noted  // by own id
	scans    map[string]string // by nonce: result, reason, how many went in
	admitted map[string]int    // by token: persons
	odd      []string
}

// noted is a booking that was acknowledged.
type noted struct {
	at     slot
	seats  int
	state  registration.State
	mail   string
	cancel cancel
}

type cancel int

const (
	kept      cancel = iota
	asked            // whether it was done, nobody knows
	cancelled        // acknowledged
)

func newLedger() *ledger {
	return &ledger{bookings: map[string]noted{}, scans: map[string]string{}, admitted: map[string]int{}}
}

func (l *ledger) note(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.odd = append(l.odd, fmt.Sprintf(format, args...))
}

// booked notes a booking that was answered with 201.
func (l *ledger) booked(r reply, n noted) (id string) {
	id, n.state = r.text("id"), registration.State(r.text("state"))
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, twice := l.bookings[id]; twice {
		l.odd = append(l.odd, "one booking was given for two keys")
	}
	l.bookings[id] = n
	return id
}

func (l *ledger) cancels(id string, c cancel) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.bookings[id]
	n.cancel = c
	l.bookings[id] = n
}

// scanned notes a scan that was answered.
func (l *ledger) scanned(r reply, token, nonce string) {
	if r.status != http.StatusOK {
		l.note("scan: %s: %v", r.code(), r.json)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	said := fmt.Sprint(r.text("result"), " ", r.json["reason"], " ", r.number("passed"))
	if before, again := l.scans[nonce]; again && before != said {
		l.odd = append(l.odd, fmt.Sprintf("scan %s was told %q and then %q", nonce, before, said))
		return
	} else if again {
		return
	}
	l.scans[nonce] = said
	l.admitted[token] += r.number("passed")
}

// copy is what stands in the ledger now.
func (l *ledger) copy() *ledger {
	l.mu.Lock()
	defer l.mu.Unlock()
	return &ledger{bookings: maps.Clone(l.bookings), scans: maps.Clone(l.scans), admitted: maps.Clone(l.admitted)}
}

// seats is what is acknowledged and not given back, at a slot.
func (l *ledger) seats(at slot) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range l.bookings {
		if b.at == at && b.state == registration.Confirmed && b.cancel == kept {
			n += b.seats
		}
	}
	return n
}

// must fails the test where something odd was noted.
func (l *ledger) must(t *testing.T) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	same := map[string]int{}
	for _, odd := range l.odd {
		same[odd]++
	}
	for _, odd := range slices.Sorted(maps.Keys(same)) {
		t.Errorf("%d times: %s", same[odd], odd)
	}
}

// worker is one client of a rush: it asks whichever copy base gives it, again
// and again until it has an answer, across restarts. One key is one booking.
type worker struct {
	s    *site
	l    *ledger
	base func() string
	over func() bool // nobody waits for answers any more
}

// patience is how often a worker looks again at a copy that does not answer.
const patience = 10 * time.Millisecond

// book books and notes it; id is "" where nothing was granted, full says that
// this was for want of seats.
func (w worker) book(at slot, seats int, mail string, wait bool, key string) (id string, full bool) {
	for !w.over() {
		r, err := w.s.book(w.base(), at, seats, mail, wait, key)
		switch {
		case err != nil:
			time.Sleep(patience)
			continue
		case r.status == http.StatusCreated:
			return w.l.booked(r, noted{at: at, seats: seats, mail: mail}), false
		case r.code() == "409 slot_full", r.code() == "409 slot_too_small":
			return "", true
		case r.code() == "503 roster_busy", r.code() == "503 booking_unsettled":
			time.Sleep(10 * patience)
			continue
		}
		w.l.note("booking: %s: %s", r.code(), r.text("detail"))
		return "", false
	}
	return "", false
}

// cancel gives a booking back.
func (w worker) cancel(id string) {
	w.l.cancels(id, asked)
	for !w.over() {
		r, err := w.s.cancel(w.base(), id)
		switch {
		case err != nil:
			time.Sleep(patience)
			continue
		case r.status == http.StatusNoContent:
			w.l.cancels(id, cancelled)
		default:
			w.l.note("cancelling: %s: %s", r.code(), r.text("detail"))
		}
		return
	}
}

func (w worker) scan(token, nonce string, count int) {
	for !w.over() {
		r, err := w.s.scan(w.base(), token, nonce, count)
		if err != nil {
			time.Sleep(patience)
			continue
		}
		w.l.scanned(r, token, nonce)
		return
	}
}
