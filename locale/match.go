package locale

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// Match chooses the language of a page: the one of offered that serves best
// whoever sent an Accept-Language header (RFC 9110, 12.5.4), among those that
// have a catalogue; all of these if none of offered has. If nothing fits, or
// the header cannot be read, it is the first.
func (c *Catalogues) Match(acceptLanguage string, offered []string) string {
	m := c.matcher(offered)
	if acceptLanguage == "" || len(acceptLanguage) > maxAccept {
		return m.offered[0]
	}
	if lang, ok := m.known(acceptLanguage); ok {
		return lang
	}
	lang := m.choose(acceptLanguage)
	m.remember(acceptLanguage, lang)
	return lang
}

// choose reads the header.
func (m *matcher) choose(acceptLanguage string) string {
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return m.offered[0]
	}
	if _, i, confidence := m.Match(wanted...); confidence != language.No {
		return m.offered[i]
	}
	return m.offered[0]
}

// maxAccept is more than any browser sends, and bounds the work for one that
// means harm.
const maxAccept = 512

// matcher chooses for one offer. Browsers send few different headers, and
// reading one costs as much as the rest of a cached page, so what was chosen is
// remembered for up to maxChosen of them.
type matcher struct {
	language.Matcher
	offered []string

	mu     sync.RWMutex
	chosen map[string]string // by header
}

const maxChosen = 1000

func (m *matcher) known(header string) (string, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	lang, ok := m.chosen[header]
	return lang, ok
}

func (m *matcher) remember(header, lang string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.chosen == nil || len(m.chosen) >= maxChosen {
		m.chosen = map[string]string{}
	}
	m.chosen[strings.Clone(header)] = lang
}

// matcher builds the tables for an offer once: offers are the lists that cities
// and events have, so there are few.
func (c *Catalogues) matcher(offered []string) *matcher {
	name := strings.Join(offered, ",")
	if m, ok := c.matchers.Load(name); ok {
		return m.(*matcher)
	}
	spoken := slices.DeleteFunc(slices.Clone(offered), func(l string) bool { return c.printers[l] == nil })
	if len(spoken) == 0 {
		spoken = c.languages
	}
	tags := make([]language.Tag, len(spoken))
	for i, l := range spoken {
		tags[i] = language.Make(l)
	}
	m := &matcher{Matcher: language.NewMatcher(tags), offered: spoken}
	c.matchers.Store(name, m)
	return m
}

// rightToLeft are the scripts that run from right to left (ISO 15924).
var rightToLeft = []string{"Adlm", "Arab", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi"}

// Direction is the direction in which a language (a BCP 47 tag) is written:
// "rtl" or "ltr", which is also the answer for what is no language.
func Direction(lang string) string {
	tag, err := language.Parse(lang)
	if err != nil {
		return "ltr"
	}
	if script, _ := tag.Script(); slices.Contains(rightToLeft, script.String()) {
		return "rtl"
	}
	return "ltr"
}
