package people

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"feria/kernel"
	"feria/store"
)

// tally counts what happened under one key in one window of time.
type tally struct {
	ID    string    `json:"id"` // City/hash of the key/start of the window
	Count int       `json:"count"`
	Until time.Time `json:"until"`
}

var limits = store.Declare(store.Spec[tally]{
	Name: "limits", ID: func(t *tally) string { return t.ID }, Shape: 1,
	Keep:  "until its window has passed; addresses are hashed",
	Until: func(t *tally) time.Time { return t.Until }, NoBackup: true,
})

// Limiter counts how often something is tried, over all copies of Feria and
// over restarts.
type Limiter struct {
	store *store.Store
	now   kernel.Clock

	mu   sync.Mutex
	full map[string]time.Time // windows known to be used up, until they end
}

// maxFull bounds what a Limiter remembers; beyond it the store is asked again.
const maxFull = 10_000

// NewLimiter makes a Limiter. Several on one store count together.
func NewLimiter(s *store.Store, now kernel.Clock) *Limiter {
	return &Limiter{store: s, now: now, full: map[string]time.Time{}}
}

// Allow counts one try under a key and says whether it is among the first n of
// its window of length per; else how long to wait for the next one. The key
// begins with the City and a slash; what follows (an address, an account) is
// stored as a hash only. Windows begin at multiples of per since 1970, so at
// worst 2n tries fall into one stretch of that length. Errors: ErrUnavailable.
func (l *Limiter) Allow(ctx context.Context, key string, n int, per time.Duration) (ok bool, wait time.Duration, err error) {
	now := l.now()
	start := now.Truncate(per)
	end := start.Add(per)
	wait = end.Sub(now)
	city, rest, _ := strings.Cut(key, "/")
	id := city + "/" + kernel.DeriveID(rest, per.String()) + "/" + strconv.FormatInt(start.Unix(), 36)
	if l.known(id, now) {
		return false, wait, nil
	}
	_, err = limits.In(l.store).Update(ctx, id, func(t *tally) error {
		if ok = t.Count < n; !ok {
			return store.ErrUnchanged
		}
		t.Count++
		return nil
	}, store.OrNew(func() tally { return tally{ID: id, Until: end} }))
	if err != nil {
		return false, 0, err
	}
	if ok {
		return true, 0, nil
	}
	l.remember(id, now, end)
	return false, wait, nil
}

// known spares the store those who go on trying although their window is full.
func (l *Limiter) known(id string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return now.Before(l.full[id])
}

func (l *Limiter) remember(id string, now, end time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.full) >= maxFull {
		for other, until := range l.full {
			if !now.Before(until) {
				delete(l.full, other)
			}
		}
		if len(l.full) >= maxFull {
			clear(l.full)
		}
	}
	l.full[id] = end
}
