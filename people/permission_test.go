package people

import "testing"

func TestActor_May(t *testing.T) {
	owner := Actor{ID: "person:harbour/o", City: "harbour", Roles: []Held{{Role: Owner}}}
	organizer := Actor{ID: "person:harbour/g", City: "harbour", Roles: []Held{{Organizer, "harbour/week"}, {Volunteer, "harbour/fair"}}}
	exhibitor := Actor{ID: "person:harbour/e", City: "harbour", Roles: []Held{{Exhibitor, "harbour/week"}}}
	volunteer := Actor{ID: "token:harbour/v", City: "harbour", Roles: []Held{{Volunteer, "harbour/week"}}}
	party := Party("harbour", "harbour/p")
	stranger := Actor{}
	crooked := Actor{ID: "person:harbour/x", City: "harbour", Roles: []Held{{Owner, "harbour/week"}, {Organizer, ""}, {Organizer, "inland/week"}}}
	for _, row := range []struct {
		name  string
		actor Actor
		may   Permission
		event string
		want  bool
	}{
		{"anybody sees what is public", stranger, Public, "harbour/week", true},
		{"anybody books", stranger, CitizenBook, "harbour/week", true},
		{"a stranger sees no draft", stranger, ConsoleView, "harbour/week", false},
		{"a stranger sees no draft of no event", stranger, ConsoleView, "", false},
		{"a party sees no draft", party, ConsoleView, "harbour/week", false},
		{"a party books", party, CitizenBook, "harbour/week", true},
		{"an owner edits any event of the city", owner, ConsoleEdit, "harbour/fair", true},
		{"an owner edits the city", owner, CityEdit, "", true},
		{"an owner scans", owner, DoorScan, "harbour/fair", true},
		{"an owner edits no event of another city", owner, ConsoleEdit, "inland/week", false},
		{"a city whose name begins alike is another city", owner, ConsoleEdit, "harbour2/week", false},
		{"an organizer edits the own event", organizer, ConsoleEdit, "harbour/week", true},
		{"an organizer does not edit the event at whose door they help", organizer, ConsoleEdit, "harbour/fair", false},
		{"an organizer helps there", organizer, DoorScan, "harbour/fair", true},
		{"an organizer enters the console", organizer, ConsoleEnter, "", true},
		{"an organizer does nothing for the city as a whole", organizer, ConsoleEdit, "", false},
		{"an organizer does not edit the city", organizer, CityEdit, "harbour/week", false},
		{"an exhibitor edits the own entries", exhibitor, ExhibitEdit, "harbour/week", true},
		{"an exhibitor does not scan", exhibitor, DoorScan, "harbour/week", false},
		{"an exhibitor does not enter the console", exhibitor, ConsoleEnter, "", false},
		{"a volunteer scans at the own event", volunteer, DoorScan, "harbour/week", true},
		{"a volunteer does not scan elsewhere", volunteer, DoorScan, "harbour/fair", false},
		{"a volunteer does not see who booked", volunteer, BookingView, "harbour/week", false},
		{"a volunteer does not publish", volunteer, ConsolePublish, "harbour/week", false},
		{"an owner of an event is no owner", crooked, CityEdit, "", false},
		{"an organizer of no event organises none", crooked, ConsoleEdit, "harbour/week", false},
		{"a role in an event of another city is none", crooked, ConsoleEdit, "inland/week", false},
		{"what nobody was given nobody may", organizer, "no.such", "harbour/week", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.actor.May(row.may, row.event); got != row.want {
				t.Errorf("May(%s, %q) = %v", row.may, row.event, got)
			}
		})
	}
}

// Every permission but those of everybody is held by an owner and refused to
// strangers: a new one cannot be forgotten open.
func TestPermissions_areClosedToStrangers(t *testing.T) {
	owner := Actor{ID: "person:harbour/o", City: "harbour", Roles: []Held{{Role: Owner}}}
	open := 0
	for _, p := range Permissions {
		if !owner.May(p, "harbour/week") {
			t.Errorf("an owner may not %s", p)
		}
		if (Actor{}).May(p, "harbour/week") {
			open++
		}
	}
	if open != len(everybody) {
		t.Errorf("%d permissions are open to strangers, want %d", open, len(everybody))
	}
	for role, may := range rolesMay {
		for _, p := range may {
			if p == CityEdit || p == JobsView {
				t.Errorf("%s may %s, which is for owners", role, p)
			}
		}
	}
}

func TestActor_MayGrant(t *testing.T) {
	owner := Actor{ID: "person:harbour/o", City: "harbour", Roles: []Held{{Role: Owner}}}
	organizer := Actor{ID: "person:harbour/g", City: "harbour", Roles: []Held{{Organizer, "harbour/week"}}}
	for _, row := range []struct {
		name  string
		actor Actor
		role  Role
		event string
		want  bool
	}{
		{"an owner makes owners", owner, Owner, "", true},
		{"an owner makes organizers", owner, Organizer, "harbour/week", true},
		{"an owner grants nothing in another city", owner, Organizer, "inland/week", false},
		{"an organizer calls volunteers", organizer, Volunteer, "harbour/week", true},
		{"an organizer calls none elsewhere", organizer, Volunteer, "harbour/fair", false},
		{"an organizer makes no organizers", organizer, Organizer, "harbour/week", false},
		{"an organizer makes no owners", organizer, Owner, "", false},
		{"a stranger grants nothing", Actor{}, Volunteer, "harbour/week", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.actor.MayGrant(row.role, row.event); got != row.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestActor_Knows(t *testing.T) {
	volunteer := Actor{ID: "person:harbour/v", City: "harbour", Roles: []Held{{Volunteer, "harbour/week"}}}
	owner := Actor{ID: "person:harbour/o", City: "harbour", Roles: []Held{{Role: Owner}}}
	for event, want := range map[string][2]bool{
		"harbour/week": {true, true}, "harbour/fair": {false, true}, "inland/week": {false, false}, "": {false, false},
	} {
		if got := [2]bool{volunteer.Knows(event), owner.Knows(event)}; got != want {
			t.Errorf("%q: got %v, want %v", event, got, want)
		}
	}
	if volunteer.Person() != "harbour/v" || Party("harbour", "harbour/p").Person() != "" {
		t.Error("Person is not the id of the person")
	}
}
