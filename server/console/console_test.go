package console

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"feria/festival"
)

func TestEvents_nearestFirst(t *testing.T) {
	event := func(id string, start, end festival.Date) festival.Event {
		return festival.Event{ID: id, Zone: "Asia/Seoul", Start: start, End: end}
	}
	events := []festival.Event{
		event("long past", "2025-04-01", "2025-04-07"), event("far", "2029-01-01", "2029-01-02"), event("past", "2027-04-01", "2027-04-11"),
		event("next", "2027-05-01", "2027-05-02"), event("runs", "2027-04-10", "2027-04-12"),
	}
	byNearness(events, time.Date(2027, 4, 11, 16, 0, 0, 0, time.UTC)) // the 12th by then in Seoul
	var got []string
	for _, e := range events {
		got = append(got, e.ID)
	}
	if want := []string{"runs", "next", "far", "past", "long past"}; !slices.Equal(got, want) {
		t.Errorf("events are in order %q, want %q", got, want)
	}
}

func TestCSV_runsNothing(t *testing.T) {
	for _, row := range []struct{ name, cell, want string }{
		{"a name stays", "Ann O’Hara", "Ann O’Hara"},
		{"nothing stays nothing", "", ""},
		{"a formula is text", "=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"},
		{"a plus is text", "+353 1", "'+353 1"},
		{"a minus is text", "-1+2", "'-1+2"},
		{"an at is text", "@SUM(A1)", "'@SUM(A1)"},
		{"a tab is text", "\t=1", "'\t=1"},
		{"a carriage return is text", "\r=1", "'\r=1"},
		{"a wide equals sign is text", "＝1+1", "'＝1+1"},
		{"half a character stays", "\xff=1", "\xff=1"},
		{"a formula in the middle stays", "a=b", "a=b"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := guarded(row.cell); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestCSV_canBeReadBack(t *testing.T) {
	var b strings.Builder
	if err := writeCSV(&b, [][]string{{"Name", "Seats"}, {"Zoë, \"Z\"\nB", "2"}}); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(b.String(), "\uFEFF")
	if !marked {
		t.Error("spreadsheets need the mark of UTF-8")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[1][0] != "Zoë, \"Z\"\nB" || rows[1][1] != "2" {
		t.Errorf("got %q", rows)
	}
}

func TestFileName(t *testing.T) {
	for _, row := range []struct{ name, sent, want string }{
		{"a plain name stays", "schedule.xml", "schedule.xml"},
		{"folders go", "../../etc/passwd", "passwd"},
		{"folders of Windows go", `C:\Users\Ann\week.csv`, "week.csv"},
		{"control characters go", "a\r\nb\x00.ics", "ab.ics"},
		{"nothing gets a name", "", "file"},
		{"a folder alone gets a name", "/", "file"},
		{"a long name keeps its end", strings.Repeat("é", 500) + ".json", strings.Repeat("é", maxFileName-5) + ".json"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := fileName(row.sent); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}
