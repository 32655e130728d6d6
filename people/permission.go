package people

import (
	"slices"
	"strings"
)

// Role is what a person is in a City (Owner) or in one of its Events (the rest).
type Role string

// The roles.
const (
	Owner     Role = "owner"     // of a City: everything in it
	Organizer Role = "organizer" // of an Event
	Exhibitor Role = "exhibitor" // at an Event, for a host
	Volunteer Role = "volunteer" // at the doors of an Event
	Citizen   Role = "citizen"   // everybody else who comes; needs no grant
)

// Granted lists the roles that somebody must be given, in order of their power.
var Granted = []Role{Owner, Organizer, Exhibitor, Volunteer}

// Permission is what one action needs. A route names exactly one.
type Permission string

// The permissions. Those that end in Enter open the front page of an audience,
// which belongs to no event; all others but CityEdit and JobsView are asked for
// an event, or for the whole city with the event "".
const (
	Public         Permission = "public"          // anybody, known or not
	CitizenBook    Permission = "citizen.book"    // book, change, cancel, keep, carry a pass: the own things
	ConsoleEnter   Permission = "console.enter"   // the list of events that one organises
	ConsoleView    Permission = "console.view"    // drafts, reviews, imports, hidden events
	ConsoleEdit    Permission = "console.edit"    // venues to slots, alerts, imports
	ConsolePublish Permission = "console.publish" // releases
	ConsolePeople  Permission = "console.people"  // grants and tokens; see MayGrant
	BookingView    Permission = "booking.view"    // who booked what: names and mail addresses
	BookingEdit    Permission = "booking.edit"    // book and cancel for others, seats of a slot
	MailView       Permission = "mail.view"       // the outbox
	DoorEnter      Permission = "door.enter"      // the list of events at whose doors one stands
	DoorScan       Permission = "door.scan"       // admit
	DoorManage     Permission = "door.manage"     // gates, signing keys, all scans
	ExhibitEnter   Permission = "exhibit.enter"   // the list of events at which one exhibits
	ExhibitEdit    Permission = "exhibit.edit"    // the own entries
	CityEdit       Permission = "city.edit"       // the city itself; making and removing events
	JobsView       Permission = "jobs.view"       // what works in the background
)

// Permissions lists all of them.
var Permissions = []Permission{
	Public, CitizenBook, ConsoleEnter, ConsoleView, ConsoleEdit, ConsolePublish, ConsolePeople,
	BookingView, BookingEdit, MailView, DoorEnter, DoorScan, DoorManage, ExhibitEnter, ExhibitEdit, CityEdit, JobsView,
}

// everybody may do this, signed in or not.
var everybody = []Permission{Public, CitizenBook}

// rolesMay is the one table of who may do what, beside what everybody may. A
// role that is held in an event counts for that event only. An owner may
// everything in the own city, so there is no row.
var rolesMay = map[Role][]Permission{
	Organizer: {
		ConsoleEnter, ConsoleView, ConsoleEdit, ConsolePublish, ConsolePeople,
		BookingView, BookingEdit, MailView, DoorEnter, DoorScan, DoorManage, ExhibitEnter, ExhibitEdit,
	},
	Exhibitor: {ExhibitEnter, ExhibitEdit},
	Volunteer: {DoorEnter, DoorScan},
	Citizen:   {},
}

// anywhere are the permissions for which a role in any event of the city is
// enough, since the page shows the own events only.
var anywhere = []Permission{ConsoleEnter, DoorEnter, ExhibitEnter}

// Held is a role that somebody has: in an Event, or an owner's in the City.
type Held struct {
	Role  Role   `json:"role"`
	Event string `json:"event,omitempty"` // "" for an owner
}

// Actor is who wants to do something: a person who signed in, a token of the
// API, a party that has booked, or, with an empty ID, a stranger.
type Actor struct {
	ID    string // "person:…", "token:…", "party:…" or ""
	City  string
	Name  string // for the actor's own eyes
	Lang  string // preferred, "" if never said
	Roles []Held
}

// Party is the Actor for those who booked, known by their cookie: citizens.
func Party(city, id string) Actor { return Actor{ID: "party:" + id, City: city} }

// Staff says whether the actor signed in as somebody with a role.
func (a Actor) Staff() bool { return len(a.Roles) > 0 }

// Person is the id of the person who signed in, "" for a token, a party and a
// stranger.
func (a Actor) Person() string {
	id, _ := strings.CutPrefix(a.ID, "person:")
	if id == a.ID {
		return ""
	}
	return id
}

// May says whether the actor may do something in an event (by its ID); with the
// event "" in the city as a whole, which only an owner may, but for the front
// pages of the audiences. An event of another city is never the actor's.
func (a Actor) May(p Permission, event string) bool {
	if slices.Contains(everybody, p) {
		return true
	}
	if a.City == "" || !a.at(event) {
		return false
	}
	for _, h := range a.Roles {
		switch {
		case h.Role == Owner && h.Event == "":
			return true
		case h.Event == "" || h.Event != event && !slices.Contains(anywhere, p):
		case slices.Contains(rolesMay[h.Role], p):
			return true
		}
	}
	return false
}

// Knows says whether the actor has any role in an event. To others an event that
// is not public is as absent.
func (a Actor) Knows(event string) bool {
	return event != "" && a.at(event) && slices.ContainsFunc(a.Roles, func(h Held) bool { return h.Role == Owner || h.Event == event })
}

// Has says whether the actor has a role in an event itself, or as owner.
func (a Actor) Has(role Role, event string) bool {
	return a.at(event) && slices.ContainsFunc(a.Roles, func(h Held) bool {
		return h.Role == role && (h.Event == event || role == Owner)
	})
}

// MayGrant says whether the actor may give a role away or take it back: an owner
// every role, an organizer those of exhibitor and volunteer in the own event.
func (a Actor) MayGrant(role Role, event string) bool {
	if !a.May(ConsolePeople, event) {
		return false
	}
	return a.Has(Owner, "") || role == Exhibitor || role == Volunteer
}

// at says whether an event is one of the actor's city; "" is the city itself.
func (a Actor) at(event string) bool {
	return event == "" || a.City != "" && strings.HasPrefix(event, a.City+"/")
}
