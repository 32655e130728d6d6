package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// The self-test lets so many claim the same thing so many times.
const (
	selfTestClaimers = 8
	selfTestRounds   = 50
)

// SelfTest proves that a driver's server is exact: in each round all claimers
// try the same conditional update of a scratch document at once, and exactly
// one may win; then all insert the same id, and again one may win. Errors:
// ErrInexact, which names the driver; those of the driver.
func SelfTest(ctx context.Context, driver Driver) error {
	const collection = "feria_selftest"
	if err := driver.Ensure(ctx, []Shape{{Collection: collection}}); err != nil {
		return err
	}
	doc := Doc{ID: fmt.Sprint("scratch/", newRev()), Rev: newRev(), Body: []byte(`{"n":0}`)}
	claim := func(w Write) (int64, error) {
		var winners, rev atomic.Int64
		var failed atomic.Value
		var wait sync.WaitGroup
		for range selfTestClaimers {
			wait.Go(func() {
				mine := w
				mine.Doc.Rev = newRev()
				switch err := driver.Apply(ctx, []Write{mine})[0]; {
				case err == nil:
					winners.Add(1)
					rev.Store(mine.Doc.Rev)
				case !errors.Is(err, ErrStale) && !errors.Is(err, ErrExists):
					failed.Store(fmt.Errorf("self-test: %w", err))
				}
			})
		}
		wait.Wait()
		if err, ok := failed.Load().(error); ok {
			return 0, err
		}
		if n := winners.Load(); n != 1 {
			return 0, fmt.Errorf("%w: %s let %d of %d win what one may win; it must not decide about seats", ErrInexact, driver.Kind(), n, selfTestClaimers)
		}
		return rev.Load(), nil
	}
	rev, err := claim(Write{Kind: Insert, Collection: collection, Doc: doc})
	for n := 1; n <= selfTestRounds && err == nil; n++ {
		doc.Body = fmt.Appendf(nil, `{"n":%d}`, n)
		rev, err = claim(Write{Kind: Replace, Collection: collection, Doc: doc, If: rev})
	}
	if err != nil {
		return err
	}
	stored, err := driver.Get(ctx, collection, doc.ID)
	if err != nil {
		return fmt.Errorf("self-test: %w", err)
	}
	if stored.Rev != rev {
		return fmt.Errorf("%w: %s acknowledged an update that is not there", ErrInexact, driver.Kind())
	}
	return driver.Apply(ctx, []Write{{Kind: Delete, Collection: collection, Doc: Doc{ID: doc.ID}}})[0]
}
