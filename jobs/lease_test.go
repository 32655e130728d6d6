package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"feria/kernel"
	"feria/store/storetest"
)

var began = time.Date(2027, 4, 12, 9, 0, 0, 0, time.UTC)

func TestLease_take(t *testing.T) {
	const span = 30 * time.Second
	for _, row := range []struct {
		name  string
		lease lease
		ok    bool
		wait  time.Duration
		notes int
	}{
		{"a job that nobody has", lease{}, true, 0, 0},
		{"one that another copy has", lease{Holder: "b", Until: began.Add(20 * time.Second)}, false, 20 * time.Second, 0},
		{"one whose holder was silent too long", lease{Holder: "b", Until: began}, true, 0, 1},
		{"one that is mine already", lease{Holder: "a", Until: began.Add(20 * time.Second)}, true, 0, 0},
		{"one that was mine and ran out", lease{Holder: "a", Until: began.Add(-time.Hour)}, true, 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			ok, wait := row.lease.take(began, "a", span)
			if ok != row.ok || wait != row.wait || len(row.lease.Runs) != row.notes {
				t.Errorf("got %v, wait %s, %d notes", ok, wait, len(row.lease.Runs))
			}
			if ok && (row.lease.Holder != "a" || !row.lease.Until.Equal(began.Add(span))) {
				t.Errorf("the lease is %+v", row.lease)
			}
		})
	}
}

func TestJob_due(t *testing.T) {
	j := &job{every: time.Hour}
	for _, row := range []struct {
		name  string
		ended time.Time
		want  time.Duration
	}{
		{"never run", time.Time{}, 0},
		{"run twenty minutes ago", began.Add(-20 * time.Minute), 40 * time.Minute},
		{"run yesterday", began.Add(-24 * time.Hour), 0},
		{"run in the future, by a copy whose clock is wrong", began.Add(time.Hour), 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := j.due(began, row.ended); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func TestLease_remembersFiftyRuns(t *testing.T) {
	var l lease
	for i := range 60 {
		l.note(Run{Start: began.Add(time.Duration(i) * time.Hour)})
	}
	if len(l.Runs) != 50 || !l.Runs[0].Start.Equal(began.Add(10*time.Hour)) || !l.Runs[49].Start.Equal(began.Add(59*time.Hour)) {
		t.Errorf("%d runs, from %s", len(l.Runs), l.Runs[0].Start)
	}
}

func TestRun_isWrittenDown(t *testing.T) {
	failed := runOf(began, began.Add(time.Second), kernel.Wrap(kernel.Unavailable, "smtp_away", errors.New("to ann@example.org")))
	if failed.Outcome != Failed || failed.Cause != "smtp_away" {
		t.Errorf("failed: %+v", failed)
	}
	for _, err := range []error{context.Canceled, fmt.Errorf("%w: %w", errLost, errors.New("x"))} {
		if r := runOf(began, began, err); r.Outcome != CutOff {
			t.Errorf("%v: %+v", err, r)
		}
	}
	done := runOf(began, began.Add(time.Second), nil)
	for _, row := range []struct {
		name string
		next Run
		like bool
	}{
		{"the same a second later", runOf(began.Add(2*time.Second), began.Add(3*time.Second), nil), true},
		{"the same two minutes later", runOf(began.Add(2*time.Minute), began.Add(2*time.Minute), nil), false},
		{"a failure a second later", runOf(began.Add(2*time.Second), began.Add(3*time.Second), errors.New("x")), false},
	} {
		if got := row.next.like(done); got != row.like {
			t.Errorf("%s: like %v", row.name, got)
		}
	}
}

// Periods are kept over restarts: a daily job does not run with every start.
func TestRunner_keepsItsPeriodOverRestarts(t *testing.T) {
	s := storetest.Open(t, Collections()...)
	var runs atomic.Int32
	now := began
	for _, row := range []struct {
		later time.Duration
		want  int32
	}{{0, 1}, {time.Hour, 1}, {24 * time.Hour, 2}} {
		now = now.Add(row.later)
		at := now
		r := New(s, func() time.Time { return at }, kernel.NewID(), quiet())
		r.Every("daily", 24*time.Hour, func(context.Context) error {
			runs.Add(1)
			return nil
		})
		if row.want > runs.Load() {
			start(t, r)
			eventually(t, func() bool { return runs.Load() == row.want }, "not run")
			stop(t, r)
			continue
		}
		// Nothing happens: what would happen at once is told by the rule.
		held, ended, _, err := r.claim(t.Context(), r.jobs[0])
		if err != nil || !held || r.jobs[0].due(at, ended) != 23*time.Hour {
			t.Errorf("an hour later: held %v, ended %s, %v", held, ended, err)
		}
		if err := r.release(t.Context(), r.jobs[0]); err != nil {
			t.Fatal(err)
		}
	}
}
