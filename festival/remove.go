package festival

import (
	"cmp"
	"context"
	"slices"
	"time"

	"feria/kernel"
	"feria/locale"
	"feria/store"
)

// Remove sets a record of the draft aside; Restore brings it back within 30
// days. The public sees it go with the next release. Errors: Missing; Conflict
// import_running; Conflict in_use, whose arguments say how many records (n) of
// which kind (by) point to it and the name of one (example).
func (s *Service) Remove(ctx context.Context, kind, id, by string) error {
	k, err := kindByName(kind)
	if err != nil {
		return err
	}
	if b, _, err := k.get(ctx, s, id); err != nil {
		return err
	} else if b.Removed != nil {
		return kernel.Missing()
	}
	if err := s.removable(ctx, kind, id); err != nil {
		return err
	}
	takeBack, err := k.setAside(ctx, s, id, by)
	if err != nil {
		return err
	}
	// Somebody may have come to point to it meanwhile; see hold.
	if err := s.removable(ctx, kind, id); err != nil {
		return cmp.Or(takeBack(ctx), err)
	}
	return nil
}

// removable refuses what something points to, and waits for imports: they may
// have read already that it is there.
func (s *Service) removable(ctx context.Context, kind, id string) error {
	if running, err := s.running(ctx, EventOf(id)); err != nil {
		return err
	} else if running {
		return kernel.New(kernel.Conflict, "import_running", "")
	}
	draft, err := s.Draft(ctx, EventOf(id))
	if err != nil {
		return err
	}
	if uses := draft.uses(kind, id); len(uses) > 0 {
		u := uses[0]
		return kernel.New(kernel.Conflict, "in_use", "", "kind", kind, "by", u.kind, "n", u.n, "example", u.example)
	}
	return nil
}

// Restore brings a removed record back. Errors: Missing; Conflict needs_removed,
// whose arguments say how many records (n) it points to that have to be brought
// back first, of which kind (of) one of them is and its name (example); Conflict
// code_taken when another booth has its code by now.
func (s *Service) Restore(ctx context.Context, kind, id, by string) error {
	k, err := kindByName(kind)
	if err != nil {
		return err
	}
	if err := s.restorable(ctx, k, id); err != nil {
		return err
	}
	if err := k.mark(ctx, s, id, by, nil); err != nil {
		return err
	}
	return k.held(ctx, s, id, by)
}

// Copy makes a new record like another one, with a slug, code or UID of its
// own. Error: Missing.
func (s *Service) Copy(ctx context.Context, kind, id, by string) (newID string, err error) {
	k, err := kindByName(kind)
	if err != nil {
		return "", err
	}
	return k.copy(ctx, s, id, by)
}

// use is records of one kind that point to another.
type use struct {
	kind    string
	n       int
	example string
}

// uses lists what points to a record.
func (p *Programme) uses(kind, id string) []use {
	var out []use
	note := func(by, name string) {
		if i := slices.IndexFunc(out, func(u use) bool { return u.kind == by }); i >= 0 {
			out[i].n++
			return
		}
		out = append(out, use{by, 1, name})
	}
	for _, v := range p.Spaces {
		if kind == VenueKind && v.Venue == id {
			note(SpaceKind, v.Name.String())
		}
	}
	for _, v := range p.Booths {
		if kind == SpaceKind && v.Space == id || kind == HostKind && slices.Contains(v.Hosts, id) {
			note(BoothKind, v.Code)
		}
	}
	for _, v := range p.Sessions {
		if kind == HostKind && slices.Contains(v.Hosts, id) {
			note(SessionKind, v.Title.String())
		}
	}
	for _, v := range p.Slots {
		if kind == SpaceKind && v.Space == id || kind == BoothKind && v.Booth == id || kind == SessionKind && v.Session == id {
			session, _ := p.Session(v.Session)
			note(SlotKind, session.Title.String())
		}
	}
	return out
}

// Removed is a record that was set aside.
type Removed struct {
	Kind string
	ID   string
	Name locale.Text
	At   time.Time
	By   string
}

// RemovedRecords lists what was removed of an event's draft and can come back,
// the latest first. Error: Missing.
func (s *Service) RemovedRecords(ctx context.Context, event string) ([]Removed, error) {
	if _, err := s.Event(ctx, event); err != nil {
		return nil, err
	}
	var out []Removed
	for _, name := range Kinds {
		k, err := kindByName(name)
		if err != nil {
			return nil, err
		}
		some, err := k.removed(ctx, s, event)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	slices.SortStableFunc(out, func(a, b Removed) int { return b.At.Compare(a.At) })
	return out, nil
}

func (k *kindOf[T, P]) removed(ctx context.Context, s *Service, event string) ([]Removed, error) {
	all, err := k.decl.In(s.store).Find(ctx, store.By("event", event, true))
	if err != nil {
		return nil, err
	}
	out := make([]Removed, len(all))
	for i := range all {
		b := P(&all[i]).base()
		out[i] = Removed{Kind: k.is, ID: b.ID, Name: P(&all[i]).label(), At: *b.Removed, By: b.ChangedBy}
		if slot, ok := any(&all[i]).(*Slot); ok {
			if _, out[i].Name, err = sessionKind.get(ctx, s, slot.Session); err != nil && kernel.KindOf(err) != kernel.NotFound {
				return nil, err
			}
		}
	}
	return out, nil
}
