package registration

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"feria/kernel"
	"feria/store"
)

// serviceMachine books, cancels and carries out on a real store, and knows of
// every booking what its party was told.
type serviceMachine struct {
	w     *town
	slots []string
	made  []string
	state map[string]State
	// stale are rows as they were read once, at any time before.
	stale map[string]Booking
}

func (m *serviceMachine) draw(t *rapid.T) string {
	if len(m.made) == 0 {
		t.Skip("nobody has booked")
	}
	return rapid.SampledFrom(m.made).Draw(t, "booking")
}

// Book books for somebody new.
func (m *serviceMachine) Book(t *rapid.T) {
	r := ask(rapid.SampledFrom(m.slots).Draw(t, "slot"), rapid.IntRange(1, 4).Draw(t, "seats"))
	got, err := m.w.Book(context.Background(), r)
	if kernel.KindOf(err) == kernel.Conflict {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	m.made, m.state[got.Booking.ID], m.stale[got.Booking.ID] = append(m.made, got.Booking.ID), got.State, got.Booking
}

// Cancel gives a booking back.
func (m *serviceMachine) Cancel(t *rapid.T) {
	id := m.draw(t)
	if err := m.w.Cancel(context.Background(), id); err != nil {
		t.Fatal(err)
	}
	m.state[id] = Cancelled
}

// Change asks for another number of seats.
func (m *serviceMachine) Change(t *rapid.T) {
	err := m.w.Change(context.Background(), m.draw(t), rapid.IntRange(1, 4).Draw(t, "seats"))
	if err != nil && kernel.KindOf(err) != kernel.Conflict {
		t.Fatal(err)
	}
}

// Drain carries out what was decided; sometimes it dies before it can say so.
func (m *serviceMachine) Drain(t *rapid.T) {
	ctx := context.Background()
	crash := rapid.Bool().Draw(t, "crash")
	before := map[string][]Effect{}
	for _, slot := range m.slots {
		before[slot] = m.w.roster(slot).Effects
	}
	m.w.drain()
	if !crash {
		return
	}
	for _, slot := range m.slots {
		err := m.w.rosters.Decide(ctx, slot, func(r *Roster) error {
			r.Effects = append([]Effect(nil), before[slot]...)
			return nil
		}, store.OrNew(func() Roster { return newRoster(m.w.slots[slot]) }))
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Look reads a row, to be used when it is old.
func (m *serviceMachine) Look(t *rapid.T) {
	id := m.draw(t)
	b, err := m.w.bookings.Get(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	m.stale[id] = b
}

// Check is what holds after every step.
func (m *serviceMachine) Check(t *rapid.T) {
	rows := make([]Booking, len(m.made))
	for i, id := range m.made {
		rows[i] = m.stale[id]
	}
	held, err := m.w.hold(context.Background(), rows)
	if err != nil || len(held) != len(rows) {
		t.Fatalf("%d of %d bookings are shown, %v", len(held), len(rows), err)
	}
	taken := map[string]int{}
	for _, h := range held {
		was := m.state[h.Booking.ID]
		if h.State != was && !(was == Waiting && h.State == Confirmed) {
			t.Fatalf("%s was %s and is %s", h.Booking.ID, was, h.State)
		}
		m.state[h.Booking.ID] = h.State
		if h.State == Confirmed {
			taken[h.Booking.Slot] += h.Booking.Seats
		}
	}
	for _, slot := range m.slots {
		if r := m.w.roster(slot); r.Taken != taken[slot] || r.Taken > r.Seats {
			t.Fatalf("%s: %d of %d seats taken, %d by those confirmed", slot, r.Taken, r.Seats, taken[slot])
		}
	}
}

func TestService_properties(t *testing.T) {
	w := newTown(t) // one store for all runs; each has slots of its own
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		name := string(rune('a'+run%26)) + itoa(int64(run))
		m := &serviceMachine{w: w, state: map[string]State{}, stale: map[string]Booking{},
			slots: []string{w.slot(name, 6, 0), w.slot(name+"-large", MaxConfirmed+1, 4)}}
		t.Repeat(rapid.StateMachineActions(m))
	})
	w.drain()
	w.sound()
}
