package server_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"feria/festival"
	"feria/locale"
	"feria/people"
)

var fieldError = regexp.MustCompile(`<p[^>]*class="error"[^>]*>([^<]*)`)

// An id of somebody else in a body, a hidden field or a choice is refused as one
// that is not there, with the field's sentence, and nothing is written.
func TestTenancy_strangersIdsInFields(t *testing.T) {
	town, _ := newTown(t)
	hill := town.neighbour()
	draft, err := town.p.Festival.Draft(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	session, err := town.p.Festival.SaveSession(ctx, festival.Session{Base: festival.Base{Event: hill.ID}, Title: locale.Text{"en": "Own"}}, "test")
	if err != nil {
		t.Fatal(err)
	}
	browser, program := town.visitor(), town.visitor()
	browser.host, program.host = hillHost, hillHost
	browser.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	browser.signIn("hill", "", people.Owner)
	if program.token, err = town.p.People.NewToken(ctx, "hill", "", people.Owner, "test", "test"); err != nil {
		t.Fatal(err)
	}
	program.json("GET", "/city", nil, nil).want(t, 200)
	grants, err := town.p.People.Grants(ctx, town.week.City, "")
	if err != nil || len(grants) == 0 {
		t.Fatalf("%d grants, %v", len(grants), err)
	}
	tokens, err := town.p.People.Tokens(ctx, town.week.City, "")
	if err != nil {
		t.Fatal(err)
	}
	if len(tokens) == 0 {
		town.program(people.Volunteer, town.week.ID)
		if tokens, err = town.p.People.Tokens(ctx, town.week.City, ""); err != nil {
			t.Fatal(err)
		}
	}
	harbour, before := town.settled(town.week.City), town.settled("hill")

	d := desk{browser}
	setup := week + "/setup/"
	for _, form := range [][]string{
		{setup + "space/new", "venue", draft.Venues[0].ID, "name.en", "S"},
		{setup + "booth/new", "space", draft.Spaces[0].ID, "code", "A1"},
		{setup + "slot/new", "session", draft.Sessions[0].ID},
		{setup + "slot/new", "space", draft.Spaces[0].ID, "session", session.ID, "start_at", "2027-04-12T10:00", "end_at", "2027-04-12T11:00"},
		{setup + "slot/new", "booth", draft.Booths[0].ID, "session", session.ID, "start_at", "2027-04-12T10:00", "end_at", "2027-04-12T11:00"},
		{setup + "session/new", "hosts", draft.Hosts[0].ID, "title.en", "T"},
		{week + "/new-gate", "space", draft.Spaces[0].ID, "scope", "space", "gate_slug", "g", "name.en", "G"},
	} {
		sentence := func(id string) string {
			form[2] = id
			found := fieldError.FindAllStringSubmatch(d.try(t, 422, form[0], form[1:]...).body, -1)
			if len(found) != 1 {
				t.Errorf("%s with %s %s: complaints %q, want one", form[0], form[1], id, found)
				return ""
			}
			return found[0][1]
		}
		if foreign, missing := sentence(form[2]), sentence(festival.RecordID(hill.ID, "nothing")); foreign != missing {
			t.Errorf("%s: a foreign %s is told %q, a missing one %q", form[0], form[1], foreign, missing)
		}
	}
	for _, body := range []struct {
		path string
		body map[string]any
	}{
		{"draft/spaces", map[string]any{"name": map[string]string{"en": "S"}, "venue": draft.Venues[0].ID}},
		{"draft/slots", map[string]any{"session": draft.Sessions[0].ID}},
		{"draft/sessions", map[string]any{"title": map[string]string{"en": "S"}, "hosts": []string{draft.Hosts[0].ID}}},
		{"draft/booths", map[string]any{"code": "A1", "space": draft.Spaces[0].ID}},
		{"gates", map[string]any{"slug": "g", "name": map[string]string{"en": "G"}, "scope": "space", "who": "booked", "space": draft.Spaces[0].ID, "reentry": "never"}},
	} {
		program.json("POST", "/events/learning-week/"+body.path, body.body, nil).want(t, 422)
	}
	// A record names its event: what the body says of it does not count.
	d.try(t, 404, "/console/restore", "event", festival.Own(town.week.ID))
	d.try(t, 404, "/console/people/revoke", "grant", grants[0].ID)
	d.try(t, 404, "/console/people/tokens/revoke", "token", tokens[0].ID)
	program.json("DELETE", "/people?grant="+url.QueryEscape(grants[0].ID), nil, nil).want(t, 404)
	program.json("DELETE", "/tokens?token="+url.QueryEscape(tokens[0].ID), nil, nil).want(t, 404)
	d.try(t, 422, "/console/people", "mail", "x@example.org", "role", "organizer", "event", "neighbourhoods").has(t, `class="error"`)

	for city, was := range map[string]map[string]string{town.week.City: harbour, "hill": before} {
		for _, wrong := range differs(was, town.settled(city)) {
			t.Errorf("written: %s", wrong)
		}
	}
}

// An organizer does not learn from the answers which hidden events the city has.
func TestTenancy_hiddenEventsOfTheOwnCity(t *testing.T) {
	town, _ := newTown(t)
	_, err := town.p.Festival.CreateEvent(t.Context(), festival.Event{
		City: town.week.City, Slug: "surprise", Kind: festival.Festival, Title: locale.Text{"en": "Surprise"}, Start: "2027-06-12", End: "2027-06-13", Zone: "Europe/Berlin", Locales: []string{"en"}, Hidden: true,
	}, "test")
	if err != nil {
		t.Fatal(err)
	}
	d := town.desk(people.Organizer, town.week.ID)
	for _, path := range []string{"/console/people", "/console/people/tokens"} {
		hidden := d.post(path, url.Values{"mail": {"v@example.org"}, "name": {"V"}, "role": {"volunteer"}, "event": {"surprise"}})
		missing := d.post(path, url.Values{"mail": {"v@example.org"}, "name": {"V"}, "role": {"volunteer"}, "event": {"no-event"}})
		if a, b := hidden.same("surprise"), missing.same("no-event"); a != b {
			t.Errorf("%s: a hidden event is answered\n%.300s\na missing one\n%.300s", path, a, b)
		}
	}
	for _, v := range []*visitor{town.visitor(), d.visitor} {
		for _, at := range []string{"/%s", "/%s/programme", "/console/%s", "/door/%s/main", "/api/v1/events/%s", "/api/v1/events/%s/programme"} {
			hidden, missing := v.get(strings.Replace(at, "%s", "surprise", 1)), v.get(strings.Replace(at, "%s", "no-event", 1))
			if a, b := hidden.same("surprise"), missing.same("no-event"); a != b {
				t.Errorf("%s: a hidden event is answered\n%.300s\na missing one\n%.300s", at, a, b)
			}
		}
		v.get("/").want(t, 200).lacks(t, "Surprise")
		v.get("/api/v1/events").want(t, 200).lacks(t, "Surprise")
	}
	for _, slug := range []string{"learning-week", "surprise", "nothing"} {
		town.visitor().json("GET", "/events/"+slug+"/draft/venues", nil, nil).want(t, 401).has(t, "token_needed")
	}
}

// A session, a party and a token of one city are nothing in another.
func TestTenancy_cookiesAndTokensStayInTheirCity(t *testing.T) {
	town, _ := newTown(t)
	town.neighbour()
	v := town.visitor()
	v.host = harbourHost
	v.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	v.signIn(town.week.City, "", people.Owner)
	v.get("/console").want(t, 200)
	slot, session := town.bookable(0)
	v.book("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"1"}, "name": {"Planted"}, "mail": {"p@example.org"}}).want(t, 303)
	v.get("/me").want(t, 200).has(t, "Planted")

	v.host = hillHost // the same cookies, sent to another city
	stranger := town.visitor()
	stranger.host, stranger.http.CheckRedirect = hillHost, v.http.CheckRedirect
	for _, path := range []string{"/console", "/console/learning-week", "/console/people", "/door"} {
		if got := v.get(path).want(t, 303).Header.Get("Location"); !strings.HasPrefix(got, "/sign-in?next=") {
			t.Errorf("%s of another city leads to %s", path, got)
		}
	}
	if a, b := v.get("/me").same("/me"), stranger.get("/me").same("/me"); a != b {
		t.Errorf("the cookies show in another city\n%s\ninstead of\n%s", a, b)
	}
	program := town.program(people.Owner, "")
	program.host = hillHost
	made := stranger
	made.token = "feria_harbour.nothing"
	a := program.json("GET", "/people", nil, nil).want(t, 401)
	if b := made.json("GET", "/people", nil, nil).want(t, 401); a.same("/") != b.same("/") {
		t.Errorf("a token of another city is answered\n%s\none that is none\n%s", a.body, b.body)
	}
	town.visitor().get("/").want(t, 404) // a host that is no city's
}
