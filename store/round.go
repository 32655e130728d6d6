package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// round settles callers who wait for the same document: one load, all their
// functions in order, one write. Every answer rests on a state that was the
// stored one: refusals wait for the write too, since they may have been decided
// after an earlier caller of the same round; and where nothing is to be written
// and the document was a kept one, its revision is asked for.
type round[T any] struct {
	c  *Collection[T]
	id string

	// The document under work, nil while there is none.
	doc  *T
	rev  int64  // the stored revision it came from, 0 if there is none stored
	body []byte // as stored
	calm int    // rounds since somebody else has written it
	sure bool   // it was the stored one after the round began
}

// calmEnough is after how many rounds without a stranger's write a kept document
// is judged before its revision is asked for. The write asks anyway; being wrong
// costs a round, so where several processes rush on one document all ask first.
const calmEnough = 4

// verdict is what a caller's function said.
type verdict[T any] struct {
	call *call[T]
	err  error // nil: decided, needs the write
	ops  []Op
}

// maxTries bounds how often a round begins anew.
const maxTries = 1000

// settle answers every call exactly once.
func (r *round[T]) settle(ctx context.Context, calls []*call[T]) {
	pending := calls
	for try := 0; len(pending) > 0; try++ {
		if err := r.pause(ctx, try); err != nil {
			r.giveUp(ctx, pending, err)
			return
		}
		if pending = r.present(ctx, pending); len(pending) == 0 {
			return
		}
		if err := r.load(ctx); err != nil {
			r.giveUp(ctx, pending, err)
			return
		}
		verdicts, panicked := r.judge(pending)
		if panicked != nil { // it may have left the document half changed
			pending = without(pending, panicked)
			r.sweep(ctx, panicked)
			panicked.finish(nil, nil)
			continue
		}
		pending = r.write(ctx, verdicts)
	}
}

// pause waits a random while, longer at each try, so that several processes do
// not meet again.
func (r *round[T]) pause(ctx context.Context, try int) error {
	if try == 0 {
		return nil
	}
	if try >= maxTries {
		return fmt.Errorf("%w: %s %q, %d times", ErrStale, r.c.name(), r.id, try)
	}
	longest := time.Millisecond << min(try, 6)
	select {
	case <-time.After(rand.N(longest)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// present drops callers who have left.
func (r *round[T]) present(ctx context.Context, calls []*call[T]) []*call[T] {
	here := calls[:0:0]
	for _, k := range calls {
		if err := Ended(k.ctx); err != nil {
			r.sweep(ctx, k)
			k.finish(err, nil)
			continue
		}
		here = append(here, k)
	}
	return here
}

// load fetches the document, or takes the one that is kept.
func (r *round[T]) load(ctx context.Context) error {
	r.doc, r.rev, r.body, r.sure = nil, 0, nil, true
	rev := int64(0)
	kept, ok := r.c.store.hot.take(r.hotName())
	if ok {
		if r.calm = kept.calm; r.calm >= calmEnough {
			r.doc, r.rev, r.body, r.sure = kept.value.(*T), kept.rev, kept.body, false
			return nil
		}
		rev = kept.rev
	}
	stored, changed, err := r.c.driver.GetUnless(ctx, r.c.name(), r.id, rev)
	switch {
	case errors.Is(err, ErrAbsent):
		return nil
	case err != nil:
		return err
	case !changed:
		r.doc, r.rev, r.body = kept.value.(*T), kept.rev, kept.body
		return nil
	}
	r.calm = 0
	v, err := r.c.decl.decode(stored)
	if err != nil {
		return err
	}
	r.doc, r.rev, r.body = &v, stored.Rev, stored.Body
	return nil
}

func (r *round[T]) hotName() string { return r.c.name() + "\x00" + r.id }

// judge runs the functions in order on the document under work. If one panics,
// nothing counts and it is named.
func (r *round[T]) judge(calls []*call[T]) (verdicts []verdict[T], panicked *call[T]) {
	for _, k := range calls {
		v := verdict[T]{call: k}
		doc := r.doc
		if doc == nil {
			if k.opts.orNew == nil {
				v.err = fmt.Errorf("%w: %s %q", ErrAbsent, r.c.name(), r.id)
				verdicts = append(verdicts, v)
				continue
			}
			if doc, v.err = k.start(r.c.decl, r.id); v.err != nil {
				verdicts = append(verdicts, v)
				continue
			}
		}
		if r.c.store.options.Strict {
			v.err = r.strictly(k, doc)
		} else {
			v.err = k.run(doc)
		}
		if k.panicked != nil {
			return nil, k
		}
		if v.err == nil {
			r.doc = doc
			if k.opts.rows != nil {
				v.ops = k.opts.rows(len(k.standing) == 0)
			}
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}

// write stores what the round decided and answers whom it can; it gives back
// those who must be judged anew.
func (r *round[T]) write(ctx context.Context, verdicts []verdict[T]) (again []*call[T]) {
	again, any := r.dropBadOps(ctx, verdicts)
	if any {
		return again
	}
	if !slices.ContainsFunc(verdicts, func(v verdict[T]) bool { return v.err == nil }) {
		if !r.sure && !r.stands(ctx, r.rev) {
			return again // nothing was kept, so the next load asks the store
		}
		r.answer(ctx, verdicts)
		return nil
	}
	doc, err := r.c.decl.encode(r.doc)
	if err == nil && doc.ID != r.id {
		err = fmt.Errorf("store: update of %s %q changed its id to %q", r.c.name(), r.id, doc.ID)
	}
	if err != nil {
		return r.apart(ctx, verdicts, err)
	}
	writes, rows := r.writes(verdicts, doc)
	errs := r.c.store.write(ctx, writes)
	docErr := errs[len(errs)-1]
	if errors.Is(docErr, ErrUnavailable) && r.stands(ctx, doc.Rev) {
		docErr = nil
	}
	if docErr == nil {
		r.rev, r.body = doc.Rev, doc.Body
		r.answer(ctx, verdicts)
		return nil
	}
	dropped := r.countRows(ctx, verdicts, rows, writes, errs)
	var exists *ExistsError
	switch {
	case errors.Is(docErr, ErrSkipped):
		if len(dropped) == 0 {
			return r.apart(ctx, verdicts, docErr)
		}
	case errors.As(docErr, &exists) && exists.Index != "":
		return r.apart(ctx, verdicts, docErr)
	case errors.Is(docErr, ErrStale), errors.Is(docErr, ErrAbsent), errors.Is(docErr, ErrExists):
		r.calm = 0 // somebody else was first; begin anew
	default: // nobody knows whether it was written, so its rows stay
		for _, v := range verdicts {
			if !dropped[v.call] {
				v.call.standing = nil
				r.giveUp(ctx, []*call[T]{v.call}, docErr)
			}
		}
		return nil
	}
	return slices.DeleteFunc(again, func(k *call[T]) bool { return dropped[k] })
}

// answer tells everybody what was decided; the document under work is the
// stored one now.
func (r *round[T]) answer(ctx context.Context, verdicts []verdict[T]) {
	if r.c.decl.spec.Hot && !r.c.store.options.NoCombine && r.doc != nil && r.rev != 0 {
		r.c.store.hot.keep(&hotDoc{name: r.hotName(), value: r.doc, rev: r.rev, body: r.body, size: len(r.body), calm: r.calm + 1})
	}
	for _, v := range verdicts {
		switch {
		case v.err == nil:
			for _, op := range v.ops {
				delete(v.call.standing, rowName(op.write))
			}
			r.sweep(ctx, v.call) // rows of an earlier try that this one did not want
			v.call.finish(nil, r.body)
		case errors.Is(v.err, ErrUnchanged) && r.rev != 0:
			v.call.finish(nil, r.body)
		case errors.Is(v.err, ErrUnchanged): // nothing is stored and nothing was to be
			v.call.finish(nil, r.fresh(v.call))
		default:
			r.sweep(ctx, v.call)
			v.call.finish(v.err, nil)
		}
	}
}

// fresh is the document that a caller began with and did not want stored.
func (r *round[T]) fresh(k *call[T]) []byte {
	v, err := k.start(r.c.decl, r.id)
	if err != nil {
		return []byte("null")
	}
	body, err := json.Marshal(v)
	if err != nil {
		return []byte("null")
	}
	return body
}

// apart judges everybody alone, when together they can not be written and one
// of them is the reason; a caller who is alone already is told.
func (r *round[T]) apart(ctx context.Context, verdicts []verdict[T], err error) []*call[T] {
	if len(verdicts) == 1 {
		r.sweep(ctx, verdicts[0].call)
		verdicts[0].call.finish(err, nil)
		return nil
	}
	for _, v := range verdicts {
		(&round[T]{c: r.c, id: r.id}).settle(ctx, []*call[T]{v.call})
	}
	return nil
}

// stands asks whether that revision is the stored one: after a write without an
// answer, or before an answer without a write.
func (r *round[T]) stands(ctx context.Context, rev int64) bool {
	_, changed, err := r.c.driver.GetUnless(ctx, r.c.name(), r.id, rev)
	return err == nil && !changed
}

// giveUp ends calls that could not be decided. That the round's own time was
// over is the store's fault, not the caller's.
func (r *round[T]) giveUp(ctx context.Context, calls []*call[T], err error) {
	for _, k := range calls {
		why := err
		if k.ctx.Err() == nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)) {
			why = fmt.Errorf("%w: %s %q: %w", ErrUnavailable, r.c.name(), r.id, err)
		}
		r.sweep(ctx, k)
		k.finish(why, nil)
	}
}

func without[T any](calls []*call[T], one *call[T]) []*call[T] {
	rest := calls[:0:0]
	for _, k := range calls {
		if k != one {
			rest = append(rest, k)
		}
	}
	return rest
}
