package ticketing

import (
	"context"
	"slices"
	"time"

	"feria/kernel"
	"feria/store"
)

// Doors stay open for hours: meanwhile their gate may get another word, be set
// aside, or see its word given to another one.

// GateBySlug finds a gate by its word. The answer may be half a second behind
// what another copy of Feria did, and is to be read only. Errors: not_found.
func (s *Service) GateBySlug(ctx context.Context, event, slug string) (Gate, error) {
	return known(first(s.gates.FindRecent(ctx, store.By("slug", event, slug).Limit(1))))
}

// GateOfDoor is GateBySlug for a door that may have been opened before its gate was
// renamed: a word that no gate has leads to the one that had it last. The caller may
// compare Slug and redirect. Errors: not_found.
func (s *Service) GateOfDoor(ctx context.Context, event, slug string) (Gate, error) {
	gate, err := s.GateBySlug(ctx, event, slug)
	if kernel.KindOf(err) != kernel.NotFound {
		return gate, err
	}
	all, findErr := s.gates.FindRecent(ctx, store.By("slug", event))
	if findErr != nil {
		return Gate{}, findErr
	}
	var last time.Time
	for _, g := range all {
		if until, had := g.had(slug); had && until.After(last) {
			gate, last, err = g, until, nil
		}
	}
	return gate, err
}

// GateOf finds the gate at which a scan was made, by its word and the times of
// the ScanRequest: as GateOfDoor does, but for a scan that happened before the gate
// was set aside or lost its word to another one, or waited on a device that had not
// heard of it. Then it is the gate that had the word, for it has let somebody in.
// Errors: not_found.
func (s *Service) GateOf(ctx context.Context, event, slug string, scanned, sent time.Time) (Gate, error) {
	now := s.now()
	at, _ := correct(scanned, sent, now)
	gate, err := s.GateOfDoor(ctx, event, slug)
	if scanned.IsZero() || err == nil && !waited(at, now) || err != nil && kernel.KindOf(err) != kernel.NotFound {
		return gate, err
	}
	all, findErr := s.gates.FindRecent(ctx, store.All().Prefix(event+"/"))
	if findErr != nil {
		return Gate{}, findErr
	}
	var then, last Gate // that had the word, and that had it last
	var thenUntil, lastUntil time.Time
	for _, g := range all {
		until, had := g.had(slug)
		if !had {
			continue
		}
		if at.Before(until) && (then.ID == "" || until.Before(thenUntil)) {
			then, thenUntil = g, until
		}
		if until.After(lastUntil) {
			last, lastUntil = g, until
		}
	}
	switch {
	case then.ID != "":
		return then, nil
	case err != nil && last.ID != "" && waited(at, now):
		return last, nil
	}
	return gate, err
}

// had says until when a gate had a word that it has no more.
func (g Gate) had(slug string) (until time.Time, had bool) {
	if g.Slug == slug && g.Removed != nil {
		return *g.Removed, true
	}
	i := slices.IndexFunc(g.OldSlugs, func(w OldSlug) bool { return w.Slug == slug })
	if i < 0 {
		return time.Time{}, false
	}
	return g.OldSlugs[i].Until, true
}

// takes says whether a scan of that time may be kept at a gate, also one set aside.
func (g Gate) takes(at, received time.Time) bool {
	return g.Removed == nil || at.Before(*g.Removed) || waited(at, received)
}
