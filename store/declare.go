package store

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Spec declares a collection, beside the type that it holds.
type Spec[T any] struct {
	// Name of the collection: lower case letters, digits and underscores.
	Name string
	// ID gives the id of a document; it begins with the City.
	ID func(*T) string
	// Indexes are all ways to find documents but by id.
	Indexes []Index[T]
	// Shape is the version of the type's JSON, from 1.
	Shape int
	// Oldest is the oldest Shape whose program may still read what this one
	// writes; 0 while all may. Expand first, raise it a version later.
	Oldest int
	// Personal names the JSON members that hold personal data, nested ones with
	// dots ("contact.mail").
	Personal []string
	// Keep says in words how long a document is kept.
	Keep string
	// Until, where documents have an end, gives the instant from which one may
	// be deleted; the zero time means not yet known. It is an index too, named
	// "until".
	Until func(*T) time.Time
	// UntilVersion is to Until what Index.Version is to Index.Key.
	UntilVersion int
	// NoBackup keeps the collection out of backups: caches, leases, sessions.
	NoBackup bool
	// Hot keeps documents decoded between updates, for the few that a rush
	// updates thousands of times a second. The functions given to Update must
	// then neither keep nor hand out references into the document (its slices,
	// maps and pointers), nor put any of theirs into it.
	Hot bool
}

// Index declares one index of a collection.
type Index[T any] struct {
	Name   string
	Unique bool
	// Key computes the document's key from its content alone; nil leaves the
	// document out of the index.
	Key func(*T) Key
	// Version is raised when Key computes something else than before, so that
	// the next start computes all keys anew.
	Version int
}

// Declaration is a collection without its type: what loops over all
// collections need. *Declared[T] is the only implementation.
type Declaration interface {
	// About says what was declared.
	About() About

	open(*Store) opened
	keysOf(body []byte) (id string, keys map[string]string, err error)
	expired(body []byte, now time.Time) (bool, error)
}

// About is what a Declaration says of its collection.
type About struct {
	Name     string
	Indexes  []IndexShape
	Versions map[string]int // of the indexes' keys
	Shape    int
	Oldest   int
	Personal []string
	Keep     string
	Ends     bool // documents have an end (Spec.Until)
	NoBackup bool

	problems []string
}

// Declared is a declared collection of T.
type Declared[T any] struct {
	spec  Spec[T]
	about About
}

// Declare declares a collection. Mistakes in it are reported by Open.
func Declare[T any](spec Spec[T]) *Declared[T] {
	if spec.Until != nil {
		spec.Indexes = append(slices.Clip(spec.Indexes), Index[T]{Name: endIndex, Version: spec.UntilVersion, Key: func(v *T) Key {
			if end := spec.Until(v); !end.IsZero() {
				return K(end)
			}
			return nil
		}})
	}
	d := &Declared[T]{spec: spec, about: About{
		Name: spec.Name, Versions: map[string]int{},
		Shape: max(spec.Shape, 1), Oldest: spec.Oldest,
		Personal: spec.Personal, Keep: spec.Keep, Ends: spec.Until != nil, NoBackup: spec.NoBackup,
	}}
	for _, ix := range spec.Indexes {
		d.about.Indexes = append(d.about.Indexes, IndexShape{Name: ix.Name, Unique: ix.Unique})
		d.about.Versions[ix.Name] = ix.Version
		if ix.Key == nil {
			d.about.problems = append(d.about.problems, "index "+ix.Name+" computes no key")
		}
	}
	if spec.ID == nil {
		d.about.problems = append(d.about.problems, "has no id")
	}
	for _, path := range spec.Personal {
		if !hasMember(reflect.TypeFor[T](), strings.Split(path, ".")) {
			d.about.problems = append(d.about.problems, "has no JSON member "+path+", declared as personal")
		}
	}
	return d
}

// About says what was declared.
func (d *Declared[T]) About() About { return d.about }

// In gives the collection in a store. If the store was opened without this
// declaration, every method of the result answers ErrUndeclared.
func (d *Declared[T]) In(s *Store) *Collection[T] {
	if c, ok := s.collections[d.spec.Name].(*Collection[T]); ok && c.decl == d {
		return c
	}
	return &Collection[T]{store: s, driver: undeclared{d.spec.Name}, decl: d}
}

func (d *Declared[T]) open(s *Store) opened {
	return &Collection[T]{store: s, driver: s.driver, decl: d, queues: map[string]*queue[T]{}}
}

// encode makes of a value what drivers store, under a fresh revision.
func (d *Declared[T]) encode(v *T) (Doc, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return Doc{}, fmt.Errorf("store: encode %s: %w", d.spec.Name, err)
	}
	id := d.spec.ID(v)
	if err := checkID(id); err != nil {
		return Doc{}, fmt.Errorf("store: %s: %w", d.spec.Name, err)
	}
	return Doc{ID: id, Rev: newRev(), Body: body, Keys: d.keys(v)}, nil
}

func (d *Declared[T]) decode(doc Doc) (T, error) {
	var v T
	if err := json.Unmarshal(doc.Body, &v); err != nil {
		return v, fmt.Errorf("store: decode %s %q: %w", d.spec.Name, doc.ID, err)
	}
	return v, nil
}

func (d *Declared[T]) keys(v *T) map[string]string {
	keys := make(map[string]string, len(d.spec.Indexes))
	for _, ix := range d.spec.Indexes {
		if k := ix.Key(v); k != nil {
			keys[ix.Name] = k.text()
		}
	}
	return keys
}

func (d *Declared[T]) keysOf(body []byte) (string, map[string]string, error) {
	v, err := d.decode(Doc{Body: body})
	if err != nil {
		return "", nil, err
	}
	return d.spec.ID(&v), d.keys(&v), nil
}

func (d *Declared[T]) expired(body []byte, now time.Time) (bool, error) {
	if d.spec.Until == nil {
		return false, nil
	}
	v, err := d.decode(Doc{Body: body})
	if err != nil {
		return false, err
	}
	until := d.spec.Until(&v)
	return !until.IsZero() && !until.After(now), nil
}

func (d *Declared[T]) index(name string) (Index[T], error) {
	for _, ix := range d.spec.Indexes {
		if ix.Name == name {
			return ix, nil
		}
	}
	return Index[T]{}, fmt.Errorf("%w: %q of %s", ErrNoIndex, name, d.spec.Name)
}

// names are safe as parts of the names that drivers give to tables and fields.
var names = regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}$`)

func (a About) valid() error {
	problems := a.problems
	if !names.MatchString(a.Name) {
		problems = append(problems, "has a name that is none")
	}
	seen := map[string]bool{}
	for _, ix := range a.Indexes {
		if !names.MatchString(ix.Name) {
			problems = append(problems, fmt.Sprintf("index %q has a name that is none", ix.Name))
		}
		if seen[ix.Name] {
			problems = append(problems, "index "+ix.Name+" is declared twice")
		}
		seen[ix.Name] = true
	}
	if a.Oldest > a.Shape {
		problems = append(problems, "could not be read by itself: Oldest is above Shape")
	}
	if len(problems) > 0 {
		return fmt.Errorf("collection %q %s", a.Name, strings.Join(problems, "; "))
	}
	return nil
}

func (a About) shape() Shape { return Shape{Collection: a.Name, Indexes: a.Indexes} }

// hasMember says whether the JSON of a type can hold the member at path.
func hasMember(t reflect.Type, path []string) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
		t = t.Elem()
	}
	if len(path) == 0 {
		return true
	}
	if t.Kind() == reflect.Map { // any member, so look below
		return hasMember(t.Elem(), path[1:])
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		if f.IsExported() && name == path[0] && hasMember(f.Type, path[1:]) {
			return true
		}
	}
	return false
}
