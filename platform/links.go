package platform

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/mail"
	"feria/registration"
	"feria/ticketing"
)

// Links are built from the configured base only, never from a request
// (reliability.md, finding 3).

// SignInURL is the address that a mailed or printed sign-in link opens.
func (p *Platform) SignInURL(secret string) string {
	return p.Config.URL + "/sign-in?link=" + url.QueryEscape(secret)
}

// EventURL is the public page of an event, with a path below it.
func (p *Platform) EventURL(slug, below string) string { return p.Config.URL + "/" + slug + below }

// SessionURL is the public page of a session.
func (p *Platform) SessionURL(slug, code string) string {
	return p.EventURL(slug, "/sessions/"+url.PathEscape(code))
}

// linkEnd is until when links from mails of an event hold: 30 days after it.
func linkEnd(e festival.Event) time.Time {
	end, err := time.Parse(time.DateOnly, string(e.End))
	if err != nil {
		return time.Time{}
	}
	return end.AddDate(0, 0, keepPeople+1)
}

// MineURL is the link to the bookings of a party, as mails to an address carry
// it. Opening it proves that address and no other.
func (p *Platform) MineURL(ctx context.Context, party, mail string, event festival.Event) (string, error) {
	secret, err := p.Registration.MailLink(ctx, party, mail, linkEnd(event))
	if err != nil {
		return "", err
	}
	return p.mineURL(secret), nil
}

func (p *Platform) mineURL(secret string) string {
	return p.Config.URL + "/me?key=" + url.QueryEscape(secret)
}

// calendarYears is how long a calendar address holds without being renewed.
const calendarYears = 2

// CalendarURL is the secret address of the calendar of what a reader sees.
func (p *Platform) CalendarURL(ctx context.Context, of registration.Reader) (string, error) {
	secret, err := p.Registration.NewLink(ctx, of, registration.LinkCalendar, p.Now().AddDate(calendarYears, 0, 0))
	if err != nil {
		return "", err
	}
	return p.Config.URL + "/me/agenda.ics?key=" + url.QueryEscape(secret), nil
}

// renewalsADay is how often somebody may renew the links of a party: each time its
// addresses get a mail.
const renewalsADay = 3

// RenewLinks gives other addresses to the bookings, calendars and passes that a
// reader sees, for somebody whose links have come into wrong hands. The new ones to
// bookings are mailed to where the old ones went, never shown: who asks may have no
// more than such a link. by is the staff who do it for a party, "" for the party
// itself; then it is about passes of that one event alone. It gives how many mails
// are under way and what the reader's browser keeps now as its proof. Error: TooMany
// links_renewed_often.
func (p *Platform) RenewLinks(ctx context.Context, city festival.City, who registration.Reader, event, by string) (mailed int, proof string, err error) {
	ok, wait, err := p.Limiter.Allow(ctx, city.ID+"/renew-links/"+by+"/"+who.Party.ID, renewalsADay, 24*time.Hour)
	if err != nil {
		return 0, "", err
	}
	if !ok {
		return 0, "", kernel.New(kernel.TooMany, "links_renewed_often", "", "hours", int(wait.Hours())+1)
	}
	events, err := p.Festival.Events(ctx, city.ID)
	if err != nil {
		return 0, "", err
	}
	ends := map[string]time.Time{}
	for _, e := range events {
		ends[e.ID] = linkEnd(e)
	}
	until := func(event string) time.Time { return ends[event] }
	parties, proof, err := p.Registration.RenewLinks(ctx, who, until, func(links []registration.NewMailed) error {
		mailed = len(links)
		return p.mailNewLinks(ctx, city, links)
	})
	if err != nil {
		return 0, "", err
	}
	for _, e := range events {
		if event != "" && e.ID != event || !ends[e.ID].After(p.Now()) {
			continue
		}
		for _, party := range parties {
			pass, err := p.Ticketing.PassOf(ctx, e.ID, party.ID)
			if err == nil {
				_, err = p.Ticketing.RevokeLink(ctx, pass.ID)
			}
			if err != nil && kernel.KindOf(err) != kernel.NotFound {
				return mailed, proof, err
			}
		}
	}
	return mailed, proof, nil
}

func (p *Platform) mailNewLinks(ctx context.Context, city festival.City, links []registration.NewMailed) error {
	mails := make([]mail.Message, len(links))
	for i, l := range links {
		printer := p.Locale.For(l.Lang)
		name, _ := printer.Text(city.Name, city.Locales...)
		subject, text, err := mail.Compose(printer, "new_links", map[string]any{
			"name": l.Name, "city": name, "manage": p.mineURL(l.Secret), "contact": contactLine(city, printer.Lang()),
		})
		if err != nil {
			return err
		}
		mails[i] = mail.Message{
			ID: city.ID + "/" + kernel.DeriveID("new-links", l.Party, l.Mail, strconv.Itoa(l.Round)), City: city.ID, Event: l.Event,
			To: l.Mail, ToName: l.Name, Lang: l.Lang, From: city.Contact.Mail, FromName: name, Kind: "new_links", Subject: subject, Text: text,
		}
	}
	err := errors.Join(p.Outbox.QueueAll(ctx, mails...)...)
	if err == nil {
		p.Jobs.Wake(jobMail)
	}
	return err
}

// PassURL is the page of a pass.
func (p *Platform) PassURL(pass ticketing.Pass) string {
	return p.Config.URL + "/passes/" + p.Ticketing.PassSecret(pass)
}
