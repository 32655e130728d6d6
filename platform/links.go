package platform

import (
	"context"
	"net/url"
	"time"

	"feria/festival"
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

// PassURL is the page of a pass.
func (p *Platform) PassURL(pass ticketing.Pass) string {
	return p.Config.URL + "/passes/" + p.Ticketing.PassSecret(pass)
}
