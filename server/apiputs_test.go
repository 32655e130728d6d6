package server_test

import (
	"testing"

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
