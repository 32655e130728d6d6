package festival

import (
	"context"
	"reflect"
	"time"

	"feria/kernel"
	"feria/store"
)

// Who finds out by the second look that something is needed after all (see hold)
// takes back what was written: it is then as if nothing had been asked for, down
// to when and by whom it was changed. What others have changed since stays.

// takeBack undoes a change of an event that took away a track which is needed.
func (s *Service) takeBack(ctx context.Context, before, after Event) error {
	back := func(e *Event) error { e.takeBack(before, after); return nil }
	_, err := events.In(s.store).Update(ctx, before.ID, back)
	if _, taken := takenBy(err); taken { // another event has the old slug by now
		before.Slug, before.OldSlugs = after.Slug, after.OldSlugs
		_, err = events.In(s.store).Update(ctx, before.ID, back)
	}
	if err != nil {
		return missing(err)
	}
	return s.bump(ctx, before.ID)
}

// takeBack brings each field that is still as a change left it to what it was
// before, and puts back the tracks that the change took away: only these where
// the rest would not go with what others have changed since.
func (v *Event) takeBack(before, after Event) {
	back := clone(*v)
	was, left, is := reflect.ValueOf(clone(before)), reflect.ValueOf(after), reflect.ValueOf(&back).Elem()
	for i := range is.NumField() {
		if same(is.Field(i).Interface(), left.Field(i).Interface()) {
			is.Field(i).Set(was.Field(i))
		}
	}
	if back.complaints().Err() != nil {
		back = clone(*v)
	}
	for _, t := range before.Tracks {
		if !after.hasTrack(t.Slug) && !back.hasTrack(t.Slug) {
			back.Tracks = append(back.Tracks, t)
		}
	}
	*v = back
}

// setAside marks a record as removed, and gives what takes that back.
func (k *kindOf[T, P]) setAside(ctx context.Context, s *Service, id, by string) (takeBack func(context.Context) error, err error) {
	var was T
	now := s.now()
	v, err := k.decl.In(s.store).Update(ctx, id, func(v *T) error {
		was = clone(*v)
		return P(v).base().mark(now, by, &now)
	})
	if err != nil {
		return nil, k.taken(err, v)
	}
	return func(ctx context.Context) error { return k.takeBack(ctx, s, was, now, by) }, nil
}

// takeBack makes a record what it was before it was set aside at a time, also
// where somebody who points to it has brought it back by now.
func (k *kindOf[T, P]) takeBack(ctx context.Context, s *Service, was T, at time.Time, by string) error {
	now := s.now()
	v, err := k.decl.In(s.store).Update(ctx, P(&was).base().ID, func(v *T) error {
		b, old := P(v).base(), P(&was).base()
		if b.Removed != nil && !b.Removed.Equal(at) {
			return store.ErrUnchanged // somebody else looks after it
		}
		back := *v
		next := P(&back).base()
		next.Removed, next.Source.Import, next.Source.Dropped = nil, old.Source.Import, old.Source.Dropped
		if sameBut(P(&back), P(&was)) {
			*v = clone(was)
			return nil
		}
		return b.mark(now, by, nil)
	})
	return k.taken(err, v)
}

// mark sets a record aside, or with nil brings it back. Error: Missing.
func (b *Base) mark(now time.Time, by string, removed *time.Time) error {
	if b.Removed != nil && removed != nil {
		return kernel.Missing()
	}
	if b.Removed == nil && removed == nil {
		return store.ErrUnchanged
	}
	b.Removed, b.ChangedAt, b.ChangedBy = removed, now, by
	b.Source.Import, b.Source.Dropped = "", false
	return nil
}
