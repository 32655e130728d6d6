package platform

import (
	"context"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/mail"
	"feria/registration"
)

// The jobs by name, as the console shows them.
const (
	jobFanOut = "fan-out"
	jobSweep  = "sweep"
	jobExpire = "expire"
	jobMail   = "mail"
	jobForget = "forget"
)

// declareJobs names what this copy, or another, works on in the background.
func (p *Platform) declareJobs() {
	p.Jobs.Every(jobFanOut, time.Second, p.fanOut)
	p.Jobs.Every(jobSweep, 5*time.Minute, p.sweep)
	p.Jobs.Every(jobExpire, time.Hour, func(ctx context.Context) error {
		_, err := p.Store.Expire(ctx, p.Now())
		return err
	})
	p.Jobs.Every(jobForget, forgetEvery, func(ctx context.Context) error {
		_, err := p.Forget(ctx)
		return err
	})
	p.Jobs.Every(jobMail, 2*time.Second, p.sendMail)
	p.Jobs.Every("outbox", tidyEvery, p.tidyOutbox)
}

// fanOut carries out what the decisions of rosters left to do: mails, and how
// full the programme shows a slot. Each step is idempotent under the effect's
// id, so a crash in between only repeats.
func (p *Platform) fanOut(ctx context.Context) error {
	n, err := p.Registration.Drain(ctx, p.carryOut)
	if n > 0 {
		p.Jobs.Wake(jobMail)
	}
	return err
}

func (p *Platform) carryOut(ctx context.Context, effect registration.Effect, booking registration.Booking) error {
	if booking.Mail == "" {
		return nil
	}
	view, err := p.Views.Of(ctx, booking.Event)
	if kernel.KindOf(err) == kernel.NotFound || err == nil && view.Programme == nil {
		return nil // the event is gone; nobody is told of a seat in it
	}
	if err != nil {
		return err
	}
	message, err := p.bookingMail(ctx, view, effect, booking)
	if err != nil {
		return err
	}
	return p.Outbox.Queue(ctx, message)
}

func (p *Platform) bookingMail(ctx context.Context, view *View, effect registration.Effect, b registration.Booking) (mail.Message, error) {
	printer := p.Locale.For(b.Lang)
	data := map[string]any{"name": b.Name, "seats": b.Seats}
	if effect.Position > 0 {
		data["position"] = effect.Position
	}
	data["event"], _ = printer.Text(view.Event.Title, view.Event.Locales...)
	if slot, ok := view.Programme.Slot(b.Slot); ok {
		session, _ := view.Programme.Session(slot.Session)
		data["session"], _ = printer.Text(session.Title, view.Event.Locales...)
		start := slot.Start.In(view.Programme.Location())
		data["when"] = printer.Date(start) + ", " + printer.Time(start)
		data["where"] = p.placeName(view, slot, printer.Lang())
	}
	mine, err := p.MineURL(ctx, b.Party, b.Mail, view.Event)
	if err != nil {
		return mail.Message{}, err
	}
	data["manage"] = mine
	if pass, err := p.PassFor(ctx, view.Event, b.Party, b.Name); err == nil {
		data["pass"] = p.PassURL(pass)
	} else if kernel.KindOf(err) != kernel.NotFound {
		return mail.Message{}, err
	}
	cityName, _ := printer.Text(view.City.Name, view.City.Locales...)
	data["contact"] = contactLine(view.City, printer.Lang())
	subject, text, err := mail.Compose(printer, "booking_"+string(effect.Kind), data)
	if err != nil {
		return mail.Message{}, err
	}
	return mail.Message{
		ID: b.City + "/" + kernel.DeriveID("booking-mail", effect.ID), City: b.City, Event: b.Event,
		To: b.Mail, ToName: b.Name, Lang: b.Lang, From: view.City.Contact.Mail, FromName: cityName, Kind: "booking_" + string(effect.Kind), Subject: subject, Text: text,
	}, nil
}

func contactLine(city festival.City, lang string) string {
	address, _ := city.Contact.Address.In(append([]string{lang}, city.Locales...)...)
	line := ""
	for _, part := range []string{city.Contact.Phone, city.Contact.Mail, address} {
		if part == "" {
			continue
		}
		if line != "" {
			line += " · "
		}
		line += part
	}
	return line
}

// placeName says where a slot is: space, venue.
func (p *Platform) placeName(view *View, slot festival.Frozen, lang string) string {
	langs := append([]string{lang}, view.Event.Locales...)
	space, ok := view.Programme.Space(slot.Space)
	if !ok {
		return ""
	}
	name, _ := space.Name.In(langs...)
	if venue, ok := view.Programme.Venue(space.Venue); ok {
		at, _ := venue.Name.In(langs...)
		if at != name {
			name += ", " + at
		}
	}
	return name
}
