package locale

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// small is a catalogue of what every language needs.
const small = `"date.months":"1|2|3|4|5|6|7|8|9|10|11|12","date.months_short":"1|2|3|4|5|6|7|8|9|10|11|12",
"date.weekdays":"1|2|3|4|5|6|7","date.weekdays_short":"1|2|3|4|5|6|7","number.group":" "`

func TestLoad_refuses(t *testing.T) {
	for _, row := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"a key twice in a file", map[string]string{"a.en.json": `{"a.b":"1","a.b":"2"}`}, `a.en.json: "a.b" is already in a.en.json`},
		{"a key in two rooms", map[string]string{"a.en.json": `{"a.b":"1"}`, "b.en.json": `{"a.b":"1"}`}, `b.en.json: "a.b" is already in a.en.json`},
		{"a key that one language lacks", map[string]string{"a.en.json": `{"a.b":"1","a.c":"2"}`, "a.fr.json": `{"a.b":"1"}`}, `fr lacks "a.c", which en has`},
		{"a key that English lacks", map[string]string{"a.en.json": `{"a.b":"1"}`, "a.fr.json": `{"a.b":"1","a.c":"2"}`}, `en lacks "a.c", which fr has`},
		{"a form that no language has", map[string]string{"a.en.json": `{"a.b":{"one":"1","several":"2"}}`}, `"several" is no plural form`},
		{"a plural without other", map[string]string{"a.en.json": `{"a.b":{"one":"1"}}`}, `no form "other"`},
		{"an empty text", map[string]string{"a.en.json": `{"a.b":""}`}, `has no text`},
		{"code in a text", map[string]string{"a.en.json": `{"a.b":"{{if .n}}x{{end}}"}`}, `a placeholder is written {{.name}}`},
		{"no JSON", map[string]string{"a.en.json": `["a"]`}, `is not a JSON object`},
		{"a file cut off", map[string]string{"a.en.json": `{"a.b":"1"`}, `a.en.json`},
		{"no English", map[string]string{"a.fr.json": `{` + small + `}`}, `no catalogue for en`},
		{"a file of no language", map[string]string{"a.en.json": `{` + small + `}`, "notes.json": `{` + small + `}`}, `notes`},
		{"eleven months", map[string]string{"a.en.json": `{` + strings.Replace(small, "|12", "", 1) + `}`}, `date.months: needs 12 names`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := load(mapFS(row.files))
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want …%s…", err, row.want)
			}
		})
	}
}

func mapFS(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

// A translator's language has all its plural forms without a line of Go.
func TestLoad_takesALanguageOfManyForms(t *testing.T) {
	c, err := load(mapFS(map[string]string{
		"en.json": `{` + small + `,"a.seats":{"one":"{{.n}} seat","other":"{{.n}} seats"}}`,
		"pl.json": `{` + small + `,"a.seats":{"one":"{{.n}} miejsce","few":"{{.n}} miejsca","many":"{{.n}} miejsc","other":"{{.n}} miejsca"}}`,
		"ar.json": `{` + small + `,"a.seats":{"zero":"z{{.n}}","one":"o{{.n}}","two":"t{{.n}}","few":"f{{.n}}","many":"m{{.n}}","other":"x{{.n}}"}}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Languages(); !slices.Equal(got, []string{"en", "ar", "pl"}) {
		t.Errorf("languages %v", got)
	}
	for _, row := range []struct {
		lang string
		n    int
		want string
	}{
		{"pl", 1, "1 miejsce"}, {"pl", 3, "3 miejsca"}, {"pl", 5, "5 miejsc"}, {"pl", 22, "22 miejsca"}, {"pl", 1002, "1 002 miejsca"},
		{"ar", 0, "z0"}, {"ar", 1, "o1"}, {"ar", 2, "t2"}, {"ar", 7, "f7"}, {"ar", 99, "m99"}, {"ar", 100, "x100"},
		{"en", 1, "1 seat"}, {"nl", 2, "2 seats"}, {"pl-PL", 1, "1 miejsce"},
	} {
		if got := c.For(row.lang).N("a.seats", row.n); got != row.want {
			t.Errorf("%s %d: got %q, want %q", row.lang, row.n, got, row.want)
		}
	}
	if got := c.For("ar").Dir(); got != "rtl" {
		t.Errorf("Arabic runs %s", got)
	}
}

// Every language says the same: the same placeholders, all plural forms that
// its own rules ask for. (Load itself refuses a missing key.)
func TestCatalogues_areComplete(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	en := c.For(fallback)
	if len(en.keys()) < 40 {
		t.Fatalf("only %d messages: the files are not embedded", len(en.keys()))
	}
	for _, lang := range c.Languages() {
		p := c.For(lang)
		needed := neededForms(p)
		for _, key := range en.keys() {
			m, model := p.messages[key], en.messages[key]
			if got, want := placeholdersOf(m), placeholdersOf(model); !slices.Equal(got, want) {
				t.Errorf("%s: %q has the placeholders %v, English has %v", lang, key, got, want)
			}
			if (m.forms == nil) != (model.forms == nil) {
				t.Errorf("%s: %q is counted in one language and not in the other", lang, key)
			}
			if m.forms == nil {
				continue
			}
			for _, form := range needed {
				if _, ok := m.forms[form]; !ok && form != "other" {
					t.Errorf("%s: %q lacks the plural form %q", lang, key, form)
				}
			}
			for form := range m.forms {
				if !slices.Contains(needed, form) {
					t.Errorf("%s: %q has a form %q, which the language does not", lang, key, form)
				}
			}
		}
	}
}

// neededForms asks the rules of a language for the forms of whole numbers.
func neededForms(p *Printer) []string {
	found := map[string]bool{}
	for n := range 1000 {
		found[p.form(n)] = true
	}
	found[p.form(1000000)] = true
	var forms []string
	for _, c := range categories {
		if found[c] {
			forms = append(forms, c)
		}
	}
	return forms
}

func placeholdersOf(m *message) []string {
	var all []string
	for _, p := range m.phrases() {
		all = append(all, p.names()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestCatalogues_Match(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, header string
		offered      []string
		want         string
	}{
		{"the reader's first language", "fr-CA,en;q=0.5", []string{"en", "fr"}, "fr"},
		{"weights decide, not the order", "en;q=0.2,fr;q=0.9", []string{"en", "fr"}, "fr"},
		{"nothing that fits: the first offered", "ko", []string{"fr", "en"}, "fr"},
		{"no header", "", []string{"fr", "en"}, "fr"},
		{"an unreadable header", "\x00;;q=q", []string{"fr", "en"}, "fr"},
		{"a header of ten thousand bytes", strings.Repeat("en,", 3334), []string{"fr", "en"}, "fr"},
		{"an offer without a catalogue is passed over", "ko,fr;q=0.5", []string{"ko", "fr"}, "fr"},
		{"no offer that we speak: all that we speak", "fr", []string{"ko"}, "fr"},
		{"no offer at all", "de", nil, "en"},
		{"anything is welcome", "*", []string{"fr", "en"}, "fr"},
	} {
		t.Run(row.name, func(t *testing.T) {
			for range 2 { // once built, once kept
				if got := c.Match(row.header, row.offered); got != row.want {
					t.Errorf("got %q, want %q", got, row.want)
				}
			}
		})
	}
}

func TestDirection(t *testing.T) {
	for lang, want := range map[string]string{
		"ar": "rtl", "he": "rtl", "fa": "rtl", "ur": "rtl", "yi": "rtl", "dv": "rtl", "ckb": "rtl", "ps": "rtl", "az-Arab": "rtl", "ar-EG": "rtl",
		"en": "ltr", "fr": "ltr", "zh-Hant": "ltr", "ar-Latn": "ltr", "ku": "ltr", "": "ltr", "?!": "ltr",
	} {
		if got := Direction(lang); got != want {
			t.Errorf("%q runs %s, want %s", lang, got, want)
		}
	}
}
