package intake

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"feria/festival"
	"feria/kernel"
)

const (
	smallXML  = `<schedule><conference><title>T</title></conference><day date="2027-04-12"><room name="Pier"><event id="1"><start>10:00</start><duration>1:00</duration><title>A</title></event></room></day></schedule>`
	smallJSON = `{"schedule":{"conference":{"title":"T","days":[{"date":"2027-04-12","rooms":{"Pier":[{"id":1,"start":"10:00","duration":"1:00","title":"A"}]}}]}}}`
	smallICal = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20270412T100000Z\r\nDTEND:20270412T110000Z\r\nSUMMARY:A\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	smallCSV  = "title,start,room\nA,2027-04-12 10:00,Pier\n"
)

func TestRead_tellsFormatsByContent(t *testing.T) {
	for _, row := range []struct {
		name, file, text, format string
		lies                     bool
	}{
		{"frab XML by its name", "schedule.xml", smallXML, "frab-xml", false},
		{"frab XML that says it is CSV", "a.csv", smallXML, "frab-xml", true},
		{"JSON that says it is XML", "a.xml", smallJSON, "schedule-json", true},
		{"a calendar that says it is JSON", "a.json", smallICal, "ical", true},
		{"CSV that says it is a calendar", "a.ics", smallCSV, "csv", true},
		{"CSV as text", "a.txt", smallCSV, "csv", false},
		{"XML without a name", "", smallXML, "frab-xml", false},
		{"XML after a declaration, a comment and a document type", "a.xml", "<?xml version=\"1.0\"?>\n<!-- <x> -->\n<!DOCTYPE schedule SYSTEM \"x.dtd\">\n" + smallXML, "frab-xml", false},
		{"a calendar in a page", "a.ics", "<html>\nBEGIN:VCALENDAR\n" + strings.TrimPrefix(smallICal, "BEGIN:VCALENDAR\r\n") + "</html>", "ical", false},
		{"XML that mentions a calendar", "a.xml", strings.Replace(smallXML, ">A<", ">A\nBEGIN:VCALENDAR\n<", 1), "frab-xml", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := mustRead(t, row.file, row.text, Options{Zone: "Europe/Berlin"})
			if r.Format != row.format || len(r.Sessions) != 1 {
				t.Errorf("read as %s with %d sessions, want %s", r.Format, len(r.Sessions), row.format)
			}
			if lies := count(r, "type_differs") > 0; lies != row.lies {
				t.Errorf("findings %v, want one about the name: %t", codesOf(r), row.lies)
			}
		})
	}
}

func TestRead_refuses(t *testing.T) {
	deep := strings.Repeat("[", 10_000)
	for _, row := range []struct {
		name, text string
		kind       kernel.Kind
		code       string
		args       string
	}{
		{"nothing", "", kernel.Invalid, "import_empty", "map[]"},
		{"white space", " \n\t", kernel.Invalid, "import_empty", "map[]"},
		{"a byte order mark alone", "\ufeff", kernel.Invalid, "import_empty", "map[]"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x01\x02\x03", kernel.Invalid, "import_unknown_format", "map[]"},
		{"a PDF", "%PDF-1.7\nBEGIN", kernel.Invalid, "import_unknown_format", "map[]"},
		{"an Excel file", "PK\x03\x04\x14\x00xl/workbook.xml", kernel.Invalid, "import_spreadsheet", "map[]"},
		{"an old Excel file", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", kernel.Invalid, "import_spreadsheet", "map[]"},
		{"YAML", "---\ntitle: Stands\nlist:\n  - name: AW\n", kernel.Invalid, "import_not_table", "map[]"},
		{"a page", "<html><body>Hello</body></html>", kernel.Invalid, "import_unknown_content", "map[found:<html>]"},
		{"a page as pages begin", "<!doctype html>\n<html><body>Hello</body></html>", kernel.Invalid, "import_unknown_content", "map[found:<html>]"},
		{"less than, and no element", "<3 festivals\n", kernel.Invalid, "import_unknown_content", "map[found:<3 festivals]"},
		{"a drawing", `<svg:svg xmlns:svg="x"/>`, kernel.Invalid, "import_unknown_content", "map[found:<svg>]"},
		{"JSON of something else", `{"communities": []}`, kernel.Invalid, "import_unknown_content", "map[found:{communities: …}]"},
		{"a list in JSON", `[1,2]`, kernel.Invalid, "import_unknown_content", "map[found:[…]]"},
		{"a schedule without a conference", `{"schedule": {}}`, kernel.Invalid, "import_unreadable", "map[element:schedule/conference line:1]"},
		{"a schedule without events", "<schedule/>", kernel.Invalid, "import_no_sessions", "map[]"},
		{"a calendar without events", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", kernel.Invalid, "import_no_sessions", "map[]"},
		{"a header alone", "title,start\n", kernel.Invalid, "import_no_sessions", "map[]"},
		{"a table without a title", "wann,wo\n10:00,Pier\n", kernel.Invalid, "import_no_title", "map[]"},
		{"JSON 10,000 deep", `{"schedule":` + deep, kernel.Invalid, "import_too_deep", "map[max:100]"},
		{"XML 10,000 deep", "<schedule>" + strings.Repeat("<a>", 10_000), kernel.Invalid, "import_too_deep", "map[max:100]"},
		{"XML 10,000 deep in a text", "<schedule><conference><title>" + strings.Repeat("<a>", 10_000), kernel.Invalid, "import_too_deep", "map[max:100]"},
		{"a calendar 10,000 deep", strings.Repeat("BEGIN:VCALENDAR\n", 10_000), kernel.Invalid, "import_too_deep", "map[max:10]"},
		{"entities", `<!DOCTYPE schedule [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + strings.Replace(smallXML, ">A<", ">&b;<", 1), kernel.Invalid, "import_entities", "map[]"},
		{"an entity that nobody knows", strings.Replace(smallXML, ">A<", ">&harbour;<", 1), kernel.Invalid, "import_unreadable", "map[element:schedule/day/room/event/title line:1]"},
		{"XML cut off", "<schedule>\n<day date=\"2027-04-12\">\n<room name=\"Pier\"><event id=\"1\"><title>A", kernel.Invalid, "import_truncated", "map[element:schedule/day/room/event/title line:3]"},
		{"XML cut off in a tag", "<schedule>\n<day date=\"2027", kernel.Invalid, "import_truncated", "map[element:schedule line:2]"},
		{"XML with crossed tags", "<schedule>\n<day></room></schedule>", kernel.Invalid, "import_unreadable", "map[element:schedule/day line:2]"},
		{"JSON cut off", "{\"schedule\": {\n\"conference\": {\"days\": [\n{\"date\": \"2027", kernel.Invalid, "import_truncated", "map[element:schedule/conference/days/1/date line:3]"},
		{"JSON with a mistake", "{\"schedule\": {\n\"conference\": nope}}", kernel.Invalid, "import_unreadable", "map[element:schedule/conference line:2]"},
		{"JSON with something behind it", smallJSON + "{}", kernel.Invalid, "import_unreadable", "map[element:/ line:1]"},
		{"a calendar cut off in an event", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMM", kernel.Invalid, "import_truncated", "map[element:VCALENDAR/VEVENT line:4]"},
		{"a calendar cut off between events", strings.TrimSuffix(smallICal, "END:VCALENDAR\r\n"), kernel.Invalid, "import_truncated", "map[element:VCALENDAR line:7]"},
		{"a calendar with a missing end", strings.Replace(smallICal, "END:VEVENT\r\n", "", 1), kernel.Invalid, "import_unreadable", "map[element:VCALENDAR/VEVENT line:7]"},
		{"a rule that repeats every second for ever", strings.Replace(smallICal, "SUMMARY", "RRULE:FREQ=SECONDLY\r\nSUMMARY", 1), kernel.Invalid, "import_repeats_forever", "map[element:VEVENT 1 (A) line:6]"},
		{"a table cut off in quotes", "title,start\nA,2027-04-12\nB,\"2027", kernel.Invalid, "import_truncated", "map[element:\"… line:3]"},
		{"a table cut off in a row", "title,start,room\nA,2027-04-12,Pier\nB,2027-04-13,Pier\nC,20", kernel.Invalid, "import_truncated", "map[element:20… line:4]"},
		{"21 MB", strings.Repeat("title,start\n", 1_900_000), kernel.TooLarge, "import_too_large", "map[max:20]"},
		{"20,001 rows", "title,start\n" + strings.Repeat("A,2027-04-12 10:00\n", 20_001), kernel.TooLarge, "import_too_many", "map[max:20000]"},
		{"20,001 events", calendar(strings.Repeat("BEGIN:VEVENT\nEND:VEVENT\n", 20_001)), kernel.TooLarge, "import_too_many", "map[max:20000]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r, err := Read("a.xml", []byte(row.text), Options{Zone: "Europe/Berlin"})
			wantError(t, err, row.kind, row.code, row.args)
			if !reflect.DeepEqual(r, festival.Records{}) {
				t.Error("a refused file gives records all the same")
			}
		})
	}
}

func wantError(t *testing.T, err error, kind kernel.Kind, code, args string) {
	t.Helper()
	var e *kernel.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want %s", err, code)
	}
	if got := fmt.Sprint(e.Args); e.Kind != kind || e.Code != code || e.Field != "file" || got != args {
		t.Errorf("got %s %s (%s) %s, want %s %s %s", e.Kind, e.Code, e.Field, got, kind, code, args)
	}
	for _, lang := range sentences.Languages() {
		p := sentences.For(lang)
		if sentence, next := p.Error(e); !p.Has("error."+code) || strings.Contains(sentence+next, "{{") || strings.Contains(sentence+next, "no value") {
			t.Errorf("%s: %q %q", lang, sentence, next)
		}
	}
}

func TestRead_refusesOptions(t *testing.T) {
	for _, row := range []struct {
		name string
		o    Options
		code string
		args string
	}{
		{"a zone that is none", Options{Zone: "Mars/Phobos"}, "import_zone", "map[zone:Mars/Phobos]"},
		{"the machine's own zone", Options{Zone: "Local"}, "import_zone", "map[zone:Local]"},
		{"a field that is none", Options{Mapping: map[string]string{"title": "headline"}}, "import_unknown_field", "map[name:headline]"},
		{"a column that is none", Options{Mapping: map[string]string{"titel": "title"}}, "import_unknown_column", "map[column:titel]"},
		{"a mapping without a title", Options{Mapping: map[string]string{"start": "start"}}, "import_no_title", "map[]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := Read("a.csv", []byte(smallCSV), row.o)
			wantError(t, err, kernel.Invalid, row.code, row.args)
		})
	}
}

// Two readings of one file must not differ, else a second import would find
// changes that nobody made.
func TestRead_isTheSameEveryTime(t *testing.T) {
	for _, name := range []string{"nights.schedule.xml", "harbour.ics", "week.csv"} {
		text := fixture(t, name)
		first := mustRead(t, name, text, Options{Zone: "Europe/Berlin"})
		for range 5 {
			if again := mustRead(t, name, text, Options{Zone: "Europe/Berlin"}); !reflect.DeepEqual(first, again) {
				t.Fatalf("%s: read twice, it differs", name)
			}
		}
	}
}

// Every reference in records is to a key of the same records, and no key stands
// twice: that is what PlanImport relies on.
func wholeRecords(r festival.Records) error {
	keys := map[string]bool{}
	take := func(kind, key string) error {
		if key == "" || keys[kind+key] {
			return fmt.Errorf("%s %q is empty or stands twice", kind, key)
		}
		keys[kind+key] = true
		return nil
	}
	var err error
	for _, t := range r.Tracks {
		err = errors.Join(err, take("track ", t.Slug))
	}
	for _, v := range r.Venues {
		err = errors.Join(err, take("venue ", v.Key))
	}
	for _, s := range r.Spaces {
		err = errors.Join(err, take("space ", s.Key))
		if s.Venue != "" && !keys["venue "+s.Venue] {
			err = errors.Join(err, fmt.Errorf("space %s is in no venue %q", s.Key, s.Venue))
		}
	}
	for _, h := range r.Hosts {
		err = errors.Join(err, take("host ", h.Key))
	}
	for _, b := range r.Booths {
		err = errors.Join(err, take("booth ", b.Key))
	}
	for _, s := range r.Sessions {
		err = errors.Join(err, take("session ", s.Key))
		if s.Title.Empty() || s.Track != "" && !keys["track "+s.Track] {
			err = errors.Join(err, fmt.Errorf("session %s: title %v, track %q", s.Key, s.Title, s.Track))
		}
		for _, h := range s.Hosts {
			if !keys["host "+h] {
				err = errors.Join(err, fmt.Errorf("session %s: no host %q", s.Key, h))
			}
		}
		for _, slot := range s.Slots {
			err = errors.Join(err, take("slot ", slot.Key))
			if slot.Space != "" && !keys["space "+slot.Space] || slot.Booth != "" && !keys["booth "+slot.Booth] {
				err = errors.Join(err, fmt.Errorf("slot %s: no space %q or booth %q", slot.Key, slot.Space, slot.Booth))
			}
			if !slot.Start.IsZero() && !slot.End.After(slot.Start) {
				err = errors.Join(err, fmt.Errorf("slot %s: %v to %v", slot.Key, slot.Start, slot.End))
			}
		}
	}
	return err
}

func TestRead_givesWholeRecords(t *testing.T) {
	for _, name := range []string{"nights.schedule.xml", "harbour.ics", "week.csv"} {
		if err := wholeRecords(mustRead(t, name, fixture(t, name), Options{Zone: "Europe/Berlin"})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := wholeRecords(mustRead(t, "sessions.json", seaConference, Options{})); err != nil {
		t.Errorf("sessions.json: %v", err)
	}
}
