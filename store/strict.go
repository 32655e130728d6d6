package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// strictly runs a caller's function on a copy and then on the document and
// compares, for Options.Strict.
func (r *round[T]) strictly(k *call[T], doc *T) error {
	before, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	copied, err := r.c.decl.decode(Doc{ID: r.id, Body: before})
	if err != nil {
		return err
	}
	firstErr := k.run(&copied)
	if k.panicked != nil {
		return nil
	}
	err = k.run(doc)
	if k.panicked != nil {
		return nil
	}
	once, err1 := json.Marshal(&copied)
	twice, err2 := json.Marshal(doc)
	if joined := errors.Join(err1, err2); joined != nil {
		return joined
	}
	what := ""
	switch {
	case (err == nil) != (firstErr == nil):
		what = fmt.Sprintf("said %v first and %v the second time", firstErr, err)
	case err != nil && !bytes.Equal(twice, before):
		what = fmt.Sprintf("changed the document and returned an error\nbefore %s\nafter  %s", before, twice)
	case !bytes.Equal(once, twice):
		what = fmt.Sprintf("made two documents of one\nfirst  %s\nsecond %s", once, twice)
	default:
		return err
	}
	// The document is spoilt; the next caller gets one that is not.
	if restored, decodeErr := r.c.decl.decode(Doc{ID: r.id, Body: before}); decodeErr == nil {
		*doc = restored
	}
	return fmt.Errorf("%w: %s %q %s (its answer: %v)", ErrImpure, r.c.name(), r.id, what, err)
}
