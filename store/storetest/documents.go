package storetest

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"feria/kernel"
	"feria/store"
)

func testDocuments(t *testing.T, factory Factory) {
	ctx := t.Context()
	c := notes.In(fresh(t, factory))
	one := note{ID: "city/1", Event: "e", Name: "one"}

	if _, err := c.Get(ctx, one.ID); !errors.Is(err, store.ErrAbsent) || kernel.KindOf(err) != kernel.NotFound {
		t.Errorf("get of nothing: %v, want ErrAbsent of kind not_found", err)
	}
	if err := c.Delete(ctx, one.ID); !errors.Is(err, store.ErrAbsent) {
		t.Errorf("delete of nothing: %v, want ErrAbsent", err)
	}
	if err := c.Insert(ctx, one); err != nil {
		t.Fatal(err)
	}
	var exists *store.ExistsError
	if err := c.Insert(ctx, one); !errors.Is(err, store.ErrExists) || !errors.As(err, &exists) || exists.Index != "" {
		t.Errorf("insert twice: %v, want ErrExists that names the id", err)
	}
	one.Name = "changed"
	if err := c.Put(ctx, one); err != nil {
		t.Fatal(err)
	}
	if err := c.Put(ctx, note{ID: "city/2"}); err != nil {
		t.Fatal("put of a new one:", err)
	}
	if got, err := c.Get(ctx, one.ID); err != nil || got.Name != "changed" {
		t.Errorf("get: %+v, %v", got, err)
	}

	got, err := c.GetMany(ctx, []string{"city/2", "city/none", "city/1", "city/2"})
	if err != nil || ids(got) != "city/2 city/1 city/2" {
		t.Errorf("get many: %s, %v", ids(got), err)
	}
	for _, row := range []struct {
		name  string
		index string
		keys  []store.Key
		want  string
	}{
		{"whole keys of an index", "name", []store.Key{store.K("e", "changed"), store.K("e", "none"), store.K("f", "changed")}, "city/1"},
		{"a part of a key", "name", []store.Key{store.K("e")}, ""},
		{"keys that several have", "event", []store.Key{store.K("e"), store.K("")}, "city/1 city/2"},
		{"none", "event", nil, ""},
	} {
		got, err := c.FindMany(ctx, row.index, row.keys...)
		slices.SortFunc(got, func(a, b note) int { return strings.Compare(a.ID, b.ID) })
		if err != nil || ids(got) != row.want {
			t.Errorf("find many by %s: %q, %v; want %q", row.name, ids(got), err, row.want)
		}
	}
	if _, err := c.FindMany(ctx, "nonesuch", store.K("e")); !errors.Is(err, store.ErrNoIndex) {
		t.Errorf("find many by no index: %v", err)
	}
	if got, err := c.GetMany(ctx, nil); err != nil || len(got) != 0 {
		t.Errorf("get many of none: %v, %v", got, err)
	}

	_, rev, changed, err := c.GetUnless(ctx, one.ID, 0)
	if err != nil || !changed || rev == 0 {
		t.Fatalf("first poll: rev %d, changed %v, %v", rev, changed, err)
	}
	if v, again, changed, err := c.GetUnless(ctx, one.ID, rev); err != nil || changed || again != rev || v.ID != "" {
		t.Errorf("poll without change: %+v, rev %d of %d, changed %v, %v", v, again, rev, changed, err)
	}
	// Deleted and made again it must not look unchanged.
	if err := c.Delete(ctx, one.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := c.GetUnless(ctx, one.ID, rev); !errors.Is(err, store.ErrAbsent) {
		t.Errorf("poll of what is gone: %v, want ErrAbsent", err)
	}
	if err := c.Insert(ctx, one); err != nil {
		t.Fatal(err)
	}
	if _, _, changed, err := c.GetUnless(ctx, one.ID, rev); err != nil || !changed {
		t.Errorf("poll after delete and insert: changed %v, %v", changed, err)
	}

	for _, id := range []string{"", "a\nb", "\xff"} {
		if err := c.Insert(ctx, note{ID: id}); err == nil {
			t.Errorf("id %q was taken", id)
		}
	}
}

func testRoundTrip(t *testing.T, factory Factory) {
	ctx := t.Context()
	c := notes.In(fresh(t, factory))
	for i, n := range []note{
		{Big: math.MaxInt64, Huge: math.MaxUint64, Ratio: 0.1},
		{Big: math.MinInt64, Huge: 1 << 63, Ratio: math.SmallestNonzeroFloat64},
		{Big: 1<<53 + 1, Ratio: math.MaxFloat64},
		{Ratio: 1e21, Rank: -5},
		{Ratio: -1.5e-9},
		{Text: map[string]string{"a.b": "1", "$set": "2", "": "3", "%2E": "4", "x$y": "5", "_id": "6", "%_": "7", "ähm": "8"}},
		{Text: map[string]string{"en": "<b>\u2028\x00\"\\\n😀</b>"}},
		{Parts: []part{}, Absent: &part{}},
		{Parts: []part{{Label: "x", Marks: []string{"", "y"}}, {}}},
		{At: time.Date(2027, 4, 12, 10, 0, 0, 123456789, time.UTC)},
	} {
		n.ID = fmt.Sprint("city/", i)
		if err := c.Insert(ctx, n); err != nil {
			t.Fatal(err)
		}
		got, err := c.Get(ctx, n.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, n) {
			t.Errorf("stored %+v\n   got %+v", n, got)
		}
	}
}

func testUnique(t *testing.T, factory Factory) {
	ctx := t.Context()
	c := notes.In(fresh(t, factory))
	for _, n := range []note{
		{ID: "1", Event: "e", Slug: "a"},
		{ID: "2", Event: "e", Slug: "b"},
		{ID: "3", Event: "f", Slug: "a"},
		{ID: "4", Event: "e"}, // without a key: not in the index
		{ID: "5", Event: "e"},
	} {
		if err := c.Insert(ctx, n); err != nil {
			t.Fatalf("insert %s: %v", n.ID, err)
		}
	}
	taken := func(what string, err error) {
		t.Helper()
		var exists *store.ExistsError
		if !errors.Is(err, store.ErrExists) || !errors.As(err, &exists) || exists.Index != "slug" || exists.Collection != "notes" {
			t.Errorf("%s: %v, want ErrExists that names notes and slug", what, err)
		}
		if kernel.KindOf(err) != kernel.Conflict && kernel.KindOf(errors.Unwrap(err)) != kernel.Conflict {
			t.Errorf("%s: %v is no conflict to the server", what, err)
		}
	}
	taken("insert", c.Insert(ctx, note{ID: "6", Event: "e", Slug: "a"}))
	taken("put of a new one", c.Put(ctx, note{ID: "6", Event: "e", Slug: "a"}))
	taken("put over another", c.Put(ctx, note{ID: "4", Event: "e", Slug: "a"}))
	_, err := c.Update(ctx, "5", func(n *note) error { n.Slug = "b"; return nil })
	taken("update", err)
	if got, err := c.Get(ctx, "5"); err != nil || got.Slug != "" {
		t.Errorf("after a refused update: %+v, %v", got, err)
	}

	// A key that is let go is free, and may come back to its owner.
	if _, err := c.Update(ctx, "2", func(n *note) error { n.Slug = ""; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Update(ctx, "5", func(n *note) error { n.Slug = "b"; return nil }); err != nil {
		t.Errorf("update to a free key: %v", err)
	}
	if err := c.Put(ctx, note{ID: "5", Event: "e", Slug: "b", Rank: 1}); err != nil {
		t.Errorf("put that keeps its own key: %v", err)
	}
	if found, err := c.Find(ctx, store.By("slug", "e", "b")); err != nil || ids(found) != "5" {
		t.Errorf("by slug: %s, %v", ids(found), err)
	}
}

func testApply(t *testing.T, factory Factory) {
	ctx := t.Context()
	s := fresh(t, factory)
	c := notes.In(s)
	if errs := s.Apply(ctx); len(errs) != 0 {
		t.Errorf("no operations: %v", errs)
	}
	if err := c.Insert(ctx, note{ID: "old", Event: "e", Slug: "old"}); err != nil {
		t.Fatal(err)
	}
	errs := s.Apply(ctx,
		c.InsertOp(note{ID: "a", Event: "e", Slug: "a"}),
		c.InsertOp(note{ID: "old", Event: "e"}),
		c.InsertOp(note{ID: "b", Event: "e", Slug: "old"}),
		c.InsertOp(note{ID: "c", Event: "e"}),
		c.PutOp(note{ID: "d", Event: "e"}),
		c.PutOp(note{ID: "a", Event: "e", Slug: "a", Rank: 7}),
		c.PutOp(note{ID: "f", Event: "e", Slug: "a"}),
		c.InsertOp(note{ID: ""}),
		c.DeleteOp("none"),
		c.DeleteOp("c"),
		tickets.In(s).InsertOp(ticket{ID: "t"}),
	)
	for i, want := range []error{nil, store.ErrExists, store.ErrExists, nil, nil, nil, store.ErrExists, errAny, store.ErrAbsent, nil, nil} {
		if want == errAny && errs[i] != nil {
			continue
		}
		if !errors.Is(errs[i], want) || want == nil && errs[i] != nil {
			t.Errorf("operation %d: %v, want %v", i, errs[i], want)
		}
	}
	found, err := c.Find(ctx, store.All())
	if err != nil || ids(found) != "a d old" {
		t.Errorf("afterwards: %s, %v", ids(found), err)
	}
	if a, err := c.Get(ctx, "a"); err != nil || a.Rank != 7 {
		t.Errorf("operations on one document keep their order: %+v, %v", a, err)
	}

	many := make([]store.Op, 2500)
	for i := range many {
		many[i] = c.InsertOp(note{ID: fmt.Sprintf("many/%04d", i), Event: "many"})
	}
	for i, err := range s.Apply(ctx, many...) {
		if err != nil {
			t.Fatalf("operation %d of many: %v", i, err)
		}
	}
	if n, err := c.Count(ctx, store.By("event", "many")); err != nil || n != len(many) {
		t.Errorf("of %d there are %d, %v", len(many), n, err)
	}
}

var errAny = errors.New("any error")

func ids(found []note) string {
	s := ""
	for i, n := range found {
		if i > 0 {
			s += " "
		}
		s += n.ID
	}
	return s
}
