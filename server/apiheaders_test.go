package server_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"feria/kernel"
	"feria/people"
	"feria/platform"
	"feria/server"
	"feria/server/web"
)

// journal is a log that is read while others write into it.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}
func (j *journal) String() string { j.mu.Lock(); defer j.mu.Unlock(); return j.text.String() }

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

// What is somebody's own is kept by nobody on the way; what is public may be, but
// not for who sees more by a token.
func TestAPI_whoMayKeepAnswers(t *testing.T) {
	town, _ := newTown(t)
	owner, stranger := town.program(people.Owner, ""), town.visitor()
	for _, row := range []struct {
		by           *visitor
		method, path string
		status       int
		cache, vary  string
	}{
		{stranger, "GET", "/events/learning-week", 200, "", "Accept-Language, Authorization"},
		{stranger, "GET", "/events/learning-week/programme", 200, "", "Accept-Language, Authorization"},
		{owner, "GET", "/events/learning-week", 200, "no-store", ""},
		{owner, "GET", "/people", 200, "no-store", ""},
		{owner, "GET", "/mails", 200, "no-store", ""},
		{owner, "POST", "/events/learning-week/keys", 201, "no-store", ""},
		{stranger, "GET", "/me", 422, "no-store", ""},
		{stranger, "GET", "/people", 401, "no-store", ""},
		{stranger, "GET", "/events/learning-week/bookings/nothing", 404, "no-store", ""},
		{stranger, "POST", "/events/learning-week/passes", 409, "no-store", ""},
	} {
		p := row.by.json(row.method, row.path, nil, nil).want(t, row.status)
		if cache, vary := p.Header.Get("Cache-Control"), p.Header.Get("Vary"); cache != row.cache || vary != row.vary {
			t.Errorf("%s %s: Cache-Control %q, Vary %q, want %q, %q", row.method, row.path, cache, vary, row.cache, row.vary)
		}
	}
}

// Who comes while the first request of a key is at work is told how long to wait.
func TestAPI_aBusyKeySaysWhenToAskAgain(t *testing.T) {
	town, _ := newTown(t)
	claim := platform.Claim{City: town.week.City, Actor: "a", Operation: "create-event", Key: "k", Body: "b"}
	if _, err := town.p.ClaimOnce(t.Context(), claim); err != nil {
		t.Fatal(err)
	}
	_, err := town.p.ClaimOnce(t.Context(), claim)
	if kernel.CodeOf(err) != "idempotency_busy" || web.RetryAfter(err) != 1 {
		t.Errorf("the second: %v, to ask again in %d s", err, web.RetryAfter(err))
	}
	claim.Body = "another"
	if _, err = town.p.ClaimOnce(t.Context(), claim); kernel.CodeOf(err) != "idempotency_mismatch" || web.RetryAfter(err) != 0 {
		t.Errorf("another request: %v, to ask again in %d s", err, web.RetryAfter(err))
	}
}
