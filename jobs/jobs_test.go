package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"feria/kernel"
	"feria/store"
	"feria/store/storetest"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// Three copies on one store: each job has one of them at work, never two; when
// that one stops another goes on; what runs is waited for.
func TestRunner_runsOnceOverAllCopies(t *testing.T) {
	a, b := storetest.OpenTwo(t, Collections()...)
	var working, most, runs atomic.Int32
	work := func(ctx context.Context) error {
		n := working.Add(1)
		for {
			m := most.Load()
			if n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(2 * time.Millisecond):
		}
		working.Add(-1)
		runs.Add(1)
		return ctx.Err()
	}
	var copies []*Runner
	for i, s := range []*store.Store{a, b, a} {
		r := New(s, kernel.SystemClock, fmt.Sprint("copy ", i), quiet())
		r.lease = time.Second
		r.Every("work", time.Millisecond, work)
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		copies = append(copies, r)
	}
	for i, r := range copies {
		before := runs.Load()
		eventually(t, func() bool { return runs.Load() >= before+5 }, "nobody works although %d copies are left", len(copies)-i)
		if err := r.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if most.Load() != 1 {
		t.Errorf("%d worked at once", most.Load())
	}
	if n := working.Load(); n != 0 {
		t.Errorf("%d still work after Stop", n)
	}
	after := runs.Load()
	for _, r := range copies {
		r.Wake("work")
	}
	if runs.Load() != after {
		t.Error("a stopped runner works")
	}
	l, err := leases.In(a).Get(t.Context(), "work")
	if err != nil || l.Holder != "" {
		t.Errorf("the lease was not given back: %+v, %v", l, err)
	}
}

// eventually waits for what other goroutines do; it fails only after much longer
// than that can take.
func eventually(t *testing.T, done func() bool, format string, args ...any) {
	t.Helper()
	for range 3000 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf(format, args...)
}

// A copy that dies without giving its lease back holds the others up for no
// longer than the lease.
func TestRunner_takesOverFromTheDead(t *testing.T) {
	s := storetest.Open(t, Collections()...)
	if err := leases.In(s).Insert(t.Context(), lease{ID: "work", Holder: "dead", Until: kernel.SystemClock().Add(100 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	r := New(s, kernel.SystemClock, "alive", quiet())
	r.lease = time.Second
	done := make(chan struct{})
	r.Every("work", time.Hour, func(context.Context) error {
		close(done)
		return nil
	})
	start(t, r)
	<-done
	stop(t, r)
	history, err := r.History(t.Context())
	if err != nil || len(history) != 1 || len(history[0].Runs) != 2 {
		t.Fatalf("%+v, %v", history, err)
	}
	if runs := history[0].Runs; runs[0].Outcome != Done || runs[0].Holder != "alive" || runs[1].Outcome != Abandoned || runs[1].Holder != "dead" {
		t.Errorf("history %+v", runs)
	}
}

func start(t *testing.T, r *Runner) {
	t.Helper()
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func stop(t *testing.T, r *Runner) {
	t.Helper()
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Whoever lost the lease stops working: the context of the job ends.
func TestRunner_stopsWorkingWithoutTheLease(t *testing.T) {
	s := storetest.Open(t, Collections()...)
	r := New(s, kernel.SystemClock, "slow", quiet())
	r.lease = 60 * time.Millisecond
	begun, ended := make(chan struct{}), make(chan struct{})
	r.Every("work", time.Hour, func(ctx context.Context) error {
		close(begun)
		<-ctx.Done()
		close(ended)
		return ctx.Err()
	})
	start(t, r)
	<-begun
	until := kernel.SystemClock().Add(time.Hour)
	if _, err := leases.In(s).Update(t.Context(), "work", func(l *lease) error {
		l.Holder, l.Until = "thief", until
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	<-ended
	stop(t, r)
	l, err := leases.In(s).Get(t.Context(), "work")
	if err != nil || l.Holder != "thief" {
		t.Errorf("the lease of the other copy is gone: %+v, %v", l, err)
	}
	if len(l.Runs) != 1 || l.Runs[0].Outcome != CutOff {
		t.Errorf("history %+v", l.Runs)
	}
}

func TestRunner_Stop(t *testing.T) {
	for _, row := range []struct {
		name    string
		patient bool
		outcome Outcome
	}{
		{"waits for the run in hand", true, Done},
		{"cuts it off when it takes too long", false, CutOff},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := storetest.Open(t, Collections()...)
			r := New(s, kernel.SystemClock, "a", quiet())
			begun, finish := make(chan struct{}), make(chan struct{})
			r.Every("work", time.Hour, func(ctx context.Context) error {
				close(begun)
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-finish:
					return nil
				}
			})
			start(t, r)
			<-begun
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if row.patient {
				close(finish)
			} else {
				cancel()
			}
			if err := r.Stop(ctx); (err == nil) != row.patient {
				t.Errorf("Stop: %v", err)
			}
			l, err := leases.In(s).Get(t.Context(), "work")
			if err != nil || l.Holder != "" || len(l.Runs) != 1 || l.Runs[0].Outcome != row.outcome {
				t.Errorf("afterwards %+v, %v", l, err)
			}
		})
	}
	t.Run("of what was never started does nothing", func(t *testing.T) {
		stop(t, New(storetest.Open(t, Collections()...), kernel.SystemClock, "a", quiet()))
	})
}

// A job that panics or fails is noted and runs again; the others go on.
func TestRunner_outlivesItsJobs(t *testing.T) {
	s := storetest.Open(t, Collections()...)
	r := New(s, kernel.SystemClock, "a", quiet())
	var good, bad atomic.Int32
	r.Every("bad", time.Millisecond, func(context.Context) error {
		if bad.Add(1) == 1 {
			panic("no")
		}
		return kernel.New(kernel.Unavailable, "gone_fishing", "")
	})
	r.Every("good", time.Millisecond, func(context.Context) error {
		good.Add(1)
		return nil
	})
	start(t, r)
	eventually(t, func() bool { return good.Load() > 2 && bad.Load() > 3 }, "good ran %d times, bad %d times", good.Load(), bad.Load())
	stop(t, r)
	history, err := r.History(t.Context())
	if err != nil || len(history) != 2 || history[0].Name != "bad" {
		t.Fatalf("%+v, %v", history, err)
	}
	// Each way to end is written down once a minute.
	runs := history[0].Runs
	if len(runs) != 2 || runs[0].Cause != "gone_fishing" || runs[1].Cause != "internal" || runs[0].Outcome != Failed {
		t.Errorf("history of bad: %+v", runs)
	}
	if len(history[1].Runs) != 1 || history[1].Every != time.Millisecond {
		t.Errorf("history of good: %+v", history[1])
	}
}

// A call stays in the store until a run has answered it.
func TestRunner_Call(t *testing.T) {
	a, b := storetest.OpenTwo(t, Collections()...)
	asker, worker := New(a, kernel.SystemClock, "asker", quiet()), New(b, kernel.SystemClock, "worker", quiet())
	if err := asker.Call(t.Context(), "tidy"); err != nil {
		t.Fatal(err)
	}
	if err := asker.Call(t.Context(), "tidy"); err != nil {
		t.Fatal(err)
	}
	history, err := asker.History(t.Context())
	if err != nil || len(history) != 1 || !history[0].Waiting {
		t.Fatalf("%+v, %v", history, err)
	}
	var runs atomic.Int32
	worker.OnCall("tidy", func(context.Context) error {
		if runs.Add(1) == 1 {
			return errors.New("not today")
		}
		return nil
	})
	start(t, worker)
	eventually(t, func() bool {
		history, err = worker.History(t.Context())
		return err == nil && !history[0].Waiting
	}, "the call is not answered: %+v, %v", history, err)
	stop(t, worker)
	if runs.Load() != 2 { // once failed, once done, for both calls
		t.Errorf("ran %d times", runs.Load())
	}
}

func TestRunner_Wake(t *testing.T) {
	s := storetest.Open(t, Collections()...)
	r := New(s, kernel.SystemClock, "a", quiet())
	runs := make(chan int, 10)
	n := 0
	r.Every("work", time.Hour, func(context.Context) error {
		n++
		runs <- n
		return nil
	})
	start(t, r)
	<-runs
	r.Wake("work")
	r.Wake("no such job")
	if got := <-runs; got != 2 {
		t.Errorf("run %d", got)
	}
	stop(t, r)
}

// The waiting itself, in a bubble of fake time.
func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &job{wake: make(chan struct{}, 1)}
		at := time.Now()
		if !pause(t.Context(), j, time.Hour) || time.Since(at) != time.Hour {
			t.Errorf("waited %s", time.Since(at))
		}
		j.wake <- struct{}{}
		at = time.Now()
		if !pause(t.Context(), j, time.Hour) || time.Since(at) != 0 {
			t.Errorf("a call was kept waiting for %s", time.Since(at))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if pause(ctx, j, time.Hour) {
			t.Error("went on although the context has ended")
		}
	})
}

func TestEvery_panicsOnMistakes(t *testing.T) {
	nothing := func(context.Context) error { return nil }
	for _, row := range []struct {
		name string
		do   func(r *Runner)
	}{
		{"a name twice", func(r *Runner) { r.Every("a", time.Second, nothing); r.Every("a", time.Second, nothing) }},
		{"no interval", func(r *Runner) { r.Every("a", 0, nothing) }},
		{"after the start", func(r *Runner) { start(t, r); r.Every("a", time.Second, nothing) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := New(storetest.Open(t, Collections()...), kernel.SystemClock, "a", quiet())
			defer func() {
				if recover() == nil {
					t.Error("took it")
				}
				stop(t, r)
			}()
			row.do(r)
		})
	}
}
