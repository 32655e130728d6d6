package festival

import (
	"context"
	"errors"
	"fmt"

	"feria/kernel"
	"feria/store"
)

// batch is how many records an import stores in one go.
const batch = 500

// ApplyImport brings the draft of an event up to what a file says; see
// PlanImport. With keep, nothing is dropped for being missing in the file.
// progress, if not nil, is told how many records of how many are stored. What
// the records were before is kept, so that UndoImport can bring it back.
//
// A file that says nothing new changes no record. An import that ends in the
// middle can be done again, or undone. Errors: Missing (event); Conflict
// import_running, import_raced (somebody made or changed the same records
// meanwhile).
func (s *Service) ApplyImport(ctx context.Context, event, by, file string, r Records, keep bool, progress func(done, total int)) (Import, error) {
	return s.applyImport(ctx, nil, event, by, file, r, keep, progress)
}

func (s *Service) applyImport(ctx context.Context, ahead *Ahead, event, by, file string, r Records, keep bool, progress func(done, total int)) (Import, error) {
	i := Import{
		ID: RecordID(event, kernel.NewID()), Event: event, File: tidyLine(file), Format: r.Format,
		At: s.now(), By: by, State: ImportRunning,
	}
	if _, err := s.Event(ctx, event); err != nil {
		return Import{}, err
	}
	if err := s.begin(ctx, i); err != nil {
		return Import{}, err
	}
	done, err := s.runImport(ctx, ahead, i, r, keep, progress)
	if err != nil {
		// Even when the caller has gone: the next import must not wait for it.
		if ended := s.endImport(context.WithoutCancel(ctx), i.ID, ImportFailed); ended != nil {
			err = fmt.Errorf("%w; and the import could not be ended: %w", err, ended)
		}
		return Import{}, err
	}
	return done, nil
}

func (s *Service) runImport(ctx context.Context, ahead *Ahead, i Import, r Records, keep bool, progress func(done, total int)) (Import, error) {
	loaded, err := ahead.take(ctx, i.ID)
	if err != nil {
		return Import{}, err
	}
	pl, err := s.plan(ctx, loaded, i.Event, i.By, i.ID, r, keep)
	if err != nil {
		return Import{}, err
	}
	plan := &pl.plan
	i.Counts = ImportCounts{Add: plan.Add, Change: plan.Change, Drop: plan.Drop, Same: plan.Same}
	i.Report, i.Patch = bounded(plan.Report), plan.event
	if i.Images, err = s.keepImages(ctx, i, plan.writes); err != nil {
		return Import{}, err
	}
	if len(plan.writes) > 0 || plan.event != nil {
		// What is needed for undoing goes before what is to be undone.
		if _, err := s.note(ctx, i, ImportRunning); err != nil {
			return Import{}, err
		}
	}
	if plan.event != nil {
		if _, err := s.updateEvent(ctx, i.Event, i.By, func(e *Event) error { plan.event.apply(e); return nil }); err != nil {
			return Import{}, err
		}
	}
	if err := s.applyAll(ctx, &i, plan.first, nil); err != nil {
		return Import{}, err
	}
	if err := s.applyAll(ctx, &i, plan.writes, progress); err != nil {
		return Import{}, err
	}
	if ahead := loaded != nil && len(plan.writes) > 0; ahead || len(plan.Drop) > 0 {
		if err := s.holdAll(ctx, i); err != nil {
			return Import{}, err
		}
	}
	return s.note(ctx, i, ImportDone)
}

// note stores what is known of an import, as long as it was not ended by others.
// Error: Conflict import_raced.
func (s *Service) note(ctx context.Context, i Import, state ImportState) (Import, error) {
	return imports.In(s.store).Update(ctx, i.ID, func(stored *Import) error {
		if stored.State != ImportRunning {
			return kernel.New(kernel.Conflict, "import_raced", "")
		}
		*stored = i
		stored.State = state
		return nil
	})
}

// applyAll stores records in batches, each in no order that could be relied on,
// as long as the import, or the row of the undoing, goes on; nil for what no
// other can touch.
func (s *Service) applyAll(ctx context.Context, i *Import, writes []write, progress func(done, total int)) error {
	for from := 0; from < len(writes); from += batch {
		if i != nil {
			if err := s.goesOn(ctx, i); err != nil {
				return err
			}
		}
		to := min(from+batch, len(writes))
		ops := make([]store.Op, 0, to-from)
		for _, w := range writes[from:to] {
			ops = append(ops, w.op)
		}
		if err := firstError(s.store.Apply(ctx, ops...)); err != nil {
			if _, taken := takenBy(err); taken || errors.Is(err, store.ErrStale) || errAbsent(err) {
				return kernel.Wrap(kernel.Conflict, "import_raced", err)
			}
			return err
		}
		if progress != nil {
			progress(to, len(writes))
		}
	}
	if progress != nil && len(writes) == 0 {
		progress(0, 0)
	}
	return nil
}

// keepImages stores what records were before an import and gives the number of
// chunks.
func (s *Service) keepImages(ctx context.Context, i Import, writes []write) (int, error) {
	var all []images
	size := 0
	for _, w := range writes {
		if w.image == nil {
			continue
		}
		if len(all) == 0 || size > chunkSize {
			all, size = append(all, images{ID: chunkID(i.ID, len(all)), At: i.At}), 0
		}
		last := &all[len(all)-1]
		last.Items = append(last.Items, *w.image)
		size += len(w.image.Before) + len(w.image.ID) + len(w.image.Name.String()) + 60
	}
	c := imageChunks.In(s.store)
	ops := make([]store.Op, len(all))
	for n, one := range all {
		ops[n] = c.PutOp(one)
	}
	return len(all), firstError(s.store.Apply(ctx, ops...))
}
