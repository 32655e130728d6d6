package registration

import (
	"time"

	"feria/capacity"
	"feria/festival"
	"feria/kernel"
)

// Bounds of a Roster (DESIGN.md 3).
const (
	MaxConfirmed = 500 // bookings, hence seats of a roster that lists them
	MaxWaiting   = 300 // bookings
	MaxSeats     = 20  // in one booking
	MaxCounted   = 100_000
	// maxEffects is how much may wait to be carried out before a roster takes no
	// more bookings: a document has an end, and mail that far behind is broken.
	maxEffects = 2000
)

// State is what a booking is.
type State string

// The states of a booking.
const (
	Confirmed State = "confirmed"
	Waiting   State = "waiting"
	Cancelled State = "cancelled"
)

// Entry is one booking in a Roster.
type Entry struct {
	Booking string `json:"b"` // own part of Booking.ID
	Party   string `json:"p"` // own part of Party.ID
	Seats   int    `json:"n"`
	Waits   bool   `json:"w,omitempty"`
	Passed  int    `json:"o,omitempty"` // how often passed over while waiting
}

// Roster is the one document that decides the seats of a slot. Entries stand in
// the order in which they came. A slot with more than MaxConfirmed seats is
// counted, not listed: it has no entries and no waiting list.
//
// Its deciding methods are pure, and leave it unchanged when they refuse.
type Roster struct {
	ID     string `json:"id"` // Slot.ID
	City   string `json:"city"`
	Event  string `json:"event"`
	Seats  int    `json:"seats"`            // that can be booked
	Taken  int    `json:"taken"`            // seats of confirmed bookings
	Counts bool   `json:"counts,omitempty"` // it counts and does not list
	// Shut while fewer seats are offered than are booked: nobody new gets in,
	// nobody loses a seat. It opens again by itself when enough were given back.
	Shut bool `json:"shut,omitempty"`
	// Off while its slot, as the last decision knew it, is cancelled, not in the
	// programme or not booked here any more: nobody gets in or moves up, everybody
	// may give back.
	Off bool `json:"off,omitempty"`
	// Start of the slot as the last decision knew it. From then on nobody moves
	// up: a mail that promises a seat would come too late.
	Start   time.Time `json:"start,omitzero"`
	Entries []Entry   `json:"entries,omitempty"`
	// Effects are what decisions left to do, in their order; No is the number of
	// the last one ever, Cleared how many have been carried out.
	Effects []Effect `json:"effects,omitempty"`
	No      int64    `json:"no,omitempty"`
	Cleared int64    `json:"cleared,omitempty"`
	// Told is how full the public was or will be told the slot is, Untold that it
	// still has to be, Tell how often there was something to tell.
	Told   festival.PlacesState `json:"told,omitempty"`
	Untold bool                 `json:"untold,omitempty"`
	Tell   int64                `json:"tell,omitempty"`
}

func newRoster(slot SlotInfo) Roster {
	return Roster{
		ID: slot.ID, City: slot.City, Event: slot.Event, Start: slot.Start,
		Seats: max(slot.Seats, 0), Counts: slot.Seats > MaxConfirmed, Told: festival.PlacesFree,
	}
}

// Free is how many seats are left. While others wait they are not for somebody
// who comes now: see Book.
func (r *Roster) Free() int {
	if r.Shut {
		return 0
	}
	return capacity.Free(r.Seats, r.Taken)
}

// Line is how many bookings wait.
func (r *Roster) Line() int {
	n := 0
	for i := range r.Entries {
		if r.Entries[i].Waits {
			n++
		}
	}
	return n
}

// Places is how full the roster is, as the public is told: closed while shut or off,
// full when nothing is free or others wait for it, few from three seats or a
// quarter down.
func (r *Roster) Places() festival.PlacesState {
	free := r.Free()
	switch {
	case r.Shut, r.Off:
		return festival.PlacesClosed
	case free == 0 || r.Line() > 0:
		return festival.PlacesFull
	case free <= 3 || free*4 <= r.Seats:
		return festival.PlacesFew
	}
	return festival.PlacesFree
}

// PlacesOf is how full a roster is, as the public is told.
func PlacesOf(r Roster) festival.PlacesState { return r.Places() }

// Standing is what a booking is, by its Roster and its row.
type Standing struct {
	State    State
	Seats    int
	Position int       // in the waiting list, from 1
	Ended    time.Time // when it was cancelled
	Waited   bool      // it had no seats when it was cancelled
}

// Standing says what a booking is; ok is false for a row that is void. The rule,
// in this order, so that at no moment of a decision, of its carrying out, or of
// a crash between the two a booking is two things:
//
//  1. an entry says confirmed or waiting;
//  2. the last effect not yet carried out says cancelled or, where the roster
//     counts, confirmed;
//  3. the row's own mark says cancelled (Ended) or, where the roster counts,
//     confirmed (Settled);
//  4. else the roster never knew the row.
//
// Drain marks the row before it clears the effect. So whoever looked at the
// roster first and at the row afterwards sees one of the two; rows that were
// read earlier and that 1 and 2 do not know must be read again.
func (r *Roster) Standing(b *Booking) (s Standing, ok bool) {
	own := festival.Own(b.ID)
	if i := r.find(own); i >= 0 {
		e := &r.Entries[i]
		if !e.Waits {
			return Standing{State: Confirmed, Seats: e.Seats}, true
		}
		return Standing{State: Waiting, Seats: e.Seats, Position: r.position(i)}, true
	}
	for i := len(r.Effects) - 1; i >= 0; i-- {
		switch e := &r.Effects[i]; {
		case e.Booking != own:
		case e.Kind == EffectCancelled:
			return Standing{State: Cancelled, Seats: e.Seats, Ended: e.At, Waited: e.Waited}, true
		case r.Counts:
			return Standing{State: Confirmed, Seats: e.Seats}, true
		}
	}
	switch {
	case b.Ended != nil:
		return Standing{State: Cancelled, Seats: b.Seats, Ended: *b.Ended, Waited: b.Waited}, true
	case b.Settled && r.Counts:
		return Standing{State: Confirmed, Seats: b.Seats}, true
	}
	return Standing{}, false
}

// knows says whether the roster itself knows a booking, without its row.
func (r *Roster) knows(own string) bool {
	if r.find(own) >= 0 {
		return true
	}
	for i := range r.Effects {
		if r.Effects[i].Booking == own {
			return true
		}
	}
	return false
}

func (r *Roster) find(own string) int {
	for i := range r.Entries {
		if r.Entries[i].Booking == own {
			return i
		}
	}
	return -1
}

// position is the place in the waiting list of the entry at i, from 1.
func (r *Roster) position(i int) int {
	n := 0
	for k := range r.Entries[:i+1] {
		if r.Entries[k].Waits {
			n++
		}
	}
	return n
}

// tell notes when the public must hear something new.
func (r *Roster) tell() {
	if now := r.Places(); now != r.Told {
		r.Told = now
		r.tellAgain()
	}
}

func (r *Roster) tellAgain() {
	r.Untold = true
	r.Tell++
}

// Effect is something that must follow a decision: a mail, a mark on the row.
type Effect struct {
	// ID is the same each time the effect is carried out, and no other effect's;
	// Drain fills it in.
	ID       string     `json:"-"`
	No       int64      `json:"i"` // counted up in its roster
	Booking  string     `json:"b"` // own part of Booking.ID
	Kind     EffectKind `json:"k"`
	Seats    int        `json:"n"`
	Position int        `json:"p,omitempty"` // in the waiting list, from 1, for EffectWaiting
	Waited   bool       `json:"w,omitempty"` // it had no seats before, for EffectCancelled
	At       time.Time  `json:"t"`
}

// EffectKind is what happened to a booking.
type EffectKind string

// The kinds of effect. Each is also the end of a kind of mail ("booking_…").
const (
	EffectConfirmed EffectKind = "confirmed"
	EffectWaiting   EffectKind = "waiting"
	EffectPromoted  EffectKind = "promoted" // from the waiting list to a seat
	EffectChanged   EffectKind = "changed"  // another number of seats
	EffectCancelled EffectKind = "cancelled"
)

// effect leaves something to do. A change that nobody has heard of yet is
// replaced by the next one.
func (r *Roster) effect(e Effect) {
	if e.Kind == EffectChanged {
		kept := r.Effects[:0]
		for _, old := range r.Effects {
			if old.Booking != e.Booking || old.Kind != EffectChanged {
				kept = append(kept, old)
			}
		}
		r.Effects = kept
	}
	r.No++
	e.No = r.No
	r.Effects = append(r.Effects, e)
}

// effectID derives the id of an effect. The time is in it for the case that an
// older roster was restored from a backup and counts on from there.
func (r *Roster) effectID(e Effect) string {
	return kernel.DeriveID("effect", r.ID, e.Booking, string(e.Kind), e.At.UTC().Format(time.RFC3339Nano), itoa(e.No))
}
