package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"feria/platform"
	"feria/store"
	"feria/store/sqlite"
)

// Row 44 of the bad inputs (and a few like it): what cannot start says why in
// one clear line, ends with another exit code than 0, and changes nothing.
func TestStart_refusesWithOneLine(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("no database of ours, but long enough to be looked at by one who hopes for it"), 0o600); err != nil {
		t.Fatal(err)
	}
	made := t.TempDir()
	var ignored bytes.Buffer
	if code := run(t.Context(), []string{"owner", "add", "--data", made, "--email", "olga@example.org"}, &ignored, &ignored); code != 0 {
		t.Fatalf("no owner: %s", ignored.String())
	}
	bare, absent := t.TempDir(), filepath.Join(t.TempDir(), "absent")
	beginStore(t, bare)
	for _, row := range []struct {
		name string
		args []string
		says string
	}{
		{"a port in use", []string{"serve", "--addr", taken.Addr().String(), "--data", t.TempDir()}, "address already in use"},
		{"a data folder that is a file", []string{"serve", "--data", file}, file},
		{"a data folder that cannot be written", []string{"serve", "--data", "/proc/feria"}, "/proc/feria"},
		{"a file that is no database", []string{"serve", "--data", t.TempDir(), "--store", "sqlite:" + file}, "not a database"},
		{"a store of another kind", []string{"serve", "--data", t.TempDir(), "--store", "postgres://x"}, "FERIA_STORE"},
		{"an address that is none", []string{"serve", "--data", t.TempDir(), "--addr", "nowhere"}, "FERIA_ADDR"},
		{"a command that is none", []string{"dance"}, "feria [command]"},
		{"a flag that is none", []string{"serve", "--dance"}, "dance"},
		{"a restore of what is no backup", []string{"restore", "--data", t.TempDir(), file}, "backup"},
		{"a backup of nothing", []string{"backup", "--data", bare, filepath.Join(t.TempDir(), "x")}, "nothing to back up here: this store has no city. Look at --data and --store.\n"},
		{"a backup of a folder without a store", []string{"backup", "--data", absent, filepath.Join(t.TempDir(), "x")}, "no store at"},
		{"a look at a folder without a store", []string{"doctor", "--data", absent}, "no store at"},
		{"a role that is none", []string{"token", "add", "--data", made, "--role", "king"}, "no such role"},
		{"a role without its event", []string{"token", "add", "--data", made, "--role", "organizer"}, "Choose the event"},
		{"an event that is none", []string{"token", "add", "--data", made, "--role", "organizer", "--event", "nowhere"}, "nowhere"},
		{"a city that is none", []string{"token", "add", "--data", made, "--role", "owner", "--city", "nowhere"}, "nowhere"},
		{"an owner without an address", []string{"owner", "add", "--data", t.TempDir()}, "mail address"},
		{"an owner whose address is none", []string{"owner", "add", "--data", t.TempDir(), "--city", "x", "--email", "a@b\r\nBcc: c@d.example"}, "mail address"},
	} {
		t.Run(row.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var out, errs bytes.Buffer
			code := run(ctx, row.args, &out, &errs)
			if code == 0 || !strings.Contains(errs.String(), row.says) {
				t.Errorf("exit %d, says %q", code, errs.String())
			}
			if _, err := os.Stat(absent); err == nil {
				t.Errorf("%s was made", absent)
			}
			if said := strings.TrimSpace(errs.String()); strings.Contains(said, "goroutine ") || strings.Contains(said, "panic") || strings.Count(said, "\n") > 1 && !strings.Contains(said, "[flags]") && !strings.Contains(said, "[command]") && !strings.Contains(said, "-addr") {
				t.Errorf("a stack is shown: %s", said)
			}
		})
	}
}

// beginStore makes a store without a city.
func beginStore(t *testing.T, dir string) {
	p, err := platform.Open(t.Context(), platform.Config{Addr: "127.0.0.1:0", Data: dir, Store: "sqlite:" + filepath.Join(dir, "feria.db")}, platform.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
}

// A store that a newer Feria has written is not opened by this one.
func TestStart_refusesAStoreOfALaterShape(t *testing.T) {
	dir := t.TempDir()
	var out, errs bytes.Buffer
	beginStore(t, dir)
	driver, err := sqlite.Open(t.Context(), filepath.Join(dir, "feria.db"))
	if err != nil {
		t.Fatal(err)
	}
	type later struct {
		ID string `json:"id"`
	}
	s, err := store.Open(t.Context(), driver, store.Options{Declarations: []store.Declaration{
		store.Declare(store.Spec[later]{Name: "cities", ID: func(l *later) string { return l.ID }, Shape: 99, Oldest: 99, Keep: "as in a later version"}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"doctor"}, {"backup", filepath.Join(t.TempDir(), "x")}} {
		errs.Reset()
		code := run(t.Context(), append(command[:1:1], append([]string{"--data", dir}, command[1:]...)...), &out, &errs)
		if code != 1 || !strings.Contains(errs.String(), "newer version") || strings.Count(errs.String(), "\n") != 1 {
			t.Errorf("%v: exit %d, says %q", command, code, errs.String())
		}
	}
}

// Large uploads and restores go through temporary files: where there is no
// folder for them (an image FROM scratch) the start says so, not the first upload.
func TestStart_refusesWithoutAFolderForTemporaryFiles(t *testing.T) {
	data := t.TempDir()
	t.Setenv("TMPDIR", filepath.Join(data, "absent"))
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"owner", "add", "--data", data, "--email", "olga@example.org"}, &out, &errs)
	if code != 1 || !strings.Contains(errs.String(), "TMPDIR") || strings.Count(errs.String(), "\n") != 1 {
		t.Errorf("exit %d, says %q", code, errs.String())
	}
}
