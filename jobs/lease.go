package jobs

import (
	"context"
	"errors"
	"slices"
	"time"

	"feria/kernel"
	"feria/store"
)

// lease is the one document of a job, shared by all copies: who does it now,
// when it is due, how it went.
type lease struct {
	ID     string    `json:"id"` // of the installation, hence without a City
	Holder string    `json:"holder,omitempty"`
	Until  time.Time `json:"until,omitzero"` // the lease ends then if not renewed
	Ended  time.Time `json:"ended,omitzero"` // the last run
	Calls  int       `json:"calls"`          // since ever, see Call
	Done   int       `json:"done"`           // calls that a run has answered
	Runs   []Run     `json:"runs"`           // the latest last
}

var leases = store.Declare(store.Spec[lease]{
	Name: "jobs", ID: func(l *lease) string { return l.ID }, Shape: 1,
	Keep: "as long as the job exists; its last 50 runs", NoBackup: true,
})

// Collections lists what this package stores.
func Collections() []store.Declaration { return []store.Declaration{leases} }

// keepRuns is how many runs of a job are remembered.
const keepRuns = 50

// Run is how a job went once.
type Run struct {
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`
	Outcome Outcome   `json:"outcome"`
	Cause   string    `json:"cause,omitempty"` // code of what went wrong; no personal data
	Holder  string    `json:"holder,omitempty"`
}

// Outcome is the end of a run.
type Outcome string

// The outcomes.
const (
	Done      Outcome = "done"
	Failed    Outcome = "failed"
	CutOff    Outcome = "cut_off"   // Feria stopped in the middle
	Abandoned Outcome = "abandoned" // its holder was heard of no more, another copy took over
)

// errLost says that the lease went to another copy while this one worked.
var errLost = errors.New("jobs: lease was lost")

// notOften is the least distance of two lines in the history that say the same:
// a job that runs every second would leave nothing else in it, and cost a write
// each time.
const notOften = time.Minute

// like says whether a run need not be written down beside the last one.
func (r Run) like(last Run) bool {
	return r.Outcome == last.Outcome && r.Cause == last.Cause && r.End.Sub(last.End) < notOften && r.End.Sub(r.Start) < notOften
}

// runOf tells a run from its end.
func runOf(began, ended time.Time, err error) Run {
	r := Run{Start: began, End: ended, Outcome: Done}
	if err != nil {
		r.Outcome, r.Cause = Failed, kernel.CodeOf(err)
		if errors.Is(err, context.Canceled) || errors.Is(err, errLost) {
			r.Outcome = CutOff
		}
	}
	return r
}

// take is the rule: a job belongs to whoever finds it free, or its holder silent
// for longer than the lease. Else wait says when to look again.
func (l *lease) take(now time.Time, holder string, lease time.Duration) (ok bool, wait time.Duration) {
	if l.Holder != "" && l.Holder != holder {
		if now.Before(l.Until) {
			return false, l.Until.Sub(now)
		}
		l.note(Run{Start: l.Until.Add(-lease), End: l.Until, Outcome: Abandoned, Holder: l.Holder})
	}
	l.Holder, l.Until = holder, now.Add(lease)
	return true, 0
}

func (l *lease) note(r Run) {
	l.Runs = append(l.Runs, r)
	if n := len(l.Runs) - keepRuns; n > 0 {
		l.Runs = slices.Delete(l.Runs, 0, n)
	}
}

// claim takes the lease of a job if it is free; ended is the end of its last run.
// Else wait says when to look again: often enough that a lease that is given
// back does not lie about.
func (r *Runner) claim(ctx context.Context, j *job) (ok bool, ended time.Time, wait time.Duration, err error) {
	now := r.now()
	look := min(max(j.every, time.Second), r.lease/3)
	// A copy that waits for another costs a read, not a write.
	current, err := leases.In(r.store).Get(ctx, j.name)
	if err == nil {
		if ok, wait := current.take(now, r.holder, r.lease); !ok {
			return false, ended, min(wait, look), nil
		}
	} else if !errors.Is(err, store.ErrAbsent) {
		return false, ended, 0, err
	}
	_, err = leases.In(r.store).Update(ctx, j.name, func(l *lease) error {
		if ok, wait = l.take(now, r.holder, r.lease); !ok {
			return store.ErrUnchanged
		}
		ended = l.Ended
		return nil
	}, store.OrNew(func() lease { return lease{ID: j.name} }))
	return ok && err == nil, ended, min(wait, look), err
}

// keep renews the lease until ctx ends, and ends it with errLost when another
// copy has taken over or the store was not reached for as long as it holds.
func (r *Runner) keep(ctx context.Context, j *job, lost context.CancelCauseFunc) {
	ticker := time.NewTicker(r.lease / 3)
	defer ticker.Stop()
	renewed := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := r.now()
		_, err := leases.In(r.store).Update(ctx, j.name, func(l *lease) error {
			if l.Holder != r.holder {
				return errLost
			}
			l.Until = now.Add(r.lease)
			return nil
		})
		switch {
		case err == nil:
			renewed = time.Now()
		case ctx.Err() != nil:
			return
		case errors.Is(err, errLost) || errors.Is(err, store.ErrAbsent) || time.Since(renewed) >= r.lease:
			lost(errLost)
			return
		}
	}
}

// write adds a run to the history.
func (r *Runner) write(ctx context.Context, j *job, run Run) error {
	_, err := leases.In(r.store).Update(ctx, j.name, func(l *lease) error {
		l.note(run)
		if l.Holder == r.holder {
			l.Ended = run.End
		}
		return nil
	})
	return err
}

// release gives the lease back, unless another copy took over meanwhile.
func (r *Runner) release(ctx context.Context, j *job) error {
	_, err := leases.In(r.store).Update(ctx, j.name, func(l *lease) error {
		if l.Holder != r.holder {
			return store.ErrUnchanged
		}
		l.Holder, l.Until = "", time.Time{}
		return nil
	})
	return err
}

// Call asks for a run of a job declared with OnCall, in any copy. Several calls
// before it runs are one.
func (r *Runner) Call(ctx context.Context, name string) error {
	_, err := leases.In(r.store).Update(ctx, name, func(l *lease) error {
		l.Calls++
		return nil
	}, store.OrNew(func() lease { return lease{ID: name} }))
	if err == nil {
		r.Wake(name)
	}
	return err
}

// calls gives the number of the latest call that no run has answered, 0 if none.
func (r *Runner) calls(ctx context.Context, name string) (int, error) {
	l, err := leases.In(r.store).Get(ctx, name)
	if err != nil || l.Calls == l.Done {
		return 0, err
	}
	return l.Calls, nil
}

// answered notes that a run saw to all calls up to that number.
func (r *Runner) answered(ctx context.Context, name string, calls int) error {
	_, err := leases.In(r.store).Update(ctx, name, func(l *lease) error {
		l.Done = max(l.Done, calls)
		return nil
	})
	return err
}

// Status is a job as the console shows it.
type Status struct {
	Name    string
	Every   time.Duration // 0 for a job that this copy does not know
	Holder  string        // the copy that sees to it, "" if none
	Until   time.Time     // until when that is believed without a sign of life
	Waiting bool          // called, and not yet done
	Runs    []Run         // the latest first, at most 50
}

// History tells of every job that this copy declares or any copy ever ran, in
// the order of their names.
func (r *Runner) History(ctx context.Context) ([]Status, error) {
	all, err := leases.In(r.store).Find(ctx, store.All())
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	declared := slices.Clone(r.jobs)
	r.mu.Unlock()
	now := r.now()
	var out []Status
	for _, l := range all {
		s := Status{Name: l.ID, Waiting: l.Calls > l.Done, Runs: l.Runs}
		if now.Before(l.Until) {
			s.Holder, s.Until = l.Holder, l.Until
		}
		slices.Reverse(s.Runs)
		out = append(out, s)
	}
	for _, j := range declared {
		i := slices.IndexFunc(out, func(s Status) bool { return s.Name == j.name })
		if i < 0 {
			out = append(out, Status{Name: j.name})
			i = len(out) - 1
		}
		out[i].Every = j.every
	}
	slices.SortFunc(out, func(a, b Status) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return out, nil
}
