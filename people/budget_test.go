package people

import (
	"strconv"
	"testing"
	"time"
)

func TestBudget(t *testing.T) {
	now := time.Date(2027, 4, 12, 9, 0, 0, 0, time.UTC)
	b := NewBudget(60, time.Hour, func() time.Time { return now })
	take := func(who string, n int, want bool, wantWait time.Duration) {
		t.Helper()
		if ok, wait := b.Take(who, n); ok != want || wait.Round(time.Second) != wantWait {
			t.Errorf("%s takes %d: %v, wait %v; want %v, %v", who, n, ok, wait, want, wantWait)
		}
	}
	take("a", 40, true, 0)
	take("a", 20, true, 0)
	take("a", 3, false, 3*time.Minute)
	take("b", 60, true, 0) // has its own
	now = now.Add(2 * time.Minute)
	take("a", 3, false, time.Minute) // a refusal uses nothing
	take("a", 2, true, 0)
	b.Give("a", 5)
	take("a", 5, true, 0)
	take("a", 1, false, time.Minute)
	take("c", 80, true, 0) // more than there is, once
	take("c", 80, false, 80*time.Minute)
	b.Give("nobody", 5)
	take("nobody", 60, true, 0) // no more than there is
	take("nobody", 1, false, time.Minute)
	now = now.Add(3 * time.Hour)
	take("a", 60, true, 0)
	take("a", 1, false, time.Minute)
	for n := range maxUsers + 10 { // what it remembers is bounded
		b.Take(strconv.Itoa(n), 1)
	}
	if len(b.used) > maxUsers {
		t.Errorf("remembers %d", len(b.used))
	}
}
