package platform_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"feria/festival"
	"feria/kernel"
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

func TestImport_realProgrammes(t *testing.T) {
	dir := os.Getenv("FERIA_SAMPLES")
	if dir == "" {
		t.Skip("FERIA_SAMPLES names no folder of real programmes")
	}
	for _, f := range []struct {
		file, zone string
		slots      int
	}{
		{"fosdem-2026.schedule.xml", "", 1079},
		{"camp-2019.schedule.json", "", 79},
		{"pycon-us-2025.ics", "America/New_York", 224},
		{"nicar-2019.sessions.csv", "America/Los_Angeles", 257},
		{"coscup-2023.sessions.json", "Asia/Taipei", 352},
	} {
		t.Run(f.file, func(t *testing.T) {
			p, _ := open(t, "import_"+strings.SplitN(f.file, "-", 2)[0])
			city, err := p.FirstCity(t.Context(), "town")
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(dir, f.file))
			if err != nil {
				t.Fatal(err)
			}
			request := platform.ImportRequest{City: city.ID, Slug: "real", Kind: festival.Conference, Zone: f.zone, File: f.file, Data: data, Publish: true, By: "test"}
			first, err := p.ImportFile(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			if first.Release != 1 || first.Added == 0 {
				t.Errorf("release %d, %d added", first.Release, first.Added)
			}
			programme, err := p.Festival.Programme(t.Context(), first.Event.ID)
			if err != nil {
				t.Fatal(err)
			}
			if len(programme.Slots) != f.slots {
				t.Errorf("%d slots are public, want %d", len(programme.Slots), f.slots)
			}
			second, err := p.ImportFile(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			if second.Added+second.Changed+second.Dropped != 0 || second.Release != 0 {
				t.Errorf("the second import: %d added, %d changed, %d dropped, release %d", second.Added, second.Changed, second.Dropped, second.Release)
			}
			well(t, p)
		})
	}
}

func TestImport_theFirstKnowsTheDaysToo(t *testing.T) {
	p, _ := open(t, "days")
	city, err := p.FirstCity(t.Context(), "town")
	if err != nil {
		t.Fatal(err)
	}
	vevent := func(uid, day, more string) string {
		return "BEGIN:VEVENT\r\nUID:" + uid + "\r\nSUMMARY:" + uid + "\r\nLOCATION:Pier\r\nDTSTART:" + day + "T100000Z\r\nDTEND:" + day + "T110000Z\r\n" + more + "END:VEVENT\r\n"
	}
	calendar := func(events string) string { return "BEGIN:VCALENDAR\r\n" + events + "END:VCALENDAR\r\n" }
	for _, f := range []struct {
		file, data string
		slots      int
	}{
		{"weekday.csv", "title,date,start,room\nA,2027-04-12,10:00,R\nB,Wed,10:00,R\nC,2027-04-16,10:00,R\n", 3},
		{"year.csv", "title,date,start,room\nA,2027-04-12,10:00,R\nB,14.4.,10:00,R\nC,2027-04-16,10:00,R\n", 3},
		{"daily.ics", calendar(vevent("a", "20270412", "RRULE:FREQ=DAILY\r\n") + vevent("b", "20270414", "")), 4},
		{"alone.ics", calendar(vevent("a", "20270412", "RRULE:FREQ=DAILY\r\n")), 1},
	} {
		t.Run(f.file, func(t *testing.T) {
			slug, _, _ := strings.Cut(f.file, ".")
			request := platform.ImportRequest{City: city.ID, Slug: slug, Kind: festival.Conference, Zone: "UTC", File: f.file, Data: []byte(f.data), Publish: true, By: "test"}
			first, err := p.ImportFile(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			programme, err := p.Festival.Programme(t.Context(), first.Event.ID)
			if err != nil {
				t.Fatal(err)
			}
			if len(programme.Slots) != f.slots {
				t.Errorf("%d slots, want %d", len(programme.Slots), f.slots)
			}
			second, err := p.ImportFile(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			if second.Added+second.Changed+second.Dropped != 0 {
				t.Errorf("the second import: %d added, %d changed, %d dropped", second.Added, second.Changed, second.Dropped)
			}
		})
	}
}

// The days of a new event are those of its file, without the slips of its pen.
func TestImport_aSlipMakesNoEventOfDecades(t *testing.T) {
	p, _ := open(t, "slip")
	city, err := p.FirstCity(t.Context(), "town")
	if err != nil {
		t.Fatal(err)
	}
	const calendar = "BEGIN:VCALENDAR\r\n" +
		"BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:A\r\nDTSTART:20270412T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nUID:b\r\nSUMMARY:B\r\nDTSTART:20270414T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nUID:c\r\nSUMMARY:C\r\nDTSTART:19700101T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	const conference = `<schedule><conference><title>T</title><start>1970-01-01</start><end>2027-04-13</end></conference>` +
		`<day date="2027-04-12"><room name="R"><event id="1"><start>10:00</start><duration>01:00</duration><title>A</title></event></room></day></schedule>`
	for _, f := range []struct {
		file, data  string
		first, last festival.Date
	}{
		{"slots.ics", calendar, "2027-04-12", "2027-04-14"},
		{"conference.xml", conference, "2027-04-12", "2027-04-13"},
	} {
		slug, _, _ := strings.Cut(f.file, ".")
		done, err := p.ImportFile(t.Context(), platform.ImportRequest{City: city.ID, Slug: slug, Kind: festival.Festival, Zone: "Europe/Berlin", File: f.file, Data: []byte(f.data), By: "test"})
		if err != nil {
			t.Fatal(err)
		}
		event, err := p.Festival.Event(t.Context(), done.Event.ID)
		if err != nil || event.Start != f.first || event.End != f.last {
			t.Errorf("%s: the event lasts from %s to %s (%v), want %s to %s", f.file, event.Start, event.End, err, f.first, f.last)
		}
		if report := done.Import.Report; len(report) == 0 || report[0].Code != "plan_far" {
			t.Errorf("%s: the report does not begin with the slip: %+v", f.file, report)
		}
	}
	well(t, p)
}

func TestImport_theFirstKnowsTheColour(t *testing.T) {
	p, _ := open(t, "colour")
	city, err := p.FirstCity(t.Context(), "town")
	if err != nil {
		t.Fatal(err)
	}
	for file, data := range map[string]string{
		"own.xml":  `<schedule><conference><title>Week</title><color>#B3301A</color></conference><day index="1" date="2027-04-12"><room name="A"><event id="1"><title>x</title><start>10:00</start><duration>01:00</duration></event></room></day></schedule>`,
		"own.json": `{"schedule":{"conference":{"title":"Week","colors":{"primary":"#b3301a"},"days":[{"index":1,"date":"2027-04-12","rooms":{"A":[{"id":1,"title":"x","start":"10:00","duration":"01:00"}]}}]}}}`,
	} {
		made, err := p.ImportFile(t.Context(), platform.ImportRequest{City: city.ID, Slug: strings.Replace(file, ".", "-", 1), Kind: festival.Conference, Zone: "UTC", File: file, Data: []byte(data), By: "test"})
		if err != nil {
			t.Fatal(err)
		}
		if made.Event.Color != "#b3301a" {
			t.Errorf("%s: the event's colour is %q", file, made.Event.Color)
		}
	}
}

func TestImport_unreadableChangesNothing(t *testing.T) {
	p, _ := open(t, "unreadable")
	city, err := p.FirstCity(t.Context(), "town")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"cut off":      "<schedule><conference><title>x</title></conference><day index=\"1\" date=\"2027-04-12\"><room name=\"A\"><event id=\"1\"",
		"not a format": "\x00\x01\x02",
		"empty":        "",
	} {
		_, err := p.ImportFile(t.Context(), platform.ImportRequest{City: city.ID, Slug: "bad", Kind: festival.Conference, File: "x.xml", Data: []byte(data), By: "test"})
		if kernel.KindOf(err) != kernel.Invalid {
			t.Errorf("%s: %v, want a refusal of the file", name, err)
		}
	}
	if events, err := p.Festival.Events(t.Context(), city.ID); err != nil || len(events) != 0 {
		t.Errorf("%d events were made, %v", len(events), err)
	}
}

func TestImportFile_intoAWordOfBefore(t *testing.T) {
	p, _ := open(t, "old_word")
	city, err := p.FirstCity(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	file := func(day string) platform.Imported {
		t.Helper()
		done, err := p.ImportFile(t.Context(), platform.ImportRequest{City: city.ID, Slug: "week", Kind: festival.Festival, File: "a.csv", By: "test",
			Data: []byte("uid,title,start,end,room\n1,Knots," + day + " 10:00," + day + " 11:00,Hall\n")})
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	first := file("2027-04-13")
	if _, err := p.Festival.SaveEvent(t.Context(), first.Event.ID, "test", func(e *festival.Event) error { e.Slug = "week-27"; return nil }); err != nil {
		t.Fatal(err)
	}
	second := file("2028-04-13")
	if second.Event.ID == first.Event.ID || second.Added == 0 {
		t.Errorf("imported into %s, %d added", second.Event.Slug, second.Added)
	}
	if draft, err := p.Festival.Draft(t.Context(), first.Event.ID); err != nil || len(draft.Slots) != 1 || draft.Event.End != "2027-04-13" {
		t.Errorf("the first has %d slots until %s, %v", len(draft.Slots), draft.Event.End, err)
	}
}

// A zone that was guessed for a new event is told of, once and in every format;
// one that somebody said is not.
func TestImport_saysWhichZoneItTook(t *testing.T) {
	p, _ := open(t, "zones")
	city, err := p.FirstCity(t.Context(), "town")
	if err != nil {
		t.Fatal(err)
	}
	const (
		table    = "title,date,start,room\nA,2027-04-12,10:00,R\n"
		calendar = "BEGIN:VCALENDAR\r\n%sBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:A\r\nLOCATION:Pier\r\nDTSTART:20270412T080000\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
		schedule = `<schedule><conference><title>A</title><start>2027-04-12</start><end>2027-04-12</end>%s</conference><day date="2027-04-12"><room name="R"><event id="1" guid="11111111-1111-4111-8111-111111111111"><start>10:00</start><duration>01:00</duration><title>A</title></event></room></day></schedule>`
	)
	for _, row := range []struct {
		slug, file, data, zone string
		want                   int
	}{
		{"table", "a.csv", table, "", 1},
		{"table", "a.csv", table, "", 0}, // of an event that is there nothing is guessed
		{"table-told", "a.csv", table, "Asia/Taipei", 0},
		{"dates", "a.ics", fmt.Sprintf(calendar, ""), "", 1},
		{"dates-say", "a.ics", fmt.Sprintf(calendar, "X-WR-TIMEZONE:Europe/Dublin\r\n"), "", 0},
		{"schedule", "a.xml", fmt.Sprintf(schedule, ""), "", 1},
		{"schedule-says", "a.xml", fmt.Sprintf(schedule, "<time_zone_name>Europe/Dublin</time_zone_name>"), "", 0},
	} {
		done, err := p.ImportFile(t.Context(), platform.ImportRequest{City: city.ID, Slug: row.slug, Kind: festival.Conference, Zone: row.zone, File: row.file, Data: []byte(row.data), By: "test"})
		if err != nil {
			t.Fatalf("%s: %v", row.slug, err)
		}
		found := 0
		for _, f := range done.Import.Report {
			if f.Code == "plan_zone_of_city" && f.Args["taken"] == city.Zone {
				found++
			}
		}
		if found != row.want {
			t.Errorf("%s: the guess is told %d times, want %d: %+v", row.slug, found, row.want, done.Import.Report)
		}
	}
}
