package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// words calls each for every word of a text, folded. Where words are not spaced
// (Han, kana, Thai, Lao, Khmer, Burmese) each letter and each pair of
// neighbours is a word; a letter is a base with its marks. Words that hold others
// without a space are words in these parts too: see inside.
func words(text string, each func(word string)) {
	split(Fold(text), func(word string, spaced bool) {
		if spaced {
			each(word)
			inside(word, each)
			return
		}
		letters := clusters(word)
		for i, letter := range letters {
			each(letter)
			if i > 0 {
				each(letters[i-1] + letter)
			}
		}
	})
}

// articles are what Arabic writes onto a word, folded: "the", alone and after
// "and", "with", "like", "so", and "for the".
var articles = []string{"ال", "وال", "بال", "كال", "فال", "لل"}

// maxPart is the most bytes of a part of a Korean word, 30 syllables: what is longer
// is a text without spaces, and may not cost its length times itself.
const maxPart = 90

// inside calls each for what somebody may look for in a longer word: an Arabic
// word without its article, and a Korean one from each of its syllables on, for
// 평생학습 is found by 학습. A single letter is no such part.
func inside(word string, each func(part string)) {
	if ascii(word) {
		return
	}
	for _, article := range articles {
		if rest, ok := strings.CutPrefix(word, article); ok && utf8.RuneCountInString(rest) >= 3 {
			each(rest)
		}
	}
	for i, r := range word {
		if i > 0 && unicode.Is(unicode.Hangul, r) && i+utf8.RuneLen(r) < len(word) {
			part := word[i:]
			if len(part) > maxPart {
				part = strings.ToValidUTF8(part[:maxPart], "")
			}
			each(part)
		}
	}
}

// split cuts a folded text into runs of letters, digits and marks. A run is
// either of scripts with spaces between words or of ones without.
func split(folded string, each func(run string, spaced bool)) {
	start, spaced := -1, false
	end := func(at int) {
		if start >= 0 {
			each(folded[start:at], spaced)
			start = -1
		}
	}
	for i, r := range folded {
		if r < utf8.RuneSelf {
			if !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') {
				end(i)
				continue
			}
		} else if !unicode.In(r, unicode.L, unicode.N, unicode.M) {
			end(i)
			continue
		}
		isSpaced := r < utf8.RuneSelf || !unicode.In(r, unspaced...) && !isKanaMark(r)
		if unicode.Is(unicode.M, r) && start >= 0 {
			isSpaced = spaced // a mark goes with its letter
		}
		if start >= 0 && isSpaced != spaced {
			end(i)
		}
		if start < 0 {
			start, spaced = i, isSpaced
		}
	}
	end(len(folded))
}

var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan}

// isKanaMark says whether a rune belongs to kana though Unicode counts it to no
// script: the long vowel sign.
func isKanaMark(r rune) bool { return r == 'ー' }

// clusters cuts a run into bases with their marks.
func clusters(run string) []string {
	var out []string
	start := 0
	for i, r := range run {
		if i > 0 && !unicode.Is(unicode.M, r) {
			out = append(out, run[start:i])
			start = i
		}
	}
	return append(out, run[start:])
}

// term is one thing a query asks for.
type term struct {
	word   string
	prefix bool // any word that begins so
}

// query cuts what somebody typed into terms, all of which must be found. The
// last word may be unfinished. So may every Korean one, since particles are
// written onto the word.
func query(typed string) []term {
	var out []term
	folded := Fold(typed)
	split(folded, func(run string, spaced bool) {
		if spaced {
			r, _ := utf8.DecodeRuneInString(run)
			out = append(out, term{run, unicode.Is(unicode.Hangul, r)})
			return
		}
		letters := clusters(run)
		if len(letters) == 1 {
			out = append(out, term{run, false})
		}
		for i := 1; i < len(letters); i++ {
			out = append(out, term{letters[i-1] + letters[i], false})
		}
	})
	if len(out) > 0 {
		out[len(out)-1].prefix = true
	}
	return out
}
