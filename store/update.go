package store

import (
	"context"
	"fmt"
)

// UpdateOption changes what Update does.
type UpdateOption func(*updateOptions)

type updateOptions struct {
	orNew   func() any
	rows    func(first bool) []Op
	lasting bool // rows are never taken back
}

// OrNew makes Update start from what fn gives where there is no document yet,
// and insert it. fn is as pure as the function itself, and the id of what it
// gives is the one that Update was called with.
func OrNew[T any](fn func() T) UpdateOption {
	return func(o *updateOptions) { o.orNew = func() any { return fn() } }
}

// With writes rows before the document, in the same commit where the driver has
// such. rows is called after the function each time that it has decided, so it
// may use what the function found out; first says that none of them stands yet.
// Rows are InsertOps, PutOps or ReplaceOps with ids drawn beforehand; each is
// tried only when those before it went well, so the one whose key decides whose
// turn it is stands first. If one of them exists already, or is not any more what
// this caller has made of it in an earlier try, the update is not made for this
// caller and its error is ErrExists; for a ReplaceOp it is ErrStale or ErrAbsent.
// An inserted row whose document is not written in the end is taken back where
// possible; a crash between both, or a write of the document whose outcome nobody
// knows, leaves a row that the document may not know.
func With(rows func(first bool) []Op) UpdateOption {
	return func(o *updateOptions) { o.rows = rows }
}

// Lasting leaves the rows of With where they are although their document was not
// written in the end: for rows that somebody else may have found and carried to
// their end by then.
func Lasting() UpdateOption {
	return func(o *updateOptions) { o.lasting = true }
}

// Update loads a document, applies fn and writes the result only if nobody
// changed it meanwhile; else it does so again. It gives the document as it is
// stored then, which holds what others decided in the same moment too.
//
// fn must be pure: it may run twice, on another goroutine, and leaves the
// document unchanged when it returns an error, which Update returns as it is. A
// fn that returns ErrUnchanged is a success that needs no write. When ctx ends
// first, Update returns its error and the outcome is open.
//
// Errors: those of fn, ErrAbsent without OrNew, ErrExists when the result's key
// of a unique index or a row of With is taken, ErrStale when it gave up or a
// ReplaceOp was late, ErrUnavailable.
func (c *Collection[T]) Update(ctx context.Context, id string, fn func(*T) error, opts ...UpdateOption) (T, error) {
	k := newCall(ctx, fn, opts)
	if err := c.submit(ctx, id, k); err != nil {
		var none T
		return none, err
	}
	return c.decl.decode(Doc{ID: id, Body: k.body})
}

// Decide is Update without the document as its result: for documents that a
// rush updates, where making a copy for each caller would cost more than the
// decision.
func (c *Collection[T]) Decide(ctx context.Context, id string, fn func(*T) error, opts ...UpdateOption) error {
	return c.submit(ctx, id, newCall(ctx, fn, opts))
}

// call is one caller of Update who waits.
type call[T any] struct {
	ctx  context.Context
	fn   func(*T) error
	opts updateOptions

	done     chan struct{} // closed when the rest is set
	err      error
	panicked any
	body     []byte // the document afterwards, when err is nil

	standing map[string]standingRow // what an earlier try of this caller has written
}

func newCall[T any](ctx context.Context, fn func(*T) error, opts []UpdateOption) *call[T] {
	k := &call[T]{ctx: ctx, fn: fn, done: make(chan struct{})}
	for _, o := range opts {
		o(&k.opts)
	}
	return k
}

func (k *call[T]) finish(err error, body []byte) {
	k.err, k.body = err, body
	close(k.done)
}

// run applies the caller's function. A panic is kept for the caller's own
// goroutine, where it belongs.
func (k *call[T]) run(v *T) error {
	defer func() {
		if p := recover(); p != nil {
			k.panicked = p
		}
	}()
	return k.fn(v)
}

// start gives the document that a caller with OrNew begins with.
func (k *call[T]) start(decl *Declared[T], id string) (*T, error) {
	v, ok := k.opts.orNew().(T)
	if !ok {
		return nil, fmt.Errorf("store: OrNew of %s gives another type", decl.spec.Name)
	}
	if got := decl.spec.ID(&v); got != id {
		return nil, fmt.Errorf("store: OrNew of %s gives id %q, not %q", decl.spec.Name, got, id)
	}
	return &v, nil
}

// submit hands a call over and waits for its end.
func (c *Collection[T]) submit(ctx context.Context, id string, k *call[T]) error {
	if u, missing := c.driver.(undeclared); missing {
		return u.err()
	}
	if err := Ended(ctx); err != nil {
		return err
	}
	if c.store.options.NoCombine {
		(&round[T]{c: c, id: id}).settle(ctx, []*call[T]{k})
	} else {
		c.enqueue(id, k)
		select {
		case <-k.done:
		case <-ctx.Done():
			return Ended(ctx)
		}
	}
	if k.panicked != nil {
		panic(k.panicked)
	}
	return k.err
}
