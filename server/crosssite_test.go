package server_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"feria/festival"
	"feria/people"
	"feria/platform"
)

var (
	anchors    = regexp.MustCompile(`<a [^>]*href="(/[^"#]*)`)
	posted     = regexp.MustCompile(`(?s)<form[^>]*method="post"[^>]*>.*?</form>`)
	formAction = regexp.MustCompile(`<form[^>]*action="([^"]*)"`)
	formInputs = regexp.MustCompile(`<(?:input|button|select|textarea)[^>]*name="([^"]+)"[^>]*>`)
	ids        = regexp.MustCompile(`[a-z0-9]{26}`)
	formValue  = regexp.MustCompile(`value="([^"]*)"`)
)

// form is a form that posts, as a page shows it.
type form struct {
	page, action string
	values       url.Values
}

// crawl opens every page that links lead to, and gives the forms on them. Of
// pages that differ in nothing but an id it opens a few.
func (v *visitor) crawl(from ...string) (pages []string, forms []form) {
	v.t.Helper()
	seen, alike := map[string]bool{}, map[string]int{}
	isID := regexp.MustCompile(`[a-z0-9]{26}|sessions/[^/.]+|exhibitors/[^/]+`)
	for queue := from; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		path, _, _ := strings.Cut(at, "?")
		shape := isID.ReplaceAllString(path, "ID")
		if seen[at] || alike[shape] >= 3 {
			continue
		}
		seen[at] = true
		alike[shape]++
		p := v.get(at)
		if p.StatusCode >= 500 {
			v.t.Errorf("%s: status %d", at, p.StatusCode)
		}
		pages = append(pages, at)
		if !strings.Contains(p.Header.Get("Content-Type"), "html") {
			continue
		}
		for _, m := range anchors.FindAllStringSubmatch(p.body, -1) {
			queue = append(queue, html.UnescapeString(m[1]))
		}
		for _, text := range posted.FindAllString(p.body, -1) {
			f := form{page: at, values: url.Values{}}
			if m := formAction.FindStringSubmatch(text); m != nil {
				f.action = html.UnescapeString(m[1])
			}
			for _, m := range formInputs.FindAllStringSubmatch(text, -1) {
				value := ""
				if found := formValue.FindStringSubmatch(m[0]); found != nil {
					value = html.UnescapeString(found[1])
				}
				f.values.Add(m[1], value)
			}
			forms = append(forms, f)
		}
	}
	return pages, forms
}

// A browser that is signed in opens every page there is: nothing is written by
// looking. Then another site sends each form it found on its behalf, and each
// row of the table that takes a post: all are refused, and nothing is written.
func TestCrossSite_everyFormIsRefusedAndLookingWritesNothing(t *testing.T) {
	town, _ := newTown(t)
	v := town.staff(people.Owner, "")
	slot, session := town.bookable(0)
	v.book("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"1"}, "name": {"Ada"}, "mail": {"ada@example.org"}}).want(t, 200)
	town.mailsTo("ada@example.org", 1)
	before := town.settled(platform.DemoCity)

	pages, forms := v.crawl("/", "/console", "/door", "/me", "/sign-in", "/imprint", week+"/setup/session", week+"/setup/booth", "/console/people", "/console/mail")
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		for _, r := range town.s.Routes() {
			if r.Method == http.MethodPost { // what posts do is not done by looking
				path := strings.ReplaceAll(fill(r.Path), ":kind", "venue")
				v.do(method, path+"?off=1&do=cancel&event="+festival.Own(town.week.ID), "", nil)
			}
		}
	}
	// The one exception: a pass is there from the first booking on, and is drawn up
	// when somebody first looks at it; looking again is the same pass.
	after := town.settled(platform.DemoCity)
	for id, body := range after {
		if _, there := before[id]; !there && (strings.HasPrefix(id, "passes ") || strings.HasPrefix(id, "pass_keys ")) {
			before[id] = body
		}
	}
	for _, wrong := range differs(before, after) {
		t.Errorf("looking wrote %s", wrong)
	}

	actions := map[string]bool{}
	for _, f := range forms {
		action := ids.ReplaceAllString(f.action, "ID")
		if actions[action] { // the choice of a language stands on every page
			continue
		}
		actions[action] = true
		for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
			if got := v.post(f.action, f.values, headers...); got.StatusCode != http.StatusForbidden {
				t.Errorf("the form %s of %s, sent by another site (%s): status %d", f.action, f.page, headers[0], got.StatusCode)
			}
		}
	}
	for _, r := range town.s.Routes() {
		if r.Method == http.MethodPost {
			for _, site := range []string{"cross-site", "same-site"} {
				v.post(fill(r.Path), nil, "Sec-Fetch-Site", site).want(t, http.StatusForbidden)
			}
		}
	}
	for _, wrong := range differs(before, town.settled(platform.DemoCity)) {
		t.Errorf("another site wrote %s", wrong)
	}
	if len(pages) < 60 || len(forms) < 60 || len(actions) < 20 {
		t.Errorf("the crawler saw %d pages, %d forms, %d actions only", len(pages), len(forms), len(actions))
	}
	// The same forms, sent by their own page, are let through to their handlers.
	let := 0
	for _, f := range slices.Backward(forms) {
		if f.action == week+"/alert" || strings.HasPrefix(f.action, "/language") {
			if v.post(f.action, f.values, "Sec-Fetch-Site", "same-origin").StatusCode == http.StatusOK {
				let++
			}
		}
	}
	if let == 0 {
		t.Error("no form came through from its own page")
	}
}
