package registration

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"feria/festival"
	"feria/store"
)

// Due is something that must follow a decision.
type Due struct {
	Effect  Effect
	Booking Booking // as the effect left it
}

// Handle does what must follow decisions: a mail, an entry in an audit. It is
// called for effects of different bookings, answers one error or nil for each, in
// their order, and must be idempotent by Effect.ID, for a crash repeats it. The
// effects of one booking come one after the other.
type Handle func(ctx context.Context, due []Due) []error

// drainBatch is about how many effects Drain works on at a time, and clearing how
// many rosters.
const (
	drainBatch = 250
	clearing   = 16
)

// Drain carries out what rosters left to do: it tells the public how full slots
// are, calls handle for every effect, marks the bookings' rows and then clears the
// effects. What fails stays for the next time, together with all later effects of
// its booking; others go on. It answers how many effects it carried out.
func (s *Service) Drain(ctx context.Context, handle Handle) (int, error) {
	n, waiting := 0, 0
	var failed []error
	var batch []Roster
	work := func() error {
		told, err := s.tellAll(ctx, batch)
		if err != nil {
			err = fmt.Errorf("places: %w", err)
		}
		done, workErr := s.carryOut(ctx, batch, handle)
		for _, nos := range done {
			n += len(nos)
		}
		err = errors.Join(err, workErr, s.clear(ctx, batch, done, told))
		batch, waiting = nil, 0
		if err != nil {
			failed = append(failed, err)
		}
		return err
	}
	errAway := errors.New("the store is away") // it will not be better for the next rosters
	err := s.rosters.Each(ctx, store.By("effects"), func(r Roster) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		batch, waiting = append(batch, r), waiting+max(1, len(r.Effects))
		if waiting >= drainBatch && errors.Is(work(), store.ErrUnavailable) {
			return errAway
		}
		return nil
	})
	if err == nil {
		_ = work() // counted among those that failed
	} else if err != errAway {
		failed = append(failed, err)
	}
	return n, errors.Join(failed...)
}

// tellAll tells the public how full the slots of rosters are, as far as it has not
// been told, and gives the Roster.Tell of those it told, by Roster.ID.
func (s *Service) tellAll(ctx context.Context, rosters []Roster) (told map[string]int64, err error) {
	byEvent := map[string]map[string]festival.PlacesState{}
	for _, r := range rosters {
		if r.Untold {
			if byEvent[r.Event] == nil {
				byEvent[r.Event] = map[string]festival.PlacesState{}
			}
			byEvent[r.Event][r.ID] = r.Told
		}
	}
	for event, places := range byEvent {
		if s.o.Places == nil {
			continue
		}
		if one := s.o.Places(ctx, event, places); one != nil {
			err = errors.Join(err, one)
			delete(byEvent, event)
		}
	}
	told = map[string]int64{}
	for _, r := range rosters {
		if _, ok := byEvent[r.Event][r.ID]; ok {
			told[r.ID] = r.Tell
		}
	}
	return told, err
}

// clear notes in rosters, by Roster.ID, which effects were carried out and what the
// public was told.
func (s *Service) clear(ctx context.Context, rosters []Roster, done map[string]map[int64]bool, told map[string]int64) error {
	var (
		mu     sync.Mutex
		wait   sync.WaitGroup
		free   = make(chan struct{}, clearing)
		failed []error
	)
	for _, read := range rosters {
		slot := read.ID
		free <- struct{}{}
		wait.Go(func() {
			defer func() { <-free }()
			tell, wasTold := told[slot]
			err := s.rosters.Decide(ctx, slot, func(r *Roster) error { return r.clear(done[slot], wasTold, tell) })
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = append(failed, err)
			}
		})
	}
	wait.Wait()
	return errors.Join(failed...)
}

// clear takes out effects that were carried out, by Effect.No, and notes that the
// public was told what Tell counted then: when there has been more to tell since,
// all of it is told again, for the older may have come last. What is so already:
// store.ErrUnchanged.
func (r *Roster) clear(done map[int64]bool, wasTold bool, tell int64) error {
	var left []Effect
	for _, e := range r.Effects {
		if !done[e.No] {
			left = append(left, e)
		}
	}
	untold := r.Untold
	if wasTold {
		untold = r.Tell != tell
	}
	if len(left) == len(r.Effects) && untold == r.Untold {
		return store.ErrUnchanged
	}
	r.Cleared += int64(len(r.Effects) - len(left))
	r.Effects, r.Untold = left, untold
	return nil
}

// course is what became of one booking while its effects are carried out.
type course struct {
	roster  string
	effects []Effect
	row     Booking
	gone    bool // it was erased meanwhile: nobody is left to hear of it
	done    int  // so many of the effects
	failed  error
}

// carryOut handles the effects of rosters and marks the rows. It gives the numbers
// of those that are done with, by Roster.ID.
func (s *Service) carryOut(ctx context.Context, rosters []Roster, handle Handle) (map[string]map[int64]bool, error) {
	courses, err := s.courses(ctx, rosters)
	if err != nil {
		return nil, err
	}
	for nth := 0; ; nth++ {
		var due []Due
		var of []*course
		for _, c := range courses {
			if c.gone || c.failed != nil || nth >= len(c.effects) {
				continue
			}
			e := c.effects[nth]
			c.row.mark(e)
			c.row.Seats = e.Seats
			due, of = append(due, Due{Effect: e, Booking: c.row}), append(of, c)
		}
		if len(due) == 0 {
			break
		}
		for i, err := range handle(ctx, due) {
			if of[i].failed = err; err == nil {
				of[i].done++
			}
		}
	}
	s.markRows(ctx, courses)
	done := map[string]map[int64]bool{}
	var failed []error
	for _, c := range courses {
		if c.failed != nil {
			failed = append(failed, fmt.Errorf("booking %s: %w", c.row.ID, c.failed))
		}
		if c.gone {
			c.done = len(c.effects)
		}
		for _, e := range c.effects[:c.done] {
			if done[c.roster] == nil {
				done[c.roster] = map[int64]bool{}
			}
			done[c.roster][e.No] = true
		}
	}
	return done, errors.Join(failed...)
}

// courses gathers the effects of rosters by booking, in the order in which each
// came first.
func (s *Service) courses(ctx context.Context, rosters []Roster) ([]*course, error) {
	var courses []*course
	var ids []string
	known := map[string]*course{} // by Booking.ID
	for i := range rosters {
		r := &rosters[i]
		for _, e := range r.Effects {
			e.ID = r.effectID(e)
			id := festival.RecordID(r.Event, e.Booking)
			c := known[id]
			if c == nil {
				c = &course{roster: r.ID, gone: true}
				known[id] = c
				courses, ids = append(courses, c), append(ids, id)
			}
			c.effects = append(c.effects, e)
		}
	}
	rows, err := s.bookings.GetMany(ctx, ids)
	for _, b := range rows {
		known[b.ID].row, known[b.ID].gone = b, false
	}
	return courses, err
}

// markRows notes on the rows what was carried out. A row that could not be marked
// has nothing done: all of it comes again.
func (s *Service) markRows(ctx context.Context, courses []*course) {
	byID := make(map[string]*course, len(courses))
	var ids []string
	for _, c := range courses {
		if c.done > 0 {
			byID[c.row.ID] = c
			ids = append(ids, c.row.ID)
		}
	}
	errs := s.bookings.UpdateMany(ctx, ids, func(b *Booking) error {
		c := byID[b.ID]
		for _, e := range c.effects[:c.done] {
			b.mark(e)
		}
		return nil
	})
	for i, err := range errs {
		if c := byID[ids[i]]; err != nil && !errors.Is(err, store.ErrAbsent) {
			c.done, c.failed = 0, errors.Join(c.failed, err)
		}
	}
}
