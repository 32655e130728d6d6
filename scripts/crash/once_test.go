package crash

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"feria/platform"
)

// atOnce does something n times at the same moment, at both copies in turn.
func (r *pair) atOnce(n int, do func(i int, base string) (reply, error)) ([]reply, []error) {
	replies, errs := make([]reply, n), make([]error, n)
	var wait sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		wait.Go(func() {
			<-begin
			replies[i], errs[i] = do(i, r.either(i))
		})
	}
	close(begin)
	wait.Wait()
	return replies, errs
}

// sameKey sends one request under one Idempotency-Key twenty times at once: it
// happens once, and everybody hears the same, also of the last seat.
func (r *pair) sameKey(t *testing.T, last, roomy slot) {
	for _, at := range []slot{last, roomy} {
		seats := min(at.seats, 3)
		for round := range 5 {
			key := fmt.Sprintf("same-key-%s-%d", at.own, round)
			if at == last && round > 0 {
				key = fmt.Sprintf("same-key-%s-0", at.own) // again, when the slot is full
			}
			replies, errs := r.atOnce(20, func(_ int, base string) (reply, error) { return r.book(base, at, seats, "", false, key) })
			ids, first := map[string]int{}, 0
			for i, got := range replies {
				must(t, errs[i])
				if got.status != http.StatusCreated || got.text("state") != "confirmed" || got.number("seats") != seats {
					t.Errorf("of %d seats, under one key: %s, %v", at.seats, got.code(), got.json)
				}
				ids[got.text("id")]++
				if got.json["replayed"] == nil {
					first++
				}
			}
			if len(ids) != 1 {
				t.Errorf("one key gave %d bookings: %v", len(ids), ids)
			}
			if again := at == last && round > 0; !again && first != 1 || again && first != 0 {
				t.Errorf("%d of 20 were told to be the first", first)
			}
			for i := range 2 { // at either copy
				got, err := r.book(r.either(i), at, 1, "another@example.org", false, key)
				must(t, err)
				if got.code() != "422 idempotency_mismatch" {
					t.Errorf("another body under the key: %s", got.code())
				}
			}
		}
	}
	p := r.open(t, platform.Options{NoJobs: true})
	defer func() { must(t, p.Close()) }()
	for at, want := range map[slot]int{last: 1, roomy: 15} {
		roster, err := p.Registration.Roster(t.Context(), at.id)
		must(t, err)
		if roster.Taken != want {
			t.Errorf("%d seats are taken by what should take %d", roster.Taken, want)
		}
	}
	r.sameKeyOfRecords(t)
}

// sameKeyOfRecords does the same with what is not a booking: whoever comes while
// the first is at work is told to wait, and later hears the same.
func (r *pair) sameKeyOfRecords(t *testing.T) {
	venue := func(base, name string) (reply, error) {
		return r.call(http.MethodPost, base, "/draft/venues", map[string]any{"name": map[string]string{"en": name}}, "same-key-of-a-venue")
	}
	replies, errs := r.atOnce(20, func(_ int, base string) (reply, error) { return venue(base, "Annex") })
	ids := map[string]int{}
	for i, got := range replies {
		must(t, errs[i])
		for got.code() == "409 idempotency_busy" {
			var err error
			got, err = venue(r.either(i), "Annex")
			must(t, err)
		}
		if got.status != http.StatusCreated {
			t.Errorf("a venue: %s, %v", got.code(), got.json)
		}
		ids[got.text("id")]++
	}
	if len(ids) != 1 {
		t.Errorf("one key made %d venues: %v", len(ids), ids)
	}
	for i := range 2 {
		got, err := venue(r.either(i), "Another")
		must(t, err)
		if got.code() != "422 idempotency_mismatch" {
			t.Errorf("another venue under the key: %s", got.code())
		}
	}
}

// samePass reads one pass at both copies at the same moment: as many go in as
// were booked, whether one by one or all at once.
func (r *pair) samePass(t *testing.T) {
	for n, token := range r.passes[:10] {
		count := n % 3 // 0: all who remain
		replies, errs := r.atOnce(12, func(i int, base string) (reply, error) {
			return r.scan(base, token, fmt.Sprintf("pass-%d-%d", n, i), count)
		})
		admitted, scans := 0, 0
		for i, got := range replies {
			must(t, errs[i])
			r.l.scanned(got, token, fmt.Sprintf("pass-%d-%d", n, i))
			if admitted += got.number("passed"); got.text("result") == "ok" {
				scans++
			} else if got.text("reason") != "already_redeemed" && got.text("reason") != "over_party" {
				t.Errorf("a pass read often: %v", got.json)
			}
		}
		want := 1 // scans that let somebody in
		if count == 1 {
			want = passSeats
		}
		if admitted != passSeats || scans != want {
			t.Errorf("a pass of %d, read %d at a time at both copies at once, let %d in with %d scans", passSeats, count, admitted, scans)
		}
	}
	r.l.must(t)
}
