package festival

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

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
// before. Records that somebody changed since, those that such records point to,
// those that would point to something that is not there any more and booths whose
// code another one has by now stay as they are and are listed in Kept. An undoing
// that ended in the middle can be done again. Errors: Missing; Conflict
// import_undone, import_running (any import, or another undoing), import_raced;
// Gone import_too_old.
func (s *Service) UndoImport(ctx context.Context, id, by string) (Import, error) {
	i, err := s.Import(ctx, id)
	if err != nil {
		return Import{}, err
	}
	if _, err := s.Event(ctx, i.Event); err != nil {
		return Import{}, err
	}
	if i.State == ImportUndone {
		return Import{}, undoneAlready(i)
	}
	row := Import{
		ID: RecordID(i.Event, kernel.NewID()), Event: i.Event, File: i.File, Format: i.Format,
		At: s.now(), By: by, State: ImportRunning, Undoes: id,
	}
	if err := s.begin(ctx, row); err != nil {
		return Import{}, err
	}
	undone, err := s.undo(ctx, &row, by)
	state := ImportDone
	if err != nil {
		state = ImportFailed
	}
	if ended := s.endImport(context.WithoutCancel(ctx), row.ID, state); ended != nil && err == nil {
		err = ended
	}
	return undone, err
}

func undoneAlready(i Import) error {
	return kernel.New(kernel.Conflict, "import_undone", "", "at", i.Undone)
}

// undo does what UndoImport says while its row holds the event.
func (s *Service) undo(ctx context.Context, row *Import, by string) (Import, error) {
	i, err := s.Import(ctx, row.Undoes)
	if err != nil {
		return Import{}, err
	}
	if i.State == ImportUndone {
		return Import{}, undoneAlready(i)
	}
	if !s.now().Before(i.At.Add(undoable)) {
		return Import{}, kernel.New(kernel.Gone, "import_too_old", "")
	}
	byKind, err := s.loadImages(ctx, i)
	if err != nil {
		return Import{}, err
	}
	u, err := s.reverts(ctx, i, byKind, by)
	if err != nil {
		return Import{}, err
	}
	if err := s.applyAll(ctx, row, u.first, nil); err != nil {
		return Import{}, err
	}
	if err := s.applyAll(ctx, row, u.writes, nil); err != nil {
		return Import{}, err
	}
	if i.Patch != nil {
		back := i.Patch.reversed(u.stocks.themes())
		if _, err := s.updateEvent(ctx, i.Event, by, func(e *Event) error { back.apply(e); return nil }); err != nil {
			return Import{}, err
		}
	}
	if err := s.holdAll(ctx, *row); err != nil {
		return Import{}, err
	}
	now := s.now()
	return imports.In(s.store).Update(ctx, i.ID, func(stored *Import) error {
		if stored.State == ImportUndone {
			return store.ErrUnchanged
		}
		stored.State, stored.Undone, stored.UndoneBy, stored.Kept = ImportUndone, &now, by, u.kept
		return nil
	})
}

// undoing is an import on its way back.
type undoing struct {
	*stocks
	s        *Service
	imported string // Import.ID
	by       string
	now      time.Time
	stay     map[string]bool // ids of what can not be brought back
	first    []write         // before the others; see lend
	writes   []write
	kept     []PlanItem
}

// reverts works out what undoing an import does. Which booths can have their
// codes back shows only at the end, when it is known which others stay; then all
// is worked out again with those that can not.
func (s *Service) reverts(ctx context.Context, i Import, byKind map[string][]image, by string) (*undoing, error) {
	loaded, err := s.loadStocks(ctx, i.Event)
	if err != nil {
		return nil, err
	}
	stay, now := map[string]bool{}, s.now()
	for {
		u := &undoing{stocks: loaded.copied(), s: s, imported: i.ID, by: by, now: now, stay: stay}
		if err := u.revertAll(byKind); err != nil {
			return nil, err
		}
		if !cannotReturn(loaded.booths.all, u.booths.all, stay) {
			u.first = s.lend(loaded.booths, u.booths.all, i.ID, by, now)
			after(u.writes, u.first)
			return u, nil
		}
	}
}

// copied gives stocks whose records can be changed without changing l's.
func (l *stocks) copied() *stocks {
	return &stocks{
		venues: l.venues.copied(), spaces: l.spaces.copied(), hosts: l.hosts.copied(),
		booths: l.booths.copied(), sessions: l.sessions.copied(), slots: l.slots.copied(),
	}
}

func (st *stock[T, P]) copied() *stock[T, P] {
	c := *st
	c.all = slices.Clone(st.all)
	return &c
}

// revertAll first brings back what was there before, from venues to slots, so
// that each record finds what it points to or stays as it is. Then it sets aside
// what was not there, from slots to venues, so that what is still pointed to can
// stay.
func (u *undoing) revertAll(byKind map[string][]image) error {
	used := map[string]bool{}
	return firstOf(
		bringBack(u, u.venues, byKind), bringBack(u, u.spaces, byKind), bringBack(u, u.hosts, byKind),
		bringBack(u, u.booths, byKind), bringBack(u, u.sessions, byKind), bringBack(u, u.slots, byKind),

		setAside(u, u.slots, byKind, used), setAside(u, u.sessions, byKind, used), setAside(u, u.booths, byKind, used),
		setAside(u, u.hosts, byKind, used), setAside(u, u.spaces, byKind, used), setAside(u, u.venues, byKind, used),
	)
}

// bringBack reverts the records of a kind that were there before the import,
// unless they would point to what is not there.
func bringBack[T any, P record[T]](u *undoing, st *stock[T, P], byKind map[string][]image) error {
	return revert(u, st, byKind[st.kind.is], true, func(before *T) bool {
		for _, p := range P(before).points() {
			if !u.there(p) {
				return false
			}
		}
		return !u.stay[P(before).base().ID]
	})
}

// setAside reverts the records of a kind that were not there before the import,
// unless something points to them, and marks what those that stay point to.
func setAside[T any, P record[T]](u *undoing, st *stock[T, P], byKind map[string][]image, used map[string]bool) error {
	err := revert(u, st, byKind[st.kind.is], false, func(before *T) bool { return !used[P(before).base().ID] })
	st.uses(used)
	return err
}

// revert makes records what they were before the import, but for those changed
// since and those that may not. With there it takes those that are there
// afterwards, else the others.
func revert[T any, P record[T]](u *undoing, st *stock[T, P], all []image, there bool, may func(next *T) bool) error {
	for _, im := range all {
		i, ok := st.byID[im.ID]
		if !ok {
			continue // never was written
		}
		cur := &st.all[i]
		base := P(cur).base()
		next := *cur
		if im.Before != nil {
			var before T
			if err := json.Unmarshal(im.Before, &before); err != nil {
				return err
			}
			next = before
		} else {
			b := P(&next).base()
			b.Removed, b.Source.Dropped, b.Source.Import = &u.now, true, ""
		}
		b := P(&next).base()
		if there != (b.Removed == nil) {
			continue
		}
		if im.Before != nil && sameBut(P(cur), P(&next)) || im.Before == nil && base.Removed != nil && base.Source.Dropped {
			continue // is so already: an undoing that crashed is done again
		}
		if base.Source.Import != u.imported || !may(&next) {
			u.kept = append(u.kept, PlanItem{Action: ChangeRecord, Kind: im.Kind, ID: im.ID, Key: base.Source.Key, Name: im.Name})
			continue
		}
		b.ChangedAt, b.ChangedBy = u.now, u.by
		u.writes = append(u.writes, write{op: st.over(u.s, i, next)})
		*cur = next
	}
	return nil
}

// sameBut compares two records but for when and by whom they were changed.
func sameBut[T any, P record[T]](a, b P) bool {
	x, y := *a, *b
	for _, v := range []P{&x, &y} {
		v.base().ChangedAt, v.base().ChangedBy = time.Time{}, ""
	}
	return same(x, y)
}

func firstOf(errs ...error) error { return firstError(errs) }
