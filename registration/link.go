package registration

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"maps"
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
	// Mail is the address to which it was mailed: who has it reads that mail.
	Mail string `json:"mail,omitempty"`
}

func (s *Service) linkSecret(l link) string {
	mac := hmac.New(sha256.New, s.o.Secret)
	for _, part := range []string{l.Party, string(l.Kind), itoa(int64(l.Round)), l.Mail} {
		mac.Write([]byte(part))
		mac.Write([]byte{0})
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// NewLink gives the secret of a party's link of a kind. It is the same until
// Revoke, so that it can be mailed and shown again; until is when it ends, and a
// later one prolongs it. It proves nothing about a mail address: what is mailed
// comes from MailLink. Error: Missing.
func (s *Service) NewLink(ctx context.Context, party string, kind LinkKind, until time.Time) (secret string, err error) {
	return s.newLink(ctx, link{Party: party, Kind: kind, Until: until})
}

// MailLink is NewLink for the link to a party's bookings that goes to an address
// and nowhere else. Each address gets one of its own, since a party may book
// under several: opening it proves that one, see ConfirmLink. mail is as
// Booking.Mail has it. Error: Missing.
func (s *Service) MailLink(ctx context.Context, party, mail string, until time.Time) (secret string, err error) {
	return s.newLink(ctx, link{Party: party, Kind: LinkMine, Until: until, Mail: mail})
}

func (s *Service) newLink(ctx context.Context, l link) (secret string, err error) {
	p, err := s.Party(ctx, l.Party)
	if err != nil {
		return "", err
	}
	l.Round = p.Links[string(l.Kind)]
	secret = s.linkSecret(l)
	l.ID = p.City + "/" + kernel.HashSecret(secret)
	_, err = s.links.Update(ctx, l.ID, func(stored *link) error {
		if !l.Until.After(stored.Until) {
			return store.ErrUnchanged
		}
		stored.Until = l.Until
		return nil
	}, store.OrNew(func() link {
		fresh := l
		fresh.Until = time.Time{}
		return fresh
	}))
	return secret, err
}

// Open gives the party of a link. A link that is unknown, revoked or over is
// Missing: all three look the same.
func (s *Service) Open(ctx context.Context, city string, kind LinkKind, secret string) (Party, error) {
	_, p, err := s.open(ctx, city, kind, secret)
	return p, err
}

// OpenMine is Open for the link to a party's bookings. mail is the address to
// which it went, the one that ConfirmLink would confirm; "" for a link that was
// not mailed.
func (s *Service) OpenMine(ctx context.Context, city, secret string) (p Party, mail string, err error) {
	l, p, err := s.open(ctx, city, LinkMine, secret)
	return p, l.Mail, err
}

func (s *Service) open(ctx context.Context, city string, kind LinkKind, secret string) (link, Party, error) {
	l, err := s.links.Get(ctx, city+"/"+kernel.HashSecret(secret))
	if err != nil {
		return link{}, Party{}, missing(err)
	}
	if l.Kind != kind || !l.Until.After(s.now()) {
		return link{}, Party{}, kernel.Missing()
	}
	p, err := s.Party(ctx, l.Party)
	if err == nil && l.Round < p.Links[string(kind)] {
		err = kernel.Missing()
	}
	if err != nil {
		return link{}, Party{}, err
	}
	return l, p, nil
}

// Revoke ends all links of a kind of a party; NewLink and MailLink then give
// others. Error: Missing.
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

// ConfirmLink says that the address to which a link was mailed is the party's
// own, which having the link proves; it becomes the party's address if none is
// confirmed yet. From then on the party is shown together with the older ones of
// that address, and may hold more than two bookings. To be called for a POST
// only: programs that look through mails open links.
//
// Errors: Missing for a link that opens nothing; Conflict no_mail_to_confirm for
// one that was not mailed.
func (s *Service) ConfirmLink(ctx context.Context, city, secret string) (Party, error) {
	l, p, err := s.open(ctx, city, LinkMine, secret)
	if err != nil {
		return Party{}, err
	}
	return s.confirm(ctx, p.ID, l.Mail)
}

func (s *Service) confirm(ctx context.Context, party, mail string) (Party, error) {
	if mail == "" {
		return Party{}, kernel.New(kernel.Conflict, "no_mail_to_confirm", "")
	}
	p, err := s.parties.Update(ctx, party, func(p *Party) error {
		if p.MailConfirmed {
			return store.ErrUnchanged
		}
		p.Mail, p.MailConfirmed, p.Tries = mail, true, nil
		return nil
	})
	return p, missing(err)
}
