// Package sqlite keeps documents in one SQLite file, embedded and without cgo.
//
// Each collection is a rowid table: id, revision, body, and a text column for
// each index, which holds the key that package store computed. All writes go
// through one goroutine, which commits what has queued up as one transaction
// and answers each caller after the commit (writer.go); reads go over a small
// pool. Other processes, such as a command beside a running server, may open
// the same file.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"feria/store"
)

// Driver is a store.Driver over one file.
type Driver struct {
	path    string
	folder  *folder
	closing sync.Once
	readers *sql.DB
	writer  *writer

	queries sync.Map // text to *sql.Stmt, of the readers
	shapes  shapes
}

// Pragmas of all connections. Another process may hold the lock while it
// commits or copies; waiting is cheaper than failing. The caches take twice what
// they are given, see docs/adr/0005-caches-of-sqlite.md.
const (
	pragmas      = "_pragma=busy_timeout(15000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
	writerPragma = "&_pragma=cache_size(-16000)&_pragma=journal_size_limit(67108864)&_pragma=temp_store(2)&_pragma=wal_autocheckpoint(0)"
	readerPragma = "&_pragma=cache_size(-3000)&_pragma=query_only(1)"
)

// readersPerCore is how many connections read for each core. On a busy machine a
// connection that is handed to the next who waits is idle until that goroutine
// gets its turn; with one for each core the cores then wait for connections.
const readersPerCore = 3

// Open opens the file at path, which is made with its folder if it is missing.
// Errors: store.ErrUnavailable.
func Open(ctx context.Context, path string) (*Driver, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(full), 0o750); err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	if err := private(full, 0); err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	d := &Driver{path: full, shapes: shapes{of: map[string]store.Shape{}}}
	// The writer first: it makes the file, which readers may not.
	if d.writer, err = startWriter(ctx, dsn(full, writerPragma), &d.shapes); err != nil {
		return nil, err
	}
	if d.readers, err = sql.Open("sqlite", dsn(full, readerPragma)); err != nil {
		d.writer.stop()
		return nil, unavailable(err)
	}
	if d.folder, err = startFolder(full, d.writer); err != nil {
		d.writer.stop()
		_ = d.readers.Close()
		return nil, err
	}
	d.readers.SetMaxOpenConns(readersPerCore * max(2, runtime.NumCPU()))
	d.readers.SetMaxIdleConns(readersPerCore * max(2, runtime.NumCPU()))
	if err := d.Ping(ctx); err != nil {
		_ = d.Close()
		return nil, err
	}
	return d, nil
}

// private makes an empty file, where there is none, that only its owner may read:
// it will hold names, addresses and signing keys. SQLite gives the files beside
// it the same mode.
func private(path string, more int) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|more, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func dsn(path, more string) string {
	return (&url.URL{Scheme: "file", Path: path, RawQuery: pragmas + more}).String()
}

// Kind is "sqlite".
func (d *Driver) Kind() string { return "sqlite" }

// Path is the file's full path.
func (d *Driver) Path() string { return d.path }

// Ping reads from the file.
func (d *Driver) Ping(ctx context.Context) error {
	var version int
	return unavailable(d.readers.QueryRowContext(ctx, "PRAGMA schema_version").Scan(&version))
}

// Close commits what is queued and closes the file.
func (d *Driver) Close() error {
	d.closing.Do(d.folder.close)
	d.writer.stop()
	return d.readers.Close()
}

// Backup writes a copy of one instant to path, which must not exist, while the
// store goes on working.
func (d *Driver) Backup(ctx context.Context, path string) error {
	if err := private(path, os.O_EXCL); err != nil {
		return fmt.Errorf("sqlite: backup: %w", err)
	}
	db, err := sql.Open("sqlite", dsn(d.path, ""))
	if err != nil {
		return unavailable(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return fmt.Errorf("sqlite: backup: %w", unavailable(err))
	}
	return nil
}

// Ensure makes tables, columns and indexes where they are missing.
func (d *Driver) Ensure(ctx context.Context, wanted []store.Shape) error {
	err := d.writer.do(ctx, func(t *tx) error {
		for _, shape := range wanted {
			if err := ensure(t, shape); err != nil {
				return fmt.Errorf("%s: %w", shape.Collection, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	d.shapes.add(wanted)
	return nil
}

func ensure(t *tx, shape store.Shape) error {
	table := quote(shape.Collection)
	columns, err := t.columns(shape.Collection)
	if err != nil {
		return err
	}
	if len(columns) == 0 {
		if err := t.define("CREATE TABLE IF NOT EXISTS " + table + " (id TEXT NOT NULL UNIQUE, rev INTEGER NOT NULL, body BLOB NOT NULL)"); err != nil {
			return err
		}
	}
	for _, ix := range shape.Indexes {
		column := column(ix.Name)
		if !columns[column] {
			if err := t.define("ALTER TABLE " + table + " ADD COLUMN " + column + " TEXT"); err != nil {
				return err
			}
		}
		unique, keys := "", column+", id"
		if ix.Unique {
			unique, keys = "UNIQUE ", column
		}
		// The kind is part of the name, so that an index that becomes unique is built.
		name := quote(shape.Collection + "." + strings.ToLower(unique) + ix.Name)
		if err := t.define("CREATE " + unique + "INDEX IF NOT EXISTS " + name + " ON " + table + " (" + keys + ") WHERE " + column + " IS NOT NULL"); err != nil {
			return fmt.Errorf("index %s: %w", ix.Name, err)
		}
	}
	return nil
}

// Names come from declarations, which allow lower case letters, digits and
// underscores only; quoting keeps those that are also words of SQL apart.
func quote(name string) string  { return `"` + name + `"` }
func column(name string) string { return "k_" + name }

// shapes remembers what Ensure was told: writes need the columns.
type shapes struct {
	mu sync.RWMutex
	of map[string]store.Shape
}

func (s *shapes) add(shapes []store.Shape) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, shape := range shapes {
		s.of[shape.Collection] = shape
	}
}

func (s *shapes) get(collection string) (store.Shape, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	shape, ok := s.of[collection]
	if !ok {
		return shape, fmt.Errorf("sqlite: collection %q was never ensured", collection)
	}
	return shape, nil
}

// unavailable makes store.ErrUnavailable of errors that come from the file and
// not from what was asked; a context's end stays what it is.
func unavailable(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrUnavailable) {
		return err
	}
	var e *driver.Error
	if !errors.As(err, &e) && !errors.Is(err, sql.ErrConnDone) {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	if e != nil && primary(e) == codes.SQLITE_CONSTRAINT {
		return err
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// primary is the error's code without what extends it.
func primary(e *driver.Error) int { return e.Code() & 0xff }

// constrained says whether a unique rule was hurt.
func constrained(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && primary(e) == codes.SQLITE_CONSTRAINT
}
