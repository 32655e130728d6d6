package server_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"feria/people"
	"feria/server"
)

// journal is a log that is read while others write into it.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) { j.mu.Lock(); defer j.mu.Unlock(); return j.text.Write(b) }
func (j *journal) String() string              { j.mu.Lock(); defer j.mu.Unlock(); return j.text.String() }

// The cause of what went wrong inside is found in the log by the id that the
// answer tells.
func TestAPI_failuresAreFoundInTheLog(t *testing.T) {
	log := new(journal)
	town, _ := newTown(t, func(s *server.Server) { s.P.Log = slog.New(slog.NewTextHandler(log, nil)) })
	v := town.program(people.Owner, "")
	if err := town.p.Store.Close(); err != nil {
		t.Fatal(err)
	}
	p := v.json("GET", "/events/learning-week/draft/venues", nil, nil)
	id := p.Header.Get("X-Request-Id")
	if p.StatusCode < 500 || id == "" {
		t.Fatalf("without a store: status %d of request %q: %s", p.StatusCode, id, p.body)
	}
	p.has(t, `"id":"`+id+`"`)
	if text := log.String(); !strings.Contains(text, "id="+id) || !strings.Contains(text, "route=/api/v1/events/:event/draft/venues") {
		t.Errorf("request %s is not in the log:\n%s", id, text)
	}
}
