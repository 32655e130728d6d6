package server_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/festival/feed/icslint"
)

// Who waits may come, and does when somebody lets go: calendars take that for
// news only under a higher SEQUENCE and a later LAST-MODIFIED.
func TestMyCalendar_fromWaitingToBooked(t *testing.T) {
	town, clock := newTown(t)
	slot, session := town.bookable(0)
	path := "/learning-week/sessions/" + session.Code + "/book"
	book := func(v *visitor, seats int, mail string) page {
		return v.book(path, url.Values{"slot": {festival.Own(slot.ID)}, "seats": {fmt.Sprint(seats)}, "name": {"Ada"}, "mail": {mail}, "wait": {festival.Own(slot.ID)}}).want(t, 200)
	}
	var first *visitor
	for left, n := slot.Seats, 0; left > 0; n++ {
		v := town.visitor()
		if first == nil {
			first = v
		}
		book(v, min(left, 4), fmt.Sprintf("n%d@example.org", n)).has(t, "booked")
		left -= min(left, 4)
	}
	late := town.visitor()
	for end := time.Now().Add(5 * time.Second); !strings.Contains(book(late, 2, "late@example.org").body, "waiting, number 1"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nobody waits")
		}
	}
	late.post("/me/calendar", nil).want(t, 200)
	address := calendarPath.FindStringSubmatch(late.get("/me").want(t, 200).body)[1]
	entry := func() map[string]string {
		t.Helper()
		body := late.get(address).want(t, 200).body
		for _, f := range icslint.Check([]byte(body)) {
			t.Errorf("linter: %v", f)
		}
		_, body, _ = strings.Cut(body, "BEGIN:VEVENT")
		said := map[string]string{}
		for _, m := range regexp.MustCompile(`(?m)^([A-Z-]+):(.*?)\r$`).FindAllStringSubmatch(body, -1) {
			said[m[1]] = m[2]
		}
		return said
	}
	before := entry()
	if before["STATUS"] != "TENTATIVE" || !strings.HasPrefix(before["DESCRIPTION"], "2 places") {
		t.Errorf("who waits has %v", before)
	}
	clock.add(time.Minute)
	first.post(bookingPath.FindString(first.get("/me").body), url.Values{"do": {"cancel"}}).want(t, 200)
	after := entry()
	for end := time.Now().Add(5 * time.Second); after["LAST-MODIFIED"] == before["LAST-MODIFIED"] && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		after = entry()
	}
	if after["STATUS"] != "CONFIRMED" || after["SEQUENCE"] <= before["SEQUENCE"] || after["LAST-MODIFIED"] <= before["LAST-MODIFIED"] || after["UID"] != before["UID"] {
		t.Errorf("moved up, from %v to %v", before, after)
	}
}
