package store

import (
	"context"
	"errors"
	"fmt"
)

// writes lists the rows of all who decided and then, guarded, the document: the
// first row of each, then their second ones, which need the first. So whoever is
// late with a key has touched nothing else, and rows of one kind stand together,
// which a driver may send as one message. rows says for each write whose row it
// is.
func (r *round[T]) writes(verdicts []verdict[T], doc Doc) (writes []Write, rows []*call[T]) {
	before := make([]int, len(verdicts)) // the place of each one's last row, from 1
	for nth, more := 0, true; more; nth++ {
		more = false
		for i, v := range verdicts {
			if v.err != nil || nth >= len(v.ops) {
				continue
			}
			w := v.ops[nth].write
			if row, stands := v.call.standing[rowName(w)]; stands { // as an earlier try has left it
				w.Kind, w.If = Replace, row.rev
			}
			w.Needs = before[i]
			writes, rows = append(writes, w), append(rows, v.call)
			before[i], more = len(writes), true
		}
	}
	last := Write{Kind: Replace, Collection: r.c.name(), Doc: doc, If: r.rev, Guard: true}
	if r.rev == 0 {
		last.Kind = Insert
	}
	return append(writes, last), rows
}

// standingRow is a row that an earlier try of a caller has written.
type standingRow struct {
	Write
	rev   int64 // as written
	taken bool  // it was somebody else's before
}

// rowName tells rows apart.
func rowName(w Write) string { return w.Collection + "\x00" + w.Doc.ID }

// countRows notes which rows stand now and ends the calls of those that failed.
// Whoever finds a row of its own changed has lost it to somebody else, who may have
// decided for both by now: that is ErrExists.
func (r *round[T]) countRows(ctx context.Context, verdicts []verdict[T], rows []*call[T], writes []Write, errs []error) map[*call[T]]bool {
	failed := map[*call[T]]error{}
	for i, k := range rows {
		w := writes[i]
		row, stood := k.standing[rowName(w)]
		switch err := errs[i]; {
		case err == nil && w.Kind != Put:
			if k.standing == nil {
				k.standing = map[string]standingRow{}
			}
			k.standing[rowName(w)] = standingRow{Write: w, rev: w.Doc.Rev, taken: row.taken || !stood && w.Kind == Replace}
		case err == nil, errors.Is(err, ErrUndone), errors.Is(err, ErrSkipped):
		case stood && (errors.Is(err, ErrStale) || errors.Is(err, ErrAbsent)):
			delete(k.standing, rowName(w))
			failed[k] = &ExistsError{Collection: w.Collection}
		case failed[k] == nil:
			failed[k] = err
		}
	}
	dropped := map[*call[T]]bool{}
	for _, v := range verdicts {
		if err := failed[v.call]; err != nil {
			dropped[v.call] = true
			r.sweep(ctx, v.call)
			v.call.finish(err, nil)
		}
	}
	return dropped
}

// dropBadOps ends callers whose rows can not be written at all. What they
// decided stands in the document under work, so the others are judged anew.
func (r *round[T]) dropBadOps(ctx context.Context, verdicts []verdict[T]) (again []*call[T], any bool) {
	for _, v := range verdicts {
		bad := error(nil)
		for _, op := range v.ops {
			switch {
			case op.err != nil:
				bad = op.err
			case op.write.Kind == Delete:
				bad = fmt.Errorf("store: update of %s %q: With takes no DeleteOp", r.c.name(), r.id)
			}
		}
		if bad == nil {
			again = append(again, v.call)
			continue
		}
		any = true
		r.sweep(ctx, v.call)
		v.call.finish(bad, nil)
	}
	return again, any
}

// sweep takes back rows that a caller has inserted who was refused in the end, as
// far as they are still as written. What was somebody else's before stays, for that
// one may have decided with it. A failure leaves a void row, which the sweeper of
// its collection knows to find.
func (r *round[T]) sweep(ctx context.Context, k *call[T]) {
	if len(k.standing) == 0 || k.opts.lasting {
		return
	}
	writes := make([]Write, 0, len(k.standing))
	for _, row := range k.standing {
		if !row.taken {
			writes = append(writes, Write{Kind: Delete, Collection: row.Collection, Doc: Doc{ID: row.Doc.ID}, If: row.rev})
		}
	}
	if len(writes) > 0 {
		r.c.store.write(ctx, writes)
	}
	k.standing = nil
}
