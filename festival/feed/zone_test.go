package feed

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"
)

// testZones have what zones can have: a half hour of summer time (Lord Howe),
// summer time that is the standard by law (Dublin, Casablanca), changes at
// midnight (Beirut, Santiago), the south, none at all, odd offsets.
var testZones = []string{
	"Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/Los_Angeles", "America/Santiago",
	"Africa/Casablanca", "Asia/Beirut", "Asia/Seoul", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham",
}

// Every instant of all days from 2024 to 2030 comes back, read by nothing but
// the VTIMEZONE that the calendar brings (reliability.md 6.3).
func TestCalendar_everyDayInEveryZone(t *testing.T) {
	for _, name := range testZones {
		t.Run(name, func(t *testing.T) {
			loc, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			c := Calendar{Zone: name}
			add := func(at time.Time) {
				c.Entries = append(c.Entries, Entry{UID: strconv.Itoa(len(c.Entries)), Start: at})
			}
			changes := 0
			for day := time.Date(2024, 1, 1, 0, 0, 0, 0, loc); day.Year() <= 2030; day = day.AddDate(0, 0, 1) {
				_, before := day.Zone()
				_, after := day.AddDate(0, 0, 1).Zone()
				if before == after {
					add(day)
					add(day.Add(13*time.Hour + 7*time.Minute))
					continue
				}
				changes++
				for at := day.Add(-2 * time.Hour); at.Before(day.AddDate(0, 0, 1)); at = at.Add(5 * time.Minute) {
					add(at)
				}
			}
			if none := name == "Asia/Seoul" || name == "Asia/Kathmandu"; none != (changes == 0) {
				t.Fatalf("%d changes of the clocks", changes)
			}
			read := readTimes(t, encodeFast(t, c))
			if len(read) != len(c.Entries) {
				t.Fatalf("%d of %d entries came back", len(read), len(c.Entries))
			}
			for i, e := range c.Entries {
				if !read[i].Equal(e.Start) {
					t.Fatalf("%v came back as %v", e.Start, read[i])
				}
			}
		})
	}
}

func encodeFast(t *testing.T, c Calendar) []byte {
	var b bytes.Buffer
	if err := c.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readTimes reads the DTSTARTs as RFC 5545 says: by the observance with the
// latest onset that is not after the wall time.
func readTimes(t *testing.T, data []byte) []time.Time {
	type observance struct {
		onset time.Time // wall time, as if it were UTC
		to    int
	}
	var observances []observance
	var out []time.Time
	inZone := false
	for _, line := range strings.Split(string(data), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		switch {
		case line == "BEGIN:VTIMEZONE" || line == "END:VTIMEZONE":
			inZone = line == "BEGIN:VTIMEZONE"
		case inZone && name == "DTSTART":
			onset, err := time.Parse("20060102T150405", value)
			if err != nil {
				t.Fatal(err)
			}
			observances = append(observances, observance{onset: onset})
		case name == "TZOFFSETTO":
			zoned, err := time.Parse("-0700", value)
			if err != nil {
				t.Fatal(err)
			}
			_, observances[len(observances)-1].to = zoned.Zone()
		case name == "DTSTART":
			at, err := time.Parse("20060102T150405Z", value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, at)
		case strings.HasPrefix(name, "DTSTART;TZID="):
			wall, err := time.Parse("20060102T150405", value)
			if err != nil {
				t.Fatal(err)
			}
			best := -1
			for i, o := range observances {
				if !o.onset.After(wall) && (best < 0 || o.onset.After(observances[best].onset)) {
					best = i
				}
			}
			if best < 0 {
				t.Fatalf("no observance for %s", line)
			}
			out = append(out, wall.Add(-time.Duration(observances[best].to)*time.Second))
		}
	}
	return out
}

// The VTIMEZONE covers the years used and no others.
func TestZone_coversTheYearsUsed(t *testing.T) {
	data := string(encode(t, Calendar{Zone: "Europe/Berlin", Entries: []Entry{
		{UID: "1", Start: time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC)}, {UID: "2", Start: time.Date(2028, 2, 1, 0, 0, 0, 0, time.UTC)},
	}}))
	var onsets []string
	for _, line := range strings.Split(data, "\r\n") {
		if value, ok := strings.CutPrefix(line, "DTSTART:"); ok {
			onsets = append(onsets, value)
		}
	}
	// The one in force on 1 January 2027, and two a year.
	want := "20261025T030000 20270328T020000 20271031T030000 20280326T020000 20281029T030000"
	if got := strings.Join(onsets, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestZone_summerIsDaylight(t *testing.T) {
	for _, name := range []string{"Europe/Dublin", "Europe/Berlin", "Africa/Casablanca"} {
		data := string(encode(t, Calendar{Zone: name, Entries: []Entry{{UID: "1", Start: time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC)}}}))
		for _, part := range strings.Split(data, "BEGIN:DAYLIGHT\r\n")[1:] {
			var from, to string
			for _, line := range strings.Split(part, "\r\n") {
				if v, ok := strings.CutPrefix(line, "TZOFFSETFROM:"); ok && from == "" {
					from = v
				}
				if v, ok := strings.CutPrefix(line, "TZOFFSETTO:"); ok && to == "" {
					to = v
				}
			}
			if from >= to {
				t.Errorf("%s: daylight from %s to %s", name, from, to)
			}
		}
		if !strings.Contains(data, "BEGIN:DAYLIGHT") || !strings.Contains(data, "BEGIN:STANDARD") {
			t.Errorf("%s has only one kind of time", name)
		}
	}
}
