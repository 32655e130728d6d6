package store

import (
	"context"
	"errors"
	"fmt"

	"feria/kernel"
)

// What a store says no with. Drivers wrap these; ask with errors.Is. They are
// kernel errors, so that one that no service turned into its own words still
// gets the right status.
var (
	// ErrAbsent: there is no document under that id.
	ErrAbsent error = kernel.New(kernel.NotFound, "not_found", "")
	// ErrExists: the id, or a key of a unique index, is taken. See ExistsError.
	ErrExists error = kernel.New(kernel.Conflict, "exists_already", "")
	// ErrStale: the document was changed meanwhile, again and again.
	ErrStale error = kernel.New(kernel.Conflict, "changed_meanwhile", "")
	// ErrUnavailable: the store does not answer, or can not write. What was
	// asked for may have happened nevertheless.
	ErrUnavailable error = kernel.New(kernel.Unavailable, "store_unavailable", "")
)

// Ended gives ctx's error once it has ended; that its time was over is told as
// ErrUnavailable too, for whoever waited that long met a store that did not
// answer.
func Ended(ctx context.Context) error {
	err := ctx.Err()
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

// Mistakes of the programmer; tests see them, people should not.
var (
	// ErrNoIndex: the query names an index that the collection has not declared.
	ErrNoIndex = errors.New("store: no such index is declared")
	// ErrBadQuery: the query's parts do not go together.
	ErrBadQuery = errors.New("store: query is malformed")
	// ErrUndeclared: the store was opened without this collection.
	ErrUndeclared = errors.New("store: collection was not declared when the store was opened")
	// ErrImpure: a function given to Update broke its promise (Options.Strict).
	ErrImpure = errors.New("store: function given to Update is not pure")
	// ErrTooNew: a newer program has written what this one can not read.
	ErrTooNew = errors.New("store: written by a newer version of the program")
	// ErrNotEmpty: a backup is restored into an empty store only.
	ErrNotEmpty = errors.New("store: is not empty")
	// ErrInexact: the server grants a conditional update more than once.
	ErrInexact = errors.New("store: server is not exact")
)

// ErrUnchanged is returned by a function given to Update to say that all is
// well and nothing needs to be written.
var ErrUnchanged = errors.New("store: unchanged")

// Results of a driver that never leave this package's callers' sight.
var (
	// ErrUndone is a driver's answer for an operation that it took back because
	// the guarded one after it could not be done (Write.Guard).
	ErrUndone = errors.New("store: taken back with the rest")
	// ErrSkipped is a driver's answer for a guarded operation that was not tried
	// because one before it failed.
	ErrSkipped = errors.New("store: not tried, one before it failed")
)

// ExistsError is the ErrExists that knows which rule was hurt.
type ExistsError struct {
	Collection string
	Index      string // the unique index, "" for the id itself
}

// Error names the collection and the index.
func (e *ExistsError) Error() string {
	if e.Index == "" {
		return "store: " + e.Collection + ": id exists already"
	}
	return "store: " + e.Collection + ": key of index " + e.Index + " exists already"
}

// Unwrap makes it an ErrExists.
func (e *ExistsError) Unwrap() error { return ErrExists }
