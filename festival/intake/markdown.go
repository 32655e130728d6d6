package intake

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// frame is an element that is open while HTML is turned into Markdown. Its
// content is what was written since start; what stands around it is known at
// its end only.
type frame struct {
	tag   atom.Atom
	href  string
	n     int // of list items so far
	start int
}

// writer turns HTML into the Markdown that pages show: paragraphs, lists,
// links, emphasis, code, quotes. What it can not show is left out and named.
type writer struct {
	out     []byte
	frames  []frame
	blocks  bool // the text has block elements, so line breaks mean nothing
	code    int  // open <code>
	pre     int  // open <pre>
	dropped []string
}

// deepest is how many elements in one another are told apart; deeper ones are
// read as if they were not there.
const deepest = 40

// markdown gives the text and the names of elements it left out (scripts,
// pictures, frames), each once.
func markdown(s string) (text string, dropped []string) {
	w := &writer{frames: make([]frame, 1, 8), out: make([]byte, 0, len(s)), blocks: hasBlocks(s)}
	z := html.NewTokenizer(strings.NewReader(s))
	skip := atom.Atom(0)
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		if kind == html.TextToken {
			if skip == 0 {
				w.text(z.Text())
			}
			continue
		}
		if kind != html.StartTagToken && kind != html.EndTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		name, more := z.TagName()
		tag := atom.Lookup(name)
		switch {
		case skip != 0:
			if kind == html.EndTagToken && tag == skip {
				skip = 0
			}
		case kind == html.EndTagToken:
			w.close(tag)
		case hidden(tag):
			w.drop(string(name))
			if kind == html.StartTagToken {
				skip = tag
			}
		default:
			w.open(tag, string(name), attributes(z, more))
		}
	}
	for len(w.frames) > 1 {
		w.pop()
	}
	return tidy(string(w.out)), w.dropped
}

func attributes(z *html.Tokenizer, more bool) map[string]string {
	var attr map[string]string
	for more {
		var k, v []byte
		k, v, more = z.TagAttr()
		switch string(k) {
		case "href", "src", "alt":
			if attr == nil {
				attr = map[string]string{}
			}
			attr[string(k)] = strings.TrimSpace(string(v))
		}
	}
	return attr
}

// hidden elements have content that is not text for people.
func hidden(tag atom.Atom) bool {
	switch tag {
	case atom.Script, atom.Style, atom.Iframe, atom.Object, atom.Svg, atom.Math, atom.Template, atom.Noscript, atom.Head, atom.Select, atom.Textarea, atom.Video, atom.Audio, atom.Canvas:
		return true
	}
	return false
}

func (w *writer) drop(name string) {
	if !slices.Contains(w.dropped, name) {
		w.dropped = append(w.dropped, name)
	}
}

func (w *writer) top() *frame { return &w.frames[len(w.frames)-1] }

// inner is what the innermost open element holds so far.
func (w *writer) inner() []byte { return w.out[w.top().start:] }

func (w *writer) push(tag atom.Atom, href string) {
	if len(w.frames) == deepest {
		return
	}
	switch tag {
	case atom.Code:
		w.code++
	case atom.Pre:
		w.pre++
	}
	w.frames = append(w.frames, frame{tag: tag, href: href, start: len(w.out)})
}

func (w *writer) open(tag atom.Atom, name string, attr map[string]string) {
	switch tag {
	case atom.Br:
		w.write("\n")
	case atom.Hr:
		w.block("---")
	case atom.Img:
		w.drop(name)
		w.text([]byte(attr["alt"]))
	case atom.Input, atom.Embed, atom.Source, atom.Link, atom.Meta, atom.Wbr, atom.Col:
		// empty elements without text
	case atom.A:
		w.close(atom.A) // links do not nest
		w.push(tag, attr["href"])
	case atom.Li:
		if w.within(atom.Li, atom.Ul, atom.Ol) {
			w.close(atom.Li)
		}
		w.push(tag, "")
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		if w.within(atom.P, atom.Li, atom.Blockquote, atom.Div, atom.Td) {
			w.close(atom.P) // browsers end an open paragraph here
		}
		w.push(tag, "")
	case atom.Strong, atom.B, atom.Em, atom.I, atom.Code, atom.Pre, atom.Del, atom.S, atom.Blockquote, atom.Ul, atom.Ol,
		atom.Div, atom.Section, atom.Article, atom.Table, atom.Tr, atom.Td, atom.Th, atom.Dl, atom.Dt, atom.Dd, atom.Figure, atom.Figcaption:
		w.push(tag, "")
	}
}

// within says whether an element is open, not looking beyond those in which it
// would be another one's.
func (w *writer) within(tag atom.Atom, bounds ...atom.Atom) bool {
	for i := len(w.frames) - 1; i > 0; i-- {
		if w.frames[i].tag == tag {
			return true
		}
		if slices.Contains(bounds, w.frames[i].tag) {
			return false
		}
	}
	return false
}

func (w *writer) close(tag atom.Atom) {
	if tag == 0 || !w.within(tag) {
		return
	}
	for w.top().tag != tag {
		w.pop()
	}
	w.pop()
}

// pop writes the innermost open element into the one around it.
func (w *writer) pop() {
	f := *w.top()
	inner := string(w.inner())
	w.out = w.out[:f.start]
	w.frames = w.frames[:len(w.frames)-1]
	switch f.tag {
	case atom.Strong, atom.B:
		w.mark("**", inner)
	case atom.Em, atom.I:
		w.mark("*", inner)
	case atom.Del, atom.S:
		w.mark("~~", inner)
	case atom.Code:
		w.code--
		if w.pre > 0 {
			w.write(inner)
		} else {
			w.inlineCode(inner)
		}
	case atom.A:
		w.anchor(f.href, inner)
	case atom.Pre:
		w.pre--
		if w.inLine() { // a fence has lines of its own
			w.inlineCode(inner)
			return
		}
		mark := fence(inner, 3)
		w.block(mark + "\n" + strings.Trim(inner, "\n") + "\n" + mark)
	case atom.H1, atom.H2:
		w.heading("### ", inner)
	case atom.H3, atom.H4, atom.H5, atom.H6:
		w.heading("#### ", inner)
	case atom.Blockquote:
		w.block(prefixed(tidy(inner), "> ", "> "))
	case atom.Li:
		w.item(tidy(inner))
	case atom.Td, atom.Th:
		w.write(strings.TrimSpace(inner) + " | ")
	case atom.Tr:
		w.write(strings.TrimSuffix(strings.TrimSpace(inner), " |") + "\n")
	default:
		w.block(strings.TrimSpace(inner))
	}
}

// inLine says whether an element is open whose content becomes part of a line.
func (w *writer) inLine() bool {
	return slices.ContainsFunc(w.frames, func(f frame) bool {
		switch f.tag {
		case 0, atom.P, atom.Div, atom.Section, atom.Article, atom.Ul, atom.Ol, atom.Li, atom.Blockquote, atom.Figure:
			return false
		}
		return true
	})
}

func (w *writer) heading(marks, inner string) {
	if inner = oneLine(inner); inner != "" {
		w.block(marks + inner)
	}
}

// item writes a list item; a second paragraph in it is indented with it.
func (w *writer) item(inner string) {
	if inner == "" {
		return
	}
	list := w.top()
	list.n++
	bullet := "- "
	if list.tag == atom.Ol {
		bullet = strconv.Itoa(list.n) + ". "
	}
	w.newline()
	w.write(prefixed(inner, bullet, strings.Repeat(" ", len(bullet))) + "\n")
}

// prefixed sets one prefix before the first line and another before the others.
func prefixed(s, first, next string) string {
	if s == "" {
		return ""
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		switch {
		case i == 0:
			lines[i] = first + l
		case l != "" || strings.HasPrefix(next, ">"):
			lines[i] = strings.TrimRight(next+l, " ")
			if l != "" {
				lines[i] = next + l
			}
		}
	}
	return strings.Join(lines, "\n")
}

// block writes a text with a blank line before and after it.
func (w *writer) block(s string) {
	if s == "" {
		return
	}
	if len(w.inner()) > 0 {
		w.write("\n\n")
	}
	w.write(s + "\n\n")
}

func (w *writer) newline() {
	if s := w.inner(); len(s) > 0 && s[len(s)-1] != '\n' {
		w.write("\n")
	}
}

func (w *writer) write(s string) { w.out = append(w.out, s...) }
