package server_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"feria/festival"
	"feria/people"
	"feria/registration"
)

// bookingOf is where the list of a slot leads for somebody's booking.
func (p page) bookingOf(t *testing.T, name string) string {
	t.Helper()
	row := p.body[strings.Index(p.body, `<th scope="row">`+name+`<`)+1:]
	link := regexp.MustCompile(`<a href="([^"]+)" aria-label="Change or cancel: `).FindStringSubmatch(row)
	if link == nil {
		t.Fatalf("%s lists no booking of %s", p.Request.URL.Path, name)
	}
	return link[1]
}

// An organizer changes and cancels a booking by the rules by which its party does.
func TestConsole_aBookingIsChangedAndCancelled(t *testing.T) {
	town, clock := newTown(t)
	d := town.desk(people.Organizer, town.week.ID)
	slot, session := town.bookable(0)
	at := week + "/bookings/" + festival.Own(slot.ID)
	d.try(t, 303, at+"/seats", "seats", "5")
	town.guest(slot, "Ada", 3)
	town.guest(slot, "Zoe", 3) // waits
	booking := d.get(at).want(t, 200).bookingOf(t, "Ada")
	d.get(booking).want(t, 200).has(t, "Ada", "ada@example.org", session.Title["en"], `name="seats" value="3"`, booking+"/pass")
	seats := func(name string) (int, registration.State) {
		t.Helper()
		held, err := town.p.Registration.Booked(t.Context(), slot.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range held {
			if h.Booking.Name == name {
				return h.Booking.Seats, h.State
			}
		}
		return 0, registration.Cancelled
	}
	for _, typed := range []string{"", "q", "0", "21", "1.5"} {
		d.try(t, 422, booking, "seats", typed).at(t, "seats").has(t, `value="`+typed+`"`)
	}
	d.try(t, 409, booking, "seats", "6").at(t, "seats").has(t, "only 5 places")
	d.try(t, 409, booking, "seats", "5").at(t, "seats").has(t, "Not enough places are free") // somebody waits for them
	if n, state := seats("Ada"); n != 3 || state != registration.Confirmed {
		t.Errorf("a refused change came to %d, %s", n, state)
	}
	d.try(t, 303, booking, "seats", "2")
	d.get(at).want(t, 200).has(t, "The booking of Ada is changed.")
	if n, state := seats("Ada"); n != 2 || state != registration.Confirmed {
		t.Errorf("changed to %d, %s", n, state)
	}
	if n, state := seats("Zoe"); n != 3 || state != registration.Confirmed {
		t.Errorf("who waited has %d, %s", n, state)
	}
	town.mailsTo("ada@example.org", 2) // booked, changed

	d.try(t, 303, booking+"/cancel")
	d.get(at).want(t, 200).lacks(t, `<th scope="row">Ada<`)
	d.get(booking).want(t, 200).has(t, "cancelled").lacks(t, "<details", `name="seats"`)
	d.try(t, 409, booking, "seats", "1").has(t, "This booking is cancelled.")
	d.try(t, 303, booking+"/cancel") // twice is once

	// Only under its own slot, and only by who may book for others.
	other, _ := town.bookable(1)
	zoe := d.get(at).want(t, 200).bookingOf(t, "Zoe")
	d.get(strings.Replace(zoe, festival.Own(slot.ID), festival.Own(other.ID), 1)).want(t, 404)
	d.try(t, 404, at+"/nothing", "seats", "1")
	volunteer := town.desk(people.Volunteer, town.week.ID)
	volunteer.get(zoe).want(t, 403)
	volunteer.try(t, 403, zoe, "seats", "1")
	// What is over stays as it was.
	clock.add(slot.End.Sub(clock.now()))
	d = town.desk(people.Organizer, town.week.ID)
	d.try(t, 409, zoe, "seats", "1").has(t, "This time is over.")
	d.try(t, 409, zoe+"/cancel").has(t, "This time is over.")
}

// Somebody who comes back to the desk with a pass gets no second one.
func TestConsole_theDeskBooksOntoAPass(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Organizer, town.week.ID)
	first, session := town.bookable(0)
	at := func(slot festival.Frozen) string { return week + "/bookings/" + festival.Own(slot.ID) }
	d.try(t, 303, at(first)+"/desk", "name", "Zoë", "mail", "zoe@example.org", "seats", "2", "key", "one")
	code := regexp.MustCompile(`Short code of the pass: (\S{4}-\S{4})`).FindStringSubmatch(d.get(at(first)).want(t, 200).body)
	if code == nil {
		t.Fatal("the desk is told no code")
	}
	pass, err := town.p.Ticketing.PassByCode(t.Context(), town.week.ID, code[1])
	if err != nil {
		t.Fatal(err)
	}
	later := town.laterThan(first)

	d.try(t, 422, at(later)+"/desk", "name", "Kept", "seats", "2", "pass", "ZZZZ-ZZZZ").at(t, "pass").has(t, `value="ZZZZ-ZZZZ"`, `value="Kept"`)
	d.try(t, 422, at(later)+"/desk", "name", "", "seats", "2", "pass", "nope").at(t, "pass")
	// As it was read aloud, in two clicks; the name and the mail are the pass's.
	for range 2 {
		d.try(t, 303, at(later)+"/desk", "seats", "2", "pass", " "+strings.ToLower(strings.Replace(code[1], "-", " ", 1))+" ", "key", "two")
	}
	page := d.get(at(later)).want(t, 200).has(t, "Booked for Zoë.", code[1])
	if n := strings.Count(page.body, `<th scope="row">Zoë<`); n != 1 {
		t.Errorf("two clicks made %d bookings", n)
	}
	held, err := town.p.Registration.Of(t.Context(), town.week.City, pass.Party)
	if err != nil || len(held) != 2 || held[0].Booking.Mail != "zoe@example.org" || held[1].Booking.Mail != "zoe@example.org" {
		t.Fatalf("the party holds %+v, %v", held, err)
	}
	before := held[0].Booking.ID
	if held[0].Booking.Slot != first.ID { // both were made at one instant
		before = held[1].Booking.ID
	}
	town.mailsTo("zoe@example.org", 2)

	// What is at the same time is asked about once.
	d.try(t, 409, at(first)+"/desk", "seats", "1", "pass", code[1]).
		has(t, "with the pass already", session.Title["en"], at(first)+"/"+festival.Own(before), `name="confirm"`, `value="`+code[1]+`"`).lacks(t, "You have booked")
	d.try(t, 303, at(first)+"/desk", "seats", "1", "pass", code[1], "confirm", "1")

	// A pass of another event is none of this one; neither is one that is withdrawn.
	conference, err := town.p.Festival.EventBySlug(t.Context(), town.week.City, "neighbourhoods")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := town.p.Ticketing.PassFor(t.Context(), conference, pass.Party, "Zoë")
	if err != nil {
		t.Fatal(err)
	}
	d.try(t, 422, at(later)+"/desk", "name", "Zoë", "seats", "1", "pass", elsewhere.Code).at(t, "pass")
	if _, err := town.p.Ticketing.RevokePass(t.Context(), pass.ID, "test"); err != nil {
		t.Fatal(err)
	}
	d.try(t, 422, at(later)+"/desk", "seats", "1", "pass", code[1]).at(t, "pass").has(t, "no longer valid")
	if _, err := town.p.Ticketing.RestorePass(t.Context(), pass.ID); err != nil {
		t.Fatal(err)
	}
	// The API does the same, for staff only.
	body := map[string]any{"name": "", "seats": 1, "pass": code[1], "confirm": true}
	path := "/events/learning-week/slots/" + festival.Own(later.ID) + "/bookings"
	made := struct{ Party string }{}
	town.program(people.Organizer, town.week.ID).json("POST", path, body, &made).want(t, 201)
	if made.Party != festival.Own(pass.Party) {
		t.Errorf("the API booked for %s, the pass is of %s", made.Party, pass.Party)
	}
	body["name"], body["mail"] = "Eve", "eve@example.org"
	town.visitor().json("POST", path, body, nil).want(t, 403)
	// Guessing codes ends soon.
	refused := false
	for range 40 {
		refused = refused || d.post(at(later)+"/desk", url.Values{"seats": {"1"}, "pass": {"ZZZZZZZZ"}}).StatusCode == 429
	}
	if !refused {
		t.Error("codes can be guessed at the desk")
	}
}

// laterThan gives an empty slot that can be booked and is not at the time of another.
func (o *town) laterThan(slot festival.Frozen) festival.Frozen {
	o.t.Helper()
	for skip := 0; ; skip++ {
		if next, _ := o.bookable(skip); !next.Start.Before(slot.End) || !slot.Start.Before(next.End) {
			return next
		}
	}
}
