package server_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/people"
)

// Rows of reliability.md, "Bad inputs to try", that touch what exists.

func TestBadInput_quantities(t *testing.T) {
	town, _ := newTown(t)
	slot, session := town.bookable(2)
	for _, seats := range []string{"0", "-1", "1000000000", "1.5", "１", "", "two", "99999999999999999999"} {
		v := town.visitor()
		v.post("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {seats}, "name": {"N"}, "mail": {"n@example.org"}}).
			want(t, 422).has(t, `id="seats-error"`)
	}
	for _, mail := range []string{"a@x\r\nBcc: b@y", strings.Repeat("a", 320) + "@example.org", "nobody", "a@b@c"} {
		town.visitor().post("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"1"}, "name": {"N"}, "mail": {mail}}).
			want(t, 422).has(t, `id="mail-error"`)
	}
	for _, slotID := range []string{"", "nothing", "../" + festival.Own(slot.ID), "x/y"} {
		town.visitor().post("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {slotID}, "seats": {"1"}, "name": {"N"}, "mail": {"n@example.org"}}).
			want(t, 422).has(t, `id="slot-error"`)
	}
}

func TestBadInput_addresses(t *testing.T) {
	town, _ := newTown(t)
	v := town.visitor()
	plain := v.get("/nothing-here").want(t, 404)
	for _, path := range []string{"/%2561dmin/export.csv", "/..%2f..%2fetc%2fpasswd", "/%00", "/learning-week/sessions/%00", "/learning-week;a=b", "/learning-week/nothing", "/passes/AAAA", "/passes/AAAA.png", "/learning-week/sessions/NOPE", "/assets/..%2fmanifest.json"} {
		if got := v.get(path); got.StatusCode != 404 {
			t.Errorf("%s: status %d", path, got.StatusCode)
		} else if len(path) > 0 && strings.Contains(got.body, "goroutine") {
			t.Errorf("%s shows a stack", path)
		}
	}
	if !strings.Contains(plain.body, "<main") {
		t.Error("the page of what is absent is none of ours")
	}
}

func TestBadInput_crossSite(t *testing.T) {
	town, _ := newTown(t)
	slot, session := town.bookable(3)
	form := url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"1"}, "name": {"N"}, "mail": {"n@example.org"}}
	path := "/learning-week/sessions/" + session.Code + "/book"
	town.visitor().post(path, form, "Sec-Fetch-Site", "cross-site").want(t, 403)
	town.visitor().post(path, form, "Origin", "https://evil.example").want(t, 403)
	town.visitor().post(path, form, "Origin", town.base, "Sec-Fetch-Site", "same-origin").want(t, 200)
}

func TestBadInput_nextGoesNowhereElse(t *testing.T) {
	town, _ := newTown(t)
	for _, next := range []string{"//evil.example", `/\evil.example`, "javascript:alert(1)", "/%0d%0aSet-Cookie:x=1", "https://evil.example/"} {
		person, err := town.p.People.Grant(t.Context(), people.Grant{City: town.week.City, Role: people.Owner}, "next@test.example", "Next", "test")
		if err != nil {
			t.Fatal(err)
		}
		link, err := town.p.People.PrintedLink(t.Context(), person.ID)
		if err != nil {
			t.Fatal(err)
		}
		v := town.visitor()
		v.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		got := v.post("/sign-in/link", url.Values{"link": {link}, "next": {next}})
		if to := got.Header.Get("Location"); got.StatusCode != 303 || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, "evil") || strings.ContainsAny(to, "\r\n\\") {
			t.Errorf("next=%q: status %d to %q", next, got.StatusCode, to)
		}
	}
}

func TestBadInput_linksAreNotBurntByLooking(t *testing.T) {
	town, _ := newTown(t)
	person, err := town.p.People.Grant(t.Context(), people.Grant{City: town.week.City, Role: people.Owner}, "look@test.example", "Look", "test")
	if err != nil {
		t.Fatal(err)
	}
	link, err := town.p.People.PrintedLink(t.Context(), person.ID)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		town.visitor().get("/sign-in?link="+url.QueryEscape(link)).want(t, 200)
	}
	v := town.visitor()
	v.post("/sign-in/link", url.Values{"link": {link}}).want(t, 200)
	v.get("/console").want(t, 200)
	town.visitor().post("/sign-in/link", url.Values{"link": {link}}).want(t, 410)
	// After signing out the old cookie opens nothing.
	cookies := v.http.Jar.Cookies(mustURL(t, town.base))
	v.post("/sign-out", nil).want(t, 200)
	replay := town.visitor()
	replay.http.Jar.SetCookies(mustURL(t, town.base), cookies)
	if got := replay.get("/console"); got.Request.URL.Path != "/sign-in" {
		t.Errorf("the old cookie still opens %s", got.Request.URL.Path)
	}
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestBadInput_hostsDoNotPoisonLinks(t *testing.T) {
	town, _ := newTown(t)
	v := town.visitor()
	p := v.get("/learning-week/programme.ics", "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https").want(t, 200)
	p.lacks(t, "evil.example").has(t, town.base)
}

func TestBadInput_bodies(t *testing.T) {
	town, _ := newTown(t)
	v := town.program(people.Organizer, town.week.ID)
	for name, body := range map[string]string{
		"not JSON":          "{",
		"an operator":       `{"token":{"$ne":null},"nonce":"n"}`,
		"ten thousand deep": strings.Repeat(`{"a":`, 10000) + "1" + strings.Repeat("}", 10000),
		"an unknown member": `{"token":"x","nonce":"n","evil":1}`,
		"a null":            `null`,
		"an array":          `[]`,
	} {
		p := v.do("POST", "/api/v1/events/learning-week/gates/main/scans", "application/json", strings.NewReader(body), "Accept", "application/json")
		if p.StatusCode != 400 && p.StatusCode != 422 {
			t.Errorf("%s: status %d: %.200s", name, p.StatusCode, p.body)
		}
		if !strings.HasPrefix(p.Header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s: answered as %s", name, p.Header.Get("Content-Type"))
		}
	}
	slot, session := town.bookable(4)
	big := url.Values{"slot": {festival.Own(slot.ID)}, "name": {strings.Repeat("x", 2<<20)}}
	if p := town.visitor().post("/learning-week/sessions/"+session.Code+"/book", big); p.StatusCode != 413 {
		t.Errorf("2 MB of form: status %d", p.StatusCode)
	}
	// Bracketed names must not reach an index (CVE-2025-48075).
	town.visitor().post("/learning-week/sessions/"+session.Code+"/book", url.Values{"items[2147483647]": {"x"}, "items[-1]": {"x"}}).want(t, 422)
	town.visitor().get("/healthz").want(t, 200)
}

func TestBadInput_slowBodiesDoNotHoldUpOthers(t *testing.T) {
	town, _ := newTown(t)
	for range 50 {
		c, err := net.Dial("tcp", strings.TrimPrefix(town.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if _, err := io.Copy(c, bytes.NewBufferString("POST /me/confirm HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	town.visitor().http.Timeout = 5 * time.Second
	town.visitor().get("/learning-week").want(t, 200)
}
