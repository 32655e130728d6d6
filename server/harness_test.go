package server_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"feria/festival"
	"feria/platform"
	"feria/server"
	"feria/store/mongodb"
)

// town is a served Feria with the demo city, over a real listener.
type town struct {
	t    testing.TB
	p    *platform.Platform
	s    *server.Server
	base string
	week festival.Event
}

// clock is a time that tests can move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }
func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// storeFor gives a fresh store address: SQLite, or a fresh database where
// FERIA_TEST_MONGODB names a server.
func storeFor(t testing.TB) string {
	uri := os.Getenv("FERIA_TEST_MONGODB")
	if uri == "" {
		return "sqlite:" + filepath.Join(t.TempDir(), "feria.db")
	}
	// A test's whole name may be longer than a database's may (63 bytes).
	sum := sha256.Sum256([]byte(t.Name()))
	name := "feria_server_" + hex.EncodeToString(sum[:8])
	address, err := mongodb.WithDatabase(uri, name)
	if err != nil {
		t.Fatal(err)
	}
	drop := func() {
		d, err := mongodb.Open(context.Background(), address)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Drop(context.Background()); err != nil {
			t.Error(err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	drop()
	t.Cleanup(drop)
	return address
}

// open opens a platform on a store, at a Monday in April.
func open(t testing.TB, storeAddress string, c *clock) *platform.Platform {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	config := platform.Config{Addr: addr, Store: storeAddress, Data: t.TempDir()}
	if err := config.Complete(); err != nil {
		t.Fatal(err)
	}
	p, err := platform.Open(t.Context(), config, platform.Options{Version: "test", Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// serve serves a platform; change may alter the app before it begins.
func serve(t testing.TB, p *platform.Platform, change ...func(*server.Server)) *town {
	t.Helper()
	s, err := server.New(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(s)
	}
	listener, err := net.Listen("tcp", p.Config.Addr)
	for range 50 { // the port was free when it was drawn; somebody may pass through it
		if err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
		listener, err = net.Listen("tcp", p.Config.Addr)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.App.Listener(listener) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections() // those dialled and never used would be waited for, 5 s
		if err := s.App.ShutdownWithTimeout(30 * time.Second); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	o := &town{t: t, p: p, s: s, base: "http://" + listener.Addr().String()}
	o.visitor().get("/healthz") // shutting down what has not begun to serve hangs
	return o
}

// newTown serves the demo city. Its festival begins the Monday after.
func newTown(t testing.TB, change ...func(*server.Server)) (*town, *clock) {
	t.Helper()
	c := &clock{at: time.Date(2027, 4, 7, 9, 0, 0, 0, time.UTC)}
	p := open(t, storeFor(t), c)
	if _, err := p.Demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	town := serve(t, p, change...)
	var err error
	if town.week, err = p.Festival.EventBySlug(t.Context(), platform.DemoCity, "learning-week"); err != nil {
		t.Fatal(err)
	}
	return town, c
}

// visitor is a browser without JavaScript: it keeps cookies and follows.
type visitor struct {
	*town
	http  *http.Client
	token string
	lang  string
	host  string // asked for under this name; "" for that of the listener
}

func (o *town) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return &visitor{town: o, http: &http.Client{Jar: jar, Timeout: 20 * time.Second}, lang: "en"}
}

// page is an answer that was read to its end.
type page struct {
	*http.Response
	body string
}

func (v *visitor) do(method, path, contentType string, body io.Reader, headers ...string) page {
	v.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = v.base + path
	}
	req, err := http.NewRequestWithContext(context.Background(), method, path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Host = v.host
	req.Header.Set("Accept-Language", v.lang)
	req.Header.Set("Accept", "text/html")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if v.token != "" {
		req.Header.Set("Authorization", "Bearer "+v.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := v.http.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return page{res, string(data)}
}

func (v *visitor) get(path string, headers ...string) page {
	v.t.Helper()
	return v.do(http.MethodGet, path, "", nil, headers...)
}

func (v *visitor) post(path string, form url.Values, headers ...string) page {
	v.t.Helper()
	return v.do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), headers...)
}

func (v *visitor) json(method, path string, body any, into any, headers ...string) page {
	v.t.Helper()
	var b io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			v.t.Fatal(err)
		}
		b = bytes.NewReader(data)
	}
	p := v.do(method, "/api/v1"+path, "application/json", b, append([]string{"Accept", "application/json"}, headers...)...)
	if into != nil && p.StatusCode < 300 {
		if err := json.Unmarshal([]byte(p.body), into); err != nil {
			v.t.Fatalf("%s %s: %v in %.300s", method, path, err, p.body)
		}
	}
	return p
}

func (p page) want(t testing.TB, status int) page {
	t.Helper()
	if p.StatusCode != status {
		t.Fatalf("%s %s: status %d, want %d: %.600s", p.Request.Method, p.Request.URL.Path, p.StatusCode, status, p.body)
	}
	return p
}

func (p page) has(t testing.TB, texts ...string) page {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			t.Fatalf("%s %s lacks %q: %.1500s", p.Request.Method, p.Request.URL.Path, text, p.body)
		}
	}
	return p
}

func (p page) lacks(t testing.TB, texts ...string) page {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(p.body, text) {
			t.Fatalf("%s %s must not hold %q", p.Request.Method, p.Request.URL.Path, text)
		}
	}
	return p
}

// bookable gives a bookable slot of the week with nobody in it, and its session.
func (o *town) bookable(skip int) (festival.Frozen, festival.Session) {
	o.t.Helper()
	view, err := o.p.Views.Of(context.Background(), o.week.ID)
	if err != nil {
		o.t.Fatal(err)
	}
	rosters, err := o.p.Registration.Rosters(context.Background(), o.week.ID)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, slot := range view.Programme.Slots {
		if slot.Seating != festival.Bookable || !slot.Start.After(o.p.Now()) || len(rosters[slot.ID].Entries) > 0 {
			continue
		}
		if skip--; skip < 0 {
			session, _ := view.Programme.Session(slot.Session)
			return slot, session
		}
	}
	o.t.Fatal("no bookable slot is empty")
	return festival.Frozen{}, festival.Session{}
}
