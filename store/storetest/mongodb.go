package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"feria/kernel"
	"feria/store"
	"feria/store/mongodb"
)

// MongoDB gives drivers on one fresh database of the server at uri; it is
// dropped when the test ends.
func MongoDB(t testing.TB, uri string) func() store.Driver {
	t.Helper()
	name := "feria_test_" + strings.ToLower(kernel.NewCode(10))
	where, err := mongodb.WithDatabase(uri, name)
	if err != nil {
		t.Fatal(err)
	}
	dial := func(ctx context.Context) (*mongodb.Driver, error) {
		d, err := mongodb.Open(ctx, where)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", Server, err)
		}
		return d, nil
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		d, err := dial(ctx)
		if err != nil {
			t.Errorf("drop the test's database: %v", err)
			return
		}
		if err := d.Drop(ctx); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
		_ = d.Close() // nothing is left to lose
	})
	return func() store.Driver {
		t.Helper()
		d, err := dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}
