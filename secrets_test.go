package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// What may hold a password is never printed.
func TestRun_keepsSecretsToItself(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	t.Setenv("FERIA_DATA", t.TempDir())
	t.Setenv("FERIA_STORE", "mongodb://user:s3cret@"+nobody+"/city")
	t.Setenv("FERIA_MAIL", "smtp://user:s3cret@mail.example:25")
	t.Setenv("FERIA_METRICS_KEY", "s3cret")
	for _, row := range []struct{ args, says string }{
		{"serve -h", "-store"},
		{"doctor", "The store at mongodb://" + nobody + "/city cannot be reached."},
	} {
		var errs bytes.Buffer
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		run(ctx, strings.Fields(row.args), io.Discard, &errs)
		cancel()
		if said := errs.String(); !strings.Contains(said, row.says) || strings.Contains(said, "s3cret") {
			t.Errorf("%s says %s", row.args, said)
		}
	}
}
