// Package locale speaks the reader's language: texts in several languages,
// message catalogues, plurals, dates, numbers, direction.
package locale

import "slices"

// Text is what people read, by BCP 47 language tag ("en", "fr", "zh-Hant").
// The tag "" holds a text whose language is not known.
type Text map[string]string

// In gives the text in the first of the languages that has one, and which
// language that is, so that the page can mark it with lang. If none has, any
// other serves (the alphabetically first, so that the choice is stable); an
// empty Text gives two empty strings.
func (t Text) In(langs ...string) (text, lang string) {
	for _, l := range langs {
		if s := t[l]; s != "" {
			return s, l
		}
	}
	best := ""
	found := false
	for l, s := range t {
		if s != "" && (!found || l < best) {
			best, found = l, true
		}
	}
	return t[best], best
}

// String gives the text in any one language; for logs and sorting of last resort.
func (t Text) String() string { s, _ := t.In(); return s }

// Empty says whether no language has a text.
func (t Text) Empty() bool {
	for _, s := range t {
		if s != "" {
			return false
		}
	}
	return true
}

// Equal says whether both say the same in every language.
func (t Text) Equal(o Text) bool {
	for l, s := range t {
		if o[l] != s {
			return false
		}
	}
	for l, s := range o {
		if t[l] != s {
			return false
		}
	}
	return true
}

// Languages lists the languages that have a text, sorted.
func (t Text) Languages() []string {
	out := make([]string, 0, len(t))
	for l, s := range t {
		if s != "" {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return out
}
