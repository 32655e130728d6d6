package intake

import (
	"encoding/json"
	"errors"
	"io"
	"sort"
	"strconv"
	"strings"

	"feria/festival"
)

// node is a JSON value as the file has it: members in their order, and where it
// stands. Maps would lose the order of rooms and one of two equal names.
type node struct {
	kind    byte // '{', '[', '"', '0', 't', 'n'
	text    string
	name    string // as a member of an object
	members []*node
	offset  int
	used    bool // read, or known to say nothing
}

// jsonTree reads a whole JSON text.
type jsonTree struct {
	*book
	d     *json.Decoder
	lines []int // offsets of line ends
}

func parseJSON(b *book, text string) (*jsonTree, *node, error) {
	t := &jsonTree{book: b, d: json.NewDecoder(strings.NewReader(text))}
	t.d.UseNumber()
	for i := range len(text) {
		if text[i] == '\n' {
			t.lines = append(t.lines, i)
		}
	}
	var path []string
	root, err := t.value(&path)
	if err == nil {
		if _, end := t.d.Token(); end == nil {
			err = errors.New("text after the end")
		}
	}
	if err == nil {
		return t, root, nil
	}
	if errors.Is(err, errDeep) {
		return nil, nil, refuse("import_too_deep", "max", maxDepth)
	}
	at := int(t.d.InputOffset())
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = int(syntax.Offset)
	}
	code := "import_unreadable"
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || at >= len(strings.TrimRight(text, " \t\r\n")) {
		code = "import_truncated"
	}
	return nil, nil, unreadable(code, t.line(at), strings.Join(path, "/"), err)
}

// line gives the number of the line of an offset, from 1.
func (t *jsonTree) line(offset int) int { return 1 + sort.SearchInts(t.lines, offset) }

func (t *jsonTree) value(path *[]string) (*node, error) {
	if len(*path) > maxDepth {
		return nil, errDeep
	}
	tok, err := t.d.Token()
	if err != nil {
		return nil, err
	}
	n := &node{offset: int(t.d.InputOffset())}
	switch v := tok.(type) {
	case json.Delim:
		n.kind = byte(v)
		if err := t.inside(n, path); err != nil {
			return nil, err
		}
	case string:
		n.kind, n.text = '"', v
	case json.Number:
		n.kind, n.text = '0', v.String()
	case bool:
		n.kind, n.text = 't', strconv.FormatBool(v)
	default:
		n.kind = 'n'
	}
	return n, nil
}

// inside reads the members of an object or the items of an array.
func (t *jsonTree) inside(n *node, path *[]string) error {
	*path = append(*path, "")
	seen := map[string]bool{}
	for t.d.More() {
		name := strconv.Itoa(len(n.members) + 1)
		if n.kind == '{' {
			tok, err := t.d.Token()
			if err != nil {
				return err
			}
			name, _ = tok.(string)
			if seen[name] {
				t.note(festival.Guessed, "member_repeated", "", t.line(int(t.d.InputOffset())), "name", clip(name, 60))
			}
			seen[name] = true
		}
		(*path)[len(*path)-1] = clip(name, 60)
		m, err := t.value(path)
		if err != nil {
			return err
		}
		if n.kind == '{' {
			m.name = name
		}
		n.members = append(n.members, m)
	}
	if _, err := t.d.Token(); err != nil {
		return err
	}
	*path = (*path)[:len(*path)-1]
	return nil
}

// get gives the first of the members of these names that is there and not null.
func (n *node) get(names ...string) *node {
	if n == nil || n.kind != '{' {
		return nil
	}
	var found *node
	for _, name := range names {
		for _, m := range n.members {
			if m.name == name {
				m.used = true
				if found == nil && m.kind != 'n' {
					found = m
				}
			}
		}
	}
	return found
}

// str gives the text of a member: of a string, number or truth value.
func (n *node) str(names ...string) string {
	m := n.get(names...)
	if m == nil || m.kind == '{' || m.kind == '[' {
		return ""
	}
	return strings.TrimSpace(m.text)
}

// items gives the items of an array member; one object alone counts as one.
func (n *node) items(names ...string) []*node {
	m := n.get(names...)
	switch {
	case m == nil:
		return nil
	case m.kind == '[':
		return m.members
	case m.kind == '{':
		return []*node{m}
	}
	return nil
}

// saidIn gives the texts of a member that is a string or {language: text}.
func (n *node) saidIn(names ...string) []said {
	m := n.get(names...)
	if m == nil {
		return nil
	}
	if m.kind == '{' {
		var all []said
		for _, l := range m.members {
			if tag, ok := languageTag(l.name); ok && l.kind == '"' && strings.TrimSpace(l.text) != "" {
				l.used = true
				all = append(all, said{strings.TrimSpace(l.text), tag})
			}
		}
		return all
	}
	if text := n.str(names...); text != "" {
		return []said{{text, ""}}
	}
	return nil
}

// ignore marks members that say nothing that Feria could keep or that others
// say already.
func (n *node) ignore(names ...string) { n.get(names...) }

// unread reports, once per kind, the members of an object that nobody has read.
func (t *jsonTree) unread(n *node, kind, record string) {
	if n == nil || n.kind != '{' {
		return
	}
	for _, m := range n.members {
		if m.used || m.kind == 'n' || m.kind == '"' && strings.TrimSpace(m.text) == "" || (m.kind == '[' || m.kind == '{') && len(m.members) == 0 || m.text == "false" {
			continue
		}
		t.tally(festival.Lost, "element_dropped", kind+"/"+m.name, record, t.line(m.offset))
	}
}
