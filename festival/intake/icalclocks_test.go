package intake

import (
	"strings"
	"testing"
)

// A zone that only the calendar describes: in summer five hours behind, in winter
// six, under a name that is none.
const ownZoneText = "BEGIN:VTIMEZONE\r\nTZID:Our Town\r\n" +
	"BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\r\nTZOFFSETFROM:-0600\r\nTZOFFSETTO:-0500\r\nEND:DAYLIGHT\r\n" +
	"BEGIN:STANDARD\r\nDTSTART:16010101T020000\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0600\r\nEND:STANDARD\r\n" +
	"END:VTIMEZONE\r\n"

func TestICal_clocks(t *testing.T) {
	for _, row := range []struct {
		name, zone, text string
		want             []string
	}{
		{"a whole day without a midnight", "America/Santiago",
			event("UID:x", "SUMMARY:X", "DTSTART;VALUE=DATE:20270904", "RRULE:FREQ=DAILY;COUNT=3"),
			[]string{"2027-09-04 00:00–09-05 01:00", "2027-09-05 01:00–09-06 00:00", "2027-09-06 00:00–09-07 00:00"}},
		{"whole days until a day without a midnight", "America/Santiago",
			event("UID:x", "SUMMARY:X", "DTSTART;VALUE=DATE:20270904", "RRULE:FREQ=DAILY;UNTIL=20270905"),
			[]string{"2027-09-04 00:00–09-05 01:00", "2027-09-05 01:00–09-06 00:00"}},
		{"at midnight where there is none", "Africa/Cairo",
			event("UID:x", "SUMMARY:X", "DTSTART:20270429T000000", "DTEND:20270429T010000", "RRULE:FREQ=DAILY;COUNT=3"),
			[]string{"2027-04-29 00:00–04-29 01:00", "2027-04-30 01:00–04-30 02:00", "2027-05-01 00:00–05-01 01:00"}},
		{"a whole day by a zone far away", "Europe/Berlin",
			event("UID:x", "SUMMARY:X", "DTSTART;TZID=America/New_York;VALUE=DATE:20270412", "DTEND;TZID=America/New_York;VALUE=DATE:20270413", "RRULE:FREQ=WEEKLY;COUNT=2;BYDAY=MO"),
			[]string{"2027-04-12 00:00–04-13 00:00", "2027-04-19 00:00–04-20 00:00"}},
		{"a whole day by a zone far away, but for one", "Europe/Berlin",
			event("UID:x", "SUMMARY:X", "DTSTART;TZID=Asia/Tokyo:20270412", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=Asia/Tokyo:20270413"),
			[]string{"2027-04-12 00:00–04-13 00:00", "2027-04-14 00:00–04-15 00:00"}},
		{"whole days until an instant that means the day", "America/New_York",
			event("UID:x", "SUMMARY:X", "DTSTART;VALUE=DATE:20270412", "RRULE:FREQ=DAILY;UNTIL=20270414T000000Z"),
			[]string{"2027-04-12 00:00–04-13 00:00", "2027-04-13 00:00–04-14 00:00", "2027-04-14 00:00–04-15 00:00"}},
		{"the calendar's own zone, until an instant after its clocks changed", "UTC",
			ownZoneText + event("UID:x", "SUMMARY:X", "DTSTART;TZID=Our Town:20271025T183000", "DTEND;TZID=Our Town:20271025T193000", "RRULE:FREQ=WEEKLY;UNTIL=20271109T003000Z"),
			[]string{"2027-10-25 23:30–10-26 00:30", "2027-11-01 23:30–11-02 00:30", "2027-11-09 00:30–11-09 01:30"}},
		{"the calendar's own zone, until an instant before the last", "UTC",
			ownZoneText + event("UID:x", "SUMMARY:X", "DTSTART;TZID=Our Town:20270301T183000", "DTEND;TZID=Our Town:20270301T193000", "RRULE:FREQ=WEEKLY;UNTIL=20270315T232959Z"),
			[]string{"2027-03-02 00:30–03-02 01:30", "2027-03-09 00:30–03-09 01:30"}},
		{"the calendar's own zone, until its own clocks", "UTC",
			ownZoneText + event("UID:x", "SUMMARY:X", "DTSTART;TZID=Our Town:20271025T183000", "DTEND;TZID=Our Town:20271025T193000", "RRULE:FREQ=WEEKLY;UNTIL=20271108T183000"),
			[]string{"2027-10-25 23:30–10-26 00:30", "2027-11-01 23:30–11-02 00:30", "2027-11-09 00:30–11-09 01:30"}},
		{"an hour over which the clocks jump", "Europe/Berlin",
			event("UID:x", "SUMMARY:X", "DTSTART:20270327T020000", "DTEND:20270327T023000", "RRULE:FREQ=DAILY;COUNT=4;BYHOUR=2,3"),
			[]string{"2027-03-27 02:00–03-27 02:30", "2027-03-27 03:00–03-27 03:30", "2027-03-28 03:00–03-28 03:30"}},
		{"by an instant, until one", "Europe/Berlin",
			event("UID:x", "SUMMARY:X", "DTSTART:20270326T230000Z", "DTEND:20270326T233000Z", "RRULE:FREQ=DAILY;UNTIL=20270328T230000Z"),
			[]string{"2027-03-27 00:00–03-27 00:30", "2027-03-28 00:00–03-28 00:30", "2027-03-29 01:00–03-29 01:30"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := mustRead(t, "x.ics", calendar(row.text), Options{Zone: row.zone})
			wantTimes(t, titled(t, r, "X"), row.zone, row.want...)
			for _, code := range codesOf(r) {
				if strings.HasPrefix(code, "zone_unknown") {
					t.Errorf("the report says %s", code)
				}
			}
		})
	}
}
