package sqlite_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"feria/store"
	"feria/store/sqlite"
	"feria/store/storetest"
)

var tallies = store.Declare(store.Spec[tally]{
	Name: "tallies", ID: func(t *tally) string { return t.ID },
	Indexes: []store.Index[tally]{
		{Name: "kind", Key: func(t *tally) store.Key { return store.K(t.Kind, t.Count) }},
		{Name: "only", Unique: true, Key: func(t *tally) store.Key { return store.K(t.ID) }},
	},
})

type tally struct {
	ID    string   `json:"id"`
	Kind  string   `json:"kind"`
	Count int      `json:"count"`
	Rows  []string `json:"rows"`
}

func openFile(t *testing.T, path string) (*store.Store, *sqlite.Driver) {
	t.Helper()
	d, err := sqlite.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(context.Background(), d, store.Options{Declarations: []store.Declaration{tallies, rows}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, d
}

// raw opens the file beside the driver.
func raw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestFile_isPrivateAndInWAL(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new folder", "feria ?#%.db")
	s, d := openFile(t, path)
	if err := tallies.In(s).Insert(t.Context(), tally{ID: "1"}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want mode 600", name, info, err)
		}
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := d.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	if err := d.Backup(t.Context(), copied); !errors.Is(err, os.ErrExist) {
		t.Errorf("a backup over a file: %v, want os.ErrExist", err)
	}
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy: %v, %v; want mode 600", info, err)
	}
	other, _ := openFile(t, copied)
	if got, err := tallies.In(other).Find(t.Context(), store.By("only", "1")); err != nil || len(got) != 1 {
		t.Errorf("the copy holds %v, %v", got, err)
	}

	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := tallies.In(s).Get(t.Context(), "1"); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a read after the end: %v, want ErrUnavailable", err)
	}
	if err := tallies.In(s).Insert(t.Context(), tally{ID: "2"}); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a write after the end: %v, want ErrUnavailable", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a ping after the end: %v, want ErrUnavailable", err)
	}
}

func TestOpen_refusesWhatIsNoDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "feria.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("this is a letter\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := sqlite.Open(t.Context(), path)
	if err == nil {
		_, err = store.Open(t.Context(), d, store.Options{})
	}
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a letter as a database: %v, want ErrUnavailable", err)
	}
}

// TestScan_usesTheIndex asks SQLite for its plan of what the driver asks.
func TestScan_usesTheIndex(t *testing.T) {
	path := filepath.Join(t.TempDir(), "feria.db")
	openFile(t, path)
	db := raw(t, path)
	for _, row := range []struct{ name, query, index string }{
		{"a range", `k_kind >= 'a' AND k_kind < 'b' ORDER BY k_kind, id`, "tallies.kind"},
		{"descending", `k_kind >= 'a' ORDER BY k_kind DESC, id DESC`, "tallies.kind"},
		{"after a place", `k_kind >= 'a' AND k_kind < 'b' AND (k_kind, id) > ('a', '1') ORDER BY k_kind, id LIMIT 5`, "tallies.kind"},
		{"a unique index", `k_only >= 'a' AND k_only < 'b' ORDER BY k_only`, "tallies.unique only"},
		{"ids", `id >= 'a' ORDER BY id`, "sqlite_autoindex_tallies_1"},
	} {
		plan, err := db.Query(`EXPLAIN QUERY PLAN SELECT id, rev, body FROM tallies WHERE ` + row.query)
		if err != nil {
			t.Fatal(err)
		}
		var steps []string
		for plan.Next() {
			var id, parent, unused int
			var step string
			if err := plan.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			steps = append(steps, step)
		}
		plan.Close()
		if len(steps) != 1 || !strings.HasPrefix(steps[0], "SEARCH tallies USING INDEX "+row.index+" ") {
			t.Errorf("%s: %q", row.name, steps)
		}
	}
}

// Run as another process, this test's binary updates until it is killed and
// says which updates it was told are done.
const crashFile = "FERIA_TEST_CRASH_FILE"

func TestMain(m *testing.M) {
	path := os.Getenv(crashFile)
	if path == "" {
		os.Exit(m.Run())
	}
	ctx := context.Background()
	d, err := sqlite.Open(ctx, path)
	if err != nil {
		panic(err)
	}
	s, err := store.Open(ctx, d, store.Options{Declarations: []store.Declaration{tallies, rows}})
	if err != nil {
		panic(err)
	}
	for worker := range 8 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d/%d/%d", os.Getpid(), worker, i)
				if err := count(ctx, s, id); err != nil {
					panic(err)
				}
				fmt.Println(id) // one write, so one line is whole or not there
			}
		}()
	}
	select {}
}

func count(ctx context.Context, s *store.Store, id string) error {
	return tallies.In(s).Decide(ctx, "t", func(t *tally) error {
		t.Count++
		if t.Rows = append(t.Rows, id); len(t.Rows) > 50 {
			t.Rows = t.Rows[1:]
		}
		return nil
	}, store.OrNew(func() tally { return tally{ID: "t"} }), store.With(func(bool) []store.Op {
		return []store.Op{rows.In(s).InsertOp(row{ID: id, Slot: "t"})}
	}))
}

// TestKill ends the writing process at whatever it does. All that it was told
// is done must be there, nothing half, and the document must agree with its
// rows. It says nothing about power loss.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "feria.db")
	acknowledged := 0
	for kill := range 6 {
		child := exec.Command(os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), crashFile+"="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		var told []string
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			told = append(told, lines.Text())
			if len(told) == 150+kill*37 {
				_ = child.Process.Kill()
			}
		}
		_ = child.Wait() // it was killed, so it ends with an error
		acknowledged += len(told)

		s, _ := openFile(t, path)
		for _, id := range told {
			if _, err := rows.In(s).Get(t.Context(), id); err != nil {
				t.Fatalf("acknowledged and lost: %s: %v", id, err)
			}
		}
		doc, err := tallies.In(s).Get(t.Context(), "t")
		if err != nil {
			t.Fatal(err)
		}
		there, err := rows.In(s).Count(t.Context(), store.By("slot", "t"))
		if err != nil || there != doc.Count || there < acknowledged {
			t.Errorf("after kill %d: %d rows, the document counts %d, %d were acknowledged, %v", kill+1, there, doc.Count, acknowledged, err)
		}
		s.Close()
		var verdict string
		if err := raw(t, path).QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
			t.Errorf("after kill %d the file is %s, %v", kill+1, verdict, err)
		}
	}
	if acknowledged < 6*150 {
		t.Errorf("only %d updates were tried", acknowledged)
	}
}

// TestSecondProcess: a command beside a running server writes too.
func TestSecondProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "feria.db")
	s, _ := openFile(t, path)
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), crashFile+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	theirs, ours := 0, 0
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		theirs++
		if ours < 100 {
			if err := count(t.Context(), s, fmt.Sprint("ours/", ours)); err != nil {
				t.Fatal(err)
			}
			ours++
		} else {
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait() // it was killed, so it ends with an error
	doc, err := tallies.In(s).Get(t.Context(), "t")
	if err != nil || doc.Count < theirs+ours {
		t.Errorf("%d theirs and %d ours make %d, %v", theirs, ours, doc.Count, err)
	}
	if there, err := rows.In(s).Count(t.Context(), store.By("slot", "t")); err != nil || there != doc.Count {
		t.Errorf("%d rows, the document counts %d, %v", there, doc.Count, err)
	}
}

func TestDriver(t *testing.T) { storetest.Run(t, storetest.SQLite) }

// TestFold_keepsTheLogShort writes without a pause longer than a fold takes; a
// log that is never folded to its end grows by all that is written.
func TestFold_keepsTheLogShort(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "feria.db")
	s, _ := openFile(t, path)
	const wanted = 240 << 20 // bytes
	text := strings.Repeat("x", 500_000)
	for i := range wanted / len(text) {
		if err := tallies.In(s).Put(t.Context(), tally{ID: strings.Repeat("i", 1+i%20), Rows: []string{text}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	info, err := os.Stat(path + "-wal")
	if err != nil || info.Size() > wanted*3/4 {
		t.Errorf("the log has %d bytes after %d were written, %v", info.Size(), wanted, err)
	}
}
