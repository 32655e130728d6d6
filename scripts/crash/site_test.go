// Package crash runs the real binary and does to it what machines do: it is
// killed in the middle of bookings and scans, told to stop under load, cut from
// its store, and two processes on one MongoDB are rushed at once. What was
// acknowledged is noted outside of the process.
package crash

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"feria/festival"
	"feria/locale"
	"feria/people"
	"feria/platform"
	"feria/registration"
	"feria/store/mongodb"
)

var (
	kills     = flag.Int("kills", 2, "how often TestKill kills the process")
	onMongoDB = flag.Bool("mongodb", false, "run the tests that need FERIA_TEST_MONGODB")
)

// site is an event with slots to book and passes to scan, made before any
// process serves it.
type site struct {
	config platform.Config
	event  festival.Event
	slots  []slot
	hall   festival.Slot // where the holders of passes sit
	token  string
	passes []string // tokens of passes of two seats each
}

// slot is one to book: its own part, as the API names it, and its seats.
type slot struct {
	id, own       string
	session, code string // own part and code of its session
	seats         int
}

// passSeats is how many persons a pass lets in.
const passSeats = 2

// prepare makes a site on a store: a slot for each number of seats, in this
// order, and passes.
func prepare(t *testing.T, config platform.Config, passes int, seats ...int) *site {
	t.Helper()
	ctx := t.Context()
	config.Addr, config.Data = "127.0.0.1:0", t.TempDir()
	s := &site{config: config}
	must(t, s.config.Complete())
	p, err := platform.Open(ctx, s.config, platform.Options{Version: "test", NoJobs: true})
	must(t, err)
	city, err := p.FirstCity(ctx, "town")
	must(t, err)
	today := festival.Date(time.Now().UTC().Format(time.DateOnly))
	s.event, err = p.Festival.CreateEvent(ctx, festival.Event{
		City: city.ID, Slug: "rush", Kind: festival.Festival, Title: locale.Text{"en": "Rush"}, Zone: "UTC", Start: today, End: today.Add(7), Locales: []string{"en"},
	}, "test")
	must(t, err)
	must(t, p.DefaultGates(ctx, s.event.ID, "test"))
	venue, err := p.Festival.SaveVenue(ctx, festival.Venue{Base: festival.Base{Event: s.event.ID}, Name: locale.Text{"en": "House"}}, "test")
	must(t, err)
	start := time.Now().UTC().Add(24 * time.Hour).Truncate(time.Hour)
	for i, n := range append(seats, passSeats*max(passes, 1)) {
		space, err := p.Festival.SaveSpace(ctx, festival.Space{Base: festival.Base{Event: s.event.ID}, Venue: venue.ID, Name: locale.Text{"en": fmt.Sprintf("Room %d", i)}}, "test")
		must(t, err)
		session, err := p.Festival.SaveSession(ctx, festival.Session{Base: festival.Base{Event: s.event.ID}, Title: locale.Text{"en": fmt.Sprintf("Session %d", i)}}, "test")
		must(t, err)
		made, err := p.Festival.SaveSlot(ctx, festival.Slot{
			Base: festival.Base{Event: s.event.ID}, Session: session.ID, Space: space.ID, Start: start, End: start.Add(time.Hour), Seating: festival.Bookable, Seats: n,
		}, "test")
		must(t, err)
		if i == len(seats) {
			s.hall = made
		} else {
			s.slots = append(s.slots, slot{made.ID, festival.Own(made.ID), festival.Own(session.ID), session.Code, n})
		}
	}
	_, err = p.Publish(ctx, s.event.ID, "test", nil)
	must(t, err)
	for range passes {
		receipt, err := p.Registration.Book(ctx, registration.Request{City: city.ID, Slot: s.hall.ID, Name: "Pass", Seats: passSeats, By: "test"})
		must(t, err)
		pass, err := p.PassFor(ctx, s.event, receipt.Party.ID, "Pass")
		must(t, err)
		token, err := p.Ticketing.Token(ctx, s.event, pass)
		must(t, err)
		s.passes = append(s.passes, token)
	}
	s.token, err = p.People.NewToken(ctx, city.ID, s.event.ID, people.Organizer, "crash", "test")
	must(t, err)
	must(t, p.Close())
	return s
}

// open opens the store of a site in this process, beside whatever serves it.
func (s *site) open(t *testing.T, o platform.Options) *platform.Platform {
	t.Helper()
	o.Version = "test"
	p, err := platform.Open(context.Background(), s.config, o)
	must(t, err)
	return p
}

// database gives the address of a fresh database on the MongoDB-compatible
// server, which no other run of these tests uses; ok is false where the test is
// not asked for.
func database(t *testing.T, name string) (address string, ok bool) {
	t.Helper()
	if !*onMongoDB {
		t.Log("run by scripts/test with -mongodb and a MongoDB-compatible server")
		return "", false
	}
	uri := os.Getenv("FERIA_TEST_MONGODB")
	if uri == "" {
		t.Fatal("FERIA_TEST_MONGODB names no server")
	}
	address, err := mongodb.WithDatabase(uri, fmt.Sprintf("feria_crash_%s_%d", name, os.Getpid()))
	must(t, err)
	drop := func() {
		d, err := mongodb.Open(context.Background(), address)
		must(t, err)
		must(t, d.Drop(context.Background()))
		must(t, d.Close())
	}
	drop()
	t.Cleanup(drop)
	return address, true
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var workshop string // where the binary is built

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "feria-crash")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	workshop = dir
	code := m.Run()
	_ = os.RemoveAll(dir) // what is left there is temporary
	os.Exit(code)
}

// built builds the binary once.
var built = sync.OnceValues(func() (string, error) {
	file := filepath.Join(workshop, "feria")
	if out, err := exec.Command("go", "build", "-o", file, "feria").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return file, nil
})
