package server_test

import (
	"net/url"
	"regexp"
	"testing"
	"time"

	"feria/people"
)

// The main gate of the demo's week, with a volunteer at it when a slot begins.
const mainGate = "/door/learning-week/main"

// atDoor moves the time to shortly before the first bookable slot and gives its
// volunteer and the text of the pass of a guest who booked.
func atDoor(t *testing.T, name string, seats int) (*town, *visitor, string) {
	t.Helper()
	town, clock := newTown(t)
	slot, _ := town.bookable(0)
	token := town.guest(slot, name, seats)
	clock.add(slot.Start.Sub(clock.now()) - 10*time.Minute)
	return town, town.staff(people.Volunteer, town.week.ID), token
}

// scanned sends the form of the door once.
func scanned(token, nonce, direction string) url.Values {
	return url.Values{"token": {token}, "nonce": {nonce}, "direction": {direction}}
}

// The figure beside a verdict holds the scan, or is left out.
func TestDoor_countsTheScanItShows(t *testing.T) {
	_, door, token := atDoor(t, "Ada", 1)
	door.get(mainGate).want(t, 200).has(t, "0 inside")
	door.post(mainGate, scanned(token, "n1", "entry")).want(t, 200).has(t, "Welcome").lacks(t, "0 inside")
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if regexp.MustCompile(`\b1 inside`).MatchString(door.get(mainGate).want(t, 200).body) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("who came in is never counted")
		}
	}
}

// A way out looks like none in, and the page says that it stands on it.
func TestDoor_goingOutLooksDifferent(t *testing.T) {
	_, door, token := atDoor(t, "Ada", 1)
	door.get(mainGate).want(t, 200).lacks(t, "counts people out", "<title>Going out")
	door.post(mainGate, scanned(token, "n1", "exit")).want(t, 200).has(t, "verdict look", "Not inside", "scan once more").lacks(t, "verdict ok", "✓")
	door.post(mainGate, scanned(token, "n2", "entry")).want(t, 200).has(t, "verdict ok", "✓").lacks(t, "counts people out")
	out := door.post(mainGate, scanned(token, "n3", "exit")).want(t, 200)
	out.has(t, "Goodbye", "verdict out", `data-verdict="out"`, "→", "counts people out", "<title>Going out", `href="`+mainGate+`"`).lacks(t, "verdict ok", "✓")
}

// Phones are lent: whoever stands at a door sees who is signed in, can sign out,
// and finds the door again.
func TestDoor_saysWhoIsSignedIn(t *testing.T) {
	_, door, _ := atDoor(t, "Ada", 1)
	for _, path := range []string{"/door", mainGate} {
		door.get(path).want(t, 200).has(t, `action="/sign-out"`, "Sign out", "<bdi>volunteer")
	}
	door.get("/console").want(t, 403).has(t, "You are signed in as volunteer", `href="/door"`, `action="/sign-out"`).lacks(t, `href="/console"`)
	door.get("/sign-in").want(t, 200).has(t, "You are signed in as volunteer", `href="/door"`, `action="/sign-out"`).lacks(t, `name="mail"`)
	door.get("/sign-in?link=x").want(t, 200).has(t, `name="link"`)
	door.get("/learning-week").want(t, 200).lacks(t, `action="/sign-out"`)
	door.post("/sign-out", nil)
	door.get("/sign-in").want(t, 200).has(t, `name="mail"`).lacks(t, "You are signed in")
}

// What was refused stays typed, and a code says how many characters it lacks.
func TestDoor_keepsWhatWasRefused(t *testing.T) {
	_, door, _ := atDoor(t, "Ada", 1)
	short := door.post(mainGate, scanned("7kq2-m9x", "n1", "exit")).want(t, 422)
	short.has(t, "has 8 characters; this one has 7", `value="7kq2-m9x"`, `value="exit" checked`).lacks(t, "Not valid")
	form := scanned("7KQ2-M9XA", "n2", "entry")
	form.Set("count", "two")
	door.post(mainGate, form).want(t, 422).has(t, `value="7KQ2-M9XA"`, `value="two"`)
	door.post(mainGate, scanned("7KQ2-M9XA", "n3", "entry")).want(t, 200).has(t, "Not valid").lacks(t, `value="7KQ2-M9XA"`)
}

// Who comes days too early hears the event's first day, not its eve.
func TestDoor_namesTheFirstDay(t *testing.T) {
	town, clock := newTown(t)
	slot, _ := town.bookable(0)
	token := town.guest(slot, "Ada", 1)
	first, err := time.Parse(time.DateOnly, string(town.week.Start))
	if err != nil {
		t.Fatal(err)
	}
	clock.add(first.AddDate(0, 0, -5).Sub(clock.now()))
	door := town.staff(people.Volunteer, town.week.ID)
	door.post(mainGate, scanned(token, "n1", "entry")).want(t, 200).has(t, "Too early", "lets in from "+first.Format("2 January 2006"))
}
