package intake

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	goical "github.com/emersion/go-ical"

	"feria/festival"
)

func harbour(t *testing.T, o Options) festival.Records {
	t.Helper()
	return mustRead(t, "harbour.ics", fixture(t, "harbour.ics"), o)
}

func TestICal_findsTimes(t *testing.T) {
	r := harbour(t, Options{Zone: "UTC", Lang: "en"})
	if r.Format != "ical" || r.Event.Zone != "Europe/Berlin" || r.Event.Title["en"] != "Harbour dates" {
		t.Errorf("event %+v, format %s", r.Event, r.Format)
	}
	for _, row := range []struct {
		title string
		times []string
		code  string
	}{
		{"Nœuds marins", []string{"2027-04-12 10:00–04-12 11:30"}, "title_prefix"},
		{"By zone", []string{"2027-04-12 11:00–04-12 12:30"}, ""},
		{"By Windows' name", []string{"2027-04-12 10:00–04-12 11:00"}, ""},
		{"By the calendar's own zone", []string{"2027-07-12 10:00–07-12 11:00"}, ""},
		{"By a zone that is none", []string{"2027-04-12 10:00–04-12 11:00"}, "zone_unknown"},
		{"Floating", []string{"2027-04-12 10:00–04-12 11:00"}, "time_floating"},
		{"All day", []string{"2027-04-12 00:00–04-13 00:00"}, "all_day"},
		{"Two days over the clock change", []string{"2027-03-27 00:00–03-29 00:00"}, "all_day"},
		{"First of two with one UID", []string{"2027-04-13 10:00–04-13 11:00"}, ""},
		{"Second of two with one UID", []string{"2027-04-14 10:00–04-14 11:00"}, "uid_repeated"},
		{"Revised", []string{"2027-04-15 12:00–04-15 13:00"}, "revision_dropped"},
		{"Weekly over the clock change", []string{"2027-03-22 18:00–03-22 19:00", "2027-03-29 18:00–03-29 19:00", "2027-04-13 20:00–04-13 21:00", "2027-04-19 18:00–04-19 19:00"}, ""},
		{"Until a date", []string{"2027-04-12 10:00–04-12 11:00", "2027-04-13 10:00–04-13 11:00", "2027-04-14 10:00–04-14 11:00"}, ""},
		{"A notice", []string{"2027-04-12 10:00–04-12 10:15"}, "length_zero"},
		{"Ends before it starts", []string{"2027-04-12 10:00–04-12 11:00"}, "end_before_start"},
		{"Without UID", []string{"2027-04-16 10:00–04-16 11:00"}, "id_missing"},
		{"Without a date", nil, "no_start"},
	} {
		t.Run(row.title, func(t *testing.T) {
			wantTimes(t, titled(t, r, row.title), "Europe/Berlin", row.times...)
			if row.code != "" {
				finding(t, r, row.code, row.title)
			}
		})
	}
	finding(t, r, "repeat_endless", "Without end")
	finding(t, r, "text_around", "")
}

func TestICal_readsASession(t *testing.T) {
	r := harbour(t, Options{Lang: "en"})
	s := titled(t, r, "Nœuds marins")
	if s.Title["fr"] == "" || s.Format != "workshop" || s.Track != "sea" || s.Key != "ical:utc@harbour" || !slices.Equal(s.Languages, []string{"fr"}) {
		t.Errorf("session %+v", s)
	}
	if s.Abstract["fr"] != "On apprend\u00a0 **dix** nœuds." {
		t.Errorf("abstract %q", s.Abstract["fr"])
	}
	if len(r.Venues) != 1 || r.Venues[0].Lat != 53.55 || r.Spaces[0].Name["en"] != "Quai 3, Harbour" || r.Spaces[0].Venue != r.Venues[0].Key {
		t.Errorf("venues %+v, spaces %+v", r.Venues, r.Spaces)
	}
	if len(r.Hosts) != 1 || r.Hosts[0].Name != "Rope Society" || r.Hosts[0].Person {
		t.Errorf("hosts %+v", r.Hosts)
	}
	for _, text := range []string{"ropes@", "someone@"} {
		if strings.Contains(strings.Join(codesOf(r), " ")+r.Hosts[0].URL+r.Hosts[0].Name, text) {
			t.Errorf("the mail address %s came in", text)
		}
	}
	var dropped []string
	for _, f := range r.Report {
		if f.Code == "element_dropped" || f.Code == "value_dropped" || f.Code == "markup_dropped" {
			dropped = append(dropped, f.Args["name"].(string))
		}
	}
	if want := []string{"VALARM", "VTODO", "script", "CATEGORIES Rope", "ATTENDEE", "X-COLOUR-OF-ROPE"}; !slices.Equal(dropped, want) {
		t.Errorf("dropped %q, want %q", dropped, want)
	}
	if a := titled(t, r, "Without UID").Abstract["en"]; a != "Broken over\nlines that werenot folded." {
		t.Errorf("text over broken lines %q", a)
	}
	if !titled(t, r, "A notice").Hidden {
		t.Error("a private event is not hidden")
	}
}

func TestICal_keysTellOccurrencesApart(t *testing.T) {
	r := harbour(t, Options{})
	weekly := titled(t, r, "Weekly over the clock change")
	var keys []string
	for _, s := range weekly.Slots {
		keys = append(keys, s.Key)
	}
	want := []string{"ical:weekly@harbour@20270322T170000Z", "ical:weekly@harbour@20270329T160000Z", "ical:weekly@harbour@20270412T160000Z", "ical:weekly@harbour@20270419T160000Z"}
	if weekly.Key != "ical:weekly@harbour" || !slices.Equal(keys, want) {
		t.Errorf("keys %s %v, want %v", weekly.Key, keys, want)
	}
	if weekly.Slots[2].State != festival.Cancelled || weekly.Slots[1].State != festival.Planned || weekly.Slots[2].Space == weekly.Slots[1].Space {
		t.Errorf("the changed occurrence %+v", weekly.Slots[2])
	}
	if k := titled(t, r, "Second of two with one UID").Key; k != "ical:same@harbour@20270414T080000Z" {
		t.Errorf("key %q", k)
	}
}

func calendar(events ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + strings.Join(events, "") + "END:VCALENDAR\r\n"
}

func event(lines ...string) string {
	return "BEGIN:VEVENT\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\n"
}

func TestICal_repeats(t *testing.T) {
	base := []string{"UID:a", "SUMMARY:A", "LOCATION:Pier", "DTSTART:20270412T080000Z", "DTEND:20270412T090000Z"}
	rule := func(r string) string {
		return calendar(event("UID:b", "SUMMARY:B", "DTSTART:20270412T080000Z"), event(append(base, r)...))
	}
	o := Options{Zone: "Europe/Berlin", From: "2027-04-14", Until: "2027-04-16"}
	for _, row := range []struct {
		name, rule string
		options    Options
		slots      int // -1: not taken
		code       string
	}{
		{"a finite rule gives all its occurrences", "RRULE:FREQ=DAILY;COUNT=4", Options{}, 4, ""},
		{"more than 500 are cut", "RRULE:FREQ=DAILY;COUNT=501", Options{}, 500, "repeat_limit"},
		{"500 are not", "RRULE:FREQ=DAILY;COUNT=500", Options{}, 500, ""},
		{"without end and without the event's days its first time is taken", "RRULE:FREQ=WEEKLY", Options{}, 1, "repeat_endless"},
		{"without end it is followed within the event's days", "RRULE:FREQ=DAILY", o, 3, "repeat_cut"},
		{"every second for a while is left out", "RRULE:FREQ=SECONDLY;COUNT=10", Options{}, -1, "repeat_too_often"},
		{"every minute until a day is left out", "RRULE:FREQ=MINUTELY;UNTIL=20270413T000000Z", Options{}, -1, "repeat_too_often"},
		{"every hour for a day", "RRULE:FREQ=HOURLY;COUNT=24", Options{}, 24, ""},
		{"a rule that never comes true gives nothing and ends", "RRULE:FREQ=HOURLY;UNTIL=22000101T000000Z;BYMONTH=2;BYMONTHDAY=30", Options{}, -1, "repeat_unread"},
		{"a monthly rule that never comes true too", "RRULE:FREQ=MONTHLY;COUNT=3;BYMONTH=2;BYMONTHDAY=31", Options{}, -1, "repeat_unread"},
		{"hours that its steps never reach", "RRULE:FREQ=HOURLY;INTERVAL=24;BYHOUR=3;COUNT=3", Options{}, -1, "repeat_unread"},
		{"what the standard forbids", "RRULE:FREQ=DAILY;BYSETPOS=2;COUNT=3", Options{}, -1, "repeat_unread"},
		{"the last Friday of a month", "RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", Options{}, 3, ""},
		{"days of a week", "RRULE:FREQ=DAILY;BYDAY=SA,SU;COUNT=4", Options{}, 4, ""},
		{"the last day of a month, daily", "RRULE:FREQ=DAILY;BYMONTHDAY=-1;COUNT=2", Options{}, 2, ""},
		{"without end it is left out where it begins after the event", "RRULE:FREQ=DAILY", Options{From: "2027-04-01", Until: "2027-04-02"}, -1, "repeat_outside"},
		{"without end it is left out where it never falls into the event", "RRULE:FREQ=YEARLY", o, -1, "repeat_outside"},
		{"a rule that is none is left out", "RRULE:FREQ=SOMETIMES;COUNT=3", Options{}, -1, "repeat_unread"},
		{"a rule with a bound that does not exist is left out", "RRULE:FREQ=DAILY;BYHOUR=77;COUNT=3", Options{}, -1, "repeat_unread"},
		{"dates beside the rule are added", "RDATE:20270420T080000Z,20270421T080000Z/PT2H", Options{}, 3, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := mustRead(t, "a.ics", rule(row.rule), row.options)
			at := slices.IndexFunc(r.Sessions, func(s festival.RecordSession) bool { return s.Key == "ical:a" })
			switch {
			case row.slots < 0 && at >= 0:
				t.Errorf("was taken with %d slots", len(r.Sessions[at].Slots))
			case row.slots >= 0 && (at < 0 || len(r.Sessions[at].Slots) != row.slots):
				t.Errorf("sessions %+v, want %d slots", r.Sessions, row.slots)
			}
			if row.code != "" {
				finding(t, r, row.code, "A")
			}
		})
	}
}

// A day ends at midnight, also the one on which the clocks change.
func TestICal_wholeDaysOverTheClockChange(t *testing.T) {
	for _, row := range []struct {
		name  string
		lines []string
		times []string
	}{
		{"daily into winter", []string{"DTSTART;VALUE=DATE:20271030", "DTEND;VALUE=DATE:20271031", "RRULE:FREQ=DAILY;COUNT=3"},
			[]string{"2027-10-30 00:00–10-31 00:00", "2027-10-31 00:00–11-01 00:00", "2027-11-01 00:00–11-02 00:00"}},
		{"weekly from the long day on", []string{"DTSTART;VALUE=DATE:20271031", "DTEND;VALUE=DATE:20271101", "RRULE:FREQ=WEEKLY;COUNT=2"},
			[]string{"2027-10-31 00:00–11-01 00:00", "2027-11-07 00:00–11-08 00:00"}},
		{"daily into summer, without an end", []string{"DTSTART;VALUE=DATE:20270327", "RRULE:FREQ=DAILY;COUNT=2"},
			[]string{"2027-03-27 00:00–03-28 00:00", "2027-03-28 00:00–03-29 00:00"}},
		{"two days at a time", []string{"DTSTART;VALUE=DATE:20270320", "DTEND;VALUE=DATE:20270322", "RDATE;VALUE=DATE:20270327"},
			[]string{"2027-03-20 00:00–03-22 00:00", "2027-03-27 00:00–03-29 00:00"}},
		{"a length in days", []string{"DTSTART;VALUE=DATE:20270328", "DURATION:P1D"},
			[]string{"2027-03-28 00:00–03-29 00:00"}},
		{"hours stay hours", []string{"DTSTART;TZID=Europe/Berlin:20270326T220000", "DTEND;TZID=Europe/Berlin:20270327T060000", "RRULE:FREQ=DAILY;COUNT=2"},
			[]string{"2027-03-26 22:00–03-27 06:00", "2027-03-27 22:00–03-28 07:00"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := mustRead(t, "a.ics", calendar(event(append([]string{"UID:a", "SUMMARY:A", "LOCATION:Pier"}, row.lines...)...)), Options{Zone: "Europe/Berlin"})
			wantTimes(t, titled(t, r, "A"), "Europe/Berlin", row.times...)
		})
	}
	// In Chile 5 September begins at one o'clock: the days beside it are no longer.
	jump := event("UID:a", "SUMMARY:A", "LOCATION:Pier", "DTSTART;VALUE=DATE:20270904", "DTEND;VALUE=DATE:20270905", "RRULE:FREQ=WEEKLY;COUNT=2")
	r := mustRead(t, "a.ics", calendar(jump), Options{Zone: "America/Santiago"})
	wantTimes(t, titled(t, r, "A"), "America/Santiago", "2027-09-04 00:00–09-05 01:00", "2027-09-11 00:00–09-12 00:00")
}

func TestICal_isTolerantOfForm(t *testing.T) {
	clean := calendar(event("UID:a", "SUMMARY:Übung", "LOCATION:Pier", "DESCRIPTION:"+strings.Repeat("word ", 1200), "DTSTART:20270412T080000Z", "DTEND:20270412T090000Z"))
	var folded strings.Builder
	for i, c := range []byte(clean) { // folded inside of letters too
		folded.WriteByte(c)
		if i%40 == 39 && c != '\r' && c != '\n' && i+1 < len(clean) && clean[i+1] != '\r' && clean[i+1] != '\n' {
			folded.WriteString("\r\n ")
		}
	}
	for name, text := range map[string]string{
		"unfolded lines of 5 kB": clean,
		"folded within letters":  folded.String(),
		"line feeds only":        strings.ReplaceAll(clean, "\r\n", "\n"),
		"a byte order mark":      "\ufeff" + clean,
		"no line end at the end": strings.TrimSuffix(clean, "\r\n"),
		"small letters":          strings.NewReplacer("BEGIN", "begin", "END:", "end:", "SUMMARY", "summary").Replace(clean),
	} {
		t.Run(name, func(t *testing.T) {
			r := mustRead(t, "a.ics", text, Options{})
			if len(r.Sessions) != 1 || r.Sessions[0].Title[""] != "Übung" || len(r.Sessions[0].Abstract[""]) != 5999 || len(r.Report) != 0 {
				t.Errorf("sessions %d, title %q, abstract of %d, findings %v", len(r.Sessions), r.Sessions[0].Title, len(r.Sessions[0].Abstract[""]), codesOf(r))
			}
		})
	}
}

// What a strict library writes is read without a remark.
func TestICal_readsWhatGoIcalWrites(t *testing.T) {
	e := goical.NewEvent()
	e.Props.SetText("UID", "a;b,c\\d")
	e.Props.SetText("SUMMARY", "One, two; three \\ four")
	e.Props.SetText("DESCRIPTION", "First\nsecond")
	e.Props.SetText("LOCATION", "Pier; 3")
	e.Props.SetDateTime("DTSTAMP", utc("2027-01-01 00:00"))
	e.Props.SetDateTime("DTSTART", utc("2027-04-12 08:00").In(zoneNamed("Europe/Berlin")))
	e.Props.SetDateTime("DTEND", utc("2027-04-12 09:00").In(zoneNamed("Europe/Berlin")))
	c := goical.NewCalendar()
	c.Props.SetText("VERSION", "2.0")
	c.Props.SetText("PRODID", "test")
	c.Children = append(c.Children, e.Component)
	var b bytes.Buffer
	if err := goical.NewEncoder(&b).Encode(c); err != nil {
		t.Fatal(err)
	}
	r := mustRead(t, "a.ics", b.String(), Options{})
	s := r.Sessions[0]
	if s.Title[""] != "One, two; three \\ four" || s.Abstract[""] != "First\nsecond" || s.Key != `ical:a;b,c\d` || r.Spaces[0].Name[""] != "Pier; 3" || !s.Slots[0].Start.Equal(utc("2027-04-12 08:00")) || len(r.Report) != 0 {
		t.Errorf("session %+v, findings %v", s, codesOf(r))
	}
}

func TestICal_readsSpeakersOutOfDescriptions(t *testing.T) {
	text := calendar(event("UID:a", "SUMMARY:[talk] Tides", "LOCATION:Pier", "DTSTART:20270412T080000Z", "DTEND:20270412T090000Z", "URL:https://sea.example/1",
		`DESCRIPTION:Section: talks\nKind: talk\nName: Tides\nhttps://sea.example/1\n<p>High and low.</p>\nSpeakers:\nAda Roe\n<p>Sails.</p>\n<p>Knits.</p>\nBo Lund\n<p>-</p>`))
	r := mustRead(t, "a.ics", text, Options{})
	s := r.Sessions[0]
	if s.Title[""] != "Tides" || s.Format != "talk" || s.Abstract[""] != "High and low." || len(s.Links) != 1 {
		t.Errorf("session %+v", s)
	}
	if len(r.Hosts) != 2 || r.Hosts[0].Name != "Ada Roe" || r.Hosts[0].Bio[""] != "Sails.\n\nKnits." || r.Hosts[1].Name != "Bo Lund" || !r.Hosts[1].Bio.Empty() {
		t.Errorf("hosts %+v", r.Hosts)
	}
	wantCodes(t, r, "labels_read", "labels_read", "title_prefix")
	plain := mustRead(t, "a.ics", calendar(event("UID:a", "SUMMARY:Tides", "LOCATION:Pier", "DTSTART:20270412T080000Z", "DTEND:20270412T090000Z", `DESCRIPTION:Kind: of a talk\nSpeakers:\nnobody`)), Options{})
	if got := plain.Sessions[0].Abstract[""]; got != "Kind: of a talk\nSpeakers:\nnobody" || len(plain.Hosts) != 0 {
		t.Errorf("a text that only looks a little like it became %q, hosts %v", got, plain.Hosts)
	}
}

func TestICal_zones(t *testing.T) {
	for name, want := range map[string]string{
		"Europe/Berlin": "Europe/Berlin", "/freeassociation.sourceforge.net/Europe/Dublin": "Europe/Dublin", "/mozilla.org/20070129_1/America/Argentina/Salta": "America/Argentina/Salta",
		"Romance Standard Time": "Europe/Paris", "korea standard time": "Asia/Seoul", "UTC": "UTC", `"Asia/Seoul"`: "Asia/Seoul",
		"Local": "", "": "", "../../etc/passwd": "", "Mars/Phobos": "", "Factory": "",
	} {
		loc := zoneNamed(name)
		if got := map[bool]string{true: "", false: loc.String()}[loc == nil]; got != want {
			t.Errorf("zone %q: got %q, want %q", name, got, want)
		}
	}
	for windows, name := range windowsZones {
		if _, err := time.LoadLocation(name); err != nil {
			t.Errorf("%s: %v", windows, err)
		}
	}
}
