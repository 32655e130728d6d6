package festival

import (
	"time"

	"feria/locale"
)

// Kind is what sort of event it is.
type Kind string

// The kinds of event.
const (
	Festival   Kind = "festival"
	Conference Kind = "conference"
	Visit      Kind = "visit"
)

// Date is a calendar day "2027-04-12" in the zone of its event; "" is no day.
// Dates compare as strings.
type Date string

// Event is one edition of a festival, conference or visit.
type Event struct {
	ID     string `json:"id"`     // City/xxxx, see EventID
	City   string `json:"city"`   // City.ID
	Number uint32 `json:"number"` // allotted by the city, unique in it; in the pass token
	// Slug is the event's word in addresses, unique in the city. A renamed event
	// keeps its old slugs, which redirect.
	Slug     string      `json:"slug"`
	OldSlugs []string    `json:"old_slugs,omitempty"`
	Kind     Kind        `json:"kind"`
	Title    locale.Text `json:"title"`
	Slogan   locale.Text `json:"slogan,omitempty"` // the poster's big line
	Lead     locale.Text `json:"lead,omitempty"`   // the sentence under it, Markdown
	Where    locale.Text `json:"where,omitempty"`  // "all over town"
	Zone     string      `json:"zone"`             // IANA zone
	Start    Date        `json:"start"`            // first day
	End      Date        `json:"end"`              // last day, inclusive
	// DayChange is when a programme day begins, "HH:MM": a slot that starts
	// before it belongs to the day before (frab's day_change). "" is midnight.
	DayChange string   `json:"day_change,omitempty"`
	Locales   []string `json:"locales"`         // the first is the default
	Color     string   `json:"color,omitempty"` // "" takes the city's
	Tracks    []Track  `json:"tracks,omitempty"`
	// Open says that the event is open to all: every party has a pass at once.
	Open bool `json:"open,omitempty"`
	// Hidden events are not listed and their pages answer 404 to strangers.
	Hidden bool `json:"hidden,omitempty"`
	// Alert stands on every public page of the event at once, without a release.
	Alert Alert `json:"alert"`
	// Clashes says what each kind of clash does at a release; see ClashKind.
	Clashes map[ClashKind]Severity `json:"clashes,omitempty"`
	// Release is the number of the published release, 0 before the first. It
	// changes by compare-and-swap only; ReleaseID names its header.
	Release   int    `json:"release"`
	ReleaseID string `json:"release_id,omitempty"`
	// Mapping remembers, per CSV layout (hash of its header row), which column
	// was mapped to which field.
	Mapping    map[string]map[string]string `json:"mapping,omitempty"`
	CopiedFrom string                       `json:"copied_from,omitempty"` // Event.ID
	Source     Source                       `json:"source"`
	ChangedAt  time.Time                    `json:"changed_at"`
	ChangedBy  string                       `json:"changed_by,omitempty"`
	Removed    *time.Time                   `json:"removed,omitempty"` // undoable for 30 days
	// Unfinished says that the event is being copied from another one: it counts as
	// removed until all its records are there, and nobody can bring it back.
	Unfinished bool `json:"unfinished,omitempty"`
}

// Track is a theme of the programme with a colour.
type Track struct {
	Slug  string      `json:"slug"` // unique in the event
	Name  locale.Text `json:"name"`
	Color string      `json:"color,omitempty"` // "" takes one of the five of the look
}

// Alert is a sentence that must reach everybody now ("Pier 3 is closed, meet at
// the library").
type Alert struct {
	Text  locale.Text `json:"text,omitempty"`
	Since time.Time   `json:"since,omitzero"`
}

// Source is where an imported record came from; a second import finds it again
// by Key, or by Said (Records.SlotsCounted). The zero Source is made by hand.
type Source struct {
	Key string `json:"key,omitempty"` // "frab:4242", unique per kind of record and event
	// Hash is over the record as it was imported: a second import of the same
	// file changes nothing, and what was edited by hand since is seen.
	Hash string `json:"hash,omitempty"`
	GUID string `json:"guid,omitempty"` // the file's own guid, given out again
	// From is the family of formats it came in ("frab", "ical", "csv"): an import
	// sets aside only what came in its own family and is no longer in the file.
	From string `json:"from,omitempty"`
	// Said is, per field, a hash of what the file said last: a field that the
	// file has not changed since keeps what was edited by hand.
	Said map[string]string `json:"said,omitempty"`
	// Dropped says that an import set the record aside because its file no
	// longer had it; the next import that has it again brings it back.
	Dropped bool `json:"dropped,omitempty"`
	// Import is the Import.ID that wrote the record last, "" once it was changed
	// by hand: only then may that import be undone for it.
	Import string `json:"import,omitempty"`
}
