package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"feria/festival"
	"feria/people"
)

// Rows of reliability.md, "Bad inputs to try", that touch what exists.

func TestBadInput_quantities(t *testing.T) {
	town, _ := newTown(t)
	slot, session := town.bookable(2)
	for _, seats := range []string{"0", "-1", "1000000000", "1.5", "１", "", "two", "99999999999999999999"} {
		v := town.visitor()
		v.book("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {seats}, "name": {"N"}, "mail": {"n@example.org"}}).
			want(t, 422).has(t, `id="seats-error"`)
	}
	for _, mail := range []string{"a@x\r\nBcc: b@y", strings.Repeat("a", 320) + "@example.org", "nobody", "a@b@c"} {
		town.visitor().book("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"1"}, "name": {"N"}, "mail": {mail}}).
			want(t, 422).has(t, `id="mail-error"`)
	}
	// Row 30: an address in another script is kept in the form that shows it is one.
	for typed, kept := range map[string]string{"ada@bücher.example": "ada@xn--bcher-kva.example", "ada@gооgle.example": "ada@xn--ggle-55da.example", "ADA@Example.ORG": "ada@example.org"} {
		v := town.still()
		v.book("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"1"}, "name": {"Ada\r\nBcc: eve@example.org"}, "mail": {typed}}).want(t, 303)
		for _, m := range town.mailsTo(kept, 1) {
			if strings.ContainsAny(m.To+m.ToName+m.Subject+m.From+m.FromName, "\r\n\x00") || m.ToName == "" {
				t.Errorf("a header of two lines: %q to %q, %q", m.ToName, m.To, m.Subject)
			}
		}
	}
	for _, slotID := range []string{"", "nothing", "../" + festival.Own(slot.ID), "x/y"} {
		town.visitor().book("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {slotID}, "seats": {"1"}, "name": {"N"}, "mail": {"n@example.org"}}).
			want(t, 422).has(t, `id="slot-error"`)
	}
}

// Row 40: whatever is written into an address, what is not there is answered as
// everything else that is not there.
func TestBadInput_addresses(t *testing.T) {
	town, _ := newTown(t)
	staff := town.staff(people.Owner, "")
	plain := func(v *visitor, path string) string {
		p := v.get(path)
		text := p.same(path)
		if i := strings.Index(text, `name="next" value="`); i >= 0 { // the page itself, for the choice of language
			text = text[:i] + text[i+strings.IndexByte(text[i:], '>'):]
		}
		return text
	}
	for _, v := range []*visitor{town.visitor(), staff} {
		missing := plain(v, "/nothing-here")
		if !strings.HasPrefix(missing, "404 ") || !strings.Contains(missing, "<main") {
			t.Fatalf("the page of what is absent is none of ours: %.300s", missing)
		}
		for _, path := range []string{
			"/%2561dmin/export.csv", "/..%2f..%2fetc%2fpasswd", "/..%2fconsole", "/%00", "/nothing%00", "/learning-week%00", "/learning-week;a=b", "/%ff", "/%E2%80%AE", "/%0d%0aX:1",
			"//console", "/passes/AAAA", "/passes/AAAA.png", "/passes/..%2fx", "/console.php", "/.env", "/.git/config",
		} {
			if got := plain(v, path); got != missing {
				t.Errorf("%s is answered %.200s", path, got)
			}
		}
		for _, below := range []string{"/learning-week/", "/learning-week/sessions/", "/learning-week/exhibitors/"} { // as the event's own pages
			missing := plain(v, below+"NOPE")
			for _, path := range []string{"%00", "..%2f..%2fconsole", "BIND;a=b", "BIND%00", "%2e%2e", strings.Repeat("A", 3000)} {
				if got := plain(v, below+path); got != missing || !strings.HasPrefix(got, "404 ") {
					t.Errorf("%s%.60s is answered %.200s", below, path, got)
				}
			}
		}
	}
	for _, path := range []string{"/assets/..%2fmanifest.json", "/assets/%00", "/assets/manifest.json%00"} {
		town.visitor().get(path).want(t, 404)
	}
	town.visitor().get("/learning-week?q=%00%ff&day=%27--&page=-1&page=1e9&lang.ui=%00").want(t, 200)
	town.visitor().get("/learning-week/programme?q=%00%ff&day=%27--&page=-1&age=9999999999999999999&access=%5B%5D&view=%3Cscript%3E").lacks(t, "<script>\"", "\x00", "goroutine").want(t, 200)
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
	if p := town.visitor().book("/learning-week/sessions/"+session.Code+"/book", big); p.StatusCode != 413 {
		t.Errorf("2 MB of form: status %d", p.StatusCode)
	}
	// Bracketed names must not reach an index (CVE-2025-48075).
	town.visitor().book("/learning-week/sessions/"+session.Code+"/book", url.Values{"items[2147483647]": {"x"}, "items[-1]": {"x"}}).want(t, 422)
	town.visitor().get("/healthz").want(t, 200)
}
