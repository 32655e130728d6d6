package platform

import (
	"context"
	"maps"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
	"feria/mail"
	"feria/registration"
	"feria/ticketing"
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
	p.Jobs.Every(jobSweep, 5*time.Minute, p.Sweep)
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
	if p.fanOutRests() {
		return nil
	}
	began := time.Now()
	p.hurry.Store(false)
	n, err := p.Registration.Drain(ctx, p.carryOut)
	if n > 0 {
		p.Jobs.Wake(jobMail)
		rest := min(restFor*time.Since(began), longestRest)
		if p.hurry.Load() { // said meanwhile
			rest = 0
		}
		p.rested.Store(time.Now().Add(rest).UnixNano())
		time.AfterFunc(rest, func() { p.wakeFanOut(false) }) // for what was decided meanwhile
	}
	return err
}

// In a rush bookings go first: what follows them rests restFor times as long as it
// has worked, for as long as a mail may wait at most. The more has gathered then,
// the less each costs, since a roster is written once for all of its effects.
const (
	restFor     = 3
	longestRest = 2 * time.Second
)

func (p *Platform) fanOutRests() bool { return time.Now().UnixNano() < p.rested.Load() }

// wakeFanOut has what was just decided carried out soon, at once where it cannot
// rest any longer.
func (p *Platform) wakeFanOut(atOnce bool) {
	if atOnce {
		p.hurry.Store(true)
		p.rested.Store(0)
	}
	if !p.fanOutRests() {
		p.Jobs.Wake(jobFanOut)
	}
}

// carryOut writes the mails about decisions. Whose event is gone, or who left no
// address, is told nothing.
func (p *Platform) carryOut(ctx context.Context, due []registration.Due) []error {
	errs := make([]error, len(due))
	byEvent := map[string][]int{}
	for i, d := range due {
		if d.Booking.Mail != "" {
			byEvent[d.Booking.Event] = append(byEvent[d.Booking.Event], i)
		}
	}
	for event, places := range byEvent {
		part := make([]registration.Due, len(places))
		for n, i := range places {
			part[n] = due[i]
		}
		for n, err := range p.mailBookings(ctx, event, part) {
			errs[places[n]] = err
		}
	}
	return errs
}

// mailBookings queues the mails about decisions in one event.
func (p *Platform) mailBookings(ctx context.Context, event string, due []registration.Due) []error {
	errs := make([]error, len(due))
	fail := func(err error) []error {
		for i := range errs {
			errs[i] = err
		}
		return errs
	}
	view, err := p.Views.Of(ctx, event)
	switch {
	case kernel.KindOf(err) == kernel.NotFound || err == nil && view.Programme == nil:
		return errs // nobody is told of a seat in what is not there
	case err != nil:
		return fail(err)
	}
	links, passes, err := p.opened(ctx, view.Event, due)
	if err != nil {
		return fail(err)
	}
	var mails []mail.Message
	var places []int
	for i, d := range due {
		b := d.Booking
		secret := links[registration.Addressee{Party: b.Party, Mail: b.Mail}]
		if secret == "" { // its party was erased meanwhile
			continue
		}
		data := p.bookingData(view, d)
		data["manage"] = p.mineURL(secret)
		if pass, ok := passes[b.Party]; ok {
			data["pass"] = p.PassURL(pass)
		}
		m, err := p.bookingMail(view, d, data)
		if err != nil {
			errs[i] = err
			continue
		}
		mails, places = append(mails, m), append(places, i)
	}
	for n, err := range p.Outbox.QueueAll(ctx, mails...) {
		errs[places[n]] = err
	}
	return errs
}

// opened gives what the mails about decisions open: the links to the bookings, and
// the passes by party, made where a booking stands and the party has none.
func (p *Platform) opened(ctx context.Context, event festival.Event, due []registration.Due) (map[registration.Addressee]string, map[string]ticketing.Pass, error) {
	to, parties := make([]registration.Addressee, len(due)), make([]string, len(due))
	for i, d := range due {
		to[i], parties[i] = registration.Addressee{Party: d.Booking.Party, Mail: d.Booking.Mail}, d.Booking.Party
	}
	links, err := p.Registration.MailLinks(ctx, to, linkEnd(event))
	if err != nil {
		return nil, nil, err
	}
	passes, err := p.Ticketing.PassesOf(ctx, event.ID, parties)
	if err != nil {
		return nil, nil, err
	}
	names := map[string]string{} // of those who get a pass, or a name on it
	for _, d := range due {
		if b := d.Booking; b.Ended == nil && passes[b.Party].Name == "" && names[b.Party] == "" {
			names[b.Party] = b.Name
		}
	}
	made, err := p.Ticketing.PassesFor(ctx, event, names)
	maps.Copy(passes, made)
	for party, pass := range passes {
		passes[party] = p.Ticketing.Fitted(pass, event)
	}
	return links, passes, err
}

// bookingData is what the words of a mail about a decision say of it.
func (p *Platform) bookingData(view *View, d registration.Due) map[string]any {
	printer := p.Locale.For(d.Booking.Lang)
	data := map[string]any{"name": d.Booking.Name, "seats": d.Booking.Seats}
	if d.Effect.Position > 0 {
		data["position"] = d.Effect.Position
	}
	data["event"], _ = printer.Text(view.Event.Title, view.Event.Locales...)
	if slot, ok := view.Programme.Slot(d.Booking.Slot); ok {
		session, _ := view.Programme.Session(slot.Session)
		data["session"], _ = printer.Text(session.Title, view.Event.Locales...)
		data["when"] = whenOf(printer, slot.Start.In(view.Programme.Location()), slot.End.In(view.Programme.Location()))
		data["where"] = p.placeName(view, slot, printer.Lang())
	}
	data["contact"] = contactLine(view.City, printer.Lang())
	return data
}

func (p *Platform) bookingMail(view *View, d registration.Due, data map[string]any) (mail.Message, error) {
	b, printer := d.Booking, p.Locale.For(d.Booking.Lang)
	cityName, _ := printer.Text(view.City.Name, view.City.Locales...)
	kind := "booking_" + string(d.Effect.Kind)
	subject, text, err := mail.Compose(printer, kind, data)
	return mail.Message{
		ID: b.City + "/" + kernel.DeriveID("booking-mail", d.Effect.ID), City: b.City, Event: b.Event,
		To: b.Mail, ToName: b.Name, Lang: b.Lang, From: view.City.Contact.Mail, FromName: cityName, Kind: kind, Subject: subject, Text: text,
	}, err
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

// whenOf says from when to when, with the day of the end where it is another.
func whenOf(p *locale.Printer, start, end time.Time) string {
	if start.Format(time.DateOnly) == end.Format(time.DateOnly) {
		return p.Date(start) + ", " + p.Time(start) + "–" + p.Time(end)
	}
	return p.Date(start) + ", " + p.Time(start) + " – " + p.Date(end) + ", " + p.Time(end)
}

// placeName says where a slot is: space, venue, street.
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
		if venue.Address != "" {
			name += ", " + venue.Address
		}
	}
	return name
}
