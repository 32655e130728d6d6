package registration

import (
	"flag"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"feria/capacity"
	"feria/festival"
)

// rosterMachine drives a roster, a listed or a counted one, and the rows that
// Drain would mark, and knows what must hold whatever happens.
type rosterMachine struct {
	r      Roster
	rows   map[string]*Booking
	made   []string         // ids in the order in which they were asked for
	state  map[string]State // as a person was last told
	seats  map[string]int
	passed map[string]int // how often somebody behind was served first
}

func (m *rosterMachine) pick(t *rapid.T) *Booking {
	if len(m.made) == 0 {
		t.Skip("nobody has booked")
	}
	return m.rows[rapid.SampledFrom(m.made).Draw(t, "booking")]
}

// settle compares who waited before with who waits now: the difference was
// served by this decision.
func (m *rosterMachine) settle(t *rapid.T) {
	var served []string
	for _, id := range m.made {
		s, ok := m.r.Standing(m.rows[id])
		if !ok {
			t.Fatalf("booking %s has become void", id)
		}
		switch was := m.state[id]; {
		case was == Cancelled && s.State != Cancelled:
			t.Fatalf("booking %s was cancelled and is %s", id, s.State)
		case was == Confirmed && s.State == Waiting:
			t.Fatalf("booking %s lost its seats", id)
		case was == Waiting && s.State == Confirmed:
			served = append(served, id)
		}
		if s.State != Cancelled && s.Seats != m.seats[id] {
			t.Fatalf("booking %s has %d seats, not %d", id, s.Seats, m.seats[id])
		}
		m.state[id] = s.State
	}
	m.order(t, served)
}

// order checks that nobody was passed over who fitted, or too often.
func (m *rosterMachine) order(t *rapid.T, served []string) {
	for _, id := range m.made {
		if m.state[id] != Waiting || m.seats[id] > m.r.Seats {
			continue
		}
		for _, other := range served {
			if slices.Index(m.made, other) < slices.Index(m.made, id) {
				continue
			}
			if m.seats[other] >= m.seats[id] {
				t.Fatalf("%s (%d seats) was served before %s (%d)", other, m.seats[other], id, m.seats[id])
			}
			if m.passed[id]++; m.passed[id] > capacity.PassedOver {
				t.Fatalf("%s was passed over %d times", id, m.passed[id])
			}
		}
	}
}

// Check is what holds after every step.
func (m *rosterMachine) Check(t *rapid.T) {
	taken, line := 0, 0
	for _, id := range m.made {
		switch m.state[id] {
		case Confirmed:
			taken += m.seats[id]
		case Waiting:
			line++
		}
	}
	if taken != m.r.Taken {
		t.Fatalf("%d seats are taken, the roster says %d", taken, m.r.Taken)
	}
	if m.r.Taken > m.r.Seats != m.r.Shut {
		t.Fatalf("%d of %d taken, shut: %v", m.r.Taken, m.r.Seats, m.r.Shut)
	}
	if line != m.r.Line() {
		t.Fatalf("%d wait, the roster says %d", line, m.r.Line())
	}
	if told := m.r.Told; told != m.r.Places() {
		t.Fatalf("the public is told %s of what is %s", told, m.r.Places())
	}
	// Nobody who fits is left waiting, but behind one who was passed over.
	free := m.r.Free()
	position := 0
	for _, e := range m.r.Entries {
		if !e.Waits {
			continue
		}
		position++
		if s, _ := m.r.Standing(&Booking{ID: testEvent + "/" + e.Booking}); s.Position != position {
			t.Fatalf("%s is told place %d, it is %d", e.Booking, s.Position, position)
		}
		if e.Seats <= free {
			t.Fatalf("%s waits for %d seats, %d are free", e.Booking, e.Seats, free)
		}
		if e.Passed >= capacity.PassedOver && e.Seats <= m.r.Seats {
			break
		}
	}
	m.r.check(morning, func(format string, args ...any) { t.Fatalf("doctor: "+format, args...) })
}

// Book asks for seats.
func (m *rosterMachine) Book(t *rapid.T) {
	n := len(m.made)
	b := &Booking{ID: bookingID(n), Seats: rapid.IntRange(1, 6).Draw(t, "seats")}
	before := encoded(t, &m.r)
	free, line, most := m.r.Free(), m.r.Line(), m.r.Seats
	out, err := m.r.Book(morning, Claim{Booking: b.ID, Party: partyID(n), Seats: b.Seats, NoWait: rapid.Bool().Draw(t, "no wait")})
	if err != nil {
		if encoded(t, &m.r) != before {
			t.Fatal("a refused booking changed the roster")
		}
		if b.Seats <= free && line == 0 && b.Seats <= most {
			t.Fatalf("%d of %d free seats were refused: %v", b.Seats, free, err)
		}
		return
	}
	m.made = append(m.made, b.ID)
	m.rows[b.ID], m.seats[b.ID], m.state[b.ID] = b, b.Seats, Waiting
	m.settle(t)
	if m.state[b.ID] != out.State {
		t.Fatalf("told %s, is %s", out.State, m.state[b.ID])
	}
}

// Cancel gives a booking back.
func (m *rosterMachine) Cancel(t *rapid.T) {
	b := m.pick(t)
	was := m.state[b.ID]
	before := m.r.Taken
	err := m.r.Cancel(morning, b)
	if (was == Cancelled) != (err != nil) {
		t.Fatalf("cancel what is %s: %v", was, err)
	}
	if was == Cancelled && m.r.Taken != before {
		t.Fatal("seats came back twice")
	}
	m.settle(t)
	if m.state[b.ID] != Cancelled {
		t.Fatalf("cancelled and %s", m.state[b.ID])
	}
}

// Change asks for another number of seats.
func (m *rosterMachine) Change(t *rapid.T) {
	b := m.pick(t)
	seats := rapid.IntRange(1, 6).Draw(t, "seats")
	old := m.seats[b.ID]
	before := encoded(t, &m.r)
	if err := m.r.Change(morning, b, seats); err != nil {
		if encoded(t, &m.r) != before {
			t.Fatal("a refused change changed the roster")
		}
		if seats < old && m.state[b.ID] != Cancelled {
			t.Fatalf("fewer seats were refused: %v", err)
		}
		return
	}
	m.seats[b.ID] = seats
	if seats > old {
		m.passed[b.ID] = 0
	}
	m.settle(t)
}

// SetSeats raises or lowers what is offered.
func (m *rosterMachine) SetSeats(t *rapid.T) {
	seats := rapid.IntRange(0, 24).Draw(t, "seats")
	taken := m.r.Taken
	err := m.r.SetSeats(morning, seats, rapid.Bool().Draw(t, "sure"))
	if err == nil && m.r.Taken < taken {
		t.Fatal("another number of seats cancelled somebody")
	}
	m.settle(t)
}

// Drain marks the rows and clears what was decided so far, or a part of it.
func (m *rosterMachine) Drain(t *rapid.T) {
	n := rapid.IntRange(0, len(m.r.Effects)).Draw(t, "effects")
	for _, e := range m.r.Effects[:n] {
		m.rows[festival.RecordID(testEvent, e.Booking)].mark(e)
	}
	if rapid.Bool().Draw(t, "crash") {
		m.settle(t) // the rows are marked, the roster does not know
		return
	}
	m.r.Effects = slices.Clone(m.r.Effects[n:])
	m.r.Cleared += int64(n)
	m.settle(t)
}

func TestRoster_properties(t *testing.T) {
	more := flag.Lookup("rapid.checks")
	before := more.Value.String()
	if err := more.Value.Set("2000"); err != nil { // they cost microseconds, and the rare lines are the interesting ones
		t.Fatal(err)
	}
	defer more.Value.Set(before)
	for _, row := range []struct {
		name   string
		counts bool
	}{{"listed", false}, {"counted", true}} {
		t.Run(row.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				m := &rosterMachine{
					r:    newRoster(SlotInfo{ID: testEvent + "/s", City: testCity, Event: testEvent, Seats: rapid.IntRange(1, 20).Draw(t, "offered")}),
					rows: map[string]*Booking{}, state: map[string]State{}, seats: map[string]int{}, passed: map[string]int{},
				}
				m.r.tell()
				m.r.Counts = row.counts
				t.Repeat(rapid.StateMachineActions(m))
			})
		})
	}
}
