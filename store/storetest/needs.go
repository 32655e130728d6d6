package storetest

import (
	"errors"
	"testing"

	"feria/store"
)

// testNeeds speaks to the driver itself: what needs a write that was not done is
// not tried, whether they stand beside each other or others come between, in one
// collection or in several.
func testNeeds(t *testing.T, factory Factory) {
	d := factory(t)()
	defer d.Close()
	ctx := t.Context()
	if err := d.Ensure(ctx, []store.Shape{{Collection: "ones"}, {Collection: "twos"}}); err != nil {
		t.Fatal(err)
	}
	rev := int64(0)
	write := func(kind store.WriteKind, collection, id string, needs int) store.Write {
		rev++
		return store.Write{Kind: kind, Collection: collection, Doc: store.Doc{ID: id, Rev: rev, Body: []byte("{}")}, Needs: needs}
	}
	if errs := d.Apply(ctx, []store.Write{write(store.Insert, "ones", "taken", 0)}); errs[0] != nil {
		t.Fatal(errs[0])
	}
	writes := []store.Write{
		write(store.Insert, "ones", "a", 0),
		write(store.Insert, "ones", "taken", 0),
		write(store.Put, "ones", "b", 0),
		write(store.Insert, "ones", "of taken", 2),
		write(store.Insert, "ones", "of a", 1),
		write(store.Insert, "twos", "of a", 1),
		write(store.Put, "twos", "of taken", 2),
		write(store.Insert, "twos", "of b", 3),
		write(store.Insert, "twos", "of the second", 7), // of one that was skipped itself
	}
	want := []error{nil, store.ErrExists, nil, store.ErrSkipped, nil, nil, store.ErrSkipped, nil, store.ErrSkipped}
	for i, err := range d.Apply(ctx, writes) {
		if !errors.Is(err, want[i]) || want[i] == nil && err != nil {
			t.Errorf("write %d: %v, want %v", i+1, err, want[i])
		}
		_, err := d.Get(ctx, writes[i].Collection, writes[i].Doc.ID)
		if there := err == nil; there != (want[i] == nil || want[i] == store.ErrExists) {
			t.Errorf("write %d: stored %v (%v)", i+1, there, err)
		}
	}
}
