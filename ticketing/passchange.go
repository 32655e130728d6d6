package ticketing

import (
	"context"
	"errors"

	"feria/kernel"
	"feria/store"
)

// RevokePass makes a pass void at every gate: it is refused from the next scan
// on, in all copies of Feria. Revoking twice keeps the first mark.
func (s *Service) RevokePass(ctx context.Context, id, by string) (Pass, error) {
	return s.mark(ctx, id, func(p *Pass, m *Mark) bool { return setMark(&p.Revoked, m) }, by)
}

// RestorePass takes a revocation back.
func (s *Service) RestorePass(ctx context.Context, id string) (Pass, error) {
	return s.mark(ctx, id, func(p *Pass, _ *Mark) bool { return clearMark(&p.Revoked) }, "")
}

// BlockPass holds a pass back until somebody has looked at it.
func (s *Service) BlockPass(ctx context.Context, id, by string) (Pass, error) {
	return s.mark(ctx, id, func(p *Pass, m *Mark) bool { return setMark(&p.Blocked, m) }, by)
}

// UnblockPass lets a pass go again.
func (s *Service) UnblockPass(ctx context.Context, id string) (Pass, error) {
	return s.mark(ctx, id, func(p *Pass, _ *Mark) bool { return clearMark(&p.Blocked) }, "")
}

// MaxPersons is the most that one pass of an event open to all lets in: a class
// with its teachers.
const MaxPersons = 40

// CheckPersons says whether so many can come with one pass. Errors: persons_range
// at persons.
func CheckPersons(n int) error {
	if n < 1 || n > MaxPersons {
		return kernel.Errors{kernel.New(kernel.Invalid, "persons_range", "persons", "max", MaxPersons)}
	}
	return nil
}

// SetPersons says how many come with a pass where the event is open to all.
// Whoever is in already stays in. Errors: persons_range, not_found.
func (s *Service) SetPersons(ctx context.Context, id string, n int) (Pass, error) {
	if err := CheckPersons(n); err != nil {
		return Pass{}, err
	}
	return known(s.passes.Update(ctx, id, func(p *Pass) error {
		if max(1, p.Persons) == n {
			return store.ErrUnchanged
		}
		p.Persons = n
		return nil
	}))
}

// RevokeLink ends the secret address of a pass; PassSecret gives the new one. The
// code at the door stays good.
func (s *Service) RevokeLink(ctx context.Context, id string) (Pass, error) {
	return known(s.passes.Update(ctx, id, func(p *Pass) error {
		s.nextLink(p)
		return nil
	}))
}

// Reissue replaces a lost pass: its QR code and its secret address are new, the
// old ones are refused. Who is already in stays in. The short code is new as
// well, since it stood on the lost pass. Errors: pass_issues_used_up after the
// 15th.
func (s *Service) Reissue(ctx context.Context, id string) (Pass, error) {
	const tries = 4
	now := s.now()
	var p Pass
	var err error
	for range tries {
		code := kernel.NewCode(codeLength)
		p, err = s.passes.Update(ctx, id, func(p *Pass) error {
			if p.Issue >= lastIssue {
				return kernel.New(kernel.Conflict, "pass_issues_used_up", "")
			}
			p.Issue, p.IssuedAt, p.Code = p.Issue+1, now, code
			s.nextLink(p)
			return nil
		})
		if !errors.Is(err, store.ErrExists) {
			break
		}
	}
	return known(p, err)
}

func (s *Service) nextLink(p *Pass) {
	p.Link++
	p.LinkHash = kernel.HashSecret(s.PassSecret(*p))
}

func (s *Service) mark(ctx context.Context, id string, change func(*Pass, *Mark) bool, by string) (Pass, error) {
	at := s.now()
	return known(s.passes.Update(ctx, id, func(p *Pass) error {
		if !change(p, &Mark{At: at, By: by}) {
			return store.ErrUnchanged
		}
		return nil
	}))
}

func setMark(mark **Mark, m *Mark) bool {
	if *mark != nil {
		return false
	}
	*mark = m
	return true
}

func clearMark(mark **Mark) bool {
	had := *mark != nil
	*mark = nil
	return had
}
