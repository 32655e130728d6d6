package festival

import (
	"errors"
	"sync"

	"feria/kernel"
	"feria/store"
)

// Service keeps cities, events, their drafts and releases in a store. It is
// safe for concurrent use. Who may do what is decided before it is called; by
// is who did it, for the record.
//
// What is absent, or set aside, is kernel.Missing; what the store cannot do is
// a kernel.Error of kind Unavailable.
type Service struct {
	store *store.Store
	now   kernel.Clock
}

// New makes a Service; the store must have been opened with Collections.
func New(s *store.Store, now kernel.Clock) *Service { return &Service{store: s, now: now} }

// missing turns an absent document into the one answer for it.
func missing(err error) error {
	if errors.Is(err, store.ErrAbsent) {
		return kernel.Missing()
	}
	return err
}

// takenBy says which unique index of which collection refused a write; false
// for any other error.
func takenBy(err error) (index string, taken bool) {
	var e *store.ExistsError
	if errors.As(err, &e) {
		return e.Index, true
	}
	return "", errors.Is(err, store.ErrExists)
}

// firstError gives the first error of an Apply.
func firstError(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// together does several reads at once and gives the first error in their order.
func together(reads ...func() error) error {
	errs := make([]error, len(reads))
	var wait sync.WaitGroup
	for i, read := range reads {
		wait.Go(func() { errs[i] = read() })
	}
	wait.Wait()
	return firstError(errs)
}
