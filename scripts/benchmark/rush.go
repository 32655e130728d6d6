package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"feria/festival"
	"feria/locale"
	"feria/people"
	"feria/platform"
	"feria/registration"
)

// manySlots is how many slots row 5 spreads its bookings over.
const manySlots = 300

// rush makes the event that is booked: every round of every row has slots and
// passes of its own, since a slot fills once.
func (t *town) rush(ctx context.Context, p *platform.Platform) error {
	city, err := p.FirstCity(ctx, "")
	if err != nil {
		return err
	}
	today := festival.Date(time.Now().UTC().Format(time.DateOnly))
	e, err := p.Festival.CreateEvent(ctx, festival.Event{City: city.ID, Slug: "rush", Kind: festival.Festival, Title: locale.Text{"en": "Rush"}, Zone: "UTC", Start: today, End: today.Add(7), Locales: []string{"en"}}, "bench")
	if err != nil {
		return err
	}
	if err := p.DefaultGates(ctx, e.ID, "bench"); err != nil {
		return err
	}
	slots := slotRecords{at: time.Now().UTC().Add(24 * time.Hour).Truncate(time.Hour)}
	doorsARound := 1
	if t.kind == "sqlite" && wanted("8") {
		doorsARound = 6 // so that a pass is scanned twice: let in, then told that it is in
	}
	slots.add("pass", rounds*doorsARound, 500)
	slots.add("hot", 2*rounds, 500)
	if t.kind == "mongodb" && wanted("7") {
		slots.add("queue", 6*rounds, 500)
	}
	for round := range rounds {
		slots.add(fmt.Sprintf("many%d", round), manySlots, 30)
	}
	if _, err := p.Festival.ApplyImport(ctx, e.ID, "bench", "bench", slots.records(), false, nil); err != nil {
		return err
	}
	if _, err := p.Publish(ctx, e.ID, "bench", nil); err != nil {
		return err
	}
	view, err := p.Views.Of(ctx, e.ID)
	if err != nil {
		return err
	}
	var doors []string
	for _, slot := range view.Programme.Slots {
		session, _ := view.Programme.Session(slot.Session)
		t.slots[slot.ID] = slot.Seats
		group, _, _ := strings.Cut(session.Code, "-")
		switch group {
		case "pass":
			doors = append(doors, slot.ID)
		case "hot":
			t.hot = append(t.hot, festival.Own(slot.ID))
		case "queue":
			t.queue = append(t.queue, festival.Own(slot.ID))
		default:
			round := int(group[len("many")] - '0')
			t.many[round] = append(t.many[round], festival.Own(slot.ID))
		}
	}
	for round := range rounds {
		slots := doors[round*doorsARound:][:doorsARound]
		if t.passes[round], err = passes(ctx, p, e, func(i int) string { return slots[i%doorsARound] }, 500*doorsARound); err != nil {
			return err
		}
	}
	// What follows these bookings is no part of what is measured.
	if _, err := p.Registration.Drain(ctx, func(_ context.Context, due []registration.Due) []error { return make([]error, len(due)) }); err != nil {
		return err
	}
	t.token, err = p.People.NewToken(ctx, city.ID, e.ID, people.Organizer, "bench", "bench")
	return err
}

// slotRecords gathers sessions with a slot each, all at one time.
type slotRecords struct {
	at  time.Time
	all festival.Records
}

func (s *slotRecords) add(group string, n, seats int) {
	for i := range n {
		key := fmt.Sprintf("%s-%04d", group, i)
		s.all.Spaces = append(s.all.Spaces, festival.RecordSpace{Key: key, Venue: "v", Name: locale.Text{"en": "Room " + key}})
		s.all.Sessions = append(s.all.Sessions, festival.RecordSession{
			Key: key, Session: festival.Session{Code: key, Title: locale.Text{"en": "Session " + key}},
			Slots: []festival.RecordSlot{{Key: key, Space: key, Start: s.at, End: s.at.Add(time.Hour), Seating: festival.Bookable, Seats: seats}},
		})
	}
}

func (s *slotRecords) records() festival.Records {
	s.all.Format = "bench"
	s.all.Venues = []festival.RecordVenue{{Key: "v", Name: locale.Text{"en": "Hall"}}}
	return s.all
}

// passes books a seat for each of n new parties and gives the tokens of their
// passes.
func passes(ctx context.Context, p *platform.Platform, e festival.Event, slot func(i int) string, n int) ([]string, error) {
	tokens := make([]string, n)
	made := called(n, func(i int) error {
		receipt, err := p.Registration.Book(ctx, registration.Request{City: e.City, Slot: slot(i), Name: "Pass", Seats: 1, By: "bench"})
		if err != nil {
			return err
		}
		pass, err := p.PassFor(ctx, e, receipt.Party.ID, "Pass")
		if err != nil {
			return err
		}
		tokens[i], err = p.Ticketing.Token(ctx, e, pass)
		return err
	})
	return tokens, made.err()
}
