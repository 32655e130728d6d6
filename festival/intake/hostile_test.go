package intake

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"feria/kernel"
)

// seeds are a file of each format, small enough to be changed often.
func seeds(t testing.TB) []string {
	t.Helper()
	all := []string{smallXML, smallJSON, smallICal, smallCSV, seaConference}
	for _, name := range []string{"nights.schedule.xml", "harbour.ics", "week.csv"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(data))
	}
	return all
}

// survives wants of any input that Read neither panics nor gives records that
// are not whole, and that it refuses with an error for people.
func survives(fatal func(string, ...any), data []byte) {
	r, err := Read("a", data, Options{Zone: "Europe/Dublin", From: "2027-03-20", Until: "2027-04-20"})
	if err != nil {
		var e *kernel.Error
		if !errors.As(err, &e) {
			fatal("not an error for people: %v", err)
		}
		return
	}
	if err := wholeRecords(r); err != nil {
		fatal("%v", err)
	}
	if r.Format == commaText {
		if _, _, _, _, err := Columns(data); err != nil {
			fatal("Read takes what Columns refuses: %v", err)
		}
	}
}

func TestRead_survivesAnyChange(t *testing.T) {
	files := seeds(t)
	pieces := rapid.SampledFrom([]string{"<", ">", "</event>", "&", "&#0;", `"`, "{", "}", "[", "]", ",", ":", ";", "\n", "\r", " ", "\x00", "\xff", "\xef\xbb\xbf", "\\", "END:VEVENT", "BEGIN:VEVENT", "RRULE:FREQ=HOURLY;BYMINUTE=1,2,3", "DTSTART:", "99999999999999999999", "-1", "24:00", "0:00:00", "2027-02-30", "99991231", "null", "💙", "<![CDATA[", "]]>", "<feria_lang>en</feria_lang>", "<feria_venue guid='g'/>", "=", "'", "Local", "TZID="})
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(files).Draw(t, "file")
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			at := rapid.IntRange(0, len(s)).Draw(t, "at")
			to := min(len(s), at+rapid.IntRange(0, 40).Draw(t, "length"))
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				s = s[:at] + s[to:]
			case 1:
				s = s[:at] + string(rapid.SampledFrom([]rune("aA0<{;\u0080")).Draw(t, "letter")) + s[to:]
			case 2:
				s = s[:at] + pieces.Draw(t, "piece") + s[at:]
			default:
				s = s[:to] + s[at:to] + s[to:]
			}
		}
		survives(t.Fatalf, []byte(s))
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { survives(t.Fatalf, data) })
}

// Inputs that are made to cost much come to an end, whatever they say. A rule
// with a quadratic cost would hold this test for minutes.
func TestRead_bearsCostlyInputs(t *testing.T) {
	const n = 200_000
	record := "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20270412T100000Z\r\nSUMMARY:A\r\n"
	var rules strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&rules, "BEGIN:VEVENT\r\nUID:%d\r\nDTSTART:20270412T100000Z\r\nRRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;COUNT=9\r\nEND:VEVENT\r\n", i)
	}
	for name, text := range map[string]string{
		"a line folded 200,000 times":          calendar(record + "DESCRIPTION:a" + strings.Repeat("\r\n b", n) + "\r\nEND:VEVENT\r\n"),
		"200,000 broken lines":                 calendar(record + "DESCRIPTION:a" + strings.Repeat("\nb", n) + "\r\nEND:VEVENT\r\n"),
		"20,000 events of one UID":             calendar(strings.Repeat(record+"END:VEVENT\r\n", 20_000)),
		"5,000 hourly rules that never match":  calendar(rules.String()),
		"200,000 elements that never close":    strings.Replace(smallXML, ">A<", ">A</title><abstract>"+strings.Repeat("&lt;b&gt;", n)+"</abstract><title><", 1),
		"200,000 tags without an end":          strings.Replace(smallXML, ">A<", ">A</title><abstract>"+strings.Repeat("&lt;p ", n)+"</abstract><title><", 1),
		"200,000 quotes in one another":        strings.Replace(smallXML, ">A<", ">A</title><abstract>"+strings.Repeat("&lt;blockquote&gt;x", n)+"</abstract><title><", 1),
		"200,000 attributes":                   strings.Replace(smallXML, `id="1"`, `id="1"`+strings.Repeat(` a="b"`, n), 1),
		"200,000 members of one name":          strings.Replace(smallJSON, `"id":1`, strings.Repeat(`"id":1,`, n)+`"id":1`, 1),
		"20,000 rows of one booth":             "title,start,room,booth\n" + strings.Repeat("A,2027-04-12 10:00,Pier,B1\n", 20_000),
		"a cell of 2 MB of nothing but commas": "title;start;speakers\nA;2027-04-12 10:00;" + strings.Repeat("x,", 1_000_000) + "\n",
	} {
		t.Run(name, func(t *testing.T) { survives(t.Fatalf, []byte(text)) })
	}
}
