package ticketing

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"feria/festival"
	"feria/locale"
	"feria/store"
	"feria/store/storetest"
)

// town is a city with an event, for tests: its parties have what they are given.
type town struct {
	*Service
	t     testing.TB
	event festival.Event

	mu     sync.Mutex
	now    time.Time
	rights map[string]Right // by party
	nonces int
}

func (w *town) Of(_ context.Context, event festival.Event, party string, _ time.Time) (Right, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if event.ID != w.event.ID {
		return Right{}, fmt.Errorf("asked for the rights in %s", event.ID)
	}
	return w.rights[party], nil
}

func (w *town) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *town) after(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *town) grant(party string, slots ...SlotRight) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rights[party] = Right{Slots: slots}
}

func learningWeek(city, slug string, number uint32) festival.Event {
	return festival.Event{
		ID: city + "/" + slug, City: city, Number: number, Slug: slug, Zone: "Europe/Paris",
		Start: "2027-04-12", End: "2027-04-18", Title: locale.Text{"en": "Learning Week"},
	}
}

func open(t testing.TB) *town { return openOn(t, storetest.Open(t, Collections()...)) }

func openOn(t testing.TB, s *store.Store) *town {
	w := &town{t: t, event: learningWeek("harbour", "week", 7), now: ten, rights: map[string]Right{}}
	w.Service = New(s, w.clock, make([]byte, 32), w).WithCities(func(context.Context) ([]string, error) {
		return []string{"harbour", "hill"}, nil
	})
	t.Cleanup(w.Close) // before the store's own
	return w
}

// booked is a slot that begins an hour after ten and lasts an hour.
func (w *town) booked(slot string, seats int) SlotRight {
	return SlotRight{Slot: w.event.ID + "/" + slot, Space: w.event.ID + "/lab", Seats: seats, Start: ten.Add(time.Hour), End: ten.Add(2 * time.Hour)}
}

// pass gives the pass of a party with that many seats, and its token.
func (w *town) pass(party string, seats int) (Pass, string) {
	w.t.Helper()
	if seats > 0 {
		w.grant(party, w.booked("s1", seats))
	}
	p, err := w.PassFor(w.t.Context(), w.event, party, "Family "+party)
	if err != nil {
		w.t.Fatal(err)
	}
	return p, w.token(p)
}

func (w *town) token(p Pass) string {
	w.t.Helper()
	token, err := w.Token(w.t.Context(), w.event, p)
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

func (w *town) gate(g Gate) Gate {
	w.t.Helper()
	g.Event = w.event.ID
	if g.Name == nil {
		g.Name = locale.Text{"en": "Gate " + g.Slug}
	}
	if g.Who == "" {
		g.Who = Booked
	}
	g, err := w.SaveGate(w.t.Context(), g, "person:1")
	if err != nil {
		w.t.Fatal(err)
	}
	return g
}

// request makes a scan with a nonce of its own.
func (w *town) request(g Gate, token string) ScanRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.nonces++
	return ScanRequest{Event: w.event, Gate: g, Token: token, Device: fmt.Sprintf("phone %p", w), Nonce: fmt.Sprint(w.nonces)}
}

func (w *town) scan(r ScanRequest) Verdict {
	w.t.Helper()
	v, err := w.Scan(w.t.Context(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// sound fails the test if doctor finds anything.
func (w *town) sound() {
	w.t.Helper()
	w.after(2 * settled)
	if err := w.Check(w.t.Context(), func(problem string) { w.t.Errorf("doctor: %s", problem) }); err != nil {
		w.t.Fatal(err)
	}
}

func brief(v Verdict) string {
	if v.Result == OK {
		return fmt.Sprintf("ok %d, %d of %d", v.Passed, v.In, v.Seats)
	}
	if v.Why != "" {
		return string(v.Reason) + " " + string(v.Why)
	}
	return string(v.Reason)
}

// refusing is a registration that does not answer.
type refusing struct{}

func (refusing) Of(context.Context, festival.Event, string, time.Time) (Right, error) {
	return Right{}, store.ErrUnavailable
}
