package server_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"feria/festival"
	"feria/mail"
	"feria/people"
)

// An organizer looks after the people, tokens and mails of the own event by the
// API as on the console, and of nothing else.
func TestAPI_peopleOfOneEvent(t *testing.T) {
	town, _ := newTown(t)
	conference, err := town.p.Festival.EventBySlug(t.Context(), town.week.City, "neighbourhoods")
	if err != nil {
		t.Fatal(err)
	}
	owner := town.program(people.Owner, "")
	organizer := town.program(people.Organizer, town.week.ID)
	volunteer := town.program(people.Volunteer, town.week.ID)
	role := func(role, event string) map[string]any {
		return map[string]any{"mail": role + "@example.org", "name": "N", "role": role, "event": event}
	}
	organizer.json("POST", "/people", role("volunteer", "learning-week"), nil).want(t, 201)
	organizer.json("POST", "/people", role("volunteer", conference.Slug), nil).want(t, 422).has(t, "event_needed") // knows nothing of it
	organizer.json("POST", "/people", role("organizer", "learning-week"), nil).want(t, 403)
	organizer.json("POST", "/people", role("owner", ""), nil).want(t, 403)
	volunteer.json("POST", "/people", role("volunteer", "learning-week"), nil).want(t, 403)
	owner.json("POST", "/people", role("organizer", conference.Slug), nil).want(t, 201)

	type rows struct {
		Items []struct{ ID, Event, Mail string }
	}
	all := func(v *visitor, path string) rows {
		t.Helper()
		var got rows
		v.json("GET", path, nil, &got).want(t, 200)
		return got
	}
	own := festival.Own(town.week.ID)
	var mine, others string
	for _, g := range all(organizer, "/people").Items {
		if g.Event != own {
			t.Errorf("an organizer sees %s in %q", g.Mail, g.Event)
		}
		if g.Mail == "volunteer@example.org" {
			mine = g.ID
		}
	}
	for _, g := range all(owner, "/people").Items {
		if g.Mail == "organizer@example.org" {
			others = g.ID
		}
	}
	if mine == "" || others == "" {
		t.Fatalf("granted, and not listed: %q, %q", mine, others)
	}
	organizer.json("DELETE", "/people?grant="+others, nil, nil).want(t, 404)
	volunteer.json("DELETE", "/people?grant="+mine, nil, nil).want(t, 403)
	organizer.json("DELETE", "/people?grant="+mine, nil, nil).want(t, 204)

	var token struct{ ID, Name, Text string }
	organizer.json("POST", "/tokens", map[string]any{"name": "Door", "role": "volunteer", "event": "learning-week"}, &token).want(t, 201)
	made := false
	for _, row := range all(organizer, "/tokens").Items {
		made = made || row.ID == token.ID && token.Text != ""
	}
	if !made {
		t.Errorf("the token %q that was made is not listed", token.ID)
	}
	organizer.json("POST", "/tokens", map[string]any{"name": "All", "role": "owner"}, nil).want(t, 403)
	tokens := all(organizer, "/tokens").Items
	for _, token := range tokens {
		if token.Event != own {
			t.Errorf("an organizer sees a token of %q", token.Event)
		}
	}
	if len(all(owner, "/tokens").Items) <= len(tokens) {
		t.Error("an owner sees no more tokens than an organizer")
	}

	slot, session := town.bookable(0)
	town.visitor().book("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"1"}, "name": {"Ada"}, "mail": {"ada@example.org"}}).want(t, 200)
	town.mailsTo("ada@example.org", 1)
	town.visitor().post("/sign-in", url.Values{"mail": {"omar@example.org"}})
	for _, m := range all(organizer, "/mails").Items {
		organizer.json("GET", "/mails/"+m.ID, nil, nil).want(t, 200).lacks(t, "/sign-in?link=")
	}
	if len(all(organizer, "/mails").Items) == 0 {
		t.Error("an organizer sees no mail of the own event")
	}
	volunteer.json("GET", "/mails", nil, nil).want(t, 403)
}

// What others have in the outbox between leaves no empty page to who may not read it.
func TestAPI_mailsOfOneEventFillTheirPage(t *testing.T) {
	town, clock := newTown(t)
	queue := func(id, event string) {
		t.Helper()
		err := town.p.Outbox.Queue(t.Context(), mail.Message{ID: town.week.City + "/" + id, City: town.week.City, Event: event, Kind: "sign_in", To: "ada@example.org", Subject: "Hello", Text: "Hello"})
		if err != nil {
			t.Fatal(err)
		}
	}
	queue("own", town.week.ID)
	clock.add(time.Second)
	for n := range 110 {
		queue(fmt.Sprint("others", n), "")
	}
	town.program(people.Organizer, town.week.ID).json("GET", "/mails", nil, nil).want(t, 200).has(t, `"id":"own"`).lacks(t, "others")
}
