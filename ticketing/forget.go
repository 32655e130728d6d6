package ticketing

import (
	"context"

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
