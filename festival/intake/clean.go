package intake

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"feria/festival"
)

// maxLine and maxText are what the forms of package festival take, in
// characters; longer texts of files are cut, and the report says so.
const (
	maxLine  = 300
	maxText  = 100_000
	maxLinks = 500
)

// line makes one line of a text: no markup, no entities, no line breaks.
func (b *book) line(s, field, record string, at int) string {
	if strings.IndexByte(s, '<') >= 0 && hasMarkup(s) {
		s = plain(s)
	} else if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	if strings.Contains(s, "](") { // a link written in Markdown, which a line does not show
		if without := linkInLine.ReplaceAllString(s, "$1"); without != s {
			b.tally(festival.Lost, "markup_dropped", "[…](…)", record, at)
			s = without
		}
	}
	s = oneLine(s)
	if len(s) > maxLine && utf8.RuneCountInString(s) > maxLine {
		b.note(festival.Lost, "text_cut", record, at, "field", field, "max", maxLine)
		s = clip(s, maxLine)
	}
	return s
}

var linkInLine = regexp.MustCompile(`\[([^\[\]]+)\]\((?:https?|mailto):[^\s()]*\)`)

// oneLine collapses white space of every kind, also Unicode's line separators.
func oneLine(s string) string {
	clean := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c == 0x7f || c >= 0x80 || c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f && r <= 0xa0 || r == '\u2028' || r == '\u2029' || r == '\uFEFF'
	}), " ")
}

// long makes Markdown of a text that may be HTML.
func (b *book) long(s, field, record string, at int) string {
	if strings.ContainsAny(s, "<&") && hasMarkup(s) {
		var dropped []string
		s, dropped = markdown(s)
		for _, d := range dropped {
			b.tally(festival.Lost, "markup_dropped", d, record, at)
		}
	} else {
		if strings.IndexByte(s, '&') >= 0 {
			s = unescapeNamed(s)
		}
		s = tidy(s)
	}
	return b.bounded(s, field, record, at)
}

// bounded cuts a text that is longer than any form takes.
func (b *book) bounded(s, field, record string, at int) string {
	if len(s) > maxText && utf8.RuneCountInString(s) > maxText {
		b.note(festival.Lost, "text_cut", record, at, "field", field, "max", maxText)
		s = clip(s, maxText)
	}
	return s
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n", "\f", "\n", "\u0085", "\n")

// tidy gives a text one kind of line end and at most one blank line in a row.
func tidy(s string) string {
	if strings.IndexByte(s, '\r') >= 0 || strings.IndexByte(s, '\f') >= 0 || strings.Contains(s, "\u2028") || strings.Contains(s, "\u2029") || strings.Contains(s, "\u0085") {
		s = lineEnds.Replace(s)
	}
	s = strings.TrimSpace(s)
	for strings.Contains(s, "\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	return s
}

// unescapeNamed resolves the entities that can only be left over from HTML.
func unescapeNamed(s string) string {
	for _, e := range []string{"&amp;", "&lt;", "&gt;", "&quot;", "&nbsp;", "&#"} {
		if strings.Contains(s, e) {
			return html.UnescapeString(s)
		}
	}
	return s
}

// link checks an address and makes it whole: relative ones against base, ones
// without a scheme with https. What a page must not link to is dropped.
func (b *book) link(address, title string, base *url.URL, record string, at int) (festival.Link, bool) {
	address = strings.TrimSpace(address)
	if address == "" {
		return festival.Link{}, false
	}
	title = b.line(title, "link", record, at)
	if festival.GoodURL(address) {
		return festival.Link{URL: address, Title: title}, true
	}
	fixed := strings.NewReplacer(" ", "%20", "\t", "", "\n", "", "\r", "").Replace(address)
	u, err := url.Parse(fixed)
	switch {
	case err != nil:
		fixed = ""
	case u.Scheme == "" && u.Host == "" && !strings.HasPrefix(fixed, "/") && domainLike(u.Path):
		fixed = "https://" + fixed
	case u.Scheme == "" && base != nil:
		fixed = base.ResolveReference(u).String()
	}
	if !festival.GoodURL(fixed) {
		b.note(festival.Lost, "link_dropped", record, at, "url", clip(address, 100))
		return festival.Link{}, false
	}
	b.note(festival.Repaired, "link_completed", record, at, "url", clip(address, 100), "taken", clip(fixed, 200))
	return festival.Link{URL: fixed, Title: title}, true
}

// domainLike says whether a path begins like "example.org/…".
func domainLike(path string) bool {
	host, _, _ := strings.Cut(path, "/")
	dot := strings.LastIndexByte(host, '.')
	if dot <= 0 || len(host)-dot < 3 || len(host)-dot > 20 {
		return false
	}
	for _, r := range host[dot+1:] {
		if r < 'a' || r > 'z' {
			return false
		}
	}
	switch host[dot+1:] { // names of files, not of hosts
	case "pdf", "html", "htm", "php", "png", "jpg", "jpeg", "svg", "txt", "doc", "docx", "ppt", "pptx", "odt", "odp", "zip", "aspx":
		return false
	}
	return true
}

// addLink appends a link unless its address is there already.
func addLink(links []festival.Link, l festival.Link) []festival.Link {
	if len(links) >= maxLinks {
		return links
	}
	for _, have := range links {
		if have.URL == l.URL {
			return links
		}
	}
	return append(links, l)
}
