package registration

import (
	"context"
	"fmt"
	"time"

	"feria/festival"
	"feria/store"
)

// effectsMayWait is how old an effect may be before the doctor says so.
const effectsMayWait = 10 * time.Minute

// Check reports what does not agree between rosters, rows and parties, in lines
// without personal data, for the doctor.
func (s *Service) Check(ctx context.Context, report func(problem string)) error {
	say := func(format string, args ...any) { report(fmt.Sprintf(format, args...)) }
	err := s.rosters.Each(ctx, store.All(), func(r Roster) error {
		r.check(s.now(), say)
		return s.checkEntries(ctx, &r, say)
	})
	if err != nil {
		return err
	}
	const most = 500
	var batch []Booking
	err = s.bookings.Each(ctx, store.All(), func(b Booking) error {
		if batch = append(batch, b); len(batch) < most {
			return nil
		}
		err := s.checkRows(ctx, batch, say)
		batch = batch[:0]
		return err
	})
	if err == nil {
		err = s.checkRows(ctx, batch, say)
	}
	return err
}

// check looks at a roster alone.
func (r *Roster) check(now time.Time, say func(string, ...any)) {
	taken, line, seen := 0, 0, map[string]bool{}
	for _, e := range r.Entries {
		if e.Waits {
			line++
		} else {
			taken += e.Seats
		}
		if seen[e.Booking] {
			say("roster %s lists booking %s twice", r.ID, e.Booking)
		}
		seen[e.Booking] = true
		if e.Seats < 1 {
			say("roster %s lists booking %s with %d seats", r.ID, e.Booking, e.Seats)
		}
	}
	if !r.Counts && taken != r.Taken {
		say("roster %s counts %d seats taken, its entries %d", r.ID, r.Taken, taken)
	}
	if r.Taken > r.Seats && !r.Shut {
		say("roster %s is oversold: %d of %d", r.ID, r.Taken, r.Seats)
	}
	if r.Taken < 0 {
		say("roster %s counts %d seats taken", r.ID, r.Taken)
	}
	if line > MaxWaiting || r.Counts && len(r.Entries) > 0 || !r.Counts && r.Seats > MaxConfirmed {
		say("roster %s is larger than it may be: %d seats, %d entries, %d wait", r.ID, r.Seats, len(r.Entries), line)
	}
	if len(r.Effects) > 0 && now.Sub(r.Effects[0].At) > effectsMayWait {
		say("roster %s has %d effects to carry out, the oldest for %s", r.ID, len(r.Effects), now.Sub(r.Effects[0].At).Round(time.Minute))
	}
}

// checkEntries looks for the rows of a roster's entries.
func (s *Service) checkEntries(ctx context.Context, r *Roster, say func(string, ...any)) error {
	ids := make([]string, 0, len(r.Entries))
	for _, e := range r.Entries {
		ids = append(ids, festival.RecordID(r.Event, e.Booking))
	}
	found, err := s.bookings.GetMany(ctx, ids)
	if err != nil {
		return err
	}
	rows := make(map[string]bool, len(found))
	var ended []string
	for _, b := range found {
		rows[b.ID] = true
		if b.Slot != r.ID {
			say("booking %s stands in the roster of slot %s and is of another", b.ID, r.ID)
		}
		if b.Ended != nil {
			ended = append(ended, b.ID)
		}
	}
	if len(ended) > 0 { // cancelled since the roster was read?
		now, err := s.rosters.Get(ctx, r.ID)
		if err != nil {
			return missing(err)
		}
		for _, id := range ended {
			if now.find(festival.Own(id)) >= 0 {
				say("booking %s is cancelled and stands in roster %s", id, r.ID)
			}
		}
	}
	for _, id := range ids {
		if !rows[id] {
			say("booking %s stands in roster %s and has no row", id, r.ID)
		}
	}
	return nil
}

// checkRows looks at rows that no roster knows, and for their parties.
func (s *Service) checkRows(ctx context.Context, rows []Booking, say func(string, ...any)) error {
	held, err := s.hold(ctx, rows)
	if err != nil {
		return err
	}
	known := make(map[string]bool, len(held))
	for _, h := range held {
		known[h.Booking.ID] = true
	}
	limit := s.now().Add(-grace)
	ids := make([]string, 0, len(rows))
	for _, b := range rows {
		if !known[b.ID] && !b.MadeAt.After(limit) {
			say("booking %s has a row that no roster knows", b.ID)
		}
		ids = append(ids, b.Party)
	}
	found, err := s.parties.GetMany(ctx, ids)
	if err != nil {
		return err
	}
	parties := make(map[string]bool, len(found))
	for _, p := range found {
		parties[p.ID] = true
	}
	for _, b := range rows {
		if !parties[b.Party] {
			say("booking %s is of party %s, which is not there", b.ID, b.Party)
		}
	}
	return nil
}
