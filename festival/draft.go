package festival

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"feria/kernel"
)

// Draft gives the programme of an event as it is being worked on: everything
// that is not removed, hidden sessions and unplaced slots too. Error: Missing.
func (s *Service) Draft(ctx context.Context, event string) (*Programme, error) {
	e, err := s.Event(ctx, event)
	if err != nil {
		return nil, err
	}
	p := &Programme{Event: e, At: s.now()}
	if p.City, err = s.City(ctx, e.City); err != nil {
		return nil, err
	}
	var all []Slot
	if err := together(
		func() (err error) { p.Venues, err = venueKind.live(ctx, s, event); return },
		func() (err error) { p.Spaces, err = spaceKind.live(ctx, s, event); return },
		func() (err error) { p.Booths, err = boothKind.live(ctx, s, event); return },
		func() (err error) { p.Hosts, err = hostKind.live(ctx, s, event); return },
		func() (err error) { p.Sessions, err = sessionKind.live(ctx, s, event); return },
		func() (err error) { all, err = slotKind.live(ctx, s, event); return },
	); err != nil {
		return nil, err
	}
	p.Slots = make([]Frozen, len(all))
	for i, slot := range all {
		p.Slots[i] = Frozen{Slot: slot}
	}
	p.inOrder()
	return p.Ready(), nil
}

// settledDraft is the stillDraft of what may become public. Errors: those of
// stillDraft; Conflict slot_dangling.
func (s *Service) settledDraft(ctx context.Context, event string) (*Programme, error) {
	draft, err := s.stillDraft(ctx, event)
	if err != nil {
		return nil, err
	}
	return draft, draft.dangling()
}

// stillDraft is the Draft while no import or undoing is at work: the collections
// are read one beside the other, and half an import looks as if slots had lost
// their place. Errors: those of Draft; Conflict import_running.
func (s *Service) stillDraft(ctx context.Context, event string) (*Programme, error) {
	const tries = 3
	for range tries {
		before, err := s.lastImport(ctx, event, "")
		if err != nil {
			return nil, err
		}
		if before.state == ImportRunning {
			break
		}
		draft, err := s.Draft(ctx, event)
		if err != nil {
			return nil, err
		}
		after, err := s.lastImport(ctx, event, "")
		switch {
		case err != nil:
			return nil, err
		case after == before:
			return draft, nil
		}
	}
	return nil, kernel.New(kernel.Conflict, "import_running", "")
}

// dangling refuses a draft in which a public slot points to what was removed: the
// release would cancel the slot for those who booked it, and nobody has said so.
func (p *Programme) dangling() error {
	for _, slot := range p.Slots {
		if !slot.Placed() || slot.State == Cancelled {
			continue
		}
		session, ok := p.Session(slot.Session)
		name := session.Title.String()
		if !ok {
			name = slot.Session
		}
		if session.Hidden {
			continue
		}
		_, space := p.Space(slot.Space)
		_, booth := p.Booth(slot.Booth)
		if !ok || slot.Space != "" && !space || slot.Booth != "" && !booth {
			return kernel.New(kernel.Conflict, "slot_dangling", "", "session", name)
		}
	}
	return nil
}

// inOrder sorts the records as pages show them: spaces as columns, booths by
// code, all else as it was made (ids sort by that).
func (p *Programme) inOrder() {
	slices.SortFunc(p.Venues, func(a, b Venue) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(p.Spaces, func(a, b Space) int { return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(a.ID, b.ID)) })
	slices.SortFunc(p.Booths, func(a, b Booth) int { return cmp.Or(compareCodes(a.Code, b.Code), strings.Compare(a.ID, b.ID)) })
	slices.SortFunc(p.Hosts, func(a, b Host) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(p.Sessions, func(a, b Session) int { return strings.Compare(a.ID, b.ID) })
}

// compareCodes sorts "A2" before "A10".
func compareCodes(a, b string) int {
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x != "" && y != "" {
			p, q := strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
			if c := cmp.Or(cmp.Compare(len(p), len(q)), strings.Compare(p, q)); c != 0 {
				return c
			}
			a, b = a[len(x):], b[len(y):]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digits(s string) string {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return s[:n]
}
