package platform

import (
	"context"
	"time"

	"feria/festival"
)

// keepPeople is how many days after an event the names and addresses of those
// who booked are kept: as long as the links that they were mailed (DESIGN.md 3).
const keepPeople = 30

// forgetEvery is how often what is due is looked for.
const forgetEvery = 12 * time.Hour

// Forget takes the names and addresses of those who booked out of bookings,
// passes and parties, once the time for which they were given is over, deletes
// scans when theirs is, and removes staff who have had no role for as long. What an organizer reports stays: how many
// booked, and how many came. It looks at each
// event's days as they are now, so an event that was put off keeps its people,
// and after an older backup was restored it forgets again.
func (p *Platform) Forget(ctx context.Context) (n int, err error) {
	cities, err := p.Festival.Cities(ctx)
	if err != nil {
		return 0, err
	}
	for _, city := range cities {
		done, err := p.forgetCity(ctx, city.ID)
		n += done
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (p *Platform) forgetCity(ctx context.Context, city string) (n int, err error) {
	standing, err := p.Festival.Events(ctx, city)
	if err != nil {
		return 0, err
	}
	removed, err := p.Festival.RemovedEvents(ctx, city)
	if err != nil {
		return 0, err
	}
	now := p.Now()
	live := map[string]bool{}
	for _, event := range append(standing, removed...) {
		if !over(event, now) {
			live[event.ID] = true
			continue
		}
		scans := func(ctx context.Context, _ string) (int, error) { return p.Ticketing.ForgetScans(ctx, event, now) }
		for _, forget := range []func(context.Context, string) (int, error){p.Registration.ForgetBookings, p.Ticketing.ForgetPasses, scans} {
			done, err := forget(ctx, event.ID)
			n += done
			if err != nil {
				return n, err
			}
		}
	}
	since := now.AddDate(0, 0, -keepPeople)
	done, err := p.Registration.ForgetParties(ctx, city, since, func(event string) bool { return live[event] })
	if n += done; err != nil {
		return n, err
	}
	done, err = p.People.ForgetThoseWhoLeft(ctx, city, since)
	return n + done, err
}

// over says whether the people of an event are to be forgotten. A removed one
// can come back for as long.
func over(e festival.Event, now time.Time) bool {
	end := linkEnd(e)
	return !end.IsZero() && !now.Before(end) && (e.Removed == nil || !now.Before(e.Removed.AddDate(0, 0, keepPeople)))
}

// erase deletes what the other rooms keep of an event that goes for good, 30 days
// after it was removed: who booked it least of all stays behind.
func (p *Platform) erase(ctx context.Context, e festival.Event) error {
	if err := p.Registration.Erase(ctx, e.ID); err != nil {
		return err
	}
	if err := p.Ticketing.Erase(ctx, e.ID); err != nil {
		return err
	}
	return p.People.RevokeAll(ctx, e.City, e.ID)
}
