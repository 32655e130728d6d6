package festival

import (
	"context"
	"reflect"
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
