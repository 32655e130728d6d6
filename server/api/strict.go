package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
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
	if !utf8.Valid(data) {
		return errNotUTF8
	}
	type level struct {
		members map[string]bool // nil in an array
		value   bool            // the next string is a value
	}
	var open []level
	read := json.NewDecoder(bytes.NewReader(data))
	for {
		token, err := read.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if at := len(open) - 1; at >= 0 && open[at].members != nil && token != json.Delim('}') {
			if name, ok := token.(string); ok && !open[at].value {
				if open[at].members[name] {
					return errTwice
				}
				open[at].members[name] = true
				open[at].value = true
				continue
			}
			open[at].value = false
		}
		switch token {
		case json.Delim('{'):
			open = append(open, level{members: map[string]bool{}})
		case json.Delim('['):
			open = append(open, level{})
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		}
		if len(open) > maxDepth {
			return errDeep
		}
	}
}
