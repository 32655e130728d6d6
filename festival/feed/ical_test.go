package feed

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"

	"feria/festival"
	"feria/festival/feed/icslint"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file under testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; look at the change, then run with -update.\n%s", name, got)
	}
}

func encode(t testing.TB, c Calendar) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := c.Encode(&b); err != nil {
		t.Fatal(err)
	}
	for _, f := range icslint.Check(b.Bytes()) {
		t.Errorf("linter: %v\n%s", f, b.Bytes())
	}
	return b.Bytes()
}

func townCalendar(t *testing.T) Calendar {
	p := town(t)
	link := func(s festival.Session) string { return "https://harbour.example/lf/sessions/" + s.Code }
	return Calendar{
		Name: "Learning festival, Harbour City", Description: "Programme", URL: "https://harbour.example/lf/programme.ics?lang=fr",
		Color: p.Event.Color, Zone: p.Event.Zone, Entries: Entries(p, p.Slots, []string{"en"}, link),
	}
}

func TestCalendar_golden(t *testing.T) {
	golden(t, "town.ics", encode(t, townCalendar(t)))
}

func TestCalendar_sameBytesEachTime(t *testing.T) {
	if !bytes.Equal(encode(t, townCalendar(t)), encode(t, townCalendar(t))) {
		t.Error("the same calendar gave other bytes, so that no ETag holds")
	}
}

func TestCalendar_withoutEntries(t *testing.T) {
	data := encode(t, Calendar{Name: "Nothing yet", Zone: "Europe/Berlin"})
	if _, err := ical.NewDecoder(bytes.NewReader(data)).Decode(); err != nil {
		t.Errorf("go-ical: %v", err)
	}
}

// A text stays a text, whatever it holds (reliability.md, bad input 34).
func TestCalendar_textsStayTexts(t *testing.T) {
	start := time.Date(2027, 4, 12, 8, 0, 0, 0, time.UTC)
	rows := []struct{ name, in, want string }{
		{"a line break and a property", "x\r\nATTACH:https://evil", "x\nATTACH:https://evil"},
		{"a carriage return alone", "x\rATTACH:y", "x\nATTACH:y"},
		{"what escapes are made of", `a\nb\\ , ; : "`, `a\nb\\ , ; : "`},
		{"line separators", "a\u2028b\u2029c\u0085d\ve\ff", "a\nb\nc\nd\ne\nf"},
		{"control characters", "a\x00\x01\x1b[31m\x7f\u009fb", "a[31mb"},
		{"bytes that are not UTF-8", "a\xffb", "a\ufffdb"},
		{"the end of the event", "x\nEND:VEVENT\nBEGIN:VALARM", "x\nEND:VEVENT\nBEGIN:VALARM"},
		{"tabs stay", "a\tb", "a\tb"},
		{"a backslash at the end", `a\`, `a\`},
		{"nothing", "", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			data := encode(t, Calendar{Entries: []Entry{{UID: "1", Start: start, Summary: row.in, Description: row.in, Location: row.in}}})
			cal, err := ical.NewDecoder(bytes.NewReader(data)).Decode()
			if err != nil {
				t.Fatal(err)
			}
			event := cal.Events()[0]
			if len(event.Children) != 0 || event.Props.Get("ATTACH") != nil {
				t.Errorf("more than a text came back:\n%s", data)
			}
			if got, err := event.Props.Text("SUMMARY"); err != nil || got != row.want {
				t.Errorf("came back as %q (%v), want %q", got, err, row.want)
			}
		})
	}
}

// Lines break at 75 octets, never inside a letter (reliability.md, bad input 35).
func TestCalendar_folds(t *testing.T) {
	for length := 60; length <= 160; length++ {
		for _, end := range []string{"ü", "💙", `\`, ",", "\n", "e\u0301"} {
			title := strings.Repeat("x", length) + end + "y" + strings.Repeat(end, 40)
			data := encode(t, Calendar{Entries: []Entry{{UID: "1", Start: time.Unix(1e9, 0), Summary: title}}})
			cal, err := ical.NewDecoder(bytes.NewReader(data)).Decode()
			if err != nil {
				t.Fatal(err)
			}
			if got, err := cal.Events()[0].Props.Text("SUMMARY"); err != nil || got != title {
				t.Fatalf("%d octets and %q: came back as %q (%v)", length, end, got, err)
			}
		}
	}
}

func TestCalendar_addresses(t *testing.T) {
	data := string(encode(t, Calendar{
		URL:     "https://festival.example/a b\r\nX-EVIL:1",
		Entries: []Entry{{UID: "a\r\nX-EVIL:1", Start: time.Unix(1e9, 0), URL: `https://festival.example/ü?q=<x>,;"`}},
	}))
	for _, want := range []string{"URL:https://festival.example/a%20b%0AX-EVIL:1\r\n", "URL:https://festival.example/%C3%BC?q=%3Cx%3E,;%22\r\n", "UID:a X-EVIL:1\r\n"} {
		if !strings.Contains(data, want) {
			t.Errorf("no %q in\n%s", want, data)
		}
	}
}

func TestCalendar_times(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		u, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	day := func(d int) time.Time { return time.Date(2027, 4, d, 0, 0, 0, 0, berlin) }
	rows := []struct {
		name  string
		entry Entry
		want  []string
		never string
	}{
		{"a time of the zone", Entry{Zone: "Europe/Berlin", Start: at("2027-07-01T08:00:00Z"), End: at("2027-07-01T09:00:00Z")},
			[]string{"DTSTART;TZID=Europe/Berlin:20270701T100000", "DTEND;TZID=Europe/Berlin:20270701T110000", "TZID:Europe/Berlin"}, ""},
		{"the calendar's zone when the entry has none", Entry{Start: at("2027-07-01T08:00:00Z")}, []string{"DTSTART;TZID=Asia/Seoul:20270701T170000"}, "DTEND"},
		{"a zone that is not known", Entry{Zone: "Mars/Phobos", Start: at("2027-07-01T08:00:00Z")}, []string{"DTSTART:20270701T080000Z"}, "Mars"},
		{"the zone of the server is nobody's", Entry{Zone: "Local", Start: at("2027-07-01T08:00:00Z")}, []string{"DTSTART:20270701T080000Z"}, "Local"},
		{"the first of two half past twos", Entry{Zone: "Europe/Berlin", Start: at("2027-10-31T00:30:00Z")}, []string{"DTSTART;TZID=Europe/Berlin:20271031T023000"}, ""},
		{"the second is told in UTC", Entry{Zone: "Europe/Berlin", Start: at("2027-10-31T01:30:00Z")}, []string{"DTSTART:20271031T013000Z"}, "TZID=Europe"},
		{"from the first to the second", Entry{Zone: "Europe/Berlin", Start: at("2027-10-31T00:30:00Z"), End: at("2027-10-31T01:30:00Z")},
			[]string{"DTSTART:20271031T003000Z", "DTEND:20271031T013000Z"}, ""},
		{"after the gap", Entry{Zone: "Europe/Berlin", Start: at("2027-03-28T01:00:00Z")}, []string{"DTSTART;TZID=Europe/Berlin:20270328T030000"}, ""},
		{"a whole day", Entry{Zone: "Europe/Berlin", AllDay: true, Start: day(12), End: day(14)}, []string{"DTSTART;VALUE=DATE:20270412", "DTEND;VALUE=DATE:20270414"}, "TZID=Europe"},
		{"a whole day of no length", Entry{Zone: "Europe/Berlin", AllDay: true, Start: day(12), End: day(12).Add(time.Hour)}, []string{"DTSTART;VALUE=DATE:20270412"}, "DTEND"},
		{"an end before the start is no end", Entry{Start: at("2027-07-01T08:00:00Z"), End: at("2027-07-01T07:00:00Z")}, []string{"DTSTART;"}, "DTEND"},
		{"cancelled", Entry{Start: at("2027-07-01T08:00:00Z"), Cancelled: true, Sequence: 4}, []string{"STATUS:CANCELLED", "SEQUENCE:4"}, "CONFIRMED"},
		{"stamped by the last change", Entry{Start: at("2027-07-01T08:00:00Z"), Modified: at("2027-01-02T03:04:05Z")}, []string{"DTSTAMP:20270102T030405Z", "LAST-MODIFIED:20270102T030405Z"}, ""},
		{"on the equator's meridian", Entry{Start: at("2027-07-01T08:00:00Z"), Lat: -0.5, Lon: 9}, []string{"GEO:-0.500000;9.000000"}, ""},
		{"nowhere on the globe", Entry{Start: at("2027-07-01T08:00:00Z"), Lat: 91, Lon: 9}, nil, "GEO"},
		{"a list of texts", Entry{Start: at("2027-07-01T08:00:00Z"), Categories: []string{"a,b", "", "c"}}, []string{`CATEGORIES:a\,b,c`}, ""},
		{"without a start it is left out", Entry{Summary: "later"}, nil, "BEGIN:VEVENT"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			row.entry.UID = "1@festival.example"
			data := string(encode(t, Calendar{Zone: "Asia/Seoul", Entries: []Entry{row.entry}}))
			for _, want := range row.want {
				if !strings.Contains(data, "\r\n"+want) {
					t.Errorf("no %q in\n%s", want, data)
				}
			}
			if row.never != "" && strings.Contains(data, row.never) {
				t.Errorf("%q in\n%s", row.never, data)
			}
		})
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "PT1H", -1: "PT1H", time.Hour: "PT1H", 90 * time.Minute: "PT1H30M", 48 * time.Hour: "PT48H",
		time.Minute: "PT1M", time.Hour + time.Second: "PT1H0M1S", 61 * time.Second: "PT1M1S", 1500 * time.Millisecond: "PT1S",
	} {
		if got := duration(d); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}

func TestColorName(t *testing.T) {
	for color, want := range map[string]string{
		"#ff0000": "red", "#F00": "red", "#b3301a": "firebrick", "#000080": "navy", "#fffffe": "white", "#00ffff": "aqua",
		"": "", "red": "", "#12345": "", "#gggggg": "",
	} {
		if got := colorName(color); got != want {
			t.Errorf("%q: got %q, want %q", color, got, want)
		}
	}
}
