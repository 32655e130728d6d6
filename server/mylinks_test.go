package server_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"feria/festival"
	"feria/people"
)

var (
	passPath     = regexp.MustCompile(`/passes/[A-Za-z0-9_-]+`)
	calendarPath = regexp.MustCompile(`value="[^"]*(/me/agenda.ics\?key=[^"]+)"`)
)

// fresh is the key that was mailed last, once there are n.
func (o *town) fresh(mail string, n int, before ...string) string {
	o.t.Helper()
	for _, key := range o.keys(mail, n) {
		if !slices.Contains(before, key) {
			return key
		}
	}
	o.t.Fatalf("no new link among %d mails", n)
	return ""
}

// Who has a party's links that he should not have has nothing any more once the
// party takes new ones, which come by mail alone.
func TestMine_newLinks(t *testing.T) {
	town, _ := newTown(t)
	const mail = "ada.links@example.org"
	v := town.visitor()
	title, _ := v.reserve(0, mail)
	old := town.keys(mail, 1)[0]
	v.mine(old)
	v.post("/me/calendar", nil).want(t, 200)
	page := v.get("/me").want(t, 200).has(t, `action="/me/links"`)
	pass, calendar := passPath.FindString(page.body), calendarPath.FindStringSubmatch(page.body)[1]
	thief := town.visitor()
	thief.mine(old).has(t, title)

	v.post("/me/links", nil).want(t, 200).has(t, "open nothing any more", "on its way", title)
	stranger := town.visitor()
	stranger.get("/me?key="+url.QueryEscape(old)).want(t, 410)
	stranger.get(pass).want(t, 410).has(t, "newest mail")
	stranger.get(calendar).want(t, 404)
	thief.get("/me").want(t, 200).lacks(t, title)
	again := v.get("/me").want(t, 200).has(t, title)
	key := town.fresh(mail, 2, old)
	stranger.get("/me?key="+url.QueryEscape(key)).want(t, 200).has(t, title)
	stranger.get(passPath.FindString(again.body)).want(t, 200)
	stranger.get(calendarPath.FindStringSubmatch(again.body)[1]).want(t, 200)

	// By a link alone: it shows no other, the mail does.
	p := stranger.post("/me/links", url.Values{"key": {key}}).want(t, 200).has(t, "on its way").lacks(t, title)
	if strings.Contains(p.Request.URL.String(), "key") {
		t.Errorf("led to %s", p.Request.URL)
	}
	stranger.get("/me?key="+url.QueryEscape(key)).want(t, 410)
	third := town.fresh(mail, 3, old, key)
	stranger.get("/me?key="+url.QueryEscape(third)).want(t, 200).has(t, title)
	v.get("/me").want(t, 200).has(t, title) // made it

	v.json("POST", "/me/links", nil, nil, "Feria-Party-Key", key).want(t, 404)
	v.json("POST", "/me/links", nil, nil, "Feria-Party-Key", third).want(t, 204)
	stranger.get("/me?key="+url.QueryEscape(third)).want(t, 410)
	fourth := town.fresh(mail, 4, old, key, third)
	stranger.get("/me?key="+url.QueryEscape(fourth)).want(t, 200)
	stranger.json("POST", "/me/links", nil, nil, "Feria-Party-Key", fourth).want(t, 429) // each is a mail
	town.visitor().post("/me/links", nil).want(t, 404)
}

// The desk does it for a booking, and only who may change bookings does.
func TestConsole_newLinks(t *testing.T) {
	town, _ := newTown(t)
	const mail = "ada.desk@example.org"
	slot, _ := town.bookable(0)
	v := town.visitor()
	title, _ := v.reserve(0, mail)
	old := town.keys(mail, 1)[0]
	mine := v.get("/me").want(t, 200)
	pass, own := passPath.FindString(mine.body), strings.TrimPrefix(bookingPath.FindString(mine.body), "/me/bookings/")
	at := week + "/bookings/" + festival.Own(slot.ID) + "/" + own
	d := town.desk(people.Organizer, town.week.ID)
	d.get(at).want(t, 200).has(t, at+"/links", "All addresses that Ada has")
	d.http.CheckRedirect = nil
	thief := town.visitor()
	thief.mine(old).has(t, title)
	d.post(at+"/links", nil).want(t, 200).has(t, "open nothing any more", "on its way")
	thief.get("/me").want(t, 200).lacks(t, title)
	v.get(pass).want(t, 410)
	v.get("/me?key="+url.QueryEscape(old)).want(t, 410)
	v.get("/me?key="+url.QueryEscape(town.fresh(mail, 2, old))).want(t, 200).has(t, title)

	api := "/events/learning-week/bookings/" + own + "/links"
	var booking struct {
		PassURL string `json:"pass_url"`
	}
	town.program(people.Organizer, town.week.ID).json("POST", api, nil, &booking).want(t, 200)
	v.get(strings.TrimPrefix(booking.PassURL, town.base)).want(t, 200).has(t, title)
	town.program(people.Volunteer, town.week.ID).json("POST", api, nil, nil).want(t, 403)
	v.json("POST", api, nil, nil, "Feria-Party-Key", old).want(t, 401)
}
