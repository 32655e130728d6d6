package server_test

import (
	"net/url"
	"regexp"
	"testing"

	"feria/festival"
)

// reserve books a slot that nobody else has, under an address, and gives the
// session's title and code.
func (v *visitor) reserve(slot int, mail string) (title, code string) {
	v.t.Helper()
	frozen, session := v.bookable(slot)
	v.book("/learning-week/sessions/"+session.Code+"/book", url.Values{
		"slot": {festival.Own(frozen.ID)}, "seats": {"1"}, "name": {"Ada"}, "mail": {mail}, "confirm": {"1"},
	}).want(v.t, 200).has(v.t, session.Title["en"])
	return session.Title["en"], session.Code
}

// keys are those of the links to bookings that were mailed to an address, once
// there are n.
func (o *town) keys(mail string, n int) []string {
	o.t.Helper()
	found := o.mailed(mail, regexp.MustCompile(`/me\?key=(\S+)`), n)
	for i, key := range found {
		plain, err := url.QueryUnescape(key)
		if err != nil {
			o.t.Fatal(err)
		}
		found[i] = plain
	}
	return found
}

// mine says that the address to which a link went is one's own.
func (v *visitor) mine(key string) page {
	v.t.Helper()
	return v.post("/me/confirm", url.Values{"key": {key}}).want(v.t, 200)
}

var bookingPath = regexp.MustCompile(`/me/bookings/[a-z0-9]+`)

// Who books under somebody else's address sees nothing of that one, also when
// that one says that the address is hers.
func TestMine_ofWhoTypedSomebodyElsesAddress(t *testing.T) {
	town, _ := newTown(t)
	alice, mallory := town.visitor(), town.visitor()
	const mail = "alice@example.org"
	own, _ := alice.reserve(0, mail)
	alice.mine(town.keys(mail, 1)[0])
	planted, code := mallory.reserve(2, mail)
	mallory.post("/me/calendar", nil).want(t, 200)
	for _, key := range town.keys(mail, 2) {
		alice.mine(key)
	}
	phone := town.visitor()
	for _, key := range town.keys(mail, 2) {
		phone.mine(key).has(t, own, planted)
	}
	later, laterCode := phone.reserve(4, mail)
	hers := alice.get("/me").want(t, 200).has(t, own, planted, later)

	his := mallory.get("/me").want(t, 200).has(t, planted).lacks(t, own, later)
	if n := len(regexp.MustCompile(`class="held`).FindAllString(his.body, -1)); n != 1 {
		t.Errorf("he sees %d bookings, one is his", n)
	}
	for _, path := range bookingPath.FindAllString(hers.body, -1) {
		if path != bookingPath.FindString(his.body) {
			mallory.post(path, url.Values{"do": {"cancel"}}).want(t, 404)
		}
	}
	calendar := regexp.MustCompile(`value="[^"]*(/me/agenda.ics\?key=[^"]+)"`).FindStringSubmatch(his.body)
	if calendar == nil {
		t.Fatal("he has no calendar")
	}
	mallory.get(calendar[1]).want(t, 200).has(t, code).lacks(t, laterCode)
	pass := regexp.MustCompile(`/passes/[A-Za-z0-9_-]+`).FindString(his.body)
	mallory.get(pass).want(t, 200).has(t, planted).lacks(t, own, later)

	// He may neither hold more than before nor learn of hers by an overlap.
	mallory.reserve(6, mail)
	third, session := town.bookable(8)
	mallory.book("/learning-week/sessions/"+session.Code+"/book", url.Values{
		"slot": {festival.Own(third.ID)}, "seats": {"1"}, "name": {"Ada"}, "mail": {mail},
	}).want(t, 409)
}

// Who books on one device and confirms on another keeps the first, which sees its
// own bookings, and all once it opens a mailed link itself.
func TestMine_onTwoDevices(t *testing.T) {
	town, _ := newTown(t)
	desktop, phone := town.visitor(), town.visitor()
	const mail = "two@example.org"
	first, firstCode := desktop.reserve(0, mail)
	key := town.keys(mail, 1)[0]
	phone.mine(key).has(t, first)
	second, secondCode := phone.reserve(2, mail)
	phone.get("/me").want(t, 200).has(t, first, second)
	desktop.get("/me").want(t, 200).has(t, first).lacks(t, second)
	desktop.post("/me/calendar", nil).want(t, 200)
	const part = "subscribed before you confirmed"
	before := calendarPath.FindStringSubmatch(desktop.get("/me").want(t, 200).lacks(t, part).body)[1]
	desktop.get("/me?key="+url.QueryEscape(key)).want(t, 200).has(t, first, second, "/me/confirm")
	all := calendarPath.FindStringSubmatch(desktop.mine(key).has(t, first, second, part).body)[1]
	desktop.get(before).want(t, 200).has(t, firstCode).lacks(t, secondCode)
	desktop.get(all).want(t, 200).has(t, firstCode, secondCode)
	phone.post("/me/calendar", nil).want(t, 200).has(t, "/me/agenda.ics").lacks(t, part) // has none from before
	desktop.get("/me?key="+url.QueryEscape(key)).want(t, 200).lacks(t, "/me/confirm")
	for n := range 2 { // more than two bookings fit now
		desktop.reserve(4+2*n, mail)
	}
	path := bookingPath.FindAllString(desktop.get("/me").body, -1)
	desktop.post(path[len(path)-1], url.Values{"do": {"cancel"}}).want(t, 200).has(t, "cancelled")
}
