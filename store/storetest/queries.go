package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"feria/store"
)

func testQueries(t *testing.T, factory Factory) {
	ctx := t.Context()
	s := fresh(t, factory)
	c := notes.In(s)
	day := time.Date(2027, 4, 12, 0, 0, 0, 0, time.UTC)
	seoul := time.FixedZone("", 9*3600)
	for _, n := range []note{
		{ID: "1", Event: "e", Name: "ant", Rank: 10, At: day.Add(time.Hour), Open: true, Slug: "s1"},
		{ID: "2", Event: "e", Name: "anteater", Rank: -3, At: day.Add(2 * time.Hour).In(seoul), Open: true, Slug: "s2"},
		{ID: "3", Event: "e", Name: "bee", Rank: 2, At: day.Add(90 * time.Minute), Open: true},
		{ID: "4", Event: "e", Name: "Ähre", Rank: 2, At: day.Add(-time.Hour)},
		{ID: "5", Event: "e2", Name: "ant", Rank: 2, At: day, Open: true},
		{ID: "6", Event: "e", Name: "벌", Rank: 100, At: day.Add(30*time.Minute + time.Nanosecond), Open: true},
		{ID: "7", Event: "", Name: "", Rank: 0},
		{ID: "8", Event: "e", Name: "🐝", Rank: 2, At: day.Add(48 * time.Hour)},
	} {
		if err := c.Insert(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []struct {
		name  string
		query store.Query
		want  string
	}{
		{"all of an event, by id within one key", store.By("event", "e"), "1 2 3 4 6 8"},
		{"an event whose name begins another's", store.By("event", "e2"), "5"},
		{"an empty part is a part", store.By("event", ""), "7"},
		{"no such event", store.By("event", "x"), ""},
		{"no part at all gives the whole index", store.By("event"), "7 1 2 3 4 6 8 5"},
		{"equality on the leading part alone", store.By("rank", "e"), "2 3 4 8 1 6"},
		{"negative numbers first", store.By("rank", "e").To(2), "2"},
		{"from is included, to is not", store.By("rank", "e").From(2).To(100), "3 4 8 1"},
		{"from without to", store.By("rank", "e").From(10), "1 6"},
		{"an empty range", store.By("rank", "e").From(3).To(3), ""},
		{"descending turns ids too", store.By("rank", "e").Desc(), "6 1 8 4 3 2"},
		{"descending with a limit", store.By("rank", "e").From(2).Desc().Limit(2), "6 1"},
		{"text sorts by its bytes", store.By("name", "e"), "1 2 3 4 6 8"},
		{"prefix", store.By("name", "e").Prefix("ant"), "1 2"},
		{"prefix of several bytes", store.By("name", "e").Prefix("Ä"), "4"},
		{"prefix outside the basic plane", store.By("name", "e").Prefix("🐝"), "8"},
		{"an empty prefix is no bound", store.By("name", "e").Prefix(""), "1 2 3 4 6 8"},
		{"prefix is not a pattern", store.By("name", "e").Prefix("."), ""},
		{"in, once each, in the order of the index", store.By("rank", "e").In(100, -3, 2, 100), "2 3 4 8 6"},
		{"in, descending, with a limit over several values", store.By("rank", "e").In(100, 2).Desc().Limit(3), "6 8 4"},
		{"in nothing", store.By("rank", "e").In(), ""},
		{"times by instant, whatever their zone", store.By("at", "e", true), "6 1 3 2"},
		{"a range of time", store.By("at", "e", true).From(day.Add(time.Hour)).To(day.Add(2 * time.Hour)), "1 3"},
		{"a range of time in another zone", store.By("at", "e", true).From(day.Add(time.Hour).In(seoul)), "1 3 2"},
		{"a unique index holds only those with a key", store.By("slug", "e"), "1 2"},
		{"a unique index descending", store.By("slug", "e").Desc().Limit(1), "2"},
		{"all by id", store.All(), "1 2 3 4 5 6 7 8"},
		{"ids by range", store.All().From("3").To("5"), "3 4"},
		{"ids by prefix, descending", store.All().Prefix("8").Desc(), "8"},
	} {
		got, err := c.Find(ctx, row.query)
		if err != nil || ids(got) != row.want {
			t.Errorf("%s: found %q, %v; want %q", row.name, ids(got), err, row.want)
		}
		n, err := c.Count(ctx, row.query.Limit(0))
		unlimited, ferr := c.Find(ctx, row.query.Limit(0))
		if err != nil || ferr != nil || n != len(unlimited) {
			t.Errorf("%s: counted %d of %d, %v, %v", row.name, n, len(unlimited), err, ferr)
		}
	}
	for _, row := range []struct {
		name  string
		query store.Query
		want  error
	}{
		{"an index that is not declared", store.By("colour", "red"), store.ErrNoIndex},
		{"parts without an index", store.By("", "e"), store.ErrBadQuery},
		{"two kinds of range", store.By("rank", "e").From(1).In(2), store.ErrBadQuery},
		{"in over ids", store.All().In("1"), store.ErrBadQuery},
		{"a cursor that is none", store.By("event", "e").After("!"), store.ErrBadQuery},
	} {
		if _, err := c.Find(ctx, row.query); !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", row.name, err, row.want)
		}
	}
	other := store.Declare(store.Spec[note]{Name: "others", ID: func(n *note) string { return n.ID }}).In(s)
	if _, err := other.Find(ctx, store.All()); !errors.Is(err, store.ErrUndeclared) {
		t.Errorf("a collection that was not declared: %v, want ErrUndeclared", err)
	}
	if errs := s.Apply(ctx, other.InsertOp(note{ID: "x"})); !errors.Is(errs[0], store.ErrUndeclared) {
		t.Errorf("an operation on it: %v, want ErrUndeclared", errs[0])
	}
	if _, err := other.Update(ctx, "x", func(*note) error { return nil }); !errors.Is(err, store.ErrUndeclared) {
		t.Errorf("an update of it: %v, want ErrUndeclared", err)
	}
}

func testPaging(t *testing.T, factory Factory) {
	ctx := t.Context()
	s := fresh(t, factory)
	c := notes.In(s)
	var ops []store.Op
	for i := range 23 {
		n := note{ID: fmt.Sprintf("%02d", i), Event: "e", Rank: i / 5}
		if i%2 == 0 {
			n.Slug = fmt.Sprint("s", i%7, "-", i)
		}
		ops = append(ops, c.InsertOp(n))
	}
	if err := errors.Join(s.Apply(ctx, ops...)...); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name  string
		query store.Query
	}{
		{"many with one key", store.By("event", "e")},
		{"keys that repeat", store.By("rank", "e")},
		{"keys that repeat, descending", store.By("rank", "e").Desc()},
		{"several values", store.By("rank", "e").In(0, 2, 4)},
		{"several values, descending", store.By("rank", "e").In(0, 2, 4).Desc()},
		{"a unique index", store.By("slug", "e")},
		{"a unique index, descending", store.By("slug", "e").Desc()},
		{"ids", store.All()},
		{"ids, descending", store.All().Desc()},
	} {
		want, err := c.Find(ctx, row.query)
		if err != nil || len(want) < 10 {
			t.Fatalf("%s: found %d, %v", row.name, len(want), err)
		}
		for _, size := range []int{1, 4, len(want), len(want) + 1} {
			var got []note
			pages, cursor := 0, ""
			for {
				items, next, err := c.Page(ctx, row.query.Limit(size).After(cursor))
				if err != nil {
					t.Fatalf("%s: %v", row.name, err)
				}
				got = append(got, items...)
				pages++
				if next == "" {
					break
				}
				cursor = next
			}
			if ids(got) != ids(want) || pages != (len(want)+size-1)/size {
				t.Errorf("%s by %d: %d pages of %s, want %s", row.name, size, pages, ids(got), ids(want))
			}
		}
		var each []note
		err = c.Each(ctx, row.query.Limit(7), func(n note) error { each = append(each, n); return nil })
		if err != nil || ids(each) != ids(want[:7]) {
			t.Errorf("each of %s: %s, %v", row.name, ids(each), err)
		}
	}
	// A document that went away between two pages does not move the next one.
	first, cursor, err := c.Page(ctx, store.By("event", "e").Limit(5))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Delete(ctx, first[4].ID); err != nil {
		t.Fatal(err)
	}
	if second, _, err := c.Page(ctx, store.By("event", "e").Limit(2).After(cursor)); err != nil || ids(second) != "05 06" {
		t.Errorf("after a deletion: %s, %v", ids(second), err)
	}
	if _, err := c.Find(ctx, store.By("rank", "e").After(cursor)); !errors.Is(err, store.ErrBadQuery) {
		t.Errorf("a cursor of another list: %v, want ErrBadQuery", err)
	}
	stop := errors.New("enough")
	seen := 0
	if err := c.Each(ctx, store.All(), func(note) error { seen++; return stop }); err != stop || seen != 1 {
		t.Errorf("each ends with the first error: %v after %d", err, seen)
	}

	// More than one page of Each, with reads inside.
	var more []store.Op
	for i := range 600 {
		more = append(more, c.InsertOp(note{ID: fmt.Sprintf("more/%03d", i), Event: "more"}))
	}
	if err := errors.Join(s.Apply(ctx, more...)...); err != nil {
		t.Fatal(err)
	}
	var order []string
	err = c.Each(ctx, store.By("event", "more"), func(n note) error {
		order = append(order, n.ID)
		if len(order)%100 == 0 {
			_, err := c.Get(ctx, n.ID)
			return err
		}
		return nil
	})
	if err != nil || len(order) != 600 || !slices.IsSorted(order) {
		t.Errorf("each over many: %d, sorted %v, %v", len(order), slices.IsSorted(order), err)
	}
}
