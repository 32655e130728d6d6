package festival

import (
	"time"

	"feria/locale"
)

// Access facts of a venue, space, booth or session, as codes: stable, filterable,
// each with an icon and a word in the catalogue ("access.step_free"). After the
// facts that cities publish (domain.md 2).
const (
	StepFree     = "step_free"
	HearingLoop  = "hearing_loop"
	SignLanguage = "sign_language"
	Captions     = "captions"
	AudioDesc    = "audio_description"
	QuietSpace   = "quiet"
	EasyLanguage = "easy_language"
	Toilet       = "accessible_toilet"
	Parking      = "accessible_parking"
	Neurodiverse = "neurodivergent_friendly"
)

// AccessFacts lists the codes in the order in which pages show them.
var AccessFacts = []string{StepFree, HearingLoop, SignLanguage, Captions, AudioDesc, QuietSpace, EasyLanguage, Toilet, Parking, Neurodiverse}

// Base is what every record of an event's draft has.
type Base struct {
	ID        string     `json:"id"`    // Event.ID + "/" + own part, see RecordID
	Event     string     `json:"event"` // Event.ID
	Source    Source     `json:"source"`
	ChangedAt time.Time  `json:"changed_at"`
	ChangedBy string     `json:"changed_by,omitempty"`
	Removed   *time.Time `json:"removed,omitempty"` // set aside; undoable for 30 days
}

// Venue is a place with an address.
type Venue struct {
	Base
	Slug     string      `json:"slug"` // unique in the event
	Name     locale.Text `json:"name"`
	Kind     string      `json:"kind,omitempty"` // library, museum, park, school, company, online, other …
	Address  string      `json:"address,omitempty"`
	District string      `json:"district,omitempty"`
	Lat      float64     `json:"lat,omitempty"` // WGS 84 degrees; both zero: not known
	Lon      float64     `json:"lon,omitempty"`
	Way      locale.Text `json:"way,omitempty"` // how to get there
	URL      string      `json:"url,omitempty"`
	Access   []string    `json:"access,omitempty"`
}

// Space is a room, hall, stage or lawn in a venue.
type Space struct {
	Base
	Venue    string      `json:"venue"` // Venue.ID
	Name     locale.Text `json:"name"`
	Capacity int         `json:"capacity,omitempty"` // people; 0: not known
	Access   []string    `json:"access,omitempty"`
	Order    int         `json:"order,omitempty"` // column in the grid
	// Closed are the times in which nothing may take place here.
	Closed []Period `json:"closed,omitempty"`
}

// Period is half open: Start belongs to it, End does not.
type Period struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// Overlaps says whether the two half-open periods share an instant. Two that
// touch do not; an empty period overlaps nothing.
func (p Period) Overlaps(o Period) bool {
	return p.Start.Before(o.End) && o.Start.Before(p.End) && p.Start.Before(p.End) && o.Start.Before(o.End)
}

// Booth is a stand in a space.
type Booth struct {
	Base
	Space string      `json:"space"` // Space.ID
	Code  string      `json:"code"`  // "A12", unique in its space
	Name  locale.Text `json:"name,omitempty"`
	Hosts []string    `json:"hosts,omitempty"` // Host.ID of who stands here
	About locale.Text `json:"about,omitempty"` // what visitors find here
	Track string      `json:"track,omitempty"` // Track.Slug: the theme
	Days  []Date      `json:"days,omitempty"`  // empty: all days
}

// Host offers a session or stands at a booth: an organisation or a person.
type Host struct {
	Base
	Slug   string      `json:"slug"` // unique in the event
	Name   string      `json:"name"`
	Names  locale.Text `json:"names,omitempty"` // where it differs by language
	Person bool        `json:"person,omitempty"`
	Bio    locale.Text `json:"bio,omitempty"` // Markdown
	URL    string      `json:"url,omitempty"`
	Links  []Link      `json:"links,omitempty"`
}

// Link is an address with a title.
type Link struct {
	URL   string `json:"url"` // http, https or mailto only
	Title string `json:"title,omitempty"`
}
