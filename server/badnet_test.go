package server_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"feria/festival"
	"feria/people"
	"feria/server"
)

// Row 25: two hundred connections that send a byte now and then are closed at
// the read timeout, and meanwhile others are served as ever.
func TestBadInput_slowBodies(t *testing.T) {
	const limit = time.Second // 30 s in earnest
	town, _ := newTown(t, func(s *server.Server) { s.App.Server().ReadTimeout = limit })
	v := town.visitor()
	v.get("/learning-week").want(t, 200)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var slow sync.WaitGroup
	lived := make(chan time.Duration, 200)
	for i := range 200 {
		c, err := net.Dial("tcp", strings.TrimPrefix(town.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		head := "POST /me/confirm HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
		if i%2 == 0 {
			head = "GET / HTTP/1.1\r\nX-Slow: "
		}
		begun := time.Now()
		if _, err := io.WriteString(c, head); err != nil {
			t.Fatal(err)
		}
		slow.Go(func() { // until the server has enough of it
			buffer := make([]byte, 4096)
			for ctx.Err() == nil {
				part := "1\r\nx\r\n"
				if i%2 == 0 {
					part = "x"
				}
				_, err := io.WriteString(c, part)
				if err == nil {
					if err = c.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err == nil {
						_, err = c.Read(buffer)
					}
				}
				if wait, ok := err.(net.Error); err != nil && (!ok || !wait.Timeout()) {
					lived <- time.Since(begun)
					break
				}
			}
			_ = c.Close()
		})
	}
	var took []time.Duration
	for range 40 {
		begun := time.Now()
		v.get("/learning-week").want(t, 200)
		took = append(took, time.Since(begun))
		time.Sleep(10 * time.Millisecond)
	}
	slices.Sort(took)
	if p95 := took[len(took)*95/100]; p95 > 300*time.Millisecond {
		t.Errorf("others are served in %v at p95", p95)
	}
	timer := time.AfterFunc(15*limit, stop)
	slow.Wait()
	timer.Stop()
	if len(lived) != 200 {
		t.Errorf("%d of 200 slow connections were closed", len(lived))
	}
}

// raw sends bytes and reads the answer.
func (o *town) raw(request string) (*http.Response, string) {
	o.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(o.base, "http://"))
	if err != nil {
		o.t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		o.t.Fatal(err)
	}
	if _, err := io.WriteString(c, request); err != nil {
		o.t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return &http.Response{StatusCode: 0}, err.Error() // the connection was closed
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return res, string(body)
}

// Row 27: the host of the request line, of the header and of forwarding headers
// decides which city is meant and nothing else; every link is the configured one.
// What two readers of one request would read differently is refused.
func TestBadInput_requestLines(t *testing.T) {
	town, _ := newTown(t)
	for _, line := range []string{
		"GET http://evil.example/learning-week/programme.ics HTTP/1.1\r\nHost: good.example\r\n",
		"GET http://evil.example:99/learning-week/schedule.json HTTP/1.1\r\nHost: evil.example\r\n",
		"GET /learning-week/schedule.xml HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\n",
		"GET /learning-week HTTP/1.1\r\nHost: evil.example\"><script>\r\n",
		"GET /console HTTP/1.1\r\nHost: evil.example\r\n",
		"GET /learning-week/../../evil.example HTTP/1.1\r\nHost: x\r\n",
	} {
		res, body := town.raw(line + "Connection: close\r\n\r\n")
		if res.StatusCode >= 500 || res.StatusCode == 0 {
			t.Errorf("%q: status %d", line, res.StatusCode)
		}
		if strings.Contains(body, "//evil") || strings.Contains(body, "<script>\"") || strings.Contains(res.Header.Get("Location"), "evil.example:") || strings.HasPrefix(res.Header.Get("Location"), "http") || strings.HasPrefix(res.Header.Get("Location"), "//") {
			t.Errorf("%q: leads to evil: %s %.300s", line, res.Header.Get("Location"), body)
		}
	}
	for _, request := range []string{
		"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
		"POST /sign-out HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\nGET /console HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST /sign-out HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab",
		"POST /sign-out HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\nConnection: close\r\n\r\nab",
		"GET / HTTP/1.1\r\nHost: x\r\nX-A: b\x00c\r\nConnection: close\r\n\r\n",
		"BREW / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"GET /\x01 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"nonsense\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + strings.Repeat("a", 40<<10) + "\r\n\r\n",
	} {
		res, body := town.raw(request)
		if res.StatusCode >= 500 || strings.Contains(body, "goroutine") {
			t.Errorf("%.80q: status %d: %.300s", request, res.StatusCode, body)
		}
	}
	town.visitor().get("/healthz").want(t, 200)
}

// 5.2: fasthttp uses its buffers again. What a request brought must be what was
// kept, and what a page shows, while many others come and go.
func TestBadInput_buffersOfOthers(t *testing.T) {
	town, _ := newTown(t)
	slot, session := town.bookable(0)
	if err := town.p.Registration.SetSeats(t.Context(), slot.ID, 500, true); err != nil {
		t.Fatal(err)
	}
	path := "/learning-week/sessions/" + session.Code + "/book"
	desk := town.desk(people.Owner, "")
	program := town.program(people.Owner, "")
	const many = 120
	mark := func(i int) string { return fmt.Sprintf("n%03d%s", i, strings.Repeat(string(rune('a'+i%26)), 10+i%40)) }
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			m := mark(i)
			switch i % 4 {
			case 0:
				p := town.still().book(path, url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"1"}, "name": {m}, "mail": {m + "@example.org"}})
				if p.StatusCode != 303 {
					t.Errorf("%s: status %d", m, p.StatusCode)
				}
			case 1:
				p := town.visitor().post(path, url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"zero"}, "name": {m}, "mail": {m + "@example.org"}})
				if p.StatusCode != 422 || !strings.Contains(p.body, `value="`+m+`"`) || !strings.Contains(p.body, `value="`+m+`@example.org"`) {
					t.Errorf("%s: what was typed is not on the page (%d)", m, p.StatusCode)
				}
			case 2:
				p := program.json("POST", "/events/learning-week/slots/"+festival.Own(slot.ID)+"/bookings", map[string]any{"name": m, "mail": m + "@example.org", "seats": 1}, nil, "Idempotency-Key", m)
				if p.StatusCode != 201 || !strings.Contains(p.body, `"name":"`+m+`"`) {
					t.Errorf("%s: %.200s", m, p.body)
				}
			case 3:
				if p := desk.post(week+"/setup/host/new", url.Values{"name": {m}, "url": {"https://" + m + ".example/"}}); p.StatusCode != 303 {
					t.Errorf("%s: status %d", m, p.StatusCode)
				}
				if p := town.visitor().get("/learning-week/programme?q=" + m); !strings.Contains(p.body, `value="`+m+`"`) {
					t.Errorf("%s: the page of a search is another's", m)
				}
			}
		})
	}
	all.Wait()
	held, err := town.p.Registration.Booked(t.Context(), slot.ID)
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, h := range held {
		if kept++; h.Booking.Mail != h.Booking.Name+"@example.org" {
			t.Errorf("%q booked as %q", h.Booking.Name, h.Booking.Mail)
		}
	}
	draft, err := town.p.Festival.Draft(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range draft.Hosts {
		if strings.HasPrefix(h.URL, "https://n") && strings.HasSuffix(h.URL, ".example/") && h.URL == "https://"+h.Name+".example/" {
			kept++
		}
	}
	if kept != many*3/4 {
		t.Errorf("%d of %d writes were kept as they were sent", kept, many*3/4)
	}
}
