package server_test

import (
	"net/url"
	"regexp"
	"testing"
	"time"

	"feria/people"
	"feria/ticketing"
)

// A gate is renamed, changed, removed and brought back as other records are; what
// people were let into stays what it was.
func TestConsole_gatesAreChangedAndRemoved(t *testing.T) {
	town, clock := newTown(t)
	d, other := town.desk(people.Organizer, town.week.ID), town.desk(people.Owner, "")
	d.try(t, 303, week+"/new-gate", "name.en", "North", "gate_slug", "north", "scope", "event", "reentry", "after_exit")
	at := week + "/gates/north"
	if north, err := town.p.Ticketing.GateBySlug(t.Context(), town.week.ID, "north"); err != nil || north.Who != ticketing.AnyPass {
		t.Errorf("a gate of the event is made as %+v, %v", north, err)
	}
	d.get(week+"/gates").want(t, 200).has(t, `href="`+at+`"`, `href="/door/learning-week/north"`)
	slot, session := town.bookable(0)
	seen := other.get(at).want(t, 200).has(t, `value="North"`, session.Title["en"]).filled()
	clock.add(time.Minute)

	// All that a gate has; what is wrong stands at its field, with what was typed.
	form := d.get(at).want(t, 200).filled()
	d.try(t, 422, at, append(form, "gate_slug", "A B")...).at(t, "f-gate_slug").has(t, `value="A B"`)
	d.try(t, 422, at, append(form, "name.en", "", "name.fr", "")...).has(t, "f-name-en-error")
	d.try(t, 422, at, append(form, "scope", "slot", "slot", "")...).at(t, "f-slot")
	d.try(t, 422, at, append(form, "scope", "slot", "slot", town.week.ID+"x/y")...).at(t, "f-slot")
	d.try(t, 422, at, append(form, "gate_lead", "soon")...).at(t, "f-gate_lead")
	d.try(t, 422, at, append(form, "scope", "slot", "slot", slot.ID, "gate_lead", "9999")...).at(t, "f-gate_lead")
	d.try(t, 422, at, append(form, "gate_slug", "main")...).at(t, "f-gate_slug")
	d.try(t, 303, at, append(form,
		"name.en", "Quay", "name.fr", "Quai", "gate_slug", "quay", "scope", "slot", "slot", slot.ID, "who", "booked", "reentry", "never", "gate_lead", "20")...)
	at = week + "/gates/quay"
	gate, err := town.p.Ticketing.GateBySlug(t.Context(), town.week.ID, "quay")
	if err != nil || gate.Slot != slot.ID || gate.Who != ticketing.Booked || gate.Reentry != ticketing.Never || gate.Lead != 20 || gate.Name["fr"] != "Quai" {
		t.Fatalf("changed to %+v, %v", gate, err)
	}
	d.get(week+"/gates/north").want(t, 404)
	bad := other.try(t, 422, at, append(seen, "gate_lead", "soon")...).filled() // which does not hide what was saved
	other.try(t, 409, at, append(bad, "gate_lead", "20", "name.en", "By the second")...).has(t, "By the second", "Stored now: Quay")

	// From the first scan on it keeps what it lets into, and its scans whatever
	// becomes of it.
	token := town.guest(slot, "Ada", 2)
	clock.add(slot.Start.Sub(clock.now()))
	volunteer := town.program(people.Volunteer, town.week.ID)
	volunteer.json("POST", "/events/learning-week/gates/quay/scans", map[string]any{"token": token, "nonce": "n1"}, nil).want(t, 200).has(t, `"ok"`)
	d = town.desk(people.Organizer, town.week.ID) // the sign-in of days ago is over
	form = d.get(at).want(t, 200).filled()
	d.try(t, 422, at, append(form, "scope", "event")...).at(t, "f-scope").has(t, "Make another gate")
	d.try(t, 303, at, append(form, "name.en", "Mole", "hours", "2027-04-12T09:00 2027-04-12T18:00")...)
	d.get(week+"/gates").want(t, 200).has(t, "Mole", "Ada")
	d.try(t, 303, at+"/remove")
	d.get(at).want(t, 404)
	volunteer.json("POST", "/events/learning-week/gates/quay/scans", map[string]any{"token": token, "nonce": "n2"}, nil).want(t, 404)
	// A device that had no network brings what it let in before it heard of that.
	queued := map[string]any{"token": token, "nonce": "n3", "scanned_at": clock.now().Add(-10 * time.Minute), "sent_at": clock.now()}
	volunteer.json("POST", "/events/learning-week/gates/quay/scans", queued, nil).want(t, 200).has(t, `"already_redeemed"`)
	d.get(week+"/scans.csv").want(t, 200).has(t, clock.now().Add(-10*time.Minute).Format("04:05"))
	gone := d.get(week+"/gates").want(t, 200).has(t, "Mole", "Ada", "Bring back")
	d.get(week+"/scans.csv").want(t, 200).has(t, "Mole", "Ada", ",Gate,").lacks(t, "Gates and passes")
	restore := regexp.MustCompile(`action="([^"]+/restore)"`).FindStringSubmatch(gone.body)
	d.try(t, 303, week+"/new-gate", "name.en", "Second", "gate_slug", "quay", "scope", "event", "reentry", "never")
	d.try(t, 303, restore[1])
	d.get(week+"/gates").want(t, 200).has(t, "has that word already", "Bring back")
	d.try(t, 303, at+"/remove")
	d.try(t, 303, restore[1])
	if back, err := town.p.Ticketing.GateBySlug(t.Context(), town.week.ID, "quay"); err != nil || back.ID != gate.ID {
		t.Errorf("back is %+v, %v", back, err)
	}
	d.try(t, 404, week+"/gates/nothing/restore")
	town.desk(people.Volunteer, town.week.ID).get(at).want(t, 403)
}

// Who stands at a gate that is renamed goes on; who changes gates calls them by
// what they are called now.
func TestDoor_atAGateThatIsRenamed(t *testing.T) {
	town, clock := newTown(t)
	slot, _ := town.bookable(0)
	token, second := town.guest(slot, "Ada", 2), town.guest(slot, "Emre", 1)
	clock.add(slot.Start.Sub(clock.now()))
	d, door := town.desk(people.Organizer, town.week.ID), town.staff(people.Volunteer, town.week.ID)
	volunteer := town.program(people.Volunteer, town.week.ID)
	const opened = "/door/learning-week/main"
	door.get(opened).want(t, 200).has(t, `action="`+opened+`"`)
	d.try(t, 303, week+"/gates/main", append(d.get(week+"/gates/main").want(t, 200).filled(), "gate_slug", "quay")...)
	clock.add(time.Minute)

	door.post(opened, url.Values{"token": {token}, "nonce": {"n1"}, "direction": {"entry"}}).want(t, 200).has(t, "Welcome", `action="/door/learning-week/quay"`)
	if p := door.get(opened).want(t, 200).has(t, `action="/door/learning-week/quay"`); p.Request.URL.Path != "/door/learning-week/quay" {
		t.Errorf("the old address leads to %s", p.Request.URL)
	}
	const api = "/events/learning-week/gates/main"
	queued := map[string]any{"token": second, "nonce": "n2", "scanned_at": clock.now().Add(-10 * time.Minute), "sent_at": clock.now()}
	volunteer.json("POST", api+"/scans", queued, nil).want(t, 200).has(t, `"ok"`)
	volunteer.json("GET", api+"/counts", nil, nil).want(t, 200).has(t, `"in":`) // counted a moment ago
	d.get(week+"/gates/main").want(t, 404)
	d.try(t, 404, week+"/gates/main/remove")
	town.program(people.Organizer, town.week.ID).json("DELETE", api, nil, nil).want(t, 404)

	d.try(t, 303, week+"/new-gate", "name.en", "Main", "gate_slug", "main", "scope", "event", "reentry", "never")
	if p := door.get(opened).want(t, 200); p.Request.URL.Path != opened {
		t.Errorf("the word is another's and leads to %s", p.Request.URL)
	}
}
