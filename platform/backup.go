package platform

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"

	"feria/kernel"
	"feria/store"
	"feria/store/sqlite"
)

// A backup is a gzipped tar of three members: what it is, all documents as
// lines of JSON, and the checksum of the lines. It is the same from either
// store and goes back into either.
const (
	memberAbout     = "about.json"
	memberDocuments = "documents.jsonl"
	memberSum       = "sum.json"
	backupFormat    = 1
)

type backupAbout struct {
	Format  int       `json:"format"`
	Version string    `json:"version"` // of the program that wrote it
	Store   string    `json:"store"`   // sqlite or mongodb
	At      time.Time `json:"at"`
}

// BackupSum says what a backup holds.
type BackupSum struct {
	Documents   int    `json:"documents"`
	Collections int    `json:"collections"`
	Bytes       int64  `json:"bytes"`  // of the lines
	SHA256      string `json:"sha256"` // of the lines, hex
}

// What is wrong with a backup, in words for the person at the terminal.
var (
	errBackupBroken = errors.New("this backup is damaged or cut off: nothing was restored")
	errBackupNewer  = errors.New("this backup was written by a newer Feria: nothing was restored")
)

// BackupFile writes everything into one file, also while Feria serves. On
// SQLite it is one instant, taken with an online copy; on MongoDB documents are
// read one after another, and what spans several is put right by the sweeper
// after a restore. The file appears under its name only when it is whole.
func (p *Platform) BackupFile(ctx context.Context, path string) (sum BackupSum, err error) {
	cities, err := p.Festival.Cities(ctx)
	if err != nil {
		return sum, err
	}
	if len(cities) == 0 { // a mistyped folder would be backed up night after night
		return sum, kernel.New(kernel.Invalid, "nothing_to_back_up", "")
	}
	source := p.Store
	if !p.Config.MongoDB() {
		copied, remove, err := p.copySQLite(ctx, filepath.Dir(path))
		if err != nil {
			return sum, err
		}
		defer remove()
		source = copied
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".feria-backup-*")
	if err != nil {
		return sum, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if sum, err = p.writeBackup(ctx, source, file); err != nil {
		return sum, errors.Join(err, file.Close())
	}
	if err = errors.Join(file.Sync(), file.Close()); err != nil {
		return sum, err
	}
	return sum, os.Rename(file.Name(), path)
}

// copySQLite makes an online copy and opens it.
func (p *Platform) copySQLite(ctx context.Context, dir string) (*store.Store, func(), error) {
	temp, err := os.MkdirTemp(dir, ".feria-copy-*")
	if err != nil {
		return nil, nil, err
	}
	remove := func() { // its loss harms nobody: it is a copy
		if err := os.RemoveAll(temp); err != nil {
			p.Log.Warn("cannot remove the copy of a backup", "error", err)
		}
	}
	source, err := sqlite.Open(ctx, p.Config.sqlitePath())
	if err == nil {
		err = source.Backup(ctx, filepath.Join(temp, "copy.db"))
		err = errors.Join(err, source.Close())
	}
	var driver *sqlite.Driver
	if err == nil {
		driver, err = sqlite.Open(ctx, filepath.Join(temp, "copy.db"))
	}
	if err != nil {
		remove()
		return nil, nil, err
	}
	s, err := store.Open(ctx, driver, store.Options{Declarations: Collections()})
	if err != nil {
		remove()
		return nil, nil, err
	}
	return s, func() {
		if err := s.Close(); err != nil {
			p.Log.Warn("cannot close the copy of a backup", "error", err)
		}
		remove()
	}, nil
}

// writeBackup needs the size of a tar member before its content, so the lines
// go through a temporary file.
func (p *Platform) writeBackup(ctx context.Context, source *store.Store, to io.Writer) (BackupSum, error) {
	var sum BackupSum
	lines, err := os.CreateTemp("", "feria-lines-*")
	if err != nil {
		return sum, err
	}
	defer func() {
		if err := errors.Join(lines.Close(), os.Remove(lines.Name())); err != nil {
			p.Log.Warn("cannot remove a temporary file", "error", err)
		}
	}()
	digest := newCounter()
	buffered := bufio.NewWriterSize(io.MultiWriter(lines, digest), 1<<20)
	encoder := json.NewEncoder(buffered)
	encoder.SetEscapeHTML(false)
	seen := map[string]bool{}
	err = source.Dump(ctx, func(r store.Record) error {
		sum.Documents++
		seen[r.Collection] = true
		return encoder.Encode(r)
	})
	if err = errors.Join(err, buffered.Flush()); err != nil {
		return sum, err
	}
	sum.Collections, sum.Bytes, sum.SHA256 = len(seen), digest.n, digest.hex()

	zipped := gzip.NewWriter(to)
	archive := tar.NewWriter(zipped)
	about, err := json.Marshal(backupAbout{Format: backupFormat, Version: p.Version, Store: p.Store.Kind(), At: p.Now()})
	if err != nil {
		return sum, err
	}
	tail, err := json.Marshal(sum)
	if err != nil {
		return sum, err
	}
	if _, err := lines.Seek(0, io.SeekStart); err != nil {
		return sum, err
	}
	err = p.addMember(archive, memberAbout, int64(len(about)), bytes.NewReader(about))
	if err == nil {
		err = p.addMember(archive, memberDocuments, sum.Bytes, lines)
	}
	if err == nil {
		err = p.addMember(archive, memberSum, int64(len(tail)), bytes.NewReader(tail))
	}
	return sum, errors.Join(err, archive.Close(), zipped.Close())
}

func (p *Platform) addMember(archive *tar.Writer, name string, size int64, content io.Reader) error {
	if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: p.Now(), Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err := io.Copy(archive, content)
	return err
}

// RestoreFile brings a backup into an empty store: it reads the whole file and
// checks its sum before it writes anything, and ends with the sweeper.
func (p *Platform) RestoreFile(ctx context.Context, path string) (BackupSum, error) {
	sum, err := checkBackup(path)
	if err != nil {
		return sum, err
	}
	if err := p.emptyForRestore(ctx); err != nil {
		return sum, err
	}
	file, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer file.Close()
	err = eachMember(file, func(name string, content io.Reader) error {
		if name != memberDocuments {
			return nil
		}
		decoder := json.NewDecoder(bufio.NewReaderSize(content, 1<<20))
		_, err := p.Store.Load(ctx, func() (store.Record, error) {
			var r store.Record
			err := decoder.Decode(&r)
			return r, err
		})
		return err
	})
	if err != nil {
		return sum, err
	}
	if err := p.assemble(ctx); err != nil { // anew: every key hangs on the restored secret
		return sum, err
	}
	return sum, p.Sweep(ctx)
}

// emptyForRestore takes away the installation's secret, which opening an empty
// store draws; anything else means that the store is not empty, and Load says so.
func (p *Platform) emptyForRestore(ctx context.Context) error {
	cities, err := p.Festival.Cities(ctx)
	if err != nil {
		return err
	}
	if len(cities) > 0 {
		return fmt.Errorf("restore: %w: begin with an empty data folder or database", store.ErrNotEmpty)
	}
	err = secrets.In(p.Store).Delete(ctx, "installation")
	if errors.Is(err, store.ErrAbsent) {
		return nil
	}
	return err
}

// checkBackup reads a backup to its end and compares its sum.
func checkBackup(path string) (BackupSum, error) {
	var sum BackupSum
	file, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer file.Close()
	var about backupAbout
	digest := newCounter()
	members := 0
	err = eachMember(file, func(name string, content io.Reader) error {
		members++
		switch name {
		case memberAbout:
			return json.NewDecoder(content).Decode(&about)
		case memberDocuments:
			_, err := io.Copy(digest, content)
			return err
		case memberSum:
			return json.NewDecoder(content).Decode(&sum)
		}
		return nil
	})
	switch {
	case err != nil:
		return sum, fmt.Errorf("%w (%w)", errBackupBroken, err)
	case about.Format > backupFormat:
		return sum, errBackupNewer
	case members < 3 || about.Format == 0 || sum.Bytes != digest.n || sum.SHA256 != digest.hex():
		return sum, errBackupBroken
	}
	return sum, nil
}

func eachMember(file io.Reader, fn func(name string, content io.Reader) error) error {
	zipped, err := gzip.NewReader(bufio.NewReaderSize(file, 1<<20))
	if err != nil {
		return err
	}
	archive := tar.NewReader(zipped)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			// To the very end, so that the gzip checksum is looked at.
			if _, err := io.Copy(io.Discard, zipped); err != nil {
				return err
			}
			return zipped.Close()
		}
		if err != nil {
			return err
		}
		if err := fn(header.Name, archive); err != nil {
			return err
		}
	}
}

// counter hashes and counts what is written to it.
type counter struct {
	hash.Hash
	n int64
}

func newCounter() *counter { return &counter{Hash: sha256.New()} }

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.Hash.Write(b)
	c.n += int64(n)
	return n, err
}

func (c *counter) hex() string { return hex.EncodeToString(c.Sum(nil)) }
