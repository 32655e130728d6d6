package feed

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"
	"pgregory.net/rapid"

	"feria/festival/feed/icslint"
)

// pieces are what texts are made of: what iCalendar escapes, what breaks lines,
// letters of one to four octets, marks, right-to-left, joiners, and bytes that
// are no text.
var pieces = []string{
	`\`, ",", ";", ":", `"`, "\n", "\r\n", "\r", "\t", " ", "x", "word ", "ü", "ß", "e\u0301", "漢字", "한", "שָׁלוֹם ", "مَكْتَبَة ",
	"💙", "👩‍👩‍👧‍👦", "🇪🇺", "\u200f", "\u202e", "\u2028", "\u2029", "\u0085", "\x00", "\x07", "\x1b", "\x7f", "\ufeff", "\ufffe",
	"\xff", "\xc3", "\xf0\x9f", `\n`, `\\n`, "\nATTACH:https://evil.example", "\r\nEND:VEVENT\r\n", "BEGIN:VALARM", "<b>&amp;</b>",
}

// scribble makes a text of up to size pieces; one in fifty is as long as 5,000
// characters.
func scribble(rnd *rand.Rand, size int) string {
	n := rnd.IntN(size + 1)
	if rnd.IntN(50) == 0 {
		n = rnd.IntN(5001)
	}
	var b strings.Builder
	for i := 0; i < n; i += 4 {
		piece := pieces[rnd.IntN(len(pieces))]
		for range 1 + rnd.IntN(4) {
			b.WriteString(piece)
		}
	}
	return b.String()
}

func scribbleCalendar(rnd *rand.Rand) Calendar {
	zones := append([]string{"", "Local", "UTC", "Mars/Phobos", scribble(rnd, 3)}, testZones...)
	from := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	until := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	c := Calendar{
		Name: scribble(rnd, 20), Description: scribble(rnd, 40), URL: "https://festival.example/" + scribble(rnd, 20),
		Color: fmt.Sprintf("#%06x", rnd.IntN(1<<24)), Zone: zones[rnd.IntN(len(zones))], Refresh: time.Duration(rnd.IntN(200_000)) * time.Second,
	}
	for i := range rnd.IntN(4) {
		e := Entry{
			UID: fmt.Sprint(i, "@", scribble(rnd, 10)), Sequence: rnd.IntN(5) - 1, Start: time.Unix(from+rnd.Int64N(until-from), 0),
			Zone: zones[rnd.IntN(len(zones))], AllDay: rnd.IntN(5) == 0, Cancelled: rnd.IntN(4) == 0,
			Summary: scribble(rnd, 30), Description: scribble(rnd, 100), Location: scribble(rnd, 20),
			Lat: rnd.Float64()*200 - 100, Lon: rnd.Float64()*400 - 200, Categories: []string{scribble(rnd, 4), scribble(rnd, 4)},
		}
		e.End = e.Start.Add(time.Duration(rnd.IntN(100_000)-10_000) * time.Second)
		if rnd.IntN(2) == 0 {
			e.Modified = e.Start.Add(-time.Hour)
			e.URL = "https://festival.example/" + scribble(rnd, 10)
		}
		c.Entries = append(c.Entries, e)
	}
	return c
}

// What is written is without fault by the linter, and means the same to a
// parser that is not ours (reliability.md 6.1, 6.2).
func TestCalendar_generated(t *testing.T) {
	feeds := 10_000
	if testing.Short() {
		feeds = 1_000
	}
	for seed := range feeds {
		checkScribbled(t, rand.New(rand.NewPCG(uint64(seed), 7)), fmt.Sprint("seed ", seed))
		if t.Failed() {
			return
		}
	}
}

// The same with seeds of rapid's choice, other ones on each run.
func TestCalendar_generatedAnew(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		checkScribbled(rt, rand.New(rand.NewPCG(seed, 7)), fmt.Sprint("seed ", seed))
	})
}

type failer interface {
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

func checkScribbled(t failer, rnd *rand.Rand, name string) {
	c := scribbleCalendar(rnd)
	var b bytes.Buffer
	if err := c.Encode(&b); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, f := range icslint.Check(b.Bytes()) {
		t.Errorf("%s: %v", name, f)
	}
	if len(c.Entries) == 0 {
		return
	}
	cal, err := ical.NewDecoder(&b).Decode()
	if err != nil {
		t.Fatalf("%s: go-ical: %v", name, err)
	}
	events := cal.Events()
	if len(events) != len(c.Entries) {
		t.Fatalf("%s: %d of %d events came back", name, len(events), len(c.Entries))
	}
	for i, e := range c.Entries {
		got := events[i]
		for _, row := range []struct{ property, want string }{
			{"UID", oneLine(e.UID)}, {"SUMMARY", clean(e.Summary)}, {"DESCRIPTION", clean(e.Description)}, {"LOCATION", clean(e.Location)},
			{"STATUS", map[bool]string{true: "CANCELLED", false: "CONFIRMED"}[e.Cancelled]},
		} {
			if s, err := got.Props.Text(row.property); err != nil || s != row.want {
				t.Errorf("%s: %s came back as %q (%v), want %q", name, row.property, s, err, row.want)
			}
		}
		if start, err := got.DateTimeStart(time.UTC); err != nil || !e.AllDay && !start.Equal(e.Start) {
			t.Errorf("%s: start %v came back as %v (%v)", name, e.Start, start, err)
		}
	}
}

func TestClean_twiceIsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		once := clean(text)
		if !isClean(once) || clean(once) != once {
			t.Fatalf("%q became %q, which is not clean", text, once)
		}
	})
}
