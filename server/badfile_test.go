package server_test

import (
	"bytes"
	"encoding/csv"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"feria/festival"
	"feria/people"
)

// upload sends a file to the console's import; "" is a form without one.
func (d desk) upload(path, name, text string) page {
	d.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if name != "" {
		f, err := w.CreateFormFile("file", name)
		if err != nil {
			d.t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			d.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		d.t.Fatal(err)
	}
	return d.do("POST", path, w.FormDataContentType(), &body)
}

// calendar is an iCalendar file of one entry, with more lines in it.
func calendar(end string, lines ...string) string {
	return strings.Join(append(append([]string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//EN", "BEGIN:VEVENT", "UID:1@x", "DTSTAMP:20270101T000000Z", "DTSTART:20270413T080000Z", "DTEND:20270413T090000Z", "SUMMARY:Reading aloud"}, lines...), "END:VEVENT", "END:VCALENDAR", ""), end)
}

// Row 37, and files that are broken: accepted, or refused with a sentence and
// nothing written.
func TestBadInput_files(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Owner, "")
	program := town.program(people.Owner, "")
	program.json("GET", "/city", nil, nil).want(t, 200)
	before := town.settled(town.week.City)
	for name, row := range map[string]struct {
		file, text string
		status     int
		says       string
	}{
		"a mark of UTF-8 before it":     {"a.ics", "\uFEFF" + calendar("\r\n"), 200, "Reading aloud"},
		"line feeds alone":              {"a.ics", calendar("\n"), 200, "Reading aloud"},
		"every second for ever":         {"a.ics", calendar("\r\n", "RRULE:FREQ=SECONDLY"), 0, ""},
		"an end before the start":       {"a.ics", strings.Replace(calendar("\r\n"), "DTEND:20270413T090000Z", "DTEND:20270413T070000Z", 1), 0, ""},
		"spaces":                        {"a.ics", " \n", 422, ""},
		"a picture":                     {"a.csv", "\x89PNG\r\n\x1a\n\x00\x00", 422, ""},
		"half an XML":                   {"a.xml", "<schedule><day><room>", 422, ""},
		"an XML with entities":          {"a.xml", `<!DOCTYPE s [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><schedule>&b;&b;&b;</schedule>`, 422, ""},
		"an XML that reads a file":      {"a.xml", `<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]><schedule><conference><title>&a;</title></conference></schedule>`, 422, ""},
		"JSON, ten thousand deep":       {"a.json", strings.Repeat(`{"a":`, 10000), 422, ""},
		"a table with one column":       {"a.csv", "x\ny\n", 422, ""},
		"a table with a quote too much": {"a.csv", "title,start,end\n\"Half,2027-04-13 10:00,2027-04-13 11:00\n", 422, ""},
	} {
		api := program.do("POST", "/api/v1/events/learning-week/imports/preview?file="+row.file, "application/octet-stream", strings.NewReader(row.text), "Accept", "application/json")
		shown := d.upload(week+"/import", row.file, row.text)
		if shown.StatusCode == http.StatusSeeOther {
			shown = d.get(shown.Header.Get("Location"))
		}
		if row.status == 0 { // refused, or the entry left out with a finding
			if api.StatusCode != 422 && !strings.Contains(api.body, `"code"`) {
				t.Errorf("%s: taken without a word: %.600s", name, api.body)
			}
			row.status = api.StatusCode
		}
		if api.StatusCode != row.status || shown.StatusCode != row.status {
			t.Errorf("%s: the API answers %d, the console %d, want %d: %.600s", name, api.StatusCode, shown.StatusCode, row.status, api.body)
		}
		if row.status == 422 {
			api.has(t, `"code"`, `"detail"`)
			shown.has(t, `class="note stop"`).lacks(t, `name="column.0"`) // only a table has columns to choose
		} else {
			shown.has(t, row.says)
		}
		shown.lacks(t, "goroutine", ">error.", "root:x:")
	}
	if got := d.upload(week+"/import", "a.ics", strings.Repeat("x", 50<<20+1)); got.StatusCode != 413 || !strings.Contains(got.body, "50") {
		t.Errorf("50 MB and one byte: status %d: %.300s", got.StatusCode, got.body)
	}
	if got := program.do("POST", "/api/v1/events/learning-week/imports/preview?file=a.ics", "application/octet-stream", strings.NewReader(strings.Repeat("x", 50<<20+1))); got.StatusCode != 413 {
		t.Errorf("50 MB and one byte to the API: status %d: %.300s", got.StatusCode, got.body)
	}
	d.try(t, 422, week+"/import", "file", "no file at all").has(t, `class="note stop"`)
	for _, wrong := range differs(before, town.settled(town.week.City)) {
		t.Errorf("a look at a file wrote %s", wrong)
	}
}

// Row 33: what begins like a formula is a text in every table that we give
// away, and the same value when such a table is read.
func TestBadInput_formulas(t *testing.T) {
	town, clock := newTown(t)
	d := town.desk(people.Owner, "")
	slot, _ := town.bookable(0)
	names := []string{"=HYPERLINK(\"evil.example\",\"x\")", "+1", "-1+2", "@SUM(A1)", "＝1+1", "＠x", "a,\"b\"\nc"}
	for i, name := range names {
		d.try(t, 303, week+"/bookings/"+festival.Own(slot.ID)+"/desk", "name", name, "seats", "1", "mail", "", "key", string(rune('a'+i)))
	}
	held, err := town.p.Registration.Booked(t.Context(), slot.ID)
	if err != nil || len(held) != len(names) {
		t.Fatalf("%d bookings, %v", len(held), err)
	}
	read := func(path string, column int) map[string]bool {
		p := d.get(path).want(t, 200)
		if !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s is shown as %q", path, p.Header.Get("Content-Disposition"))
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.body, "\uFEFF"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, row := range rows[1:] {
			found[row[column]] = true
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
					t.Errorf("%s: the cell %q is a formula", path, cell)
				}
			}
		}
		return found
	}
	in := read(week+"/bookings/"+festival.Own(slot.ID)+".csv", 0)
	clock.add(slot.Start.Sub(clock.now()) - time.Minute)
	for i, h := range held {
		pass, err := town.p.PassFor(t.Context(), town.week, h.Booking.Party, h.Booking.Name)
		if err != nil {
			t.Fatal(err)
		}
		token, err := town.p.Ticketing.Token(t.Context(), town.week, pass)
		if err != nil {
			t.Fatal(err)
		}
		town.program(people.Volunteer, town.week.ID).json("POST", "/events/learning-week/gates/main/scans", map[string]any{"token": token, "nonce": string(rune('a' + i))}, nil).want(t, 200)
		if name := strings.ReplaceAll(h.Booking.Name, "\n", " "); !in[h.Booking.Name] && !in["'"+h.Booking.Name] {
			t.Errorf("the table lacks %q", name)
		}
	}
	d = town.desk(people.Owner, "") // days later
	if len(read(week+"/scans.csv", 2)) < len(names) {
		t.Error("the table of scans lacks names")
	}
	// A programme table that was written like that has the values it had before.
	file := "title,start,end\n'=1+1 is two,2027-04-13 10:00,2027-04-13 11:00\n'tis the season,2027-04-13 10:00,2027-04-13 11:00\n"
	town.program(people.Owner, "").do("POST", "/api/v1/events/learning-week/imports?file=a.csv&keep=true", "application/octet-stream", strings.NewReader(file)).want(t, 201)
	draft, err := town.p.Festival.Draft(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	titles := map[string]bool{}
	for _, s := range draft.Sessions {
		titles[s.Title["en"]] = true
	}
	if !titles["=1+1 is two"] || !titles["'tis the season"] {
		t.Errorf("the guard of a cell was read as part of it: %v", titles)
	}
}

// Rows 34 and 35: a title is a text in every format that we give away.
func TestBadInput_titles(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Owner, "")
	draft, err := town.p.Festival.Draft(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	session := draft.Sessions[0]
	save := func(title string) {
		t.Helper()
		session.Title = map[string]string{"en": title}
		p := town.program(people.Owner, "").json("PUT", "/events/learning-week/draft/sessions/"+festival.Own(session.ID), session, &session)
		if p.StatusCode != 200 && p.StatusCode != 422 {
			t.Fatalf("%q: status %d: %.300s", title, p.StatusCode, p.body)
		}
		if p.StatusCode == 422 {
			p.has(t, "title")
			return
		}
		d.try(t, 303, week+"/release")
	}
	for _, title := range []string{
		"x\r\nATTACH:https://evil.example", "x\nATTACH:https://evil.example", "x\u2028ATTACH:https://evil.example", "x\u0085ATTACH:https://evil.example", "a\u0001b", "]]><x>&amp;</script><script>alert(1)</script>", `back\slash; semi, comma: "quote"`,
		strings.Repeat("a", 65) + "💙", strings.Repeat("a", 66) + "💙", strings.Repeat("a", 64) + "ü", strings.Repeat("a", 66) + "ü", strings.Repeat("ü💙", 60),
	} {
		save(title)
		for _, path := range []string{"/learning-week/programme.ics", "/learning-week/sessions/" + session.Code + ".ics"} {
			p := town.visitor().get(path).want(t, 200)
			_, source, _ := strings.Cut(strings.ReplaceAll(p.body, "\r\n ", ""), "\r\nSOURCE;VALUE=URI:")
			if source, _, _ = strings.Cut(source, "\r\n"); !strings.HasSuffix(source, path) {
				t.Errorf("%s says that it comes from %q", path, source)
			}
			for line := range strings.SplitSeq(strings.TrimSuffix(p.body, "\r\n"), "\r\n") {
				switch {
				case len(line) > 75 || !utf8.ValidString(line):
					t.Errorf("%q: %s has the line %q", title, path, line)
				case strings.HasPrefix(line, "ATTACH"), strings.ContainsAny(line, "\n\r\x01\u2028\u0085"):
					t.Errorf("%q: %s has the line %q", title, path, line)
				}
			}
		}
		for _, path := range []string{"/learning-week", "/learning-week/programme", "/learning-week/sessions/" + session.Code, "/learning-week/schedule.xml", "/learning-week/schedule.json"} {
			p := town.visitor().get(path).want(t, 200).lacks(t, "<script>alert", "\x01")
			if !utf8.ValidString(p.body) {
				t.Errorf("%q: %s is no UTF-8", title, path)
			}
		}
	}
}
