package registration

import (
	"context"
	"crypto/hmac"
	"slices"

	"feria/kernel"
	"feria/store"
)

// Reader is a party as somebody reads it. A browser that made a party sees what
// is that party's own. Who has shown to read the mail of the address that is
// confirmed for the party sees its whole family: anybody can type an address, and
// the one to whom it belongs may well say "mine" to what a stranger booked under it.
type Reader struct {
	Party Party
	// Mailed is the address to which the link went that was opened; "" for a
	// browser, and for a link that was shown and not mailed.
	Mailed string
	proven bool
}

// Proven says whether the reader sees the parties of the same confirmed address,
// and holds more than two bookings.
func (r Reader) Proven() bool { return r.proven }

// Browser gives the party that a browser keeps in its cookie. proof is what
// ConfirmIn gave with it, "" for none; one that was ended (Revoke), or is of an
// address that was forgotten, proves nothing. Error: Missing, also of a home party
// without its proof.
func (s *Service) Browser(ctx context.Context, party, proof string) (Reader, error) {
	if party == "" {
		return Reader{}, kernel.Missing()
	}
	p, err := s.Party(ctx, party)
	if err != nil {
		return Reader{}, err
	}
	r := Reader{Party: p, proven: proof != "" && hmac.Equal([]byte(proof), []byte(s.proof(p)))}
	if p.Home && !r.proven {
		return Reader{}, kernel.Missing()
	}
	return r, nil
}

// Staffed gives a party as staff act for it who do not see what it holds: with all
// of its family, where its address is confirmed.
func Staffed(p Party) Reader { return Reader{Party: p, proven: p.MailConfirmed} }

// The kinds of secrets that are made like those of links and are none.
const (
	asProof LinkKind = "browser" // what a browser keeps that held a mailed link
	asHome  LinkKind = "home"    // what the id of a home party is made of
)

// proof is what a browser keeps beside a party to be believed that it held a link
// mailed to the party's address; "" while none is confirmed.
func (s *Service) proof(p Party) string {
	if !p.MailConfirmed {
		return ""
	}
	return s.linkSecret(link{Party: p.ID, Kind: asProof, Round: p.Links[string(LinkMine)], Mail: p.Mail})
}

// family gives all parties that a reader sees together: those of the city whose
// same mail address is confirmed, the oldest first. To somebody who has not proved
// to read it a party stands alone, however its address reads, so nothing about
// other people follows from typing theirs.
func (s *Service) family(ctx context.Context, r Reader) ([]Party, error) {
	if !r.proven {
		return []Party{r.Party}, nil
	}
	all, err := s.parties.Find(ctx, store.By("mail", r.Party.City, r.Party.Mail))
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(all, func(o Party) bool { return o.ID == r.Party.ID }) {
		all = append(all, r.Party)
	}
	return all, nil
}

// ConfirmLink says that the address to which a link was mailed is the party's
// own, which having the link proves; it becomes the party's address if none is
// confirmed yet. From then on who has such a link sees the party together with the
// others of that address, and may hold more than two bookings. To be called for a
// POST only: programs that look through mails open links.
//
// Errors: Missing for a link that opens nothing; Conflict no_mail_to_confirm for
// one that was not mailed.
func (s *Service) ConfirmLink(ctx context.Context, city, secret string) (Reader, error) {
	r, err := s.Open(ctx, city, LinkMine, secret)
	if err != nil {
		return Reader{}, err
	}
	if r.Mailed == "" {
		return Reader{}, kernel.New(kernel.Conflict, "no_mail_to_confirm", "")
	}
	if r.Party, err = s.confirm(ctx, r.Party.ID, r.Mailed); err != nil {
		return Reader{}, err
	}
	r.proven = r.Party.Mail == r.Mailed
	return r, nil
}

// ConfirmIn is ConfirmLink in a browser, whose party and proof its cookie keeps,
// "" for none. It gives what the browser keeps from then on. A party that the
// browser made itself under that address, or under none, stays the browser's. Any
// other browser becomes the home party of the address and not that of the link,
// which another browser has made and goes on seeing: what is booked from here on is
// no business of that one.
func (s *Service) ConfirmIn(ctx context.Context, city, secret, party, proof string) (nowParty, nowProof string, err error) {
	linked, err := s.ConfirmLink(ctx, city, secret)
	if err != nil {
		return party, proof, err
	}
	if !linked.proven { // the party has confirmed another address
		return party, proof, nil
	}
	own, err := s.Browser(ctx, party, proof)
	switch {
	case kernel.KindOf(err) == kernel.NotFound:
		own.Party, err = s.home(ctx, linked, Party{})
	case err != nil:
	case own.Party.City == city && (own.Party.Mail == linked.Mailed || own.Party.Mail == ""):
		own.Party, err = s.confirm(ctx, own.Party.ID, linked.Mailed)
	default:
		own.Party, err = s.home(ctx, linked, own.Party)
	}
	return own.Party.ID, s.proof(own.Party), err
}

// home gives the party that browsers become which prove an address and have none
// of their own for it. There is one for an address, so all of them share one pass;
// it keeps the stars of the parties that it came from.
func (s *Service) home(ctx context.Context, linked Reader, before Party) (Party, error) {
	from, mail := linked.Party, linked.Mailed
	id := from.City + "/" + kernel.DeriveID("home", s.linkSecret(link{Party: from.City, Kind: asHome, Mail: mail}))
	now := s.now()
	p, err := s.parties.Update(ctx, id, func(p *Party) error {
		stars := slices.Clone(p.Stars)
		for _, star := range slices.Concat(from.Stars, before.Stars) {
			if !slices.Contains(stars, star) && len(stars) < maxStars {
				stars = append(stars, star)
			}
		}
		if p.MailConfirmed && len(stars) == len(p.Stars) {
			return store.ErrUnchanged
		}
		if p.Name == "" {
			p.Name = from.Name
		}
		p.Mail, p.MailConfirmed, p.Stars = mail, true, stars
		return nil
	}, store.OrNew(func() Party {
		return Party{ID: id, City: from.City, Lang: from.Lang, Home: true, MadeAt: now}
	}))
	return p, err
}

func (s *Service) confirm(ctx context.Context, party, mail string) (Party, error) {
	p, err := s.parties.Update(ctx, party, func(p *Party) error {
		if p.MailConfirmed {
			return store.ErrUnchanged
		}
		p.Mail, p.MailConfirmed, p.Tries = mail, true, nil
		return nil
	})
	return p, missing(err)
}
