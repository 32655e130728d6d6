package crash

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"feria/festival"
	"feria/platform"
	"feria/ticketing"
)

// exitWithin is how long a process may take that was told to stop
// (docs/operating.md), and the machine a little longer.
const (
	exitWithin = 15 * time.Second
	balancer   = 100 * time.Millisecond // how often a load balancer asks
)

// drained is one process under load that is told to stop.
type drained struct {
	*site
	p     *process
	ready atomic.Bool // as a load balancer knows it
	ended chan struct{}

	mu         sync.Mutex
	answered   int             // requests of those who ask the load balancer
	after      int             // answered requests that were begun when readiness had said no
	unanswered map[string]bool // mails and nonces of requests that failed
	wrong      []string
}

func (d *drained) fail(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wrong = append(d.wrong, fmt.Sprintf(format, args...))
}

// The process is told to stop under about 200 requests a second: first its
// readiness says no, and whoever listens to that has not one failed request;
// requests under way are finished; nothing is done without an answer.
func TestDrain(t *testing.T) {
	s := prepare(t, platform.Config{}, 40, 500, 997)
	d := &drained{site: s, p: s.start(t), ended: make(chan struct{}), unanswered: map[string]bool{}}
	d.ready.Store(true)
	var load sync.WaitGroup
	load.Go(func() { d.balance(t) })
	for n := range 20 { // 10 a second each
		load.Go(func() { d.behindBalancer(n) })
	}
	for n := range 4 { // they ask on, whatever readiness says
		load.Go(func() { d.stubborn(n) })
	}
	time.Sleep(time.Second)
	slow := []*slowRequest{d.begin(t, false), d.begin(t, true)}
	time.Sleep(500 * time.Millisecond)
	begun := time.Now()
	must(t, d.p.cmd.Process.Signal(syscall.SIGTERM))
	time.Sleep(2 * time.Second)
	for _, r := range slow {
		r.finish(t)
	}
	d.p.done = true
	err := d.p.cmd.Wait()
	took := time.Since(begun)
	close(d.ended)
	load.Wait()
	if err != nil {
		t.Errorf("told to stop, it ends with %v: %s", err, lastLine(d.p.log.String()))
	}
	if took > exitWithin {
		t.Errorf("told to stop, it ends after %s", took)
	}
	for _, wrong := range d.wrong {
		t.Error(wrong)
	}
	if d.ready.Load() {
		t.Error("readiness never said no")
	}
	if d.after == 0 {
		t.Error("no request was answered after readiness said no: it came too late to be heard")
	}
	d.nothingUntold(t)
	d.doctor(t)
	t.Logf("ended %s after it was told; %d requests answered before, %d after readiness said no; %d of those that did not listen were refused",
		took.Round(time.Millisecond), d.answered, d.after, len(d.unanswered))
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// balance is a load balancer: it sends requests as long as readiness says yes.
func (d *drained) balance(t *testing.T) {
	for {
		select {
		case <-d.ended:
			return
		case <-time.After(balancer):
		}
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, d.p.base+"/readyz", nil)
		if err != nil {
			d.fail("%v", err)
			return
		}
		got, err := send(client, req)
		switch {
		case err != nil && d.ready.Load():
			d.fail("readiness does not answer before it says no: %v", err)
			d.ready.Store(false)
		case err == nil && got.status == http.StatusServiceUnavailable && d.ready.Swap(false):
			t.Logf("readiness says %q", got.body)
		}
	}
}

// behindBalancer keeps its connection and has no failed request.
func (d *drained) behindBalancer(self int) {
	own := &http.Client{Timeout: client.Timeout, Transport: &http.Transport{}}
	for n := 0; d.ready.Load(); n++ {
		if err := d.ask(own, fmt.Sprintf("behind-%d-%d", self, n), n); err != nil {
			d.fail("a request sent while readiness said yes: %v", err)
		}
		d.mu.Lock()
		d.answered++
		d.mu.Unlock()
		time.Sleep(100 * time.Millisecond)
	}
}

// stubborn asks until the process is gone, with connections that it keeps or
// with a new one each time. Its requests may fail, but then nothing was done.
func (d *drained) stubborn(self int) {
	own := &http.Client{Timeout: client.Timeout, Transport: &http.Transport{DisableKeepAlives: self%2 == 0}}
	for n := 0; ; n++ {
		select {
		case <-d.ended:
			return
		case <-time.After(20 * time.Millisecond):
		}
		name, late := fmt.Sprintf("stubborn-%d-%d", self, n), !d.ready.Load()
		err := d.ask(own, name, 1+n%2)
		d.mu.Lock()
		switch {
		case err != nil:
			d.unanswered[name] = true
		case late:
			d.after++
		}
		d.mu.Unlock()
	}
}

// ask sends one request: a page, a booking or a scan. An error says that it was
// not answered; any answer but the right one is noted.
func (d *drained) ask(c *http.Client, name string, kind int) error {
	var got reply
	var err error
	want := http.StatusOK
	switch kind % 3 {
	case 0:
		req, reqErr := http.NewRequestWithContext(context.Background(), http.MethodGet, d.p.base+"/rush/programme", nil)
		if reqErr != nil {
			return reqErr
		}
		got, err = send(c, req)
	case 1:
		want = http.StatusCreated
		got, err = d.callWith(c, http.MethodPost, d.p.base, "/slots/"+d.slots[1].own+"/bookings", map[string]any{"name": "S", "seats": 1, "mail": name + "@example.org"}, "")
	case 2:
		got, err = d.callWith(c, http.MethodPost, d.p.base, "/gates/main/scans", map[string]any{"token": d.passes[len(name)%len(d.passes)], "nonce": name, "device": "drain"}, "")
	}
	if err == nil && got.status != want {
		d.fail("%s: %s: %s", name, got.code(), got.body)
	}
	return err
}

// Somebody who sends half a request and never the rest does not hold the process
// longer than it may take, nor is that an error of ours.
func TestDrainStuck(t *testing.T) {
	s := prepare(t, platform.Config{}, 1, 500)
	d := &drained{site: s, p: s.start(t)}
	if got, err := page(d.p.base, "/readyz"); err != nil || got.status != http.StatusOK { // there is a load balancer
		t.Fatal(got.body, err)
	}
	d.begin(t, false)
	took := d.p.stop(t)
	if took > exitWithin {
		t.Errorf("told to stop, it ends after %s", took)
	}
	t.Logf("ended %s after it was told: %s", took.Round(time.Millisecond), lastLine(d.p.log.String()))
}

// nothingUntold looks for what was done although its request was not answered.
func (d *drained) nothingUntold(t *testing.T) {
	t.Helper()
	p := d.open(t, platform.Options{NoJobs: true})
	defer func() { must(t, p.Close()) }()
	held, err := p.Registration.Booked(t.Context(), d.slots[1].id)
	must(t, err)
	for _, h := range held {
		if name, _, _ := strings.Cut(h.Booking.Mail, "@"); d.unanswered[name] {
			t.Errorf("booking %s was made and not answered", festival.Own(h.Booking.ID))
		}
	}
	for after, more := "", true; more; more = after != "" {
		var page []ticketing.Listed
		page, after, err = p.Ticketing.Scans(t.Context(), ticketing.ScanQuery{Event: d.event.ID, Limit: 500, After: after})
		must(t, err)
		for _, scan := range page {
			if d.unanswered[scan.Nonce] {
				t.Errorf("scan %s was decided and not answered", scan.Nonce)
			}
		}
	}
}

// slowRequest is a booking of which the second half comes late.
type slowRequest struct {
	conn net.Conn
	rest string
}

// begin sends the first half of a booking, on a new connection or on one that
// has served another request.
func (d *drained) begin(t *testing.T, used bool) *slowRequest {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(d.p.base, "http://"))
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	must(t, conn.SetDeadline(time.Now().Add(client.Timeout)))
	if used {
		_, err = io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
		must(t, err)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		must(t, err)
		_, err = io.Copy(io.Discard, res.Body)
		must(t, err)
		must(t, res.Body.Close())
	}
	body := `{"name": "Slow", "seats": 1}`
	_, err = fmt.Fprintf(conn, "POST /api/v1/events/rush/slots/%s/bookings HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		d.slots[0].own, d.token, len(body), body[:10])
	must(t, err)
	return &slowRequest{conn, body[10:]}
}

func (r *slowRequest) finish(t *testing.T) {
	t.Helper()
	if _, err := io.WriteString(r.conn, r.rest); err != nil {
		t.Errorf("a request under way is cut off: %v", err)
		return
	}
	res, err := http.ReadResponse(bufio.NewReader(r.conn), nil)
	if err != nil {
		t.Errorf("a request under way is not answered: %v", err)
		return
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		t.Errorf("a request under way is answered with %s", res.Status)
	}
	if !res.Close {
		t.Error("who keeps a connection is not told to close it")
	}
}
