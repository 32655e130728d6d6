package platform

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"feria/kernel"
	"feria/people"
	"feria/registration"
)

// What visitors may use up before they wait (docs/adr/0010). A whole school that
// books at once behind one address, each pupil for one or two, has room in it; a
// script that wants all places of a festival has not.
const (
	seatsAnHour = 600 // by one network, by whomever there; a new party counts as one
	mailedADay  = 20  // bookings under one address by who has not proved to read it
	// networkBits is how much of an IPv6 address is one network: what a home gets.
	networkBits = 56
)

// visitors are the budgets of those who book for themselves.
type visitors struct {
	seats, mails *people.Budget
	warned       *sync.Once
}

func newVisitors(now kernel.Clock) visitors {
	return visitors{
		seats: people.NewBudget(seatsAnHour, time.Hour, now),
		mails: people.NewBudget(mailedADay, 24*time.Hour, now),

		warned: new(sync.Once),
	}
}

// shared are addresses that carriers give to many (RFC 6598), and clusters to
// themselves.
var shared = netip.MustParsePrefix("100.64.0.0/10")

// network is who asks as its budget counts it; "" is not counted. Addresses that are
// none of the public network are of proxies that FERIA_PROXIES does not name, behind
// which everybody looks the same, or of the city's own house.
func network(city string, from netip.Addr) string {
	switch {
	case !from.IsValid(), from.IsLoopback(), from.IsPrivate(), from.IsLinkLocalUnicast(), shared.Contains(from):
		return ""
	case from.Is6():
		from = netip.PrefixFrom(from, networkBits).Masked().Addr()
	}
	return city + "/" + from.String()
}

// BookVisitor books for somebody who does it for oneself, from an address of the
// network. A repeat of what was granted gets the answer of the first, and uses
// nothing of a budget, though nothing may be left of it. Errors: those of registration.Service.Book; TooMany network_busy,
// mail_unconfirmed_often.
func (p *Platform) BookVisitor(ctx context.Context, r registration.Request, from netip.Addr) (registration.Receipt, error) {
	if err := r.Check(); err != nil {
		return registration.Receipt{}, err
	}
	who, mail := network(r.City, from), r.City+"/"+r.Mail
	reads, err := p.readsMail(ctx, r)
	if err != nil {
		return registration.Receipt{}, err
	}
	if reads {
		mail = ""
	}
	if refusal := p.spendBooking(who, mail, r.Seats); refusal != nil {
		// Only now is the store asked, so that it costs nothing within the budgets.
		if again, ok, err := p.Registration.Again(ctx, r); ok || err != nil {
			return again, err
		}
		return registration.Receipt{}, refusal
	}
	receipt, err := p.Registration.Book(ctx, r)
	if err != nil || receipt.Replayed {
		give(p.visitors.seats, who, r.Seats)
		give(p.visitors.mails, mail, 1)
	}
	return receipt, err
}

// readsMail says whether who books has proved to read the mail of the address under
// which it does.
func (p *Platform) readsMail(ctx context.Context, r registration.Request) (bool, error) {
	if r.Proof == "" {
		return false, nil
	}
	who, err := p.Registration.Browser(ctx, r.Party, r.Proof)
	if kernel.KindOf(err) == kernel.NotFound {
		return false, nil
	}
	return who.Proven() && who.Party.Mail == r.Mail, err
}

// spendBooking takes a booking from the budgets of a network and of an address, all
// of it or nothing.
func (p *Platform) spendBooking(who, mail string, seats int) error {
	if err := p.spendSeats(who, seats); err != nil {
		return err
	}
	err := spend(p.visitors.mails, mail, 1, "mail_unconfirmed_often")
	if err != nil {
		give(p.visitors.seats, who, seats)
	}
	return err
}

// spendSeats takes from the budget of a network. That one is used up may also mean
// that all visitors come by one address, which the operator can mend.
func (p *Platform) spendSeats(who string, n int) error {
	err := spend(p.visitors.seats, who, n, "network_busy")
	if err != nil {
		p.visitors.warned.Do(func() {
			p.Log.Warn("one network has booked all that it may for now; a proxy with a public address that FERIA_PROXIES does not name looks like one network")
		})
	}
	return err
}

// AllowParty counts a party that somebody makes without booking anything. Error:
// TooMany network_busy.
func (p *Platform) AllowParty(city string, from netip.Addr) error {
	return p.spendSeats(network(city, from), 1)
}

func spend(b *people.Budget, who string, n int, code string) error {
	if who == "" {
		return nil
	}
	if ok, wait := b.Take(who, n); !ok {
		return kernel.New(kernel.TooMany, code, "", "n", int(wait/time.Minute)+1, "seconds", int(wait/time.Second)+1)
	}
	return nil
}

func give(b *people.Budget, who string, n int) {
	if who != "" {
		b.Give(who, n)
	}
}
