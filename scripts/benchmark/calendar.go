package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	ical "github.com/emersion/go-ical"

	"feria/festival/feed"
	"feria/platform"
)

// calendarMiss is row 10 on a miss: FOSDEM's calendar by our encoder, folded and
// with its time zone, and the same entries by go-ical's, which does neither.
func calendarMiss(ctx context.Context, t *town) error {
	if !wanted("10") || t.kind != "sqlite" {
		return nil
	}
	p, err := platform.Open(ctx, t.config, platform.Options{Version: "bench", NoJobs: true})
	if err != nil {
		return err
	}
	return errors.Join(calendarBeside(ctx, p, t.slug), p.Close())
}

func calendarBeside(ctx context.Context, p *platform.Platform, slug string) error {
	city, err := p.FirstCity(ctx, "")
	if err != nil {
		return err
	}
	e, err := p.Festival.EventBySlug(ctx, city.ID, slug)
	if err != nil {
		return err
	}
	programme, err := p.Festival.Programme(ctx, e.ID)
	if err != nil {
		return err
	}
	entries := feed.Entries(programme, programme.Slots, []string{"en"}, nil)
	ours, limit, err := versus(work(100),
		func() error {
			return feed.Calendar{Name: "FOSDEM", Zone: e.Zone, Entries: entries}.Encode(io.Discard)
		},
		func() error { return ical.NewEncoder(io.Discard).Encode(plainCalendar(entries)) })
	print(os.Stdout, row{goal: "10", what: fmt.Sprintf("calendar of %d events on a miss, encoder only", len(entries)), figure: ours.Round(10 * time.Microsecond).String(), limit: "go-ical " + limit.Round(10*time.Microsecond).String(), ratio: float64(ours) / float64(limit), wanted: 1.3, atMost: true})
	return err
}

// plainCalendar is the entries as go-ical wants them.
func plainCalendar(entries []feed.Entry) *ical.Calendar {
	cal := ical.NewCalendar()
	cal.Props.SetText("VERSION", "2.0")
	cal.Props.SetText("PRODID", "-//Feria//Feria//EN")
	for _, e := range entries {
		event := ical.NewEvent()
		event.Props.SetText("UID", e.UID)
		event.Props.SetDateTime("DTSTAMP", e.Modified)
		event.Props.SetDateTime("LAST-MODIFIED", e.Modified)
		event.Props.SetDateTime("DTSTART", e.Start)
		event.Props.SetDateTime("DTEND", e.End)
		event.Props.SetText("SEQUENCE", fmt.Sprint(e.Sequence))
		event.Props.SetText("STATUS", "CONFIRMED")
		event.Props.SetText("SUMMARY", e.Summary)
		event.Props.SetText("DESCRIPTION", e.Description)
		for name, text := range map[string]string{"LOCATION": e.Location, "URL": e.URL} {
			if text != "" {
				event.Props.SetText(name, text)
			}
		}
		if len(e.Categories) > 0 {
			event.Props.SetText("CATEGORIES", e.Categories[0])
		}
		if e.Lat != 0 || e.Lon != 0 {
			event.Props.SetText("GEO", fmt.Sprintf("%f;%f", e.Lat, e.Lon))
		}
		cal.Children = append(cal.Children, event.Component)
	}
	return cal
}
