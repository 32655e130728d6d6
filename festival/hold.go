package festival

import (
	"context"
	"slices"

	"feria/kernel"
	"feria/store"
)

// Nothing that is there may point to what is removed. The records are documents
// of their own, so no single decision keeps apart who removes one and who comes to
// point to it. Each looks first, to say no in time, then writes, and then looks
// again: of two that meet, at least the one that wrote last sees the other. Who has
// removed takes it back; who points to a removed record brings that back.

// hold brings back what a record that was just written points to, and takes away
// a theme that the event has no more. It gives the record as it is then.
func (k *kindOf[T, P]) hold(ctx context.Context, s *Service, v T, by string) (T, error) {
	if err := s.hold(ctx, by, P(&v).points()); err != nil {
		return v, err
	}
	slug := themeOf(&v)
	if slug == nil || *slug == "" {
		return v, nil
	}
	e, err := s.Event(ctx, P(&v).base().Event)
	if err != nil || e.hasTrack(*slug) {
		return v, err
	}
	gone := *slug
	after, err := k.decl.In(s.store).Update(ctx, P(&v).base().ID, func(v *T) error {
		if slug := themeOf(v); *slug == gone {
			*slug = ""
			return nil
		}
		return store.ErrUnchanged
	})
	return after, missing(err)
}

func (k *kindOf[T, P]) held(ctx context.Context, s *Service, id, by string) error {
	v, err := k.decl.In(s.store).Get(ctx, id)
	if err == nil {
		_, err = k.hold(ctx, s, v, by)
	}
	return missing(err)
}

func (s *Service) hold(ctx context.Context, by string, points []pointer) error {
	for _, p := range points {
		k, err := kindByName(p.kind)
		if err != nil {
			return err
		}
		needs, removed, err := k.needs(ctx, s, p.id)
		switch {
		case kernel.KindOf(err) == kernel.NotFound || err == nil && !removed:
			continue
		case err != nil:
			return err
		}
		if err := k.mark(ctx, s, p.id, by, nil); err != nil {
			return err
		}
		if err := s.hold(ctx, by, needs); err != nil {
			return err
		}
	}
	return nil
}

// holdAll is hold for all of an event, after an import or an undoing: others may
// have come to point to what it has set aside, and what an import had loaded ahead
// may be from before somebody removed it. Else there is nothing to look at, since
// who removes waits for imports.
func (s *Service) holdAll(ctx context.Context, i Import) error {
	l, err := s.loadStocks(ctx, i.Event)
	if err != nil {
		return err
	}
	if err := s.hold(ctx, i.By, l.dangling()); err != nil {
		return err
	}
	e, err := s.Event(ctx, i.Event)
	if err != nil {
		return err
	}
	return firstOf(holdThemes(ctx, s, l.sessions, e, i.By), holdThemes(ctx, s, l.booths, e, i.By))
}

func holdThemes[T any, P record[T]](ctx context.Context, s *Service, st *stock[T, P], e Event, by string) (err error) {
	st.each(func(v *T) {
		if slug := *themeOf(v); slug != "" && !e.hasTrack(slug) && err == nil {
			_, err = st.kind.hold(ctx, s, *v, by)
		}
	})
	return err
}

// dangling lists what live records point to although it is removed.
func (l *stocks) dangling() []pointer {
	var out []pointer
	for _, points := range [][]pointer{l.spaces.points(), l.booths.points(), l.sessions.points(), l.slots.points()} {
		for _, p := range points {
			if !l.there(p) && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// points lists what the live records of a stock point to.
func (st *stock[T, P]) points() []pointer {
	var out []pointer
	st.each(func(v *T) { out = append(out, P(v).points()...) })
	return out
}

// themeOf is where a record has its theme, nil for kinds without one.
func themeOf(v any) *string {
	switch v := v.(type) {
	case *Session:
		return &v.Track
	case *Booth:
		return &v.Track
	}
	return nil
}

func (v *Event) hasTrack(slug string) bool {
	return slices.ContainsFunc(v.Tracks, func(t Track) bool { return t.Slug == slug })
}
