package festival

import (
	"time"

	"feria/locale"
)

// Records is a programme as an importer read it from a file: plain, each record
// under the key by which a second import finds it again. Package intake makes
// it; PlanImport compares it with the draft.
type Records struct {
	Format   string // "frab-xml", "schedule-json", "ical", "csv", "sessions-json"
	Event    RecordEvent
	Tracks   []Track
	Venues   []RecordVenue
	Spaces   []RecordSpace
	Hosts    []RecordHost
	Booths   []RecordBooth
	Sessions []RecordSession
	Report   []Finding // in the order of the file
	// SlotsCounted says that the file has no ids for slots: their keys only count
	// those of a session, so that a second import finds them by their times.
	SlotsCounted bool
}

// RecordEvent is what a file says of the event; zero fields say nothing.
type RecordEvent struct {
	Title     locale.Text
	Acronym   string
	Zone      string // IANA
	Start     Date
	End       Date
	DayChange string // "HH:MM"
	Version   string
	URL       string
	Color     string
}

// RecordVenue is a venue in a file. Name is its key where the file has no id;
// GUID, "" in most files, goes before the key.
type RecordVenue struct {
	Key     string
	GUID    string
	Name    locale.Text
	Address string
	Lat     float64
	Lon     float64
	URL     string
	// Kind, District, Way and Access are as in Venue.
	Kind     string
	District string
	Way      locale.Text
	Access   []string
}

// RecordSpace is a space in a file; Venue is a RecordVenue.Key, or "" for the
// event's only venue, which the plan makes if there is none.
type RecordSpace struct {
	Key      string
	GUID     string
	Name     locale.Text
	Venue    string
	Capacity int
	Order    int
}

// RecordHost is a person or organisation in a file.
type RecordHost struct {
	Key    string
	GUID   string
	Name   string
	Names  locale.Text
	Person bool
	Bio    locale.Text
	URL    string
	Links  []Link
}

// RecordBooth is a booth in a file.
type RecordBooth struct {
	Key   string
	Code  string
	Name  locale.Text
	Space string   // RecordSpace.Key
	Hosts []string // RecordHost.Key
	About locale.Text
	Track string
	Days  []Date
}

// RecordSession is a session in a file. Its references (Hosts, Track) are keys
// of the same Records. The fields of the embedded Session that are ids (ID,
// Event, Hosts, Source) stay empty.
type RecordSession struct {
	Key   string
	Hosts []string // RecordHost.Key
	Session
	Slots []RecordSlot
}

// RecordSlot is one occurrence in a file. Space may be "" (not said).
type RecordSlot struct {
	Key     string
	GUID    string
	Space   string // RecordSpace.Key
	Booth   string // RecordBooth.Key
	Start   time.Time
	End     time.Time
	State   SlotState
	Seating Seating
	Seats   int
}

// Finding is one thing an importer had to guess or drop: one line of the
// report. Its sentence is the catalogue's "finding.<Code>" with Args.
type Finding struct {
	Level  FindingLevel   `json:"level"`
	Code   string         `json:"code"`
	Record string         `json:"record"` // names the record as the file does: "event 4242 (Opening)"
	Line   int            `json:"line,omitempty"`
	Args   map[string]any `json:"args,omitempty"`
}

// FindingLevel is how much a finding matters.
type FindingLevel string

// The levels.
const (
	Guessed  FindingLevel = "guessed"  // a value was not there or not clear
	Lost     FindingLevel = "lost"     // something of the file has no place here
	Repaired FindingLevel = "repaired" // broken form, meaning clear
)
