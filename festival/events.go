package festival

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"time"

	"feria/kernel"
	"feria/locale"
	"feria/store"
)

func itoa(n int) string { return strconv.Itoa(n) }

// clone makes a copy that shares nothing, so that a change that fails leaves
// the stored value as it was.
func clone[T any](v T) T {
	body, err := json.Marshal(v)
	if err != nil {
		panic("festival: " + err.Error()) // only a float that is no number; refused before
	}
	var out T
	if err := json.Unmarshal(body, &out); err != nil {
		panic("festival: " + err.Error())
	}
	return out
}

// same compares what two values look like when stored: an empty list and none
// are one.
func same[T any](a, b T) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// CreateEvent makes an event of a city: draws its ID and allots its Number.
// Zone, Locales and Color come from the city where they are empty; an empty Slug
// is made of its title. Errors: Missing (city); Errors by field; Conflict
// slug_taken.
func (s *Service) CreateEvent(ctx context.Context, e Event, by string) (Event, error) {
	if e.Slug == "" {
		var err error
		if e.Slug, err = s.wordFor(ctx, e); err != nil {
			return Event{}, err
		}
	}
	e, err := s.newEvent(ctx, e, by)
	if err != nil {
		return Event{}, err
	}
	return e, s.insertEvent(ctx, e)
}

// wordFor makes a word for an event of its title: one that no event of the city
// has or had, and that begins no other address.
func (s *Service) wordFor(ctx context.Context, e Event) (string, error) {
	all, err := s.Events(ctx, e.City)
	if err != nil {
		return "", err
	}
	w := newWords()
	for word := range reserved {
		w.taken[word] = true
	}
	for _, other := range all {
		w.taken[other.Slug] = true
		for _, old := range other.OldSlugs {
			w.taken[old] = true
		}
	}
	title, _ := e.Title.In(e.Locales...)
	return w.take(title, maxSlug), nil
}

// newEvent fills in what a new event needs and looks whether it may be.
func (s *Service) newEvent(ctx context.Context, e Event, by string) (Event, error) {
	city, err := s.City(ctx, e.City)
	if err != nil {
		return Event{}, err
	}
	if e.Zone == "" {
		e.Zone = city.Zone
	}
	if len(e.Locales) == 0 {
		e.Locales = slices.Clone(city.Locales)
	}
	e.tidy()
	if err := e.complaints().Err(); err != nil {
		return Event{}, err
	}
	if n, err := events.In(s.store).Count(ctx, store.By("slug", e.City, e.Slug)); err != nil {
		return Event{}, err
	} else if n > 0 { // only to say so early: the index decides
		return Event{}, slugTaken(e.Slug)
	}
	e.ID = EventID(e.City, kernel.NewID())
	e.Release, e.ReleaseID, e.OldSlugs, e.Removed = 0, "", nil, nil
	e.ChangedAt, e.ChangedBy = s.now(), by
	if !e.Alert.Text.Empty() {
		e.Alert.Since = e.ChangedAt
	}
	city, err = cities.In(s.store).Update(ctx, e.City, func(c *City) error {
		c.LastEventNumber++
		return nil
	})
	if err != nil {
		return Event{}, missing(err)
	}
	e.Number = city.LastEventNumber
	return e, nil
}

func (s *Service) insertEvent(ctx context.Context, e Event) error {
	if err := events.In(s.store).Insert(ctx, e); err != nil {
		if index, taken := takenBy(err); taken && index != "" {
			return slugTaken(e.Slug)
		}
		return err
	}
	return s.bump(ctx, e.ID)
}

func slugTaken(slug string) error {
	return kernel.New(kernel.Conflict, "slug_taken", "slug", "slug", slug)
}

// Event gives an event by its ID. Error: Missing, also for a removed one.
func (s *Service) Event(ctx context.Context, id string) (Event, error) {
	e, err := events.In(s.store).Get(ctx, id)
	if err != nil {
		return Event{}, missing(err)
	}
	if e.Removed != nil {
		return Event{}, kernel.Missing()
	}
	return e, nil
}

// EventBySlug finds an event by its word in addresses, or by one it had before:
// the caller compares Slug and redirects. The answer may be half a second behind
// what another copy of Feria did, and is to be read only. Error: Missing.
func (s *Service) EventBySlug(ctx context.Context, city, slug string) (Event, error) {
	found, err := events.In(s.store).FindRecent(ctx, store.By("slug", city, slug).Limit(1))
	if err != nil {
		return Event{}, err
	}
	if len(found) == 1 && found[0].Slug == slug { // keys of indexes have no control characters; addresses may
		return found[0], nil
	}
	all, err := events.In(s.store).FindRecent(ctx, store.By("city", city, false))
	if err != nil {
		return Event{}, err
	}
	for _, e := range slices.Backward(all) { // the newest that had it
		if slices.Contains(e.OldSlugs, slug) {
			return e, nil
		}
	}
	return Event{}, kernel.Missing()
}

// Events lists the events of a city by their first day.
func (s *Service) Events(ctx context.Context, city string) ([]Event, error) {
	return events.In(s.store).Find(ctx, store.By("city", city, false))
}

// RemovedEvents lists the events of a city that were removed and can come back.
func (s *Service) RemovedEvents(ctx context.Context, city string) ([]Event, error) {
	all, err := events.In(s.store).Find(ctx, store.By("city", city, true))
	return slices.DeleteFunc(all, func(e Event) bool { return e.Unfinished || e.gone(s.now()) }), err
}

// gone says whether a removed event is not to come back, since the sweeper deletes
// it, or may be about to.
func (v *Event) gone(now time.Time) bool {
	return v.Removed != nil && (!now.Before(v.Removed.Add(undoable)) || v.Unfinished && !now.Before(v.Removed.Add(leftAfter)))
}

// SetAlert puts a sentence on every public page of the event at once, without a
// release; an empty Text takes it away.
func (s *Service) SetAlert(ctx context.Context, event, by string, text locale.Text) error {
	_, err := s.updateEvent(ctx, event, by, func(e *Event) error {
		e.Alert.Text = text
		return nil
	})
	return err
}

// RemoveEvent takes an event away with all it shows; RestoreEvent brings it
// back within 30 days. Error: Missing.
func (s *Service) RemoveEvent(ctx context.Context, id, by string) error {
	now := s.now()
	_, err := events.In(s.store).Update(ctx, id, func(e *Event) error {
		if e.Removed != nil {
			return kernel.Missing()
		}
		e.Removed, e.ChangedAt, e.ChangedBy = &now, now, by
		return nil
	})
	if err != nil {
		return missing(err)
	}
	return s.bump(ctx, id)
}

// RestoreEvent brings an event back that was removed less than 30 days ago. If another event has its slug by
// now, it gets one with a number behind it. Error: Missing.
func (s *Service) RestoreEvent(ctx context.Context, id, by string) (Event, error) {
	now := s.now()
	for n := 1; ; n++ {
		e, err := events.In(s.store).Update(ctx, id, func(e *Event) error {
			switch {
			case e.Removed == nil:
				return store.ErrUnchanged
			case e.Unfinished || e.gone(now):
				return kernel.Missing()
			}
			e.Removed, e.ChangedAt, e.ChangedBy = nil, now, by
			if n > 1 {
				e.Slug += "-" + itoa(n)
			}
			return nil
		})
		if _, taken := takenBy(err); taken && n < 100 {
			continue
		}
		if err != nil {
			return Event{}, missing(err)
		}
		return e, s.bump(ctx, id)
	}
}

// errAbsent says whether a store error means that nothing is there.
func errAbsent(err error) bool { return errors.Is(err, store.ErrAbsent) }
