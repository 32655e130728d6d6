package server_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Who asks for no slot is offered one with free places: the first of this session
// is full, and nobody should come to wait in line without having meant to.
func TestSession_suggestsFreePlaces(t *testing.T) {
	town, _ := newTown(t)
	page := town.visitor().get("/learning-week/sessions/BABY").want(t, 200)
	for end := time.Now().Add(5 * time.Second); !strings.Contains(page.body, "full: waiting list"); page = town.visitor().get("/learning-week/sessions/BABY") {
		if time.Now().After(end) {
			t.Fatal("the session's page does not say that one is full")
		}
		time.Sleep(50 * time.Millisecond)
	}
	radios := regexp.MustCompile(`<input type="radio" name="slot" id="[^"]+" value="([a-z0-9]+)"( checked)?`).FindAllStringSubmatch(page.body, -1)
	if len(radios) != 2 || radios[0][2] != "" || radios[1][2] == "" {
		t.Fatalf("chosen among full and free: %q", radios)
	}
	page = town.visitor().post("/learning-week/sessions/BABY/book", url.Values{"slot": {radios[0][1]}, "seats": {"1"}}).want(t, 422)
	page.has(t, `value="`+radios[0][1]+`" checked`) // but the one that was asked for stays
}
