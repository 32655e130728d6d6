package locale

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed *.json
var embedded embed.FS

// fallback is the language of everybody whose own has no catalogue.
const fallback = "en"

// Catalogues are the messages of Feria in every language that it speaks. They
// do not change once loaded and are safe for concurrent use.
type Catalogues struct {
	languages []string // fallback first, the others by name
	printers  map[string]*Printer
	matchers  sync.Map // of the offers seen, see Match
}

// Load gives the catalogues that are built in: all files "<lang>.json" and
// "<room>.<lang>.json". It fails if a key is defined twice, if a language lacks
// a key that another has, or if a message cannot be read.
func Load() (*Catalogues, error) { return loadOnce() }

var loadOnce = sync.OnceValues(func() (*Catalogues, error) { return load(embedded) })

func load(files fs.FS) (*Catalogues, error) {
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		return nil, err
	}
	byLanguage := map[string]map[string]*message{}
	origin := map[string]string{} // language and key: the file it was found in
	var wrong []error
	for _, name := range names {
		stem := strings.TrimSuffix(name, ".json")
		lang := stem[strings.LastIndexByte(stem, '.')+1:]
		if byLanguage[lang] == nil {
			byLanguage[lang] = map[string]*message{}
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		err = entries(data, func(key string, m *message) error {
			if first, twice := origin[lang+" "+key]; twice {
				return fmt.Errorf("%q is already in %s", key, first)
			}
			origin[lang+" "+key] = name
			byLanguage[lang][key] = m
			return nil
		})
		if err != nil {
			wrong = append(wrong, fmt.Errorf("locale: %s: %w", name, err))
		}
	}
	if err := errors.Join(append(wrong, missing(byLanguage)...)...); err != nil {
		return nil, err
	}
	return assemble(byLanguage)
}

func assemble(byLanguage map[string]map[string]*message) (*Catalogues, error) {
	if byLanguage[fallback] == nil {
		return nil, errors.New("locale: there is no catalogue for " + fallback)
	}
	c := &Catalogues{printers: map[string]*Printer{}}
	bundle := i18n.NewBundle(language.English)
	for lang, messages := range byLanguage {
		tag, err := language.Parse(lang)
		if err != nil {
			return nil, fmt.Errorf("locale: %q is no language: %w", lang, err)
		}
		if err := bundle.AddMessages(tag, pluralProbe); err != nil {
			return nil, fmt.Errorf("locale: %s: %w", lang, err)
		}
		if c.printers[lang], err = newPrinter(lang, tag, messages, i18n.NewLocalizer(bundle, lang)); err != nil {
			return nil, fmt.Errorf("locale: %s: %w", lang, err)
		}
		c.languages = append(c.languages, lang)
	}
	slices.SortFunc(c.languages, func(a, b string) int {
		if (a == fallback) != (b == fallback) {
			if a == fallback {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	return c, nil
}

// entries reads a file key by key: encoding/json alone would let the second of
// two equal keys win in silence.
func entries(data []byte, add func(key string, m *message) error) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("is not a JSON object: %w", err)
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string)
		var value any
		if err := d.Decode(&value); err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
		m, err := read(value)
		if err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
		if err := add(key, m); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// read makes a message of what go-i18n's JSON format writes: a text, or an
// object of plural forms, with a description for the translator if needed.
func read(value any) (*message, error) {
	if object, ok := value.(map[string]any); ok {
		for form := range object {
			if form != "description" && !slices.Contains(categories, form) {
				return nil, fmt.Errorf("%q is no plural form", form)
			}
		}
	}
	raw, err := i18n.NewMessage(value)
	if err != nil {
		return nil, err
	}
	if raw.Other == "" {
		return nil, errors.New(`has no text, or no form "other"`)
	}
	m := &message{}
	if m.other, err = compile(raw.Other); err != nil {
		return nil, err
	}
	for form, text := range map[string]string{"zero": raw.Zero, "one": raw.One, "two": raw.Two, "few": raw.Few, "many": raw.Many} {
		if text == "" {
			continue
		}
		if m.forms == nil {
			m.forms = map[string]phrase{}
		}
		if m.forms[form], err = compile(text); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// missing complains of every key that one language has and another lacks.
func missing(byLanguage map[string]map[string]*message) []error {
	all := map[string]string{}
	for lang, messages := range byLanguage {
		for key := range messages {
			all[key] = lang
		}
	}
	var wrong []error
	for lang, messages := range byLanguage {
		for key, other := range all {
			if messages[key] == nil {
				wrong = append(wrong, fmt.Errorf("locale: %s lacks %q, which %s has", lang, key, other))
			}
		}
	}
	slices.SortFunc(wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return wrong
}

// Languages lists the languages that Feria speaks, English first.
func (c *Catalogues) Languages() []string { return slices.Clone(c.languages) }

// For gives the printer of a language; of its base where only that is spoken
// ("fr" for "fr-CA"), of English for any other.
func (c *Catalogues) For(lang string) *Printer {
	if p, ok := c.printers[lang]; ok {
		return p
	}
	base, _, _ := strings.Cut(lang, "-")
	if p, ok := c.printers[strings.ToLower(base)]; ok {
		return p
	}
	return c.printers[fallback]
}
