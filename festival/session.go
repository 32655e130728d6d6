package festival

import (
	"time"

	"feria/locale"
)

// Session is the content of a programme item.
type Session struct {
	Base
	// Code is the session's word in addresses: letters, digits, hyphens; unique
	// in the event; for ever the same.
	Code        string      `json:"code"`
	Title       locale.Text `json:"title"`
	Subtitle    locale.Text `json:"subtitle,omitempty"`
	Abstract    locale.Text `json:"abstract,omitempty"`    // Markdown, one paragraph or a few
	Description locale.Text `json:"description,omitempty"` // Markdown, the long text
	Format      string      `json:"format,omitempty"`      // "workshop", "talk"; see Formats; free text is kept
	Track       string      `json:"track,omitempty"`       // Track.Slug
	Hosts       []string    `json:"hosts,omitempty"`       // Host.ID, in the order shown
	Languages   []string    `json:"languages,omitempty"`   // BCP 47, spoken
	AgeMin      int         `json:"age_min,omitempty"`     // years; 0: none
	AgeMax      int         `json:"age_max,omitempty"`     // years, inclusive; 0: none
	Level       string      `json:"level,omitempty"`
	Access      []string    `json:"access,omitempty"`
	Price       string      `json:"price,omitempty"` // "" is free; else what it costs, in words
	Bring       locale.Text `json:"bring,omitempty"`
	Links       []Link      `json:"links,omitempty"`
	Materials   []Link      `json:"materials,omitempty"`
	NoRecord    bool        `json:"no_record,omitempty"`
	// Hidden sessions are in the draft and never in a release.
	Hidden bool `json:"hidden,omitempty"`
}

// Formats are the formats with a word of their own in the catalogue
// ("format.workshop"); others are shown as they stand.
var Formats = []string{"workshop", "talk", "demonstration", "class", "walk", "performance", "exhibition", "open_day", "information", "discussion", "competition", "online", "ceremony", "meeting", "other"}

// SlotState is what became of a slot.
type SlotState string

// The states of a slot. A cancelled slot stays in releases and feeds for 30
// days (reliability.md 6.4).
const (
	Planned   SlotState = ""
	Cancelled SlotState = "cancelled"
)

// Slot is one occurrence of a session. Its id never changes; bookings point to it.
type Slot struct {
	Base
	Session string    `json:"session"`         // Session.ID
	Space   string    `json:"space,omitempty"` // Space.ID; "" while unplaced
	Booth   string    `json:"booth,omitempty"` // Booth.ID instead of, or inside, the space
	Start   time.Time `json:"start"`           // UTC; zero while unplaced
	End     time.Time `json:"end"`             // UTC, exclusive
	State   SlotState `json:"state,omitempty"`
	// Seating says how people get in. Seats is where the Roster (package
	// registration) starts from; what is free then changes without a release.
	Seating Seating `json:"seating,omitempty"`
	Seats   int     `json:"seats,omitempty"` // places that can be booked; for Seating == Bookable
	// UID is the iCalendar UID, drawn when the slot was made and never again.
	UID string `json:"uid"`
}

// Seating is how people get into a slot.
type Seating string

// The ways in.
const (
	WalkIn   Seating = ""         // just come
	Bookable Seating = "bookable" // places are booked here
	External Seating = "external" // booked elsewhere; the session's first link says where
)

// Period gives the slot's time as a half-open period.
func (s Slot) Period() Period { return Period{s.Start, s.End} }

// Placed says whether the slot has a time and a place, so that a release takes it in.
func (s Slot) Placed() bool {
	return !s.Start.IsZero() && s.End.After(s.Start) && (s.Space != "" || s.Booth != "")
}
