package server_test

import (
	"encoding/json"
	"strings"
	"testing"

	"feria/people"
)

// Whatever the API refuses it refuses in one form: a problem document with a
// stable code and a sentence of the catalogue in the reader's language.
func TestAPI_refusesInOneForm(t *testing.T) {
	town, _ := newTown(t)
	owner := town.program(people.Owner, "")
	const week = "/api/v1/events/learning-week"
	for _, c := range []struct {
		name, method, path, kind, body string
		status                         int
		code, sentence                 string
	}{
		{"an address that is none", "GET", "/api/v1/nothing", "", "", 404, "not_found", "Il n’y a rien"},
		{"a method that is none here", "PUT", "/api/v1/events", "application/json", "{}", 405, "method_unknown", "méthode"},
		{"a body that is no JSON", "POST", "/api/v1/events", "application/json", "{", 400, "unreadable", "illisible"},
		{"no body", "POST", "/api/v1/events", "application/json", "", 400, "unreadable", "illisible"},
		{"a body of another shape", "POST", "/api/v1/events", "application/json", "[]", 422, "input_refused", "décrit"},
		{"a body of another type", "POST", "/api/v1/events", "text/xml", "<a/>", 415, "media_type", "type"},
		{"a body that is too large", "POST", "/api/v1/events", "application/json", `{"slug":"` + strings.Repeat("a", 1<<20) + `"}`, 413, "body_too_large", "1 Mo"},
		{"a number out of its range", "GET", week + "/draft/sessions?limit=0", "", "", 422, "input_refused", "décrit"},
		{"a member of another type", "POST", week + "/slots/x/bookings", "application/json", `{"name":"N","seats":"two"}`, 422, "input_refused", "décrit"},
		{"a cursor of no record", "GET", week + "/draft/sessions?after=zzz", "", "", 422, "cursor_unknown", "curseur"},
		{"a cursor of no slot", "GET", week + "/programme?after=zzz", "", "", 422, "cursor_unknown", "curseur"},
		{"a cursor of no scan", "GET", week + "/gates/main/scans?after=zzz", "", "", 422, "cursor_unknown", "curseur"},
		{"a cursor of no mail", "GET", "/api/v1/mails?after=zzz", "", "", 422, "cursor_unknown", "curseur"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := owner.do(c.method, c.path, c.kind, strings.NewReader(c.body), "Accept-Language", "fr").want(t, c.status)
			if got := p.Header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("answered as %s", got)
			}
			var problem struct {
				Code, Detail, ID, Field string
				Status                  int
			}
			if err := json.Unmarshal([]byte(p.body), &problem); err != nil {
				t.Fatal(err)
			}
			if problem.Code != c.code || problem.Status != c.status || !strings.Contains(problem.Detail, c.sentence) {
				t.Errorf("answered %+v", problem)
			}
			if problem.ID == "" || problem.ID != p.Header.Get("X-Request-Id") {
				t.Errorf("of the request %q, and says %q", p.Header.Get("X-Request-Id"), problem.ID)
			}
			if strings.HasPrefix(problem.Field, "body") || strings.HasPrefix(problem.Field, "query") {
				t.Errorf("the member is called %q", problem.Field)
			}
			if c.status == 405 && p.Header.Get("Allow") != "GET, HEAD, POST" {
				t.Errorf("allowed is %q", p.Header.Get("Allow"))
			}
		})
	}
}
