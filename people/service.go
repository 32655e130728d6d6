// Package people knows who somebody is and what they may do: accounts of staff
// and exhibitors, their roles, sign-in without passwords, sessions, the tokens
// of the API, and the counters that slow down whoever tries too often. Citizens
// need no account; they are parties of the package registration.
package people

import (
	"feria/kernel"
	"feria/store"
)

// Collections lists what this package stores.
func Collections() []store.Declaration {
	return []store.Declaration{persons, signIns, sessions, tokens, limits}
}

// Service does all of that on one store. It is safe for concurrent use.
type Service struct {
	store *store.Store
	now   kernel.Clock
	limit *Limiter
}

// New makes the service.
func New(s *store.Store, now kernel.Clock) *Service {
	return &Service{store: s, now: now, limit: NewLimiter(s, now)}
}
