package locale

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// phrase is one compiled sentence: words and placeholders in turn. Pages hold
// hundreds of them, so they are cut into pieces once, when the catalogue is read.
type phrase []piece

type piece struct {
	words string
	name  string // of the placeholder that follows the words, "" at the end
}

// placeholder is the only template syntax that catalogues may use; it is the
// one that every go-i18n translator tool understands.
var placeholder = regexp.MustCompile(`\{\{\s*\.([a-z][a-z0-9_]*)\s*\}\}`)

func compile(text string) (phrase, error) {
	var p phrase
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		p = append(p, piece{words: text[at:m[0]], name: text[m[2]:m[3]]})
		at = m[1]
	}
	p = append(p, piece{words: text[at:]})
	for _, c := range p {
		if strings.Contains(c.words, "{{") || strings.Contains(c.words, "}}") {
			return nil, fmt.Errorf("%q: a placeholder is written {{.name}}, in small letters", text)
		}
	}
	return p, nil
}

// names lists the placeholders.
func (p phrase) names() []string {
	var names []string
	for _, c := range p {
		if c.name != "" {
			names = append(names, c.name)
		}
	}
	return names
}

// fill writes the phrase with the values that value gives; a placeholder without
// a value stays as it is, so that the mistake can be seen.
func (p phrase) fill(value func(name string) (string, bool)) string {
	if len(p) == 1 {
		return p[0].words
	}
	var b strings.Builder
	for _, c := range p {
		b.WriteString(c.words)
		if c.name == "" {
			continue
		}
		v, ok := value(c.name)
		if !ok {
			v = "{{." + c.name + "}}"
		}
		b.WriteString(v)
	}
	return b.String()
}

// message is an entry of a catalogue: one phrase for each plural form, or only
// "other" where nothing is counted.
type message struct {
	other phrase
	forms map[string]phrase // by CLDR plural category, nil where nothing is counted
}

// form gives the phrase of a plural category, else "other".
func (m *message) form(category string) phrase {
	if p, ok := m.forms[category]; ok {
		return p
	}
	return m.other
}

// phrases gives all that the message can say.
func (m *message) phrases() []phrase {
	all := []phrase{m.other}
	for _, p := range m.forms {
		all = append(all, p)
	}
	return all
}

// say writes a value as the reader's language writes it. Integers are grouped,
// so a year or a code is handed in as a string. Texts are Isolated.
func (p *Printer) say(v any) string {
	switch v := v.(type) {
	case string:
		return p.Isolated(v)
	case int:
		return p.Number(v)
	case int64:
		return p.Number(int(v))
	case time.Time:
		return p.DateTime(v)
	case time.Duration:
		return p.Duration(v)
	case Text:
		s, _ := p.Text(v)
		return p.Isolated(s)
	case []string:
		return p.List(v)
	case nil:
		return ""
	}
	return fmt.Sprint(v)
}

// among looks a placeholder up in alternating names and values.
func (p *Printer) among(pairs []any) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return p.say(pairs[i+1]), true
			}
		}
		return "", false
	}
}
