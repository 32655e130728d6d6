package registration

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/store"
)

// step is one decision of a script and the code that it is refused with.
type step struct {
	do   func(r *Roster) error
	code string
}

// at the time of a step: the script's start.
var scriptTime = morning

func booking(n int) *Booking { return &Booking{ID: bookingID(n)} }

func books(n, seats int, code string) step {
	return claims(Claim{Booking: bookingID(n), Party: partyID(n), Seats: seats}, code)
}

func claims(c Claim, code string) step {
	return step{func(r *Roster) error { _, err := r.Book(scriptTime, c); return err }, code}
}

func cancels(n int, code string) step {
	return step{func(r *Roster) error { return r.Cancel(scriptTime, booking(n)) }, code}
}

func changes(n, seats int, code string) step {
	return step{func(r *Roster) error { return r.Change(scriptTime, booking(n), seats) }, code}
}

func offers(seats int, sure bool, code string) step {
	return step{func(r *Roster) error { return r.SetSeats(scriptTime, seats, sure) }, code}
}

func starts() step {
	return step{func(r *Roster) error { r.Start = scriptTime; return nil }, ""}
}

// drawn is a roster in one line: free/seats, then the entries in order, those
// who wait in brackets with how often they were passed over.
func drawn(r *Roster) string {
	s := fmt.Sprintf("%d/%d", r.Free(), r.Seats)
	if r.Shut {
		s += " shut"
	}
	for _, e := range r.Entries {
		name := strings.TrimLeft(strings.TrimPrefix(e.Booking, "b"), "0")
		if e.Waits {
			s += fmt.Sprintf(" (%s:%d", name, e.Seats)
			if e.Passed > 0 {
				s += fmt.Sprintf(" passed %d", e.Passed)
			}
			s += ")"
		} else {
			s += fmt.Sprintf(" %s:%d", name, e.Seats)
		}
	}
	return s
}

func effectsOf(r *Roster) string {
	var all []string
	for _, e := range r.Effects {
		all = append(all, strings.TrimLeft(strings.TrimPrefix(e.Booking, "b"), "0")+" "+string(e.Kind))
	}
	return strings.Join(all, ", ")
}

func TestRoster_decides(t *testing.T) {
	for _, row := range []struct {
		name    string
		seats   int
		script  []step
		want    string // see drawn
		effects string
	}{
		{"seats while they last", 5, []step{books(1, 2, ""), books(2, 3, "")},
			"0/5 1:2 2:3", "1 confirmed, 2 confirmed"},
		{"full means a place in the waiting list", 2, []step{books(1, 2, ""), books(2, 1, "")},
			"0/2 1:2 (2:1)", "1 confirmed, 2 waiting"},
		{"who would rather not wait is refused", 2, []step{books(1, 2, ""), claims(Claim{Booking: bookingID(2), Party: partyID(2), Seats: 1, NoWait: true}, "slot_full")},
			"0/2 1:2", "1 confirmed"},
		{"a cancelled seat goes to the first who waits", 2, []step{books(1, 2, ""), books(2, 2, ""), books(3, 1, ""), cancels(1, "")},
			"0/2 2:2 (3:1)", "1 confirmed, 2 waiting, 3 waiting, 1 cancelled, 2 promoted"},
		{"to the first who fits", 4, []step{books(1, 2, ""), books(2, 2, ""), books(3, 3, ""), books(4, 2, ""), cancels(1, "")},
			"0/4 2:2 (3:3 passed 1) 4:2", "1 confirmed, 2 confirmed, 3 waiting, 4 waiting, 1 cancelled, 4 promoted"},
		{"to several when they fit", 4, []step{books(1, 4, ""), books(2, 2, ""), books(3, 1, ""), books(4, 1, ""), cancels(1, "")},
			"0/4 2:2 3:1 4:1", "1 confirmed, 2 waiting, 3 waiting, 4 waiting, 1 cancelled, 2 promoted, 3 promoted, 4 promoted"},
		{"a newcomer who fits passes over those who do not", 4, []step{books(1, 3, ""), books(2, 2, ""), books(3, 1, "")},
			"0/4 1:3 (2:2 passed 1) 3:1", "1 confirmed, 2 waiting, 3 confirmed"},
		{"also one who would rather not wait", 4, []step{books(1, 3, ""), books(2, 2, ""), claims(Claim{Booking: bookingID(3), Party: partyID(3), Seats: 1, NoWait: true}, "")},
			"0/4 1:3 (2:2 passed 1) 3:1", "1 confirmed, 2 waiting, 3 confirmed"},
		{"passed over three times it blocks those behind it", 4,
			[]step{books(1, 4, ""), books(2, 4, ""), books(3, 1, ""), books(4, 1, ""), books(5, 1, ""), books(6, 1, ""), changes(1, 3, ""), changes(1, 2, ""), changes(1, 1, ""), cancels(1, "")},
			"1/4 (2:4 passed 3) 3:1 4:1 5:1 (6:1)", "1 confirmed, 2 waiting, 3 waiting, 4 waiting, 5 waiting, 6 waiting, 3 promoted, 4 promoted, 1 changed, 5 promoted, 1 cancelled"},
		{"a newcomer does not pass one who blocks", 5,
			[]step{books(1, 3, ""), books(2, 3, ""), books(3, 1, ""), cancels(3, ""), books(4, 1, ""), cancels(4, ""), books(5, 1, ""), cancels(5, ""), books(6, 1, "")},
			"2/5 1:3 (2:3 passed 3) (6:1)", "1 confirmed, 2 waiting, 3 confirmed, 3 cancelled, 4 confirmed, 4 cancelled, 5 confirmed, 5 cancelled, 6 waiting"},
		{"it blocks until it fits and then goes first", 5,
			[]step{books(1, 3, ""), books(2, 3, ""), books(3, 1, ""), cancels(3, ""), books(4, 1, ""), cancels(4, ""), books(5, 1, ""), cancels(5, ""), books(6, 1, ""), cancels(1, "")},
			"1/5 2:3 6:1", "1 confirmed, 2 waiting, 3 confirmed, 3 cancelled, 4 confirmed, 4 cancelled, 5 confirmed, 5 cancelled, 6 waiting, 1 cancelled, 2 promoted, 6 promoted"},
		{"who waits and gives up frees nobody's seat", 2, []step{books(1, 2, ""), books(2, 1, ""), cancels(2, "")},
			"0/2 1:2", "1 confirmed, 2 waiting, 2 cancelled"},
		{"one who blocks and gives up lets the others go", 5,
			[]step{books(1, 3, ""), books(2, 3, ""), books(3, 1, ""), cancels(3, ""), books(4, 1, ""), cancels(4, ""), books(5, 1, ""), cancels(5, ""), books(6, 2, ""), cancels(2, "")},
			"0/5 1:3 6:2", "1 confirmed, 2 waiting, 3 confirmed, 3 cancelled, 4 confirmed, 4 cancelled, 5 confirmed, 5 cancelled, 6 waiting, 2 cancelled, 6 promoted"},
		{"cancelling twice is once", 2, []step{books(1, 2, ""), cancels(1, ""), cancels(1, "unchanged")},
			"2/2", "1 confirmed, 1 cancelled"},
		{"what was never booked cannot be cancelled", 2, []step{cancels(1, "not_found")}, "2/2", ""},
		{"fewer seats are free at once", 3, []step{books(1, 3, ""), books(2, 2, ""), changes(1, 1, "")},
			"0/3 1:1 2:2", "1 confirmed, 2 waiting, 1 changed, 2 promoted"},
		{"more seats if they are free", 3, []step{books(1, 1, ""), changes(1, 3, "")}, "0/3 1:3", "1 confirmed, 1 changed"},
		{"no more seats than there are", 3, []step{books(1, 1, ""), changes(1, 4, "slot_too_small")}, "2/3 1:1", "1 confirmed"},
		{"no more seats while others wait for them", 4, []step{books(1, 3, ""), books(2, 2, ""), changes(1, 4, "slot_full")},
			"1/4 1:3 (2:2)", "1 confirmed, 2 waiting"},
		{"who waits for fewer may fit", 4, []step{books(1, 3, ""), books(2, 2, ""), changes(2, 1, "")},
			"0/4 1:3 2:1", "1 confirmed, 2 waiting, 2 changed, 2 promoted"},
		{"who waits for more is passed over anew", 4, []step{books(1, 3, ""), books(2, 2, ""), books(3, 1, ""), changes(2, 4, "")},
			"0/4 1:3 (2:4) 3:1", "1 confirmed, 2 waiting, 3 confirmed, 2 changed"},
		{"a change back and forth is told once", 4, []step{books(1, 3, ""), changes(1, 2, ""), changes(1, 3, "")}, "1/4 1:3", "1 confirmed, 1 changed"},
		{"the same number again is nothing", 4, []step{books(1, 3, ""), changes(1, 3, "unchanged")}, "1/4 1:3", "1 confirmed"},
		{"none and too many are no numbers of seats", 40, []step{books(1, 0, "seats_range"), books(1, 21, "seats_range"), books(1, 20, ""), changes(1, 0, "seats_range"), changes(1, 21, "seats_range")},
			"20/40 1:20", "1 confirmed"},
		{"a party larger than the slot is not let wait for ever", 4, []step{books(1, 5, "slot_too_small")}, "4/4", ""},
		{"raising the seats serves those who wait", 2, []step{books(1, 2, ""), books(2, 2, ""), books(3, 1, ""), offers(4, false, "")},
			"0/4 1:2 2:2 (3:1)", "1 confirmed, 2 waiting, 3 waiting, 2 promoted"},
		{"lowering below what is booked asks first", 4, []step{books(1, 3, ""), offers(2, false, "seats_below_booked")}, "1/4 1:3", "1 confirmed"},
		{"and then shuts and cancels nothing", 4, []step{books(1, 3, ""), offers(2, true, ""), books(2, 1, "slot_shut"), changes(1, 1, ""), books(3, 1, "")},
			"0/2 1:1 3:1", "1 confirmed, 1 changed, 3 confirmed"},
		{"shut, nobody moves up until the booked fit again", 4, []step{books(1, 2, ""), books(2, 2, ""), books(3, 1, ""), offers(1, true, ""), cancels(1, ""), cancels(2, "")},
			"0/1 3:1", "1 confirmed, 2 confirmed, 3 waiting, 1 cancelled, 2 cancelled, 3 promoted"},
		{"who waits for more than are left altogether does not block", 4, []step{books(1, 4, ""), books(2, 4, ""), books(3, 1, ""), offers(3, true, ""), cancels(1, "")},
			"2/3 (2:4) 3:1", "1 confirmed, 2 waiting, 3 waiting, 1 cancelled, 3 promoted"},
		{"not more than can be listed once somebody is", 4, []step{books(1, 1, ""), offers(501, true, "seats_listed"), offers(500, true, "")}, "499/500 1:1", "1 confirmed"},
		{"fewer than none and more than a stadium holds are refused", 4, []step{offers(-1, true, "seats_offered"), offers(100_001, true, "seats_offered")}, "4/4", ""},
		{"a slot without seats is full", 0, []step{books(1, 1, "slot_full")}, "0/0", ""},
		{"a party books a slot once", 4, []step{books(1, 1, ""), claims(Claim{Booking: bookingID(2), Party: partyID(1), Seats: 1}, "overlaps")}, "3/4 1:1", "1 confirmed"},
		{"or again if it says so", 4, []step{books(1, 1, ""), claims(Claim{Booking: bookingID(2), Party: partyID(1), Seats: 1, Again: true}, "")}, "2/4 1:1 2:1", "1 confirmed, 2 confirmed"},
		{"the same booking again is the same", 4, []step{books(1, 1, ""), books(1, 1, "")}, "3/4 1:1", "1 confirmed"},
		{"once it has begun nobody moves up", 2, []step{books(1, 2, ""), books(2, 1, ""), starts(), cancels(1, "")}, "2/2 (2:1)", "1 confirmed, 2 waiting, 1 cancelled"},
		{"and free seats are for those at the desk", 2, []step{books(1, 2, ""), books(2, 1, ""), starts(), cancels(1, ""), books(3, 1, ""), books(4, 2, "slot_full")},
			"1/2 (2:1) 3:1", "1 confirmed, 2 waiting, 1 cancelled, 3 confirmed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := newRoster(SlotInfo{ID: testEvent + "/s", City: testCity, Event: testEvent, Seats: row.seats})
			for i, s := range row.script {
				before := encoded(t, &r)
				err := s.do(&r)
				if s.code == "unchanged" {
					if !errors.Is(err, store.ErrUnchanged) {
						t.Errorf("step %d: got %v, want unchanged", i, err)
					}
				} else {
					wantCode(t, err, s.code)
				}
				if err != nil && encoded(t, &r) != before {
					t.Errorf("step %d was refused and changed the roster\nbefore %s\nafter  %s", i, before, encoded(t, &r))
				}
			}
			if got := drawn(&r); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
			if got := effectsOf(&r); got != row.effects {
				t.Errorf("effects\ngot  %s\nwant %s", got, row.effects)
			}
			r.check(scriptTime, func(format string, args ...any) { t.Errorf("doctor: "+format, args...) })
		})
	}
}

func encoded(t interface {
	Helper()
	Fatal(...any)
}, r *Roster) string {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRoster_isBounded(t *testing.T) {
	fill := func(seats, bookings int) *Roster {
		r := newRoster(SlotInfo{ID: testEvent + "/s", Event: testEvent, Seats: seats})
		for n := range bookings {
			r.Effects = nil
			if _, err := r.Book(scriptTime, Claim{Booking: bookingID(n), Party: partyID(n), Seats: 1}); err != nil {
				t.Fatalf("booking %d of %d: %v", n, bookings, err)
			}
		}
		return &r
	}
	t.Run("500 confirmed and 300 waiting fit, and not one more", func(t *testing.T) {
		r := fill(500, 800)
		if r.Taken != 500 || r.Line() != 300 {
			t.Fatalf("%d taken, %d wait", r.Taken, r.Line())
		}
		wantCode(t, books(900, 1, "").do(r), "slot_full")
		if size := len(encoded(t, r)); size > 200_000 {
			t.Errorf("a full roster has %d bytes", size)
		}
	})
	t.Run("a larger slot is counted, without a list and without a line", func(t *testing.T) {
		r := fill(501, 501)
		if r.Taken != 501 || len(r.Entries) != 0 || !r.Counts {
			t.Fatalf("%d taken, %d entries", r.Taken, len(r.Entries))
		}
		wantCode(t, books(900, 1, "").do(r), "slot_full")
	})
	t.Run("no more is booked than can be carried out", func(t *testing.T) {
		r := newRoster(SlotInfo{ID: testEvent + "/s", Event: testEvent, Seats: 5000})
		var err error
		n := 0
		for ; err == nil; n++ {
			err = books(n, 1, "").do(&r)
		}
		if kernel.KindOf(err) != kernel.Unavailable || n != maxEffects+1 {
			t.Errorf("after %d bookings: %v", n, err)
		}
		wantCode(t, cancels(1, "").do(&r), "") // a seat can always be given back
	})
}

func TestRoster_Standing(t *testing.T) {
	ended := morning
	plain, settled, over := Booking{ID: bookingID(1), Seats: 2}, Booking{ID: bookingID(1), Seats: 2, Settled: true}, Booking{ID: bookingID(1), Seats: 2, Settled: true, Ended: &ended}
	listed, counted := Roster{Seats: 10}, Roster{Seats: 1000, Counts: true}
	with := func(r Roster, kinds ...EffectKind) Roster {
		for _, k := range kinds {
			r.effect(Effect{Booking: "b001", Kind: k, Seats: 3, At: morning})
		}
		return r
	}
	entry := func(r Roster, waits bool) Roster {
		r.Entries = []Entry{{Booking: "b000", Seats: 1, Waits: true}, {Booking: "b001", Seats: 4, Waits: waits}}
		return r
	}
	for _, row := range []struct {
		name string
		r    Roster
		b    Booking
		want string // state, seats, position; "" for void
	}{
		{"listed: unknown to roster and row is void", listed, plain, ""},
		{"listed: an entry is confirmed, with the roster's seats", entry(listed, false), plain, "confirmed 4 0"},
		{"listed: an entry that waits has a position", entry(listed, true), plain, "waiting 4 2"},
		{"listed: an entry counts more than a mark", entry(listed, false), settled, "confirmed 4 0"},
		{"listed: gone and not yet carried out is cancelled", with(listed, EffectConfirmed, EffectCancelled), plain, "cancelled 3 0"},
		{"listed: carried out, the mark says cancelled", listed, over, "cancelled 2 0"},
		{"listed: settled alone proves nothing", listed, settled, ""},
		{"counted: unknown to roster and row is void", counted, plain, ""},
		{"counted: decided and not yet carried out", with(counted, EffectConfirmed), plain, "confirmed 3 0"},
		{"counted: carried out, the mark says confirmed", counted, settled, "confirmed 2 0"},
		{"counted: cancelled and not yet carried out", with(counted, EffectCancelled), settled, "cancelled 3 0"},
		{"counted: carried out, the mark says cancelled", counted, over, "cancelled 2 0"},
		{"counted: another's effect says nothing", with(counted, EffectConfirmed), Booking{ID: bookingID(2)}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := ""
			if s, ok := row.r.Standing(&row.b); ok {
				got = fmt.Sprint(s.State, " ", s.Seats, " ", s.Position)
				if (s.State == Cancelled) == s.Ended.IsZero() {
					t.Errorf("%s, ended %v", s.State, s.Ended)
				}
			}
			if got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestRoster_Places(t *testing.T) {
	for _, row := range []struct {
		name string
		r    Roster
		want festival.PlacesState
	}{
		{"nobody yet", Roster{Seats: 20}, festival.PlacesFree},
		{"more than a quarter is free", Roster{Seats: 20, Taken: 14}, festival.PlacesFree},
		{"a quarter is few", Roster{Seats: 20, Taken: 15}, festival.PlacesFew},
		{"three are few", Roster{Seats: 5, Taken: 2}, festival.PlacesFew},
		{"none is full", Roster{Seats: 20, Taken: 20}, festival.PlacesFull},
		{"free for nobody who comes now is full", Roster{Seats: 20, Taken: 14, Entries: []Entry{{Seats: 7, Waits: true}}}, festival.PlacesFull},
		{"shut", Roster{Seats: 20, Taken: 24, Shut: true}, festival.PlacesClosed},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.r.Places(); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func TestRoster_effectIDs(t *testing.T) {
	r := newRoster(SlotInfo{ID: testEvent + "/s", Event: testEvent, Seats: 4})
	for _, s := range []step{books(1, 1, ""), changes(1, 2, ""), cancels(1, "")} {
		wantCode(t, s.do(&r), "")
	}
	seen := map[string]bool{}
	for _, e := range r.Effects {
		seen[r.effectID(e)] = true
		later := e
		later.At = e.At.Add(time.Second)
		if r.effectID(later) == r.effectID(e) {
			t.Error("an effect of another time has the same id")
		}
	}
	if len(seen) != 3 {
		t.Errorf("3 effects have %d ids", len(seen))
	}
	var stored Roster
	if err := json.Unmarshal([]byte(encoded(t, &r)), &stored); err != nil {
		t.Fatal(err)
	}
	for _, e := range stored.Effects {
		if !seen[stored.effectID(e)] {
			t.Errorf("effect %d has another id after it was stored", e.No)
		}
	}
}
