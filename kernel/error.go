// Package kernel holds what at least three packages share and nothing else:
// the kinds of error, ids and secrets, and the clock.
package kernel

import (
	"errors"
	"fmt"
)

// Kind says what sort of trouble an Error is. The server maps each kind to one
// HTTP status, in one place.
type Kind string

// The kinds, with the HTTP status the server answers.
const (
	Invalid     Kind = "invalid"     // 422: the input is wrong; Field says where
	Malformed   Kind = "malformed"   // 400: not even readable
	SignIn      Kind = "sign_in"     // 401: who are you?
	Refused     Kind = "refused"     // 403: this person may not
	NotFound    Kind = "not_found"   // 404: absent, or not this person's to know
	Conflict    Kind = "conflict"    // 409: was changed meanwhile, is full, exists already
	Gone        Kind = "gone"        // 410: a link that has had its day
	TooLarge    Kind = "too_large"   // 413
	TooMany     Kind = "too_many"    // 429
	Unavailable Kind = "unavailable" // 503: the store does not answer
	Internal    Kind = "internal"    // 500
)

// Error is what a rule or a service returns when it says no. The sentence that
// a person reads is the catalogue's entry "error.<Code>" filled with Args, and
// "error.<Code>.next" where there is a next step to offer.
type Error struct {
	Kind  Kind
	Code  string         // stable, snake_case: "slot_full"
	Field string         // the form field or JSON member it belongs to, or ""
	Args  map[string]any // what the sentence mentions; never personal data of others
	Cause error          // for the log only
}

// Error gives the code, the field and the cause: a text for logs, not for people.
func (e *Error) Error() string {
	s := string(e.Kind) + ": " + e.Code
	if e.Field != "" {
		s += " (" + e.Field + ")"
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap gives the hidden cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes an Error; pairs are alternating names and values for its sentence.
// It panics on an odd number of pairs, which is a mistake of the programmer.
func New(kind Kind, code, field string, pairs ...any) *Error {
	return &Error{Kind: kind, Code: code, Field: field, Args: args(pairs)}
}

// Wrap makes an Error that keeps a cause for the log.
func Wrap(kind Kind, code string, cause error, pairs ...any) *Error {
	return &Error{Kind: kind, Code: code, Cause: cause, Args: args(pairs)}
}

// Missing is the one answer for what is absent and for what is not yours.
func Missing() *Error { return New(NotFound, "not_found", "") }

// KindOf gives the kind of the first Error in the chain, Internal for any other
// error, and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// CodeOf gives the stable code of the first Error in the chain, else "internal".
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return "internal"
}

// Errors is several complaints about one input, in the order of its fields: a
// form shows all of them at once.
type Errors []*Error

// Error lists them all, for logs.
func (es Errors) Error() string {
	s := ""
	for i, e := range es {
		if i > 0 {
			s += "; "
		}
		s += e.Error()
	}
	return s
}

// Unwrap lets errors.As find the first.
func (es Errors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// Add appends a complaint of kind Invalid about a field.
func (es *Errors) Add(field, code string, pairs ...any) {
	*es = append(*es, New(Invalid, code, field, pairs...))
}

// Err gives nil when there is nothing to complain of.
func (es Errors) Err() error {
	if len(es) == 0 {
		return nil
	}
	return es
}

func args(pairs []any) map[string]any {
	if len(pairs) == 0 {
		return nil
	}
	if len(pairs)%2 != 0 {
		panic("kernel: odd number of error arguments")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m
}
