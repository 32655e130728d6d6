package festival_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"feria/festival"
	"feria/festival/intake"
	"feria/locale"
	"feria/store/storetest"
)

// Real programmes go in, once and again, are published, undone, and leave
// nothing for the doctor.
func TestRealProgrammes(t *testing.T) {
	folder := os.Getenv("FERIA_SAMPLES")
	if folder == "" {
		t.Skip("FERIA_SAMPLES names no folder with real programmes")
	}
	for _, row := range []struct{ file, zone string }{
		{"fosdem-2026.schedule.xml", "Europe/Brussels"},
		{"camp-2019.schedule.json", "Europe/Berlin"},
		{"pycon-us-2025.ics", "America/New_York"},
		{"nicar-2019.sessions.csv", "America/Los_Angeles"},
		{"coscup-2023.sessions.json", "Asia/Taipei"},
	} {
		t.Run(row.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(folder, row.file))
			ok(t, err)
			s := festival.New(storetest.Open(t, festival.Collections()...), func() time.Time { return time.Now().UTC() })
			_, err = s.CreateCity(t.Context(), festival.City{ID: "c", Name: locale.Text{"en": "C"}, Zone: row.zone, Locales: []string{"en"}, Color: "#112233"}, "test")
			ok(t, err)
			e, err := s.CreateEvent(t.Context(), festival.Event{City: "c", Slug: "e", Kind: festival.Conference, Title: locale.Text{"en": "E"}, Start: "2026-01-01", End: "2026-01-01"}, "test")
			ok(t, err)
			since := time.Now()
			r, err := intake.Read(row.file, data, intake.Options{Zone: row.zone})
			ok(t, err)
			read := time.Since(since)
			since = time.Now()
			i, err := s.ApplyImport(t.Context(), e.ID, "test", row.file, r, false, nil)
			ok(t, err)
			applied := time.Since(since)
			since = time.Now()
			again, err := s.ApplyImport(t.Context(), e.ID, "test", row.file, r, false, nil)
			ok(t, err)
			unchanged := time.Since(since)
			if added, changed, dropped, _ := again.Counts.Totals(); added+changed+dropped != 0 {
				t.Errorf("the same file again did %+v", again.Counts)
			}
			since = time.Now()
			release, err := s.Publish(t.Context(), e.ID, "test", nil)
			ok(t, err)
			published := time.Since(since)
			since = time.Now()
			p, err := s.Programme(t.Context(), e.ID)
			ok(t, err)
			loaded := time.Since(since)
			since = time.Now()
			clashes := len(festival.Clashes(p, nil))
			clashed := time.Since(since)
			ok(t, s.Check(t.Context(), func(problem string) { t.Errorf("doctor: %s", problem) }))
			since = time.Now()
			undone, err := s.UndoImport(t.Context(), i.ID, "test")
			ok(t, err)
			if d, err := s.Draft(t.Context(), e.ID); err != nil || len(d.Sessions)+len(d.Slots)+len(d.Hosts)+len(d.Spaces) > 0 || len(undone.Kept) > 0 {
				t.Errorf("the undoing left %d sessions (%v), kept %d", len(d.Sessions), err, len(undone.Kept))
			}
			t.Logf("%+v, %d clashes, %d chunks; read %v, imported %v, again %v, published %v, loaded %v, clashes %v, undone %v; XML alone %v",
				release.Counts, clashes, release.Chunks, read, applied, unchanged, published, loaded, clashed, time.Since(since), decoded(data))
		})
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// decoded is how long reading the tokens alone takes.
func decoded(data []byte) time.Duration {
	since := time.Now()
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := d.Token(); err == io.EOF || err != nil {
			return time.Since(since)
		}
	}
}
