// Package festival holds what a city shows: events, venues, spaces, booths,
// hosts, sessions and slots as a draft, the numbered releases that are frozen
// from it, and the clashes that stand in it.
package festival

import (
	"time"

	"feria/locale"
)

// City is the organising tenant. Its ID begins the id and every index of every
// other document.
type City struct {
	ID    string      `json:"id"`   // short, lower case, for ever the same
	Name  locale.Text `json:"name"` // "Harbour City"
	Motto locale.Text `json:"motto,omitempty"`
	// Hosts are the host names (no port, lower case) under which requests find
	// this city. Unique over all cities of an installation.
	Hosts   []string `json:"hosts,omitempty"`
	Zone    string   `json:"zone"`    // IANA zone, default of new events
	Locales []string `json:"locales"` // languages of its pages, the first is the default
	Color   string   `json:"color"`   // "#b3301a"; events may have their own
	Contact Contact  `json:"contact"`
	// The legal pages, in Markdown.
	Imprint       locale.Text `json:"imprint,omitempty"`
	Privacy       locale.Text `json:"privacy,omitempty"`
	Accessibility locale.Text `json:"accessibility,omitempty"`
	// LastEventNumber is the last number allotted to an event: the four bytes
	// that name the event in a pass token (reliability.md 1).
	LastEventNumber uint32    `json:"last_event_number"`
	ChangedAt       time.Time `json:"changed_at"`
	ChangedBy       string    `json:"changed_by,omitempty"`
}

// Contact is how people without mail reach the city: shown wherever a form
// asks for a mail address.
type Contact struct {
	Mail    string      `json:"mail,omitempty"`
	Phone   string      `json:"phone,omitempty"`
	Address locale.Text `json:"address,omitempty"` // "Help desk in the Central Library"
}
