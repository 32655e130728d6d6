package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"feria/festival"
	"feria/kernel"
)

// sample reads a real programme from the folder that FERIA_SAMPLES names.
func sample(t *testing.T, name string) []byte {
	t.Helper()
	folder := os.Getenv("FERIA_SAMPLES")
	if folder == "" {
		t.Skip("FERIA_SAMPLES is not set: no real programmes to try")
	}
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Skipf("FERIA_SAMPLES has no %s", name)
	}
	return data
}

// Every real programme comes in whole, with just these findings. A finding more
// or less is a change in how files are understood and wants a look.
func TestSamples_comeInWhole(t *testing.T) {
	for _, row := range []struct {
		file, format, zone                      string
		sessions, slots, spaces, hosts, tracks  int
		links, materials, codes                 int
		first                                   string // start of the earliest slot, UTC
		last                                    string // end of the latest
		formats                                 map[string]int
		findings                                map[string]int
		zoneSaid, title, dayChange, from, until string
	}{
		{
			file: "fosdem-2026.schedule.xml", format: "frab-xml", sessions: 1079, slots: 1079, spaces: 37, hosts: 1216, tracks: 71,
			links: 7594, materials: 552, codes: 1079, first: "2026-01-31 08:30", last: "2026-02-01 17:15",
			formats:  map[string]int{"devroom": 926, "discussion": 66, "maintrack": 45, "talk": 23, "junior": 18, "workshop": 1},
			findings: map[string]int{"attribute_dropped": 1, "format_read": 2, "link_completed": 1},
			zoneSaid: "Europe/Brussels", title: "FOSDEM 2026", dayChange: "09:00", from: "2026-01-31", until: "2026-02-01",
		},
		{
			file: "camp-2019.schedule.json", format: "schedule-json", sessions: 79, slots: 79, spaces: 2, hosts: 90, tracks: 7,
			links: 131, materials: 12, codes: 79, first: "2019-08-21 09:00", last: "2019-08-25 16:30",
			formats:  map[string]int{"talk": 78, "performance": 1},
			findings: map[string]int{"element_dropped": 1, "format_read": 1, "link_completed": 13},
			zoneSaid: "Europe/Berlin", title: "Chaos Communication Camp 2019", from: "2019-08-21", until: "2019-08-26",
		},
		{
			file: "pycon-us-2025.ics", format: "ical", zone: "America/New_York", sessions: 224, slots: 224, spaces: 21, hosts: 165,
			links: 149, first: "2025-05-14 11:00", last: "2025-05-19 00:15",
			formats:  map[string]int{"talk": 95, "information": 30, "class": 24, "exhibition": 20, "plenary": 13, "workshop": 12, "break": 12, "event": 10, "summit": 8},
			findings: map[string]int{"length_zero": 30, "title_prefix": 11, "format_read": 6, "labels_read": 2, "markup_dropped": 1},
			title:    "PyCon 2025 All Events",
		},
		{
			file: "nicar-2019.sessions.csv", format: "csv", zone: "America/Los_Angeles", sessions: 257, slots: 257, spaces: 22, hosts: 306, codes: 257,
			first: "2019-03-06 23:00", last: "2019-03-10 19:30",
			formats:  map[string]int{"workshop": 115, "discussion": 65, "General": 27, "demonstration": 26, "Commons": 16, "class": 6, "Brownbag": 1, "Special": 1},
			findings: map[string]int{"columns_guessed": 1, "column_dropped": 3, "format_read": 4, "role_dropped": 1, "people_split": 1, "affiliation_differs": 32, "booking_without_seats": 27, "price_unsaid": 26},
		},
		{
			file: "coscup-2023.sessions.json", format: "sessions-json", zone: "Asia/Taipei", sessions: 352, slots: 352, spaces: 28, hosts: 415, tracks: 39, codes: 352,
			links: 1017, first: "2023-07-29 00:50", last: "2023-07-30 09:05",
			formats:  map[string]int{"": 352},
			findings: map[string]int{"text_same": 4, "element_dropped": 1, "tag_dropped": 1, "link_dropped": 13},
		},
	} {
		t.Run(row.file, func(t *testing.T) {
			r := mustRead(t, row.file, string(sample(t, row.file)), Options{Zone: row.zone})
			if err := wholeRecords(r); err != nil {
				t.Error(err)
			}
			slots, links, materials, codes := 0, 0, 0, 0
			formats, findings := map[string]int{}, map[string]int{}
			first, last := "9", ""
			for _, s := range r.Sessions {
				slots, links, materials = slots+len(s.Slots), links+len(s.Links), materials+len(s.Materials)
				formats[s.Format]++
				if s.Code != "" {
					codes++
				}
				for _, slot := range s.Slots {
					first, last = min(first, slot.Start.Format("2006-01-02 15:04")), max(last, slot.End.Format("2006-01-02 15:04"))
				}
			}
			for _, f := range r.Report {
				findings[f.Code]++
			}
			for _, n := range []struct {
				name      string
				got, want int
			}{
				{"sessions", len(r.Sessions), row.sessions}, {"slots", slots, row.slots}, {"spaces", len(r.Spaces), row.spaces}, {"hosts", len(r.Hosts), row.hosts},
				{"tracks", len(r.Tracks), row.tracks}, {"links", links, row.links}, {"materials", materials, row.materials}, {"codes", codes, row.codes},
			} {
				if n.got != n.want {
					t.Errorf("%d %s, want %d", n.got, n.name, n.want)
				}
			}
			if r.Format != row.format || first != row.first || last != row.last {
				t.Errorf("%s from %s to %s, want %s from %s to %s", r.Format, first, last, row.format, row.first, row.last)
			}
			sameCounts(t, "formats", formats, row.formats)
			sameCounts(t, "findings", findings, row.findings)
			e := r.Event
			if e.Zone != row.zoneSaid || e.Title.String() != row.title || e.DayChange != row.dayChange || string(e.Start) != row.from || string(e.End) != row.until {
				t.Errorf("event %+v", e)
			}
		})
	}
}

func sameCounts(t *testing.T, what string, got, want map[string]int) {
	t.Helper()
	for k := range got {
		if got[k] != want[k] {
			t.Errorf("%s: %q %d times, want %d", what, k, got[k], want[k])
		}
	}
	for k := range want {
		if _, ok := got[k]; !ok {
			t.Errorf("%s: no %q, want %d", what, k, want[k])
		}
	}
}

// The files beside them that hold no programme are refused in words.
func TestSamples_withoutAProgrammeAreRefused(t *testing.T) {
	for _, row := range []struct{ file, code, args string }{
		{"coscup-2023.communities.json", "import_unknown_content", "map[found:{communities: …}]"},
		{"coscup-2023.booths.svg", "import_unknown_content", "map[found:<svg>]"},
		{"fosdem-2026.stands.yaml", "import_not_table", "map[]"},
	} {
		t.Run(row.file, func(t *testing.T) {
			_, err := Read(row.file, sample(t, row.file), Options{Zone: "UTC"})
			wantError(t, err, kernel.Invalid, row.code, row.args)
		})
	}
}

func TestSamples_areUnderstood(t *testing.T) {
	t.Run("an eight-hour event and a text in HTML", func(t *testing.T) {
		r := mustRead(t, "f.xml", string(sample(t, "fosdem-2026.schedule.xml")), Options{Zone: "UTC"})
		long := 0
		for _, s := range r.Sessions {
			for _, slot := range s.Slots {
				if slot.End.Sub(slot.Start).Hours() == 8 {
					long++
				}
			}
			for _, text := range s.Abstract {
				if hasMarkup(text) {
					t.Errorf("%s: markup is left in %q", s.Code, clip(text, 200))
				}
			}
		}
		if long != 1 || len(r.Venues) != 1 || r.Venues[0].Address != "Brussels" {
			t.Errorf("%d events of eight hours, venues %+v", long, r.Venues)
		}
	})
	t.Run("naive times on the Sunday on which the clocks change", func(t *testing.T) {
		r := mustRead(t, "n.csv", string(sample(t, "nicar-2019.sessions.csv")), Options{Zone: "America/Los_Angeles"})
		for _, s := range r.Sessions {
			slot := s.Slots[0]
			offset := "-0800"
			if slot.Start.In(zoneNamed("America/Los_Angeles")).Format("2006-01-02") == "2019-03-10" {
				offset = "-0700"
			}
			if got := slot.Start.In(zoneNamed("America/Los_Angeles")).Format("-0700"); got != offset {
				t.Errorf("%s starts at an offset of %s", s.Key, got)
			}
		}
	})
	t.Run("Spanish among English, and what stands in brackets", func(t *testing.T) {
		r := mustRead(t, "p.ics", string(sample(t, "pycon-us-2025.ics")), Options{Zone: "America/New_York"})
		for _, s := range r.Sessions {
			if strings.HasPrefix(s.Title.String(), "[") {
				t.Errorf("a prefix is left in %q", s.Title)
			}
		}
		for _, h := range r.Hosts {
			if strings.ContainsAny(h.Name, "<>") || len(h.Name) > 60 {
				t.Errorf("a host is called %q", h.Name)
			}
		}
	})
	t.Run("texts in Chinese and in English", func(t *testing.T) {
		r := mustRead(t, "c.json", string(sample(t, "coscup-2023.sessions.json")), Options{Zone: "Asia/Taipei"})
		both := 0
		for _, s := range r.Sessions {
			if s.Title["zh"] != "" && s.Title["en"] != "" {
				both++
			}
			if s.Slots[0].State != festival.Planned || len(s.Languages) == 0 {
				t.Errorf("session %s: %+v", s.Key, s)
			}
		}
		if both != 62 {
			t.Errorf("%d titles in both languages, want 62", both)
		}
	})
}
