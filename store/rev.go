package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// newRev draws a revision: a random number above zero. Drawn, not counted up,
// so that a document that was deleted and made again never has a revision that
// somebody remembers of the old one, and so that a writer who got no answer can
// see by the revision whether its write arrived.
func newRev() int64 { return 1 + rand.Int64N(math.MaxInt64-1) }

// maxID bounds ids in bytes; every part of an id is far shorter.
const maxID = 512

var errBadID = errors.New("id is empty, too long or holds control characters")

func checkID(id string) error {
	if id == "" || len(id) > maxID || !utf8.ValidString(id) || strings.ContainsFunc(id, func(r rune) bool { return r < 0x20 }) {
		return fmt.Errorf("%w: %.40q", errBadID, id)
	}
	return nil
}

// undeclared answers for a collection that its store does not know.
type undeclared struct{ name string }

func (u undeclared) err() error                            { return fmt.Errorf("%w: %s", ErrUndeclared, u.name) }
func (u undeclared) Kind() string                          { return "undeclared" }
func (u undeclared) Ping(context.Context) error            { return u.err() }
func (u undeclared) Close() error                          { return nil }
func (u undeclared) Ensure(context.Context, []Shape) error { return u.err() }
func (u undeclared) Get(context.Context, string, string) (Doc, error) {
	return Doc{}, u.err()
}
func (u undeclared) GetUnless(context.Context, string, string, int64) (Doc, bool, error) {
	return Doc{}, false, u.err()
}
func (u undeclared) GetMany(context.Context, string, string, []string) ([]Doc, error) {
	return nil, u.err()
}
func (u undeclared) Apply(_ context.Context, writes []Write) []error {
	errs := make([]error, len(writes))
	for i := range errs {
		errs[i] = u.err()
	}
	return errs
}
func (u undeclared) Find(context.Context, string, Scan) ([]Doc, error) { return nil, u.err() }
func (u undeclared) Count(context.Context, string, Scan) (int, error)  { return 0, u.err() }
