package people

import (
	"encoding/json"
	"testing"
	"time"

	"feria/kernel"
	"feria/store"
)

func text[T any](found []T, err error) (string, error) {
	if err != nil {
		return "", err
	}
	data, err := json.Marshal(found)
	return string(data), err
}

// An old cookie, played back after what should have ended it (reliability.md
// 5.4, bad input 41).
func TestSession_ends(t *testing.T) {
	for _, row := range []struct {
		name string
		do   func(t *testing.T, w *world, p Person, cookie string)
		over bool
	}{
		{"nothing happened", func(*testing.T, *world, Person, string) {}, false},
		{"signing out", func(t *testing.T, w *world, p Person, cookie string) {
			if err := w.SignOut(t.Context(), "harbour", cookie); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"signing out everywhere", func(t *testing.T, w *world, p Person, _ string) {
			if err := w.SignOutEverywhere(t.Context(), p.ID); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"one more role", func(t *testing.T, w *world, p Person, _ string) {
			if _, err := w.Grant(t.Context(), Grant{City: "harbour", Event: "harbour/fair", Role: Organizer}, p.Mail, "", "test"); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"the same role again", func(t *testing.T, w *world, p Person, _ string) {
			if _, err := w.Grant(t.Context(), Grant{City: "harbour", Event: "harbour/week", Role: Volunteer}, p.Mail, "", "test"); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"a role taken away", func(t *testing.T, w *world, p Person, _ string) {
			if err := w.Revoke(t.Context(), "harbour", p.ID+":volunteer:harbour/week"); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"the person removed", func(t *testing.T, w *world, p Person, _ string) {
			if err := persons.In(w.store).Delete(t.Context(), p.ID); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"signing in anew, which replaces it", func(t *testing.T, w *world, p Person, cookie string) {
			link, err := w.PrintedLink(t.Context(), p.ID)
			if err != nil {
				t.Fatal(err)
			}
			in, err := w.Redeem(t.Context(), Redemption{City: "harbour", Link: link, Old: cookie})
			if err != nil || in.Cookie == cookie {
				t.Fatal(err)
			}
		}, true},
		{"seven hours and 59 minutes of silence", func(t *testing.T, w *world, _ Person, _ string) { w.pass(8*time.Hour - time.Minute) }, false},
		{"eight hours of silence", func(t *testing.T, w *world, _ Person, _ string) { w.pass(8 * time.Hour) }, true},
		{"fourteen days, never silent", func(t *testing.T, w *world, _ Person, cookie string) {
			for range 14*4 - 1 {
				w.pass(6 * time.Hour)
				if _, err := w.Session(t.Context(), "harbour", cookie); err != nil {
					t.Fatalf("ended early, at %s: %v", w.clock(), err)
				}
			}
			w.pass(6 * time.Hour)
		}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t)
			vera := w.volunteer(t)
			cookie := w.signIn(t, vera)
			row.do(t, w, vera, cookie)
			_, err := w.Session(t.Context(), "harbour", cookie)
			if row.over && kernel.CodeOf(err) != "session_over" || !row.over && err != nil {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSession_withoutRolesLastsTwelveHours(t *testing.T) {
	p, began := Person{}, time.Date(2027, 4, 12, 9, 0, 0, 0, time.UTC)
	s := session{At: began, Seen: began}
	for hours, want := range map[int]bool{8: true, 11: true, 12: false} {
		if got := s.alive(began.Add(time.Duration(hours)*time.Hour), p); got != want {
			t.Errorf("after %d hours: alive %v", hours, got)
		}
	}
}

func TestSession_ofAnotherCityIsNone(t *testing.T) {
	w := newWorld(t)
	cookie := w.signIn(t, w.volunteer(t))
	for _, row := range []struct{ city, cookie string }{{"inland", cookie}, {"harbour", ""}, {"harbour", cookie + "x"}, {"", cookie}} {
		if _, err := w.Session(t.Context(), row.city, row.cookie); kernel.CodeOf(err) != "session_over" {
			t.Errorf("%+v: %v", row, err)
		}
	}
	if err := w.SignOut(t.Context(), "inland", cookie); err != nil {
		t.Error(err)
	}
	if _, err := w.Session(t.Context(), "harbour", cookie); err != nil {
		t.Errorf("signed out from another city: %v", err)
	}
}

// Signs of life are written once a minute, not with each page.
func TestSession_isSeenOnceAMinute(t *testing.T) {
	w := newWorld(t)
	cookie := w.signIn(t, w.volunteer(t))
	began := w.clock()
	for _, row := range []struct {
		after time.Duration
		seen  time.Duration
	}{{30 * time.Second, 0}, {29 * time.Second, 0}, {time.Second, time.Minute}, {59 * time.Second, time.Minute}, {time.Hour, time.Hour + 119*time.Second}} {
		w.pass(row.after)
		if _, err := w.Session(t.Context(), "harbour", cookie); err != nil {
			t.Fatal(err)
		}
		all, err := sessions.In(w.store).Find(t.Context(), store.All())
		if err != nil || len(all) != 1 {
			t.Fatal(len(all), err)
		}
		if got := all[0].Seen.Sub(began); got != row.seen {
			t.Errorf("%s later: seen at %s, want %s", row.after, got, row.seen)
		}
	}
}
