package locale

import (
	"errors"
	"testing"
	"time"

	"feria/kernel"
)

func printers(t testing.TB) (en, fr *Printer) {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.For("en"), c.For("fr")
}

func day(y int, m time.Month, d, h, min int) time.Time {
	return time.Date(y, m, d, h, min, 0, 0, time.UTC)
}

func TestPrinter_writesAsTheLanguageDoes(t *testing.T) {
	en, fr := printers(t)
	april12 := day(2027, time.April, 12, 9, 5)
	april1 := day(2027, time.April, 1, 0, 0)
	for _, row := range []struct {
		name       string
		say        func(p *Printer) string
		inEn, inFr string
	}{
		{name: "a day in full", say: func(p *Printer) string { return p.Date(april12) }, inEn: "Monday 12 April 2027", inFr: "lundi 12 avril 2027"},
		{name: "the first of a month", say: func(p *Printer) string { return p.Date(april1) }, inEn: "Thursday 1 April 2027", inFr: "jeudi 1er avril 2027"},
		{name: "a Sunday is the last day of the week", say: func(p *Printer) string { return p.Date(day(2027, time.April, 18, 0, 0)) }, inEn: "Sunday 18 April 2027", inFr: "dimanche 18 avril 2027"},
		{name: "a day without weekday", say: func(p *Printer) string { return p.DateMedium(april12) }, inEn: "12 April 2027", inFr: "12 avril 2027"},
		{name: "a short day", say: func(p *Printer) string { return p.DateShort(april12) }, inEn: "Mon 12 Apr", inFr: "lun. 12 avr."},
		{name: "no day at all", say: func(p *Printer) string { return p.Date(time.Time{}) + p.Time(time.Time{}) + p.DateTime(time.Time{}) }},
		{name: "a span within a month", say: func(p *Printer) string { return p.Days(april12, day(2027, time.April, 18, 0, 0)) }, inEn: "12–18 April 2027", inFr: "12–18 avril 2027"},
		{name: "a span from the first", say: func(p *Printer) string { return p.Days(april1, april12) }, inEn: "1–12 April 2027", inFr: "1er–12 avril 2027"},
		{name: "a span over two months", say: func(p *Printer) string { return p.Days(april12, day(2027, time.May, 2, 0, 0)) }, inEn: "12 April – 2 May 2027", inFr: "12 avril – 2 mai 2027"},
		{name: "a span over new year", say: func(p *Printer) string {
			return p.Days(day(2027, time.December, 30, 0, 0), day(2028, time.January, 1, 0, 0))
		}, inEn: "30 December 2027 – 1 January 2028", inFr: "30 décembre 2027 – 1er janvier 2028"},
		{name: "a span of one day", say: func(p *Printer) string { return p.Days(april12, april12.Add(time.Hour)) }, inEn: "12 April 2027", inFr: "12 avril 2027"},
		{name: "the time of day", say: func(p *Printer) string { return p.Time(april12) }, inEn: "09:05", inFr: "09:05"},
		{name: "day and time", say: func(p *Printer) string { return p.DateTime(april12) }, inEn: "12 April 2027, 09:05", inFr: "12 avril 2027 à 09:05"},
		{name: "an hour and a half", say: func(p *Printer) string { return p.Duration(90 * time.Minute) }, inEn: "90 min", inFr: "90\u00a0min"},
		{name: "one hour", say: func(p *Printer) string { return p.Duration(time.Hour) }, inEn: "1 h", inFr: "1\u00a0h"},
		{name: "two hours and a half", say: func(p *Printer) string { return p.Duration(150 * time.Minute) }, inEn: "2 h 30 min", inFr: "2\u00a0h 30\u00a0min"},
		{name: "no time", say: func(p *Printer) string { return p.Duration(0) }, inEn: "0 min", inFr: "0\u00a0min"},
		{name: "three days", say: func(p *Printer) string { return p.Duration(72 * time.Hour) }, inEn: "3 days", inFr: "3\u00a0jours"},
		{name: "a small number", say: func(p *Printer) string { return p.Number(999) }, inEn: "999", inFr: "999"},
		{name: "a large number", say: func(p *Printer) string { return p.Number(-1234567) }, inEn: "-1,234,567", inFr: "-1\u202f234\u202f567"},
		{name: "a round thousand", say: func(p *Printer) string { return p.Number(350000) }, inEn: "350,000", inFr: "350\u202f000"},
		{name: "three names", say: func(p *Printer) string { return p.List([]string{"a", "b", "c"}) }, inEn: "a, b and c", inFr: "a, b et c"},
		{name: "two names", say: func(p *Printer) string { return p.List([]string{"a", "b"}) }, inEn: "a and b", inFr: "a et b"},
		{name: "one name", say: func(p *Printer) string { return p.List([]string{"a"}) + p.List(nil) }, inEn: "a", inFr: "a"},
		{name: "the name of a language", say: func(p *Printer) string { return p.LanguageName("fr") }, inEn: "French", inFr: "français"},
		{name: "the name of a language with a script", say: func(p *Printer) string { return p.LanguageName("zh-Hant") }, inEn: "Traditional Chinese", inFr: "chinois traditionnel"},
		{name: "what is no language", say: func(p *Printer) string { return p.LanguageName("no language") }, inEn: "no language", inFr: "no language"},
		{name: "a key without a message", say: func(p *Printer) string { return p.T("no.such") + p.N("no.such", 2) }, inEn: "no.suchno.such", inFr: "no.suchno.such"},
		{name: "nought of something", say: func(p *Printer) string { return p.N("duration.days", 0) }, inEn: "0 days", inFr: "0\u00a0jour"},
		{name: "one of something", say: func(p *Printer) string { return p.N("duration.days", 1) }, inEn: "1 day", inFr: "1\u00a0jour"},
		{name: "a million of something", say: func(p *Printer) string { return p.N("duration.days", 1000000) }, inEn: "1,000,000 days", inFr: "1\u202f000\u202f000\u00a0jours"},
		{name: "a placeholder without value stands out", say: func(p *Printer) string { return p.T("list.last", "most", 1200) }, inEn: "1,200 and {{.last}}", inFr: "1\u202f200 et {{.last}}"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.say(en); got != row.inEn {
				t.Errorf("English: got %q, want %q", got, row.inEn)
			}
			if got := row.say(fr); got != row.inFr {
				t.Errorf("French: got %q, want %q", got, row.inFr)
			}
		})
	}
}

func TestPrinter_writesTimesInTheirOwnZone(t *testing.T) {
	en, _ := printers(t)
	kiritimati := time.FixedZone("+14", 14*3600)
	at := day(2027, time.April, 12, 20, 0).In(kiritimati)
	if got := en.DateTime(at); got != "13 April 2027, 10:00" {
		t.Errorf("got %q", got)
	}
}

func TestPrinter_saysArgumentsOfEveryKind(t *testing.T) {
	_, fr := printers(t)
	for _, row := range []struct {
		value any
		want  string
	}{
		{"2027", "2027"}, {2027, "2\u202f027"}, {int64(5), "5"}, {nil, ""}, {kernel.Invalid, "invalid"},
		{time.Hour, "1\u00a0h"}, {day(2027, time.May, 1, 8, 0), "1er mai 2027 à 08:00"},
		{Text{"en": "hall", "fr": "salle"}, "salle"}, {[]string{"a", "b"}, "a et b"}, {1.5, "1.5"},
	} {
		if got := fr.T("list.last", "most", row.value, "last", "z"); got != row.want+" et z" {
			t.Errorf("%T %v: got %q", row.value, row.value, got)
		}
	}
}

func TestPrinter_Error(t *testing.T) {
	en, fr := printers(t)
	secret := errors.New("dial tcp 10.0.0.7: refused")
	several := kernel.Errors{kernel.New(kernel.Gone, "brand_new", "a"), kernel.New(kernel.NotFound, "not_found", "b")}
	for _, row := range []struct {
		name       string
		err        error
		text, next string
	}{
		{"no error", nil, "", ""},
		{"an error of the house with its next step", kernel.Missing(), "There is nothing under this address.", "Check the address, or start from the first page."},
		{"one that is wrapped", errors.Join(errors.New("look"), kernel.New(kernel.Gone, "brand_new", "")), "This link has had its day.", ""},
		{"a foreign error shows nothing of itself", secret, "Something went wrong here, on our side.", "Please try once more. If it happens again, tell the help desk."},
		{"a code without a sentence gets that of its kind", kernel.New(kernel.TooMany, "brand_new", ""), "That was a little too often. Please wait a moment.", ""},
		{"several complaints are all said", several, "This link has had its day. There is nothing under this address.", ""},
		{"a single complaint of a form", several[:1], "This link has had its day.", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if text, next := en.Error(row.err); text != row.text || next != row.next {
				t.Errorf("got %q, %q", text, next)
			}
		})
	}
	if text, _ := fr.Error(kernel.Missing()); text != "Il n’y a rien à cette adresse." {
		t.Errorf("French: %q", text)
	}
}

func TestPrinter_Text(t *testing.T) {
	_, fr := printers(t)
	for _, row := range []struct {
		name       string
		text       Text
		more       []string
		want, lang string
	}{
		{"the reader's language", Text{"en": "a", "fr": "b"}, []string{"en"}, "b", "fr"},
		{"a variant of it", Text{"en": "a", "fr-CA": "b"}, []string{"en"}, "b", "fr-CA"},
		{"the event's language", Text{"de": "a", "nl": "b"}, []string{"nl", "de"}, "b", "nl"},
		{"any", Text{"ko": "a"}, []string{"en"}, "a", "ko"},
		{"none", nil, []string{"en"}, "", ""},
		{"a language that only begins alike is another", Text{"frr": "a", "en": "b"}, []string{"en"}, "b", "en"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, lang := fr.Text(row.text, row.more...); got != row.want || lang != row.lang {
				t.Errorf("got %q in %q", got, lang)
			}
		})
	}
}

func BenchmarkPrinter_T(b *testing.B) {
	en, _ := printers(b)
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			_ = en.T("list.comma")
		}
	})
	b.Run("filled", func(b *testing.B) {
		for b.Loop() {
			_ = en.T("list.last", "most", "a", "last", "b")
		}
	})
	b.Run("counted", func(b *testing.B) {
		for b.Loop() {
			_ = en.N("duration.days", 12)
		}
	})
	b.Run("date", func(b *testing.B) {
		at := day(2027, time.April, 12, 9, 5)
		for b.Loop() {
			_ = en.Date(at)
		}
	})
}

func TestPrinter_Letter(t *testing.T) {
	c, err := load(mapFS(map[string]string{"en.json": `{` + small + `,
		"a.letter":"Hello {{.name}},\n\n  {{.what}}\n  {{.where}} and {{.when}}\n\nPass: {{.pass}}\n\n\n\nBye\n{{.event}}"}`}))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name string
		data map[string]any
		want string
	}{
		{"all is there", map[string]any{"name": "Ann", "what": "W", "where": "L", "when": 1200, "pass": "P", "event": "E"}, "Hello Ann,\n\n  W\n  L and 1 200\n\nPass: P\n\nBye\nE"},
		{"a line without one of its values goes", map[string]any{"name": "Ann", "what": "W", "where": "L", "pass": " ", "event": "E"}, "Hello Ann,\n\n  W\n\nBye\nE"},
		{"nothing is there", nil, "Bye"},
		{"a value that looks like a placeholder stays", map[string]any{"name": "{{.event}}"}, "Hello {{.event}},\n\nBye"},
		{"a value of two lines stays in its line", map[string]any{"event": "E\nF"}, "Bye\nE\nF"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := c.For("en").Letter("a.letter", row.data); got != row.want {
				t.Errorf("got %q", got)
			}
		})
	}
	if got := c.For("en").Letter("a.none", nil); got != "" {
		t.Errorf("a key without a message gives %q", got)
	}
}
