package locale

import (
	"errors"
	"sort"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"feria/kernel"
)

// Printer speaks one language. It is safe for concurrent use.
type Printer struct {
	lang     string
	dir      string
	messages map[string]*message
	names    display.Namer

	plurals *i18n.Localizer
	forms   [256]string // plural categories of the numbers that pages count most

	months, monthsShort, weekdays, weekdaysShort []string
	group                                        string // between thousands
}

// categories are the plural categories of CLDR.
var categories = []string{"zero", "one", "two", "few", "many", "other"}

// pluralProbe is a message whose forms say their own names: so go-i18n, which
// knows the plural rules of CLDR, tells which form a number takes.
var pluralProbe = &i18n.Message{ID: "plural", Zero: "zero", One: "one", Two: "two", Few: "few", Many: "many", Other: "other"}

func newPrinter(lang string, tag language.Tag, messages map[string]*message, plurals *i18n.Localizer) (*Printer, error) {
	p := &Printer{lang: lang, dir: Direction(lang), messages: messages, names: display.Tags(tag), plurals: plurals}
	for n := range p.forms {
		form, err := p.category(n)
		if err != nil {
			return nil, err
		}
		p.forms[n] = form
	}
	return p, p.readNames()
}

func (p *Printer) category(n int) (string, error) {
	return p.plurals.Localize(&i18n.LocalizeConfig{MessageID: pluralProbe.ID, PluralCount: n})
}

// Lang is the printer's language, as in an HTML lang attribute.
func (p *Printer) Lang() string { return p.lang }

// Dir is its direction of writing: "ltr" or "rtl".
func (p *Printer) Dir() string { return p.dir }

// Has says whether there is a message under the key.
func (p *Printer) Has(key string) bool { return p.messages[key] != nil }

// T gives the message under a key, filled with alternating names and values. A
// key without a message gives the key; a test finds such keys in the sources.
func (p *Printer) T(key string, pairs ...any) string {
	m := p.messages[key]
	if m == nil {
		return key
	}
	if len(m.other) == 1 {
		return m.other[0].words
	}
	return m.other.fill(p.among(pairs))
}

// N is T for something counted: it takes the plural form that n has in the
// language, and {{.n}} is the number as the language writes it.
func (p *Printer) N(key string, n int, pairs ...any) string {
	m := p.messages[key]
	if m == nil {
		return key
	}
	values := p.among(pairs)
	return m.form(p.form(n)).fill(func(name string) (string, bool) {
		if name == "n" {
			return p.Number(n), true
		}
		return values(name)
	})
}

// form gives the plural category of a number.
func (p *Printer) form(n int) string {
	if n >= 0 && n < len(p.forms) {
		return p.forms[n]
	}
	form, err := p.category(n)
	if err != nil { // never: the rule answered for all of forms
		return "other"
	}
	return form
}

// Error says in a sentence what went wrong and, where there is one, the next
// step to offer. Several complaints become several sentences. What is not meant
// for people becomes a general apology.
func (p *Printer) Error(err error) (sentence, next string) {
	if err == nil {
		return "", ""
	}
	var several kernel.Errors
	if errors.As(err, &several) && len(several) > 1 {
		said := make([]string, len(several))
		for i, e := range several {
			said[i], _ = p.one(e)
		}
		return strings.Join(said, " "), ""
	}
	var known *kernel.Error
	if errors.As(err, &known) {
		return p.one(known)
	}
	return p.one(kernel.New(kernel.Internal, "internal", ""))
}

func (p *Printer) one(e *kernel.Error) (sentence, next string) {
	code := e.Code
	if !p.Has("error." + code) { // a test finds such codes; the person still gets a sentence
		code = "kind_" + string(e.Kind)
	}
	values := func(name string) (string, bool) {
		v, ok := e.Args[name]
		if !ok {
			return "", false
		}
		return p.say(v), true
	}
	say := func(key string) string {
		m := p.messages[key]
		if m == nil {
			return ""
		}
		if n, ok := e.Args["n"].(int); ok {
			return m.form(p.form(n)).fill(values)
		}
		return m.other.fill(values)
	}
	return say("error." + code), say("error." + code + ".next")
}

// Text chooses from a text in several languages: the reader's language or a
// variant of it, then the first of more that is there, then any. lang is the
// language of the result, for its lang attribute.
func (p *Printer) Text(t Text, more ...string) (text, lang string) {
	if s := t[p.lang]; s != "" {
		return s, p.lang
	}
	variant := ""
	for l, s := range t {
		if s != "" && strings.HasPrefix(l, p.lang+"-") && (variant == "" || l < variant) {
			variant = l
		}
	}
	if variant != "" {
		return t[variant], variant
	}
	return t.In(more...)
}

// LanguageName gives the name of a language (a BCP 47 tag) in the printer's
// language; what is no tag comes back as it is.
func (p *Printer) LanguageName(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	if name := p.names.Name(t); name != "" {
		return name
	}
	return tag
}

// List joins names as the language does: "a, b and c". Each is Isolated.
func (p *Printer) List(names []string) string {
	items := make([]string, len(names))
	for i, name := range names {
		items[i] = p.Isolated(name)
	}
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := len(items) - 1
	return p.T("list.last", "most", strings.Join(items[:last], p.T("list.comma")), "last", items[last])
}

// keys lists all keys, sorted; for tests.
func (p *Printer) keys() []string {
	keys := make([]string, 0, len(p.messages))
	for k := range p.messages {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
