package server_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"feria/festival"
	"feria/platform"
)

// A script without a cookie does not fill a festival under invented addresses; who
// asks from elsewhere, and staff, still book.
func TestBooking_aNetworkHasABudget(t *testing.T) {
	c := &clock{at: time.Date(2027, 4, 7, 9, 0, 0, 0, time.UTC)}
	p := open(t, storeFor(t), c)
	if _, err := p.Demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.Config.Proxies = []string{"127.0.0.1"}
	town := serve(t, p)
	var err error
	if town.week, err = p.Festival.EventBySlug(t.Context(), platform.DemoCity, "learning-week"); err != nil {
		t.Fatal(err)
	}
	slot, session := town.bookable(0)
	if err := p.Registration.SetSeats(t.Context(), slot.ID, 500, false); err != nil {
		t.Fatal(err)
	}
	n := 0
	book := func(from string, seats int) page {
		t.Helper()
		n++
		return town.visitor().json("POST", "/events/learning-week/slots/"+festival.Own(slot.ID)+"/bookings",
			map[string]any{"name": "N", "mail": fmt.Sprintf("n%d@example.org", n), "seats": seats}, nil, "X-Forwarded-For", from)
	}
	const script = "203.0.113.9"
	for range 30 {
		book(script, 20).want(t, 201)
	}
	if p := book(script, 1).want(t, 429).has(t, "network_busy"); p.Header.Get("Retry-After") == "" {
		t.Error("nobody says how long to wait")
	}
	path := "/learning-week/sessions/" + session.Code
	form := url.Values{"slot": {festival.Own(slot.ID)}, "wait": {festival.Own(slot.ID)}, "seats": {"2"}, "name": {"Typed Name"}, "mail": {"typed@example.org"}, "key": {"a-key-drawn-by-the-script"}}
	v := town.visitor()
	v.post(path+"/book", form, "X-Forwarded-For", script).want(t, 429).has(t, "Typed Name", "from your network")
	v.post(path+"/keep", nil, "X-Forwarded-For", script).want(t, 429)
	v.post(path+"/book", form, "X-Forwarded-For", "203.0.113.10").want(t, 200).has(t, session.Title["en"])
	book("2001:db8:1:2::1", 20).want(t, 201)
	book("127.0.0.1", 1).want(t, 201)
	book("10.0.0.7", 1).want(t, 201)
	c.add(3 * time.Minute)
	book(script, 20).want(t, 201)
	book(script, 20).want(t, 429)
}

// Nobody gets mails without end because others type an address; who reads them
// books on.
func TestBooking_anUnconfirmedAddressHasABudget(t *testing.T) {
	town, _ := newTown(t)
	slot, _ := town.bookable(0)
	const mail = "alice.flooded@example.org"
	book := func() page {
		t.Helper()
		return town.visitor().json("POST", "/events/learning-week/slots/"+festival.Own(slot.ID)+"/bookings", map[string]any{"name": "N", "mail": mail, "seats": 1}, nil)
	}
	for range 20 {
		book().want(t, 201)
	}
	book().want(t, 429).has(t, "mail_unconfirmed_often")
	// A proof of one's own address says nothing about hers.
	mallory := town.visitor()
	mallory.reserve(1, "mallory@example.org")
	mallory.mine(town.keys("mallory@example.org", 1)[0])
	third, session := town.bookable(3)
	mallory.post("/learning-week/sessions/"+session.Code+"/book", url.Values{
		"slot": {festival.Own(third.ID)}, "seats": {"1"}, "name": {"M"}, "mail": {mail}, "key": {"a-key-drawn-by-mallory"},
	}).want(t, 429)
	alice := town.visitor()
	alice.mine(town.keys(mail, 1)[0])
	alice.reserve(2, mail)
}
