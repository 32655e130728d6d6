// Package feed gives a programme out to other programs: iCalendar (RFC 5545,
// RFC 7986), frab schedule.xml, schedule.json version 1, and schema.org JSON-LD.
// It only writes; package intake reads.
//
// Every text goes through clean first, whatever the format, so that no control
// character of an entry can change what a calendar, a parser or a page makes of
// the rest.
package feed

import (
	"strings"
	"unicode/utf8"

	"feria/festival"
	"feria/locale"
)

// Options says for whom a feed is written.
type Options struct {
	BaseURL   string // public address of the installation, "https://festival.example", without the event
	Lang      string // language wanted first, BCP 47; "" takes the event's
	Generator string // version of Feria
	// Cancelled is the word before the title of a cancelled slot in frab feeds,
	// which know no state of a slot; "" is "Cancelled".
	Cancelled string
}

// eventURL is the address of an event's page.
func (o Options) eventURL(p *festival.Programme) string {
	return strings.TrimRight(o.BaseURL, "/") + "/" + p.Event.Slug
}

// sessionURL is the address of a session's page.
func (o Options) sessionURL(p *festival.Programme, s festival.Session) string {
	return o.eventURL(p) + "/sessions/" + s.Code
}

// languages is the order in which texts are looked for: the reader's, then the
// event's.
func (o Options) languages(p *festival.Programme) []string {
	out := make([]string, 0, 1+len(p.Event.Locales))
	if o.Lang != "" {
		out = append(out, o.Lang)
	}
	return append(out, p.Event.Locales...)
}

// say gives the text in the first language that has one, cleaned.
func say(t locale.Text, langs []string) string {
	s, _ := t.In(langs...)
	return clean(s)
}

// hostName is the name of a host in the reader's language, the first of langs,
// where it has one of its own there.
func hostName(h festival.Host, langs []string) string {
	if len(langs) > 0 {
		if s := h.Names[langs[0]]; s != "" {
			return clean(s)
		}
	}
	if h.Name != "" {
		return clean(h.Name)
	}
	return say(h.Names, langs)
}

// clean takes out of a text what has no business in one. Line ends of all sorts
// (CR LF, CR, vertical tab, form feed, NEL, U+2028, U+2029) become "\n"; other
// control characters and noncharacters go; bytes that are not UTF-8 become
// U+FFFD. Tabs stay. A clean text comes back as it is, without a copy.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\r':
			b.WriteByte('\n')
			if strings.HasPrefix(s[i+1:], "\n") {
				n++
			}
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029:
			b.WriteByte('\n')
		case !control(r):
			b.WriteRune(r) // RuneError for a byte that is not UTF-8
		}
		i += n
	}
	return b.String()
}

// isClean looks without writing; almost every text is clean.
func isClean(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < 0x20 && c != '\n' && c != '\t' || c == 0x7f {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || control(r) || r == 0x2028 || r == 0x2029 {
			return false
		}
		i += n
	}
	return true
}

// control says whether a rune is a control character (C0, DEL, C1) or one that
// Unicode promises never to be a character, which XML refuses too.
func control(r rune) bool {
	return r < 0x20 || r >= 0x7f && r <= 0x9f || r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef
}

// oneLine is for what must not hold a line end.
func oneLine(s string) string {
	s = clean(s)
	if !strings.ContainsAny(s, "\n\t") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// uri makes a text fit to stand as an address: what RFC 3986 does not allow is
// percent-encoded, so that it can neither end the line nor the value.
func uri(s string) string {
	const hex = "0123456789ABCDEF"
	s = strings.TrimSpace(clean(s))
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c <= 0x20 || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
