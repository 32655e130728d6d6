package mongodb_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"feria/store"
	"feria/store/mongodb"
	"feria/store/storetest"
)

func server(t *testing.T) string {
	t.Helper()
	uri := os.Getenv(storetest.Server)
	if uri == "" {
		t.Skip(storetest.Server + " names no server; scripts/mongodb start gives one")
	}
	return uri
}

func TestDriver(t *testing.T) {
	uri := server(t)
	storetest.Run(t, func(t testing.TB) func() store.Driver { return storetest.MongoDB(t, uri) })
}

// TestOpen_testsTheServer: unless told otherwise, a start asks for proof.
func TestOpen_testsTheServer(t *testing.T) {
	s, err := store.Open(t.Context(), storetest.MongoDB(t, server(t))(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err != nil || s.Kind() != "mongodb" {
		t.Errorf("%s: %v", s.Kind(), err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a ping after the end: %v, want ErrUnavailable", err)
	}
}

func TestOpen_nobodyThere(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := mongodb.Open(ctx, "mongodb://127.0.0.1:1/"); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a port where nobody listens: %v, want ErrUnavailable", err)
	}
}
