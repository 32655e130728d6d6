package server_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"feria/locale"
	"feria/people"
)

// Who sends back what somebody else has changed since is told so, for an event
// and the city as for every record; without changed_at nobody asks.
func TestAPI_overwritesNobodysChange(t *testing.T) {
	town, clock := newTown(t)
	v := town.program(people.Owner, "")
	for _, path := range []string{"/events/learning-week", "/city/settings"} {
		var seen, mine, now map[string]any
		v.json("GET", path, nil, &seen).want(t, 200)
		v.json("GET", path, nil, &mine).want(t, 200)
		clock.add(1e9)
		seen["color"] = "#112233"
		v.json("PUT", path, seen, nil).want(t, 200)
		clock.add(1e9)
		v.json("PUT", path, seen, nil).want(t, 200) // an answer that was lost
		mine["color"] = "#445566"
		v.json("PUT", path, mine, nil).want(t, 409).has(t, `"code":"record_changed"`)
		if v.json("GET", path, nil, &now); now["color"] != "#112233" {
			t.Errorf("%s: the colour is %v after a refusal", path, now["color"])
		}
		delete(mine, "changed_at")
		v.json("PUT", path, mine, nil).want(t, 200)
	}
}

// Of those who publish the same draft at once, who made the release hears 201, and
// the others 200 with it, or that somebody else was first.
func TestAPI_oneReleaseIsCreatedOnce(t *testing.T) {
	town, _ := newTown(t)
	v := town.program(people.Owner, "")
	var event map[string]any
	v.json("GET", "/events/learning-week", nil, &event).want(t, 200)
	before := event["release"].(float64)
	created := atomic.Int32{}
	_, shown := town.bookable(0)
	for i := range 3 {
		session, err := town.p.Festival.Session(t.Context(), shown.ID)
		if err != nil {
			t.Fatal(err)
		}
		session.Title = locale.Text{"en": fmt.Sprint("Edition ", i)}
		if _, err := town.p.Festival.SaveSession(t.Context(), session, "test"); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				switch p := v.json("POST", "/events/learning-week/releases", map[string]any{}, nil); p.StatusCode {
				case 201:
					created.Add(1)
				case 200, 409:
				default:
					t.Errorf("status %d: %.300s", p.StatusCode, p.body)
				}
			})
		}
		all.Wait()
	}
	v.json("GET", "/events/learning-week", nil, &event).want(t, 200)
	if made := event["release"].(float64) - before; float64(created.Load()) != made || made == 0 {
		t.Errorf("%v releases were made, and %d heard so", made, created.Load())
	}
}
