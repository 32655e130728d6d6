// Package store keeps documents and decides what is scarce.
//
// A document is a Go value stored as JSON under an id, with a revision that
// changes at every write. One primitive decides everything scarce: Update loads
// a document, applies a pure function to it and writes the result only if the
// revision is still the one that was loaded; else it does so again. There are
// no transactions over several documents, so the same code is right on SQLite,
// on MongoDB and on servers compatible with it.
//
// A domain package declares its collections as package-level variables
// (Declare) and reaches them through a Store (Declared.In). Drivers are small
// and only translate; queries go over declared indexes alone, whose keys are
// computed here, so every driver finds and sorts alike.
package store

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// Options says how a Store is opened.
type Options struct {
	// Declarations are all collections that this store holds.
	Declarations []Declaration
	// Migrations is the append-only list of changes of shape; those not yet
	// recorded in the store run in this order before Open returns.
	Migrations []Migration
	// NoCombine makes every Update go to the store by itself. Tests of the
	// revision check need it; anything else is slower with it.
	NoCombine bool
	// Strict checks functions given to Update for what they promise: the same
	// outcome when run twice, and an unchanged document when they return an
	// error. It costs encodings; tests have it on.
	Strict bool
	// SkipSelfTest leaves out the check that the server is exact, which Open
	// does on drivers that ask for it.
	SkipSelfTest bool
}

// Store is an opened set of collections. It is safe for concurrent use.
type Store struct {
	driver      Driver
	options     Options
	collections map[string]opened
	order       []Declaration
	hot         *hotDocs // between rounds of updates
	looked      *hotDocs // shared by those who Look
	recents     recents
	expiredAll  atomic.Bool // see Expire
}

// opened is a *Collection[T] without its type.
type opened interface{ declaration() Declaration }

// Open makes a Store of a driver: it builds the indexes of all declarations,
// checks that this program may read what is there, brings keys and shapes up to
// date and, on a driver that asks for it, tests that conditional updates are
// exact. It fails if any of that does. The Store owns the driver from then on,
// and Open closes it when it fails.
func Open(ctx context.Context, driver Driver, options Options) (*Store, error) {
	s := &Store{
		driver: driver, options: options,
		collections: map[string]opened{},
		hot:         newHotDocs(hotBytes), looked: newHotDocs(lookBytes),
	}
	if err := s.open(ctx); err != nil {
		_ = driver.Close() // the first error is the one that tells
		return nil, fmt.Errorf("store: open %s: %w", driver.Kind(), err)
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	for _, d := range append([]Declaration{metas}, s.options.Declarations...) {
		if err := d.About().valid(); err != nil {
			return err
		}
		name := d.About().Name
		if _, twice := s.collections[name]; twice {
			return fmt.Errorf("collection %q is declared twice", name)
		}
		s.collections[name] = d.open(s)
		s.order = append(s.order, d)
	}
	// The meta document first: a program that is too old must change nothing.
	if err := s.driver.Ensure(ctx, []Shape{metas.About().shape()}); err != nil {
		return err
	}
	if err := s.admitted(ctx); err != nil {
		return err
	}
	if exact, ok := s.driver.(Doubted); ok && exact.Doubted() && !s.options.SkipSelfTest {
		if err := SelfTest(ctx, s.driver); err != nil {
			return err
		}
	}
	shapes := make([]Shape, 0, len(s.order))
	for _, d := range s.order {
		shapes = append(shapes, d.About().shape())
	}
	if err := s.driver.Ensure(ctx, shapes); err != nil {
		return err
	}
	return s.upToDate(ctx)
}

// Kind names the driver: "sqlite", "mongodb".
func (s *Store) Kind() string { return s.driver.Kind() }

// Ping asks the store for a sign of life. Errors: ErrUnavailable.
func (s *Store) Ping(ctx context.Context) error { return s.driver.Ping(ctx) }

// Close ends the connection. Updates under way get ErrUnavailable.
func (s *Store) Close() error { return s.driver.Close() }

// Declarations lists what the store was opened with, without its own.
func (s *Store) Declarations() []Declaration { return s.options.Declarations }

// Apply does many operations, each with its own condition and its own result:
// the errors stand in the order of the operations, nil where it went well. It
// is one commit on SQLite; nothing is promised about atomicity.
func (s *Store) Apply(ctx context.Context, ops ...Op) []error {
	errs := make([]error, len(ops))
	writes := make([]Write, 0, len(ops))
	place := make([]int, 0, len(ops))
	for i, op := range ops {
		if op.err != nil {
			errs[i] = op.err
			continue
		}
		writes, place = append(writes, op.write), append(place, i)
	}
	if len(writes) == 0 {
		return errs
	}
	for i, err := range s.write(ctx, writes) {
		errs[place[i]] = err
	}
	return errs
}

// write is the one way to the driver's Apply.
func (s *Store) write(ctx context.Context, writes []Write) []error {
	errs := s.driver.Apply(ctx, writes)
	s.recents.forget(writes)
	return errs
}

// settleTime is how long one round of combined updates may take before all of
// its callers are told that the store does not answer.
const settleTime = 30 * time.Second

// hotBytes and lookBytes bound the memory of documents that are kept decoded, in
// bytes of what they are encoded.
const (
	hotBytes  = 16 << 20
	lookBytes = 6 << 20
)
