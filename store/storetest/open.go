// Package storetest gives tests a store of their own and holds the suite that
// every driver must pass.
package storetest

import (
	"os"
	"path/filepath"
	"testing"

	"feria/store"
	"feria/store/sqlite"
)

// Server is the environment variable with the mongodb:// URI of a server on
// which tests run instead of on SQLite.
const Server = "FERIA_TEST_MONGODB"

// Open gives a fresh store that is closed when the test ends: SQLite in the
// test's folder, or a database of its own on Server, dropped afterwards. The
// functions given to Update are checked for purity (store.Options.Strict).
func Open(t testing.TB, decls ...store.Declaration) *store.Store {
	t.Helper()
	return open(t, Drivers(t), store.Options{Declarations: decls, Strict: true, SkipSelfTest: true})
}

// OpenTwo gives two stores on the same fresh data, as two copies of the program
// have, with combining off, so that their updates really meet in the store.
func OpenTwo(t testing.TB, decls ...store.Declaration) (a, b *store.Store) {
	t.Helper()
	next := Drivers(t)
	o := store.Options{Declarations: decls, Strict: true, SkipSelfTest: true, NoCombine: true}
	return open(t, next, o), open(t, next, o)
}

func open(t testing.TB, next func() store.Driver, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), next(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return s
}

// Drivers gives a function whose drivers all work on the same fresh data.
func Drivers(t testing.TB) func() store.Driver {
	if uri := os.Getenv(Server); uri != "" {
		return MongoDB(t, uri)
	}
	return SQLite(t)
}

// SQLite gives drivers on one file in the test's folder.
func SQLite(t testing.TB) func() store.Driver {
	path := filepath.Join(t.TempDir(), "feria.db")
	return func() store.Driver {
		t.Helper()
		d, err := sqlite.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}
