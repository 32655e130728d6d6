package festival

import (
	"context"
	"slices"
	"time"

	"feria/store"
)

// leftAfter is how long a publisher may be at work.
const leftAfter = time.Hour

// Sweep finishes what a crash left half done: releases that nobody points to,
// pulses behind their event, imports that never ended. Events that were removed
// 30 days ago, and copies of events that were never finished, go for good, after leaving has deleted what others keep of them:
// when that fails, or a crash comes between, all of it is done again. It gives the
// number of things it put right; a second run finds none.
func (s *Service) Sweep(ctx context.Context, leaving func(ctx context.Context, e Event) error) (int, error) {
	n := 0
	old := s.now().Add(-leftAfter)
	all, err := events.In(s.store).Find(ctx, store.All())
	if err != nil {
		return 0, err
	}
	for _, e := range all {
		if e.gone(s.now()) {
			if err := leaving(ctx, e); err != nil {
				return n, err
			}
			if err := s.purge(ctx, e); err != nil {
				return n, err
			}
			n++
			continue
		}
		_, left, err := s.chain(ctx, e)
		if err != nil {
			return n, err
		}
		for _, r := range slices.DeleteFunc(left, func(r Release) bool { return r.At.After(old) }) {
			if err := s.dropRelease(ctx, r); err != nil {
				return n, err
			}
			n++
		}
		p, err := pulses.In(s.store).Get(ctx, e.ID)
		if err != nil && !errAbsent(err) {
			return n, err
		}
		city, cityErr := s.City(ctx, e.City)
		if cityErr != nil {
			return n, cityErr
		}
		if err != nil || p.stale(e, city) {
			if err := s.bump(ctx, e.ID); err != nil {
				return n, err
			}
			n++
		}
		ended, err := s.endImports(ctx, e.ID)
		n += ended
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// purge deletes an event with all that this package keeps of it, the event
// itself last, so that a purge that ended in the middle is done again.
func (s *Service) purge(ctx context.Context, e Event) error {
	for _, deleteUnder := range []func(context.Context, string) error{
		venues.In(s.store).DeleteUnder, spaces.In(s.store).DeleteUnder, booths.In(s.store).DeleteUnder, hosts.In(s.store).DeleteUnder,
		sessions.In(s.store).DeleteUnder, slots.In(s.store).DeleteUnder, chunks.In(s.store).DeleteUnder, releases.In(s.store).DeleteUnder,
		imageChunks.In(s.store).DeleteUnder, imports.In(s.store).DeleteUnder,
	} {
		if err := deleteUnder(ctx, e.ID+"/"); err != nil {
			return err
		}
	}
	for _, err := range s.store.Apply(ctx, pulses.In(s.store).DeleteOp(e.ID), events.In(s.store).DeleteOp(e.ID)) {
		if err != nil && !errAbsent(err) {
			return err
		}
	}
	return nil
}
