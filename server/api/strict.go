package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// What encoding/json lets through: of a member that stands there twice it takes
// the last, where another reader of the same text takes the first; and what is
// no UTF-8 it replaces, so that something else is kept than was sent.
var (
	errTwice   = errors.New("a member stands there twice")
	errNotUTF8 = errors.New("the text is not UTF-8")
	errDeep    = errors.New("nested too deeply")
)

// maxDepth is far more than any body of ours has.
const maxDepth = 64

// strictJSON is the one format of the API: JSON that every reader reads alike.
var strictJSON = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		if err := unambiguous(data); err != nil {
			return err
		}
		return json.Unmarshal(data, v)
	},
}

// unambiguous refuses a text that two readers could read differently. What is no
// JSON at all is left to who reads it then.
func unambiguous(data []byte) error {
	switch {
	case !utf8.Valid(data):
		return errNotUTF8
	case !json.Valid(data):
		return nil
	}
	var open []members
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			if len(open) == maxDepth {
				return errDeep
			}
			open = append(open, members{})
		case '}', ']':
			open = open[:len(open)-1]
		case '"':
			end := i + 1 // behind the string
			for ; data[end] != '"'; end++ {
				if data[end] == '\\' {
					end++
				}
			}
			name := data[i : end+1]
			i = end
			if !isName(data[end+1:]) {
				continue
			}
			if !open[len(open)-1].add(name) {
				return errTwice
			}
		}
	}
	return nil
}

// isName says whether what follows a string makes it the name of a member.
func isName(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return len(rest) > 0 && rest[0] == ':'
}

// members are the names of an object so far; an array has none.
type members struct {
	few  [][]byte
	many map[string]bool // instead, once there are more than fewMembers
}

const fewMembers = 16

// add is false for a name, quoted as it stands in the text, that was there before.
func (m *members) add(quoted []byte) bool {
	name := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		var plain string
		_ = json.Unmarshal(quoted, &plain) // the whole text is valid
		name = []byte(plain)
	}
	if m.many != nil {
		before := len(m.many)
		m.many[string(name)] = true
		return len(m.many) > before
	}
	for _, other := range m.few {
		if bytes.Equal(other, name) {
			return false
		}
	}
	if m.few = append(m.few, name); len(m.few) > fewMembers {
		m.many = make(map[string]bool, 2*len(m.few))
		for _, name := range m.few {
			m.many[string(name)] = true
		}
	}
	return true
}
