package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Migration is one named change of what is stored. It runs once per store and
// may run twice when two copies start together or one dies on the way, so it is
// idempotent.
type Migration struct {
	Name string
	Run  func(ctx context.Context, s *Store) error
}

// meta is the one document that a store keeps about itself.
type meta struct {
	ID          string               `json:"id"`
	Collections map[string]metaShape `json:"collections"`
	Migrations  []string             `json:"migrations"` // those that have run, in order
}

// metaShape is what the store remembers of one collection.
type metaShape struct {
	Shape  int            `json:"shape"`  // newest that was ever written
	Oldest int            `json:"oldest"` // oldest that may still read it
	Keys   map[string]int `json:"keys"`   // version of each index's keys
}

const metaID = "store"

// metas is the collection of the meta document. Backups carry it as a record of
// its own.
var metas = Declare(Spec[meta]{
	Name: "feria_meta", ID: func(m *meta) string { return m.ID },
	Shape: 1, Keep: "as long as the store",
})

func newMeta() meta {
	return meta{ID: metaID, Collections: map[string]metaShape{}}
}

// admitted refuses a program that is too old for what is stored.
func (s *Store) admitted(ctx context.Context) error {
	m, err := s.meta(ctx)
	if err != nil {
		return err
	}
	return s.mayRead(m)
}

func (s *Store) meta(ctx context.Context) (meta, error) {
	m, err := metas.In(s).Update(ctx, metaID, func(*meta) error { return ErrUnchanged }, OrNew(newMeta))
	if err != nil {
		return meta{}, err
	}
	if m.Collections == nil {
		m.Collections = map[string]metaShape{}
	}
	return m, nil
}

func (s *Store) mayRead(m meta) error {
	for _, d := range s.order {
		about := d.About()
		if there := m.Collections[about.Name]; about.Shape < there.Oldest {
			return fmt.Errorf("%w: %s needs shape %d, this program knows %d", ErrTooNew, about.Name, there.Oldest, about.Shape)
		}
	}
	known := make([]string, len(s.options.Migrations))
	for i, migration := range s.options.Migrations {
		known[i] = migration.Name
	}
	n := min(len(known), len(m.Migrations))
	if !slices.Equal(known[:n], m.Migrations[:n]) {
		return fmt.Errorf("the list of migrations is append-only: the store has run %v, this program knows %v", m.Migrations, known)
	}
	return nil
}

// upToDate runs the migrations that have not run, computes keys anew where
// their computation changed, and notes what this program writes.
func (s *Store) upToDate(ctx context.Context) error {
	m, err := s.meta(ctx)
	if err != nil {
		return err
	}
	for _, d := range s.order {
		about := d.About()
		if there, ok := m.Collections[about.Name]; ok && behind(there.Keys, about.Versions) {
			if _, err := s.rekey(ctx, d); err != nil {
				return err
			}
		}
	}
	if err := s.migrate(ctx, m.Migrations); err != nil {
		return err
	}
	_, err = metas.In(s).Update(ctx, metaID, s.noteShapes, OrNew(newMeta))
	return err
}

// behind says whether an index is new or newer than what the store's keys were
// computed by.
func behind(there, here map[string]int) bool {
	for name, version := range here {
		if v, ok := there[name]; !ok || v < version {
			return true
		}
	}
	return false
}

func (s *Store) noteShapes(m *meta) error {
	changed := false
	for _, d := range s.order {
		about := d.About()
		was, ok := m.Collections[about.Name]
		now := metaShape{
			Shape:  max(was.Shape, about.Shape),
			Oldest: max(was.Oldest, about.Oldest),
			Keys:   maps.Clone(was.Keys),
		}
		for name, version := range about.Versions {
			if now.Keys == nil {
				now.Keys = map[string]int{}
			}
			now.Keys[name] = max(now.Keys[name], version)
		}
		if !ok || now.Shape != was.Shape || now.Oldest != was.Oldest || !maps.Equal(now.Keys, was.Keys) {
			if m.Collections == nil {
				m.Collections = map[string]metaShape{}
			}
			m.Collections[about.Name], changed = now, true
		}
	}
	if !changed {
		return ErrUnchanged
	}
	return nil
}

// migrate runs the migrations that are not in done. A fresh store runs them too:
// they find nothing to do.
func (s *Store) migrate(ctx context.Context, done []string) error {
	for _, migration := range s.options.Migrations[min(len(done), len(s.options.Migrations)):] {
		if err := migration.Run(ctx, s); err != nil {
			return fmt.Errorf("migration %s: %w", migration.Name, err)
		}
		_, err := metas.In(s).Update(ctx, metaID, func(m *meta) error {
			if slices.Contains(m.Migrations, migration.Name) {
				return ErrUnchanged
			}
			m.Migrations = append(m.Migrations, migration.Name)
			return nil
		}, OrNew(newMeta))
		if err != nil {
			return err
		}
	}
	return nil
}
