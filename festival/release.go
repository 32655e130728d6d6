package festival

import (
	"time"

	"feria/locale"
)

// Release is the immutable header of a published programme; its content lies in
// chunks beside it. Publishing is one compare-and-swap of Event.Release.
type Release struct {
	ID     string `json:"id"` // Event.ID + "/r" + random; the number is part of the content
	Event  string `json:"event"`
	Number int    `json:"number"` // 1, 2, 3 …
	// Previous is the ID of the release before, "" for the first. A header that
	// is not in the chain from Event.ReleaseID was never public.
	Previous string      `json:"previous,omitempty"`
	At       time.Time   `json:"at"`
	By       string      `json:"by"`
	Note     locale.Text `json:"note,omitempty"`
	Chunks   int         `json:"chunks"`
	Hash     string      `json:"hash"` // SHA-256 over the content, hex
	Counts   Counts      `json:"counts"`
	// Stood says, in the answer of Publish, that it was public before.
	Stood bool `json:"-"`
}

// Counts says how much a release holds.
type Counts struct {
	Sessions int `json:"sessions"`
	Slots    int `json:"slots"`
	Hosts    int `json:"hosts"`
	Venues   int `json:"venues"`
	Spaces   int `json:"spaces"`
	Booths   int `json:"booths"`
}

// Programme is the sessions and slots of an event with all that they point to:
// the draft, or what a release froze. It is read-only once made; every copy of
// Feria keeps the published one of each event in memory.
type Programme struct {
	City     City      `json:"-"`
	Event    Event     `json:"event"`   // as it was when frozen; live fields come from the Event
	Release  int       `json:"release"` // 0 for the draft
	At       time.Time `json:"at"`      // when it was frozen
	Venues   []Venue   `json:"venues"`
	Spaces   []Space   `json:"spaces"`
	Booths   []Booth   `json:"booths"`
	Hosts    []Host    `json:"hosts"`
	Sessions []Session `json:"sessions"`
	Slots    []Frozen  `json:"slots"` // by start, then space order
	// Gone holds the last SEQUENCE of slots that were once public and are left
	// out now, so that one that comes back goes on counting.
	Gone map[string]int `json:"-"`

	look lookups // see Ready
}

// Frozen is a slot as a release shows it, with what calendars need.
type Frozen struct {
	Slot
	// Sequence rises when time, place or state changed against the release
	// before (RFC 5545, 3.8.7.4).
	Sequence int       `json:"sequence"`
	Modified time.Time `json:"modified"` // when anything shown of it last changed
	// CancelledAt is set while State is Cancelled; 30 days later it is left out.
	CancelledAt time.Time `json:"cancelled_at,omitzero"`
}

// ClashKind is one kind of clash.
type ClashKind string

// The kinds of clash.
const (
	SameSpace    ClashKind = "same_space"    // two slots in one space at one time
	SamePerson   ClashKind = "same_person"   // one host in two slots at one time
	OverCapacity ClashKind = "over_capacity" // more seats than the space holds
	ClosedSpace  ClashKind = "closed_space"  // in a time in which the space is closed
	OutsideEvent ClashKind = "outside_event" // before the first day of the event or after its last
)

// Severity is what a clash does at a release.
type Severity string

// The severities. Default: Warn for all.
const (
	Ignore Severity = "ignore"
	Warn   Severity = "warn"
	Block  Severity = "block"
)

// Clash is one clash as seen from one slot; where it concerns two, both have
// one, naming each other.
type Clash struct {
	Kind     ClashKind `json:"kind"`
	Severity Severity  `json:"severity"`
	Slot     string    `json:"slot"`            // Slot.ID
	Other    string    `json:"other,omitempty"` // the other Slot.ID
	Space    string    `json:"space,omitempty"`
	Host     string    `json:"host,omitempty"` // for SamePerson
	Seats    int       `json:"seats,omitempty"`
	Capacity int       `json:"capacity,omitempty"`
}

// Change is one thing that a release would change for the public.
type Change struct {
	Kind    ChangeKind `json:"kind"`
	Session string     `json:"session,omitempty"` // Session.ID
	Slot    string     `json:"slot,omitempty"`
	// Of and ID name the record where it is neither session nor slot: "venue",
	// "space", "booth", "host" or "event", and its ID.
	Of    string      `json:"of,omitempty"`
	ID    string      `json:"id,omitempty"`
	Title locale.Text `json:"title"`
	Old   *Slot       `json:"old,omitempty"`
	New   *Slot       `json:"new,omitempty"`
	// Fields names what of the texts changed, for ChangedText.
	Fields []string `json:"fields,omitempty"`
}

// ChangeKind is what sort of change.
type ChangeKind string

// The kinds of change.
const (
	Added       ChangeKind = "added"
	Moved       ChangeKind = "moved" // other time or place
	Dropped     ChangeKind = "dropped"
	ChangedText ChangeKind = "text"
)
