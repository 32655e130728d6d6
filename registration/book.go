package registration

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"feria/kernel"
	"feria/people"
	"feria/store"
)

// longestDecision is how long a booking may take from its first write to its
// roster's answer: the limit of the store's round after the caller's own time.
// Older rows without an answer will never get one.
const (
	longestDecision = time.Minute
	patience        = longestDecision / 2
)

// Request asks for seats.
type Request struct {
	City  string
	Slot  string // Slot.ID
	Party string // Party.ID, or "" for somebody new
	Proof string // what the browser keeps beside it, see ConfirmIn
	Name  string
	Mail  string
	Lang  string // of the mails
	Seats int
	// Key, if given, makes a repeat the same booking (an Idempotency-Key).
	Key string
	// Drawn says that Key was drawn at random for one sending of a form. Such a
	// key holds for whoever sends it, so that a browser which became a party by
	// the first sending gets the same booking from the second.
	Drawn bool
	// By is the staff who books for somebody; a mail address is not needed then.
	By string
	// Confirm books although the party has something else at that time.
	Confirm bool
	// NoWait refuses when no seats are free, instead of a waiting place.
	NoWait bool
}

// Receipt is what a request came to.
type Receipt struct {
	Booking  Booking
	Party    Party
	State    State
	Position int // in the waiting list, from 1
	// Replayed says that the same request was made before under its key. Of
	// somebody who came without a party this proves no more than knowing the
	// request: it is no reason to make the browser the party's.
	Replayed bool
}

// Check gives all that is wrong with a request, by field (required, name_long,
// name_link, mail_missing, mail_invalid, seats_range), and cleans it. Book does it too.
func (r *Request) Check() error {
	var wrong kernel.Errors
	r.Name = cleanName(r.Name)
	checkName(&wrong, r.Name)
	if r.Mail != "" || r.By == "" {
		clean, err := people.ParseMail(r.Mail)
		if err != nil {
			wrong.Add("mail", kernel.CodeOf(err))
		}
		r.Mail = clean
	}
	if r.Seats < 1 || r.Seats > MaxSeats {
		wrong.Add("seats", "seats_range", "max", MaxSeats)
	}
	return wrong.Err()
}

// Book books seats for a party, making the party if it is new. The booking's
// row, a new party's row and the Roster's decision are one acknowledged write.
//
// Errors: Invalid by field (required, name_long, name_link, mail_missing, mail_invalid,
// seats_range); Missing slot; Conflict slot_over, slot_not_bookable, slot_full,
// slot_shut, slot_too_small; Conflict overlaps unless Confirm, with the ids of
// the own bookings in question; Conflict confirm_mail_first for a third booking
// without a confirmed address; Invalid idempotency_mismatch when the key was
// used for something else; Unavailable roster_busy, booking_unsettled.
func (s *Service) Book(ctx context.Context, r Request) (Receipt, error) {
	receipt, err := s.bookOnce(ctx, r)
	if s.o.Decided != nil {
		switch {
		case err == nil && !receipt.Replayed:
			s.o.Decided(string(receipt.State))
		case kernel.KindOf(err) == kernel.Conflict:
			s.o.Decided(kernel.CodeOf(err))
		}
	}
	return receipt, err
}

// bookOnce is Book, which counts.
func (s *Service) bookOnce(ctx context.Context, r Request) (Receipt, error) {
	if err := r.Check(); err != nil {
		return Receipt{}, err
	}
	receipt, b, err := s.book(ctx, r)
	if err == nil || r.Key == "" || b.ID == "" || kernel.KindOf(err) != kernel.Conflict {
		return receipt, err
	}
	// What is refused now may be a repeat of what was granted, for instance to
	// the last seat; it gets the answer of the first.
	if again, ok, replayErr := s.replay(ctx, b, nil); ok || replayErr != nil {
		return again, replayErr
	}
	return receipt, err
}

// book is Book for a clean request. b is the row as far as it was drawn up.
func (s *Service) book(ctx context.Context, r Request) (_ Receipt, b Booking, err error) {
	slot, err := s.o.Slots.Slot(ctx, r.Slot)
	if err != nil {
		return Receipt{}, b, err
	}
	if slot.City != r.City {
		return Receipt{}, b, kernel.Missing()
	}
	now := s.now()
	b = r.row(slot, now)
	switch {
	case !slot.Bookable:
		return Receipt{}, b, notBookable()
	case !slot.End.After(now), r.By == "" && !slot.Start.After(now):
		return Receipt{}, b, kernel.New(kernel.Conflict, "slot_over", "slot")
	}
	party, fresh, err := s.partyFor(ctx, r, &b, slot)
	if err != nil {
		return Receipt{}, b, err
	}
	receipt, err := s.decide(ctx, b, party, fresh, slot, r)
	if err != nil && !fresh && len(party.Tries) > 0 && kernel.KindOf(err) == kernel.Conflict {
		// Should this fail, the try is forgotten by its age.
		_ = s.parties.Decide(ctx, party.ID, func(p *Party) error { return p.untry(b.ID) })
	}
	return receipt, b, err
}

// row draws up the row of a clean request for a slot; under one key it always has
// the same id.
func (r *Request) row(slot SlotInfo, now time.Time) Booking {
	own := kernel.NewID()
	switch {
	case r.Key != "" && r.Drawn:
		own = kernel.DeriveID("drawn", r.City, r.Key)
	case r.Key != "":
		own = kernel.DeriveID("booking", r.City, r.Party, r.By, r.Key)
	}
	b := Booking{
		ID: slot.Event + "/" + own, City: slot.City, Event: slot.Event, Slot: slot.ID, Party: r.Party, Seats: r.Seats,
		Name: r.Name, Mail: r.Mail, Lang: r.Lang, MadeAt: now, By: r.By,
	}
	if r.Key != "" {
		b.Asked = kernel.DeriveID(r.Slot, r.Name, r.Mail, strconv.Itoa(r.Seats), strconv.FormatBool(r.NoWait))
	}
	return b
}

// partyFor gives the party of a request: the one that asks, or a new one whose
// row goes with the booking's.
func (s *Service) partyFor(ctx context.Context, r Request, b *Booking, slot SlotInfo) (p Party, fresh bool, err error) {
	if r.Party != "" {
		who, err := s.booker(ctx, r)
		if err == nil && who.Party.City != r.City {
			err = kernel.Missing()
		}
		switch kernel.KindOf(err) {
		case "":
			p, err = s.admit(ctx, who, r, b, slot)
			return p, false, err
		case kernel.NotFound: // its time is over, or the cookie is from elsewhere
		default:
			return p, false, err
		}
	}
	id := kernel.NewID()
	if r.Key != "" { // a repeat finds the party of the first
		id = kernel.DeriveID("party", b.ID)
	}
	b.Party = r.City + "/" + id
	return b.newParty(), true, nil
}

// booker is the party of a request as the one who books sees it. To staff who book
// for a party that has shown its pass it stands alone.
func (s *Service) booker(ctx context.Context, r Request) (Reader, error) {
	if r.By == "" {
		return s.Browser(ctx, r.Party, r.Proof)
	}
	p, err := s.Party(ctx, r.Party)
	return Reader{Party: p}, err
}

// newParty is the party of a booking that is its first.
func (b *Booking) newParty() Party {
	p := Party{ID: b.Party, City: b.City, Name: b.Name, Mail: b.Mail, Lang: b.Lang, MadeAt: b.MadeAt, By: b.By}
	if b.By == "" {
		p.Tries = []Try{{Booking: b.ID, At: b.MadeAt}}
	}
	return p
}

// admit asks whether a party that is known may book, and what it holds already.
func (s *Service) admit(ctx context.Context, who Reader, r Request, b *Booking, slot SlotInfo) (Party, error) {
	p := who.Party
	b.Party = p.ID
	held, err := s.Mine(ctx, who)
	if err != nil {
		return p, err
	}
	var active, ended, clashing []string
	for _, h := range held {
		own := h.Booking.Party == p.ID
		switch {
		case h.Booking.ID == b.ID:
			continue
		case !h.current(b.MadeAt):
			if own {
				ended = append(ended, h.Booking.ID)
			}
			continue
		case own:
			active = append(active, h.Booking.ID)
		}
		if h.Slot.period().Overlaps(slot.period()) {
			clashing = append(clashing, h.Booking.ID)
		}
	}
	if len(clashing) > 0 && !r.Confirm {
		return p, overlaps(clashing)
	}
	counted := r.By == "" && !who.proven
	if !counted && (p.Mail != "" || r.Mail == "") {
		return p, nil
	}
	return s.parties.Update(ctx, p.ID, func(p *Party) error {
		err := store.ErrUnchanged
		if counted {
			if err = p.try(b.MadeAt, b.ID, active, ended); err != nil && !errors.Is(err, store.ErrUnchanged) {
				return err
			}
		}
		if p.Mail == "" && r.Mail != "" {
			p.Mail, p.Name, p.Lang = r.Mail, r.Name, r.Lang
			return nil
		}
		return err
	})
}

// Overlaps gives the bookings that a reader sees and that share an instant with a slot, for
// the page that asks before confirming. Error: Missing slot.
func (s *Service) Overlaps(ctx context.Context, r Reader, slot string) ([]Held, error) {
	info, err := s.o.Slots.Slot(ctx, slot)
	if err != nil {
		return nil, err
	}
	held, err := s.Mine(ctx, r)
	now := s.now()
	return slices.DeleteFunc(held, func(h Held) bool {
		return !h.current(now) || !h.Slot.period().Overlaps(info.period())
	}), err
}
