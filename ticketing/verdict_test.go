package ticketing

import (
	"strings"
	"testing"
	"time"

	"feria/locale"
)

func TestVerdict_everyReasonHasItsWords(t *testing.T) {
	cats, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	whys := map[Reason][]Why{
		Invalid: {"", WhyCode}, Revoked: {"", WhyReissued, WhyKey}, InvalidTime: {WhyEarly, WhyLate},
		Rules: {WhyEarly, WhyLate}, NoBooking: {"", WhyWaiting},
	}
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range cats.Languages() {
		p := cats.For(lang)
		try := func(r Scan) string {
			v := r.verdict("Ada")
			v.Gate = locale.Text{"en": "North gate"}
			word, sentence, next := v.Say(p, zone)
			for _, text := range []string{word, sentence, next} {
				if strings.Contains(text, "door.") || strings.Contains(text, "{{") || strings.Contains(text, "<no value>") {
					t.Errorf("%s: %s %s: %q", lang, r.Reason, r.Why, text)
				}
			}
			if word == "" || sentence == "" || (next == "") != (r.Result == OK && r.Why != WhyUnseen) {
				t.Errorf("%s: %s %s: %q %q %q", lang, r.Reason, r.Why, word, sentence, next)
			}
			return sentence
		}
		for _, reason := range Reasons {
			for _, why := range whys[reason] {
				try(Scan{Result: Failed, Reason: reason, Why: why, At: ten, Opens: ten, Closes: ten, Seats: 3, In: 1})
			}
			if whys[reason] == nil {
				s := try(Scan{Result: Failed, Reason: reason, At: ten, First: &First{ten, "g"}, Seats: 3, In: 1, Left: 2})
				if reason == AlreadyRedeemed && !strings.Contains(s, "North gate") {
					t.Errorf("%s: %q does not name the gate", lang, s)
				}
			}
		}
		for _, ok := range []Scan{
			{Direction: Entry, Seats: 1, Passed: 1, In: 1}, {Direction: Entry, Seats: 3, Passed: 1, In: 2}, {Direction: Entry, Seats: 3, Passed: 2, In: 2},
			{Direction: Exit, Seats: 3, In: 1, Passed: 1}, {Direction: Exit, Seats: 3, In: 2, Passed: 1}, {Direction: Exit, Seats: 3, Passed: 1}, {Direction: Exit, Why: WhyUnseen},
		} {
			ok.Result, ok.At = OK, ten
			try(ok)
		}
	}
	v := Scan{Result: Failed, Reason: AlreadyRedeemed, At: ten, First: &First{ten.Add(-26 * time.Hour), "g"}}.verdict("")
	v.Gate = locale.Text{"en": "North gate"}
	if _, s, _ := v.Say(cats.For("en"), zone); !strings.Contains(s, "11 April 2027, 08:00") {
		t.Errorf("an entry of yesterday reads %q", s)
	}
}

func TestSplitInput(t *testing.T) {
	for text, want := range map[string][2]string{
		"FE1:AEAQ\r\n": {"FE1:AEAQ", ""}, " 7kq2-m9xa ": {"", "7KQ2M9XA"}, "7KQ2 M9XO": {"", "7KQ2M9X0"},
		"": {"", ""}, "hello": {"hello", ""}, "FE1:AAAA": {"FE1:AAAA", ""},
	} {
		if token, code := SplitInput(text); token != want[0] || code != want[1] {
			t.Errorf("%q: %q, %q", text, token, code)
		}
	}
}

func TestMistyped(t *testing.T) {
	for text, want := range map[string]int{
		"7KQ2-M9X": 7, "7kq2 m9xaa": 9, "7KQ2M9XA": 0, "": 0, "FE1:": 0, "FE1:AEAQ": 0, "💙🎪": 0, "4006381333931": 0, "<b>": 0,
	} {
		if n := Mistyped(text); n != want {
			t.Errorf("%q: %d, want %d", text, n, want)
		}
	}
}

func TestScan_clocks(t *testing.T) {
	now := ten
	for _, row := range []struct {
		name          string
		scanned, sent time.Time
		want          time.Time
		off           bool
	}{
		{"no clock", time.Time{}, time.Time{}, now, false},
		{"right", now.Add(-time.Minute), time.Time{}, now.Add(-time.Minute), false},
		{"queued since yesterday", now.Add(-20 * time.Hour), now, now.Add(-20 * time.Hour), false},
		{"a day ahead", now.Add(23 * time.Hour), now.Add(24 * time.Hour), now.Add(-time.Hour), true},
		{"a day behind", now.Add(-25 * time.Hour), now.Add(-24 * time.Hour), now.Add(-time.Hour), true},
		{"a few seconds ahead", now.Add(5 * time.Second), time.Time{}, now, false},
		{"in 2099", time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), time.Time{}, now, true},
		{"in 1970", time.Unix(0, 0), time.Time{}, now, true},
		{"in 2099 and knows it", time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2099, 1, 1, 0, 5, 0, 0, time.UTC), now.Add(-5 * time.Minute), true},
		{"in the year 1", time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Add(1), now, now, true},
	} {
		at, off := correct(row.scanned, row.sent, now)
		if !at.Equal(row.want) || off != row.off {
			t.Errorf("%s: %s, off %v", row.name, at, off)
		}
	}
	w := open(t)
	g := w.gate(Gate{Slug: "main"})
	_, token := w.pass("harbour/p1", 1)
	r := w.request(g, token)
	r.ScannedAt = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	if v := w.scan(r); v.Result != OK || !v.ClockOff {
		t.Errorf("verdict %+v", v)
	}
	rows, _, err := w.Scans(t.Context(), ScanQuery{Gate: g.ID})
	if err != nil || len(rows) != 1 || !rows[0].ScannedAt.Equal(r.ScannedAt) || !rows[0].At.Equal(ten) || !rows[0].ClockOff {
		t.Errorf("row %+v, %v", rows, err)
	}
}
