package people

import (
	"context"
	"errors"
	"time"

	"feria/kernel"
	"feria/store"
)

// How long a session lasts (reliability.md 5.4): without a sign of life, shorter
// for staff, and at most. Signs of life are written down once a minute.
const (
	idleStaff = 8 * time.Hour
	idle      = 12 * time.Hour
	lastsAt   = 14 * 24 * time.Hour
	seenEvery = time.Minute
)

// session is a browser in which a person signed in. The store knows only the
// hash of its secret.
type session struct {
	ID     string    `json:"id"` // City/hash of the cookie's secret
	City   string    `json:"city"`
	Person string    `json:"person"`
	Epoch  int       `json:"epoch"` // the person's when it began
	At     time.Time `json:"at"`
	Seen   time.Time `json:"seen"`
}

var sessions = store.Declare(store.Spec[session]{
	Name: "staff_sessions", ID: func(s *session) string { return s.ID }, Shape: 1,
	Keep:  "14 days at most, 12 hours without a sign of life",
	Until: func(s *session) time.Time { return s.ends(idle) }, NoBackup: true,
})

// ends is when a session is over if nothing is heard of it any more.
func (s *session) ends(idle time.Duration) time.Time {
	end, last := s.Seen.Add(idle), s.At.Add(lastsAt)
	if last.Before(end) {
		return last
	}
	return end
}

// alive is the rule: not idle for too long, not too old, and begun since the
// person's roles last changed.
func (s *session) alive(now time.Time, p Person) bool {
	limit := idle
	if len(p.Roles) > 0 {
		limit = idleStaff
	}
	return s.Epoch == p.Epoch && now.Before(s.ends(limit))
}

func sessionID(city, cookie string) string { return city + "/" + kernel.HashSecret(cookie) }

// begin makes a session under a fresh secret.
func (s *Service) begin(ctx context.Context, p Person) (SignedIn, error) {
	cookie, now := kernel.NewSecret(), s.now()
	err := sessions.In(s.store).Insert(ctx, session{
		ID: sessionID(p.City, cookie), City: p.City, Person: p.ID, Epoch: p.Epoch, At: now, Seen: now,
	})
	return SignedIn{Cookie: cookie, Until: now.Add(lastsAt), Person: p}, err
}

// Session tells whose cookie this is. Roles are those of this moment. Errors:
// SignIn session_over for every cookie that opens nothing (any more), also one
// of another city.
func (s *Service) Session(ctx context.Context, city, cookie string) (Actor, error) {
	over := kernel.New(kernel.SignIn, "session_over", "")
	if cookie == "" {
		return Actor{}, over
	}
	id := sessionID(city, cookie)
	found, err := sessions.In(s.store).Get(ctx, id)
	if errors.Is(err, store.ErrAbsent) {
		return Actor{}, over
	}
	if err != nil {
		return Actor{}, err
	}
	p, err := s.Person(ctx, found.Person)
	if kernel.KindOf(err) == kernel.NotFound {
		return Actor{}, over
	}
	if err != nil {
		return Actor{}, err
	}
	now := s.now()
	if !found.alive(now, p) {
		return Actor{}, over
	}
	if now.Sub(found.Seen) >= seenEvery {
		// A store that cannot write must not keep staff from reading; the session
		// then only ends the earlier.
		_, err := sessions.In(s.store).Update(ctx, id, func(s *session) error {
			if now.Sub(s.Seen) < seenEvery {
				return store.ErrUnchanged
			}
			s.Seen = now
			return nil
		})
		if errors.Is(err, store.ErrAbsent) { // signed out in this very moment
			return Actor{}, over
		}
	}
	return p.actor(), nil
}

func (p Person) actor() Actor {
	a := Actor{ID: "person:" + p.ID, City: p.City, Name: p.Name, Lang: p.Lang}
	if a.Name == "" {
		a.Name = p.Mail
	}
	for _, h := range p.Roles {
		a.Roles = append(a.Roles, h.Held)
	}
	return a
}

// SignOut ends a session at once; ending one that is none is no error.
func (s *Service) SignOut(ctx context.Context, city, cookie string) error {
	err := sessions.In(s.store).Delete(ctx, sessionID(city, cookie))
	if errors.Is(err, store.ErrAbsent) {
		return nil
	}
	return err
}

// SignOutEverywhere ends all sessions of a person. Errors: Missing.
func (s *Service) SignOutEverywhere(ctx context.Context, person string) error {
	_, err := persons.In(s.store).Update(ctx, person, func(p *Person) error {
		p.Epoch++
		return nil
	})
	if errors.Is(err, store.ErrAbsent) {
		return kernel.Missing()
	}
	return err
}
