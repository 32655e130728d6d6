package locale

import (
	"strings"
	"unicode"
)

// The marks of Unicode between which a text keeps its own direction of writing
// and leaves that of the words around it alone.
const (
	isolateBegins = '\u2068'
	isolateEnds   = '\u2069'
)

// leftwards are the scripts in use that are written from right to left.
var leftwards = []*unicode.RangeTable{
	unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam, unicode.Mandaic, unicode.Samaritan,
}

// Isolated is a value as a sentence may hold it: where it has letters of the other
// direction of writing it is set apart, so that a number or a comma after an Arabic
// name stays where the sentence has it. An address stays as it is: it must work
// where it is copied to.
func (p *Printer) Isolated(value string) string {
	if !p.turns(value) || strings.Contains(value, "://") {
		return value
	}
	return string(isolateBegins) + value + string(isolateEnds)
}

// turns says whether a text has letters that are not written in the direction of
// the language, but for parts that are set apart already.
func (p *Printer) turns(text string) bool {
	apart := 0
	for _, r := range text {
		switch {
		case r == isolateBegins:
			apart++
		case r == isolateEnds:
			apart--
		case apart == 0 && unicode.IsLetter(r) && p.otherWay(r):
			return true
		}
	}
	return false
}

// otherWay says whether a letter is not written in the direction of the language.
func (p *Printer) otherWay(r rune) bool {
	const first = '\u0590' // of the letters written from right to left
	return (r >= first && unicode.In(r, leftwards...)) != (p.dir == "rtl")
}
