package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// process is a running feria.
type process struct {
	cmd  *exec.Cmd
	base string
	log  *bytes.Buffer // to be read when it has ended
	done bool
}

// start runs a copy of Feria on the site's store and waits until it serves.
// Further arguments follow those of every copy.
func (s *site) start(t *testing.T, more ...string) *process {
	t.Helper()
	binary, err := built()
	must(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	addr := listener.Addr().String()
	must(t, listener.Close())
	p := &process{base: "http://" + addr, log: &bytes.Buffer{}}
	p.cmd = exec.Command(binary, append([]string{"serve", "--addr", addr, "--data", s.config.Data, "--store", s.config.Store}, more...)...)
	p.cmd.Stdout, p.cmd.Stderr = io.Discard, p.log
	must(t, p.cmd.Start())
	t.Cleanup(func() {
		if !p.done {
			p.kill(t)
		}
	})
	for range 1200 {
		if res, err := client.Get(p.base + "/healthz"); err == nil {
			_ = res.Body.Close()
			return p
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatal("the process does not come up")
	return nil
}

// kill ends the process without a word.
func (p *process) kill(t *testing.T) {
	t.Helper()
	p.done = true
	must(t, p.cmd.Process.Kill())
	_ = p.cmd.Wait() // killed is what it says
}

// stop tells the process to stop and gives how long it took; it must end well.
func (p *process) stop(t *testing.T) time.Duration {
	t.Helper()
	p.done = true
	begun := time.Now()
	must(t, p.cmd.Process.Signal(syscall.SIGTERM))
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("told to stop, it ends with %v", err)
	}
	return time.Since(begun)
}

var client = &http.Client{Timeout: 40 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 128}}

// reply is an answer that was read to its end.
type reply struct {
	status int
	header http.Header
	closes bool   // the connection is not to be used again
	body   string // as it came
	json   map[string]any
}

func (r reply) text(member string) string { return fmt.Sprint(r.json[member]) }

func (r reply) number(member string) int {
	n, _ := r.json[member].(float64)
	return int(n)
}

func (r reply) code() string { return fmt.Sprint(r.status, " ", r.json["code"]) }

// call asks the API of the event; body nil for none. An error says that nobody
// knows whether it was done.
func (s *site) call(method, base, path string, body any, key string) (reply, error) {
	return s.callWith(client, method, base, path, body, key)
}

func (s *site) callWith(c *http.Client, method, base, path string, body any, key string) (reply, error) {
	var read io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return reply{}, err
		}
		read = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, base+"/api/v1/events/rush"+path, read)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	return send(c, req)
}

// send asks and reads; an answer of JSON is unpacked.
func send(c *http.Client, req *http.Request) (reply, error) {
	res, err := c.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{}, err
	}
	r := reply{status: res.StatusCode, header: res.Header, closes: res.Close, body: string(data)}
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		err = json.Unmarshal(data, &r.json)
	}
	return r, err
}

// page asks for a page as a browser without cookies does.
func page(base, path string) (reply, error) { return pageWith(client, base, path) }

func pageWith(c *http.Client, base, path string) (reply, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, base+path, nil)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Accept", "text/html")
	return send(c, req)
}

// submit posts a form as a browser without cookies does, and does not follow.
func submit(base, path string, form url.Values) (reply, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	direct := &http.Client{Timeout: client.Timeout, Transport: client.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return send(direct, req)
}

// book asks for seats at a slot, by the desk.
func (s *site) book(base string, at slot, seats int, mail string, wait bool, key string) (reply, error) {
	body := map[string]any{"name": "Somebody", "seats": seats, "no_wait": !wait}
	if mail != "" {
		body["mail"] = mail
	}
	return s.call(http.MethodPost, base, "/slots/"+at.own+"/bookings", body, key)
}

// cancel gives a booking back.
func (s *site) cancel(base, booking string) (reply, error) {
	return s.call(http.MethodDelete, base, "/bookings/"+booking, nil, "")
}

// scan reads a pass at the main gate.
func (s *site) scan(base, token, nonce string, count int) (reply, error) {
	return s.call(http.MethodPost, base, "/gates/main/scans", map[string]any{"token": token, "nonce": nonce, "device": "crash", "scanned_at": time.Now().UTC(), "count": count}, "")
}
