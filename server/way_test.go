package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/people"
	"feria/platform"
	"feria/registration"
)

// The whole way of a citizen without JavaScript: find, book, carry, be admitted,
// be refused the second time, cancel.
func TestWay_ofACitizen(t *testing.T) {
	town, clock := newTown(t)
	v := town.visitor()
	v.get("/").want(t, 200).has(t, "Learning Week", "/learning-week")
	v.get("/learning-week").want(t, 200).has(t, "A week to try something new", "application/ld+json")
	v.get("/learning-week/programme?q=notebook").want(t, 200).has(t, "Bind your own notebook")

	slot, session := town.bookable(0)
	path := "/learning-week/sessions/" + session.Code
	v.get(path).want(t, 200).has(t, session.Title["en"], `name="slot"`)

	form := url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"zwei"}, "name": {"أمل 💙 O'Neill"}, "mail": {""}}
	v.book(path+"/book", form).want(t, 422).has(t, "أمل 💙", `value="zwei"`)
	form.Set("seats", "2")
	form.Set("mail", "amal@example.org")
	booked := v.book(path+"/book", form).want(t, 200).has(t, session.Title["en"], "2 places", "booked")
	if booked.Request.URL.Path != "/me" {
		t.Fatalf("a booking leads to %s, want /me", booked.Request.URL.Path)
	}
	passPath := regexp.MustCompile(`/passes/[A-Za-z0-9_-]+`).FindString(booked.body)
	if passPath == "" {
		t.Fatal("no pass on the page of bookings")
	}
	pass := town.visitor().get(passPath).want(t, 200).has(t, "<svg", "2 places")
	code := regexp.MustCompile(`>([0-9A-Z]{4}[ -][0-9A-Z]{4})<`).FindStringSubmatch(pass.body)
	if code == nil {
		t.Fatalf("no short code on the pass: %.2000s", pass.body)
	}
	if got := v.get(passPath+".png").want(t, 200).Header.Get("Content-Type"); got != "image/png" {
		t.Errorf("the picture is %s", got)
	}
	v.get(passPath+".svg").want(t, 200).has(t, "<svg")

	// At the door, when the festival is on.
	clock.add(slot.Start.Sub(clock.now()) - 10*time.Minute)
	door := town.staff(people.Volunteer, town.week.ID)
	door.get("/door").want(t, 200).has(t, "Main gate")
	gate := "/door/learning-week/main"
	nonce := func(p page) string {
		return regexp.MustCompile(`name="nonce" value="([^"]+)"`).FindStringSubmatch(p.body)[1]
	}
	at := door.get(gate).want(t, 200)
	in := url.Values{"token": {strings.ToLower(code[1])}, "nonce": {nonce(at)}, "direction": {"entry"}}
	first := door.post(gate, in).want(t, 200).has(t, "Welcome", "verdict ok")
	door.post(gate, in).want(t, 200).has(t, "Welcome") // the same form twice is one scan
	in.Set("nonce", nonce(first))
	door.post(gate, in).want(t, 200).has(t, "Already in", "verdict look")
	// The number asked for stands for both directions, also without JavaScript.
	out := url.Values{"token": {code[1]}, "nonce": {nonce(door.get(gate))}, "direction": {"exit"}, "count": {"1"}}
	door.post(gate, out).want(t, 200).has(t, "Goodbye", `value="exit" checked`, "How many people?")
	in.Set("nonce", nonce(door.get(gate)))
	in.Set("token", "FE1:GIBBERISH")
	door.post(gate, in).want(t, 200).has(t, "Not valid", "verdict stop")

	// The mail went out once, with the pass and a link that opens the bookings.
	link := town.base + "/me?key=" + town.mailed("amal@example.org", regexp.MustCompile(`http://\S+/me\?key=(\S+)`), 1)[0]
	other := town.visitor() // another device
	other.get("/me").want(t, 200).lacks(t, session.Title["en"])
	other.get(link).want(t, 200).has(t, session.Title["en"], "amal@example.org")
}

// mailed waits for n mails to an address and gives what a pattern finds in each.
func (o *town) mailed(to string, pattern *regexp.Regexp, n int) (found []string) {
	o.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		found = nil
		mails, _, err := o.p.Outbox.List(o.t.Context(), platform.DemoCity, "", "")
		if err != nil {
			o.t.Fatal(err)
		}
		for _, m := range mails {
			full, err := o.p.Outbox.Message(o.t.Context(), platform.DemoCity, m.ID)
			if err != nil {
				o.t.Fatal(err)
			}
			if part := pattern.FindStringSubmatch(full.Text); m.To == to && part != nil {
				found = append(found, part[1])
			}
		}
		if len(found) >= n {
			return found
		}
	}
	o.t.Fatalf("%d of %d mails to %s", len(found), n, to)
	return nil
}

// Who books on two devices and joins them by the mailed links keeps a pass for
// each: the page leads to both, and says which is for when.
func TestMine_leadsToThePassesOfJoinedParties(t *testing.T) {
	town, _ := newTown(t)
	const mail = "two@example.org"
	var last *visitor
	for i := range 2 {
		slot, session := town.bookable(i)
		last = town.visitor()
		last.book("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"1"}, "name": {"Ada"}, "mail": {mail}}).
			want(t, 200).lacks(t, "<small>"+session.Title["en"])
	}
	found := map[string]bool{}
	for _, link := range town.mailed(mail, regexp.MustCompile(`/me\?key=(\S+)`), 2) {
		key, err := url.QueryUnescape(link)
		if err != nil {
			t.Fatal(err)
		}
		p := town.visitor().post("/me/confirm", url.Values{"key": {key}}).want(t, 200)
		for _, m := range regexp.MustCompile(`(/passes/[A-Za-z0-9_-]+)[^/]*</a>\s*(<small>[^<]*[0-9]:[0-9])?`).FindAllStringSubmatch(p.body, -1) {
			found[m[1]] = m[2] != ""
		}
	}
	if len(found) != 2 {
		t.Fatalf("passes %v, want two", found)
	}
	for pass, told := range found {
		if !told {
			t.Errorf("%s does not say for when it is", pass)
		}
	}
}

// Where an event is open to all a pass is had without booking, once, and stays
// with the browser; elsewhere there is none.
func TestPass_ofAnEventOpenToAll(t *testing.T) {
	town, clock := newTown(t)
	v := town.visitor()
	v.get("/learning-week").want(t, 200).lacks(t, "/learning-week/pass")
	v.post("/learning-week/pass", nil).want(t, 404)
	open, err := town.p.Festival.SaveEvent(t.Context(), town.week.ID, "test", func(e *festival.Event) error {
		e.Open = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(5 * time.Second)
	for !strings.Contains(v.get("/learning-week").body, `href="/learning-week/pass"`) {
		if time.Now().After(deadline) {
			t.Fatal("the event's page offers no pass")
		}
		time.Sleep(50 * time.Millisecond)
	}
	v.get("/learning-week/pass").want(t, 200).has(t, `action="/learning-week/pass"`, `value="1"`)
	for _, wrong := range []string{"0", "41", "four"} {
		v.post("/learning-week/pass", url.Values{"persons": {wrong}}).want(t, 422).has(t, `value="`+wrong+`"`, `aria-invalid="true"`, "1 to 40")
	}
	v.get("/me").want(t, 200).lacks(t, "/passes/")
	pass := v.post("/learning-week/pass", url.Values{"persons": {"2"}}).want(t, 200).has(t, "<svg", "Learning Week</", "2 persons")
	v.get("/learning-week/pass").want(t, 200).has(t, `value="2"`, pass.Request.URL.Path)
	if again := v.post("/learning-week/pass", url.Values{"persons": {"3"}}).want(t, 200).has(t, "3 persons"); again.Request.URL.Path != pass.Request.URL.Path {
		t.Error("a second time there is a second pass")
	}
	v.get("/me").want(t, 200).has(t, pass.Request.URL.Path).lacks(t, "Nothing here yet")
	code := regexp.MustCompile(`>([0-9A-Z]{4}-[0-9A-Z]{4})<`).FindStringSubmatch(pass.body)
	clock.add(open.Start.Time(time.UTC).Add(10 * time.Hour).Sub(clock.now()))
	door := town.staff(people.Volunteer, open.ID)
	door.post("/door/learning-week/main", url.Values{"token": {code[1]}, "nonce": {"n"}, "direction": {"entry"}}).want(t, 200).has(t, "Welcome", "3 of 3 are in")
	// Whoever books with it afterwards gives it a name.
	slot, session := town.bookable(3) // later that week
	v.post("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"1"}, "name": {"Ada"}, "mail": {"ada@example.org"}}).want(t, 200)
	v.get(pass.Request.URL.Path).want(t, 200).has(t, "<h1>Ada</h1>")
	// The address lasts as long as the event takes, also when it is put off.
	if _, err := town.p.Festival.SaveEvent(t.Context(), open.ID, "test", func(e *festival.Event) error {
		e.End = festival.Date(open.End.Time(time.UTC).AddDate(0, 0, 60).Format(time.DateOnly))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := town.p.Views.Refresh(t.Context(), open.ID); err != nil {
		t.Fatal(err)
	}
	clock.add(80 * 24 * time.Hour)
	v.get(pass.Request.URL.Path).want(t, 200)
	clock.add(30 * 24 * time.Hour)
	v.get(pass.Request.URL.Path).want(t, 410)
}

// Who booked under two addresses is asked about the one that the link went to.
func TestMine_asksAboutTheAddressOfTheLink(t *testing.T) {
	town, _ := newTown(t)
	v := town.visitor()
	mails := []string{"home@example.org", "work@example.org"}
	for i, mail := range mails {
		slot, session := town.bookable(i)
		v.book("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"1"}, "name": {"Ada"}, "mail": {mail}, "confirm": {"1"}}).want(t, 200)
	}
	for i, mail := range mails {
		link := town.mailed(mail, regexp.MustCompile(`(/me\?key=\S+)`), 1)[0]
		town.visitor().get(link).want(t, 200).has(t, mail).lacks(t, mails[1-i])
	}
	party, err := town.p.Registration.NewParty(t.Context(), platform.DemoCity, "Ada", "en")
	if err != nil {
		t.Fatal(err)
	}
	printed, err := town.p.Registration.NewLink(t.Context(), registration.Reader{Party: party}, registration.LinkMine, time.Now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	town.visitor().get("/me?key="+printed).want(t, 200).lacks(t, "/me/confirm") // went to nobody
}

func TestBooking_fillsWaitsAndPromotes(t *testing.T) {
	town, _ := newTown(t)
	slot, session := town.bookable(1)
	path := "/learning-week/sessions/" + session.Code
	left := slot.Seats
	var first *visitor
	for n := 0; left > 0; n++ {
		v := town.visitor()
		seats := min(left, 4)
		left -= seats
		v.book(path+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {fmt.Sprint(seats)}, "name": {"N"}, "mail": {fmt.Sprintf("n%d@example.org", n)}}).want(t, 200).has(t, "booked")
		if first == nil {
			first = v
		}
	}
	late := town.visitor()
	for end := time.Now().Add(5 * time.Second); !strings.Contains(late.get(path).body, "full: waiting list"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the session's page does not say that it is full")
		}
	}
	late.post(path+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"2"}, "name": {"Late"}, "mail": {"late@example.org"}}).want(t, 200).has(t, "join the waiting list")
	late.book(path+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"2"}, "name": {"Late"}, "mail": {"late@example.org"}}).want(t, 200).has(t, "waiting, number 1")
	mine := first.get("/me").want(t, 200)
	booking := regexp.MustCompile(`/me/bookings/([a-z0-9]+)`).FindStringSubmatch(mine.body)
	if booking == nil {
		t.Fatal("no booking to cancel")
	}
	first.post(booking[0], url.Values{"do": {"change"}, "seats": {"99"}}).want(t, 422).has(t, `value="99"`, `role="alert"`)
	town.visitor().post(booking[0], url.Values{"do": {"cancel"}}).want(t, 404) // a stranger
	first.post(booking[0], url.Values{"do": {"cancel"}}).want(t, 200).has(t, "cancelled")
	// From a second tab that still shows it: what is wrong stands where it is seen.
	first.post(booking[0], url.Values{"do": {"change"}, "seats": {"1"}}).want(t, 409).has(t, `<details class="more" open><summary>Past`, `role="alert"`)
	late.get("/me").want(t, 200).has(t, "booked").lacks(t, "waiting, number")
}

func TestBooking_asksBeforeAnOverlap(t *testing.T) {
	town, _ := newTown(t)
	view, err := town.p.Views.Of(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	slots := view.Programme.Slots
	for i, a := range slots {
		for _, b := range slots[i+1:] {
			if a.Seating != festival.Bookable || b.Seating != festival.Bookable || a.Session == b.Session || !a.Period().Overlaps(b.Period()) {
				continue
			}
			v := town.visitor()
			book := func(s festival.Frozen, more ...string) page {
				session, _ := view.Programme.Session(s.Session)
				form := url.Values{"slot": {festival.Own(s.ID)}, "wait": {festival.Own(s.ID)}, "seats": {"1"}, "name": {"Ada"}, "mail": {"ada@example.org"}}
				for _, m := range more {
					form.Set(m, "1")
				}
				return v.book("/learning-week/sessions/"+session.Code+"/book", form)
			}
			book(a).want(t, 200)
			book(b).want(t, 409).has(t, `name="confirm"`)
			book(b, "confirm").want(t, 200)
			return
		}
	}
	t.Fatal("the demo has no two bookable slots at one time")
}

func TestPages_answerInBothLanguages(t *testing.T) {
	town, _ := newTown(t)
	_, session := town.bookable(0)
	for _, path := range []string{"/", "/learning-week", "/learning-week/programme", "/learning-week/programme?view=grid", "/learning-week/programme?view=venue", "/learning-week/sessions/" + session.Code, "/learning-week/exhibitors", "/learning-week/map", "/me", "/imprint", "/privacy", "/accessibility", "/sign-in"} {
		for _, lang := range []string{"en", "fr"} {
			v := town.visitor()
			v.lang = lang
			p := v.get(path).want(t, 200).has(t, `<html lang="`+lang+`"`, `id="main"`)
			for _, bad := range []string{"site.", "web.", "console.", "%!", "<no value>"} {
				if i := strings.Index(regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>`).ReplaceAllString(p.body, ""), ">"+bad); i >= 0 {
					t.Errorf("%s in %s shows %q", path, lang, p.body[i:min(i+60, len(p.body))])
				}
			}
		}
	}
}

func TestPublicPages_areCachedWithoutAnythingPersonal(t *testing.T) {
	town, _ := newTown(t)
	v := town.visitor()
	first := v.get("/learning-week/programme").want(t, 200)
	etag := first.Header.Get("ETag")
	if etag == "" || first.Header.Get("Set-Cookie") != "" {
		t.Fatalf("etag %q, cookie %q", etag, first.Header.Get("Set-Cookie"))
	}
	v.get("/learning-week/programme", "If-None-Match", etag).want(t, http.StatusNotModified)
	if err := town.p.Festival.SetAlert(t.Context(), town.week.ID, "test", map[string]string{"en": "Pier 3 is closed"}); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(5 * time.Second)
	for !strings.Contains(v.get("/learning-week/programme").body, "Pier 3 is closed") {
		if time.Now().After(deadline) {
			t.Fatal("the alert does not reach the page")
		}
		time.Sleep(50 * time.Millisecond)
	}
	// Pages that belong to no event say whose it is.
	for _, path := range []string{"/", "/me", "/imprint", "/sign-in"} {
		v.get(path).want(t, 200).has(t, `<a href="/learning-week">Learning Week</a> · <span>Pier 3 is closed`)
	}
}
