package registration

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
	"feria/store"
	"feria/store/storetest"
)

const (
	testCity  = "harbour"
	testEvent = "harbour/week"
)

// morning is when the tests' clock begins; the slots are the day after.
var morning = time.Date(2027, 4, 12, 7, 0, 0, 0, time.UTC)

// town is a registration with a programme and a clock of its own.
type town struct {
	*Service
	t     testing.TB
	mu    sync.Mutex
	clock time.Time
	slots map[string]SlotInfo
	told  map[string]festival.PlacesState
	// handled counts how often each effect was carried out.
	handled map[string]int
	// meanwhile, if not nil, is run once, when the programme is next asked for:
	// after a row was read and before its roster decides.
	meanwhile func()
}

func newTown(t testing.TB) *town {
	return townOn(t, storetest.Open(t, Collections()...))
}

func townOn(t testing.TB, s *store.Store) *town {
	w := &town{t: t, clock: morning, slots: map[string]SlotInfo{}, told: map[string]festival.PlacesState{}, handled: map[string]int{}}
	w.Service = New(s, w.time, Options{
		Slots: w, Secret: []byte("a secret for tests, 32 bytes long"),
		Places: func(_ context.Context, _ string, changed map[string]festival.PlacesState) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			for slot, state := range changed {
				w.told[slot] = state
			}
			return nil
		},
	})
	t.Cleanup(w.Wait) // before the store's own
	return w
}

func (w *town) toldOf(slot string) festival.PlacesState {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.told[slot]
}

func (w *town) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *town) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
}

// slot puts a bookable slot of two hours into the programme, so many hours after
// ten o'clock of the next day.
func (w *town) slot(name string, seats, hours int) string {
	start := time.Date(2027, 4, 13, 10+hours, 0, 0, 0, time.UTC)
	info := SlotInfo{
		ID: testEvent + "/" + name, City: testCity, Event: testEvent, Session: testEvent + "/s-" + name, Title: locale.Text{"en": name},
		Start: start, End: start.Add(2 * time.Hour), Seats: seats, Bookable: true,
	}
	w.change(info)
	return info.ID
}

func (w *town) change(info SlotInfo) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slots[info.ID] = info
}

func (w *town) drop(slot string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.slots, slot)
}

// Slot is the programme.
func (w *town) Slot(_ context.Context, id string) (SlotInfo, error) {
	w.mu.Lock()
	fn := w.meanwhile
	w.meanwhile = nil
	w.mu.Unlock()
	if fn != nil {
		fn()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	info, ok := w.slots[id]
	if !ok {
		return SlotInfo{}, kernel.Missing()
	}
	return info, nil
}

func ask(slot string, seats int) Request {
	return Request{City: testCity, Slot: slot, Name: "Aylin", Mail: "aylin@harbour.example", Lang: "en", Seats: seats}
}

// book books or fails the test.
func (w *town) book(r Request) Receipt {
	w.t.Helper()
	receipt, err := w.Book(context.Background(), r)
	if err != nil {
		w.t.Fatalf("book: %v", err)
	}
	return receipt
}

func (w *town) state(booking string) State {
	w.t.Helper()
	h, err := w.Booking(context.Background(), booking)
	if err != nil {
		w.t.Fatalf("booking %s: %v", booking, err)
	}
	return h.State
}

func (w *town) roster(slot string) Roster {
	w.t.Helper()
	r, err := w.Roster(context.Background(), slot)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *town) drain() int {
	w.t.Helper()
	n, err := w.Drain(context.Background(), each(func(e Effect, _ Booking) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.handled[e.ID]++
		return nil
	}))
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// each is a Handle that does one thing at a time.
func each(handle func(Effect, Booking) error) Handle {
	return func(_ context.Context, due []Due) []error {
		errs := make([]error, len(due))
		for i, d := range due {
			errs[i] = handle(d.Effect, d.Booking)
		}
		return errs
	}
}

// silent handles all and tells nobody.
var silent = each(func(Effect, Booking) error { return nil })

// sound fails the test for everything the doctor finds.
func (w *town) sound() {
	w.t.Helper()
	for _, problem := range w.problems() {
		w.t.Errorf("doctor: %s", problem)
	}
}

func (w *town) problems() (found []string) {
	w.t.Helper()
	if err := w.Check(context.Background(), func(p string) { found = append(found, p) }); err != nil {
		w.t.Fatal(err)
	}
	return found
}

// wantCode fails the test unless err has that code, "" for none.
func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	switch {
	case code == "" && err != nil:
		t.Errorf("got %v, want no error", err)
	case code != "" && err == nil:
		t.Errorf("got no error, want %s", code)
	case code != "" && kernel.CodeOf(err) != code:
		t.Errorf("got %v, want %s", err, code)
	}
}

// allCodes are the codes of all complaints, by field.
func allCodes(err error) map[string]string {
	codes := map[string]string{}
	var es kernel.Errors
	if errors.As(err, &es) {
		for _, e := range es {
			codes[e.Field] = e.Code
		}
	}
	return codes
}

func bookingID(n int) string { return fmt.Sprintf("%s/b%03d", testEvent, n) }
func partyID(n int) string   { return fmt.Sprintf("%s/p%03d", testCity, n) }
