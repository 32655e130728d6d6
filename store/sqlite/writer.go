package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"feria/store"
)

// writer is the one goroutine that writes. It takes what has queued up, does it
// in one transaction and answers everybody after the commit, so that a hundred
// callers share one flush of the disk.
type writer struct {
	db     *sql.DB
	conn   *sql.Conn
	shapes *shapes
	stmts  map[string]*sql.Stmt
	texts  map[textName]string // of the shapes as they are

	commits  atomic.Int64 // so far
	foldRest atomic.Bool  // see folder

	queue chan *job
	mu    sync.RWMutex // held for reading while a job is queued, so that stop can close the queue
	ended bool
	done  chan struct{}
}

// job is one caller's share of a transaction.
type job struct {
	work func(*tx) error // answers only errors that end the whole transaction
	done chan error
}

// maxGroup bounds the jobs of one transaction, and so how long its first waits.
const maxGroup = 1024

func startWriter(ctx context.Context, dsn string, shapes *shapes) (*writer, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, unavailable(err)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		_ = db.Close()
		return nil, unavailable(err)
	}
	w := &writer{
		db: db, conn: conn, shapes: shapes, stmts: map[string]*sql.Stmt{}, texts: map[textName]string{},
		queue: make(chan *job, maxGroup), done: make(chan struct{}),
	}
	go w.run()
	return w, nil
}

// do queues work and waits for its commit. When ctx ends first the outcome is
// open.
func (w *writer) do(ctx context.Context, work func(*tx) error) error {
	j := &job{work: work, done: make(chan error, 1)}
	w.mu.RLock()
	if w.ended {
		w.mu.RUnlock()
		return fmt.Errorf("%w: closed", store.ErrUnavailable)
	}
	select {
	case w.queue <- j:
		w.mu.RUnlock()
	case <-ctx.Done():
		w.mu.RUnlock()
		return store.Ended(ctx)
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		return store.Ended(ctx)
	}
}

// stop lets the queue run dry and closes the connection.
func (w *writer) stop() {
	w.mu.Lock()
	if !w.ended {
		w.ended = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.done
}

func (w *writer) run() {
	defer close(w.done)
	group := make([]*job, 0, maxGroup)
	for j := range w.queue {
		group = w.gather(append(group[:0], j))
		w.commit(group)
		if w.foldRest.CompareAndSwap(true, false) {
			_ = w.exec(context.Background(), foldText) // what fails is folded the next time
		}
	}
	// Closing the last connection also folds the log into the file.
	_ = w.conn.Close()
	_ = w.db.Close()
}

// maxYields bounds how often gather lets others run first.
const maxYields = 4

// gather adds what has queued up. On a busy machine it lets others run first, as
// long as that brings more: who is about to write then shares this flush. On an
// idle one that costs nothing.
func (w *writer) gather(group []*job) []*job {
	for range maxYields {
		runtime.Gosched()
		before := len(group)
	queued:
		for len(group) < maxGroup {
			select {
			case next, open := <-w.queue:
				if !open {
					return group
				}
				group = append(group, next)
			default:
				break queued
			}
		}
		if len(group) == before || len(group) == maxGroup {
			break
		}
	}
	return group
}

// commit does a group as one transaction. If one job breaks it, the others are
// done again without that one.
func (w *writer) commit(group []*job) {
	careful := false
	for len(group) > 0 {
		broken, err := w.try(group, careful)
		if errors.Is(err, errTakeBack) {
			careful = true
			continue
		}
		if err == nil {
			for _, j := range group {
				j.done <- nil
			}
			return
		}
		if broken < 0 { // the transaction itself: nobody's work is done
			for _, j := range group {
				j.done <- err
			}
			return
		}
		group[broken].done <- err
		group = append(group[:broken], group[broken+1:]...)
	}
}

// try answers which job broke the transaction, or -1 if it was none of them.
func (w *writer) try(group []*job, careful bool) (broken int, err error) {
	ctx := context.Background() // a caller who leaves must not break the others' commit
	if err := w.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return -1, err
	}
	t := &tx{w: w, ctx: ctx, careful: careful}
	for i, j := range group {
		if err := j.work(t); err != nil {
			w.rollback(ctx)
			return i, err
		}
	}
	if err := w.exec(ctx, "COMMIT"); err != nil {
		w.rollback(ctx)
		return -1, err
	}
	w.commits.Add(1)
	return 0, nil
}

func (w *writer) exec(ctx context.Context, text string) error {
	stmt, err := w.prepare(ctx, text)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(ctx)
	return unavailable(err)
}

// rollback ends a transaction that failed. SQLite may have ended it already (a
// full disk does that); then there is nothing to roll back.
func (w *writer) rollback(ctx context.Context) { _ = w.exec(ctx, "ROLLBACK") }

func (w *writer) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt, ok := w.stmts[text]; ok {
		return stmt, nil
	}
	stmt, err := w.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, unavailable(err)
	}
	w.stmts[text] = stmt
	return stmt, nil
}

// tx is the transaction under way, for the work of a job.
type tx struct {
	w       *writer
	ctx     context.Context
	careful bool // rows before a guarded write can be taken back alone
}

// exec answers how many rows it changed.
func (t *tx) exec(text string, args ...any) (int64, error) {
	stmt, err := t.w.prepare(t.ctx, text)
	if err != nil {
		return 0, err
	}
	res, err := stmt.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// define changes the schema. Its text is not kept prepared.
func (t *tx) define(text string) error {
	_, err := t.w.conn.ExecContext(t.ctx, text)
	if constrained(err) {
		return fmt.Errorf("%w: %w", store.ErrExists, err)
	}
	return unavailable(err)
}

// has says whether a query finds a row.
func (t *tx) has(text string, args ...any) (bool, error) {
	stmt, err := t.w.prepare(t.ctx, text)
	if err != nil {
		return false, err
	}
	var one int
	err = stmt.QueryRowContext(t.ctx, args...).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, unavailable(err)
}

// columns lists the columns of a table; none if there is no such table.
func (t *tx) columns(table string) (map[string]bool, error) {
	rows, err := t.w.conn.QueryContext(t.ctx, "SELECT name FROM pragma_table_info(?)", table)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	found := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, unavailable(err)
		}
		found[name] = true
	}
	return found, unavailable(rows.Err())
}
