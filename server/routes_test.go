package server_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"feria/people"
)

// open says whether everybody may call a route.
func openToAll(p people.Permission) bool { return (people.Actor{}).May(p, "") }

// machine routes stand beside the table: they answer without a city and tell
// nothing.
var machine = []string{"/healthz", "/readyz", "/metrics", "/assets/:name", "/robots.txt", "/favicon.ico", "/api/openapi.json"}

// Every route of the app has a row in a table, and every row is a route: what
// has none is private, for it is not there.
func TestRoutes_allStandInATable(t *testing.T) {
	town, _ := newTown(t)
	rows := map[string]people.Permission{}
	for _, r := range town.s.Routes() {
		rows[r.Method+" "+r.Path] = r.May
	}
	for _, r := range town.s.API.Operations() {
		rows[r.Method+" "+r.Path] = r.May
	}
	for _, path := range machine {
		rows["GET "+path] = people.Public
	}
	seen := 0
	for _, r := range town.s.App.GetRoutes(true) {
		if r.Method == http.MethodHead {
			continue
		}
		if _, ok := rows[r.Method+" "+r.Path]; !ok {
			t.Errorf("%s %s has no row in a table", r.Method, r.Path)
		}
		seen++
	}
	if seen < 60 {
		t.Errorf("only %d routes: the table was not mounted", seen)
	}
	for key, may := range rows {
		if may == "" {
			t.Errorf("%s names no permission", key)
		}
	}
}

var parameter = regexp.MustCompile(`:[a-z]+`)

// fill makes an address of a row's path: the demo's festival, and things that
// are not there.
func fill(path string) string {
	return parameter.ReplaceAllStringFunc(path, func(p string) string {
		if p == ":event" {
			return "learning-week"
		}
		return "nothing0"
	})
}

// Everybody walks the whole table: a stranger, a volunteer, an exhibitor and an
// organizer of another event. None gets in where the row says no, and a stranger
// to the event is told what he would be told of an event that is not there.
func TestRoutes_refuseWhoMayNot(t *testing.T) {
	town, _ := newTown(t)
	conference, err := town.p.Festival.EventBySlug(t.Context(), town.week.City, "neighbourhoods")
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []struct {
		name    string
		browser *visitor
		program *visitor
		actor   func(p people.Permission, event string) bool
		known   bool
	}{
		{name: "a stranger", browser: town.visitor(), program: town.visitor(), actor: (people.Actor{}).May},
		{name: "a volunteer", browser: town.staff(people.Volunteer, town.week.ID), program: town.program(people.Volunteer, town.week.ID), known: true,
			actor: actorOf(people.Volunteer, town.week.ID).May},
		{name: "an exhibitor", browser: town.staff(people.Exhibitor, town.week.ID), program: town.program(people.Exhibitor, town.week.ID), known: true,
			actor: actorOf(people.Exhibitor, town.week.ID).May},
		{name: "an organizer of another event", browser: town.staff(people.Organizer, conference.ID), program: town.program(people.Organizer, conference.ID),
			actor: actorOf(people.Organizer, conference.ID).May},
	} {
		check := func(v *visitor, method, path string, may people.Permission, isAPI bool) {
			event := ""
			if strings.Contains(path, "/:event") {
				event = town.week.ID
			}
			if openToAll(may) || who.actor(may, event) {
				return
			}
			v.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			got := v.do(method, fill(path), "application/x-www-form-urlencoded", strings.NewReader(url.Values{}.Encode()))
			switch got.StatusCode {
			case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
			case http.StatusSeeOther:
				if !strings.HasPrefix(got.Header.Get("Location"), "/sign-in") {
					t.Errorf("%s: %s %s leads to %s", who.name, method, path, got.Header.Get("Location"))
				}
			default:
				t.Errorf("%s: %s %s: status %d, want a refusal", who.name, method, path, got.StatusCode)
			}
			if event != "" && !who.known && who.name != "a stranger" && got.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s %s: status %d, want 404 as for an event that is not there", who.name, method, path, got.StatusCode)
			}
		}
		for _, r := range town.s.Routes() {
			check(who.browser, r.Method, r.Path, r.May, false)
		}
		for _, r := range town.s.API.Operations() {
			check(who.program, r.Method, r.Path, r.May, true)
		}
	}
}

func actorOf(role people.Role, event string) people.Actor {
	return people.Actor{ID: "person:x", City: "harbour", Roles: []people.Held{{Role: role, Event: event}}}
}

// An owner opens every page that can be got without knowing an id.
func TestRoutes_openToAnOwner(t *testing.T) {
	town, _ := newTown(t)
	owner := town.staff(people.Owner, "")
	opened := 0
	for _, r := range town.s.Routes() {
		if r.Method != http.MethodGet || strings.Contains(strings.ReplaceAll(strings.ReplaceAll(r.Path, ":event", ""), ":kind", ""), ":") {
			continue
		}
		paths := []string{r.Path}
		if strings.Contains(r.Path, ":kind") {
			paths = nil
			for _, kind := range []string{"venue", "space", "host", "session", "slot", "booth"} {
				paths = append(paths, strings.ReplaceAll(r.Path, ":kind", kind))
			}
		}
		for _, path := range paths {
			if path == "/me/agenda.ics" || path == "/api/docs" || path == "/:event/pass" {
				continue // needs its key; names permissions; this event is not open to all
			}
			for _, lang := range []string{"en", "fr"} {
				owner.lang = lang
				p := owner.get(fill(path)).want(t, http.StatusOK)
				opened++
				if strings.Contains(p.Header.Get("Content-Type"), "html") {
					for _, bad := range []string{">console.", ">site.", ">web.", ">door.", ">error."} {
						if i := strings.Index(p.body, bad); i >= 0 {
							t.Errorf("%s in %s shows %q", path, lang, p.body[i:min(i+60, len(p.body))])
						}
					}
				}
			}
		}
	}
	if opened < 30 {
		t.Errorf("only %d pages were opened", opened)
	}
}
