// Package browser runs the whole way in a real browser: see walk.mjs. It needs
// Chromium, Node and zbarimg, which scripts/test brings; without FERIA_BROWSER it
// does nothing.
package browser

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"feria/festival"
	"feria/locale"
	"feria/people"
	"feria/platform"
	"feria/server"
)

// programme is what the walk imports: FOSDEM's where the samples are, else a
// small one of our own.
type programme struct {
	file, zone, title, search string
	start, end                festival.Date
	now                       time.Time
}

func chosen(t *testing.T) programme {
	if dir := os.Getenv("FERIA_SAMPLES"); dir != "" {
		return programme{
			file: filepath.Join(dir, "fosdem-2026.schedule.xml"), zone: "Europe/Brussels", start: "2026-01-31", end: "2026-02-01",
			title: "Welcome to FOSDEM 2026", search: "welcome fosdem", now: time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC),
		}
	}
	t.Log("FERIA_SAMPLES is not set: a small programme of our own is walked through")
	file, err := filepath.Abs("testdata/small.xml")
	if err != nil {
		t.Fatal(err)
	}
	return programme{
		file: file, zone: "Europe/Dublin", start: "2027-04-12", end: "2027-04-12",
		title: "Bind your own notebook", search: "notebook", now: time.Date(2027, 4, 12, 7, 0, 0, 0, time.UTC),
	}
}

func TestWalk(t *testing.T) {
	if os.Getenv("FERIA_BROWSER") == "" {
		t.Log("set FERIA_BROWSER=1 to walk through Feria in Chromium, or run scripts/test")
		return
	}
	p := chosen(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config := platform.Config{Addr: listener.Addr().String(), Data: t.TempDir()}
	if err := config.Complete(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	feria, err := platform.Open(t.Context(), config, platform.Options{Version: "test", Now: func() time.Time { return p.now.Add(time.Since(began)) }})
	if err != nil {
		t.Fatal(err)
	}
	city, err := feria.FirstCity(t.Context(), "town")
	if err != nil {
		t.Fatal(err)
	}
	event, err := feria.Festival.CreateEvent(t.Context(), festival.Event{
		City: city.ID, Slug: "walk", Kind: festival.Conference, Title: locale.Text{"en": "The walk", "fr": "La promenade"},
		Zone: p.zone, Start: p.start, End: p.end, Locales: []string{"en", "fr"},
	}, "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := feria.DefaultGates(t.Context(), event.ID, "test"); err != nil {
		t.Fatal(err)
	}
	owner, volunteer := link(t, feria, people.Grant{City: city.ID, Role: people.Owner}), link(t, feria, people.Grant{City: city.ID, Event: event.ID, Role: people.Volunteer})
	s, err := server.New(feria)
	if err != nil {
		t.Fatal(err)
	}
	if err := feria.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.App.Listener(listener) }()
	t.Cleanup(func() {
		if err := s.App.ShutdownWithTimeout(5 * time.Second); err != nil {
			t.Log(err) // the browser may keep a connection
		}
		if err := feria.Close(); err != nil {
			t.Error(err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	walk := exec.CommandContext(ctx, "node", "--test", "walk.mjs")
	walk.Env = append(os.Environ(), "FERIA_BASE="+config.URL, "FERIA_EVENT=walk", "FERIA_FILE="+p.file, "FERIA_TITLE="+p.title, "FERIA_SEARCH="+p.search,
		"FERIA_OWNER_LINK="+owner, "FERIA_VOLUNTEER_LINK="+volunteer)
	out, err := walk.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, p *platform.Platform, g people.Grant) string {
	t.Helper()
	person, err := p.People.Grant(t.Context(), g, string(g.Role)+"@example.org", string(g.Role), "test")
	if err != nil {
		t.Fatal(err)
	}
	secret, err := p.People.PrintedLink(t.Context(), person.ID)
	if err != nil {
		t.Fatal(err)
	}
	return p.SignInURL(secret)
}
