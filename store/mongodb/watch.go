package mongodb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"feria/store"
)

// While nothing is heard of a server it is asked for a sign of life each time that
// probing has passed; patientFor is how many times in a row that may bring nothing
// until the server counts as away. They are counted and not timed: a process that
// was itself held up has not asked meanwhile.
const (
	probing    = 250 * time.Millisecond
	patientFor = 10
)

// quiet is the rule of when a server is away.
type quiet struct {
	heard  bool // since the last tick
	silent int  // ticks in a row without hearing anything
}

// tick is called each time that probing has passed, and says whether to ask for a
// sign of life.
func (q *quiet) tick() (ask bool) {
	if q.heard {
		q.heard = false
		return false
	}
	q.silent++
	return true
}

// hear notes an answer of the server.
func (q *quiet) hear() { q.heard, q.silent = true, 0 }

// away says whether calls are to be refused; the next answer ends it.
func (q *quiet) away() bool { return q.silent > patientFor }

// watch keeps callers from waiting for a server that is away. One that answers
// neither a call nor a probe for long is: calls under way end, and further
// ones are refused at once until a probe is answered. Both get ErrUnavailable,
// and of a write that was under way nobody knows the outcome, as with every
// other lost answer.
type watch struct {
	mu    sync.Mutex
	quiet quiet
	here  context.Context // ends when the server is found away
	leave context.CancelFunc
	end   context.CancelFunc // of the probes
	ended chan struct{}
}

// newWatch begins to watch a server that has just answered.
func newWatch(ping func(context.Context) error) *watch {
	w := &watch{quiet: quiet{heard: true}, ended: make(chan struct{})}
	w.here, w.leave = context.WithCancel(context.Background())
	ctx, end := context.WithCancel(context.Background())
	w.end = end
	go w.probe(ctx, ping)
	return w
}

// stop ends the probes; calls go on.
func (w *watch) stop() {
	w.end()
	<-w.ended
}

// probe asks the server for a sign of life while nothing else is heard of it.
func (w *watch) probe(ctx context.Context, ping func(context.Context) error) {
	defer close(w.ended)
	tick := time.NewTicker(probing)
	defer tick.Stop()
	answered, asking := make(chan error, 1), false
	for {
		select {
		case <-ctx.Done():
			if asking {
				<-answered
			}
			return
		case err := <-answered:
			asking = false
			w.note(err)
		case <-tick.C:
			if w.judge() && !asking {
				asking = true
				go func() {
					patient, cancel := context.WithTimeout(ctx, patientFor*probing)
					defer cancel()
					answered <- ping(patient)
				}()
			}
		}
	}
}

// judge applies the rule and says whether to probe.
func (w *watch) judge() (ask bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ask = w.quiet.tick()
	if w.quiet.away() {
		w.leave()
	}
	return ask
}

// note takes in how a question ended: all but ErrUnavailable is an answer of the
// server.
func (w *watch) note(err error) {
	if errors.Is(err, store.ErrUnavailable) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.quiet.hear()
	if w.here.Err() != nil {
		w.here, w.leave = context.WithCancel(context.Background())
	}
}

// errAway is what those get whom the watch did not let wait.
var errAway = fmt.Errorf("mongodb: %w: the server is away", store.ErrUnavailable)

// enter lets a call pass, with a context that ends too when the server is found
// away. Whoever enters calls done with the error of the call and hands on what it
// gives: a call that the watch has ended was not cancelled by its caller. Errors:
// store.ErrUnavailable while the server is away.
func (w *watch) enter(caller context.Context) (ctx context.Context, done func(error) error, err error) {
	w.mu.Lock()
	here := w.here
	w.mu.Unlock()
	if here.Err() != nil {
		return nil, nil, errAway
	}
	ctx, cancel := context.WithCancel(caller)
	free := context.AfterFunc(here, cancel)
	return ctx, func(err error) error {
		free()
		cancel()
		w.note(err)
		if errors.Is(err, context.Canceled) && caller.Err() == nil && here.Err() != nil {
			return errAway
		}
		return err
	}, nil
}
