package api

import (
	"errors"
	"strings"
	"testing"
)

func TestUnambiguous(t *testing.T) {
	for text, want := range map[string]error{
		`{"a":1,"b":[{"a":1},{"a":2}],"c":{"a":{}}}`: nil,
		`{"a":"a","b":"a","c":["a","a"]}`:            nil,
		`[]`:                                         nil,
		`"a"`:                                        nil,
		`{"a":1,"a":2}`:                              errTwice,
		`{"a":{"b":1},"a":2}`:                        errTwice,
		`{"x":[{"a":[],"a":1}]}`:                     errTwice,
		`{"a":1,"\u0061":2}`:                         errTwice,
		"{\"a\":\"\xff\"}":                           errNotUTF8,
		strings.Repeat("[", 64) + strings.Repeat("]", 64): nil,
		strings.Repeat("[", 65) + strings.Repeat("]", 65): errDeep,
	} {
		if got := unambiguous([]byte(text)); !errors.Is(got, want) {
			t.Errorf("%.60s: %v, want %v", text, got, want)
		}
	}
}
