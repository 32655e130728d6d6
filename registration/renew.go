package registration

import (
	"context"
	"maps"
	"slices"
	"time"

	"feria/store"
)

// NewMailed is a link to bookings that takes the place of those mailed before.
type NewMailed struct {
	Party, Mail string
	Name, Lang  string // under which was booked
	Event       string // the event booked that lasts longest
	Secret      string
	Round       int // how often the party's links had been renewed before
}

// RenewLinks ends all links to what a reader sees, those to bookings and calendars,
// and with them what browsers have proved by mailed ones. until is how long links
// hold for an event; where that is over nobody gets a new one. Those that are to be
// mailed are given to queue before the old ones stop, so that a crash, or its
// error, leaves nobody without: whoever repeats gets the same. It gives the parties
// that it was about and what the reader's browser keeps now as its proof.
func (s *Service) RenewLinks(ctx context.Context, r Reader, until func(event string) time.Time, queue func([]NewMailed) error) (of []Party, proof string, err error) {
	of, err = s.family(ctx, r)
	if err != nil {
		return nil, "", err
	}
	mailed, err := s.nextMailed(ctx, r, of, until)
	if err != nil {
		return nil, "", err
	}
	if err := queue(mailed); err != nil {
		return nil, "", err
	}
	for i, p := range of {
		p, err := s.parties.Update(ctx, p.ID, func(now *Party) error { return now.renew(p.Links) })
		if err != nil {
			return nil, "", missing(err)
		}
		of[i] = p
		if p.ID == r.Party.ID && r.proven {
			proof = s.proof(p)
		}
	}
	return of, proof, nil
}

// renew ends the links of a party that had been renewed so often as seen; once,
// however many ask at the same time.
func (p *Party) renew(seen map[string]int) error {
	renewed := maps.Clone(p.Links)
	if renewed == nil {
		renewed = map[string]int{}
	}
	for _, kind := range []LinkKind{LinkMine, LinkCalendar} {
		k := string(kind)
		if kind == LinkCalendar && seen[k] == 0 { // never had one
			continue
		}
		renewed[k] = max(renewed[k], seen[k]+1)
	}
	if maps.Equal(renewed, p.Links) {
		return store.ErrUnchanged
	}
	p.Links = renewed
	return nil
}

// nextMailed makes the links that hold once those of now have ended: one for each
// address under which a party booked, and one alone for the address that the reader
// has proved, since it opens all of its parties.
func (s *Service) nextMailed(ctx context.Context, r Reader, of []Party, until func(event string) time.Time) ([]NewMailed, error) {
	rows, err := s.rowsOf(ctx, r)
	if err != nil {
		return nil, err
	}
	now := s.now()
	longest := map[Addressee]Booking{}
	for _, b := range rows {
		if b.Mail == "" || !until(b.Event).After(now) {
			continue
		}
		to := Addressee{Party: b.Party, Mail: b.Mail}
		if r.proven && b.Mail == r.Party.Mail {
			to.Party = ""
		}
		if before, ok := longest[to]; !ok || until(b.Event).After(until(before.Event)) {
			longest[to] = b
		}
	}
	var links []link
	var out []NewMailed
	for _, b := range longest {
		i := slices.IndexFunc(of, func(p Party) bool { return p.ID == b.Party })
		out = append(out, NewMailed{Party: b.Party, Mail: b.Mail, Name: b.Name, Lang: b.Lang, Event: b.Event, Round: of[i].Links[string(LinkMine)]})
		links = append(links, link{Party: b.Party, Kind: LinkMine, Until: until(b.Event), Mail: b.Mail, Round: of[i].Links[string(LinkMine)] + 1})
	}
	secrets, err := s.keepLinks(ctx, links)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Secret = secrets[i]
	}
	return out, nil
}
