package server_test

import (
	"net/url"
	"testing"

	"feria/festival"
)

// On a computer that others use a visitor can be forgotten; what is booked stays.
func TestMine_isForgottenOnADevice(t *testing.T) {
	town, _ := newTown(t)
	slot, session := town.bookable(0)
	v := town.visitor()
	v.get("/me").want(t, 200).lacks(t, "/me/leave")
	v.book("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "name": {"Ada"}, "mail": {"ada@example.org"}, "seats": {"1"}})
	v.get("/me").want(t, 200).has(t, session.Title["en"], `action="/me/leave"`)
	before, err := town.p.Registration.Roster(t.Context(), slot.ID)
	if err != nil {
		t.Fatal(err)
	}
	v.post("/me/leave", nil).want(t, 200).has(t, "does not know your bookings any more")
	v.get("/me").want(t, 200).lacks(t, "/me/leave")
	if after, err := town.p.Registration.Roster(t.Context(), slot.ID); err != nil || after.Taken != before.Taken {
		t.Errorf("%d seats are taken, %d were; %v", after.Taken, before.Taken, err)
	}
}
