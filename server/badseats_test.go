package server_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"feria/festival"
	"feria/people"
	"feria/registration"
)

// Row 9: a hundred browsers want the last seat at once.
func TestBadInput_lastSeat(t *testing.T) {
	town, _ := newTown(t)
	slot, session := town.bookable(0)
	if err := town.p.Registration.SetSeats(t.Context(), slot.ID, 1, true); err != nil {
		t.Fatal(err)
	}
	path := "/learning-week/sessions/" + session.Code + "/book"
	var booked, line, full, other atomic.Int32
	var all sync.WaitGroup
	program := town.visitor()
	for i := range 100 {
		all.Go(func() {
			if i%2 == 0 { // by the form: a place in the line
				p := town.still().book(path, url.Values{"slot": {festival.Own(slot.ID)}, "wait": {festival.Own(slot.ID)}, "seats": {"1"}, "name": {"N"}, "mail": {fmt.Sprintf("n%d@example.org", i)}})
				if p.StatusCode == 303 {
					line.Add(1)
				} else {
					other.Add(1)
				}
				return
			}
			p := program.json("POST", "/events/learning-week/slots/"+festival.Own(slot.ID)+"/bookings", map[string]any{"name": "N", "mail": fmt.Sprintf("n%d@example.org", i), "seats": 1, "no_wait": true}, nil)
			switch {
			case p.StatusCode == 201:
				booked.Add(1)
			case p.StatusCode == 409 && strings.Contains(p.body, `"code":"slot_full"`):
				full.Add(1)
			default:
				other.Add(1)
			}
		})
	}
	all.Wait()
	roster, err := town.p.Registration.Roster(t.Context(), slot.ID)
	if err != nil {
		t.Fatal(err)
	}
	// Of those in the form's line one may have got the seat.
	if roster.Taken != 1 || roster.Line() != int(line.Load()+booked.Load())-1 || line.Load()+booked.Load()+full.Load() != 100 || other.Load() != 0 {
		t.Errorf("%d seats taken and %d wait; %d by form, %d by program, %d told that it is full, %d something else", roster.Taken, roster.Line(), line.Load(), booked.Load(), full.Load(), other.Load())
	}
	if full.Load() < 49 {
		t.Errorf("%d of the 50 who would not wait were told so", full.Load())
	}
}

// Rows 10, 11 and 14, by the API and the console.
func TestBadInput_seats(t *testing.T) {
	town, _ := newTown(t)
	slot, session := town.bookable(0)
	at := "/events/learning-week/slots/" + festival.Own(slot.ID)
	v := town.visitor()
	for _, seats := range []string{"0", "-1", "1000000000", "1.5", `"１"`, `"1"`, "null", "1e400", `[1]`, `{"$gt":0}`} {
		p := v.do("POST", "/api/v1"+at+"/bookings", "application/json", strings.NewReader(`{"name":"N","mail":"n@example.org","seats":`+seats+`}`), "Accept", "application/json")
		if p.StatusCode != 422 && p.StatusCode != 400 || p.StatusCode == 422 && !strings.Contains(p.body, "seats") {
			t.Errorf("seats %s: status %d: %.300s", seats, p.StatusCode, p.body)
		}
	}
	d := town.desk(people.Organizer, town.week.ID)
	desk := week + "/bookings/" + festival.Own(slot.ID)
	for _, seats := range []string{"0", "-1", "1000000000", "1.5", "１", ""} {
		d.try(t, 422, desk+"/desk", "name", "Kept 💙", "seats", seats).has(t, `value="Kept 💙"`, `class="error"`)
		if seats != "0" { // a slot may offer none
			d.try(t, 422, desk+"/seats", "seats", seats).has(t, `value="`+seats+`"`)
		}
	}
	roster, err := town.p.Registration.Roster(t.Context(), slot.ID)
	if err != nil || roster.Taken != 0 || roster.Seats != slot.Seats {
		t.Fatalf("something was booked or changed: %+v, %v", roster, err)
	}

	// Row 11: fewer than are booked asks first, then shuts, and cancels nothing.
	town.guest(slot, "First", 3)
	d.try(t, 409, desk+"/seats", "seats", "2").has(t, `name="confirm"`, `value="2"`)
	if r, err := town.p.Registration.Roster(t.Context(), slot.ID); err != nil || r.Seats != slot.Seats {
		t.Errorf("a question changed the seats to %d, %v", r.Seats, err)
	}
	d.try(t, 303, desk+"/seats", "seats", "2", "confirm", "1")
	late := v.book("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"1"}, "name": {"Late"}, "mail": {"late@example.org"}})
	held, err := town.p.Registration.Booked(t.Context(), slot.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range held {
		if h.Booking.Name == "First" && h.State != registration.Confirmed || h.Booking.Name == "Late" && h.State == registration.Confirmed {
			t.Errorf("%s is %s after the seats were lowered (%d)", h.Booking.Name, h.State, late.StatusCode)
		}
	}

	// Row 14: one key, two bodies; and a key that somebody else could guess.
	empty, _ := town.bookable(1)
	own := "/events/learning-week/slots/" + festival.Own(empty.ID) + "/bookings"
	key := []string{"Idempotency-Key", "a-key-that-nobody-guesses"}
	body := map[string]any{"name": "N", "mail": "n@example.org", "seats": 1}
	first := v.json("POST", own, body, nil, key...).want(t, 201)
	v.json("POST", own, body, nil, key...).want(t, 201).has(t, `"replayed":true`)
	body["seats"] = 2
	v.json("POST", own, body, nil, key...).want(t, 422).has(t, `"code":"idempotency_mismatch"`)
	v.json("POST", own, body, nil, "Idempotency-Key", "short").want(t, 422).has(t, `"code":"idempotency_key_short"`)
	if r, err := town.p.Registration.Roster(t.Context(), empty.ID); err != nil || r.Taken != 1 {
		t.Errorf("%d seats taken, %v, after %s", r.Taken, err, first.body)
	}
}
