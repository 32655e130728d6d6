package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"feria/people"
)

// Who only announces a large body is not given the room for it unless known here:
// the answer comes before the body does.
func TestBody_largeOnesAreOfKnownSenders(t *testing.T) {
	town, _ := newTown(t)
	program := town.program(people.Owner, "")
	announce := func(bytes int, path, header string) int {
		t.Helper()
		c, err := net.Dial("tcp", strings.TrimPrefix(town.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%sContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\nx", path, header, bytes)
		if err := c.SetReadDeadline(time.Now().Add(500 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			return 0 // it waits for the rest
		}
		defer answer.Body.Close()
		_, _ = io.Copy(io.Discard, answer.Body)
		return answer.StatusCode
	}
	for _, path := range []string{"/console/learning-week/import", "/api/v1/events/learning-week/imports", "/api/v1/events/nothing/imports"} {
		for name, header := range map[string]string{"nobody": "", "a made-up session": "Cookie: session=made-up\r\n", "a made-up token": "Authorization: Bearer feria_harbour.nothing\r\n"} {
			if got := announce(50_000_000, path, header); got != http.StatusUnauthorized {
				t.Errorf("%s, %s: %d, want 401 at once", path, name, got)
			}
		}
	}
	if got := announce(50_000_000, "/api/v1/events/learning-week/imports", "Authorization: Bearer "+program.token+"\r\n"); got != 0 {
		t.Errorf("a known program: %d before its file is there", got)
	}
	// Nor for a form of a megabyte: strangers' forms are short.
	for path, want := range map[string]int{
		"/learning-week/sessions/x/book": http.StatusRequestEntityTooLarge, "/me/bookings/x": http.StatusRequestEntityTooLarge, "/nothing": http.StatusRequestEntityTooLarge,
		"/console/city": http.StatusUnauthorized, "/api/v1/events/learning-week/gates/main/scans": http.StatusUnauthorized,
	} {
		if got := announce(900_000, path, ""); got != want {
			t.Errorf("a megabyte of nobody to %s: %d, want %d at once", path, got, want)
		}
	}
	if got := announce(900_000, "/api/v1/events/learning-week/gates/main/scans", "Authorization: Bearer "+program.token+"\r\n"); got != 0 {
		t.Errorf("a megabyte of a known program: %d before it is there", got)
	}
}

// A form that is too large says so, and how much fits for who sends it.
func TestBody_formsSayWhatFits(t *testing.T) {
	town, _ := newTown(t)
	_, session := town.bookable(0)
	path := "/learning-week/sessions/" + session.Code + "/book"
	v := town.visitor()
	v.post(path, url.Values{"name": {strings.Repeat("x", 60<<10)}}).want(t, http.StatusUnprocessableEntity)
	v.post(path, url.Values{"name": {strings.Repeat("x", 70<<10)}}).want(t, http.StatusRequestEntityTooLarge).has(t, "64 kB")
	d := town.desk(people.Owner, "")
	d.try(t, http.StatusUnprocessableEntity, week+"/setup/venue/new", "name.en", strings.Repeat("x", 300<<10))
	d.try(t, http.StatusRequestEntityTooLarge, week+"/setup/venue/new", "name.en", strings.Repeat("x", 1<<20)).has(t, "1 MB")
}
