package server_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"feria/festival"
	"feria/people"
)

// Row 32, for every action of the API that takes a body: what is no JSON, or
// says two things at once, is refused with a code, and nothing is written.
func TestBadInput_json(t *testing.T) {
	town, _ := newTown(t)
	v := town.program(people.Owner, "")
	v.json("GET", "/city", nil, nil).want(t, 200)
	slot, _ := town.bookable(0)
	before := town.settled(town.week.City)
	const main = "/api/v1/events/learning-week"
	paths := map[string]string{
		main + "/gates/main/scans":                             `{"token":"x","nonce":"n"`,
		main + "/slots/" + festival.Own(slot.ID) + "/bookings": `{"name":"N","mail":"n@example.org","seats":1`,
		main + "/draft/venues":                                 `{"name":{"en":"V"}`,
		"/api/v1/people":                                       `{"mail":"n@example.org","role":"volunteer","event":"learning-week"`,
		"/api/v1/tokens":                                       `{"name":"N","role":"volunteer","event":"learning-week"`,
		"/api/v1/events":                                       `{"slug":"x","kind":"festival","title":{"en":"T"},"zone":"Europe/Berlin","start":"2027-05-01","end":"2027-05-01","locales":["en"]`,
	}
	for path, begun := range paths {
		first, _, _ := strings.Cut(strings.TrimPrefix(begun, `{"`), `"`)
		for name, row := range map[string]struct {
			body   string
			status int
		}{
			"nothing":              {"", 400},
			"a beginning":          {begun, 400},
			"not JSON":             {"name=N&seats=1", 400},
			"two documents":        {begun + `}{}`, 400},
			"a member twice":       {begun + `,"` + first + `":"again"}`, 400},
			"a member in capitals": {begun + `,"` + strings.ToUpper(first) + `":"again"}`, 422},
			"ten thousand deep":    {begun + `,"x":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + "}", 400},
			"half a character":     {begun + ",\"note\":\"\xff\xfe\"}", 400},
			"an operator":          {`{"` + first + `":{"$ne":null}}`, 422},
			"a null":               {`null`, 422},
			"an array":             {`[]`, 422},
			"an unknown member":    {begun + `,"evil":1}`, 422},
		} {
			p := v.do("POST", path, "application/json", strings.NewReader(row.body), "Accept", "application/json")
			if p.StatusCode != row.status || !strings.HasPrefix(p.Header.Get("Content-Type"), "application/problem+json") {
				t.Errorf("%s to %s: status %d as %s, want %d: %.300s", name, path, p.StatusCode, p.Header.Get("Content-Type"), row.status, p.body)
			}
			var problem struct{ Code, Detail string }
			if err := json.Unmarshal([]byte(p.body), &problem); err != nil || problem.Code == "" || problem.Detail == "" {
				t.Errorf("%s to %s: no code or no sentence: %.300s", name, path, p.body)
			}
		}
		v.do("POST", path, "text/xml", strings.NewReader(begun+"}"), "Accept", "application/json").want(t, 415)
	}
	for _, wrong := range differs(before, town.settled(town.week.City)) {
		t.Errorf("written: %s", wrong)
	}
}

// What no person types: it is refused at its field, or cleaned, and the page
// that says so is whole.
func TestBadInput_textInForms(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Owner, "")
	slot, session := town.bookable(0)
	draft, err := town.p.Festival.Draft(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	setup := week + "/setup/"
	venue := []string{"name.en", "Kept typing"}
	long := strings.Repeat("x", 20000)
	for _, row := range []struct {
		path, field string
		form        []string
	}{
		{setup + "venue/new", "lat", append(venue, "lat", "NaN", "lon", "1")},
		{setup + "venue/new", "lat", append(venue, "lat", "Inf", "lon", "1")},
		{setup + "venue/new", "lat", append(venue, "lat", "91", "lon", "1")},
		{setup + "venue/new", "lon", append(venue, "lat", "1", "lon", "1e309")},
		{setup + "venue/new", "url", append(venue, "url", "javascript:alert(1)")},
		{setup + "venue/new", "access", append(venue, "access", "nobodys")},
		{setup + "venue/new", "name.en", []string{"name.en", long, "address", "Kept typing"}},
		{setup + "venue/new", "slug", append(venue, "slug", "../x")},
		{setup + "host/new", "url", []string{"name", "Kept typing", "url", "javascript:alert(1)"}},
		{setup + "host/new", "url", []string{"name", "Kept typing", "url", " data:text/html,x"}},
		{setup + "host/new", "links", []string{"name", "Kept typing", "links", "https://good.example Good\njavascript:alert(1) Bad"}},
		{setup + "host/new", "name", []string{"name", long, "bio.en", "Kept typing"}},
		{setup + "space/new", "capacity", []string{"name.en", "Kept typing", "venue", draft.Venues[0].ID, "capacity", "-1"}},
		{setup + "space/new", "capacity", []string{"name.en", "Kept typing", "venue", draft.Venues[0].ID, "capacity", "99999999999999999999"}},
		{setup + "space/new", "closed", []string{"name.en", "Kept typing", "venue", draft.Venues[0].ID, "closed", "2027-04-12T10:00 2027-04-12T09:00"}},
		{setup + "session/new", "title.en", []string{"abstract.en", "Kept typing"}},
		{setup + "session/new", "title.en", []string{"title.en", long, "abstract.en", "Kept typing"}},
		{setup + "session/new", "age_min", []string{"title.en", "Kept typing", "age_min", "-3"}},
		{setup + "session/new", "age_max", []string{"title.en", "Kept typing", "age_min", "12", "age_max", "6"}},
		{setup + "session/new", "languages", []string{"title.en", "Kept typing", "languages", "en, not a language"}},
		{setup + "session/new", "code", []string{"title.en", "Kept typing", "code", "a/b"}},
		{setup + "booth/new", "days", []string{"code", "Kept typing", "space", draft.Spaces[0].ID, "days", "2027-02-30"}},
		{setup + "slot/new", "end_at", []string{"session", draft.Sessions[0].ID, "start_at", "2027-04-12T10:00", "end_at", "2027-04-12T09:00"}},
		{setup + "slot/new", "start_at", []string{"session", draft.Sessions[0].ID, "start_at", "2027-03-28T02:30", "end_at", "2027-03-28T04:00"}}, // row 36
		{setup + "slot/new", "start_at", []string{"session", draft.Sessions[0].ID, "start_at", "2027-04-12T10:00rubbish", "end_at", "2027-04-12T11:00"}},
		{setup + "slot/new", "seats_offered", []string{"session", draft.Sessions[0].ID, "seating", "bookable", "seats_offered", "-4"}},
		{setup + "slot/new", "seating", []string{"session", draft.Sessions[0].ID, "seating", "nobodys"}},
		{setup + "slot/new", "state", []string{"session", draft.Sessions[0].ID, "state", "nobodys"}},
		{week + "/settings", "zone", append(fair("learning-week"), "zone", "Mars/Phobos")}, // row 36
		{week + "/settings", "locales", append(fair("learning-week"), "locales", "not a language")},
		{week + "/settings", "day_change", append(fair("learning-week"), "day_change", "25:00")},
		{week + "/settings", "kind", append(fair("learning-week"), "kind", "orgy")},
		{week + "/settings", "color", append(fair("learning-week"), "color", "red;}body{")},
		{"/console/city", "color", []string{"name.en", "Kept typing", "zone", "Europe/Berlin", "locales", "en", "color", "red;}body{"}},
	} {
		p := d.try(t, 422, row.path, row.form...)
		if p.StatusCode != 422 {
			continue
		}
		if !strings.Contains(p.body, `id="f-`+strings.ReplaceAll(row.field, ".", "-")+`-error"`) {
			t.Errorf("%s: nothing is said at %s: %q", row.path, row.field, fieldError.FindAllStringSubmatch(p.body, -1))
		}
		if strings.Contains(strings.Join(row.form, "\n"), "Kept typing") {
			p.has(t, "Kept typing")
		}
		p.lacks(t, ">error.", ">console.field")
	}
	for _, text := range []string{"\x00", "a\x00b", "\xff\xfe", "a\x01b", "  ", "\u202e", "a\r\nBcc: x@example.org"} {
		p := town.still().book("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"1"}, "name": {text}, "mail": {"odd@example.org"}})
		if p.StatusCode != 422 && p.StatusCode != 303 || !utf8.ValidString(p.body) {
			t.Errorf("the name %q: status %d", text, p.StatusCode)
		}
	}
	held, err := town.p.Registration.Booked(t.Context(), slot.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range held {
		if strings.ContainsAny(h.Booking.Name, "\x00\x01\r\n\u202e\uFFFD") || strings.TrimSpace(h.Booking.Name) == "" {
			t.Errorf("kept as a name: %q", h.Booking.Name)
		}
	}
}
