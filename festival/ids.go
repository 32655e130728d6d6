package festival

import (
	"strings"

	"github.com/google/uuid"
)

// The kinds of record of a draft, as Remove, Restore, Copy and import plans
// name them.
const (
	VenueKind   = "venue"
	SpaceKind   = "space"
	BoothKind   = "booth"
	HostKind    = "host"
	SessionKind = "session"
	SlotKind    = "slot"
	EventKind   = "event" // in plans and changes only
)

// Kinds lists the kinds of record in the order in which they can be made: none
// points to a later one.
var Kinds = []string{VenueKind, SpaceKind, HostKind, BoothKind, SessionKind, SlotKind}

// EventID gives the id of the event that addresses show as own.
func EventID(city, own string) string { return city + "/" + own }

// RecordID gives the id of the record of an event that addresses show as own.
func RecordID(event, own string) string { return event + "/" + own }

// Own gives the last part of an id: what addresses show of it.
func Own(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

// CityOf gives the City.ID that an id of any record begins with.
func CityOf(id string) string {
	city, _, _ := strings.Cut(id, "/")
	return city
}

// EventOf gives the Event.ID that a record's id begins with; an Event.ID gives
// itself.
func EventOf(id string) string {
	parts := strings.SplitN(id, "/", 3)
	if len(parts) < 2 {
		return id
	}
	return parts[0] + "/" + parts[1]
}

// guids is the name space (RFC 9562, 5.5) of guids derived from ids.
var guids = uuid.MustParse("6d0f6c1e-2f0a-5a57-9a3e-0d5a3c3a7f11")

// GUID is the guid that exports give out for the record: the one that came with
// it in a file, else a UUID version 5 of its id, so that it is for ever the
// same. An import of our own export finds the record again by it.
func (b Base) GUID() string {
	if b.Source.GUID != "" {
		return b.Source.GUID
	}
	return uuid.NewSHA1(guids, []byte(b.ID)).String()
}

func (b *Base) base() *Base { return b }
