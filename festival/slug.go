package festival

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"feria/kernel"
)

// reserved are the first words of all other addresses (DESIGN.md 6), and some
// that browsers and search engines ask for; no event may have them.
var reserved = map[string]bool{
	"me": true, "passes": true, "console": true, "exhibit": true, "door": true, "api": true, "webhooks": true,
	"healthz": true, "readyz": true, "metrics": true, "imprint": true, "privacy": true, "accessibility": true,
	"sign-in": true, "sign-out": true, "sign-up": true, "uploads": true, "assets": true, "static": true,
	"robots.txt": true, "favicon.ico": true, "sitemap.xml": true, "manifest.webmanifest": true, "well-known": true,
	"confirm": true, "bookings": true, "booking": true, "calendar": true, "search": true, "events": true, "event": true,
	"language": true, "lang": true, "offers": true, "devices": true, "mine": true, "links": true, "admin": true,
	// Words of the console, which stand where an event does there.
	"city": true, "people": true, "mail": true, "jobs": true, "restore": true, "colours": true,
	"help": true, "about": true, "files": true, "media": true, "debug": true, "public": true, "new": true,
}

// Reserved says whether a word is the beginning of another address and can not
// be an event's slug.
func Reserved(word string) bool { return reserved[word] }

const (
	maxSlug = 60
	maxCode = 40
)

var (
	slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	codeForm = regexp.MustCompile(`^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$`)
)

// folds are Latin letters that Unicode does not take apart.
var folds = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ł", "l", "ı", "i", "ħ", "h", "ŋ", "n", "&", " and ")

// Slug makes of a title a word for addresses of at most limit characters: lower
// case, Latin letters without their marks, digits, hyphens, cut between words
// where it can be. Letters of other scripts are left out, not transliterated;
// "" when less than two characters remain, so that the caller draws a code.
func Slug(title string, limit int) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(folds.Replace(strings.ToLower(title))) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r) || r == '\'' || r == '’':
			// a mark, or an apostrophe within a word
		default:
			gap = true
		}
	}
	s := b.String()
	if len(s) > limit {
		cut := strings.LastIndexByte(s[:limit+1], '-')
		if cut < limit/2 {
			cut = limit
		}
		s = strings.TrimRight(s[:cut], "-")
	}
	if len(s) < 2 {
		return ""
	}
	return s
}

// words hands out words that are unique among those taken.
type words struct {
	taken map[string]bool
	last  map[string]int // the number behind the last word of a title
	draw  func() string  // a short code, for titles without Latin letters
}

func newWords() *words {
	return &words{taken: map[string]bool{}, last: map[string]int{}, draw: func() string { return strings.ToLower(kernel.NewCode(6)) }}
}

// take gives the word made of a title, with a number behind it if it is taken.
func (w *words) take(title string, limit int) string {
	base := Slug(title, limit-4) // room for the number
	if base == "" {
		base = w.draw()
	}
	word, n := base, max(w.last[base], 1)
	for w.taken[word] {
		n++
		word = base + "-" + strconv.Itoa(n)
	}
	w.taken[word], w.last[base] = true, n
	return word
}
