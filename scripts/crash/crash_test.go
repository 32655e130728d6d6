// Package crash runs the real binary and does to it what machines do: it is
// killed in the middle of bookings and scans, and two processes on one MongoDB
// are rushed at once. What was acknowledged is noted outside of the process.
package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
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
	"feria/ticketing"
)

var (
	kills = flag.Int("kills", 2, "how often TestKill kills the process")
	rush  = flag.Bool("rush", false, "run TestRush, which needs FERIA_TEST_MONGODB")
)

// site is an event with slots to book and passes to scan, made before any
// process serves it.
type site struct {
	config platform.Config
	event  festival.Event
	slots  map[string]int // Slot.ID → seats
	token  string
	passes []string // tokens of passes of two seats each
}

func prepare(t *testing.T, storeAddress string, seats ...int) *site {
	t.Helper()
	ctx := t.Context()
	s := &site{config: platform.Config{Addr: "127.0.0.1:0", Data: t.TempDir(), Store: storeAddress}, slots: map[string]int{}}
	must(t, s.config.Complete())
	p, err := platform.Open(ctx, s.config, platform.Options{Version: "test"})
	must(t, err)
	city, err := p.FirstCity(ctx, "town")
	must(t, err)
	today := festival.Date(time.Now().UTC().Format(time.DateOnly))
	s.event, err = p.Festival.CreateEvent(ctx, festival.Event{
		City: city.ID, Slug: "rush", Kind: festival.Festival, Title: locale.Text{"en": "Rush"}, Zone: "UTC", Start: today, End: today.Add(7), Locales: []string{"en"},
	}, "test")
	must(t, err)
	must(t, p.DefaultGates(ctx, s.event.ID, "test"))
	venue, err := p.Festival.SaveVenue(ctx, festival.Venue{Base: festival.Base{Event: s.event.ID}, Name: locale.Text{"en": "Hall"}}, "test")
	must(t, err)
	start := time.Now().UTC().Add(24 * time.Hour).Truncate(time.Hour)
	const forPasses = 120
	seats = append(seats, 2*forPasses)
	var last string
	for i, n := range seats {
		space, err := p.Festival.SaveSpace(ctx, festival.Space{Base: festival.Base{Event: s.event.ID}, Venue: venue.ID, Name: locale.Text{"en": fmt.Sprintf("Room %d", i)}}, "test")
		must(t, err)
		session, err := p.Festival.SaveSession(ctx, festival.Session{Base: festival.Base{Event: s.event.ID}, Title: locale.Text{"en": fmt.Sprintf("Session %d", i)}}, "test")
		must(t, err)
		slot, err := p.Festival.SaveSlot(ctx, festival.Slot{
			Base: festival.Base{Event: s.event.ID}, Session: session.ID, Space: space.ID, Start: start, End: start.Add(time.Hour), Seating: festival.Bookable, Seats: n,
		}, "test")
		must(t, err)
		s.slots[slot.ID], last = n, slot.ID
	}
	_, err = p.Publish(ctx, s.event.ID, "test", nil)
	must(t, err)
	for range forPasses {
		receipt, err := p.Registration.Book(ctx, registration.Request{City: city.ID, Slot: last, Name: "Pass", Seats: 2, By: "test"})
		must(t, err)
		pass, err := p.PassFor(ctx, s.event, receipt.Party.ID, "Pass")
		must(t, err)
		token, err := p.Ticketing.Token(ctx, s.event, pass)
		must(t, err)
		s.passes = append(s.passes, token)
	}
	delete(s.slots, last)
	s.token, err = p.People.NewToken(ctx, city.ID, s.event.ID, people.Organizer, "crash", "test")
	must(t, err)
	must(t, p.Close())
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// build builds the binary once a test.
func build(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "feria")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", file, "feria").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return file
}

// process is a running feria.
type process struct {
	cmd  *exec.Cmd
	base string
}

func (s *site) start(t *testing.T, binary string) *process {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	addr := listener.Addr().String()
	must(t, listener.Close())
	cmd := exec.Command(binary, "serve", "--addr", addr, "--data", s.config.Data, "--store", s.config.Store)
	cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
	must(t, cmd.Start())
	p := &process{cmd: cmd, base: "http://" + addr}
	for range 600 {
		if res, err := http.Get(p.base + "/healthz"); err == nil {
			_ = res.Body.Close()
			return p
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatal("the process does not come up")
	return nil
}

func (p *process) kill(t *testing.T) {
	t.Helper()
	must(t, p.cmd.Process.Kill())
	_ = p.cmd.Wait() // killed is what it says
}

var client = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 128}}

// post sends JSON and reads the answer; an error says that nobody knows whether
// it was done.
func (s *site) post(base, path string, body any, key string) (int, map[string]any, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, base+"/api/v1/events/rush"+path, bytes.NewReader(data))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return 0, nil, err
	}
	return res.StatusCode, answer, nil
}

// ledger is what was acknowledged, kept outside of the process.
type ledger struct {
	mu       sync.Mutex
	bookings map[string]string // own id → state
	seats    map[string]int
	scans    map[string]string // nonce → result and reason
	odd      []string
}

func (l *ledger) note(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.odd = append(l.odd, fmt.Sprintf(format, args...))
}

func TestKill(t *testing.T) {
	binary := build(t)
	s := prepare(t, "", 500, 40, 12, 5, 300)
	var slots []string
	for id := range s.slots {
		slots = append(slots, festival.Own(id))
	}
	l := &ledger{bookings: map[string]string{}, seats: map[string]int{}, scans: map[string]string{}}
	var mu sync.Mutex
	p := s.start(t, binary)
	base := p.base
	now := func() string { mu.Lock(); defer mu.Unlock(); return base }
	ctx, stop := context.WithCancel(t.Context())
	var workers sync.WaitGroup
	for w := range 8 {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for n := 0; ctx.Err() == nil; n++ {
				if w%2 == 0 {
					s.bookOnce(ctx, l, now, slots[rand.IntN(len(slots))], fmt.Sprintf("key-%d-%d", w, n), 1+n%3)
				} else {
					s.scanOnce(ctx, l, now, s.passes[rand.IntN(len(s.passes))], fmt.Sprintf("nonce-%d-%d", w, n))
				}
			}
		}()
	}
	for range *kills {
		time.Sleep(time.Duration(30+rand.IntN(270)) * time.Millisecond)
		p.kill(t)
		p = s.start(t, binary)
		mu.Lock()
		base = p.base
		mu.Unlock()
	}
	time.Sleep(300 * time.Millisecond)
	stop()
	workers.Wait()
	p.kill(t)
	for _, odd := range l.odd {
		t.Error(odd)
	}
	if len(l.bookings) < 10 || len(l.scans) < 10 {
		t.Errorf("only %d bookings and %d scans were acknowledged", len(l.bookings), len(l.scans))
	}
	s.check(t, l)
	t.Logf("%d kills, %d bookings and %d scans acknowledged, none lost", *kills, len(l.bookings), len(l.scans))
}

// bookOnce books under a key until an answer is known, across restarts: one key
// is one booking.
func (s *site) bookOnce(ctx context.Context, l *ledger, base func() string, slot, key string, seats int) {
	for ctx.Err() == nil {
		status, answer, err := s.post(base(), "/slots/"+slot+"/bookings", map[string]any{"name": "Somebody", "seats": seats}, key)
		switch {
		case err != nil:
			time.Sleep(10 * time.Millisecond)
			continue
		case status == http.StatusCreated:
			id, state := fmt.Sprint(answer["id"]), fmt.Sprint(answer["state"])
			l.mu.Lock()
			if l.seats[id] != 0 {
				l.odd = append(l.odd, "one booking was given for two keys")
			}
			l.bookings[id], l.seats[id] = state, seats
			l.mu.Unlock()
		case status == http.StatusConflict, status == http.StatusServiceUnavailable:
		default:
			l.note("booking: status %d: %v", status, answer)
		}
		return
	}
}

func (s *site) scanOnce(ctx context.Context, l *ledger, base func() string, token, nonce string) {
	scannedAt := time.Now().UTC()
	for ctx.Err() == nil {
		status, answer, err := s.post(base(), "/gates/main/scans", map[string]any{"token": token, "nonce": nonce, "device": "crash", "scanned_at": scannedAt, "count": 1}, "")
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		if status != http.StatusOK {
			l.note("scan: status %d: %v", status, answer)
			return
		}
		l.mu.Lock()
		l.scans[nonce] = fmt.Sprint(answer["result"], " ", answer["reason"])
		l.mu.Unlock()
		return
	}
}

// check opens the store in this process and holds it against the ledger.
func (s *site) check(t *testing.T, l *ledger) {
	t.Helper()
	ctx := t.Context()
	p, err := platform.Open(ctx, s.config, platform.Options{Version: "test", NoJobs: true})
	must(t, err)
	defer func() { must(t, p.Close()) }()
	for slot, seats := range s.slots {
		roster, err := p.Registration.Roster(ctx, slot)
		must(t, err)
		if roster.Taken > seats {
			t.Errorf("a slot of %d seats has %d taken", seats, roster.Taken)
		}
	}
	for own, state := range l.bookings {
		held, err := p.Registration.Booking(ctx, festival.RecordID(s.event.ID, own))
		if err != nil {
			t.Errorf("booking %s was acknowledged as %s and is lost: %v", own, state, err)
			continue
		}
		if state == "confirmed" && held.State != registration.Confirmed {
			t.Errorf("booking %s was acknowledged as confirmed and is %s", own, held.State)
		}
		if held.Booking.Seats != l.seats[own] {
			t.Errorf("booking %s has %d seats, %d were acknowledged", own, held.Booking.Seats, l.seats[own])
		}
	}
	stored, after := map[string]string{}, ""
	for {
		page, next, err := p.Ticketing.Scans(ctx, ticketing.ScanQuery{Event: s.event.ID, Limit: 500, After: after})
		must(t, err)
		for _, scan := range page {
			stored[scan.Nonce] = fmt.Sprint(scan.Result, " ", reason(scan.Reason))
		}
		if after = next; next == "" {
			break
		}
	}
	for nonce, said := range l.scans {
		if stored[nonce] != said {
			t.Errorf("scan %s was told %q and is stored as %q", nonce, said, stored[nonce])
		}
	}
	_, err = p.Registration.Sweep(ctx)
	must(t, err)
	_, err = p.Doctor(ctx, func(problem string) { t.Error("doctor: " + problem) })
	must(t, err)
}

// reason writes a reason as fmt writes the member of an answer, which is absent
// where there is none.
func reason(r ticketing.Reason) string {
	if r == "" {
		return "<nil>"
	}
	return string(r)
}

// Two processes on one database are rushed at once: every slot is sold out to
// the last seat, and none is sold twice.
func TestRush(t *testing.T) {
	if !*rush {
		t.Log("run by scripts/test with -rush and a MongoDB-compatible server")
		return
	}
	uri := os.Getenv("FERIA_TEST_MONGODB")
	if uri == "" {
		t.Fatal("FERIA_TEST_MONGODB names no server")
	}
	address, err := mongodb.WithDatabase(uri, "feria_rush")
	must(t, err)
	drop := func() {
		d, err := mongodb.Open(context.Background(), address)
		must(t, err)
		must(t, d.Drop(context.Background()))
		must(t, d.Close())
	}
	drop()
	t.Cleanup(drop)
	binary := build(t)
	s := prepare(t, address, 1, 2, 50, 500)
	a, b := s.start(t, binary), s.start(t, binary)
	defer a.kill(t)
	defer b.kill(t)
	const clients = 64
	for slot, seats := range s.slots {
		var wait sync.WaitGroup
		var mu sync.Mutex
		won, odd := 0, map[string]int{}
		each := (seats+clients-1)/clients + 2 // more than fit
		for c := range clients {
			wait.Add(1)
			go func() {
				defer wait.Done()
				for n := range each {
					base := a.base
					if (c+n)%2 == 0 {
						base = b.base
					}
					status, answer, err := s.post(base, "/slots/"+festival.Own(slot)+"/bookings", map[string]any{"name": "R", "seats": 1, "no_wait": true}, "")
					mu.Lock()
					switch {
					case err != nil:
						odd[err.Error()]++
					case status == http.StatusCreated && answer["state"] == "confirmed":
						won++
					case status == http.StatusConflict && answer["code"] == "slot_full":
					default:
						odd[fmt.Sprint(status, answer["code"])]++
					}
					mu.Unlock()
				}
			}()
		}
		wait.Wait()
		if won != seats || len(odd) > 0 {
			t.Errorf("a slot of %d seats was sold %d times by two processes; else: %v", seats, won, odd)
		}
	}
	s.agree(t, a, b)
	l := &ledger{}
	s.check(t, l)
}

// agree admits at one process and asks the other.
func (s *site) agree(t *testing.T, a, b *process) {
	t.Helper()
	status, first, err := s.post(a.base, "/gates/main/scans", map[string]any{"token": s.passes[0], "nonce": "a", "device": "a"}, "")
	must(t, err)
	if status != http.StatusOK || first["result"] != "ok" {
		t.Fatalf("admitted at one process: %d %v", status, first)
	}
	status, second, err := s.post(b.base, "/gates/main/scans", map[string]any{"token": s.passes[0], "nonce": "b", "device": "b"}, "")
	must(t, err)
	if status != http.StatusOK || second["reason"] != "already_redeemed" {
		t.Errorf("what one process admits the other does not know: %d %v", status, second)
	}
}
