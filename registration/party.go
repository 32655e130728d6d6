package registration

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"feria/kernel"
	"feria/store"
)

// Party is those who come together: the owner of bookings and of the pass.
type Party struct {
	ID   string `json:"id"` // City.ID + "/" + own part
	City string `json:"city"`
	Name string `json:"name"`
	// Mail is the first address that was typed or, once MailConfirmed, the one
	// that proved to be theirs: somebody opened the link mailed there and said
	// so. Who has not shown that (see Reader) makes it hold no more than two bookings.
	Mail          string         `json:"mail,omitempty"`
	MailConfirmed bool           `json:"mail_confirmed,omitempty"`
	Lang          string         `json:"lang,omitempty"`
	Stars         []string       `json:"stars,omitempty"` // Session.ID of what it keeps
	Links         map[string]int `json:"links,omitempty"` // how often each kind of link was renewed
	MadeAt        time.Time      `json:"made_at"`
	By            string         `json:"by,omitempty"` // desk staff who made it
	// Home says that it belongs to an address and to no browser: only with a proof
	// of that address is it anybody's, see Service.ConfirmIn.
	Home bool `json:"home,omitempty"`
	// Asked is what was asked for under the key that it was made by, see PartyOfKey.
	Asked string `json:"asked,omitempty"`
	// Tries are the bookings that were begun without a proof of Mail: two
	// requests in one moment must not come to three bookings.
	Tries []Try `json:"tries,omitempty"`
}

// Try is a booking that was begun without a proof of the mail address.
type Try struct {
	Booking string    `json:"b"` // Booking.ID
	At      time.Time `json:"t"`
}

// unconfirmedBookings is how many bookings a party holds for whoever has not
// confirmed its mail address (DESIGN.md 3).
const unconfirmedBookings = 2

// try counts a booking of a party for somebody who has not proved to read its
// mail, before its roster decides.
// active are the bookings that it holds, ended those that it gave back or that
// are over; tries that came to nothing are forgotten after a while.
// store.ErrUnchanged when there is nothing to count. Refusal: Conflict
// confirm_mail_first.
func (p *Party) try(now time.Time, booking string, active, ended []string) error {
	var kept []Try
	held := slices.Clone(active)
	for _, t := range p.Tries {
		isActive := slices.Contains(active, t.Booking)
		if !isActive && (now.Sub(t.At) > longestDecision || slices.Contains(ended, t.Booking)) {
			continue
		}
		kept = append(kept, t)
		if !isActive {
			held = append(held, t.Booking)
		}
	}
	switch {
	case slices.Contains(held, booking):
		return store.ErrUnchanged
	case len(held) >= unconfirmedBookings:
		return kernel.New(kernel.Conflict, "confirm_mail_first", "", "most", unconfirmedBookings)
	}
	p.Tries = append(kept, Try{Booking: booking, At: now})
	return nil
}

// untry takes a try back whose booking was refused.
func (p *Party) untry(booking string) error {
	kept := slices.DeleteFunc(slices.Clone(p.Tries), func(t Try) bool { return t.Booking == booking })
	if len(kept) == len(p.Tries) {
		return store.ErrUnchanged
	}
	p.Tries = kept
	return nil
}

// Party gives a party. Error: Missing.
func (s *Service) Party(ctx context.Context, id string) (Party, error) {
	p, err := s.parties.Get(ctx, id)
	return p, missing(err)
}

// NewParty makes a party without bookings, for somebody who keeps sessions or
// takes a pass of an event that is open to all.
func (s *Service) NewParty(ctx context.Context, city, name, lang string) (Party, error) {
	p := Party{ID: city + "/" + kernel.NewID(), City: city, Name: cleanName(name), Lang: lang, MadeAt: s.now()}
	return p, s.parties.Insert(ctx, p)
}

// Keyed is a request that carries a key and makes a party.
type Keyed struct {
	City, By, Key, Lang string
	// Asked tells one request from another: under one key only one is answered.
	Asked string
}

func (k Keyed) party() string {
	return k.City + "/" + kernel.DeriveID("party-of-key", k.City, k.By, k.Key)
}

// PartyOfKey is NewParty for a request that carries a key: a repeat gets the
// party of the first. Error: Invalid idempotency_mismatch when the key was used
// for something else.
func (s *Service) PartyOfKey(ctx context.Context, k Keyed) (p Party, again bool, err error) {
	p = Party{ID: k.party(), City: k.City, Lang: k.Lang, MadeAt: s.now(), Asked: k.Asked}
	err = s.parties.Insert(ctx, p)
	if errors.Is(err, store.ErrExists) {
		return s.PartyAgain(ctx, k)
	}
	return p, false, err
}

// PartyAgain gives the party that was made under a key before, and makes none; ok
// is false if none was. Error: that of PartyOfKey.
func (s *Service) PartyAgain(ctx context.Context, k Keyed) (p Party, ok bool, err error) {
	p, err = s.parties.Get(ctx, k.party())
	switch {
	case errors.Is(err, store.ErrAbsent):
		return Party{}, false, nil
	case err != nil:
		return Party{}, false, err
	case p.Asked != "" && p.Asked != k.Asked:
		return Party{}, false, kernel.New(kernel.Invalid, "idempotency_mismatch", "Idempotency-Key")
	}
	return p, true, nil
}

// Rename gives a party another name; its bookings keep those they were made
// under. Errors: Missing; Invalid required, name_long.
func (s *Service) Rename(ctx context.Context, party, name string) (Party, error) {
	name = cleanName(name)
	var wrong kernel.Errors
	checkName(&wrong, name)
	if err := wrong.Err(); err != nil {
		return Party{}, err
	}
	p, err := s.parties.Update(ctx, party, func(p *Party) error {
		p.Name = name
		return nil
	})
	return p, missing(err)
}

// maxStars is the most sessions that a party keeps.
const maxStars = 500

// Star keeps a session for a party, or with on false keeps it no more. Errors:
// Missing; Conflict stars_full.
func (s *Service) Star(ctx context.Context, party, session string, on bool) (Party, error) {
	p, err := s.parties.Update(ctx, party, func(p *Party) error {
		switch kept := slices.Contains(p.Stars, session); {
		case kept == on:
			return store.ErrUnchanged
		case !on:
			p.Stars = slices.DeleteFunc(slices.Clone(p.Stars), func(id string) bool { return id == session })
		case len(p.Stars) >= maxStars:
			return kernel.New(kernel.Conflict, "stars_full", "", "most", maxStars)
		default:
			p.Stars = append(slices.Clone(p.Stars), session)
		}
		return nil
	})
	return p, missing(err)
}

// maxName bounds what people call themselves, in characters.
const maxName = 200

// checkName complains of a cleaned name.
func checkName(wrong *kernel.Errors, name string) {
	switch n := len([]rune(name)); {
	case n == 0:
		wrong.Add("name", "required")
	case n > maxName:
		wrong.Add("name", "name_long", "max", maxName)
	case strings.Contains(name, "://") || strings.Contains(strings.ToLower(name), "www."):
		wrong.Add("name", "name_link") // a mail greets by it somebody who may not have asked
	}
}

// cleanName takes away what has no place in a name: control characters, line
// separators, bytes that are no UTF-8, outer spaces, and the signs that turn the
// direction of what stands after them in a list.
func cleanName(name string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			return -1
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, "")))
}
