package festival

import (
	"context"

	"feria/kernel"
)

// pointer is what a record says of another one that it needs.
type pointer struct{ kind, id string }

func pointers(kind string, ids ...string) []pointer {
	var out []pointer
	for _, id := range ids {
		if id != "" {
			out = append(out, pointer{kind, id})
		}
	}
	return out
}

func (v *Venue) points() []pointer   { return nil }
func (v *Host) points() []pointer    { return nil }
func (v *Space) points() []pointer   { return pointers(VenueKind, v.Venue) }
func (v *Session) points() []pointer { return pointers(HostKind, v.Hosts...) }

func (v *Booth) points() []pointer {
	return append(pointers(SpaceKind, v.Space), pointers(HostKind, v.Hosts...)...)
}

func (v *Slot) points() []pointer {
	out := append(pointers(SessionKind, v.Session), pointers(SpaceKind, v.Space)...)
	return append(out, pointers(BoothKind, v.Booth)...)
}

func (k *kindOf[T, P]) needs(ctx context.Context, s *Service, id string) ([]pointer, bool, error) {
	v, err := k.decl.In(s.store).Get(ctx, id)
	return P(&v).points(), P(&v).base().Removed != nil, missing(err)
}

// restorable refuses to bring a record back before what it points to: it would
// be there without its session or its place.
func (s *Service) restorable(ctx context.Context, k kind, id string) error {
	needs, removed, err := k.needs(ctx, s, id)
	if err != nil || !removed { // bringing back what is there changes nothing
		return err
	}
	n, of, example := 0, "", ""
	for _, p := range needs {
		other, err := kindByName(p.kind)
		if err != nil {
			return err
		}
		b, name, err := other.get(ctx, s, p.id)
		if err != nil {
			return err
		}
		if b.Removed == nil {
			continue
		}
		if n++; n == 1 {
			of, example = p.kind, name.String()
		}
	}
	if n == 0 {
		return nil
	}
	return kernel.New(kernel.Conflict, "needs_removed", "", "kind", k.name(), "of", of, "n", n, "example", example)
}

// there says whether what is pointed to is live.
func (l *stocks) there(p pointer) bool {
	switch p.kind {
	case VenueKind:
		return l.venues.live(p.id)
	case SpaceKind:
		return l.spaces.live(p.id)
	case HostKind:
		return l.hosts.live(p.id)
	case BoothKind:
		return l.booths.live(p.id)
	case SessionKind:
		return l.sessions.live(p.id)
	}
	return false
}

func (st *stock[T, P]) live(id string) bool {
	i, ok := st.byID[id]
	return ok && P(&st.all[i]).base().Removed == nil
}

// uses marks what the live records of a stock point to.
func (st *stock[T, P]) uses(used map[string]bool) {
	st.each(func(v *T) {
		for _, p := range P(v).points() {
			used[p.id] = true
		}
	})
}
