// Package registration decides who has a seat: parties, their bookings, and the
// rosters of slots. A booking is one acknowledged write: its row goes first and
// the Roster decides; what must follow (mail, the row's marks, how full the
// public sees the slot) stands in the Roster until Drain has carried it out.
//
// What a booking is follows from its Roster first and its row second; the one
// rule is Roster.Standing. A row that a crash left without a decision is void:
// no list shows it, and Sweep deletes it.
package registration

import (
	"context"
	"errors"
	"sync"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
	"feria/store"
)

// SlotInfo is what booking needs to know of a slot of the published programme.
type SlotInfo struct {
	ID         string // Slot.ID
	City       string
	Event      string
	Session    string
	Title      locale.Text
	Space      string    // Space.ID, "" without
	Booth      string    // Booth.ID, "" without
	Start, End time.Time // UTC
	Seats      int       // where its roster starts; later the roster's own count
	Bookable   bool      // booked here, not cancelled
	Cancelled  bool      // by a release
}

func (i SlotInfo) period() festival.Period { return festival.Period{Start: i.Start, End: i.End} }

// Slots is where a booking learns of its slot. Platform answers from the
// published programme in memory.
type Slots interface {
	// Slot gives a slot of a published programme by its ID, or kernel.Missing.
	Slot(ctx context.Context, id string) (SlotInfo, error)
}

// Options is what a Service needs of the rest of Feria.
type Options struct {
	Slots Slots
	// Secret, of 32 bytes at least, derives the links that parties are mailed,
	// so that the same link can be mailed again and stands in no document.
	Secret []byte
	// Places, if not nil, is told at once when the public must hear how full a
	// slot is; Drain tells it again if a crash came in between.
	Places func(ctx context.Context, event string, changed map[string]festival.PlacesState) error
	// Wake, if not nil, is called when there is something for Drain; at once says
	// that a roster takes no more bookings soon if it is left to wait.
	Wake func(atOnce bool)
	// Decided, if not nil, is told what each request for seats came to: the State,
	// or the code of the refusal. Repeats do not count.
	Decided func(outcome string)
}

// Service is registration over one store. It is safe for concurrent use.
type Service struct {
	work sync.WaitGroup // what follows decisions at once

	store    *store.Store
	now      kernel.Clock
	o        Options
	parties  *store.Collection[Party]
	bookings *store.Collection[Booking]
	rosters  *store.Collection[Roster]
	links    *store.Collection[link]
}

// New makes a Service. It panics without Slots or a secret of 32 bytes, which
// are mistakes of the programmer.
func New(s *store.Store, now kernel.Clock, o Options) *Service {
	if o.Slots == nil || len(o.Secret) < 32 {
		panic("registration: needs slots and a secret of 32 bytes")
	}
	return &Service{store: s, now: now, o: o, parties: parties.In(s), bookings: bookings.In(s), rosters: rosters.In(s), links: links.In(s)}
}

// missing turns the store's word for absent into the one answer for what is not
// there and what is not yours.
func missing(err error) error {
	if errors.Is(err, store.ErrAbsent) {
		return kernel.Missing()
	}
	return err
}
