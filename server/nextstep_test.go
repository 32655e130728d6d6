package server_test

import (
	"testing"

	"feria/people"
)

// Who is refused reads what to do about it, also where the sentence belongs to a
// field (DESIGN.md 6).
func TestRefusals_sayTheNextStepOfAField(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Owner, "")
	at := d.upload(week+"/import", "page.xml", "<!doctype html>\n<html><body>Sign in first</body></html>\n").want(t, 303).Header.Get("Location")
	d.get(at).want(t, 422).has(t, "which is no programme that is known here", "Send schedule.xml, schedule.json, iCalendar (.ics) or CSV.")

	town.program(people.Owner, "").json("POST", "/events", map[string]any{"slug": "console", "kind": "conference", "zone": "Mars/Phobos",
		"start": "2027-05-03", "end": "2027-05-02", "locales": []string{"en"}}, nil).want(t, 422).
		has(t, `"field":"slug"`, `"next":"Choose another word, for example one with the year."`)
}
