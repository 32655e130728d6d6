package platform

import (
	"context"
	"net/netip"
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
type visitors struct{ seats, mails *people.Budget }

func newVisitors(now kernel.Clock) visitors {
	return visitors{
		seats: people.NewBudget(seatsAnHour, time.Hour, now),
		mails: people.NewBudget(mailedADay, 24*time.Hour, now),
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
// network. Errors: those of registration.Service.Book; TooMany network_busy,
// mail_unconfirmed_often.
func (p *Platform) BookVisitor(ctx context.Context, r registration.Request, from netip.Addr) (registration.Receipt, error) {
	if err := r.Check(); err != nil {
		return registration.Receipt{}, err
	}
	who, mail := network(r.City, from), ""
	if r.Proof == "" {
		mail = r.City + "/" + r.Mail
	}
	if err := spend(p.visitors.seats, who, r.Seats, "network_busy"); err != nil {
		return registration.Receipt{}, err
	}
	err := spend(p.visitors.mails, mail, 1, "mail_unconfirmed_often")
	if err != nil {
		give(p.visitors.seats, who, r.Seats)
		return registration.Receipt{}, err
	}
	receipt, err := p.Registration.Book(ctx, r)
	if err != nil || receipt.Replayed {
		give(p.visitors.seats, who, r.Seats)
		give(p.visitors.mails, mail, 1)
	}
	return receipt, err
}

// AllowParty counts a party that somebody makes without booking anything. Error:
// TooMany network_busy.
func (p *Platform) AllowParty(city string, from netip.Addr) error {
	return spend(p.visitors.seats, network(city, from), 1, "network_busy")
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
