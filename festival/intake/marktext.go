package intake

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// text writes a run of text of an HTML document, with what would be Markdown in
// it escaped.
func (w *writer) text(s []byte) {
	if len(s) == 0 {
		return
	}
	if w.pre > 0 {
		w.out = append(w.out, s...)
		return
	}
	switch w.top().tag {
	case atom.Ul, atom.Ol, atom.Tr, atom.Table, atom.Dl:
		if len(bytes.TrimSpace(s)) == 0 {
			return // white space between items
		}
	}
	if len(w.frames) > 1 {
		w.inline(s, w.atLineStart())
		return
	}
	// Outside all elements, people use line breaks as they do in plain text.
	s = bytes.ReplaceAll(bytes.ReplaceAll(s, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	for i, p := range bytes.Split(s, []byte("\n\n")) {
		if i > 0 {
			w.write("\n\n")
		}
		if w.blocks {
			w.inline(p, w.atLineStart())
			continue
		}
		for j, l := range bytes.Split(p, []byte("\n")) {
			if j > 0 {
				w.write("\n")
			}
			w.inline(l, w.atLineStart())
		}
	}
}

func (w *writer) atLineStart() bool {
	s := w.inner()
	return len(s) == 0 || s[len(s)-1] == '\n'
}

// inline collapses white space as browsers do and escapes.
func (w *writer) inline(s []byte, lineStart bool) {
	i := 0
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	if i > 0 && !lineStart {
		w.space()
	}
	if i == len(s) {
		return
	}
	if w.code > 0 {
		w.out = append(w.out, bytes.Join(bytes.Fields(s), []byte(" "))...)
		return
	}
	if lineStart {
		if n := lineMark(s[i:]); n > 0 {
			w.out = append(append(append(w.out, s[i:i+n-1]...), '\\'), s[i+n-1])
			i += n
		}
	}
	link := bytes.Contains(s, []byte("]("))
	for i < len(s) {
		run := i
		for run < len(s) && !special[s[run]] {
			run++
		}
		w.out = append(w.out, s[i:run]...)
		if i = run; i == len(s) {
			break
		}
		if isSpace(s[i]) {
			for i < len(s) && isSpace(s[i]) {
				i++
			}
			w.out = append(w.out, ' ')
			continue
		}
		if marks(s, i, link) {
			w.out = append(w.out, '\\')
		}
		w.out = append(w.out, s[i])
		i++
	}
}

// special are the bytes at which inline has to look closer.
var special = [256]bool{'\\': true, '`': true, '*': true, '_': true, '[': true, '<': true, '&': true, '~': true, ' ': true, '\n': true, '\t': true, '\r': true, '\f': true}

func (w *writer) space() {
	if s := w.inner(); len(s) == 0 || !isSpace(s[len(s)-1]) {
		w.out = append(w.out, ' ')
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// marks says whether Markdown would take the character for a mark. Only then it
// gets a backslash, since calendars show the same text as it stands. Link says
// that the text has something like the middle of a link.
func marks(s []byte, i int, link bool) bool {
	switch s[i] {
	case '\\':
		return i+1 < len(s) && strings.IndexByte("\\`*_{}[]()#+-.!<>&~", s[i+1]) >= 0
	case '`':
		return true
	case '*':
		return !(spaceAt(s, i-1) && spaceAt(s, i+1))
	case '_':
		return !(wordAt(s, i-1) && wordAt(s, i+1)) && !(spaceAt(s, i-1) && spaceAt(s, i+1))
	case '[':
		return link
	case '~':
		return i+1 < len(s) && s[i+1] == '~'
	case '<':
		return i+1 < len(s) && (wordAt(s, i+1) || s[i+1] == '/' || s[i+1] == '!' || s[i+1] == '?')
	case '&':
		head := string(s[i:min(len(s), i+12)])
		return html.UnescapeString(head) != head
	}
	return false
}

// lineMark gives the length of a mark that means something only at the start of
// a line ("# ", "> ", "- ", "1. "), counted to its last character; 0 for none.
func lineMark(s []byte) int {
	switch s[0] {
	case '>':
		return 1
	case '#':
		if n := len(s) - len(bytes.TrimLeft(s, "#")); n < 7 && spaceAt(s, n) {
			return 1
		}
	case '-', '+':
		if spaceAt(s, 1) || len(bytes.Trim(s, "-")) == 0 {
			return 1
		}
	}
	digits := 0
	for digits < len(s) && digits < 10 && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	if digits > 0 && digits < len(s) && (s[digits] == '.' || s[digits] == ')') && spaceAt(s, digits+1) {
		return digits + 1
	}
	return 0
}

func spaceAt(s []byte, i int) bool { return i < 0 || i >= len(s) || isSpace(s[i]) }

func wordAt[T string | []byte](s T, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

// hasMarkup says whether a text is HTML: it has a tag of a known element. A
// text that is Markdown or talks of "a < b" has none.
func hasMarkup(s string) bool { return anyTag(s, func(atom.Atom) bool { return true }) }

// hasBlocks says whether a text has elements that make their own line breaks.
func hasBlocks(s string) bool {
	return anyTag(s, func(a atom.Atom) bool {
		switch a {
		case atom.P, atom.Br, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Table, atom.Tr, atom.Blockquote, atom.Section, atom.Article,
			atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			return true
		}
		return false
	})
}

func anyTag(s string, want func(atom.Atom) bool) bool {
	s = s[:strings.LastIndexByte(s, '>')+1]
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			return false
		}
		s = s[i+1:]
		rest := strings.TrimPrefix(s, "/")
		n := 0
		for n < len(rest) && n < 12 && wordAt(rest, n) && rest[n] < 0x80 {
			n++
		}
		if n == 0 || n == len(rest) || !(rest[n] == '>' || rest[n] == '/' || isSpace(rest[n])) {
			continue
		}
		if a := atom.Lookup([]byte(strings.ToLower(rest[:n]))); a != 0 && element(a) && want(a) {
			return true
		}
	}
}

// element says whether an atom is the name of an element that occurs in texts;
// the atoms are also names of attributes.
func element(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Br, atom.Hr, atom.Div, atom.Span, atom.A, atom.B, atom.Strong, atom.I, atom.Em, atom.U, atom.S, atom.Del, atom.Ins, atom.Mark, atom.Small, atom.Sub, atom.Sup,
		atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Dt, atom.Dd, atom.Table, atom.Tbody, atom.Thead, atom.Tr, atom.Td, atom.Th, atom.Blockquote, atom.Pre, atom.Code, atom.Abbr, atom.Q, atom.Cite,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Img, atom.Figure, atom.Figcaption, atom.Section, atom.Article, atom.Font, atom.Center,
		atom.Script, atom.Style, atom.Iframe, atom.Object, atom.Embed, atom.Svg, atom.Video, atom.Audio, atom.Form, atom.Input, atom.Button, atom.Html, atom.Body, atom.Head, atom.Noscript, atom.Kbd, atom.Tt:
		return true
	}
	return false
}
