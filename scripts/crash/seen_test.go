package crash

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// soon is when the other copy must show it, and atWorst what a busy machine may
// add before the test says that it does not.
const (
	soon    = time.Second
	atWorst = 2 * time.Second
)

// shows waits until a copy shows what another was just told.
func shows(t *testing.T, what string, within time.Duration, look func() bool) {
	t.Helper()
	begun := time.Now()
	for !look() {
		if time.Since(begun) > within+atWorst {
			t.Errorf("%s: the other copy does not show it", what)
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	took, late := time.Since(begun), ""
	if took > within {
		late = ", later than promised"
	}
	t.Logf("%s: shown by the other copy after %s%s", what, took.Round(time.Millisecond), late)
}

// seen changes something at one copy and looks at the public pages of the
// other, with what it had in its cache.
func (r *pair) seen(t *testing.T, at slot) {
	has := func(base, path string, texts ...string) func() bool {
		return func() bool {
			got, err := page(base, path)
			must(t, err)
			if got.status != http.StatusOK {
				t.Fatalf("%s: %d", path, got.status)
			}
			for _, text := range texts {
				if !strings.Contains(got.body, text) {
					return false
				}
			}
			return true
		}
	}
	done := func(want int) func(reply, error) reply {
		return func(got reply, err error) reply {
			t.Helper()
			must(t, err)
			if got.status != want {
				t.Fatalf("%s: %v", got.code(), got.json)
			}
			return got
		}
	}
	one, other := r.a.base, r.b.base
	for range 2 { // both ways
		session := "/rush/sessions/" + at.code
		for _, path := range []string{"/rush", "/rush/programme", session} {
			has(other, path)() // now it is in the cache
		}
		title := "Bees of " + one
		done(http.StatusOK)(r.call(http.MethodPut, one, "/draft/sessions/"+at.session, map[string]any{"code": at.code, "title": map[string]string{"en": title}}, ""))
		if has(other, session, title)() {
			t.Error("the draft is public")
		}
		done(http.StatusCreated)(r.call(http.MethodPost, one, "/releases", map[string]any{}, ""))
		shows(t, "a release", soon, has(other, session, title))
		shows(t, "a release, in the programme", soon, has(other, "/rush/programme", title))

		alert := "The bridge is closed, says " + one
		done(http.StatusNoContent)(r.call(http.MethodPut, one, "/alert", map[string]any{"text": map[string]string{"en": alert}}, ""))
		shows(t, "an alert", soon, has(other, "/rush/programme", alert))
		done(http.StatusNoContent)(r.call(http.MethodPut, one, "/alert", map[string]any{"text": map[string]string{}}, ""))
		shows(t, "that the alert is over", soon, func() bool { return !has(other, "/rush/programme", alert)() })

		if at.seats != 8 {
			t.Fatal("the words below are those of 8 seats")
		}
		var ids []string
		places := func(word string) func() bool {
			return has(other, session, `class="state `+map[string]string{"free places": "ok", "few places left": "few", "full: waiting list": "full"}[word]+`">`+word)
		}
		shows(t, "free places", soon, places("free places"))
		for _, step := range []struct {
			seats int
			word  string
		}{{4, "free places"}, {1, "few places left"}, {3, "full: waiting list"}} {
			got := done(http.StatusCreated)(r.book(one, at, step.seats, "", false, ""))
			ids = append(ids, got.text("id"))
			shows(t, step.word, soon, places(step.word))
		}
		done(http.StatusNoContent)(r.cancel(one, ids[2]))
		shows(t, "few places left again", soon, places("few places left"))
		for _, id := range ids[:2] {
			done(http.StatusNoContent)(r.cancel(one, id))
		}
		shows(t, "free places again", soon, places("free places"))
		one, other = other, one
	}
	r.seenAtTheDoor(t, one, other)
}

// seenAtTheDoor admits at one copy: at the other the pass is used at once, and
// its counts say so as soon as counts are made anew.
func (r *pair) seenAtTheDoor(t *testing.T, one, other string) {
	inside := func() int {
		got, err := r.call(http.MethodGet, other, "/gates/main/counts", nil, "")
		must(t, err)
		return got.number("in")
	}
	before := inside()
	token := r.passes[len(r.passes)-1]
	first, err := r.scan(one, token, "door-one", 0)
	must(t, err)
	r.l.scanned(first, token, "door-one")
	second, err := r.scan(other, token, "door-other", 0)
	must(t, err)
	r.l.scanned(second, token, "door-other")
	if first.text("result") != "ok" || first.number("passed") != passSeats || second.text("reason") != "already_redeemed" {
		t.Errorf("admitted at one copy: %v; then at the other: %v", first.json, second.json)
	}
	shows(t, "how many are inside", soon, func() bool { return inside() == before+passSeats })
}
