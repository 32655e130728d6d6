package festival

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestSpan(t *testing.T) {
	for _, row := range []struct {
		name, start, end, days string
		first, last            Date
	}{
		{"no days", "2027-04-12", "2027-04-18", "", "2027-04-12", "2027-04-18"},
		{"days inside", "2027-04-12", "2027-04-18", "2027-04-13 2027-04-18", "2027-04-12", "2027-04-18"},
		{"days on both sides", "2027-04-12", "2027-04-18", "2027-04-20 2027-04-01", "2027-04-01", "2027-04-20"},
		{"slips of the pen", "2027-04-12", "2027-04-18", "9999-12-31 1970-01-01 2027-04-20 2000-01-01", "2027-04-12", "2027-04-20"},
		{"a year after the last day", "2027-04-12", "2027-04-18", "2028-04-18", "2027-04-12", "2028-04-18"},
		{"more than a year after the last day", "2027-04-12", "2027-04-18", "2028-04-19", "2027-04-12", "2027-04-18"},
		{"a year before the first day", "2027-04-12", "2027-04-18", "2026-04-11", "2026-04-11", "2027-04-18"},
		{"more than a year before the first day", "2027-04-12", "2027-04-18", "2026-04-10", "2027-04-12", "2027-04-18"},
		{"from day to day over years", "2027-04-12", "2027-04-18", "2028-10-01 2028-01-01 2029-05-01", "2027-04-12", "2029-05-01"},
		{"a day that is none", "2027-04-12", "2027-04-18", "2027-02-30 2027-13-01", "2027-04-12", "2027-04-18"},
		{"a new event", "", "", "2027-04-14 2027-04-12 2027-04-12", "2027-04-12", "2027-04-14"},
		{"a new event and slips", "", "", "1970-01-01 2027-04-14 2027-04-12 9999-01-01 2027-04-12", "2027-04-12", "2027-04-14"},
		{"a new event, most of it long ago", "", "", "2019-04-12 2019-04-13 2027-04-12", "2019-04-12", "2019-04-13"},
		{"a new event, one day of each", "", "", "2027-04-12 1970-01-01", "2027-04-12", "2027-04-12"},
		{"a new event without days", "", "", "", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			var days []Date
			for _, d := range strings.Fields(row.days) {
				days = append(days, Date(d))
			}
			if first, last := Span(Date(row.start), Date(row.end), days); first != row.first || last != row.last {
				t.Errorf("it lasts from %q to %q, want %q to %q", first, last, row.first, row.last)
			}
		})
	}
}

// Slots in another decade come in, do not make the event longer and are told of
// once, before all else.
func TestImportOfSlotsFarAway(t *testing.T) {
	h := open(t)
	r := week()
	r.Event.End = "9999-12-31"
	r.Report = []Finding{{Level: Guessed, Code: "no_place", Record: "row 2"}}
	for i, day := range []string{"1970-01-01", "2027-04-19"} {
		r.Sessions[i].Slots[0].Start, r.Sessions[i].Slots[0].End = at10(day), at10(day).Add(time.Hour)
	}
	second := r.Sessions[0].Slots[0]
	second.Key, second.Start, second.End = "far", at10("9999-01-01"), at10("9999-01-01").Add(time.Hour)
	r.Sessions[0].Slots = append(r.Sessions[0].Slots, second)
	for _, again := range []string{"the first time", "again"} {
		i := h.imported(r, false)
		if len(i.Report) < 3 || i.Report[0].Code != "plan_far" || i.Report[1].Code != "plan_far" || i.Report[2].Code != "no_place" {
			t.Fatalf("%s: the report begins with %+v", again, i.Report)
		}
		file, slots := i.Report[0], i.Report[1]
		if file.Args["day"] != "9999-12-31" || fmt.Sprint(file.Args["count"]) != "1" || file.Record != "event (Learning Week)" {
			t.Errorf("%s: of the file's own days the report says %+v", again, file)
		}
		if fmt.Sprint(slots.Args["count"]) != "2" || slots.Args["day"] != "1970-01-01" || slots.Args["first"] != "2027-04-12" || slots.Args["last"] != "2027-04-19" || !strings.HasPrefix(slots.Record, "slot ") {
			t.Errorf("%s: of the slots the report says %+v", again, slots)
		}
		if n := len(i.Report) - 3; n != len(h.imported(week(), false).Report) {
			t.Errorf("%s: the report says more: %+v", again, i.Report)
		}
		if e := must(h.Event(h.ctx, h.event.ID)); e.Start != "2027-04-12" || e.End != "2027-04-19" {
			t.Errorf("%s: the event lasts from %s to %s", again, e.Start, e.End)
		}
	}
	h.clean()
}
