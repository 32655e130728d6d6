package server_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/people"
	"feria/platform"
	"feria/registration"
)

func TestAPI_answersAsItIsDescribed(t *testing.T) {
	town, clock := newTown(t)
	c := caller{town.program(people.Owner, ""), describe(t, town.visitor()), map[string]bool{}}
	get := func(template string, args ...string) map[string]any {
		t.Helper()
		return c.call("GET", template, args, nil, 200)
	}
	const week = "learning-week"

	get("/city")
	settings := get("/city/settings")
	c.call("PUT", "/city/settings", nil, settings, 200)
	get("/events")
	get("/events/{event}", week)
	c.call("GET", "/events/{event}", []string{"nothing"}, nil, 404)

	made := c.call("POST", "/events", nil, map[string]any{"slug": "tryout", "kind": "conference", "title": map[string]string{"en": "Tryout"}, "zone": "Europe/Berlin", "start": "2027-05-01", "end": "2027-05-02", "locales": []string{"en"}}, 201, "Idempotency-Key", "k1")
	again := c.call("POST", "/events", nil, map[string]any{"slug": "tryout", "kind": "conference", "title": map[string]string{"en": "Tryout"}, "zone": "Europe/Berlin", "start": "2027-05-01", "end": "2027-05-02", "locales": []string{"en"}}, 201, "Idempotency-Key", "k1")
	if made["id"] != again["id"] {
		t.Error("the same key made two events")
	}
	c.call("POST", "/events", nil, map[string]any{"slug": "other", "kind": "conference", "zone": "Europe/Berlin"}, 422, "Idempotency-Key", "k1")
	c.call("POST", "/events", nil, map[string]any{"slug": "console", "kind": "conference", "zone": "Mars/Phobos", "start": "2027-05-03", "end": "2027-05-02", "locales": []string{"en"}}, 422)
	c.call("PUT", "/events/{event}", []string{"tryout"}, made, 200)
	c.call("PUT", "/events/{event}/alert", []string{"tryout"}, map[string]any{"text": map[string]string{"en": "Come early"}}, 204)

	venue := c.call("POST", "/events/{event}/draft/venues", []string{"tryout"}, map[string]any{"name": map[string]string{"en": "Hall"}}, 201)
	space := c.call("POST", "/events/{event}/draft/spaces", []string{"tryout"}, map[string]any{"name": map[string]string{"en": "Room"}, "venue": venue["id"], "capacity": 20}, 201)
	host := c.call("POST", "/events/{event}/draft/hosts", []string{"tryout"}, map[string]any{"name": "Ada", "person": true}, 201)
	session := c.call("POST", "/events/{event}/draft/sessions", []string{"tryout"}, map[string]any{"title": map[string]string{"en": "Knots"}, "hosts": []any{host["id"]}}, 201)
	slot := c.call("POST", "/events/{event}/draft/slots", []string{"tryout"}, map[string]any{"session": session["id"], "space": space["id"], "start": "2027-05-01T08:00:00Z", "end": "2027-05-01T09:00:00Z", "seating": "bookable", "seats": 3}, 201)
	booth := c.call("POST", "/events/{event}/draft/booths", []string{"tryout"}, map[string]any{"code": "A1", "space": space["id"], "hosts": []any{host["id"]}}, 201)
	for kind, record := range map[string]map[string]any{"venue": venue, "space": space, "host": host, "session": session, "slot": slot, "booth": booth} {
		own := festival.Own(record["id"].(string))
		get("/events/{event}/draft/"+kind+"s", "tryout", "limit=1")
		get("/events/{event}/draft/"+kind+"s/{id}", "tryout", own)
		c.call("PUT", "/events/{event}/draft/"+kind+"s/{id}", []string{"tryout", own}, record, 200)
		c.call("GET", "/events/{event}/draft/"+kind+"s/{id}", []string{week, own}, nil, 404) // of another event
		copied := c.call("POST", "/events/{event}/draft/"+kind+"s/{id}/copies", []string{"tryout", own}, nil, 201)
		copyOwn := festival.Own(copied["id"].(string))
		c.call("DELETE", "/events/{event}/draft/"+kind+"s/{id}", []string{"tryout", copyOwn}, nil, 204)
		c.call("POST", "/events/{event}/draft/"+kind+"s/{id}/restore", []string{"tryout", copyOwn}, nil, 200)
		c.call("DELETE", "/events/{event}/draft/"+kind+"s/{id}", []string{"tryout", copyOwn}, nil, 204)
	}
	get("/events/{event}/review", "tryout")
	published := c.call("POST", "/events/{event}/releases", []string{"tryout"}, map[string]any{}, 201)
	if again := c.call("POST", "/events/{event}/releases", []string{"tryout"}, map[string]any{}, 200, "Idempotency-Key", "publish-again"); again["id"] != published["id"] {
		t.Errorf("published unchanged: %v, then %v", published, again)
	}
	c.call("POST", "/events/{event}/releases", []string{"tryout"}, map[string]any{}, 200, "Idempotency-Key", "publish-again")
	get("/events/{event}/releases", "tryout")
	get("/events/{event}/programme", "tryout", "q=knots")
	get("/events/{event}/programme", week, "limit=7", "access=step_free", "places=yes")
	c.call("GET", "/events/{event}/programme", []string{week, "part=midnight"}, nil, 422)
	get("/events/{event}/sessions/{code}", week, "BIND")

	own := festival.Own(slot["id"].(string))
	book := func(seats int, status int, headers ...string) map[string]any {
		return c.call("POST", "/events/{event}/slots/{slot}/bookings", []string{"tryout", own}, map[string]any{"name": "Ada", "seats": seats}, status, headers...)
	}
	first := book(2, 201, "Idempotency-Key", "b1")
	if repeat := book(2, 201, "Idempotency-Key", "b1"); repeat["id"] != first["id"] || repeat["replayed"] != true {
		t.Errorf("a repeat under its key: %v", repeat)
	}
	book(1, 422, "Idempotency-Key", "b1")
	if waiting := book(2, 201); waiting["state"] != "waiting" {
		t.Errorf("more than fit: %v", waiting)
	}
	book(0, 422)
	booking := first["id"].(string)
	shown := get("/events/{event}/bookings/{id}", "tryout", booking)
	if shown["pass_url"] == "" {
		t.Error("a booking without its pass")
	}
	get("/events/{event}/slots/{slot}/bookings", "tryout", own)
	get("/events/{event}/slots/{slot}/seats", "tryout", own)
	c.call("PUT", "/events/{event}/slots/{slot}/seats", []string{"tryout", own}, map[string]any{"seats": 1}, 409)
	c.call("PUT", "/events/{event}/slots/{slot}/seats", []string{"tryout", own}, map[string]any{"seats": 4}, 200)
	c.call("PATCH", "/events/{event}/bookings/{id}", []string{"tryout", booking}, map[string]any{"seats": 1}, 200)
	if renewed := c.call("POST", "/events/{event}/bookings/{id}/links", []string{"tryout", booking}, nil, 200); renewed["pass_url"] == shown["pass_url"] {
		t.Error("the pass keeps its address")
	}

	takePass := func(persons any, status int) map[string]any {
		return c.call("POST", "/events/{event}/passes", []string{"tryout"}, persons, status, "Idempotency-Key", "p1")
	}
	takePass(nil, 409) // only where the event is open to all
	opened := get("/events/{event}", "tryout")
	opened["open"] = true
	c.call("PUT", "/events/{event}", []string{"tryout"}, opened, 200)
	takePass(map[string]any{"persons": 41}, 422)
	if first, again := takePass(nil, 201), takePass(map[string]any{"persons": 1}, 201); first["code"] == "" || first["url"] != again["url"] {
		t.Errorf("a pass under its key: %v, then %v", first, again)
	}
	takePass(map[string]any{"persons": 4}, 422)

	gates := get("/events/{event}/gates", "tryout")
	gate := gates["items"].([]any)[0].(map[string]any)
	c.call("PUT", "/events/{event}/gates/{gate}", []string{"tryout", "main"}, gate, 200)
	c.call("POST", "/events/{event}/gates", []string{"tryout"}, map[string]any{"slug": "side", "name": map[string]string{"en": "Side"}, "scope": "event", "who": "pass", "reentry": "never"}, 201)
	clock.add(time.Date(2027, 5, 1, 7, 50, 0, 0, time.UTC).Sub(clock.now()))
	held, err := town.p.Registration.Booking(t.Context(), festival.RecordID(made["id"].(string), booking))
	if err != nil {
		t.Fatal(err)
	}
	event, err := town.p.Festival.Event(t.Context(), made["id"].(string))
	if err != nil {
		t.Fatal(err)
	}
	pass, err := town.p.PassFor(t.Context(), event, held.Booking.Party, "Ada")
	if err != nil {
		t.Fatal(err)
	}
	token, err := town.p.Ticketing.Token(t.Context(), event, pass)
	if err != nil {
		t.Fatal(err)
	}
	scan := func(nonce string, status int) map[string]any {
		return c.call("POST", "/events/{event}/gates/{gate}/scans", []string{"tryout", "main"}, map[string]any{"token": token, "nonce": nonce, "device": "d"}, status)
	}
	if v := scan("n1", 200); v["result"] != "ok" {
		t.Errorf("the first scan: %v", v)
	}
	if v := scan("n1", 200); v["replayed"] != true || v["result"] != "ok" {
		t.Errorf("the same scan again: %v", v)
	}
	if v := scan("n2", 200); v["reason"] != "already_redeemed" || v["first"] == nil {
		t.Errorf("the second scan: %v", v)
	}
	scan("", 422)
	get("/events/{event}/gates/{gate}/counts", "tryout", "main")
	get("/events/{event}/gates/{gate}/scans", "tryout", "main")
	get("/events/{event}/keys", "tryout")
	c.call("POST", "/events/{event}/keys", []string{"tryout"}, nil, 201)
	c.call("DELETE", "/events/{event}/keys/{key}", []string{"tryout", "1"}, nil, 204)
	if v := scan("n3", 200); v["reason"] != "revoked" {
		t.Errorf("a pass of a withdrawn key: %v", v)
	}
	gate["scope"], gate["slot"] = "slot", own
	c.call("PUT", "/events/{event}/gates/{gate}", []string{"tryout", "main"}, gate, 422) // scans were made at it
	c.call("DELETE", "/events/{event}/gates/{gate}", []string{"tryout", "side"}, nil, 204)
	removed := get("/events/{event}/removed-gates", "tryout")["items"].([]any)
	side := removed[0].(map[string]any)
	if len(removed) != 1 || side["slug"] != "side" {
		t.Errorf("removed are %v", removed)
	}
	restore := []string{"tryout", festival.Own(side["id"].(string))}
	c.call("POST", "/events/{event}/removed-gates/{id}/restore", restore, nil, 200)
	c.call("POST", "/events/{event}/removed-gates/{id}/restore", []string{"tryout", "nothing"}, nil, 404)
	c.call("DELETE", "/events/{event}/gates/{gate}", []string{"tryout", "side"}, nil, 204)
	c.call("DELETE", "/events/{event}/bookings/{id}", []string{"tryout", booking}, nil, 204)

	c.call("POST", "/events/{event}/copies", []string{"tryout"}, map[string]any{"slug": "tryout-2", "start": "2028-05-06"}, 201)
	next := c.call("GET", "/events/{event}", []string{"tryout-2"}, nil, 200)
	c.call("DELETE", "/events/{event}", []string{"tryout-2"}, nil, 204)
	c.call("POST", "/removed-events/{id}/restore", []string{festival.Own(next["id"].(string))}, nil, 200)
	get("/events/{event}", "tryout-2")
	c.call("POST", "/removed-events/{id}/restore", []string{"nothing"}, nil, 404)
	get("/jobs")
	get("/people")
	c.call("POST", "/people", nil, map[string]any{"mail": "vol@example.org", "role": "volunteer", "event": "tryout"}, 201)
	get("/tokens")
	c.call("POST", "/tokens", nil, map[string]any{"name": "door", "role": "volunteer", "event": "tryout"}, 201)
	get("/mails")

	stranger := caller{town.visitor(), c.d, map[string]bool{}}
	stranger.call("GET", "/events/{event}/review", []string{week}, nil, 401)
	stranger.call("GET", "/events/{event}/bookings/{id}", []string{"tryout", booking}, nil, 404)

	// What is left out here: what takes a file, and what needs a mail or a grant.
	left := []string{"/imports", "/mails/{id}", "/me", "DELETE /people", "DELETE /tokens"}
	for path, methods := range c.d.Paths {
		for method := range methods {
			key := strings.ToUpper(method) + " " + strings.TrimPrefix(path, "/api/v1")
			if !c.called[key] && !slices.ContainsFunc(left, func(l string) bool { return strings.Contains(key, l) }) {
				t.Errorf("%s was never called", key)
			}
		}
	}
}

// A party does by its key, without an account, what its page offers.
func TestAPI_aPartySeesToItsOwn(t *testing.T) {
	town, _ := newTown(t)
	c := caller{town.visitor(), describe(t, town.visitor()), map[string]bool{}}
	slot, session := town.bookable(0)
	receipt, err := town.p.Registration.Book(t.Context(), registration.Request{
		City: platform.DemoCity, Slot: slot.ID, Name: "Kim", Mail: "kim@example.org", Seats: 1, Lang: "en",
	})
	if err != nil {
		t.Fatal(err)
	}
	address, err := town.p.MineURL(t.Context(), receipt.Booking.Party, "kim@example.org", town.week)
	if err != nil {
		t.Fatal(err)
	}
	link, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	key := []string{"Feria-Party-Key", link.Query().Get("key")}
	mine := func() map[string]any { t.Helper(); return c.call("GET", "/me", nil, nil, 200, key...) }

	c.call("GET", "/me", nil, nil, 422)
	c.call("GET", "/me", nil, nil, 404, "Feria-Party-Key", "nonsense")
	if m := mine(); len(m["bookings"].([]any)) != 1 || m["mail_confirmed"] != false || m["calendar"] != nil {
		t.Errorf("at first: %v", m)
	}
	c.call("POST", "/me/confirm", nil, nil, 204, key...)
	kept := []string{"learning-week", session.Code}
	c.call("PUT", "/me/kept/{event}/{code}", kept, nil, 204, key...)
	c.call("PUT", "/me/kept/{event}/{code}", kept, nil, 204, key...)
	c.call("PUT", "/me/kept/{event}/{code}", []string{"learning-week", "NONE"}, nil, 404, key...)
	first := c.call("PUT", "/me/calendar", nil, nil, 200, key...)["url"].(string)
	if m := mine(); len(m["kept"].([]any)) != 1 || m["mail_confirmed"] != true || m["calendar"] != first {
		t.Errorf("afterwards: %v", m)
	}
	second := c.call("PUT", "/me/calendar", nil, nil, 200, key...)["url"].(string)
	calendar := func(address string) string { return strings.TrimPrefix(address, town.p.Config.URL) }
	c.get(calendar(first)).want(t, 404)
	c.get(calendar(second)).want(t, 200).has(t, "BEGIN:VCALENDAR")
	c.call("DELETE", "/me/kept/{event}/{code}", kept, nil, 204, key...)
	if m := mine(); len(m["kept"].([]any)) != 0 {
		t.Errorf("it is still kept: %v", m)
	}
}
