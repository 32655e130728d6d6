package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/valyala/fasthttp"

	"feria/festival"
	"feria/locale"
	"feria/people"
	"feria/platform"
	"feria/registration"
	"feria/store/mongodb"
)

// town is what is served: FOSDEM's programme where the samples are (the demo's
// else), and an event with slots to book and passes to scan.
type town struct {
	config platform.Config
	addr   string
	limit  string
	kind   string
	slug   string // of the event with the programme
	query  []string
	token  string
	slots  map[string]int // Slot.ID → seats, all of the rush
	big    string         // own id of the slot of 500
	big2   string         // another one, for 256 connections
	many   []string       // own ids of the 300 slots of 30
	passes []string
	file   []byte // the programme as it was imported, for goal 12
}

const manySlots = 300

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
		if t.config.Store, err = mongodb.WithDatabase(uri, "feria_bench"); err != nil {
			return nil, err
		}
		d, err := mongodb.Open(ctx, t.config.Store)
		if err == nil {
			err = errors.Join(d.Drop(ctx), d.Close())
		}
		if err != nil {
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
		print(os.Stdout, row{goal: "12", what: "import and publish FOSDEM", store: t.kind, figure: took.Round(10 * time.Millisecond).String(), note: "goal 10 s", failed: took > 10*time.Second})
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

func (t *town) rush(ctx context.Context, p *platform.Platform) error {
	city, err := p.FirstCity(ctx, "")
	if err != nil {
		return err
	}
	today := festival.Date(time.Now().UTC().Format(time.DateOnly))
	e, err := p.Festival.CreateEvent(ctx, festival.Event{City: city.ID, Slug: "rush", Kind: festival.Festival, Title: locale.Text{"en": "Rush"}, Zone: "UTC", Start: today, End: today.Add(7), Locales: []string{"en"}}, "bench")
	if err != nil {
		return err
	}
	if err := p.DefaultGates(ctx, e.ID, "bench"); err != nil {
		return err
	}
	start := time.Now().UTC().Add(24 * time.Hour).Truncate(time.Hour)
	records := festival.Records{Format: "bench", Venues: []festival.RecordVenue{{Key: "v", Name: locale.Text{"en": "Hall"}}}}
	add := func(n, seats int) {
		key := fmt.Sprintf("s%d", n)
		records.Spaces = append(records.Spaces, festival.RecordSpace{Key: key, Venue: "v", Name: locale.Text{"en": "Room " + key}})
		records.Sessions = append(records.Sessions, festival.RecordSession{
			Key: key, Session: festival.Session{Code: key, Title: locale.Text{"en": "Session " + key}},
			Slots: []festival.RecordSlot{{Key: key, Space: key, Start: start, End: start.Add(time.Hour), Seating: festival.Bookable, Seats: seats}},
		})
	}
	const forPasses = 500
	add(0, 500)
	add(1, 500)
	add(2, 500)
	for n := range manySlots {
		add(3+n, 30)
	}
	if _, err := p.Festival.ApplyImport(ctx, e.ID, "bench", "bench", records, false, nil); err != nil {
		return err
	}
	if _, err := p.Publish(ctx, e.ID, "bench", nil); err != nil {
		return err
	}
	view, err := p.Views.Of(ctx, e.ID)
	if err != nil {
		return err
	}
	for _, slot := range view.Programme.Slots {
		session, _ := view.Programme.Session(slot.Session)
		t.slots[slot.ID] = slot.Seats
		switch session.Code {
		case "s0":
			t.big = festival.Own(slot.ID)
		case "s1":
			t.big2 = festival.Own(slot.ID)
		case "s2":
			for range forPasses {
				receipt, err := p.Registration.Book(ctx, registration.Request{City: city.ID, Slot: slot.ID, Name: "Pass", Seats: 1, By: "bench"})
				if err != nil {
					return err
				}
				pass, err := p.PassFor(ctx, e, receipt.Party.ID, "Pass")
				if err != nil {
					return err
				}
				token, err := p.Ticketing.Token(ctx, e, pass)
				if err != nil {
					return err
				}
				t.passes = append(t.passes, token)
			}
		default:
			t.many = append(t.many, festival.Own(slot.ID))
		}
	}
	t.token, err = p.People.NewToken(ctx, city.ID, e.ID, people.Organizer, "bench", "bench")
	return err
}

// startLimit starts the limit with the bytes that Feria sends.
func startLimit(t *town) (*process, error) {
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
	return start(t.limit, self, "-limit", *dir, t.limit)
}

func (t *town) page() string     { return "/" + t.slug + "/programme" }
func (t *town) calendar() string { return "/" + t.slug + "/programme.ics" }
