package registration

import (
	"context"
	"slices"
	"time"

	"feria/festival"
	"feria/store"
)

// ForgetBookings takes the names and addresses out of all bookings of an event.
// The rows stay, so that how many booked and came stays known. It answers how
// many it changed; again it changes nothing.
func (s *Service) ForgetBookings(ctx context.Context, event string) (int, error) {
	n := 0
	err := s.bookings.Each(ctx, store.All().Prefix(event+"/"), func(b Booking) error {
		if b.Name == "" && b.Mail == "" && b.Asked == "" {
			return nil
		}
		n++
		return s.bookings.Decide(ctx, b.ID, func(b *Booking) error {
			b.Name, b.Mail, b.Asked = "", "", "" // the last is made of the first
			return nil
		})
	})
	return n, err
}

// ForgetParties takes name and address out of the parties of a city that were
// made before a day and have booked nothing in an event for which live says
// that its time is not over, nor has one of the same confirmed address; a home party
// neither while it keeps sessions of such an event. Their cookies and stars stay. It
// answers how many it changed.
func (s *Service) ForgetParties(ctx context.Context, city string, before time.Time, live func(event string) bool) (int, error) {
	n := 0
	err := s.parties.Each(ctx, store.All().Prefix(city+"/"), func(p Party) error {
		if p.Name == "" && p.Mail == "" || !p.MadeAt.Before(before) {
			return nil
		}
		if p.Home && slices.ContainsFunc(p.Stars, func(session string) bool { return live(festival.EventOf(session)) }) {
			return nil // without its address nobody proves to be its reader, and the stars are gone
		}
		booked, err := s.rowsOf(ctx, Reader{Party: p, proven: p.MailConfirmed})
		if err != nil {
			return err
		}
		for _, b := range booked {
			if live(b.Event) || !b.MadeAt.Before(before) {
				return nil
			}
		}
		n++
		return s.parties.Decide(ctx, p.ID, func(p *Party) error {
			p.Name, p.Mail, p.MailConfirmed, p.Tries = "", "", false, nil
			return nil
		})
	})
	return n, err
}

// Erase deletes all bookings and rosters of an event that goes for good. Its
// parties stay, see ForgetParties.
func (s *Service) Erase(ctx context.Context, event string) error {
	if err := s.rosters.DeleteUnder(ctx, event+"/"); err != nil {
		return err
	}
	return s.bookings.DeleteUnder(ctx, event+"/")
}
