package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"feria/store"
)

func testShapes(t *testing.T, factory Factory) {
	ctx := t.Context()
	next := factory(t)
	type word struct {
		ID   string `json:"id"`
		Text string `json:"text"`
	}
	declare := func(shape, oldest int, indexes ...store.Index[word]) *store.Declared[word] {
		return store.Declare(store.Spec[word]{
			Name: "words", ID: func(w *word) string { return w.ID }, Shape: shape, Oldest: oldest, Indexes: indexes,
		})
	}
	with := func(d store.Declaration, migrations ...store.Migration) (*store.Store, error) {
		return store.Open(ctx, next(), store.Options{
			Declarations: []store.Declaration{d}, Migrations: migrations, SkipSelfTest: true, Strict: true,
		})
	}
	must := func(s *store.Store, err error) *store.Store {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	runs := map[string]int{}
	shout := func(d *store.Declared[word]) store.Migration {
		return store.Migration{Name: "2027-01 shout", Run: func(ctx context.Context, s *store.Store) error {
			runs["shout"]++
			return d.In(s).Each(ctx, store.All(), func(w word) error {
				_, err := d.In(s).Update(ctx, w.ID, func(w *word) error {
					if w.Text == strings.ToUpper(w.Text) {
						return store.ErrUnchanged
					}
					w.Text = strings.ToUpper(w.Text)
					return nil
				})
				return err
			})
		}}
	}

	old := declare(1, 0)
	s := must(with(old))
	for _, w := range []word{{"1", "b"}, {"2", "a"}, {"3", "a"}} {
		if err := old.In(s).Insert(ctx, w); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()

	byText := store.Index[word]{Name: "text", Key: func(w *word) store.Key { return store.K(w.Text) }}
	s = must(with(declare(1, 0, byText)))
	s.Close()
	indexed := declare(2, 0, byText)
	s = must(with(indexed, shout(indexed)))
	found, err := indexed.In(s).Find(ctx, store.By("text", "A"))
	if err != nil || len(found) != 2 {
		t.Errorf("a new index and a migration reach the documents that were there: %v, %v", found, err)
	}
	s.Close()
	s = must(with(indexed, shout(indexed)))
	s.Close()
	if runs["shout"] != 1 {
		t.Errorf("the migration ran %d times", runs["shout"])
	}

	length := store.Index[word]{Name: "text", Version: 1, Key: func(w *word) store.Key { return store.K(len(w.Text)) }}
	changed := declare(2, 0, length)
	s = must(with(changed, shout(changed)))
	found, err = changed.In(s).Find(ctx, store.By("text", 1))
	if err != nil || len(found) != 3 {
		t.Errorf("an index whose keys are computed anew: %v, %v", found, err)
	}
	s.Close()

	unique := declare(2, 0, length, store.Index[word]{Name: "only", Unique: true, Key: func(w *word) store.Key { return store.K(w.Text) }})
	if _, err := with(unique, shout(unique)); !errors.Is(err, store.ErrExists) {
		t.Errorf("a unique index that can not be built: %v, want ErrExists", err)
	}

	// The old program may still read shape 2 ...
	s = must(with(old))
	s.Close()
	// ... until a newer one says that it may not.
	s = must(with(declare(3, 2), shout(declare(3, 2))))
	s.Close()
	if _, err := with(old); !errors.Is(err, store.ErrTooNew) {
		t.Errorf("a program that is too old: %v, want ErrTooNew", err)
	}
	other := store.Migration{Name: "another in its place", Run: func(context.Context, *store.Store) error { return nil }}
	if _, err := with(declare(3, 2), other); err == nil {
		t.Error("a list of migrations that was rewritten is taken")
	}
	for _, row := range []struct {
		name string
		d    store.Declaration
	}{
		{"a name that is none", store.Declare(store.Spec[word]{Name: "Words!", ID: func(w *word) string { return w.ID }})},
		{"no id", store.Declare(store.Spec[word]{Name: "words"})},
		{"an index declared twice", declare(3, 2, byText, byText)},
		{"an index without a key", declare(3, 2, store.Index[word]{Name: "x"})},
		{"personal data that is not there", store.Declare(store.Spec[word]{Name: "words", ID: func(w *word) string { return w.ID }, Personal: []string{"mail"}})},
	} {
		if _, err := with(row.d); err == nil {
			t.Errorf("declared with %s, and opened", row.name)
		}
	}
}

func testBackup(t *testing.T, factory Factory) {
	ctx := t.Context()
	s := fresh(t, factory)
	now := time.Date(2027, 4, 12, 0, 0, 0, 0, time.UTC)
	var ops []store.Op
	for i := range 700 {
		n := note{ID: fmt.Sprintf("%03d", i), Event: "e", Slug: fmt.Sprint("s", i), Rank: i, Big: 1<<60 + int64(i)}
		if i%100 == 0 {
			n.Ends = now.Add(time.Duration(i-300) * time.Hour)
		}
		ops = append(ops, notes.In(s).InsertOp(n))
	}
	ops = append(ops, caches.In(s).InsertOp(cached{ID: "x"}), tickets.In(s).InsertOp(ticket{ID: "t", Key: "k"}))
	if err := errors.Join(s.Apply(ctx, ops...)...); err != nil {
		t.Fatal(err)
	}
	_, rev, _, err := notes.In(s).GetUnless(ctx, "007", 0)
	if err != nil {
		t.Fatal(err)
	}

	var backup []string
	err = s.Dump(ctx, func(r store.Record) error {
		line, err := json.Marshal(r)
		backup = append(backup, string(line))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(strings.Join(backup, ""), `"collection":"caches"`) {
		t.Error("what is not to be backed up is in the backup")
	}
	reader := func(lines []string) func() (store.Record, error) {
		return func() (r store.Record, err error) {
			if len(lines) == 0 {
				return r, io.EOF
			}
			err = json.Unmarshal([]byte(lines[0]), &r)
			lines = lines[1:]
			return r, err
		}
	}

	if _, err := s.Load(ctx, reader(backup)); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("restore over documents: %v, want ErrNotEmpty", err)
	}
	restored := fresh(t, factory)
	if n, err := restored.Load(ctx, reader(backup)); err != nil || n != 701 {
		t.Fatalf("restored %d, %v", n, err)
	}
	if _, _, changed, err := notes.In(restored).GetUnless(ctx, "007", rev); err != nil || changed {
		t.Errorf("a restored document keeps its revision: changed %v, %v", changed, err)
	}
	found, err := notes.In(restored).Find(ctx, store.By("slug", "e", "s699"))
	if err != nil || len(found) != 1 || found[0].Big != 1<<60+699 {
		t.Errorf("a restored document is found by its keys: %+v, %v", found, err)
	}
	if _, err := fresh(t, factory).Load(ctx, reader(backup[1:])); err == nil {
		t.Error("a backup without the store's own record is taken")
	}

	if n, err := restored.Reindex(ctx); err != nil || n < 700 {
		t.Errorf("reindex: %d, %v", n, err)
	}
	gone, err := restored.Expire(ctx, now)
	if err != nil || gone["notes"] != 4 || len(gone) != 1 {
		t.Errorf("expired %v, %v; want 4 notes", gone, err)
	}
	if n, err := notes.In(restored).Count(ctx, store.All()); err != nil || n != 696 {
		t.Errorf("%d are left, %v", n, err)
	}
}

// testGuard speaks to the driver itself.
func testGuard(t *testing.T, factory Factory) {
	ctx := t.Context()
	d := factory(t)()
	defer d.Close()
	if err := d.Ensure(ctx, []store.Shape{{Collection: "rows"}, {Collection: "docs"}}); err != nil {
		t.Fatal(err)
	}
	doc := func(id string, rev int64) store.Doc { return store.Doc{ID: id, Rev: rev, Body: []byte(`{}`)} }
	row := func(id string) store.Write {
		return store.Write{Kind: store.Insert, Collection: "rows", Doc: doc(id, 1)}
	}
	guarded := func(rev, if_ int64) store.Write {
		return store.Write{Kind: store.Replace, Collection: "docs", Doc: doc("d", rev), If: if_, Guard: true}
	}
	if errs := d.Apply(ctx, []store.Write{{Kind: store.Insert, Collection: "docs", Doc: doc("d", 1), Guard: true}}); errs[0] != nil {
		t.Fatal(errs[0])
	}
	if err := errors.Join(d.Apply(ctx, []store.Write{row("a"), row("b"), guarded(2, 1)})...); err != nil {
		t.Fatal(err)
	}
	standing := func(id string, answer error) {
		t.Helper()
		_, err := d.Get(ctx, "rows", id)
		there := err == nil
		if there != (answer == nil) || !there && !errors.Is(answer, store.ErrUndone) {
			t.Errorf("row %s: there %v, answered %v", id, there, answer)
		}
	}
	errs := d.Apply(ctx, []store.Write{row("c"), row("a"), guarded(3, 2)})
	if !errors.Is(errs[1], store.ErrExists) || !errors.Is(errs[2], store.ErrSkipped) {
		t.Errorf("a row that exists: %v", errs)
	}
	standing("c", errs[0])
	errs = d.Apply(ctx, []store.Write{row("e"), guarded(3, 1)})
	if !errors.Is(errs[1], store.ErrStale) {
		t.Errorf("a stale document: %v", errs)
	}
	standing("e", errs[0])
	if got, err := d.Get(ctx, "docs", "d"); err != nil || got.Rev != 2 {
		t.Errorf("the document: %+v, %v", got, err)
	}
	for _, row := range []struct {
		name string
		w    store.Write
		want error
	}{
		{"delete at a wrong revision", store.Write{Kind: store.Delete, Collection: "docs", Doc: store.Doc{ID: "d"}, If: 9}, store.ErrStale},
		{"replace of nothing", store.Write{Kind: store.Replace, Collection: "docs", Doc: doc("none", 1), If: 1}, store.ErrAbsent},
		{"delete at the revision", store.Write{Kind: store.Delete, Collection: "docs", Doc: store.Doc{ID: "d"}, If: 2}, nil},
		{"delete again", store.Write{Kind: store.Delete, Collection: "docs", Doc: store.Doc{ID: "d"}, If: 2}, store.ErrAbsent},
	} {
		if err := d.Apply(ctx, []store.Write{row.w})[0]; !errors.Is(err, row.want) || row.want == nil && err != nil {
			t.Errorf("%s: %v, want %v", row.name, err, row.want)
		}
	}
}
