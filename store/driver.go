package store

import "context"

// Driver is what a database must offer. Drivers know nothing of types: they
// keep documents, check revisions and unique keys, and scan one index at a
// time. Their errors wrap ErrAbsent, ErrExists (as *ExistsError), ErrStale and
// ErrUnavailable and are never told apart by their text. Methods are safe for
// concurrent use.
type Driver interface {
	// Kind names the driver, for people who operate it.
	Kind() string
	// Ping asks for a sign of life.
	Ping(ctx context.Context) error
	// Close ends the connection.
	Close() error
	// Ensure makes collections and their indexes where they are missing, and
	// fails if one can not be built. What is no longer declared stays.
	Ensure(ctx context.Context, shapes []Shape) error
	// Get gives a document, or ErrAbsent.
	Get(ctx context.Context, collection, id string) (Doc, error)
	// GetUnless gives the document and true, or false when its revision is rev.
	GetUnless(ctx context.Context, collection, id string, rev int64) (Doc, bool, error)
	// GetMany gives the documents that have one of these whole keys in an index, or
	// with "" as the index one of these ids, in any order.
	GetMany(ctx context.Context, collection, index string, keys []string) ([]Doc, error)
	// Apply does the writes in order; see Write. It answers with one error or
	// nil for each.
	Apply(ctx context.Context, writes []Write) []error
	// Find gives the documents of a scan in its order.
	Find(ctx context.Context, collection string, scan Scan) ([]Doc, error)
	// Count counts the documents of a scan's range; Limit and After play no part.
	Count(ctx context.Context, collection string, scan Scan) (int, error)
}

// Doubted is a Driver whose server must prove that it is exact before it is
// trusted with seats.
type Doubted interface{ Doubted() bool }

// Doc is a document as drivers see it.
type Doc struct {
	ID   string
	Rev  int64             // changes at every write, never comes again; above zero
	Body []byte            // JSON
	Keys map[string]string // by index; indexes that the document is not in are absent. Not filled when read
}

// Shape is what Ensure builds for one collection.
type Shape struct {
	Collection string
	Indexes    []IndexShape
}

// IndexShape is one index of a collection.
type IndexShape struct {
	Name   string
	Unique bool // no two documents of the collection have the same key
}

// WriteKind says what a Write does and on which condition.
type WriteKind int

// The kinds of Write.
const (
	Insert  WriteKind = iota // ErrExists if the id is there
	Put                      // whatever is there
	Replace                  // ErrStale unless the revision is If; ErrAbsent if nothing is there
	Delete                   // ErrAbsent if nothing is there; with If above zero also ErrStale
)

// Write is one operation of Apply.
//
// A Write with Needs is tried only if that one before it went well; else its
// answer is ErrSkipped.
//
// A Write with Guard is tried only if all writes before it in the same call
// went well; else its answer is ErrSkipped. When a guarded write is not done
// (skipped, stale or refused), a driver that can take back the writes before it
// does so and answers ErrUndone for each of them that had gone well; one that
// can not leaves them standing and answers nil. Guard is allowed on the last
// write only.
type Write struct {
	Kind       WriteKind
	Collection string
	Doc        Doc   // for Delete only the ID
	If         int64 // the revision that must be there
	Needs      int   // place in the same call, from 1, of a write before it; 0 for none
	Guard      bool
}

// Scan is a range of one index in its order: by key, then by id.
type Scan struct {
	Index  string // "" scans the ids themselves
	Unique bool   // the index is unique, so that the id plays no part in the order
	From   string // first key
	To     string // first key no more wanted; "" for no end
	Desc   bool   // from the end
	Limit  int    // at most so many; 0 for all
	After  *Place // only what comes after this place, in the scan's direction
}

// Place is where a page ended.
type Place struct{ Key, ID string }
