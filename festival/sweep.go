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
// 30 days ago go for good. It gives the number of things it put right; a second
// run finds none.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	n := 0
	old := s.now().Add(-leftAfter)
	all, err := events.In(s.store).Find(ctx, store.All())
	if err != nil {
		return 0, err
	}
	for _, e := range all {
		if e.Removed != nil && !s.now().Before(e.Removed.Add(undoable)) {
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
		if err != nil || p.Release < e.Release {
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
	for _, wipe := range []func() error{
		func() error { return wipe(ctx, s, venues, e.ID) },
		func() error { return wipe(ctx, s, spaces, e.ID) },
		func() error { return wipe(ctx, s, booths, e.ID) },
		func() error { return wipe(ctx, s, hosts, e.ID) },
		func() error { return wipe(ctx, s, sessions, e.ID) },
		func() error { return wipe(ctx, s, slots, e.ID) },
		func() error { return wipe(ctx, s, chunks, e.ID) },
		func() error { return wipe(ctx, s, releases, e.ID) },
		func() error { return wipe(ctx, s, imageChunks, e.ID) },
		func() error { return wipe(ctx, s, imports, e.ID) },
	} {
		if err := wipe(); err != nil {
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

// wipe deletes the documents of a collection whose ids lie under an event's.
func wipe[T interface{ id() string }](ctx context.Context, s *Service, d *store.Declared[T], event string) error {
	c := d.In(s.store)
	for {
		some, err := c.Find(ctx, store.All().Prefix(event+"/").Limit(batch))
		if err != nil {
			return err
		}
		ops := make([]store.Op, len(some))
		for i, v := range some {
			ops[i] = c.DeleteOp(v.id())
		}
		for _, err := range s.store.Apply(ctx, ops...) {
			if err != nil && !errAbsent(err) {
				return err
			}
		}
		if len(some) < batch {
			return nil
		}
	}
}

func (b Base) id() string    { return b.ID }
func (r Release) id() string { return r.ID }
func (c chunk) id() string   { return c.ID }
func (i images) id() string  { return i.ID }
func (i Import) id() string  { return i.ID }
