package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"feria/store"
)

func openDriver(t *testing.T) *Driver {
	t.Helper()
	d, err := Open(t.Context(), filepath.Join(t.TempDir(), "feria.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// TestPragmas: what durability rests on is really in force. With NORMAL in
// place of FULL a commit need not reach the disk.
func TestPragmas(t *testing.T) {
	d := openDriver(t)
	ctx := t.Context()
	for pragma, want := range map[string]string{
		"synchronous": "2", "journal_mode": "wal", "busy_timeout": "15000", "cache_size": "-16000", "query_only": "0",
	} {
		var got string
		if err := d.writer.conn.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("writer: %s is %s, %v; want %s", pragma, got, err, want)
		}
	}
	for pragma, want := range map[string]string{"query_only": "1", "cache_size": "-3000", "busy_timeout": "15000"} {
		var got string
		if err := d.readers.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("readers: %s is %s, %v; want %s", pragma, got, err, want)
		}
	}
}

func TestWriter_oneBrokenJobLeavesTheOthers(t *testing.T) {
	d := openDriver(t)
	ctx := t.Context()
	if err := d.Ensure(ctx, []store.Shape{{Collection: "rows"}}); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	insert := func(tx *tx, id string) error {
		_, err := tx.exec("INSERT INTO rows (id, rev, body) VALUES (?, 1, '{}')", id)
		return err
	}
	// The writer waits inside the first job, so that the others gather behind it.
	started, release := make(chan struct{}), make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		if err := d.writer.do(ctx, func(*tx) error { close(started); <-release; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-started
	var queued sync.WaitGroup
	for i := range 30 {
		queued.Add(1)
		wait.Go(func() {
			queued.Done()
			err := d.writer.do(ctx, func(tx *tx) error {
				if err := insert(tx, fmt.Sprint(i)); err != nil {
					return err
				}
				if i%10 == 7 {
					return broken
				}
				return nil
			})
			if (i%10 == 7) != errors.Is(err, broken) || i%10 != 7 && err != nil {
				t.Errorf("job %d: %v", i, err)
			}
		})
	}
	queued.Wait()
	gone, leave := context.WithCancel(ctx)
	leave()
	if err := d.writer.do(gone, func(tx *tx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who has left: %v", err)
	}
	close(release)
	wait.Wait()
	n, err := d.Count(ctx, "rows", store.Scan{Unique: true})
	if err != nil || n != 27 {
		t.Errorf("%d rows, %v; want the 27 of the jobs that are whole", n, err)
	}
}
