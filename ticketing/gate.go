package ticketing

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
	"feria/store"
)

// Gate is where passes are checked: a door of the event, of a space or of a slot.
type Gate struct {
	ID    string `json:"id"`    // Event.ID + "/" + own part
	Event string `json:"event"` // Event.ID
	// Slug is its word in addresses, unique in the event. A renamed gate keeps the
	// last of its earlier ones, the latest first, for doors that were opened before.
	Slug     string      `json:"slug"`
	OldSlugs []OldSlug   `json:"old_slugs,omitempty"`
	Name     locale.Text `json:"name"` // "North entrance"
	Scope    GateScope   `json:"scope"`
	Space    string      `json:"space,omitempty"` // Space.ID, for OfSpace
	Slot     string      `json:"slot,omitempty"`  // Slot.ID, for OfSlot
	Who      Admits      `json:"who"`
	// Reentry says who may come in again. Gates of one scope count together.
	Reentry Reentry `json:"reentry"`
	// Lead is how many minutes before a slot begins its gate lets people in; for
	// OfSpace and OfSlot. 0 is DefaultLead.
	Lead int `json:"lead,omitempty"`
	// Hours are when the gate is open; empty: always.
	Hours     []festival.Period `json:"hours,omitempty"`
	ChangedAt time.Time         `json:"changed_at"`
	ChangedBy string            `json:"changed_by,omitempty"`
	Removed   *time.Time        `json:"removed,omitempty"` // set aside; its scans stay
}

// OldSlug is a word that a gate had in addresses, until it got another one.
type OldSlug struct {
	Slug  string    `json:"slug"`
	Until time.Time `json:"until"`
}

// GateScope is what a gate lets into.
type GateScope string

// The scopes.
const (
	OfEvent GateScope = "event"
	OfSpace GateScope = "space"
	OfSlot  GateScope = "slot"
)

// Admits says whom a gate is for.
type Admits string

// Whom gates are for. Booked asks for confirmed seats in the gate's scope; an
// event that is open to all has booked everybody. AnyPass takes every good pass
// of the event.
const (
	Booked  Admits = "booked"
	AnyPass Admits = "pass"
)

// DefaultLead is the Lead of a gate that names none, in minutes.
const DefaultLead = 30

const (
	maxLead     = 24 * 60
	maxOldSlugs = 5
)

var gates = store.Declare(store.Spec[Gate]{
	Name: "gates",
	ID:   func(g *Gate) string { return g.ID },
	Indexes: []store.Index[Gate]{
		{Name: "slug", Unique: true, Key: func(g *Gate) store.Key {
			if g.Removed != nil {
				return nil
			}
			return store.K(g.Event, g.Slug)
		}},
	},
	Shape: 1,
	Keep:  "as long as the event",
})

var gateSlug = regexp.MustCompile(`^[a-z0-9](-?[a-z0-9]){0,39}$`)

// check gives all that is wrong with a gate, by field.
func (g Gate) check() error {
	var wrong kernel.Errors
	if !gateSlug.MatchString(g.Slug) {
		wrong.Add("slug", "gate_slug")
	}
	if g.Name.Empty() {
		wrong.Add("name", "gate_name")
	}
	own := func(id string) bool { return strings.HasPrefix(id, g.Event+"/") }
	switch {
	case g.Scope != OfEvent && g.Scope != OfSpace && g.Scope != OfSlot:
		wrong.Add("scope", "gate_scope")
	case g.Scope == OfSpace && !own(g.Space):
		wrong.Add("space", "gate_space")
	case g.Scope == OfSlot && !own(g.Slot):
		wrong.Add("slot", "gate_slot")
	}
	if g.Who != Booked && g.Who != AnyPass {
		wrong.Add("who", "gate_who")
	}
	if g.Reentry != Never && g.Reentry != AfterExit && g.Reentry != Always {
		wrong.Add("reentry", "gate_reentry")
	}
	if g.Lead < 0 || g.Lead > maxLead {
		wrong.Add("lead", "gate_lead", "most", maxLead)
	}
	for _, h := range g.Hours {
		if !h.Start.Before(h.End) {
			wrong.Add("hours", "gate_hours")
			break
		}
	}
	return wrong.Err()
}

// says tells whether two gates are the same but for who changed them and when.
func (g Gate) says(o Gate) bool {
	return g.Slug == o.Slug && maps.Equal(g.Name, o.Name) && g.Who == o.Who && g.Reentry == o.Reentry && g.Lead == o.Lead && g.letsInto(o) &&
		slices.EqualFunc(g.Hours, o.Hours, func(a, b festival.Period) bool { return a.Start.Equal(b.Start) && a.End.Equal(b.End) })
}

// letsInto tells whether a gate lets into what another does.
func (g Gate) letsInto(o Gate) bool {
	return g.Scope == o.Scope && g.Space == o.Space && g.Slot == o.Slot
}

// oldSlugs are the earlier words of a gate once it has that one, from that time on.
func (g Gate) oldSlugs(slug string, from time.Time) []OldSlug {
	if slug == g.Slug {
		return g.OldSlugs
	}
	words := []OldSlug{{g.Slug, from}}
	for _, w := range g.OldSlugs {
		if w.Slug != slug && w.Slug != g.Slug && len(words) < maxOldSlugs {
			words = append(words, w)
		}
	}
	return words
}

// SaveGate makes a gate (with an empty ID) or changes one. Left out, Scope is the
// event, Reentry is AfterExit, and Who is AnyPass at a gate of the event, else
// Booked. One that carries a ChangedAt is refused if the gate changed since. What a
// gate lets into stays from the first scan on: who is inside is counted by it.
// OldSlugs are kept by themselves. Errors: kernel.Errors by field (gate_slug,
// gate_slug_taken, gate_name, gate_scanned, …), record_changed (409), not_found.
func (s *Service) SaveGate(ctx context.Context, g Gate, by string) (Gate, error) {
	if g.Scope == "" {
		g.Scope = OfEvent
	}
	if g.Who == "" {
		g.Who = Booked
		if g.Scope == OfEvent {
			g.Who = AnyPass
		}
	}
	if g.Reentry == "" {
		g.Reentry = AfterExit
	}
	switch g.Scope { // what belongs to another scope is dropped, so that a form may send all fields
	case OfEvent:
		g.Space, g.Slot, g.Lead = "", "", 0
	case OfSpace:
		g.Slot = ""
	case OfSlot:
		g.Space = ""
	}
	if err := g.check(); err != nil {
		return Gate{}, err
	}
	seen := g.ChangedAt
	g.OldSlugs, g.ChangedAt, g.ChangedBy, g.Removed = nil, s.now(), by, nil
	var err error
	if g.ID == "" {
		g.ID = festival.RecordID(g.Event, kernel.NewID())
		err = s.gates.Insert(ctx, g)
	} else {
		g, err = s.changeGate(ctx, g, seen)
	}
	if errors.Is(err, store.ErrExists) {
		return Gate{}, kernel.Errors{kernel.New(kernel.Invalid, "gate_slug_taken", "slug", "slug", g.Slug)}
	}
	return known(g, err)
}

// changeGate puts a gate in the place of what was seen of it, zero for whatever
// is there.
func (s *Service) changeGate(ctx context.Context, g Gate, seen time.Time) (Gate, error) {
	scanned, err := s.scans.Find(ctx, store.By("gate", g.ID).Limit(1))
	if err != nil {
		return Gate{}, err
	}
	return s.gates.Update(ctx, g.ID, func(old *Gate) error {
		switch {
		case old.Event != g.Event || old.Removed != nil:
			return kernel.Missing()
		case g.says(*old):
			return store.ErrUnchanged
		case !seen.IsZero() && !seen.Equal(old.ChangedAt):
			return kernel.New(kernel.Conflict, "record_changed", "", "at", old.ChangedAt)
		case len(scanned) > 0 && !g.letsInto(*old):
			return kernel.Errors{kernel.New(kernel.Invalid, "gate_scanned", "scope")}
		}
		g.OldSlugs = old.oldSlugs(g.Slug, g.ChangedAt)
		*old = g
		return nil
	})
}

// Gates lists the gates of an event by slug, without those set aside.
func (s *Service) Gates(ctx context.Context, event string) ([]Gate, error) {
	return s.gates.Find(ctx, store.By("slug", event))
}

// RemovedGates lists the gates of an event that were set aside and can come back.
func (s *Service) RemovedGates(ctx context.Context, event string) ([]Gate, error) {
	all, err := s.gates.Find(ctx, store.All().Prefix(event+"/"))
	return slices.DeleteFunc(all, func(g Gate) bool { return g.Removed == nil }), err
}

// Gate gives a gate by its id, also one set aside: a scan names its gate for
// ever. Errors: not_found.
func (s *Service) Gate(ctx context.Context, id string) (Gate, error) {
	return known(s.gates.Get(ctx, id))
}

// RemoveGate sets a gate aside: no scan can be made at it any more. Those that were
// made and wait on a device are still taken, see GateOf.
func (s *Service) RemoveGate(ctx context.Context, id, by string) error {
	now := s.now()
	_, err := known(s.gates.Update(ctx, id, func(g *Gate) error {
		if g.Removed != nil {
			return store.ErrUnchanged
		}
		g.Removed, g.ChangedAt, g.ChangedBy = &now, now, by
		return nil
	}))
	return err
}

// RestoreGate takes a removal back. Errors: gate_slug_taken if another gate has
// its word now, not_found.
func (s *Service) RestoreGate(ctx context.Context, id, by string) error {
	now := s.now()
	_, err := known(s.gates.Update(ctx, id, func(g *Gate) error {
		if g.Removed == nil {
			return store.ErrUnchanged
		}
		g.Removed, g.ChangedAt, g.ChangedBy = nil, now, by
		return nil
	}))
	if errors.Is(err, store.ErrExists) {
		return kernel.New(kernel.Conflict, "gate_slug_taken", "slug")
	}
	return err
}
