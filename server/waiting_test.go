package server_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"feria/festival"
)

var waitChoice = regexp.MustCompile(`type="(\w+)" name="wait" value="([^"]+)"`)

// Nobody comes into a waiting list without having been told of it: by the form, which
// showed the time as full, or by being asked.
func TestBooking_theWaitingListIsAskedFor(t *testing.T) {
	town, _ := newTown(t)
	slot, session := town.bookable(0)
	own, at := festival.Own(slot.ID), "/learning-week/sessions/"+session.Code
	if err := town.p.Registration.SetSeats(t.Context(), slot.ID, 3, true); err != nil {
		t.Fatal(err)
	}
	line := func() int {
		t.Helper()
		roster, err := town.p.Registration.Roster(t.Context(), slot.ID)
		if err != nil {
			t.Fatal(err)
		}
		return roster.Line()
	}
	form := func(name, seats string) url.Values {
		return url.Values{"slot": {own}, "seats": {seats}, "name": {name}, "mail": {name + "@example.org"}, "key": {"0123456789abcdef" + name + seats + own}}
	}
	town.visitor().post(at+"/book", form("first", "1")).want(t, 200).has(t, "Booked.")
	v := town.visitor()
	p := v.post(at+"/book", form("party", "3")).want(t, 409).has(t, "Only 2 places are left", `value="party@example.org"`, "<title>Error")
	if asked := waitChoice.FindStringSubmatch(p.body); asked == nil || asked[1] != "checkbox" || asked[2] != own {
		t.Fatalf("asked with %v", asked)
	}
	if line() != 0 {
		t.Fatal("somebody waits who was not asked")
	}
	yes := form("party", "3")
	yes.Set("wait", own)
	yes.Set("key", html.UnescapeString(regexp.MustCompile(`name="key" value="([^"]{20,})"`).FindStringSubmatch(p.body)[1]))
	v.post(at+"/book", yes).want(t, 200).has(t, "You are on the waiting list.")
	if line() != 1 {
		t.Fatalf("%d wait, want 1", line())
	}

	// The same again: it is had already, and can be changed.
	again := v.post(at+"/book", form("party", "2")).want(t, 409)
	mine := strings.TrimPrefix(bookingPath.FindString(v.get("/me").want(t, 200).body), "/me/bookings/")
	again.has(t, "You are already on the waiting list, for 3 places.", `<a href="/me#b-`+mine+`">Change the number`).lacks(t, "At that time you have already booked")

	// Without a script, and shown as full: the form says so, and the yes is enough.
	shown := town.visitor().get(at).want(t, 200)
	for end := time.Now().Add(5 * time.Second); !strings.Contains(shown.body, "full: waiting list") && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		shown = town.visitor().get(at).want(t, 200)
	}
	shown.has(t, "full: waiting list")
	if told := waitChoice.FindStringSubmatch(shown.body); told == nil || told[1] != "hidden" || told[2] != own {
		t.Fatalf("the form of a full time says %v", told)
	}
	plain := form("plain", "3")
	plain.Del("key")
	plain.Set("wait", own)
	town.visitor().book(at+"/book", plain).want(t, 200).has(t, "You are on the waiting list.")
}
