package festival

import (
	"encoding/json"
	"time"

	"feria/locale"
	"feria/store"
)

// undoable is how long what was removed can be brought back, and how long a
// cancelled slot stays in releases and feeds (reliability.md 6.4).
const undoable = 30 * 24 * time.Hour

var cities = store.Declare(store.Spec[City]{
	Name: "cities", ID: func(c *City) string { return c.ID }, Shape: 1,
	Keep: "as long as the city uses Feria",
})

// hostName says which city a host name leads to. It is a document of its own
// because it must be unique over all cities; a row that its city does not list
// leads nowhere and may be taken over.
type hostName struct {
	ID   string `json:"id"` // the host name
	City string `json:"city"`
}

var hostNames = store.Declare(store.Spec[hostName]{
	Name: "host_names", ID: func(h *hostName) string { return h.ID }, Shape: 1,
	Indexes: []store.Index[hostName]{{Name: "city", Key: func(h *hostName) store.Key { return store.K(h.City) }}},
	Keep:    "as long as the city has the name",
})

var events = store.Declare(store.Spec[Event]{
	Name: "events", ID: func(e *Event) string { return e.ID }, Shape: 1,
	Indexes: []store.Index[Event]{
		{Name: "city", Key: func(e *Event) store.Key { return store.K(e.City, e.Removed != nil, string(e.Start)) }},
		{Name: "slug", Unique: true, Key: func(e *Event) store.Key {
			if e.Removed != nil {
				return nil // its word may be used again
			}
			return store.K(e.City, e.Slug)
		}},
	},
	Keep: "as long as the city uses Feria; a removed event 30 days",
})

// The collections of a draft. Removed records keep their slug and their place
// in the source index, so that they can come back as what they were.
var (
	venues   = declare("venues", func(v *Venue) *Base { return &v.Base }, slugIndex(func(v *Venue) (string, string) { return v.Event, v.Slug }))
	spaces   = declare("spaces", func(v *Space) *Base { return &v.Base })
	booths   = declare("booths", func(v *Booth) *Base { return &v.Base }, boothIndex)
	hosts    = declarePersonal("hosts", []string{"name", "names", "bio", "url", "links"}, func(v *Host) *Base { return &v.Base }, slugIndex(func(v *Host) (string, string) { return v.Event, v.Slug }))
	sessions = declare("sessions", func(v *Session) *Base { return &v.Base }, slugIndex(func(v *Session) (string, string) { return v.Event, v.Code }))
	slots    = declare("slots", func(v *Slot) *Base { return &v.Base })
)

// slugIndexName is the unique index of the words in addresses.
const slugIndexName = "slug"

func slugIndex[T any](word func(*T) (event, slug string)) store.Index[T] {
	return store.Index[T]{Name: slugIndexName, Unique: true, Key: func(v *T) store.Key {
		event, slug := word(v)
		return store.K(event, slug)
	}}
}

var boothIndex = store.Index[Booth]{Name: slugIndexName, Unique: true, Key: func(b *Booth) store.Key {
	if b.Removed != nil {
		return nil // another stand may have its code
	}
	return store.K(b.Space, b.Code)
}}

func declare[T any](name string, base func(*T) *Base, more ...store.Index[T]) *store.Declared[T] {
	return declarePersonal(name, nil, base, more...)
}

func declarePersonal[T any](name string, personal []string, base func(*T) *Base, more ...store.Index[T]) *store.Declared[T] {
	return store.Declare(store.Spec[T]{
		Personal: personal,
		Name:     name, ID: func(v *T) string { return base(v).ID }, Shape: 1,
		Indexes: append([]store.Index[T]{
			{Name: "event", Key: func(v *T) store.Key { b := base(v); return store.K(b.Event, b.Removed != nil) }},
			{Name: "source", Unique: true, Key: func(v *T) store.Key {
				b := base(v)
				if b.Source.Key == "" {
					return nil
				}
				return store.K(b.Event, b.Source.Key)
			}},
		}, more...),
		Keep: "as long as its event; a removed one 30 days",
		Until: func(v *T) time.Time {
			if b := base(v); b.Removed != nil {
				return b.Removed.Add(undoable)
			}
			return time.Time{}
		},
	})
}

var releases = store.Declare(store.Spec[Release]{
	Name: "releases", ID: func(r *Release) string { return r.ID }, Shape: 1,
	Indexes: []store.Index[Release]{{Name: "event", Key: func(r *Release) store.Key { return store.K(r.Event, r.Number) }}},
	Keep:    "as long as its event",
})

// chunk is a part of the content of a release: records of one kind.
type chunk struct {
	ID    string            `json:"id"` // Release.ID + "/" + number
	Kind  string            `json:"kind"`
	Items []json.RawMessage `json:"items"`
}

var chunks = store.Declare(store.Spec[chunk]{
	Name: "release_chunks", ID: func(c *chunk) string { return c.ID }, Shape: 1,
	Keep: "as long as its release",
})

var imports = store.Declare(store.Spec[Import]{
	Name: "imports", ID: func(i *Import) string { return i.ID }, Shape: 1,
	Indexes: []store.Index[Import]{
		{Name: "event", Key: func(i *Import) store.Key { return store.K(i.Event, i.At) }},
		// One import at a time: two would make the same records.
		{Name: "running", Unique: true, Key: func(i *Import) store.Key {
			if i.State != ImportRunning {
				return nil
			}
			return store.K(i.Event)
		}},
	},
	Keep: "as long as its event",
})

// images are records as they were before an import, for undoing it.
type images struct {
	ID    string    `json:"id"` // Import.ID + "/" + number
	At    time.Time `json:"at"` // of the import
	Items []image   `json:"items"`
}

// image is one record before an import; without Before it was not there.
type image struct {
	Kind   string          `json:"kind"`
	ID     string          `json:"id"`
	Name   locale.Text     `json:"name,omitempty"`
	Before json.RawMessage `json:"before,omitempty"`
}

var imageChunks = store.Declare(store.Spec[images]{
	Name: "import_images", ID: func(i *images) string { return i.ID }, Shape: 1,
	Keep:  "30 days after its import",
	Until: func(i *images) time.Time { return i.At.Add(undoable) },
})

var pulses = store.Declare(store.Spec[Pulse]{
	Name: "pulses", ID: func(p *Pulse) string { return p.ID }, Shape: 1,
	Keep: "as long as its event", Hot: true,
})

// Collections lists what this package keeps in the store.
func Collections() []store.Declaration {
	return []store.Declaration{
		cities, hostNames, events, venues, spaces, booths, hosts, sessions, slots,
		releases, chunks, imports, imageChunks, pulses,
	}
}
