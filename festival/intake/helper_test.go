package intake

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
)

// sentences are the catalogues in which every finding and error is put, as
// people read it.
var sentences = func() *locale.Catalogues {
	c, err := locale.Load()
	if err != nil {
		panic(err)
	}
	return c
}()

// mustRead reads a text that must be readable, and looks at its report.
func mustRead(t *testing.T, name, text string, o Options) festival.Records {
	t.Helper()
	r, err := Read(name, []byte(text), o)
	if err != nil {
		t.Fatalf("%s: %v (%v)", name, err, argsOf(err))
	}
	sayAll(t, r.Report)
	return r
}

func fixture(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// sayAll wants a sentence without gaps for every finding in every language.
func sayAll(t *testing.T, report []festival.Finding) {
	t.Helper()
	for _, f := range report {
		var pairs []any
		for k, v := range f.Args {
			pairs = append(pairs, k, v)
		}
		for _, lang := range sentences.Languages() {
			p := sentences.For(lang)
			if s := p.T("finding."+f.Code, pairs...); !p.Has("finding."+f.Code) || strings.Contains(s, "{{") || strings.Contains(s, "no value") {
				t.Errorf("%s: finding %s says %q", lang, f.Code, s)
			}
		}
		if f.Level != festival.Guessed && f.Level != festival.Lost && f.Level != festival.Repaired {
			t.Errorf("finding %s has the level %q", f.Code, f.Level)
		}
	}
}

func argsOf(err error) map[string]any {
	if e, ok := err.(*kernel.Error); ok {
		return e.Args
	}
	return nil
}

// count says how many findings of a code are in the report.
func count(r festival.Records, code string) int {
	n := 0
	for _, f := range r.Report {
		if f.Code == code {
			n++
		}
	}
	return n
}

// finding gives the first finding of a code, about a record whose name holds a
// word.
func finding(t *testing.T, r festival.Records, code, record string) festival.Finding {
	t.Helper()
	for _, f := range r.Report {
		if f.Code == code && strings.Contains(f.Record, record) {
			return f
		}
	}
	t.Fatalf("no finding %s about %q in %v", code, record, codesOf(r))
	return festival.Finding{}
}

func codesOf(r festival.Records) []string {
	var out []string
	for _, f := range r.Report {
		out = append(out, f.Code)
	}
	return out
}

// wantCodes wants exactly these codes of findings, in any order.
func wantCodes(t *testing.T, r festival.Records, want ...string) {
	t.Helper()
	got := codesOf(r)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("findings %v, want %v", got, want)
	}
}

// titled gives the session of a title in any language.
func titled(t *testing.T, r festival.Records, title string) festival.RecordSession {
	t.Helper()
	for _, s := range r.Sessions {
		for _, text := range s.Title {
			if text == title {
				return s
			}
		}
	}
	t.Fatalf("no session %q", title)
	return festival.RecordSession{}
}

// slotTimes gives the slots of a session as "start–end", in a zone.
func slotTimes(s festival.RecordSession, zone string) []string {
	loc := zoneNamed(zone)
	var out []string
	for _, slot := range s.Slots {
		out = append(out, slot.Start.In(loc).Format("2006-01-02 15:04")+"–"+slot.End.In(loc).Format("01-02 15:04"))
	}
	return out
}

func wantTimes(t *testing.T, s festival.RecordSession, zone string, want ...string) {
	t.Helper()
	if got := slotTimes(s, zone); !slices.Equal(got, want) {
		t.Errorf("%s: times %v, want %v", s.Title, got, want)
	}
}

func utc(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}
