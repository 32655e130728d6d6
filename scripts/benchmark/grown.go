package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"feria/festival"
	"feria/festival/search"
	"feria/locale"
	"feria/platform"
	"feria/registration"
	"feria/store/mongodb"
	"feria/ticketing"
)

// grown is a town of some size for row 14, without a server.
type grown struct {
	times                      int
	sessions, bookings, scans  int // what it holds before anything is measured
	config                     platform.Config
	p                          *platform.Platform
	clock                      *steps
	app                        app
	city                       festival.City
	event                      festival.Event
	gate                       ticketing.Gate
	view                       *platform.View
	slots                      []string // Slot.ID
	tokens                     []string
	imported, scanned, queried int // counters, so that nothing comes twice
}

// grow makes a town and fills it. Its sessions are a multiple of rareHits, so that
// each rare word is found as often.
func grow(ctx context.Context, t *town, times int) (*grown, error) {
	g := &grown{times: times, sessions: 240 * times, bookings: 1_000 * times, scans: 1_000 * times, clock: &steps{time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)}}
	if *short || t.kind == "mongodb" {
		g.sessions, g.bookings, g.scans = 120*times, 200*times, 200*times
	}
	name := fmt.Sprintf("grown_%s_%d", t.kind, times)
	g.config = platform.Config{Addr: "127.0.0.1:0", Data: filepath.Join(*dir, name)}
	if t.kind == "mongodb" {
		var err error
		if g.config.Store, err = mongodb.WithDatabase(t.config.Store, *database+"_"+name); err != nil {
			return nil, err
		}
	}
	if err := g.config.Complete(); err != nil {
		return nil, err
	}
	var err error
	if g.p, err = platform.Open(ctx, g.config, platform.Options{Version: "bench", NoJobs: true, Now: g.clock.now}); err != nil {
		return nil, err
	}
	if err := g.fill(ctx); err != nil {
		return nil, errors.Join(err, g.close(ctx))
	}
	return g, nil
}

func (g *grown) close(ctx context.Context) error {
	err := g.p.Close()
	if g.config.MongoDB() {
		err = errors.Join(err, dropDatabase(ctx, g.config.Store))
	}
	return err
}

func (g *grown) fill(ctx context.Context) (err error) {
	if g.city, err = g.p.FirstCity(ctx, "town"); err != nil {
		return err
	}
	if g.event, err = g.load(ctx, "grown"); err != nil {
		return err
	}
	if g.app, err = newApp(g.p, g.clock); err != nil {
		return err
	}
	if g.view, err = g.p.Views.Of(ctx, g.event.ID); err != nil {
		return err
	}
	for _, slot := range g.view.Programme.Slots {
		g.slots = append(g.slots, slot.ID)
	}
	if err := g.p.DefaultGates(ctx, g.event.ID, "bench"); err != nil {
		return err
	}
	if g.gate, err = g.p.Ticketing.GateBySlug(ctx, g.event.ID, "main"); err != nil {
		return err
	}
	passesOf := func(i int) string { return g.slots[i%len(g.slots)] }
	if g.tokens, err = passes(ctx, g.p, g.event, passesOf, measuredPasses*g.times); err != nil {
		return err
	}
	if err := g.book(ctx, g.bookings-len(g.tokens), len(g.slots)).err(); err != nil {
		return err
	}
	return g.scan(ctx, g.scans, len(g.tokens)).err()
}

// load imports a programme of the town's size into a new event and publishes it.
func (g *grown) load(ctx context.Context, slug string) (festival.Event, error) {
	e, err := g.p.Festival.CreateEvent(ctx, festival.Event{City: g.city.ID, Slug: slug, Kind: festival.Festival, Title: locale.Text{"en": "Grown"}, Zone: "UTC", Start: "2027-06-01", End: "2027-06-02", Locales: []string{"en"}}, "bench")
	if err != nil {
		return e, err
	}
	if _, err := g.p.Festival.ApplyImport(ctx, e.ID, "bench", "bench", grownRecords(g.sessions), false, nil); err != nil {
		return e, err
	}
	_, err = g.p.Publish(ctx, e.ID, "bench", nil)
	return e, err
}

// Words of the programme: a rare one stands in 20 sessions whatever its size, the
// common one in every tenth.
const (
	rareHits   = 20
	commonWord = "lantern"
)

func rareWord(i, sessions int) string { return fmt.Sprintf("quark%04d", i%(sessions/rareHits)) }

// grownRecords is a programme of two days with 25 times a day; a larger one has
// more rooms, hosts and themes' sessions, not longer days.
func grownRecords(n int) festival.Records {
	r := festival.Records{Format: "bench", Venues: []festival.RecordVenue{{Key: "v", Name: locale.Text{"en": "Hall"}}}}
	const perRoom, perDay, perHost = 50, 25, 5
	rooms := (n + perRoom - 1) / perRoom
	for i := range rooms {
		r.Spaces = append(r.Spaces, festival.RecordSpace{Key: fmt.Sprint("room", i), Venue: "v", Name: locale.Text{"en": fmt.Sprint("Room ", i)}, Order: i})
	}
	for i := range (n + perHost - 1) / perHost {
		r.Hosts = append(r.Hosts, festival.RecordHost{Key: fmt.Sprint("host", i), Name: fmt.Sprint("Workshop number ", i)})
	}
	filler := strings.Repeat("A sentence of usual length about what is shown and tried. ", 5)
	for i := range n {
		key, at := fmt.Sprintf("s%05d", i), i/rooms
		start := time.Date(2027, 6, 1+at/perDay, 8, 25*(at%perDay), 0, 0, time.UTC)
		text := filler + rareWord(i, n)
		if i%10 == 0 {
			text += " " + commonWord
		}
		r.Sessions = append(r.Sessions, festival.RecordSession{
			Key: key, Hosts: []string{fmt.Sprint("host", i/perHost)},
			Session: festival.Session{Code: strings.ToUpper(key), Title: locale.Text{"en": "Session " + key}, Abstract: locale.Text{"en": text}},
			Slots:   []festival.RecordSlot{{Key: key, Space: fmt.Sprint("room", i%rooms), Start: start, End: start.Add(20 * time.Minute), Seating: festival.Bookable, Seats: 400}},
		})
	}
	return r
}

// book makes bookings over the first slots.
func (g *grown) book(ctx context.Context, n, over int) sample {
	return called(n, func(i int) error {
		_, err := g.p.Registration.Book(ctx, registration.Request{City: g.city.ID, Slot: g.slots[i%over], Name: "Aylin and party", Mail: fmt.Sprintf("aylin%d@harbour.example", i), Lang: "en", Seats: 1, By: "bench"})
		return err
	})
}

// scan shows the first passes at the gate.
func (g *grown) scan(ctx context.Context, n, over int) sample {
	g.scanned++
	run := g.scanned
	return called(n, func(i int) error {
		_, err := g.p.Ticketing.Scan(ctx, ticketing.ScanRequest{Event: g.event, Gate: g.gate, Token: g.tokens[i%over], Nonce: fmt.Sprintf("n%d-%d", run, i), Device: "bench", By: "bench"})
		return err
	})
}

// What is measured is the same in every town: as many slots, as many passes.
const (
	measuredSlots  = 100
	measuredPasses = 50
)

func (g *grown) importCost(ctx context.Context) (time.Duration, error) {
	g.imported++
	begun := time.Now()
	_, err := g.load(ctx, fmt.Sprintf("more-%d", g.imported))
	return time.Since(begun) / time.Duration(g.sessions), err
}

func (g *grown) bookingCost(ctx context.Context) (time.Duration, error) {
	s := g.book(ctx, work(2_000), measuredSlots)
	return s.took / time.Duration(s.n), s.err()
}

func (g *grown) scanCost(ctx context.Context) (time.Duration, error) {
	s := g.scan(ctx, work(1_000), measuredPasses)
	return s.took / time.Duration(s.n), s.err()
}

func (g *grown) pageCost(context.Context) (time.Duration, error) {
	n := work(200)
	begun := time.Now()
	for range n {
		if _, err := g.app.miss("/grown/programme?day=all", "br"); err != nil {
			return 0, err
		}
	}
	return time.Since(begun) / time.Duration(n), nil
}

func (g *grown) searchCost(context.Context) (time.Duration, error) {
	n := 20 * work(1_000)
	begun := time.Now()
	for range n {
		g.queried++
		if found := g.view.Index.Slots(search.Filter{Q: rareWord(g.queried, g.sessions)}, g.view.PlacesOf); len(found) != rareHits {
			return 0, fmt.Errorf("%d sessions found, not %d", len(found), rareHits)
		}
	}
	return time.Since(begun) / time.Duration(n), nil
}

func (g *grown) findCost(context.Context) (time.Duration, error) {
	n, found := 5*work(1_000), 0
	begun := time.Now()
	for range n {
		found += len(g.view.Index.Slots(search.Filter{Q: commonWord}, g.view.PlacesOf))
	}
	if found == 0 {
		return 0, errors.New("nothing found")
	}
	return time.Since(begun) / time.Duration(found), nil
}
