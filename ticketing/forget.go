package ticketing

import (
	"context"
	"errors"

	"feria/store"
)

// ForgetPasses takes the names out of all passes of an event and answers out of
// how many. The passes stay for their scans; again it changes nothing.
func (s *Service) ForgetPasses(ctx context.Context, event string) (int, error) {
	n := 0
	err := s.passes.Each(ctx, store.All().Prefix(event+"/"), func(p Pass) error {
		if p.Name == "" {
			return nil
		}
		n++
		return s.passes.Decide(ctx, p.ID, func(p *Pass) error {
			p.Name = ""
			return nil
		})
	})
	return n, err
}

// Erase deletes all that is kept of an event that goes for good: scans, gates,
// passes and the keys that signed them.
func (s *Service) Erase(ctx context.Context, event string) error {
	for _, deleteUnder := range []func(context.Context, string) error{
		s.admissions.DeleteUnder, s.scans.DeleteUnder, s.gates.DeleteUnder, s.passes.DeleteUnder,
	} {
		if err := deleteUnder(ctx, event+"/"); err != nil {
			return err
		}
	}
	if err := s.keys.Delete(ctx, event); !errors.Is(err, store.ErrAbsent) {
		return err
	}
	return nil
}
