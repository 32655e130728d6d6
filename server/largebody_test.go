package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
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
	announce := func(path, header string) int {
		t.Helper()
		c, err := net.Dial("tcp", strings.TrimPrefix(town.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%sContent-Type: application/octet-stream\r\nContent-Length: 50000000\r\n\r\nx", path, header)
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
			if got := announce(path, header); got != http.StatusUnauthorized {
				t.Errorf("%s, %s: %d, want 401 at once", path, name, got)
			}
		}
	}
	if got := announce("/api/v1/events/learning-week/imports", "Authorization: Bearer "+program.token+"\r\n"); got != 0 {
		t.Errorf("a known program: %d before its file is there", got)
	}
}
