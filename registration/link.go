package registration

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"feria/kernel"
	"feria/store"
)

// LinkKind is what a link of a party opens.
type LinkKind string

// The kinds of link (DESIGN.md 3, Links). Passes have links of their own.
const (
	LinkMine     LinkKind = "mine"     // bookings: see, change, cancel
	LinkCalendar LinkKind = "calendar" // the calendar of them, read only
)

// link is a right that hangs on knowing an address.
type link struct {
	ID    string    `json:"id"` // City.ID + "/" + hash of the secret
	Party string    `json:"party"`
	Kind  LinkKind  `json:"kind"`
	Until time.Time `json:"until"`
	Round int       `json:"round,omitempty"` // Party.Links when it was made; behind it means revoked
	// Mail is the address which who has it reads: that to which it was mailed, or,
	// for a calendar, that which its reader had proved.
	Mail string `json:"mail,omitempty"`
}

// city is that of the link's party.
func (l link) city() string {
	city, _, _ := strings.Cut(l.Party, "/")
	return city
}

func (s *Service) linkSecret(l link) string {
	mac := hmac.New(sha256.New, s.o.Secret)
	for _, part := range []string{l.Party, string(l.Kind), itoa(int64(l.Round)), l.Mail} {
		mac.Write([]byte(part))
		mac.Write([]byte{0})
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// NewLink gives the secret of a link of a kind by which others see what a reader
// sees. It is the same until Revoke, so that it can be shown again; until is when
// it ends, and a later one prolongs it. A link to bookings proves nothing about a
// mail address: what is mailed comes from MailLink. Error: Missing.
func (s *Service) NewLink(ctx context.Context, of Reader, kind LinkKind, until time.Time) (secret string, err error) {
	l := link{Party: of.Party.ID, Kind: kind, Until: until}
	if of.proven && kind == LinkCalendar {
		l.Mail = of.Party.Mail
	}
	return s.newLink(ctx, l)
}

// MailLink is NewLink for the link to a party's bookings that goes to an address
// and nowhere else. Each address gets one of its own, since a party may book
// under several: opening it proves that one, see ConfirmLink. mail is as
// Booking.Mail has it. Error: Missing.
func (s *Service) MailLink(ctx context.Context, party, mail string, until time.Time) (secret string, err error) {
	return s.newLink(ctx, link{Party: party, Kind: LinkMine, Until: until, Mail: mail})
}

// Addressee is a party and the address at which it hears.
type Addressee struct{ Party, Mail string }

// MailLinks is MailLink for many at once. One whose party is gone has no secret.
func (s *Service) MailLinks(ctx context.Context, to []Addressee, until time.Time) (secrets map[Addressee]string, err error) {
	links := make([]link, len(to))
	for i, a := range to {
		links[i] = link{Party: a.Party, Kind: LinkMine, Until: until, Mail: a.Mail}
	}
	found, err := s.newLinks(ctx, links)
	if err != nil {
		return nil, err
	}
	secrets = make(map[Addressee]string, len(to))
	for i, a := range to {
		secrets[a] = found[i]
	}
	return secrets, nil
}

func (s *Service) newLink(ctx context.Context, l link) (secret string, err error) {
	secrets, err := s.newLinks(ctx, []link{l})
	if err != nil {
		return "", err
	}
	if secrets[0] == "" {
		return "", kernel.Missing()
	}
	return secrets[0], nil
}

// newLinks makes links of the present round where they are missing and prolongs
// those that are there. The secret of one whose party is not there is "".
func (s *Service) newLinks(ctx context.Context, links []link) (secrets []string, err error) {
	parties, err := s.partiesOf(ctx, links)
	if err != nil {
		return nil, err
	}
	secrets = make([]string, len(links))
	var there []link
	var places []int
	for i, l := range links {
		if p, ok := parties[l.Party]; ok {
			l.Round = p.Links[string(l.Kind)]
			there, places = append(there, l), append(places, i)
		}
	}
	kept, err := s.keepLinks(ctx, there)
	for n, secret := range kept {
		secrets[places[n]] = secret
	}
	return secrets, err
}

// keepLinks is newLinks for links that know their round.
func (s *Service) keepLinks(ctx context.Context, links []link) (secrets []string, err error) {
	secrets = make([]string, len(links))
	wanted := make(map[string]link, len(links))
	for i, l := range links {
		secrets[i] = s.linkSecret(l)
		l.ID = l.city() + "/" + kernel.HashSecret(secrets[i])
		wanted[l.ID] = l
	}
	stored, err := s.links.GetMany(ctx, slices.Sorted(maps.Keys(wanted)))
	if err != nil {
		return nil, err
	}
	fresh := maps.Clone(wanted)
	var known []string
	for _, l := range stored {
		delete(fresh, l.ID)
		if wanted[l.ID].Until.After(l.Until) {
			known = append(known, l.ID)
		}
	}
	var inserts []store.Op
	ids := slices.Sorted(maps.Keys(fresh))
	for _, id := range ids {
		inserts = append(inserts, s.links.InsertOp(fresh[id]))
	}
	for i, err := range s.store.Apply(ctx, inserts...) {
		switch {
		case errors.Is(err, store.ErrExists): // somebody was first
			known = append(known, ids[i])
		case err != nil:
			return nil, err
		}
	}
	return secrets, errors.Join(s.links.UpdateMany(ctx, known, func(l *link) error {
		if !wanted[l.ID].Until.After(l.Until) {
			return store.ErrUnchanged
		}
		l.Until = wanted[l.ID].Until
		return nil
	})...)
}

func (s *Service) partiesOf(ctx context.Context, links []link) (map[string]Party, error) {
	ids := make([]string, len(links))
	for i, l := range links {
		ids[i] = l.Party
	}
	found, err := s.parties.GetMany(ctx, ids)
	parties := make(map[string]Party, len(found))
	for _, p := range found {
		parties[p.ID] = p
	}
	return parties, err
}

// Open gives the party of a link to somebody who has it. A link that is unknown,
// revoked or over is Missing: all three look the same.
func (s *Service) Open(ctx context.Context, city string, kind LinkKind, secret string) (Reader, error) {
	l, err := s.links.Get(ctx, city+"/"+kernel.HashSecret(secret))
	if err != nil {
		return Reader{}, missing(err)
	}
	if l.Kind != kind || !l.Until.After(s.now()) {
		return Reader{}, kernel.Missing()
	}
	p, err := s.Party(ctx, l.Party)
	if err == nil && l.Round < p.Links[string(kind)] {
		err = kernel.Missing()
	}
	if err != nil {
		return Reader{}, err
	}
	r := Reader{Party: p, proven: l.Mail != "" && p.MailConfirmed && p.Mail == l.Mail}
	if kind == LinkMine {
		r.Mailed = l.Mail
	}
	return r, nil
}

// Revoke ends all links of a kind of a party, those to its bookings with what
// browsers have proved by them; NewLink and MailLink then give others. Error:
// Missing.
func (s *Service) Revoke(ctx context.Context, party string, kind LinkKind) error {
	_, err := s.parties.Update(ctx, party, func(p *Party) error {
		renewed := maps.Clone(p.Links)
		if renewed == nil {
			renewed = map[string]int{}
		}
		renewed[string(kind)]++
		p.Links = renewed
		return nil
	})
	return missing(err)
}
