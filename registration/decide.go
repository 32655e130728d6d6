package registration

import (
	"slices"
	"strconv"
	"time"

	"feria/capacity"
	"feria/festival"
	"feria/kernel"
	"feria/store"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// Claim asks for seats.
type Claim struct {
	Booking string // Booking.ID, drawn before
	Party   string // Party.ID
	Seats   int    // 1 to MaxSeats
	Again   bool   // although the party has another booking here
	NoWait  bool   // rather nothing than a place in the waiting list
}

// Outcome is what a claim came to.
type Outcome struct {
	State    State
	Position int  // in the waiting list, from 1
	Known    bool // it was decided before
}

// Book decides a claim: seats if they are free and nobody who waits comes first,
// else a place in the waiting list. A party that is smaller than all who wait
// may fit where they do not, and passes them over. What the roster knows already
// stands as it was decided.
//
// Refusals: Invalid seats_range; Conflict slot_not_bookable, slot_shut, slot_too_small when there
// are fewer seats altogether, slot_full when nothing is free and nobody more can
// or wants to wait, overlaps when the party has a booking here already;
// Unavailable roster_busy when too much is still to be carried out.
func (r *Roster) Book(now time.Time, c Claim) (Outcome, error) {
	own, party := festival.Own(c.Booking), festival.Own(c.Party)
	switch {
	case c.Seats < 1 || c.Seats > MaxSeats:
		return Outcome{}, seatsRange()
	case r.knows(own): // a repeat
		s, _ := r.Standing(&Booking{ID: c.Booking})
		return Outcome{State: s.State, Position: s.Position, Known: true}, nil
	case len(r.Effects) >= maxEffects:
		return Outcome{}, kernel.New(kernel.Unavailable, "roster_busy", "")
	case r.Off:
		return Outcome{}, notBookable()
	case r.Shut:
		return Outcome{}, kernel.New(kernel.Conflict, "slot_shut", "slot")
	case c.Seats > r.Seats && r.Seats > 0:
		return Outcome{}, kernel.New(kernel.Conflict, "slot_too_small", "seats", "seats", r.Seats)
	}
	line, begun := r.Line(), r.begun(now)
	var served capacity.Served
	fits := c.Seats <= r.Free()
	if fits && line > 0 && !begun {
		served = capacity.Serve(r.Seats, r.Taken, append(r.waiting(), capacity.Waiting{Places: c.Seats}))
		fits = slices.Contains(served.Next, line)
	}
	if !fits && (c.NoWait || r.Counts || begun || line >= MaxWaiting || r.Seats == 0) {
		return Outcome{}, r.full(line)
	}
	if i := slices.IndexFunc(r.Entries, func(e Entry) bool { return e.Party == party }); i >= 0 && !c.Again {
		return Outcome{}, overlaps([]string{festival.RecordID(r.Event, r.Entries[i].Booking)})
	}
	if !fits {
		r.Entries = append(r.Entries, Entry{Booking: own, Party: party, Seats: c.Seats, Waits: true})
		r.effect(Effect{Booking: own, Kind: EffectWaiting, Seats: c.Seats, Position: line + 1, At: now})
		r.tell()
		return Outcome{State: Waiting, Position: line + 1}, nil
	}
	r.passOver(served.Passed)
	r.Taken += c.Seats
	if !r.Counts {
		r.Entries = append(r.Entries, Entry{Booking: own, Party: party, Seats: c.Seats})
	}
	r.effect(Effect{Booking: own, Kind: EffectConfirmed, Seats: c.Seats, At: now})
	r.tell()
	return Outcome{State: Confirmed}, nil
}

func seatsRange() error {
	return kernel.New(kernel.Invalid, "seats_range", "seats", "max", MaxSeats)
}

func notBookable() error { return kernel.New(kernel.Conflict, "slot_not_bookable", "slot") }

// overlaps refuses what the party must confirm first; bookings are its own.
func overlaps(bookings []string) error {
	return kernel.New(kernel.Conflict, "overlaps", "slot", "bookings", bookings)
}

func (r *Roster) full(line int) error {
	return kernel.New(kernel.Conflict, "slot_full", "slot", "free", r.Free(), "waiting", line)
}

// begun says whether the slot has started: then the waiting list is over.
func (r *Roster) begun(now time.Time) bool { return !r.Start.IsZero() && !now.Before(r.Start) }

// waiting is the line as the rule of capacity sees it.
func (r *Roster) waiting() []capacity.Waiting {
	var line []capacity.Waiting
	for i := range r.Entries {
		if e := &r.Entries[i]; e.Waits {
			line = append(line, capacity.Waiting{Places: e.Seats, Passed: e.Passed})
		}
	}
	return line
}

// passOver notes how often each who waits has been passed over now.
func (r *Roster) passOver(passed []int) {
	k := 0
	for i := range r.Entries {
		if k < len(passed) && r.Entries[i].Waits {
			r.Entries[i].Passed = passed[k]
			k++
		}
	}
}

// serve gives freed seats to those who wait, in the same decision.
func (r *Roster) serve(now time.Time) {
	r.Shut = r.Taken > r.Seats
	if line := r.waiting(); len(line) > 0 && !r.Shut && !r.Off && !r.begun(now) {
		served := capacity.Serve(r.Seats, r.Taken, line)
		r.passOver(served.Passed)
		k := 0 // place in the line
		for i := range r.Entries {
			e := &r.Entries[i]
			if !e.Waits {
				continue
			}
			if slices.Contains(served.Next, k) {
				e.Waits, e.Passed = false, 0
				r.Taken += e.Seats
				r.effect(Effect{Booking: e.Booking, Kind: EffectPromoted, Seats: e.Seats, At: now})
			}
			k++
		}
	}
	r.tell()
}

// Cancel takes a booking out and gives its seats to the next in line. A booking
// that is cancelled already stays so: store.ErrUnchanged. Refusal: Missing, for
// one that the roster never knew. Where the roster counts, b must have been read
// after the roster was, see Cleared.
func (r *Roster) Cancel(now time.Time, b *Booking) error {
	s, ok := r.Standing(b)
	switch {
	case !ok:
		return kernel.Missing()
	case s.State == Cancelled:
		return store.ErrUnchanged
	case s.State == Confirmed:
		r.Taken -= s.Seats
	}
	own := festival.Own(b.ID)
	if i := r.find(own); i >= 0 {
		r.Entries = slices.Delete(r.Entries, i, i+1)
	}
	r.effect(Effect{Booking: own, Kind: EffectCancelled, Seats: s.Seats, Waited: s.State == Waiting, At: now})
	r.serve(now)
	return nil
}

// Change gives a confirmed or waiting booking another number of seats: fewer at
// once; more if they are free and nobody waits for them, or, for who waits
// itself, if there ever can be so many. Who waits keeps the place, but is passed
// over anew when it wants more. b as for Cancel.
//
// Refusals: Invalid seats_range; Missing; Conflict booking_cancelled, slot_full,
// slot_not_bookable, slot_shut, slot_too_small. The same number again: store.ErrUnchanged.
func (r *Roster) Change(now time.Time, b *Booking, seats int) error {
	if seats < 1 || seats > MaxSeats {
		return seatsRange()
	}
	s, ok := r.Standing(b)
	more := seats - s.Seats
	switch {
	case !ok:
		return kernel.Missing()
	case s.State == Cancelled:
		return kernel.New(kernel.Conflict, "booking_cancelled", "")
	case more == 0:
		return store.ErrUnchanged
	case more > 0 && r.Off:
		return notBookable()
	case more > 0 && seats > r.Seats:
		return kernel.New(kernel.Conflict, "slot_too_small", "seats", "seats", r.Seats)
	}
	own := festival.Own(b.ID)
	i := r.find(own)
	switch {
	case s.State == Waiting:
		if more > 0 {
			r.Entries[i].Passed = 0
		}
	case more > 0 && r.Shut:
		return kernel.New(kernel.Conflict, "slot_shut", "slot")
	case more > 0 && (more > r.Free() || r.Line() > 0 && !r.begun(now)):
		return r.full(r.Line())
	default:
		r.Taken += more
	}
	if i >= 0 {
		r.Entries[i].Seats = seats
	}
	r.effect(Effect{Booking: own, Kind: EffectChanged, Seats: seats, At: now})
	r.serve(now)
	return nil
}

// SetSeats raises or lowers what can be booked, 0 to MaxCounted. Raising serves
// those who wait. Lowering below what is booked needs sure: it shuts the roster
// and cancels nothing. The same number again: store.ErrUnchanged.
//
// Refusals: Invalid seats_offered; Conflict slot_not_bookable, seats_below_booked; Conflict
// seats_listed for more than MaxConfirmed where bookings are listed already.
func (r *Roster) SetSeats(now time.Time, seats int, sure bool) error {
	empty := r.Taken == 0 && len(r.Entries) == 0
	switch {
	case seats < 0 || seats > MaxCounted:
		return kernel.New(kernel.Invalid, "seats_offered", "seats", "max", MaxCounted)
	case seats == r.Seats:
		return store.ErrUnchanged
	case r.Off:
		return notBookable()
	case seats < r.Taken && !sure:
		return kernel.New(kernel.Conflict, "seats_below_booked", "seats", "taken", r.Taken)
	case seats > MaxConfirmed && !r.Counts && !empty:
		return kernel.New(kernel.Conflict, "seats_listed", "seats", "max", MaxConfirmed)
	}
	if empty {
		r.Counts = seats > MaxConfirmed
	}
	r.Seats = seats
	r.serve(now)
	return nil
}
