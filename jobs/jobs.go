// Package jobs does named work in the background, periodic or on a call, so that
// over all copies of Feria on one store each job runs once at a time. A lease
// document per job decides who: its holder keeps it as long as it lives, works
// whenever the job is due, and when it is heard of no more another copy takes
// over. The last runs of each job can be looked at.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"feria/kernel"
	"feria/store"
)

// leaseFor is how long a lease holds without a sign of life, and with it how
// long the work of a copy that died waits. A holder renews it three times in
// that span.
const leaseFor = 30 * time.Second

// Func does the work of a job, once. It must bear to be cut off anywhere and
// done again: its context ends when Feria stops or the lease is lost.
type Func func(ctx context.Context) error

// job is one named piece of work, in this copy.
type job struct {
	name  string
	every time.Duration
	run   Func
	wake  chan struct{} // holds one call
}

// Runner runs the jobs of this copy of Feria.
type Runner struct {
	store  *store.Store
	now    kernel.Clock
	holder string
	log    *slog.Logger
	lease  time.Duration

	mu      sync.Mutex
	jobs    []*job
	started bool
	stop    context.CancelFunc // no new runs
	abort   context.CancelFunc // ends the runs in hand
	running sync.WaitGroup
}

// New makes a runner. holder names this copy among all that share the store, a
// fresh id for each process. log gets the failures, by job.
func New(s *store.Store, now kernel.Clock, holder string, log *slog.Logger) *Runner {
	return &Runner{store: s, now: now, holder: holder, log: log, lease: leaseFor}
}

// Every declares a job that runs each time that its interval has passed since
// its last run ended, wherever that was. Jobs are declared before Start; a name
// declared twice is a mistake of the programmer, and panics.
func (r *Runner) Every(name string, interval time.Duration, run Func) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.ContainsFunc(r.jobs, func(j *job) bool { return j.name == name }) || r.started || interval <= 0 {
		panic(fmt.Sprintf("jobs: %q is declared twice, too late or without an interval", name))
	}
	r.jobs = append(r.jobs, &job{name: name, every: interval, run: run, wake: make(chan struct{}, 1)})
}

// OnCall declares a job that runs only when somebody asks for it by Call; the
// call is kept in the store, so another copy, or this one after a crash, sees to
// it. It is looked for once a second.
func (r *Runner) OnCall(name string, run Func) {
	r.Every(name, time.Second, func(ctx context.Context) error {
		calls, err := r.calls(ctx, name)
		if err != nil || calls == 0 {
			return errors.Join(err, errNothing)
		}
		if err := run(ctx); err != nil {
			return err
		}
		return r.answered(ctx, name, calls)
	})
}

// errNothing is how a run says that there was nothing to do: it leaves no line in
// the history.
var errNothing = errors.New("jobs: nothing to do")

// Wake runs a job in this copy as soon as it can, without waiting for its
// interval: for work that was just queued. It never blocks, and a job that
// another copy holds at the moment is left to it.
func (r *Runner) Wake(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, j := range r.jobs {
		if j.name == name {
			select {
			case j.wake <- struct{}{}:
			default: // it is called already
			}
		}
	}
}

// Start begins to work. The context only serves to start: Stop ends the work.
func (r *Runner) Start(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.started {
		return errors.New("jobs: started already")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r.started = true
	var accepting, working context.Context
	accepting, r.stop = context.WithCancel(context.WithoutCancel(ctx))
	working, r.abort = context.WithCancel(context.WithoutCancel(ctx))
	for _, j := range r.jobs {
		r.running.Go(func() { r.tend(accepting, working, j) })
	}
	return nil
}

// Stop begins nothing new and waits for the runs in hand until ctx ends; then it
// cuts them off and waits for them to notice, which is the error it gives.
// Stopping what was never started is no error.
func (r *Runner) Stop(ctx context.Context) error {
	r.mu.Lock()
	started := r.started
	r.mu.Unlock()
	if !started {
		return nil
	}
	r.stop()
	done := make(chan struct{})
	go func() {
		r.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		r.abort()
		return nil
	case <-ctx.Done():
		r.abort()
		<-done
		return fmt.Errorf("jobs: cut off: %w", ctx.Err())
	}
}

// tend holds the lease of one job whenever it is free, and works under it, until
// accepting ends.
func (r *Runner) tend(accepting, working context.Context, j *job) {
	for accepting.Err() == nil {
		held, ended, wait, err := r.claim(accepting, j)
		switch {
		case err != nil && accepting.Err() == nil:
			r.log.WarnContext(accepting, "jobs: cannot claim", "job", j.name, "error", err)
			pause(accepting, j, min(j.every, r.lease/3))
		case held:
			r.hold(accepting, working, j, ended)
		default:
			pause(accepting, j, wait)
		}
	}
	// The lease is given back, even one that a claim cut short may have got, or
	// the next copy would wait for its end.
	after, finish := context.WithTimeout(context.WithoutCancel(working), 5*time.Second)
	defer finish()
	if err := r.release(after, j); err != nil && !errors.Is(err, store.ErrAbsent) {
		r.log.WarnContext(after, "jobs: cannot give the lease back", "job", j.name, "error", err)
	}
}

// hold runs a job each time that it is due or called, until the lease is lost or
// Feria stops.
func (r *Runner) hold(accepting, working context.Context, j *job, ended time.Time) {
	ctx, lose := context.WithCancelCause(working)
	var keeping sync.WaitGroup
	keeping.Go(func() { r.keep(ctx, j, lose) })
	either, done := context.WithCancel(accepting)
	forget := context.AfterFunc(ctx, done)
	var last Run
	wait := j.due(r.now(), ended)
	for pause(either, j, wait) {
		last = r.perform(ctx, j, last)
		wait = j.every
	}
	forget()
	done()
	lose(nil)
	keeping.Wait()
}

// due says how long to wait for a run after one that ended then. Clocks of
// copies differ; an end in the future must not stop the job.
func (j *job) due(now, ended time.Time) time.Duration {
	if ended.IsZero() || ended.After(now) {
		return 0
	}
	return max(0, ended.Add(j.every).Sub(now))
}

// pause waits for a time, or for a call; false when ctx ended first.
func pause(ctx context.Context, j *job, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-j.wake:
	case <-timer.C:
	}
	return ctx.Err() == nil
}

// perform runs the job's function once and writes down how it went; last is the
// run before that was written down.
func (r *Runner) perform(ctx context.Context, j *job, last Run) Run {
	began := r.now()
	err := guard(ctx, j.run)
	if errors.Is(err, errNothing) {
		return last
	}
	if err != nil && errors.Is(context.Cause(ctx), errLost) {
		err = fmt.Errorf("%w: %w", errLost, err)
	}
	if err != nil {
		r.log.ErrorContext(ctx, "jobs: failed", "job", j.name, "error", err)
	}
	now := runOf(began, r.now(), err)
	if now.like(last) {
		return last
	}
	now.Holder = r.holder
	after, finish := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer finish()
	if err := r.write(after, j, now); err != nil {
		r.log.WarnContext(after, "jobs: cannot write a run down", "job", j.name, "error", err)
		return last
	}
	return now
}

// guard keeps a job that panics from taking the others along.
func guard(ctx context.Context, fn Func) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("jobs: panic: %v", p)
		}
	}()
	return fn(ctx)
}
