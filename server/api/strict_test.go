package api

import (
	"errors"
	"fmt"
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
		`{"a":"\"a\":1, {[","b\\":1,"b":"\\"}`:            nil,
		"{\"a\" \n:1,\"a\"\t:2}":                          errTwice,
		`{"é":1,"\u00e9":2}`:                              errTwice,
		`{"a":1,"a":`:                                     nil, // no JSON: whoever reads it says so
		`}`:                                               nil,
		``:                                                nil,
		manyMembers(1000, 1000):                           nil,
		manyMembers(1000, 999):                            errTwice,
		manyMembers(17, 3):                                errTwice,
	} {
		if got := unambiguous([]byte(text)); !errors.Is(got, want) {
			t.Errorf("%.60s: %v, want %v", text, got, want)
		}
	}
}

// manyMembers is an object of n members and one more, which is called as the one
// at twin.
func manyMembers(n, twin int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"m%d":{"m":1},`, i)
	}
	return fmt.Sprintf(`{%s"m%d":0}`, b.String(), twin)
}
