// Package ticketing holds what lets people in: passes and their signed tokens,
// the keys that sign them, gates, and admission, which is a fold over the scans
// of a pass.
package ticketing

import (
	"context"
	"sync"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/store"
)

// Rights is where a pass's rights are looked up: they are never in the token.
type Rights interface {
	// Of gives what a party may enter of an event; what was cancelled after then
	// counts as booked, zero: as all stands now. Nothing booked is an empty Right and
	// no error.
	Of(ctx context.Context, event festival.Event, party string, then time.Time) (Right, error)
}

// Right is what a party has booked in an event.
type Right struct {
	// Seats is how many persons the pass lets into the event as a whole. 0 leaves
	// it to the slots, the greatest number of seats in any of them, and where the
	// event is open to all to Pass.Persons, if those are more.
	Seats int
	Slots []SlotRight
	come  int // Pass.Persons, where the event is open to all
}

// SlotRight is a booking of the party.
type SlotRight struct {
	Slot  string // festival.Slot.ID
	Space string // festival.Space.ID of the slot, "" without
	Booth string // festival.Booth.ID of the slot, "" without
	Seats int
	State RightState
	Start time.Time
	End   time.Time // exclusive
}

// RightState is what became of a booking.
type RightState string

// The states of a booking as a gate sees them.
const (
	Confirmed RightState = ""
	Waiting   RightState = "waiting"
	Withdrawn RightState = "cancelled" // by the party or with the slot
)

// Service is ticketing over one store. It is safe for concurrent use.
type Service struct {
	store      *store.Store
	now        kernel.Clock
	secret     []byte
	rights     Rights
	cities     func(ctx context.Context) ([]string, error)
	decided    func(Result, Reason) // nil: nobody is told
	keys       *store.Collection[KeySet]
	passes     *store.Collection[Pass]
	gates      *store.Collection[Gate]
	scans      *store.Collection[Scan]
	admissions *store.Collection[Admission]
	sweeps     *store.Collection[swept]
	rings      ringCache
	tallies    tallyCache

	life context.Context // of what goes on beside requests
	end  context.CancelFunc
	work sync.WaitGroup
}

// Close ends what goes on beside requests, and waits for it: before the store is
// closed.
func (s *Service) Close() {
	s.end()
	s.work.Wait()
}

// New makes a Service. secret is the installation's, at least 32 random bytes, the
// same on every copy and after a restore: the secret addresses of pass pages are
// derived from it, so that they can be shown again and stand in no document.
// It panics without such a secret or without rights, mistakes of the programmer.
func New(s *store.Store, now kernel.Clock, secret []byte, rights Rights) *Service {
	if len(secret) < 32 || rights == nil {
		panic("ticketing: needs a secret of 32 bytes and rights")
	}
	life, end := context.WithCancel(context.Background())
	return &Service{
		store: s, now: now, secret: secret, rights: rights, life: life, end: end,
		keys: keySets.In(s), passes: passes.In(s), gates: gates.In(s), scans: scans.In(s), admissions: admissions.In(s),
		sweeps: sweeps.In(s),
	}
}

// WithCities tells where the ids of all cities of the installation are listed, so
// that a good pass of another city is told from a forged one; without it only
// events of the own city are. It is called before the Service is used.
func (s *Service) WithCities(list func(ctx context.Context) ([]string, error)) *Service {
	s.cities = list
	return s
}

// WithDecided tells whom each scan that was decided is told: its Result, and its
// Reason unless that is OK. Repeats do not count. It is called before the Service
// is used.
func (s *Service) WithDecided(tell func(Result, Reason)) *Service {
	s.decided = tell
	return s
}

// Collections lists what this package stores.
func Collections() []store.Declaration {
	return []store.Declaration{keySets, passes, gates, scans, admissions, sweeps}
}

// zones keeps loaded zones: loading one reads a file each time.
var zones sync.Map

// zoneOf gives the zone of an event, UTC if its name is unknown, which the
// event's form does not let through.
func zoneOf(event festival.Event) *time.Location {
	if z, ok := zones.Load(event.Zone); ok {
		return z.(*time.Location)
	}
	z, err := festival.Zone(event.Zone)
	if err != nil {
		return time.UTC
	}
	zones.Store(event.Zone, z)
	return z
}
