package platform

import (
	"cmp"
	"context"
	"net/netip"
	"strconv"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
	"feria/registration"
	"feria/ticketing"
)

// slots answers what registration asks of the published programme, from memory.
type slots struct{ views *Views }

// Slot gives a slot of a published programme.
func (s slots) Slot(ctx context.Context, id string) (registration.SlotInfo, error) {
	view, err := s.views.Of(ctx, festival.EventOf(id))
	if err != nil {
		return registration.SlotInfo{}, err
	}
	if view.Programme == nil {
		return registration.SlotInfo{}, kernel.Missing()
	}
	slot, ok := view.Programme.Slot(id)
	if !ok {
		return registration.SlotInfo{}, kernel.Missing()
	}
	session, _ := view.Programme.Session(slot.Session)
	space, _ := view.Programme.SpaceOf(slot.Slot)
	return registration.SlotInfo{
		ID: slot.ID, City: view.Event.City, Event: view.Event.ID, Session: slot.Session, Title: session.Title, Space: space.ID, Booth: slot.Booth,
		Start: slot.Start, End: slot.End, Seats: slot.Seats, Bookable: slot.Seating == festival.Bookable && slot.State != festival.Cancelled,
		Cancelled: slot.State == festival.Cancelled,
	}, nil
}

// rights answers what ticketing asks of registration.
type rights struct{ registration *registration.Service }

// Of gives what a party has booked in an event; what was cancelled after then counts
// as what it was when it was cancelled, zero: as all stands now.
func (r rights) Of(ctx context.Context, event festival.Event, party string, then time.Time) (ticketing.Right, error) {
	held, err := r.registration.Of(ctx, event.City, party)
	if err != nil {
		return ticketing.Right{}, err
	}
	var right ticketing.Right
	for _, h := range held {
		if h.Booking.Event != event.ID || h.Gone {
			continue
		}
		s := ticketing.SlotRight{
			Slot: h.Booking.Slot, Space: h.Slot.Space, Booth: h.Slot.Booth, Seats: h.Booking.Seats,
			Start: h.Slot.Start, End: h.Slot.End,
		}
		ended := h.Booking.Ended
		switch {
		case h.State == registration.Cancelled && !then.IsZero() && ended != nil && ended.After(then) && !h.Slot.Cancelled:
			if h.Booking.Waited {
				s.State = ticketing.Waiting
			}
		case h.State == registration.Cancelled || h.Slot.Cancelled:
			s.State = ticketing.Withdrawn
		case h.State == registration.Waiting:
			s.State = ticketing.Waiting
		}
		right.Slots = append(right.Slots, s)
	}
	return right, nil
}

func (p *Platform) cityIDs(ctx context.Context) ([]string, error) {
	cities, err := p.Festival.Cities(ctx)
	ids := make([]string, len(cities))
	for i, c := range cities {
		ids[i] = c.ID
	}
	return ids, err
}

// PassFor gives the pass of a party in an event, made at the first booking, or
// at any time where the event is open to all. Nothing booked: kernel.Missing.
func (p *Platform) PassFor(ctx context.Context, event festival.Event, party, name string) (ticketing.Pass, error) {
	pass, err := p.Ticketing.PassOf(ctx, event.ID, party)
	switch {
	case err == nil && (pass.Name != "" || name == ""):
		return p.Ticketing.Fitted(pass, event), nil
	case err == nil: // taken before anybody was asked for a name
		return p.Ticketing.PassFor(ctx, event, party, name)
	case kernel.KindOf(err) != kernel.NotFound:
		return pass, err
	}
	if !event.Open {
		held, err := p.Registration.Of(ctx, event.City, party)
		if err != nil {
			return ticketing.Pass{}, err
		}
		any := false
		for _, h := range held {
			any = any || h.Booking.Event == event.ID && h.State != registration.Cancelled
		}
		if !any {
			return ticketing.Pass{}, kernel.Missing()
		}
	}
	return p.Ticketing.PassFor(ctx, event, party, name)
}

// OpenPass gives a party its pass of an event that is open to all, for so many
// persons. Errors: persons_range at persons, those of PassFor.
func (p *Platform) OpenPass(ctx context.Context, event festival.Event, party registration.Party, persons int) (ticketing.Pass, error) {
	if err := ticketing.CheckPersons(persons); err != nil {
		return ticketing.Pass{}, err
	}
	pass, err := p.PassFor(ctx, event, party.ID, party.Name)
	if err != nil {
		return pass, err
	}
	pass, err = p.Ticketing.SetPersons(ctx, pass.ID, persons)
	return p.Ticketing.Fitted(pass, event), err
}

// Taking is somebody who takes a pass without booking anything.
type Taking struct {
	Event   festival.Event
	By      string     // who does it with a token; "" for a visitor
	From    netip.Addr // where a visitor is
	Key     string     // of the request; "" for one that is not sent again
	Lang    string
	Persons int // how many come with the pass
}

// TakePass gives a party of its own a pass of an event that is open to all. A
// repeat under its key gets the pass of the first and uses nothing of a budget.
// Errors: event_not_open, persons_range at persons, idempotency_mismatch, for a
// visitor TooMany network_busy, those of PassFor.
func (p *Platform) TakePass(ctx context.Context, t Taking) (ticketing.Pass, error) {
	if !t.Event.Open {
		return ticketing.Pass{}, kernel.New(kernel.Conflict, "event_not_open", "event")
	}
	if err := ticketing.CheckPersons(t.Persons); err != nil {
		return ticketing.Pass{}, err
	}
	k := registration.Keyed{City: t.Event.City, By: t.By, Key: t.Key, Lang: t.Lang, Asked: kernel.DeriveID(t.Event.ID, strconv.Itoa(t.Persons))}
	if k.Key == "" {
		k.Key = kernel.NewID()
	}
	party, again, err := p.Registration.PartyAgain(ctx, k)
	if err == nil && !again {
		if t.By == "" {
			err = p.AllowParty(k.City, t.From)
		}
		if err == nil {
			party, again, err = p.Registration.PartyOfKey(ctx, k)
		}
	}
	if err != nil {
		return ticketing.Pass{}, err
	}
	if again { // its number may have been changed since, on its page
		if pass, err := p.PassFor(ctx, t.Event, party.ID, party.Name); err != nil || pass.Persons != 0 {
			return pass, err
		}
	}
	return p.OpenPass(ctx, t.Event, party, t.Persons)
}

// DefaultGates gives a new event its first gate, so that its door works without
// any setting.
func (p *Platform) DefaultGates(ctx context.Context, event, by string) error {
	_, err := p.Ticketing.SaveGate(ctx, ticketing.Gate{
		Event: event, Slug: "main", Name: locale.Text{"en": "Main gate", "fr": "Entrée principale"},
		Scope: ticketing.OfEvent, Who: ticketing.AnyPass, Reentry: ticketing.AfterExit,
	}, by)
	return err
}

// How often short codes may be typed by one device at one gate: far more than a
// volunteer types, far too few to guess 40 bits.
const codesAMinute = 20

// A device names itself, so all devices of one person or API token at a gate
// share a limit too: five that type as fast as they may.
const codesOfAll = 5 * codesAMinute

// BookFor books for somebody at a desk. With the short code of a pass of the event,
// as it was typed, the booking joins the pass's party: one pass stays one, and a
// name, a mail address or a language that is left out is the party's. Errors:
// those of registration.Service.Book; by field pass_code_unknown, pass_revoked;
// code_too_often.
func (p *Platform) BookFor(ctx context.Context, event festival.Event, r registration.Request, code string) (registration.Receipt, error) {
	if code == "" {
		return p.Registration.Book(ctx, r)
	}
	if err := p.AllowCode(ctx, event.ID+"/desk", r.By, r.By); err != nil {
		return registration.Receipt{}, err
	}
	pass, err := p.Ticketing.PassByCode(ctx, event.ID, code)
	var party registration.Party
	if err == nil {
		party, err = p.Registration.Party(ctx, pass.Party)
	}
	switch {
	case kernel.KindOf(err) == kernel.NotFound:
		return registration.Receipt{}, kernel.Errors{kernel.New(kernel.Invalid, "pass_code_unknown", "pass")}
	case err != nil:
		return registration.Receipt{}, err
	case pass.Revoked != nil:
		return registration.Receipt{}, kernel.Errors{kernel.New(kernel.Invalid, "pass_revoked", "pass")}
	}
	r.Party, r.Name, r.Mail, r.Lang = party.ID, cmp.Or(r.Name, pass.Name, party.Name), cmp.Or(r.Mail, party.Mail), cmp.Or(party.Lang, r.Lang)
	return p.Registration.Book(ctx, r)
}

// AllowCode counts a short code that was typed by somebody on a device, and
// refuses when there were too many.
func (p *Platform) AllowCode(ctx context.Context, gate, by, device string) error {
	at := festival.CityOf(gate) + "/code/" + gate + "/"
	for _, limit := range []struct {
		who string
		n   int
	}{{"device/" + device, codesAMinute}, {"by/" + by, codesOfAll}} {
		ok, wait, err := p.Limiter.Allow(ctx, at+limit.who, limit.n, time.Minute)
		if err != nil {
			return err
		}
		if !ok {
			return kernel.New(kernel.TooMany, "code_too_often", "token", "seconds", int(wait.Seconds())+1)
		}
	}
	return nil
}
