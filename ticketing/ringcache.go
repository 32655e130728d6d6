package ticketing

import (
	"context"
	"errors"
	"sync"
	"time"

	"feria/festival"
	"feria/store"
)

// ringFresh is how long keys are used without asking the store again: a key that
// is withdrawn is refused by every copy of Feria within a second. Caches age by
// the machine's clock, not by that of the rules.
const ringFresh = 500 * time.Millisecond

// maxRings bounds the cache; more events than that are never on at once.
const maxRings = 512

// ringCache holds the public keys of events, so that a scan need not read them.
type ringCache struct {
	mu    sync.Mutex
	rings map[string]cachedRing // by Event.ID
}

type cachedRing struct {
	keys    []PublicKey
	rev     int64
	fetched time.Time
}

func (c *ringCache) get(event string) (cachedRing, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.rings[event]
	return r, ok && time.Since(r.fetched) < ringFresh
}

func (c *ringCache) put(event string, r cachedRing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rings == nil || len(c.rings) >= maxRings {
		c.rings = map[string]cachedRing{}
	}
	c.rings[event] = r
}

func (c *ringCache) forget(event string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.rings, event)
}

// publicKeys gives the public keys of an event from the cache; none if it has
// none yet. A key that the cache does not know may have been made a moment ago
// by another copy of Feria, so the store is asked for it.
func (s *Service) publicKeys(ctx context.Context, event festival.Event, wanted byte) ([]PublicKey, error) {
	held, fresh := s.rings.get(event.ID)
	if _, known := (KeyRing{0: held.keys}).find(0, wanted); fresh && known {
		return held.keys, nil
	}
	asked := time.Now()
	set, rev, changed, err := s.keys.GetUnless(ctx, event.ID, held.rev)
	switch {
	case errors.Is(err, store.ErrAbsent):
		held = cachedRing{}
	case err != nil:
		return nil, err
	case changed:
		held = cachedRing{keys: set.public(), rev: rev}
	}
	held.fetched = asked
	s.rings.put(event.ID, held)
	return held.keys, nil
}

// verify reads a token at a gate of an event. Good tokens of other events and
// cities are OtherEvent; finding those costs reads, which only refusals pay.
func (s *Service) verify(ctx context.Context, event festival.Event, text string) (Token, Reason, error) {
	t, _, ok := parse(text)
	if !ok {
		return Token{}, Invalid, nil
	}
	if t.Event == event.Number {
		keys, err := s.publicKeys(ctx, event, t.Key)
		if err != nil {
			return Token{}, "", err
		}
		read, found := verdictOf(text, event.Number, keys)
		if found != Invalid {
			return read, found, nil
		}
	}
	cities := []string{event.City}
	if s.cities != nil {
		all, err := s.cities(ctx)
		if err != nil {
			return Token{}, "", err
		}
		cities = all
	}
	for _, city := range cities {
		sets, err := s.keys.Find(ctx, store.By("number", city, t.Event))
		if err != nil {
			return Token{}, "", err
		}
		for _, set := range sets {
			if set.ID == event.ID {
				continue
			}
			if _, found := verdictOf(text, t.Event, set.public()); found == "" {
				return Token{}, OtherEvent, nil
			}
		}
	}
	return Token{}, Invalid, nil
}

// verdictOf is Verify with the keys of the one event that the token names.
func verdictOf(text string, event uint32, keys []PublicKey) (Token, Reason) {
	t, err := Verify(text, event, KeyRing{event: keys})
	var reason Reason
	errors.As(err, &reason)
	return t, reason
}
