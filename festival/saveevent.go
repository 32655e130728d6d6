package festival

import (
	"cmp"
	"context"
	"slices"
	"time"

	"feria/kernel"
	"feria/store"
)

// SaveEvent changes an event; change is called with what is stored, maybe
// twice, and its error is returned as is. What identifies the event and its
// release stays; a slug it had before is remembered, and an empty one stays as it
// was. An event that is refused is as it was. Where change sets another ChangedAt,
// it is what the caller saw: an event that changed since, and is to change again, is
// refused; zero asks for no such check. Errors: Missing; Errors by field; Conflict
// slug_taken, track_in_use, record_changed.
func (s *Service) SaveEvent(ctx context.Context, id, by string, change func(*Event) error) (Event, error) {
	before, err := s.Event(ctx, id)
	if err != nil {
		return Event{}, err
	}
	wanted := clone(before)
	if err := change(&wanted); err != nil {
		return Event{}, err
	}
	if err := s.tracksFree(ctx, before, wanted); err != nil {
		return Event{}, err
	}
	after, err := s.updateEvent(ctx, id, by, func(e *Event) error {
		before = clone(*e)
		return change(e)
	})
	if err != nil {
		return Event{}, err
	}
	// Somebody may have given a session one of its tracks meanwhile; see hold.
	if used := s.tracksFree(ctx, before, after); used != nil {
		return Event{}, cmp.Or(s.takeBack(ctx, before, after), used)
	}
	return after, nil
}

func (s *Service) updateEvent(ctx context.Context, id, by string, change func(*Event) error) (Event, error) {
	now := s.now()
	wanted := ""
	e, err := events.In(s.store).Update(ctx, id, func(e *Event) error {
		if e.Removed != nil {
			return kernel.Missing()
		}
		next := clone(*e)
		if err := change(&next); err != nil {
			return err
		}
		seen := next.ChangedAt
		next.keep(*e, now)
		if err := next.complaints().Err(); err != nil {
			return err
		}
		wanted = next.Slug
		if same(next, *e) {
			return store.ErrUnchanged
		}
		if err := unchangedSince(seen, e.ChangedAt); err != nil {
			return err
		}
		next.ChangedAt, next.ChangedBy = now, by
		*e = next
		return nil
	})
	if err != nil {
		if _, taken := takenBy(err); taken {
			return Event{}, slugTaken(wanted)
		}
		return Event{}, missing(err)
	}
	return e, s.bump(ctx, id)
}

// unchangedSince refuses to change what was changed after it was seen; zero for
// not seen. Error: Conflict record_changed.
func unchangedSince(seen, changed time.Time) error {
	if seen.IsZero() || seen.Equal(changed) {
		return nil
	}
	return kernel.New(kernel.Conflict, "record_changed", "", "at", changed)
}

// keep brings back what no change of an event may touch, and remembers the slug
// it had.
func (v *Event) keep(old Event, now time.Time) {
	v.tidy()
	v.ID, v.City, v.Number = old.ID, old.City, old.Number
	v.Release, v.ReleaseID = old.Release, old.ReleaseID
	v.CopiedFrom, v.Removed = old.CopiedFrom, old.Removed
	v.ChangedAt, v.ChangedBy = old.ChangedAt, old.ChangedBy
	if v.Slug == "" {
		v.Slug = old.Slug
	}
	if v.Slug != old.Slug {
		v.OldSlugs = append(slices.DeleteFunc(v.OldSlugs, func(s string) bool { return s == old.Slug || s == v.Slug }), old.Slug)
	}
	switch {
	case v.Alert.Text.Empty():
		v.Alert = Alert{}
	case !v.Alert.Text.Equal(old.Alert.Text):
		v.Alert.Since = now
	default:
		v.Alert.Since = old.Alert.Since
	}
}

// tracksFree refuses to drop a track that sessions or booths still name.
func (s *Service) tracksFree(ctx context.Context, before, wanted Event) error {
	gone := map[string]bool{}
	for _, t := range before.Tracks {
		gone[t.Slug] = true
	}
	for _, t := range wanted.Tracks {
		delete(gone, t.Slug)
	}
	if len(gone) == 0 {
		return nil
	}
	draft, err := s.Draft(ctx, before.ID)
	if err != nil {
		return err
	}
	uses := map[string]int{}
	for _, x := range draft.Sessions {
		uses[x.Track]++
	}
	for _, x := range draft.Booths {
		uses[x.Track]++
	}
	for _, t := range before.Tracks {
		if n := uses[t.Slug]; gone[t.Slug] && n > 0 {
			return kernel.New(kernel.Conflict, "track_in_use", "tracks", "track", t.Name.String(), "n", n)
		}
	}
	return nil
}
