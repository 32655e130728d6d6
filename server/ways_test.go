package server_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"feria/festival"
)

// Addresses that were cut, typed in other letters or loaded again lead on.
func TestSite_addressesLeadOn(t *testing.T) {
	town, _ := newTown(t)
	slot, session := town.bookable(0)
	at := "/learning-week/sessions/" + session.Code
	v := town.still()
	for from, to := range map[string]string{
		"/learning-week/sessions": "/learning-week/programme",
		at + "/book":              at,
		at + "/keep":              at,
		"/learning-week/sessions/" + strings.ToLower(session.Code): at,
		"/Learning-WEEK/programme":                                 "/learning-week/programme",
		"/me/bookings/abc":                                         "/me#b-abc",
	} {
		if p := v.get(from); p.StatusCode/100 != 3 || p.Header.Get("Location") != to {
			t.Errorf("%s: status %d to %q, want %q", from, p.StatusCode, p.Header.Get("Location"), to)
		}
	}
	v.get("/learning-week/sessions/nothing").want(t, 404)
	v.get(at+"/nothing").want(t, 404)
	v.post(at+"/book", url.Values{"slot": {festival.Own(slot.ID)}}).want(t, 422).has(t, `name="next" value="`+at+`"`)
}

// My bookings leads back to the programme, asks before seats are given up, and shows
// a pass only to who has seats.
func TestMine_whatItOffers(t *testing.T) {
	town, _ := newTown(t)
	slot, session := town.bookable(0)
	own, at := festival.Own(slot.ID), "/learning-week/sessions/"+session.Code
	if err := town.p.Registration.SetSeats(t.Context(), slot.ID, 1, true); err != nil {
		t.Fatal(err)
	}
	form := func(mail string) url.Values {
		return url.Values{"slot": {own}, "wait": {own}, "seats": {"1"}, "name": {"Ada"}, "mail": {mail}}
	}
	first, second, keeps := town.visitor(), town.visitor(), town.visitor()
	first.book(at+"/book", form("first@example.org")).want(t, 200).has(t, `href="/passes/`, "<summary>Cancel this booking</summary>", "Yes, give the places back")
	second.book(at+"/book", form("second@example.org")).want(t, 200).has(t, "waiting, number 1", `href="/learning-week/programme"`).lacks(t, `href="/passes/`)
	keeps.post(at+"/keep", nil).want(t, 200).has(t, `<a href="/learning-week/programme">Programme: Learning Week</a>`)
}

// A number of sessions is the same on the front page and in the programme.
func TestSite_countsSessions(t *testing.T) {
	town, _ := newTown(t)
	view, err := town.p.Views.Of(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(view.Programme.Slots) == len(view.Programme.Sessions) {
		t.Fatal("every session takes place once: nothing is told apart")
	}
	front := regexp.MustCompile(`<span>(\d+ sessions)</span>`).FindStringSubmatch(town.visitor().get("/learning-week").want(t, 200).body)
	if front == nil {
		t.Fatal("the front page says no number of sessions")
	}
	town.visitor().get("/learning-week/programme?day=all").want(t, 200).has(t, `role="status">`+front[1]+" · ")
}
