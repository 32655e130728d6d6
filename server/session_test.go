package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"feria/people"
	"feria/platform"
)

// session is the value of the browser's session cookie.
func (v *visitor) session() string {
	v.t.Helper()
	at, err := url.Parse(v.base)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, c := range v.http.Jar.Cookies(at) {
		if c.Name == "session" {
			return c.Value
		}
	}
	return ""
}

// opens says whether a session cookie of the past still opens the console.
func (o *town) opens(session string) bool {
	o.t.Helper()
	p := o.still().get("/console", "Cookie", "session="+session)
	if p.StatusCode != http.StatusOK && !strings.HasPrefix(p.Header.Get("Location"), "/sign-in") {
		o.t.Fatalf("an old cookie is answered %d to %s", p.StatusCode, p.Header.Get("Location"))
	}
	return p.StatusCode == http.StatusOK
}

func TestSession_endsAtOnce(t *testing.T) {
	town, clock := newTown(t)
	v := town.still()
	grant := v.signIn(platform.DemoCity, town.week.ID, people.Organizer)
	first := v.session()
	if len(first) < 43 || !town.opens(first) {
		t.Fatalf("the session %q opens nothing", first)
	}

	// Signing in anew gives another cookie, and the one before is dead: a cookie
	// that was planted or stolen before does not become the new session.
	v.signIn(platform.DemoCity, town.week.ID, people.Organizer)
	second := v.session()
	if second == first || town.opens(first) || !town.opens(second) {
		t.Error("signing in anew keeps the session of before")
	}
	planted := town.still()
	at, err := url.Parse(town.base)
	if err != nil {
		t.Fatal(err)
	}
	planted.http.Jar.SetCookies(at, []*http.Cookie{{Name: "session", Value: "planted-by-somebody-else", Path: "/"}})
	planted.signIn(platform.DemoCity, "", people.Owner)
	if planted.session() == "planted-by-somebody-else" || town.opens("planted-by-somebody-else") {
		t.Error("a planted cookie became a session")
	}

	v.post("/sign-out", nil).want(t, 303)
	if v.session() != "" || town.opens(second) {
		t.Error("signing out leaves the session open")
	}
	v.post("/sign-out", nil).want(t, 303) // twice is no error

	// A role taken away, or given, ends every session of the person.
	v.signIn(platform.DemoCity, town.week.ID, people.Organizer)
	third := v.session()
	if err := town.p.People.Revoke(t.Context(), platform.DemoCity, grant); err != nil {
		t.Fatal(err)
	}
	if town.opens(third) {
		t.Error("a role was taken away, and its session still opens the console")
	}
	grant = v.signIn(platform.DemoCity, town.week.ID, people.Organizer)
	desk := town.desk(people.Owner, "")
	fourth := v.session()
	desk.try(t, 303, "/console/people/revoke", "grant", grant)
	if town.opens(fourth) {
		t.Error("the console took a role away, and its session still opens the console")
	}

	// Eight hours without a sign of life end a session of staff.
	v.signIn(platform.DemoCity, town.week.ID, people.Organizer)
	fifth := v.session()
	clock.add(7*time.Hour + 59*time.Minute)
	if !town.opens(fifth) {
		t.Error("the session ended too early")
	}
	clock.add(8*time.Hour + time.Minute)
	if town.opens(fifth) {
		t.Error("an idle session still opens the console")
	}
}

// A post with an old cookie is a page that says to sign in, not a write.
func TestSession_anOldCookieWritesNothing(t *testing.T) {
	town, _ := newTown(t)
	v := town.still()
	v.signIn(platform.DemoCity, "", people.Owner)
	old := v.session()
	v.post("/sign-out", nil).want(t, 303)
	before := town.settled(platform.DemoCity)
	for _, path := range []string{week + "/alert", week + "/remove", "/console/new", "/console/city", week + "/keys", week + "/release"} {
		town.still().post(path, url.Values{"text.en": {"Planted"}, "slug": {"planted"}}, "Cookie", "session="+old).want(t, 401)
	}
	for _, wrong := range differs(before, town.settled(platform.DemoCity)) {
		t.Errorf("written: %s", wrong)
	}
}
