package feed

import (
	"bufio"
	"strings"
)

// xmlWriter writes indented XML. Its bufio.Writer keeps the first error. What it
// is given is clean, so that escaping five characters is enough.
type xmlWriter struct {
	w     *bufio.Writer
	depth int
}

var (
	xmlText      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	xmlAttribute = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "\n", "&#10;", "\t", "&#9;")
)

func (x *xmlWriter) indent() {
	for range x.depth {
		x.w.WriteString("  ")
	}
}

// start writes the beginning of a start tag. Attributes come as names and
// values; one without a value is left out unless its name begins with "+".
func (x *xmlWriter) start(name string, attributes []string) {
	x.indent()
	x.w.WriteByte('<')
	x.w.WriteString(name)
	for i := 0; i+1 < len(attributes); i += 2 {
		attribute, always := strings.CutPrefix(attributes[i], "+")
		if attributes[i+1] == "" && !always {
			continue
		}
		x.w.WriteByte(' ')
		x.w.WriteString(attribute)
		x.w.WriteString(`="`)
		xmlAttribute.WriteString(x.w, clean(attributes[i+1]))
		x.w.WriteByte('"')
	}
}

func (x *xmlWriter) open(name string, attributes ...string) {
	x.start(name, attributes)
	x.w.WriteString(">\n")
	x.depth++
}

func (x *xmlWriter) close(name string) {
	x.depth--
	x.indent()
	x.w.WriteString("</" + name + ">\n")
}

// leaf writes an element with a text, unless both the text and the attributes
// are empty.
func (x *xmlWriter) leaf(name, text string, attributes ...string) {
	if text != "" || len(attributes) > 0 {
		x.leafAlways(name, text, attributes...)
	}
}

// leafAlways writes an element also when it is empty.
func (x *xmlWriter) leafAlways(name, text string, attributes ...string) {
	x.start(name, attributes)
	if text == "" {
		x.w.WriteString("/>\n")
		return
	}
	x.w.WriteByte('>')
	xmlText.WriteString(x.w, text)
	x.w.WriteString("</" + name + ">\n")
}
