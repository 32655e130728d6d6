package icslint

import (
	"slices"
	"strings"
	"testing"
)

// good is a calendar without fault, from which the bad ones are made.
const good = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Feria//Feria//EN
CALSCALE:GREGORIAN
NAME:Learning festival
COLOR:firebrick
REFRESH-INTERVAL;VALUE=DURATION:PT1H
SOURCE;VALUE=URI:https://festival.example/lf/programme.ics
LAST-MODIFIED:20270301T120000Z
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:20261025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20270328T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:one@festival.example
DTSTAMP:20270301T120000Z
SEQUENCE:0
STATUS:CONFIRMED
DTSTART;TZID=Europe/Berlin:20270412T100000
DTEND;TZID=Europe/Berlin:20270412T113000
SUMMARY:Bread\, butter\; and a fold that is as long as it may be so that l
 ine continues
GEO:53.550000;9.990000
CATEGORIES:Food,By hand
URL:https://festival.example/lf/sessions/BREAD
END:VEVENT
BEGIN:VEVENT
UID:two@festival.example
DTSTAMP:20270301T120000Z
DTSTART;VALUE=DATE:20270413
DTEND;VALUE=DATE:20270414
SUMMARY:Open day
END:VEVENT
END:VCALENDAR
`

// file makes a file of a text: CR LF at the ends of lines.
func file(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

// with replaces one thing in the good calendar; it panics when there is nothing
// to replace, since the test would then prove nothing.
func with(old, new string) []byte {
	if !strings.Contains(good, old) {
		panic("not in the good calendar: " + old)
	}
	return file(strings.Replace(good, old, new, 1))
}

func rules(findings []Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Rule)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestCheck_acceptsAGoodCalendar(t *testing.T) {
	for _, f := range Check(file(good)) {
		t.Error(f)
	}
}

// The sixteen faults that no parser of the field reports as a whole
// (reliability.md, finding 7).
func TestCheck_sixteenBadFiles(t *testing.T) {
	long := "SUMMARY:" + strings.Repeat("x", 192)
	rows := []struct {
		name, rule string
		data       []byte
	}{
		{"a date that does not exist", "date", with("20270412T100000", "20270231T100000")},
		{"a calendar that does not end", "nesting", with("END:VCALENDAR\n", "")},
		{"a byte order mark", "bom", append([]byte("\xef\xbb\xbf"), file(good)...)},
		{"no VERSION and no PRODID", "version", with("VERSION:2.0\nPRODID:-//Feria//Feria//EN\n", "")},
		{"a fold inside a UTF-8 sequence", "utf8", with("SUMMARY:Open day", "SUMMARY:Open d\xc3\n \xa4y")},
		{"LF only", "line-end", []byte(good)},
		{"an event without UID", "uid", with("UID:two@festival.example\n", "")},
		{"an event without DTSTAMP", "dtstamp", with("DTSTAMP:20270301T120000Z\nDTSTART", "DTSTART")},
		{"two events with one UID", "uid-unique", with("UID:two@", "UID:one@")},
		{"a line of 200 octets", "length", with("SUMMARY:Open day", long)},
		{"control characters in a text", "control", with("Open day", "Open\x01 day\x7f")},
		{"a TZID without VTIMEZONE", "zone-undefined", with("DTEND;TZID=Europe/Berlin", "DTEND;TZID=Mars/Phobos")},
		{"an end before the start", "order", with("20270412T113000", "20270412T093000")},
		{"a whole day of no length", "day-end", with("DATE:20270414", "DATE:20270413")},
		{"an ATTACH that came in with a title", "unexpected", with("SUMMARY:Open day", "SUMMARY:Open day\nATTACH:https://evil.example/x")},
		{"a fold between a backslash and what it escapes", "fold-escape", with(`Bread\, butter`, "Bread\\\n , butter")},
	}
	if len(rows) != 16 {
		t.Fatalf("%d files instead of 16", len(rows))
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if found := rules(Check(row.data)); !slices.Contains(found, row.rule) {
				t.Errorf("rule %s did not see it; found %v", row.rule, found)
			}
		})
	}
}

func TestCheck_everyRule(t *testing.T) {
	rows := map[string][]byte{
		"bom":            append([]byte("\xef\xbb\xbf"), file(good)...),
		"line-end":       with("Open day", "Open\rday"),
		"final-crlf":     []byte(strings.TrimSuffix(string(file(good)), "\r\n")),
		"length":         with("SUMMARY:Open day", "SUMMARY:"+strings.Repeat("ü", 34)),
		"utf8":           with("Open day", "Open \xff"),
		"control":        with("Open day", "Open\u2028day"),
		"blank":          with("SUMMARY:Open day\n", "SUMMARY:Open day\n\n"),
		"fold-start":     append([]byte(" x\r\n"), file(good)...),
		"fold-escape":    with("Open day", "Open\\\n nday"),
		"content-line":   with("SUMMARY:Open day", "SUMMARY Open day"),
		"parameter":      with("DTSTART;VALUE=DATE", `DTSTART;VALUE="DATE`),
		"escape":         with("Open day", `Open \d day`),
		"unescaped":      with("Open day", "Open, day"),
		"unexpected":     with("SUMMARY:Open day", "SUMMARY:Open day\nX-EVIL:1"),
		"calendar":       append(file(good), file(good)...),
		"nesting":        with("END:STANDARD", "END:DAYLIGHT"),
		"version":        with("VERSION:2.0", "VERSION:1.0"),
		"prodid":         with("PRODID:-//Feria//Feria//EN", "PRODID:"),
		"no-component":   file("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nEND:VCALENDAR\n"),
		"uid":            with("UID:two@festival.example", "UID:"),
		"dtstamp":        with("DTSTAMP:20270301T120000Z", "DTSTAMP:20270301T120000"),
		"dtstart":        with("DTSTART;VALUE=DATE:20270413\n", ""),
		"uid-unique":     with("UID:two@", "UID:one@"),
		"once":           with("SEQUENCE:0", "SEQUENCE:0\nSEQUENCE:1"),
		"zone-twice":     with("BEGIN:VEVENT", "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nEND:VTIMEZONE\nBEGIN:VEVENT"),
		"zone-parts":     with("BEGIN:VEVENT", "BEGIN:VTIMEZONE\nTZID:Europe/Paris\nEND:VTIMEZONE\nBEGIN:VEVENT"),
		"zone-undefined": with("TZID:Europe/Berlin", "TZID:Europe/Paris"),
		"zone-unused":    with("TZID:Europe/Berlin", "TZID:Europe/Paris"),
		"zone-cover":     with("20270412T100000", "20260412T100000"),
		"observance":     with("TZOFFSETFROM:+0200\n", ""),
		"date":           with("DTSTAMP:20270301T120000Z", "DTSTAMP:2027-03-01T12:00:00Z"),
		"offset":         with("TZOFFSETTO:+0100", "TZOFFSETTO:+1"),
		"tzid-utc":       with("20270412T100000", "20270412T100000Z"),
		"order":          with("20270412T113000", "20270412T100000"),
		"day-end":        with("DATE:20270414", "DATE:20270412"),
		"end-type":       with("DTEND;VALUE=DATE:20270414", "DTEND:20270414T000000Z"),
		"two-ends":       with("SUMMARY:Open day", "DURATION:P1D\nSUMMARY:Open day"),
		"status":         with("STATUS:CONFIRMED", "STATUS:POSTPONED"),
		"sequence":       with("SEQUENCE:0", "SEQUENCE:-1"),
		"geo":            with("GEO:53.550000;9.990000", "GEO:153.55,9.99"),
		"duration":       with("VALUE=DURATION:PT1H", "VALUE=DURATION:1H"),
		"color":          with("COLOR:firebrick", "COLOR:#b3301a"),
		"uri":            with("sessions/BREAD", "sessions/BREAD AND BUTTER"),
		"method":         with("CALSCALE:GREGORIAN", "METHOD:PUBLISH"),
		"floating":       with("DTSTART;TZID=Europe/Berlin", "DTSTART"),
		"modified":       with("LAST-MODIFIED:20270301T120000Z", "LAST-MODIFIED:20270301T120000"),
		"calscale":       with("CALSCALE:GREGORIAN", "CALSCALE:JULIAN"),
		"zone-text":      with("DTEND;TZID=Europe/Berlin", "DTEND;TZID=W. Europe"),
	}
	for rule := range Rules {
		if _, ok := rows[rule]; !ok {
			t.Errorf("no file shows that rule %s works", rule)
		}
	}
	for rule, data := range rows {
		if found := rules(Check(data)); !slices.Contains(found, rule) {
			t.Errorf("rule %s did not see its fault; found %v", rule, found)
		}
	}
	if len(Rules) < 25 {
		t.Errorf("%d rules; at least 25 are promised", len(Rules))
	}
}

func TestCheck_namesTheLine(t *testing.T) {
	findings := Check(with("STATUS:CONFIRMED", "STATUS:LATE"))
	if len(findings) != 1 || findings[0].String() != `line 29: status: "LATE"` {
		t.Errorf("got %v", findings)
	}
}

// A linter that dies on rubbish proves nothing about it.
func FuzzCheck(f *testing.F) {
	f.Add(file(good))
	f.Add([]byte(""))
	f.Add([]byte("BEGIN:VCALENDAR\nA;B=\n;:\n END:X"))
	f.Add([]byte("END:VCALENDAR\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(Check(data)) == 0 && !strings.HasPrefix(string(data), "B") && !strings.HasPrefix(string(data), "b") {
			t.Errorf("no fault found in %q", data)
		}
	})
}
