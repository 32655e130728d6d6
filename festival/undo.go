package festival

import (
	"context"
	"fmt"

	"feria/kernel"
	"feria/store"
)

// loadImages gives what keepImages stored, by kind.
func (s *Service) loadImages(ctx context.Context, i Import) (map[string][]image, error) {
	ids := make([]string, i.Images)
	for n := range ids {
		ids[n] = chunkID(i.ID, n)
	}
	all, err := imageChunks.In(s.store).GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	if len(all) != i.Images {
		return nil, kernel.Wrap(kernel.Internal, "internal", fmt.Errorf("import %s has %d of %d images", i.ID, len(all), i.Images))
	}
	byKind := map[string][]image{}
	for _, one := range all {
		for _, im := range one.Items {
			byKind[im.Kind] = append(byKind[im.Kind], im)
		}
	}
	return byKind, nil
}

// UndoImport brings every record that an import changed back to what it was
// before. Records that somebody changed since, and those that such records point
// to, stay as they are and are listed in Kept. Errors: Missing; Conflict
// import_undone, import_running.
func (s *Service) UndoImport(ctx context.Context, id, by string) (Import, error) {
	i, err := s.Import(ctx, id)
	if err != nil {
		return Import{}, err
	}
	if _, err := s.Event(ctx, i.Event); err != nil {
		return Import{}, err
	}
	switch i.State {
	case ImportUndone:
		return Import{}, kernel.New(kernel.Conflict, "import_undone", "", "at", i.Undone)
	case ImportRunning:
		if ended, err := s.endImports(ctx, i.Event); err != nil {
			return Import{}, err
		} else if ended == 0 {
			return Import{}, kernel.New(kernel.Conflict, "import_running", "")
		}
	}
	if !s.now().Before(i.At.Add(undoable)) {
		return Import{}, kernel.New(kernel.Gone, "import_too_old", "")
	}
	byKind, err := s.loadImages(ctx, i)
	if err != nil {
		return Import{}, err
	}
	writes, kept, err := s.reverts(ctx, i, byKind, by)
	if err != nil {
		return Import{}, err
	}
	if err := s.applyAll(ctx, writes, nil); err != nil {
		return Import{}, err
	}
	if i.Patch != nil {
		back := i.Patch.reversed()
		if _, err := s.updateEvent(ctx, i.Event, by, func(e *Event) error { back.apply(e); return nil }); err != nil {
			return Import{}, err
		}
	}
	now := s.now()
	return imports.In(s.store).Update(ctx, id, func(stored *Import) error {
		if stored.State == ImportUndone {
			return store.ErrUnchanged
		}
		stored.State, stored.Undone, stored.UndoneBy, stored.Kept = ImportUndone, &now, by, kept
		return nil
	})
}

// reverts goes through the kinds from slots to venues, so that what is still
// pointed to can stay.
func (s *Service) reverts(ctx context.Context, i Import, byKind map[string][]image, by string) (writes []write, kept []PlanItem, err error) {
	pl := &planner{s: s, event: Event{ID: i.Event}}
	if pl.stocks, err = s.loadStocks(ctx, i.Event); err != nil {
		return nil, nil, err
	}
	used := map[string]bool{}
	free := func(id string) bool { return !used[id] }
	note := func(w []write, k []PlanItem, failed error) {
		writes, kept, err = append(writes, w...), append(kept, k...), firstOf(err, failed)
	}
	now := s.now()
	note(pl.slots.revert(s, byKind[SlotKind], i.ID, by, now, free))
	pl.slots.each(func(v *Slot) { used[v.Session], used[v.Space], used[v.Booth] = true, true, true })
	note(pl.sessions.revert(s, byKind[SessionKind], i.ID, by, now, free))
	pl.sessions.each(func(v *Session) { mark(used, v.Hosts) })
	note(pl.booths.revert(s, byKind[BoothKind], i.ID, by, now, free))
	pl.booths.each(func(v *Booth) { used[v.Space] = true; mark(used, v.Hosts) })
	note(pl.hosts.revert(s, byKind[HostKind], i.ID, by, now, free))
	note(pl.spaces.revert(s, byKind[SpaceKind], i.ID, by, now, free))
	pl.spaces.each(func(v *Space) { used[v.Venue] = true })
	note(pl.venues.revert(s, byKind[VenueKind], i.ID, by, now, free))
	return writes, kept, err
}

func mark(used map[string]bool, ids []string) {
	for _, id := range ids {
		used[id] = true
	}
}

func firstOf(errs ...error) error { return firstError(errs) }
