package storetest

import (
	"testing"
	"time"

	"feria/store"
)

// Factory gives, for a test, a function whose drivers all work on the same
// fresh data. SQLite and MongoDB in this package are such.
type Factory func(t testing.TB) func() store.Driver

// Run proves that a driver keeps the contract of package store. Each driver's
// own tests call it.
func Run(t *testing.T, factory Factory) {
	for _, part := range []struct {
		name string
		run  func(*testing.T, Factory)
	}{
		{"documents", testDocuments},
		{"round trip", testRoundTrip},
		{"unique keys", testUnique},
		{"many operations", testApply},
		{"rows are their writer's", testOwned},
		{"a lost answer", testLostAnswer},
		{"revisions", testRevs},
		{"many updates", testUpdateMany},
		{"many updates at the same time", testUpdateManyRace},
		{"delete under a prefix", testDeleteUnder},
		{"recent answers", testRecent},
		{"looking", testLook},
		{"queries", testQueries},
		{"paging", testPaging},
		{"updates", testUpdates},
		{"promises of functions", testPromises},
		{"rows with an update", testRows},
		{"races", testRaces},
		{"one thing at a time", testLinear},
		{"crashes", testCrashes},
		{"self-test", testSelfTest},
		{"shapes", testShapes},
		{"backup", testBackup},
		{"ends", testExpire},
		{"guarded writes", testGuard},
		{"writes that need another", testNeeds},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, factory) })
	}
}

// note is a document with every kind of index.
type note struct {
	ID     string            `json:"id"`
	Event  string            `json:"event"`
	Slug   string            `json:"slug,omitempty"`
	Name   string            `json:"name,omitempty"`
	Rank   int               `json:"rank"`
	At     time.Time         `json:"at"`
	Open   bool              `json:"open"`
	Text   map[string]string `json:"text,omitempty"`
	Big    int64             `json:"big"`
	Huge   uint64            `json:"huge"`
	Ratio  float64           `json:"ratio"`
	Parts  []part            `json:"parts"`
	Absent *part             `json:"absent"`
	Ends   time.Time         `json:"ends,omitzero"`
}

type part struct {
	Label string   `json:"label"`
	Marks []string `json:"marks"`
}

var notes = store.Declare(store.Spec[note]{
	Name: "notes", ID: func(n *note) string { return n.ID },
	Indexes: []store.Index[note]{
		{Name: "event", Key: func(n *note) store.Key { return store.K(n.Event) }},
		{Name: "slug", Unique: true, Key: func(n *note) store.Key {
			if n.Slug == "" {
				return nil
			}
			return store.K(n.Event, n.Slug)
		}},
		{Name: "name", Key: func(n *note) store.Key { return store.K(n.Event, n.Name) }},
		{Name: "rank", Key: func(n *note) store.Key { return store.K(n.Event, n.Rank) }},
		{Name: "at", Key: func(n *note) store.Key { return store.K(n.Event, n.Open, n.At) }},
	},
	Personal: []string{"name", "parts.label"},
	Keep:     "until it ends",
	Until:    func(n *note) time.Time { return n.Ends },
})

// roster decides who has a seat; ticket is the row that goes with a decision.
type roster struct {
	ID    string   `json:"id"`
	Seats int      `json:"seats"`
	Taken []string `json:"taken"`
}

type ticket struct {
	ID     string `json:"id"`
	Roster string `json:"roster"`
	Key    string `json:"key,omitempty"`
	Place  int    `json:"place"`
}

var rosters = store.Declare(store.Spec[roster]{
	Name: "rosters", ID: func(r *roster) string { return r.ID }, Hot: true,
})

var tickets = store.Declare(store.Spec[ticket]{
	Name: "tickets", ID: func(k *ticket) string { return k.ID },
	Indexes: []store.Index[ticket]{
		{Name: "roster", Key: func(k *ticket) store.Key { return store.K(k.Roster) }},
		{Name: "key", Unique: true, Key: func(k *ticket) store.Key {
			if k.Key == "" {
				return nil
			}
			return store.K(k.Key)
		}},
	},
})

// cache stands for what is not backed up.
type cached struct {
	ID string `json:"id"`
}

var caches = store.Declare(store.Spec[cached]{
	Name: "caches", ID: func(c *cached) string { return c.ID }, NoBackup: true,
})

func all() []store.Declaration { return []store.Declaration{notes, rosters, tickets, caches} }

// fresh opens a strict store on new data.
func fresh(t *testing.T, factory Factory) *store.Store {
	t.Helper()
	return open(t, factory(t), options())
}

func options() store.Options {
	return store.Options{Declarations: all(), Strict: true, SkipSelfTest: true}
}
