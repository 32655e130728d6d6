package platform

import (
	"context"

	"feria/festival"
)

// Review is what a release of the draft would bring, and for whom.
type Review struct {
	festival.Review
	Changes []ReviewedChange
}

// ReviewedChange is a change with those who booked what it changes.
type ReviewedChange struct {
	festival.Change
	Booked  int `json:"booked" doc:"places that are booked in what changes"`
	Waiting int `json:"waiting" doc:"bookings that wait for one"`
}

// Review compares the draft with the published release, and counts for each
// change who holds a booking in that slot, or in any slot of that session.
func (p *Platform) Review(ctx context.Context, event string) (Review, error) {
	review, err := p.Festival.Review(ctx, event)
	if err != nil {
		return Review{}, err
	}
	out := Review{Review: review, Changes: make([]ReviewedChange, 0, len(review.Changes))}
	rosters, err := p.Registration.Rosters(ctx, event)
	if err != nil {
		return Review{}, err
	}
	bySession := map[string][]string{}
	for _, slot := range review.Draft.Slots {
		bySession[slot.Session] = append(bySession[slot.Session], slot.ID)
	}
	for _, c := range review.Changes {
		one := ReviewedChange{Change: c}
		slots := []string{c.Slot}
		if c.Slot == "" {
			slots = bySession[c.Session]
		}
		for _, slot := range slots {
			roster := rosters[slot]
			one.Booked += roster.Taken
			one.Waiting += roster.Line()
		}
		out.Changes = append(out.Changes, one)
	}
	return out, nil
}
