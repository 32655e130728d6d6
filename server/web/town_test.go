package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/a-h/templ"

	"feria/festival"
	"feria/locale"
	"feria/people"
	"feria/platform"
)

// town is this package alone over a real listener: a few routes of its own, a
// city with one event, and a layout that shows what it was given.
type town struct {
	t     *testing.T
	s     *Server
	base  string
	event festival.Event
	log   *logged
	drawn *int // how many public pages were made, not taken from the cache
}

// logged keeps log lines; a Handler writes to it from several goroutines.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func text(format string, args ...any) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, templ.EscapeString(fmt.Sprintf(format, args...)))
		return err
	})
}

func newTown(t *testing.T, change func(*platform.Config), routes ...Route) *town {
	t.Helper()
	o := &town{t: t, log: &logged{}, drawn: new(int)}
	config := platform.Config{Addr: "127.0.0.1:0", Data: t.TempDir()}
	if change != nil {
		change(&config)
	}
	if err := config.Complete(); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2027, 4, 12, 9, 0, 0, 0, time.UTC)
	p, err := platform.Open(t.Context(), config, platform.Options{
		Version: "test", Now: func() time.Time { return now }, NoJobs: true, Log: slog.New(slog.NewJSONHandler(o.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	o.fill(p)
	assets, err := NewAssets(fstest.MapFS{
		"manifest.json":    {Data: []byte(`{"look.css":"look.AB12.css"}`)},
		"look.AB12.css":    {Data: []byte("body{color:red}")},
		"look.AB12.css.br": {Data: []byte("brotli")},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.s = New(p, assets)
	o.s.Layout = func(r *Request, chrome Chrome, body templ.Component) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			city, _ := r.T.Text(r.City.Name)
			_, err := fmt.Fprintf(w, "<html lang=%q>%s|flash=%s|here=%s|city=%s|event=%s %v %v|", r.T.Lang(),
				chrome.Title, chrome.Flash, templ.EscapeString(r.Here()), city, r.Event.ID, r.View != nil, r.Languages())
			if err != nil {
				return err
			}
			return body.Render(ctx, w)
		})
	}
	o.s.ErrorPage = func(_ *Request, f Failure) (Chrome, templ.Component) {
		return Chrome{Title: f.Sentence}, text("error %d: %s %s (%s)", f.Status, f.Sentence, f.Next, f.ID)
	}
	o.s.App.Get("/assets/:name", o.s.Assets.Serve)
	o.s.Mount(routes...)
	o.s.Mount(
		Route{Method: "GET", Path: "/own", May: people.Public, Handle: func(r *Request) error {
			return r.Page(200, Chrome{Title: "own"}, text("party=%s", r.Party))
		}},
		Route{Method: "GET", Path: "/secret", May: people.ConsoleView, Handle: func(r *Request) error {
			return r.Page(200, Chrome{Title: "secret"}, text("secret"))
		}},
		Route{Method: "POST", Path: "/typed", May: people.Public, Handle: func(r *Request) error {
			return r.Page(200, Chrome{Title: "typed"}, text("a=%s", r.Form("a")))
		}},
		Route{Method: "POST", Path: "/file", May: people.Public, Limit: 6 << 20, Handle: func(r *Request) error {
			return r.Page(200, Chrome{Title: "file"}, text("got"))
		}},
		Route{Method: "POST", Path: "/language", May: people.Public, Handle: ChooseLanguage},
		Route{Method: "GET", Path: "/staff/:event/board", May: people.ConsoleView, Handle: func(r *Request) error {
			return r.Page(200, Chrome{Title: "board"}, text("board"))
		}},
		Route{Method: "GET", Path: "/:event", May: people.Public, Handle: func(r *Request) error {
			q := url.Values{}
			if r.Query("q") != "" {
				q.Set("q", r.Query("q"))
			}
			return r.Public("page?"+q.Encode(), func() (Chrome, templ.Component, error) {
				*o.drawn++
				return Chrome{Title: r.Event.Slug}, text("%s", strings.Repeat("programme ", 100)), nil
			})
		}},
	)
	o.serve(p)
	return o
}

func (o *town) fill(p *platform.Platform) {
	o.t.Helper()
	_, err := p.Festival.CreateCity(o.t.Context(), festival.City{
		ID: "harbour", Name: locale.Text{"en": "Harbour"}, Zone: "Europe/Paris", Locales: []string{"en", "fr"}, Color: "#b3301a",
	}, "test")
	if err != nil {
		o.t.Fatal(err)
	}
	o.event, err = p.Festival.CreateEvent(o.t.Context(), festival.Event{
		City: "harbour", Slug: "sta", Kind: festival.Festival, Title: locale.Text{"en": "Week"}, Start: "2027-04-12", End: "2027-04-18",
	}, "test")
	if err != nil {
		o.t.Fatal(err)
	}
}

// saveEvent changes the event and lets this copy see it at once.
func (o *town) saveEvent(change func(*festival.Event)) {
	o.t.Helper()
	_, err := o.s.P.Festival.SaveEvent(o.t.Context(), o.event.ID, "test", func(e *festival.Event) error { change(e); return nil })
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := o.s.P.Views.Refresh(o.t.Context(), o.event.ID); err != nil {
		o.t.Fatal(err)
	}
}

func (o *town) serve(p *platform.Platform) {
	o.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		o.t.Fatal(err)
	}
	o.base = "http://" + listener.Addr().String()
	served := make(chan error, 1)
	go func() { served <- o.s.App.Listener(listener) }()
	o.t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections() // those dialled and never used would be waited for, 5 s
		if err := o.s.App.ShutdownWithTimeout(30 * time.Second); err != nil {
			o.t.Error(err)
		}
		if err := <-served; err != nil {
			o.t.Error(err)
		}
		if err := p.Store.Close(); err != nil {
			o.t.Error(err)
		}
	})
}

// browser keeps cookies and does not follow redirects.
func (o *town) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return &http.Client{
		Jar: jar, Timeout: 20 * time.Second, Transport: &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// answer is an answer that was read to its end.
type answer struct {
	*http.Response
	body string
}

// ask sends a request; headers are alternating names and values.
func (o *town) ask(b *http.Client, method, path, body string, headers ...string) answer {
	o.t.Helper()
	req, err := http.NewRequest(method, o.base+path, strings.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	res, err := b.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return answer{res, string(data)}
}

func (o *town) get(path string, headers ...string) answer {
	o.t.Helper()
	return o.ask(o.browser(), "GET", path, "", headers...)
}

func (o *town) post(path, body string, headers ...string) answer {
	o.t.Helper()
	return o.ask(o.browser(), "POST", path, body, headers...)
}

func (a answer) want(t *testing.T, status int, parts ...string) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s %s: status %d, want %d: %.400s", a.Request.Method, a.Request.URL, a.StatusCode, status, a.body)
	}
	for _, part := range parts {
		if !strings.Contains(a.body, part) {
			t.Fatalf("%s %s lacks %q: %.400s", a.Request.Method, a.Request.URL, part, a.body)
		}
	}
	return a
}
