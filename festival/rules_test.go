package festival

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"feria/kernel"
)

func TestLocalTime(t *testing.T) {
	for _, row := range []struct {
		name, zone string
		date       Date
		clock      string
		want       string // RFC 3339, or a code
	}{
		{"a plain summer morning", "Europe/Berlin", "2027-04-12", "10:00", "2027-04-12T08:00:00Z"},
		{"the last minute before the clocks go forward", "Europe/Berlin", "2027-03-28", "01:59", "2027-03-28T00:59:00Z"},
		{"a time in the gap", "Europe/Berlin", "2027-03-28", "02:30", "time_gap"},
		{"the first minute of the gap", "Europe/Berlin", "2027-03-28", "02:00", "time_gap"},
		{"the first minute after the gap", "Europe/Berlin", "2027-03-28", "03:00", "2027-03-28T01:00:00Z"},
		{"a time that comes twice is the first one", "Europe/Berlin", "2027-10-31", "02:30", "2027-10-31T00:30:00Z"},
		{"a gap of half an hour", "Australia/Lord_Howe", "2027-10-03", "02:15", "time_gap"},
		{"the end of a gap of half an hour", "Australia/Lord_Howe", "2027-10-03", "02:30", "2027-10-02T15:30:00Z"},
		{"midnight that does not come", "America/Santiago", "2027-09-05", "00:00", "time_gap"},
		{"a day that was left out", "Pacific/Apia", "2011-12-30", "10:00", "time_gap"},
		{"no zone", "Europe/Atlantis", "2027-04-12", "10:00", "bad_zone"},
		{"the machine's zone is none", "Local", "2027-04-12", "10:00", "bad_zone"},
		{"no date", "Europe/Berlin", "2027-02-29", "10:00", "bad_date"},
		{"no time", "Europe/Berlin", "2027-04-12", "24:00", "bad_clock"},
		{"a time without its zero", "Europe/Berlin", "2027-04-12", "9:00", "bad_clock"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := LocalTime(row.zone, row.date, row.clock)
			if err != nil {
				if kernel.CodeOf(err) != row.want {
					t.Fatalf("got %v, want %s", err, row.want)
				}
				return
			}
			if got.Format(time.RFC3339) != row.want {
				t.Fatalf("got %s, want %s", got.Format(time.RFC3339), row.want)
			}
		})
	}
	_, err := LocalTime("Europe/Berlin", "2027-03-28", "02:30")
	var e *kernel.Error
	if !errors.As(err, &e) || e.Args["after"] != "02:00" || e.Args["from"] != "03:00" {
		t.Errorf("the advice is %+v, want after 02:00 from 03:00", err)
	}
}

// Every local time of the days around a change either comes back as it was
// typed or is refused.
func TestLocalTimeShowsWhatWasTyped(t *testing.T) {
	for _, zone := range []string{"Europe/Dublin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Tehran", "Asia/Kathmandu", "America/Santiago"} {
		loc := must(time.LoadLocation(zone))
		for day := Date("2027-01-01"); day < "2028-01-01"; day = day.Add(1) {
			for minute := 0; minute < 24*60; minute += 30 {
				clock := fmt.Sprintf("%02d:%02d", minute/60, minute%60)
				got, err := LocalTime(zone, day, clock)
				if err != nil {
					if kernel.CodeOf(err) != "time_gap" {
						t.Fatalf("%s %s %s: %v", zone, day, clock, err)
					}
					// Go moves a time that does not exist; so it really does not.
					d := day.Time(time.UTC)
					moved := time.Date(d.Year(), d.Month(), d.Day(), minute/60, minute%60, 0, 0, loc)
					if moved.Format("2006-01-02 15:04") == string(day)+" "+clock {
						t.Fatalf("%s %s %s exists and was refused", zone, day, clock)
					}
					continue
				}
				if shown := got.In(loc).Format("2006-01-02 15:04"); shown != string(day)+" "+clock {
					t.Fatalf("%s %s %s became %s", zone, day, clock, shown)
				}
				if earlier := got.Add(-time.Hour).In(loc).Format("2006-01-02 15:04"); earlier == string(day)+" "+clock {
					t.Fatalf("%s %s %s is the second of two", zone, day, clock)
				}
			}
		}
	}
}

func TestShiftDaysKeepsTheClock(t *testing.T) {
	berlin := must(time.LoadLocation("Europe/Berlin"))
	for _, row := range []struct {
		name, from string
		days       int
		want       string
	}{
		{"from winter to summer", "2027-03-25 18:00", 7, "2027-04-01 18:00"},
		{"over a year", "2027-04-12 09:30", 364, "2028-04-10 09:30"},
		{"into the gap, to its end", "2027-03-21 02:30", 7, "2027-03-28 03:00"},
		{"backwards", "2027-11-02 10:00", -7, "2027-10-26 10:00"},
	} {
		t.Run(row.name, func(t *testing.T) {
			from := must(time.ParseInLocation("2006-01-02 15:04", row.from, berlin))
			if got := shiftDays(from, row.days, berlin).In(berlin).Format("2006-01-02 15:04"); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func TestSlug(t *testing.T) {
	for title, want := range map[string]string{
		"Clay for all!":               "clay-for-all",
		"Œuvres d’été à l’École":      "oeuvres-dete-a-lecole",
		"Straße & Łódź, Þingvellir ø": "strasse-and-lodz-thingvellir-o",
		"Python 入門":                   "python",
		"도자기 만들기":                     "",
		"  --  ":                      "",
		"A":                           "",
		"Ünïcödé  — dash":             "unicode-dash",
		strings.Repeat("word ", 20):   "word-word-word-word-word-word-word-word",
		strings.Repeat("x", 100):      strings.Repeat("x", 40),
	} {
		got := Slug(title, 40)
		if got != want {
			t.Errorf("%q became %q, want %q", title, got, want)
		}
		if got != "" && (!slugForm.MatchString(got) || len(got) > 40) {
			t.Errorf("%q became %q, which is no slug", title, got)
		}
	}
}

func TestGoodURL(t *testing.T) {
	for url, want := range map[string]bool{
		"https://example.org/a?b=c#d": true, "HTTP://example.org": true, "mailto:ann@example.org": true,
		"javascript:alert(1)": false, "data:text/html,x": false, "//example.org": false, "/path": false, "https://": false,
		"https://example.org/a b": false, "java\nscript:alert(1)": false, "https://user:pw@example.org": false,
		"mailto:": false, "ftp://example.org": false, "": false, "https://" + strings.Repeat("x", 2000): false,
	} {
		if GoodURL(url) != want {
			t.Errorf("GoodURL(%.60q) is %v", url, !want)
		}
	}
}

func TestDayOfGoesByTheWallClock(t *testing.T) {
	p := (&Programme{Event: Event{Zone: "Europe/Berlin", DayChange: "05:00"}}).Ready()
	for local, want := range map[string]Date{
		"2027-04-12 10:00": "2027-04-12", "2027-04-13 04:59": "2027-04-12", "2027-04-13 05:00": "2027-04-13",
		"2027-03-28 05:00": "2027-03-28", // the clocks went forward: only four hours after midnight
		"2027-03-28 03:30": "2027-03-27", "2027-10-31 04:59": "2027-10-30", "2027-05-01 00:00": "2027-04-30",
	} {
		start := must(time.ParseInLocation("2006-01-02 15:04", local, p.Location()))
		if got := p.DayOf(Frozen{Slot: Slot{Start: start.UTC()}}); got != want {
			t.Errorf("%s belongs to %s, want %s", local, got, want)
		}
	}
	if got := p.DayOf(Frozen{}); got != "" {
		t.Errorf("a slot without time belongs to %q", got)
	}
}

// fair is a programme for the pure rules: two spaces, two persons and an
// organisation.
func fair(slots ...Slot) *Programme {
	p := &Programme{
		Event:  Event{Zone: "Europe/Berlin", Start: "2027-04-12", End: "2027-04-13"},
		Venues: []Venue{{Base: Base{ID: "v"}, Name: en("House")}},
		Spaces: []Space{
			{Base: Base{ID: "hall"}, Venue: "v", Name: en("Hall"), Capacity: 30, Closed: []Period{{hour(20), hour(22)}}},
			{Base: Base{ID: "room"}, Venue: "v", Name: en("Room"), Order: 1},
		},
		Booths: []Booth{{Base: Base{ID: "a1"}, Space: "hall", Code: "A1"}, {Base: Base{ID: "a2"}, Space: "hall", Code: "A2"}},
		Hosts: []Host{
			{Base: Base{ID: "ann"}, Name: "Ann", Person: true}, {Base: Base{ID: "bob"}, Name: "Bob", Person: true},
			{Base: Base{ID: "library"}, Name: "Library"},
		},
		Sessions: []Session{
			{Base: Base{ID: "clay"}, Title: en("Clay"), Hosts: []string{"ann", "library"}},
			{Base: Base{ID: "song"}, Title: en("Song"), Hosts: []string{"ann"}},
			{Base: Base{ID: "talk"}, Title: en("Talk"), Hosts: []string{"bob", "library"}},
		},
	}
	for i, s := range slots {
		s.ID = string(rune('1' + i))
		p.Slots = append(p.Slots, Frozen{Slot: s})
	}
	return p.Ready()
}

func hour(h int) time.Time { return time.Date(2027, 4, 12, h, 0, 0, 0, time.UTC) }

func slot(session, space string, from, to int) Slot {
	return Slot{Session: session, Space: space, Start: hour(from), End: hour(to)}
}

func TestClashes(t *testing.T) {
	booth := func(session, booth string, from, to int) Slot {
		s := slot(session, "hall", from, to)
		s.Booth = booth
		return s
	}
	seats := func(s Slot, n int) Slot { s.Seating, s.Seats = Bookable, n; return s }
	cancelled := func(s Slot) Slot { s.State = Cancelled; return s }
	for _, row := range []struct {
		name  string
		slots []Slot
		rules map[ClashKind]Severity
		want  []string
	}{
		{"slots that touch do not clash", []Slot{slot("clay", "hall", 10, 11), slot("song", "hall", 11, 12)}, nil, nil},
		{"slots that overlap in a space clash on both sides", []Slot{slot("clay", "hall", 10, 12), slot("talk", "hall", 11, 13)}, nil,
			[]string{"1 same_space 2 warn", "2 same_space 1 warn"}},
		{"the same time is an overlap", []Slot{slot("clay", "hall", 10, 11), slot("talk", "hall", 10, 11)}, nil,
			[]string{"1 same_space 2 warn", "2 same_space 1 warn"}},
		{"a long slot clashes with each short one in it", []Slot{slot("clay", "hall", 10, 18), slot("talk", "hall", 11, 12), slot("talk", "hall", 14, 15)}, nil,
			[]string{"1 same_space 2 warn", "1 same_space 3 warn", "2 same_space 1 warn", "3 same_space 1 warn"}},
		{"a person can not be in two places", []Slot{slot("clay", "hall", 10, 12), slot("song", "room", 11, 13)}, nil,
			[]string{"1 same_person 2 warn", "2 same_person 1 warn"}},
		{"an organisation can be", []Slot{slot("clay", "hall", 10, 12), slot("talk", "room", 11, 13)}, nil, nil},
		{"two booths of a space are two places", []Slot{booth("clay", "a1", 10, 12), booth("talk", "a2", 10, 12)}, nil, nil},
		{"one booth is one place", []Slot{booth("clay", "a1", 10, 12), booth("talk", "a1", 11, 12)}, nil,
			[]string{"1 same_space 2 warn", "2 same_space 1 warn"}},
		{"more seats than the space holds", []Slot{seats(slot("clay", "hall", 10, 11), 31), seats(slot("clay", "hall", 11, 12), 30), seats(slot("clay", "room", 12, 13), 900)}, nil,
			[]string{"1 over_capacity  warn"}},
		{"a closed space", []Slot{slot("clay", "hall", 19, 21), slot("clay", "hall", 18, 19), slot("talk", "hall", 22, 23)}, nil,
			[]string{"1 closed_space  warn"}},
		{"a booth in a closed space", []Slot{{Session: "clay", Booth: "a1", Start: hour(20), End: hour(21)}}, nil,
			[]string{"1 closed_space  warn"}},
		{"the last night of the event may be long", []Slot{slot("clay", "room", 10, 11), slot("song", "room", 44, 52)}, nil, nil},
		{"a slot in a wrong year", []Slot{slot("clay", "room", 10-365*24, 11-365*24), slot("song", "", 10+366*24, 11+366*24), {Session: "talk", Booth: "a1", Start: hour(10), End: hour(10 + 365*24)}},
			map[ClashKind]Severity{ClosedSpace: Ignore}, []string{"1 outside_event  warn", "2 outside_event  warn", "3 outside_event  warn"}},
		{"a cancelled slot in a wrong year", []Slot{cancelled(slot("clay", "room", 10-365*24, 11-365*24))}, nil, nil},
		{"cancelled slots clash with nothing", []Slot{slot("clay", "hall", 10, 12), cancelled(slot("song", "hall", 10, 12))}, nil, nil},
		{"unplaced slots clash with nothing", []Slot{slot("clay", "hall", 10, 12), {Session: "song", Space: "hall"}}, nil, nil},
		{"an empty slot clashes with nothing", []Slot{slot("clay", "hall", 10, 12), slot("song", "hall", 11, 11)}, nil, nil},
		{"rules ignore and block", []Slot{slot("clay", "hall", 10, 12), slot("song", "hall", 11, 13)},
			map[ClashKind]Severity{SameSpace: Ignore, SamePerson: Block}, []string{"1 same_person 2 block", "2 same_person 1 block"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got []string
			for _, c := range Clashes(fair(row.slots...), row.rules) {
				got = append(got, strings.Join([]string{c.Slot, string(c.Kind), c.Other, string(c.Severity)}, " "))
			}
			slices.Sort(got)
			if !slices.Equal(got, row.want) {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// The sweep finds what comparing each with each finds.
func TestClashesFindsAll(t *testing.T) {
	var slots []Slot
	seed := uint32(7)
	next := func(n int) int { seed = seed*1664525 + 1013904223; return int(seed>>16) % n }
	for range 200 {
		from := next(200)
		slots = append(slots, slot([]string{"clay", "song", "talk"}[next(3)], []string{"hall", "room"}[next(2)], from, from+1+next(6)))
	}
	p := &Programme{}
	*p = *fair()
	for i, s := range slots {
		s.ID = fmt.Sprintf("%03d", i)
		p.Slots = append(p.Slots, Frozen{Slot: s})
	}
	p.Ready()
	want := 0
	for i, a := range slots {
		for j, b := range slots {
			if i != j && a.Space == b.Space && a.Period().Overlaps(b.Period()) {
				want++
			}
		}
	}
	got := Clashes(p, map[ClashKind]Severity{SamePerson: Ignore, ClosedSpace: Ignore, OutsideEvent: Ignore})
	if len(got) != want || want == 0 {
		t.Errorf("found %d clashes, want %d", len(got), want)
	}
}
