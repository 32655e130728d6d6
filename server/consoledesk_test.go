package server_test

import (
	"bytes"
	"mime/multipart"
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
	d.try(t, 422, week+"/gates", "name", "", "slug", "A B").has(t, `value="A B"`)
	d.try(t, 422, week+"/gates", "name", "N", "slug", "north", "scope", "space", "space", "")
	d.try(t, 303, week+"/gates", "name", "North", "slug", "north", "scope", "space", "space", draft.Spaces[0].ID)
	d.get(week+"/gates").want(t, 200).has(t, "North")
	d.try(t, 303, week+"/gates/north/remove")

	slot, session := town.bookable(0)
	own := festival.Own(slot.ID)
	d.get(week+"/bookings/"+own).has(t, week+"/gates?slot="+own)
	d.get(week+"/gates?slot="+own).has(t, session.Title["en"], slot.ID)
	d.get(week+"/gates?slot=none").want(t, 404)
	d.try(t, 422, week+"/gates", "name", "Hall", "slug", "hall", "scope", "slot", "slot", town.week.ID+"x/"+own).has(t, "no such time")
	d.try(t, 422, week+"/gates", "name", "Hall", "slug", "A B", "scope", "slot", "slot", slot.ID).has(t, slot.ID)
	d.try(t, 303, week+"/gates", "name", "Hall", "slug", "hall", "scope", "slot", "slot", slot.ID)
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

// A gate is renamed, changed, removed and brought back as other records are; what
// people were let into stays what it was.
func TestConsole_gatesAreChangedAndRemoved(t *testing.T) {
	town, clock := newTown(t)
	d, other := town.desk(people.Organizer, town.week.ID), town.desk(people.Owner, "")
	d.try(t, 303, week+"/gates", "name", "North", "slug", "north", "scope", "event", "reentry", "after_exit")
	at := week + "/gates/north"
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
	other.try(t, 409, at, append(seen, "name.en", "By the second")...).has(t, "By the second", "Stored now: Quay")

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
	gone := d.get(week+"/gates").want(t, 200).has(t, "Mole", "Ada", "Bring back")
	d.get(week+"/scans.csv").want(t, 200).has(t, "Mole", "Ada")
	restore := regexp.MustCompile(`action="([^"]+/restore)"`).FindStringSubmatch(gone.body)
	d.try(t, 303, week+"/gates", "name", "Second", "slug", "quay", "scope", "event", "reentry", "never")
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
	cancel := regexp.MustCompile(`action="([^"]+/cancel)"`).FindStringSubmatch(page.body)
	d.get(strings.TrimSuffix(cancel[1], "cancel")+"pass").want(t, 303)
	d.try(t, 422, at+"/seats", "seats", "x")
	d.try(t, 409, at+"/seats", "seats", "1").has(t, `name="confirm"`)
	d.try(t, 303, at+"/seats", "seats", "1", "confirm", "1")
	d.try(t, 303, cancel[1])
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

// sendFile sends a file as a browser does; "" is a form without one.
func (d desk) sendFile(t *testing.T, path, name, text string) page {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if name != "" {
		f, err := w.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return d.do("POST", path, w.FormDataContentType(), &body)
}

func TestConsole_importsASpreadsheet(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Owner, "")
	d.try(t, 303, "/console/new", fair("fair")...)
	up := func(name, text string) page { return d.sendFile(t, "/console/fair/import", name, text) }
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
