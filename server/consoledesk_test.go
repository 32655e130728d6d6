package server_test

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/people"
	"feria/ticketing"
)

func TestConsole_peopleAndTokens(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Owner, "")
	d.try(t, 303, "/console/people", "mail", "a@b.example", "role", "organizer", "event", "learning-week")
	d.try(t, 422, "/console/people", "mail", "nope", "role", "volunteer", "event", "learning-week").has(t, `value="nope"`)
	d.try(t, 422, "/console/people", "mail", "a@b.example", "role", "volunteer", "event", "")
	d.try(t, 422, "/console/people/tokens", "name", "", "role", "volunteer", "event", "learning-week")
	d.try(t, 303, "/console/people/tokens", "name", "Bot", "role", "volunteer", "event", "learning-week")
	page := d.get("/console/people").want(t, 200).has(t, "feria_", "Bot")
	d.get("/console/people").want(t, 200).lacks(t, "feria_") // shown once
	token := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(page.body)
	d.try(t, 303, "/console/people/tokens/revoke", "token", token[1])
	d.get("/console/people").want(t, 200).lacks(t, "Bot")

	o := town.desk(people.Organizer, town.week.ID)
	o.try(t, 403, "/console/people", "mail", "c@b.example", "role", "organizer", "event", "learning-week")
	o.try(t, 303, "/console/people", "mail", "c@b.example", "role", "volunteer", "event", "learning-week")
	o.get("/console").want(t, 200).lacks(t, "/console/city")
	town.desk(people.Volunteer, town.week.ID).get("/console/people").want(t, 403)
}

func TestConsole_gatesAndKeys(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Organizer, town.week.ID)
	draft, err := town.p.Festival.Draft(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	d.try(t, 422, week+"/new-gate", "name.en", "", "gate_slug", "A B").has(t, `value="A B"`)
	d.try(t, 422, week+"/new-gate", "name.en", "N", "gate_slug", "north", "scope", "space", "space", "")
	d.try(t, 303, week+"/new-gate", "name.en", "North", "gate_slug", "north", "scope", "space", "space", draft.Spaces[0].ID)
	d.get(week+"/gates").want(t, 200).has(t, "North")
	d.try(t, 303, week+"/gates/north/remove")

	slot, session := town.bookable(0)
	own := festival.Own(slot.ID)
	d.get(week+"/bookings/"+own).has(t, week+"/new-gate?slot="+own)
	d.get(week+"/new-gate?slot="+own).has(t, session.Title["en"], slot.ID)
	d.get(week+"/new-gate?slot=none").want(t, 404)
	d.try(t, 422, week+"/new-gate", "name.en", "Hall", "gate_slug", "hall", "scope", "slot", "slot", town.week.ID+"x/"+own).has(t, "no such time")
	d.try(t, 422, week+"/new-gate", "name.en", "Hall", "gate_slug", "A B", "scope", "slot", "slot", slot.ID).has(t, slot.ID)
	d.try(t, 303, week+"/new-gate", "name.en", "Hall", "gate_slug", "hall", "scope", "slot", "slot", slot.ID)
	gate, err := town.p.Ticketing.GateBySlug(t.Context(), town.week.ID, "hall")
	if err != nil || gate.Scope != ticketing.OfSlot || gate.Slot != slot.ID || gate.Who != ticketing.Booked {
		t.Errorf("made %+v, %v", gate, err)
	}
	d.get(week+"/gates").has(t, "Hall")
	d.try(t, 303, week+"/keys")
	d.try(t, 303, week+"/keys/1/withdraw")
	d.try(t, 404, week+"/keys/x/withdraw")
	d.get(week+"/scans.csv").want(t, 200)
}

func TestConsole_bookingsOfASlot(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Organizer, town.week.ID)
	slot, _ := town.bookable(0)
	at := week + "/bookings/" + festival.Own(slot.ID)
	d.try(t, 422, at+"/desk", "name", "", "seats", "1")
	d.try(t, 422, at+"/desk", "name", "Kept", "seats", "q").has(t, `value="Kept"`)
	// Somebody without a mail address, whose name is a formula, in two clicks.
	for range 2 {
		d.try(t, 303, at+"/desk", "name", "=Zoë 💙 زوي", "seats", "2", "key", "one form")
	}
	page := d.get(at).want(t, 200).has(t, "=Zoë 💙 زوي", "Short code")
	if n := strings.Count(page.body, `<th scope="row">=Zoë`); n != 1 {
		t.Errorf("two clicks made %d bookings", n)
	}
	d.get(at+".csv").want(t, 200).has(t, "'=Zoë 💙 زوي")
	booking := page.bookingOf(t, "=Zoë 💙 زوي")
	d.get(booking+"/pass").want(t, 303)
	d.try(t, 422, at+"/seats", "seats", "x")
	d.try(t, 409, at+"/seats", "seats", "1").has(t, `name="confirm"`)
	d.try(t, 303, at+"/seats", "seats", "1", "confirm", "1")
	d.get(booking).want(t, 200).has(t, `action="`+booking+`/cancel"`)
	d.try(t, 303, booking+"/cancel")
	town.desk(people.Volunteer, town.week.ID).get(at).want(t, 403)
}

// Before publishing an organizer sees for whom a time moves.
func TestConsole_releaseSaysForWhom(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Organizer, town.week.ID)
	slot, session := town.bookable(0)
	d.try(t, 303, week+"/bookings/"+festival.Own(slot.ID)+"/desk", "name", "Zoë", "seats", "2", "key", "one form")
	rosters, err := town.p.Registration.Rosters(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	roster := rosters[slot.ID]
	draft, err := town.p.Festival.Draft(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	moved, _ := draft.Slot(slot.ID)
	change := moved.Slot
	change.Start, change.End = change.Start.Add(time.Hour), change.End.Add(time.Hour)
	if _, err := town.p.Festival.SaveSlot(t.Context(), change, "test"); err != nil {
		t.Fatal(err)
	}
	review, err := town.p.Review(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(review.Changes) != 1 || review.Changes[0].Booked != roster.Taken || roster.Taken < 2 {
		t.Errorf("changes %+v, %d places are booked", review.Changes, roster.Taken)
	}
	d.get(week+"/release").want(t, 200).has(t, "For whom", strconv.Itoa(roster.Taken)+" booked places")

	// What changes of the session changes for all who booked one of its slots.
	session.Title["en"] = "Another title"
	session.Source = festival.Source{}
	if _, err := town.p.Festival.SaveSession(t.Context(), session, "test"); err != nil {
		t.Fatal(err)
	}
	review, err = town.p.Review(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	if last := review.Changes[len(review.Changes)-1]; last.Kind != festival.ChangedText || last.Booked < roster.Taken {
		t.Errorf("the session's change: %+v", last)
	}
}

func TestConsole_importsASpreadsheet(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Owner, "")
	d.try(t, 303, "/console/new", fair("fair")...)
	up := func(name, text string) page { return d.upload("/console/fair/import", name, text) }
	run := func(at string) page {
		d.try(t, 303, at)
		for range 100 {
			p := d.get(at + "/progress")
			if p.StatusCode == 303 {
				return d.get(p.Header.Get("Location")).want(t, 200)
			}
			p.want(t, 200).has(t, "<progress")
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatal("the import does not end")
		return page{}
	}
	up("", "").want(t, 422)
	d.get(up("x.xml", "<schedule>\n<day>\n<nope").want(t, 303).Header.Get("Location")).want(t, 422).has(t, "line")

	const table = "Title,Start,End,Room,Was\nReading,2027-05-01 10:00,2027-05-01 11:00,Hall,x\nSailing,2027-05-01 12:00,2027-05-01 13:00,Hall,y\n"
	at := up("prog.csv", table).want(t, 303).Header.Get("Location")
	d.get(at).want(t, 200)
	d.try(t, 303, at+"/columns", "column.0", "title:en", "column.1", "start", "column.2", "end", "column.3", "space")
	d.get(at).want(t, 200).has(t, `value="title:en" selected`)
	first := run(at)
	first.has(t, "added")
	undo := regexp.MustCompile(`action="([^"]+/undo)"`).FindStringSubmatch(first.body)
	if undo == nil {
		t.Fatal("the report offers no undo")
	}
	// The mapping is remembered, and the same file changes nothing.
	at = up("prog.csv", table).want(t, 303).Header.Get("Location")
	d.get(at).want(t, 200).has(t, `value="title:en" selected`)
	run(at).has(t, "0 added, 0 changed, 0 dropped")
	// Of a changed file, exactly the changes.
	at = up("prog.csv", strings.Replace(table, "Sailing", "Rowing", 1)).want(t, 303).Header.Get("Location")
	d.get(at).want(t, 200).has(t, `<th scope="row">Rowing`, `<th scope="row">Sailing`).lacks(t, `<th scope="row">Reading`)
	d.try(t, 303, undo[1])
	d.get(strings.TrimSuffix(undo[1], "/undo")).want(t, 200).has(t, "undone")
	if p := d.post(undo[1], url.Values{}); p.StatusCode >= 500 {
		t.Errorf("undoing twice: %d", p.StatusCode)
	}
	d.get("/console/fair/import/nothing").want(t, 303)
}
