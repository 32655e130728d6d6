package storetest

import (
	"context"
	"fmt"
	"sync/atomic"

	"feria/store"
)

// careless is a driver that does not look at revisions. The suite must catch
// it, else its races prove nothing.
type careless struct{ store.Driver }

func (d careless) Apply(ctx context.Context, writes []store.Write) []error {
	loose := make([]store.Write, len(writes))
	for i, w := range writes {
		if w.Kind == store.Replace {
			w.Kind, w.If = store.Put, 0
		}
		loose[i] = w
	}
	return d.Driver.Apply(ctx, loose)
}

// dying is a driver whose process dies, as often as crashes says, between the
// rows and the document: the rows are written and nobody is told.
type dying struct {
	store.Driver
	crashes *atomic.Int32
}

func (d dying) Apply(ctx context.Context, writes []store.Write) []error {
	last := len(writes) - 1
	if last < 1 || !writes[last].Guard || d.crashes.Add(-1) < 0 {
		return d.Driver.Apply(ctx, writes)
	}
	d.Driver.Apply(ctx, writes[:last])
	errs := make([]error, len(writes))
	for i := range errs {
		errs[i] = fmt.Errorf("%w: died", store.ErrUnavailable)
	}
	return errs
}

// mute is a driver that does everything and loses the answer, as often as
// losses says.
type mute struct {
	store.Driver
	losses *atomic.Int32
}

func (d mute) Apply(ctx context.Context, writes []store.Write) []error {
	errs := d.Driver.Apply(ctx, writes)
	if d.losses.Add(-1) >= 0 {
		for i := range errs {
			errs[i] = fmt.Errorf("%w: no answer", store.ErrUnavailable)
		}
	}
	return errs
}

// deaf is a driver that does guarded writes and does not hear so before somebody
// else has written too.
type deaf struct {
	store.Driver
	meanwhile func()
}

func (d deaf) Apply(ctx context.Context, writes []store.Write) []error {
	errs := d.Driver.Apply(ctx, writes)
	if last := len(writes) - 1; writes[last].Guard && errs[last] == nil {
		d.meanwhile()
		errs[last] = fmt.Errorf("%w: no answer", store.ErrUnavailable)
	}
	return errs
}

// overtaken is a driver that lets somebody else write first, once.
type overtaken struct {
	store.Driver
	before *atomic.Pointer[func()]
}

func (d overtaken) Apply(ctx context.Context, writes []store.Write) []error {
	if writes[len(writes)-1].Guard {
		if fn := d.before.Swap(nil); fn != nil {
			(*fn)()
		}
	}
	return d.Driver.Apply(ctx, writes)
}

// Stepwise is a driver that does the rows of an update and its document one by
// one and can not take rows back, as MongoDB's can not. before, if not nil, is
// called before each of them, counted from 0: what somebody else does there is
// done at that moment.
func Stepwise(d store.Driver, before func(step int)) store.Driver { return stepwise{d, before} }

type stepwise struct {
	store.Driver
	before func(step int)
}

func (d stepwise) Apply(ctx context.Context, writes []store.Write) []error {
	if !writes[len(writes)-1].Guard {
		return d.Driver.Apply(ctx, writes)
	}
	errs := make([]error, len(writes))
	failed := false
	for i, w := range writes {
		if d.before != nil {
			d.before(i)
		}
		if w.Guard && failed || w.Needs > 0 && errs[w.Needs-1] != nil {
			errs[i] = store.ErrSkipped
			continue
		}
		w.Guard, w.Needs = false, 0
		errs[i] = d.Driver.Apply(ctx, []store.Write{w})[0]
		failed = failed || errs[i] != nil
	}
	return errs
}
