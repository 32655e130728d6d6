package platform_test

import (
	"strings"
	"testing"

	"feria/festival"
	"feria/platform"
)

// A file with days that the event lacks widens it. What the file leaves open
// until the days are known means at the first import, and in the preview before
// it, what it means at the second.
func TestImport_theSecondIntoAnEventChangesNothing(t *testing.T) {
	p, _ := open(t, "second")
	city, err := p.FirstCity(t.Context(), "town")
	if err != nil {
		t.Fatal(err)
	}
	vevent := func(uid, start, more string) string {
		return "BEGIN:VEVENT\r\nUID:" + uid + "\r\nSUMMARY:" + uid + "\r\nLOCATION:Pier\r\nDTSTART:" + start + "\r\nDURATION:PT1H\r\n" + more + "END:VEVENT\r\n"
	}
	calendar := func(events ...string) string {
		return "BEGIN:VCALENDAR\r\n" + strings.Join(events, "") + "END:VCALENDAR\r\n"
	}
	const daily = "RRULE:FREQ=DAILY\r\n"
	for _, f := range []struct {
		file, data, change string
		slots              int
		first, last        festival.Date
	}{
		{"endless.ics", calendar(vevent("a", "20270412T080000Z", daily), vevent("b", "20270425T080000Z", "")), "", 15, "2027-04-12", "2027-04-25"},
		{"begins-before.ics", calendar(vevent("a", "20270401T080000Z", daily), vevent("b", "20270410T080000Z", "")), "", 10, "2027-04-10", "2027-04-18"},
		{"begins-after.ics", calendar(vevent("a", "20270420T080000Z", daily), vevent("b", "20270425T080000Z", "")), "", 7, "2027-04-12", "2027-04-25"},
		{"tomorrow-in-berlin.ics", calendar(vevent("a", "20270412T230000Z", daily)), "", 6, "2027-04-12", "2027-04-18"},
		{"night-before.ics", calendar(vevent("a", "20270401T000000Z", daily)), "05:00", 7, "2027-04-12", "2027-04-18"},
		{"weekday.csv", "title,date,start,room\nA,Wed,10:00,R\nB,2027-04-19,10:00,R\n", "", 2, "2027-04-12", "2027-04-19"},
	} {
		t.Run(f.file, func(t *testing.T) {
			slug, _, _ := strings.Cut(f.file, ".")
			event, err := p.Festival.CreateEvent(t.Context(), festival.Event{
				City: city.ID, Slug: slug, Kind: festival.Festival, Title: map[string]string{"en": "Week"},
				Zone: "Europe/Berlin", Start: "2027-04-12", End: "2027-04-18", DayChange: f.change,
			}, "test")
			if err != nil {
				t.Fatal(err)
			}
			records, err := p.ReadFile(t.Context(), event, city, f.file, []byte(f.data), nil)
			if err != nil {
				t.Fatal(err)
			}
			preview, err := p.Festival.PlanImport(t.Context(), event.ID, records)
			if err != nil {
				t.Fatal(err)
			}
			request := platform.ImportRequest{City: city.ID, Slug: slug, File: f.file, Data: []byte(f.data), By: "test"}
			first, err := p.ImportFile(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			if n, foreseen := first.Import.Counts.Add[festival.SlotKind], preview.Add[festival.SlotKind]; n != f.slots || foreseen != f.slots {
				t.Errorf("%d slots came, %d were foreseen, want %d", n, foreseen, f.slots)
			}
			second, err := p.ImportFile(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			if second.Added+second.Changed+second.Dropped != 0 {
				t.Errorf("the second import: %d added, %d changed, %d dropped", second.Added, second.Changed, second.Dropped)
			}
			if event, err = p.Festival.Event(t.Context(), event.ID); err != nil || event.Start != f.first || event.End != f.last {
				t.Errorf("the event lasts from %s to %s (%v), want %s to %s", event.Start, event.End, err, f.first, f.last)
			}
		})
	}
	well(t, p)
}
