package crash

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"feria/capacity"
	"feria/festival"
	"feria/platform"
	"feria/registration"
	"feria/ticketing"
)

// check opens the store in this process and holds it against what was
// acknowledged: nothing is lost, nothing is half, no slot is oversold.
func (s *site) check(t *testing.T, l *ledger) {
	t.Helper()
	p := s.open(t, platform.Options{NoJobs: true})
	for _, at := range s.slots {
		s.checkSlot(t, p, l, at)
	}
	s.checkScans(t, p, l)
	must(t, p.Close())
	s.doctor(t)
}

// checkSlot holds the roster of a slot against its rows and against the ledger.
func (s *site) checkSlot(t *testing.T, p *platform.Platform, l *ledger, at slot) {
	t.Helper()
	roster, err := p.Registration.Roster(t.Context(), at.id)
	must(t, err)
	held, err := p.Registration.Booked(t.Context(), at.id)
	must(t, err)
	if roster.Taken > at.seats {
		t.Errorf("a slot of %d seats has %d taken", at.seats, roster.Taken)
	}
	rows, line := 0, 0
	found := map[string]registration.Held{}
	for _, h := range held {
		found[festival.Own(h.Booking.ID)] = h
		if h.State == registration.Confirmed {
			rows += h.Booking.Seats
		} else if line++; h.Position != line {
			t.Errorf("a slot of %d seats: number %d of those who wait is told %d", at.seats, line, h.Position)
		}
	}
	if rows != roster.Taken {
		t.Errorf("a slot of %d seats counts %d taken, its rows %d", at.seats, roster.Taken, rows)
	}
	if line != roster.Line() {
		t.Errorf("a slot of %d seats has %d who wait, and rows of %d", at.seats, roster.Line(), line)
	}
	if next := capacity.Serve(roster.Seats, roster.Taken, waiting(roster)).Next; len(next) > 0 {
		t.Errorf("a slot of %d seats has %d taken, and %d wait who fit", at.seats, roster.Taken, len(next))
	}
	for own, n := range l.bookings {
		if n.at != at {
			continue
		}
		h, ok := found[own]
		state := h.State
		if !ok {
			if h, err = p.Registration.Booking(t.Context(), festival.RecordID(s.event.ID, own)); err != nil {
				t.Errorf("booking %s was acknowledged as %s and is lost: %v", own, n.state, err)
				continue
			}
			state = h.State
		}
		if h.Booking.Seats != n.seats {
			t.Errorf("booking %s has %d seats, %d were acknowledged", own, h.Booking.Seats, n.seats)
		}
		if !slices.Contains(n.mayBe(), state) {
			t.Errorf("booking %s was acknowledged as %s (cancelling: %d) and is %s", own, n.state, n.cancel, state)
		}
	}
}

// mayBe gives the states that a booking may be in by now.
func (n noted) mayBe() []registration.State {
	may := []registration.State{n.state}
	if n.state == registration.Waiting {
		may = append(may, registration.Confirmed)
	}
	switch n.cancel {
	case kept:
		return may
	case asked:
		return append(may, registration.Cancelled)
	}
	return []registration.State{registration.Cancelled}
}

func waiting(r registration.Roster) []capacity.Waiting {
	var line []capacity.Waiting
	for _, e := range r.Entries {
		if e.Waits {
			line = append(line, capacity.Waiting{Places: e.Seats, Passed: e.Passed})
		}
	}
	return line
}

// checkScans looks for every scan that was answered, as it was answered, and for
// passes that let in more than were booked.
func (s *site) checkScans(t *testing.T, p *platform.Platform, l *ledger) {
	t.Helper()
	stored, passed, after := map[string]string{}, map[string]int{}, ""
	for {
		page, next, err := p.Ticketing.Scans(t.Context(), ticketing.ScanQuery{Event: s.event.ID, Limit: 500, After: after})
		must(t, err)
		for _, scan := range page {
			reason := any(nil) // as the member of an answer that is absent
			if scan.Reason != "" {
				reason = scan.Reason
			}
			stored[scan.Nonce] = fmt.Sprint(scan.Result, " ", reason, " ", scan.Passed)
			if !scan.Void {
				passed[scan.Pass] += scan.Passed
			}
		}
		if after = next; next == "" {
			break
		}
	}
	for nonce, said := range l.scans {
		if stored[nonce] != said {
			t.Errorf("scan %s was told %q and is stored as %q", nonce, said, stored[nonce])
		}
	}
	for pass, n := range passed {
		if n > passSeats {
			t.Errorf("pass %s of %d seats let %d in", pass, passSeats, n)
		}
	}
	for _, n := range l.admitted {
		if n > passSeats {
			t.Errorf("a pass of %d seats was told to let %d in", passSeats, n)
		}
	}
}

// doctor looks at the store as it will be seen a while later, when what stands
// half done is no longer taken for being under way. On SQLite nothing may be
// half; elsewhere the sweeper comes first.
func (s *site) doctor(t *testing.T) {
	t.Helper()
	p := s.open(t, platform.Options{NoJobs: true, Now: func() time.Time { return time.Now().Add(5 * time.Minute) }})
	defer func() { must(t, p.Close()) }()
	if s.config.MongoDB() {
		n, err := p.Registration.Sweep(t.Context())
		must(t, err)
		m, err := p.Ticketing.Sweep(t.Context())
		must(t, err)
		if n+m > 0 {
			t.Logf("swept %d rows of bookings and %d of scans that nobody was told of", n, m)
		}
	}
	_, err := p.Doctor(t.Context(), func(problem string) { t.Error("doctor: " + problem) })
	must(t, err)
}

// finish does what decisions left to do when the last process died, as the next
// process would, but at once: its clock is late enough that whoever died holds
// no job any more.
func (s *site) finish(t *testing.T) {
	t.Helper()
	p := s.open(t, platform.Options{Now: func() time.Time { return time.Now().Add(time.Minute) }})
	defer func() { must(t, p.Close()) }()
	must(t, p.Start(t.Context()))
	s.settled(t, p)
}

// settle waits until the processes have done everything that follows.
func (s *site) settle(t *testing.T) {
	t.Helper()
	p := s.open(t, platform.Options{NoJobs: true})
	defer func() { must(t, p.Close()) }()
	s.settled(t, p)
}

func (s *site) settled(t *testing.T, p *platform.Platform) {
	t.Helper()
	begun := time.Now()
	for {
		rosters, err := p.Registration.Rosters(t.Context(), s.event.ID)
		must(t, err)
		left := 0
		for _, r := range rosters {
			left += len(r.Effects)
		}
		if left == 0 {
			t.Logf("everything that followed was done %s later", time.Since(begun).Round(time.Millisecond))
			return
		}
		if time.Since(begun) > 3*time.Minute {
			t.Fatalf("%d effects are left to be carried out", left)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// checkMails holds the outbox against the bookings that named an address, one
// address each: one mail for every decision and none besides. It gives how many.
func (s *site) checkMails(t *testing.T, l *ledger) int {
	t.Helper()
	ctx := context.Background()
	p := s.open(t, platform.Options{NoJobs: true})
	defer func() { must(t, p.Close()) }()
	told, n, after := map[string][]string{}, 0, ""
	for {
		page, next, err := p.Outbox.List(ctx, s.event.City, "", after)
		must(t, err)
		for _, m := range page {
			told[m.To] = append(told[m.To], m.Kind)
			n++
		}
		if after = next; next == "" {
			break
		}
	}
	for own, b := range l.bookings {
		if b.mail == "" {
			continue
		}
		h, err := p.Registration.Booking(ctx, festival.RecordID(s.event.ID, own))
		must(t, err)
		got := told[b.mail]
		slices.Sort(got)
		if !slices.ContainsFunc(decisions(b.state, h.State), func(want []string) bool { return slices.Equal(want, got) }) {
			t.Errorf("booking %s was %s, is %s, and its party was mailed %v", own, b.state, h.State, got)
		}
		delete(told, b.mail)
	}
	return n
}

// decisions gives the mails that a booking may have led to, by what was
// acknowledged and what it is now, each sorted.
func decisions(first, now registration.State) [][]string {
	const confirmed, wait, promoted, over = "booking_confirmed", "booking_waiting", "booking_promoted", "booking_cancelled"
	var ways [][]string
	switch now {
	case registration.Waiting:
		return [][]string{{wait}}
	case registration.Confirmed:
		ways = [][]string{{promoted, wait}}
		if first == registration.Confirmed { // what was asked again may have been promoted before it was answered
			ways = append(ways, []string{confirmed})
		}
	case registration.Cancelled:
		ways = [][]string{{over, promoted, wait}}
		if first == registration.Waiting {
			ways = append(ways, []string{over, wait})
		} else {
			ways = append(ways, []string{over, confirmed})
		}
	}
	return ways
}
