package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Collection is a declared collection in a Store. It is safe for concurrent
// use. Documents are handed out by value; what they hold belongs to the caller.
type Collection[T any] struct {
	store  *Store
	driver Driver
	decl   *Declared[T]

	mu     sync.Mutex
	queues map[string]*queue[T] // updates that wait, by id
}

func (c *Collection[T]) declaration() Declaration { return c.decl }

func (c *Collection[T]) name() string { return c.decl.spec.Name }

// Get gives the document with that id. Errors: ErrAbsent, ErrUnavailable.
func (c *Collection[T]) Get(ctx context.Context, id string) (T, error) {
	doc, err := c.driver.Get(ctx, c.name(), id)
	if err != nil {
		var none T
		return none, err
	}
	return c.decl.decode(doc)
}

// GetUnless gives the document and its revision if that is not rev any more;
// else changed is false and the value is zero. It is the cheap way to poll; 0
// is never a revision. Errors: ErrAbsent, ErrUnavailable.
func (c *Collection[T]) GetUnless(ctx context.Context, id string, rev int64) (v T, newRev int64, changed bool, err error) {
	doc, changed, err := c.driver.GetUnless(ctx, c.name(), id, rev)
	if err != nil || !changed {
		return v, rev, false, err
	}
	v, err = c.decl.decode(doc)
	return v, doc.Rev, err == nil, err
}

// Insert stores a new document. Errors: ErrExists if its id or the key of a
// unique index is taken, ErrUnavailable.
func (c *Collection[T]) Insert(ctx context.Context, v T) error { return c.do(ctx, c.InsertOp(v)) }

// Put stores a document whether or not one is there under its id. Errors:
// ErrExists if the key of a unique index is taken, ErrUnavailable.
func (c *Collection[T]) Put(ctx context.Context, v T) error { return c.do(ctx, c.PutOp(v)) }

// Delete removes a document. Errors: ErrAbsent, ErrUnavailable.
func (c *Collection[T]) Delete(ctx context.Context, id string) error {
	return c.do(ctx, c.DeleteOp(id))
}

func (c *Collection[T]) do(ctx context.Context, op Op) error {
	if op.err != nil {
		return op.err
	}
	return c.store.write(ctx, []Write{op.write})[0]
}

// Op is one operation for Store.Apply or With.
type Op struct {
	write Write
	err   error // why it can not be done at all
}

// ID is the id of the document that an operation writes.
func (o Op) ID() string { return o.write.Doc.ID }

// After is a ReplaceOp for when another one of the same document has been done
// before it.
func (o Op) After(before Op) Op {
	o.write.If = before.write.Doc.Rev
	return o
}

// InsertOp is Insert as an operation.
func (c *Collection[T]) InsertOp(v T) Op { return c.op(Insert, v) }

// PutOp is Put as an operation.
func (c *Collection[T]) PutOp(v T) Op { return c.op(Put, v) }

// ReplaceOp stores a document in place of the one that has a revision, see
// GetUnless. Errors: ErrAbsent, ErrStale, ErrExists if the key of a unique index is
// taken, ErrUnavailable.
func (c *Collection[T]) ReplaceOp(v T, rev int64) Op {
	op := c.op(Replace, v)
	op.write.If = rev
	return op
}

// DeleteOp is Delete as an operation.
func (c *Collection[T]) DeleteOp(id string) Op {
	return Op{write: Write{Kind: Delete, Collection: c.name(), Doc: Doc{ID: id}}, err: c.known()}
}

// DeleteAtOp is DeleteOp for a document as long as it has a revision; else its error
// is ErrStale.
func (c *Collection[T]) DeleteAtOp(id string, rev int64) Op {
	op := c.DeleteOp(id)
	op.write.If = rev
	return op
}

func (c *Collection[T]) op(kind WriteKind, v T) Op {
	doc, err := c.decl.encode(&v)
	return Op{write: Write{Kind: kind, Collection: c.name(), Doc: doc}, err: errors.Join(err, c.known())}
}

// known catches an operation of an undeclared collection, which Store.Apply
// would otherwise hand to the driver.
func (c *Collection[T]) known() error {
	if u, missing := c.driver.(undeclared); missing {
		return u.err()
	}
	return nil
}

// Find gives the documents that a query asks for, in its order. Errors:
// ErrNoIndex, ErrBadQuery, ErrUnavailable.
func (c *Collection[T]) Find(ctx context.Context, q Query) ([]T, error) {
	docs, err := c.find(ctx, q)
	if err != nil {
		return nil, err
	}
	return c.decodeAll(docs)
}

// FindRevs is Find with the revision of each document, for ReplaceOp.
func (c *Collection[T]) FindRevs(ctx context.Context, q Query) (values []T, revs []int64, err error) {
	docs, err := c.find(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	revs = make([]int64, len(docs))
	for i, doc := range docs {
		revs[i] = doc.Rev
	}
	values, err = c.decodeAll(docs)
	return values, revs, err
}

// Page gives at most the query's Limit (100 if it has none) of documents and a
// cursor for Query.After, "" when no more follow. Errors: those of Find.
func (c *Collection[T]) Page(ctx context.Context, q Query) (items []T, next string, err error) {
	docs, next, err := c.page(ctx, q)
	if err != nil {
		return nil, "", err
	}
	items, err = c.decodeAll(docs)
	return items, next, err
}

// Each calls fn for every document of a query, in its order, without holding
// all of them at once. Documents changed meanwhile may be met in either form.
// It ends with fn's first error. Errors: those of Find and of fn.
func (c *Collection[T]) Each(ctx context.Context, q Query, fn func(T) error) error {
	left, bounded := q.limit, q.limit > 0
	for {
		q.limit = eachPage
		if bounded {
			q.limit = min(left, eachPage)
		}
		docs, next, err := c.page(ctx, q)
		if err != nil {
			return err
		}
		for _, doc := range docs {
			v, err := c.decl.decode(doc)
			if err != nil {
				return err
			}
			if err := fn(v); err != nil {
				return err
			}
		}
		left -= len(docs)
		if next == "" || bounded && left <= 0 {
			return nil
		}
		q.after = next
	}
}

// eachPage is how many documents Each holds at once.
const eachPage = 250

// Count counts the documents of a query, whatever its Limit and After. Errors:
// those of Find.
func (c *Collection[T]) Count(ctx context.Context, q Query) (int, error) {
	q.after = ""
	scans, err := c.scans(q)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, scan := range scans {
		n, err := c.driver.Count(ctx, c.name(), scan)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

func (c *Collection[T]) scans(q Query) ([]Scan, error) {
	if q.index == "" {
		if q.eq != "" {
			return nil, fmt.Errorf("%w: %s: By needs an index", ErrBadQuery, c.name())
		}
		return q.scans(true)
	}
	ix, err := c.decl.index(q.index)
	if err != nil {
		return nil, err
	}
	scans, err := q.scans(ix.Unique)
	if err != nil {
		return nil, fmt.Errorf("%s by %s: %w", c.name(), q.index, err)
	}
	return scans, nil
}

func (c *Collection[T]) find(ctx context.Context, q Query) ([]Doc, error) {
	scans, err := c.scans(q)
	if err != nil {
		return nil, err
	}
	var found []Doc
	for _, scan := range scans {
		if q.limit > 0 {
			scan.Limit = q.limit - len(found)
			if scan.Limit <= 0 {
				break
			}
		}
		docs, err := c.driver.Find(ctx, c.name(), scan)
		if err != nil {
			return nil, err
		}
		found = append(found, docs...)
	}
	return found, nil
}

func (c *Collection[T]) page(ctx context.Context, q Query) ([]Doc, string, error) {
	size := q.limit
	if size <= 0 {
		size = 100
	}
	q.limit = size + 1 // one more tells whether there is a next page
	docs, err := c.find(ctx, q)
	if err != nil || len(docs) <= size {
		return docs, "", err
	}
	last := docs[size-1]
	place := Place{ID: last.ID}
	if q.index != "" {
		_, keys, err := c.decl.keysOf(last.Body)
		if err != nil {
			return nil, "", err
		}
		place.Key = keys[q.index]
	}
	return docs[:size], place.cursor(q.index), nil
}

func (c *Collection[T]) decodeAll(docs []Doc) ([]T, error) {
	values := make([]T, len(docs))
	for i, doc := range docs {
		v, err := c.decl.decode(doc)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}
