package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/valyala/fasthttp"

	"feria/festival"
	"feria/platform"
	"feria/store/mongodb"
)

// town is what is served: FOSDEM's programme, and an event with slots to book
// and passes to scan.
type town struct {
	config platform.Config
	addr   string
	server *process // Feria, once it was started
	limit  string   // address of the limit
	kind   string
	slug   string // of the event with the programme
	query  []string
	token  string
	file   []byte         // the programme as it was imported, for goal 12
	slots  map[string]int // Slot.ID → seats, all of the rush
	// Own ids of slots: of 500 seats, a round at 64 and then a round at 256
	// connections each; of 500 seats for goal 7; 300 of 30 seats for each round.
	hot    []string
	queue  []string
	many   [rounds][]string
	passes [rounds][]string
}

// database is the name of the databases on the MongoDB server: one of this run
// alone, for the server may be shared.
var database = flag.String("database", fmt.Sprintf("feria_bench_%d", os.Getpid()), "its name")

func makeTown(ctx context.Context, kind, uri string) (*town, error) {
	t := &town{kind: kind, slots: map[string]int{}}
	var err error
	if t.addr, err = freeAddr(); err != nil {
		return nil, err
	}
	if t.limit, err = freeAddr(); err != nil {
		return nil, err
	}
	t.config = platform.Config{Addr: t.addr, Data: filepath.Join(*dir, kind)}
	if kind == "mongodb" {
		if t.config.Store, err = mongodb.WithDatabase(uri, *database); err != nil {
			return nil, err
		}
		if err := dropDatabase(ctx, t.config.Store); err != nil {
			return nil, err
		}
	}
	if err := t.config.Complete(); err != nil {
		return nil, err
	}
	p, err := platform.Open(ctx, t.config, platform.Options{Version: "bench", NoJobs: true})
	if err != nil {
		return nil, err
	}
	defer p.Close()
	if err := t.programme(ctx, p); err != nil {
		return nil, err
	}
	return t, t.rush(ctx, p)
}

func dropDatabase(ctx context.Context, uri string) error {
	d, err := mongodb.Open(ctx, uri)
	if err != nil {
		return err
	}
	return errors.Join(d.Drop(ctx), d.Close())
}

func (t *town) programme(ctx context.Context, p *platform.Platform) error {
	city, err := p.FirstCity(ctx, "town")
	if err != nil {
		return err
	}
	samples := os.Getenv("FERIA_SAMPLES")
	if samples == "" {
		return errors.New("FERIA_SAMPLES names no folder of real programmes: the goals are about FOSDEM's")
	}
	if t.file, err = os.ReadFile(filepath.Join(samples, "fosdem-2026.schedule.xml")); err != nil {
		return err
	}
	t.slug = "fosdem"
	begun := time.Now()
	_, err = p.ImportFile(ctx, platform.ImportRequest{City: city.ID, Slug: t.slug, Kind: festival.Conference, File: "fosdem.xml", Data: t.file, Publish: true, By: "bench"})
	if err == nil && t.kind == "mongodb" && wanted("12") {
		took := time.Since(begun)
		print(os.Stdout, row{goal: "12", what: "import and publish FOSDEM", store: t.kind, figure: took.Round(10 * time.Millisecond).String(), also: "≤ 10 s", failed: took > 10*time.Second})
	}
	words := []string{"linux", "go", "rust", "security", "community", "database", "open", "web", "python", "kernel"}
	for i := range 200 {
		q := "q=" + words[i%len(words)]
		if i%3 == 0 {
			q += "&day=2026-01-31"
		}
		if i%4 == 0 {
			q += "&part=morning"
		}
		if i%5 == 0 {
			q += "&lang=en"
		}
		t.query = append(t.query, fmt.Sprintf("%s&age=%d", q, 10+i%60))
	}
	return err
}

// startLimit starts the limit with the bytes that Feria sends.
func startLimit(ctx context.Context, t *town, uri string) (*process, error) {
	for name, path := range map[string]string{"page": t.page(), "calendar": t.calendar()} {
		req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		req.SetRequestURI("http://" + t.addr + path)
		req.Header.Set("Accept-Encoding", "br")
		req.Header.Set("Accept-Language", "en")
		if err := fasthttp.Do(req, res); err != nil {
			return nil, err
		}
		if res.StatusCode() != fasthttp.StatusOK {
			return nil, fmt.Errorf("%s: status %d", path, res.StatusCode())
		}
		if err := os.WriteFile(filepath.Join(*dir, name), res.Body(), 0o600); err != nil {
			return nil, err
		}
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if t.kind != "mongodb" || !wanted("7") {
		return start(t.limit, self, "-limit", *dir, t.limit)
	}
	if err := keepRows(ctx, uri, *dir); err != nil {
		return nil, err
	}
	return start(t.limit, self, "-limit", *dir, "-database", *database, t.limit, uri)
}

func (t *town) page() string     { return "/" + t.slug + "/programme" }
func (t *town) calendar() string { return "/" + t.slug + "/programme.ics" }
