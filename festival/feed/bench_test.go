package feed

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"
)

// thousand is a calendar of 1,000 events with texts of usual length.
func thousand() Calendar {
	c := Calendar{Name: "Learning festival", Zone: "Europe/Brussels", Color: "#b3301a", URL: "https://festival.example/lf/programme.ics"}
	start := time.Date(2027, 1, 30, 8, 0, 0, 0, time.UTC)
	for i := range 1000 {
		c.Entries = append(c.Entries, Entry{
			UID: fmt.Sprint(i, "@festival.example"), Sequence: i % 3, Modified: start, Start: start.Add(time.Duration(i) * 5 * time.Minute),
			End: start.Add(time.Duration(i)*5*time.Minute + 25*time.Minute), Summary: fmt.Sprint("Session ", i, ": bread, butter and more"),
			Description: strings.Repeat("A sentence of usual length, with a comma in it; it says what happens. ", 5), Location: "Main hall, Central Library, Main St 1",
			URL: fmt.Sprint("https://festival.example/lf/sessions/S", i), Categories: []string{"Food"}, Lat: 50.8, Lon: 4.4,
		})
	}
	return c
}

// BenchmarkCalendar is goal 10 of performance.md: folded and with VTIMEZONE, at
// most 1.3 times what go-ical's encoder takes for the same events.
func BenchmarkCalendar(b *testing.B) {
	c := thousand()
	b.Run("feria", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := c.Encode(io.Discard); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("go-ical", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			cal := ical.NewCalendar()
			cal.Props.SetText("VERSION", "2.0")
			cal.Props.SetText("PRODID", "-//Feria//Feria//EN")
			for _, e := range c.Entries {
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
				event.Props.SetText("LOCATION", e.Location)
				event.Props.SetText("CATEGORIES", e.Categories[0])
				event.Props.SetText("URL", e.URL)
				event.Props.SetText("GEO", fmt.Sprintf("%f", e.Lat)+fmt.Sprintf("%f", e.Lon))
				cal.Children = append(cal.Children, event.Component)
			}
			if err := ical.NewEncoder(io.Discard).Encode(cal); err != nil {
				b.Fatal(err)
			}
		}
	})
}
