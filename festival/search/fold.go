package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold makes texts comparable that people take for the same: without case;
// without the accents and vowel signs of the Latin, Greek, Cyrillic, Arabic and
// Hebrew scripts, in which readers leave them out; in one form where Unicode
// has several (full-width letters, ligatures, presentation forms); digits of
// any script as 0 to 9. Marks of other scripts stay: in Devanagari or Thai they
// are letters. Invisible joiners and direction marks go.
func Fold(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	out := make([]byte, 0, len(s))
	strips := false // the letter before is written as one of a script whose marks go
	for _, r := range norm.NFKD.String(s) {
		if r >= utf8.RuneSelf && unicode.Is(unicode.Mn, r) {
			if !strips {
				out = utf8.AppendRune(out, r)
			}
			continue
		}
		if r >= utf8.RuneSelf && (unicode.Is(unicode.Cf, r) || r == tatweel) {
			continue
		}
		strips = r < utf8.RuneSelf || unicode.In(r, stripped...)
		r = unicode.ToLower(r)
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
		} else if same, ok := alike[r]; ok {
			out, strips = append(out, same...), true
		} else if unicode.Is(unicode.Nd, r) {
			out, strips = append(out, digit(r)), true
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	// NFKD took Hangul syllables and kana apart; their marks are letters.
	return string(norm.NFC.Bytes(out))
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

var stripped = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Hebrew}

// tatweel only makes an Arabic word wider.
const tatweel = '\u0640'

// alike are letters that Unicode does not take apart, by what people type for
// them.
var alike = map[rune]string{
	// Latin
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ı': "i", 'ħ': "h", 'ŋ': "n", 'ŧ': "t",
	'ə': "e", 'ɓ': "b", 'ɗ': "d", 'ƙ': "k", '’': "'", 'ʼ': "'",
	// Greek: the sigma at the end of a word
	'ς': "σ",
	// Arabic: alef wasla, alef maqsura, teh marbuta; the Persian kaf and yeh
	'ٱ': "ا", 'ى': "ي", 'ة': "ه", 'ک': "ك", 'ی': "ي",
	// Hebrew: the forms of letters at the end of a word
	'ך': "כ", 'ם': "מ", 'ן': "נ", 'ף': "פ", 'ץ': "צ",
}

// digit gives the ASCII digit of a decimal digit of any script. Unicode keeps
// them in blocks of ten, so that the place in the block is the value.
func digit(r rune) byte {
	for _, block := range unicode.Nd.R16 {
		if lo := rune(block.Lo); r >= lo && r <= rune(block.Hi) {
			return '0' + byte((r-lo)%10)
		}
	}
	for _, block := range unicode.Nd.R32 {
		if lo := rune(block.Lo); r >= lo && r <= rune(block.Hi) {
			return '0' + byte((r-lo)%10)
		}
	}
	return '0'
}
