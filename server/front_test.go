package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"feria/festival"
)

// What answers an address from memory must be what the whole way would answer:
// each case asks once, so that the answer is remembered, then changes something
// and asks until the change shows.
func TestPublicPages_rememberedAnswersAreTheTrueOnes(t *testing.T) {
	town, clock := newTown(t)
	const path = "/learning-week/programme"
	save := func(change func(e *festival.Event)) {
		t.Helper()
		if _, err := town.p.Festival.SaveEvent(t.Context(), town.week.ID, "test", func(e *festival.Event) error { change(e); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	until := func(what string, ok func(p page) bool) {
		t.Helper()
		v := town.still()
		for end := time.Now().Add(5 * time.Second); !ok(v.get(path)); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s does not show", what)
			}
		}
	}
	first := town.visitor().get(path).want(t, 200)
	for range 3 {
		again := town.visitor().get(path).want(t, 200)
		for _, name := range []string{"Etag", "Content-Type", "Vary", "Cache-Control", "Content-Security-Policy"} {
			if a, b := first.Header.Get(name), again.Header.Get(name); a != b || a == "" {
				t.Errorf("%s is %q, then %q", name, a, b)
			}
		}
		if first.body != again.body || first.Header.Get("X-Request-Id") == again.Header.Get("X-Request-Id") {
			t.Error("the second answer is another, or has the id of the first")
		}
	}
	french := town.visitor()
	french.lang = "fr"
	french.get(path).want(t, 200).has(t, `<html lang="fr"`)
	chosen := town.visitor() // chooses French, whatever the browser says
	chosen.post("/language", url.Values{"lang": {"fr"}, "next": {path}}).want(t, 200).has(t, `<html lang="fr"`)
	chosen.get(path).has(t, `<html lang="fr"`)
	town.visitor().get(path).has(t, `<html lang="en"`)
	town.visitor().get(path+"?q=notebook").want(t, 200).has(t, "Bind your own notebook").lacks(t, "Songs and signs")
	if p := town.visitor().do(http.MethodHead, path, "", nil); p.StatusCode != 200 || p.body != "" || p.ContentLength <= 0 {
		t.Errorf("HEAD: status %d, %d bytes, %q", p.StatusCode, p.ContentLength, p.body)
	}

	before := clock.now()
	clock.add(15 * 24 * time.Hour) // the week is over
	if after := town.visitor().get(path).want(t, 200); after.body == first.body {
		t.Error("the page of a week that is over is that of one to come")
	}
	clock.add(before.Sub(clock.now()))

	save(func(e *festival.Event) { e.Title = map[string]string{"en": "Week of Wonders", "fr": "Semaine"} })
	until("a title", func(p page) bool { return strings.Contains(p.body, "Week of Wonders") })
	save(func(e *festival.Event) { e.Slug = "wonders" })
	until("another word", func(p page) bool { return p.StatusCode == http.StatusPermanentRedirect })
	save(func(e *festival.Event) { e.Slug = "learning-week" })
	until("the old word", func(p page) bool { return p.StatusCode == 200 })
	save(func(e *festival.Event) { e.Hidden = true })
	until("that it is hidden", func(p page) bool { return p.StatusCode == 404 })
}
