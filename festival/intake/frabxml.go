package intake

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html/charset"

	"feria/festival"
)

// xmlWalk goes through an XML file once, element by element.
type xmlWalk struct {
	*book
	d    *xml.Decoder
	path []string // open elements
	buf  strings.Builder
	in   *schedEvent // the event that is being read
}

// record names what is being read: the event, as far as it is known by now,
// else the element by what its own attributes call it.
func (w *xmlWalk) record(el xml.StartElement) string {
	if w.in != nil {
		return w.in.name()
	}
	called := map[string]string{}
	for _, a := range el.Attr {
		called[a.Name.Local] = strings.TrimSpace(a.Value)
	}
	return named(el.Name.Local, cmp.Or(called["id"], called["slug"], called["index"], called["guid"]), called["name"])
}

// errEntities is a document type that declares entities: nothing that exports
// schedules does that, and it can blow up or read other files.
var errEntities = errors.New("entity declarations")

// readFrabXML reads frab's schedule.xml and its relatives.
func readFrabXML(b *book, f file) error {
	w := &xmlWalk{book: b, d: xmlDecoder(b, f)}
	s := &schedule{}
	root, err := w.root()
	if err == nil {
		w.path = append(w.path, root.Name.Local)
		err = w.each(func(el xml.StartElement) error { return w.top(s, el) })
	}
	if err != nil {
		return w.refusal(err)
	}
	return b.schedule(s)
}

// xmlDecoder gives a decoder over the right bytes: the decoded text where the
// file is UTF-8 or UTF-16, the original bytes where it declares an encoding.
func xmlDecoder(b *book, f file) *xml.Decoder {
	declared := declaredEncoding(f.raw)
	var in io.Reader = strings.NewReader(f.text)
	convert := false
	if f.guessed && f.charset != "UTF-16" {
		// Bytes that are no UTF-8: right if declared, else a guess.
		if e, _ := charset.Lookup(declared); e != nil && declared != "utf-8" && declared != "utf-16" {
			in, convert = bytes.NewReader(withoutControlBytes(f.raw)), true
		} else {
			b.note(festival.Guessed, "encoding_guessed", "", 0, "encoding", f.charset)
		}
	}
	d := xml.NewDecoder(in)
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(label string, input io.Reader) (io.Reader, error) {
		if !convert {
			return input, nil
		}
		return charset.NewReaderLabel(label, input)
	}
	return d
}

// withoutControlBytes takes out of text in an 8-bit encoding what XML forbids.
func withoutControlBytes(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for _, c := range raw {
		if c >= ' ' || c == '\t' || c == '\n' || c == '\r' {
			out = append(out, c)
		}
	}
	return out
}

// declaredEncoding gives what the XML declaration says, lower case, or "".
func declaredEncoding(raw []byte) string {
	head := string(raw[:min(len(raw), 200)])
	end := strings.Index(head, "?>")
	if !strings.HasPrefix(strings.TrimSpace(head), "<?xml") || end < 0 {
		return ""
	}
	_, value, ok := strings.Cut(head[:end], "encoding")
	if !ok {
		return ""
	}
	value = strings.TrimLeft(value, " \t\r\n=")
	if len(value) < 2 {
		return ""
	}
	value, _, _ = strings.Cut(value[1:], value[:1])
	return strings.ToLower(value)
}

func (w *xmlWalk) root() (xml.StartElement, error) {
	for {
		t, err := w.d.Token()
		if err != nil {
			return xml.StartElement{}, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			return t, nil
		case xml.Directive:
			if bytes.Contains(t, []byte("<!ENTITY")) || bytes.Contains(bytes.ToUpper(t), []byte("ENTITY")) {
				return xml.StartElement{}, errEntities
			}
		}
	}
}

// refusal says at which line and in which element reading ended.
func (w *xmlWalk) refusal(err error) error {
	if errors.Is(err, errEntities) {
		return refuse("import_entities")
	}
	line, _ := w.d.InputPos()
	element := strings.Join(w.path, "/")
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, errDeep):
		return refuse("import_too_deep", "max", maxDepth)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return unreadable("import_truncated", line, element, err)
	case errors.As(err, &syntax):
		if strings.Contains(syntax.Msg, "unexpected EOF") {
			return unreadable("import_truncated", syntax.Line, element, err)
		}
		return unreadable("import_unreadable", syntax.Line, element, err)
	}
	return unreadable("import_unreadable", line, element, err)
}

var errDeep = errors.New("too deep")

// each calls fn for every child of the element that was just entered, and
// leaves it. Fn must read its element to the end: by each, content or skip.
func (w *xmlWalk) each(fn func(xml.StartElement) error) error {
	if len(w.path) > maxDepth {
		return errDeep
	}
	for {
		t, err := w.d.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			w.path = append(w.path, t.Name.Local)
			if err := fn(t); err != nil {
				return err
			}
		case xml.EndElement:
			w.path = w.path[:len(w.path)-1]
			return nil
		}
	}
}

// content gives the text of the element that was just entered. Elements inside
// it, as some exporters write HTML, are kept as tags for the conversion.
func (w *xmlWalk) content() (string, error) {
	var first string
	w.buf.Reset()
	n, depth := 0, 0
	for {
		t, err := w.d.Token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.CharData:
			if n == 0 {
				first = string(t)
			} else {
				if n == 1 {
					w.buf.WriteString(first)
				}
				w.buf.Write(t)
			}
			n++
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return "", errDeep
			}
			if n == 1 {
				w.buf.WriteString(first)
			}
			n += 2
			w.buf.WriteString("<" + t.Name.Local)
			for _, a := range t.Attr {
				fmt.Fprintf(&w.buf, ` %s="%s"`, a.Name.Local, attributeEscapes.Replace(a.Value))
			}
			w.buf.WriteByte('>')
			if depth == 1 {
				line, _ := w.d.InputPos()
				w.tally(festival.Repaired, "markup_inside", w.path[len(w.path)-1]+"/"+t.Name.Local, w.record(t), line)
			}
		case xml.EndElement:
			if depth == 0 {
				w.path = w.path[:len(w.path)-1]
				if n > 1 {
					return w.buf.String(), nil
				}
				return first, nil
			}
			depth--
			w.buf.WriteString("</" + t.Name.Local + ">")
		}
	}
}

var attributeEscapes = strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;")

// into reads the text of the element into dst, trimmed.
func (w *xmlWalk) into(dst *string) error {
	s, err := w.content()
	*dst = strings.TrimSpace(s)
	return err
}

// unknown passes over an element that Feria has no place for, and says so once
// per kind; an empty one says nothing and is passed over in silence.
func (w *xmlWalk) unknown() error {
	name := strings.Join(w.path[max(0, len(w.path)-2):], "/")
	line, _ := w.d.InputPos()
	depth, full := 0, false
	for {
		t, err := w.d.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			full = true
			if depth++; depth > maxDepth {
				return errDeep
			}
		case xml.CharData:
			full = full || len(bytes.TrimSpace(t)) > 0
		case xml.EndElement:
			if depth == 0 {
				w.path = w.path[:len(w.path)-1]
				if full {
					w.tally(festival.Lost, "element_dropped", name, w.record(xml.StartElement{Name: xml.Name{Local: w.path[len(w.path)-1]}}), line)
				}
				return nil
			}
			depth--
		}
	}
}

// attributes gives the wanted attributes by name and reports the others once
// per kind.
func (w *xmlWalk) attributes(el xml.StartElement, into map[string]*string) {
	record := ""
	for _, a := range el.Attr {
		if dst, ok := into[a.Name.Local]; ok {
			if dst != nil {
				*dst = strings.TrimSpace(a.Value)
			}
			continue
		}
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" || strings.HasPrefix(a.Name.Space, "http://www.w3.org/2001/XMLSchema") || a.Value == "" {
			continue
		}
		line, _ := w.d.InputPos()
		if record == "" { // once an element: it may have very many
			record = w.record(el)
		}
		w.tally(festival.Lost, "attribute_dropped", el.Name.Local+" "+a.Name.Local, record, line)
	}
}
