package icslint

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// line is an unfolded content line.
type line struct {
	number int // of its first physical line
	text   string
}

// unfold checks the physical lines and joins them.
func (c *checker) unfold(data []byte) []line {
	if rest, found := bytes.CutPrefix(data, []byte("\xef\xbb\xbf")); found {
		c.add(1, "bom", "the file begins with U+FEFF")
		data = rest
	}
	if !bytes.HasSuffix(data, []byte("\r\n")) {
		c.add(bytes.Count(data, []byte("\n"))+1, "final-crlf", "the file does not end with CR LF")
	}
	var out []line
	for number := 1; len(data) > 0; number++ {
		var physical []byte
		physical, data = c.cut(number, data)
		c.physical(number, physical)
		switch {
		case len(physical) == 0:
			c.add(number, "blank", "an empty line")
		case physical[0] == ' ' || physical[0] == '\t':
			if len(out) == 0 {
				c.add(number, "fold-start", "a continuation of nothing")
				continue
			}
			last := &out[len(out)-1]
			if oddBackslashes(last.text) {
				c.add(number, "fold-escape", "the line before ends in a backslash")
			}
			last.text += string(physical[1:])
		default:
			out = append(out, line{number, string(physical)})
		}
	}
	return out
}

// cut takes one physical line off, by LF; a CR before it belongs to the end.
func (c *checker) cut(number int, data []byte) (physical, rest []byte) {
	end := bytes.IndexByte(data, '\n')
	if end < 0 {
		physical, rest = data, nil
	} else {
		physical, rest = data[:end], data[end+1:]
		if !bytes.HasSuffix(physical, []byte("\r")) {
			c.add(number, "line-end", "LF without CR")
		}
		physical = bytes.TrimSuffix(physical, []byte("\r"))
	}
	if bytes.IndexByte(physical, '\r') >= 0 {
		c.add(number, "line-end", "CR without LF")
		physical = bytes.ReplaceAll(physical, []byte("\r"), nil)
	}
	return physical, rest
}

func (c *checker) physical(number int, b []byte) {
	if len(b) > 75 {
		c.add(number, "length", "%d octets", len(b))
	}
	if !utf8.Valid(b) {
		c.add(number, "utf8", "%q", b)
		return
	}
	for _, r := range string(b) {
		if r < 0x20 && r != '\t' || r >= 0x7f && r <= 0x9f || r == 0x2028 || r == 0x2029 {
			c.add(number, "control", "U+%04X", r)
		}
	}
}

func oddBackslashes(s string) bool {
	return (len(s)-len(strings.TrimRight(s, `\`)))%2 == 1
}

// property is a content line in its parts.
type property struct {
	line   int
	name   string // upper case
	params map[string]string
	value  string
}

// parse takes a content line apart (RFC 5545, 3.1); nil if it is none.
func (c *checker) parse(l line) *property {
	name := l.text[:nameLength(l.text)]
	rest := l.text[len(name):]
	if name == "" || rest == "" || rest[0] != ':' && rest[0] != ';' {
		c.add(l.number, "content-line", "%.40q", l.text)
		return nil
	}
	p := &property{line: l.number, name: strings.ToUpper(name), params: map[string]string{}}
	for rest[0] == ';' {
		rest = rest[1:]
		key := rest[:nameLength(rest)]
		rest = rest[len(key):]
		if key == "" || !strings.HasPrefix(rest, "=") {
			c.add(l.number, "parameter", "%.40q", l.text)
			return nil
		}
		value, after, ok := paramValue(rest[1:])
		if !ok {
			c.add(l.number, "parameter", "the value of %s does not end, or is empty", key)
			return nil
		}
		key = strings.ToUpper(key)
		if _, twice := p.params[key]; twice {
			c.add(l.number, "parameter", "%s twice", key)
		}
		p.params[key], rest = value, after
	}
	p.value = rest[1:]
	return p
}

// nameLength counts the letters, digits and hyphens at the start.
func nameLength(s string) int {
	for i := range len(s) {
		b := s[i]
		if !(b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-') {
			return i
		}
	}
	return len(s)
}

// paramValue reads up to the ";" or ":" that ends the value; ok is false if none
// does, or a quote stands where it may not.
func paramValue(s string) (value, rest string, ok bool) {
	if strings.HasPrefix(s, `"`) {
		end := strings.IndexByte(s[1:], '"')
		if end < 0 || !strings.HasPrefix(s[end+2:], ":") && !strings.HasPrefix(s[end+2:], ";") {
			return "", "", false
		}
		return s[1 : end+1], s[end+2:], true
	}
	end := strings.IndexAny(s, `:;"`)
	if end <= 0 || s[end] == '"' {
		return "", "", false
	}
	return s[:end], s[end:], true
}
