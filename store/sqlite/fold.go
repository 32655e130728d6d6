package sqlite

import (
	"context"
	"database/sql"
	"time"
)

// foldEvery is how often the log (WAL) is folded into the file while there are
// writes. SQLite would do it in the middle of a commit, and everybody who waits
// for that commit would wait for the disk twice.
const foldEvery = time.Second

// foldText copies what is committed from the log into the file. It waits for
// nobody and keeps nobody waiting.
const foldText = "PRAGMA wal_checkpoint(PASSIVE)"

// A log of longLog frames, which are pages of 4 kB each with a header, is to begin
// anew; fewFrames are so few that the writer may fold them, which the folder brings
// about by folding up to maxFolds times.
const (
	longLog   = 16_000 // 64 MB
	fewFrames = 256
	maxFolds  = 5
)

// folder folds the log beside the writer.
type folder struct {
	db   *sql.DB
	stop chan struct{}
	done chan struct{}
}

func startFolder(path string, w *writer) (*folder, error) {
	db, err := sql.Open("sqlite", dsn(path, "&_pragma=cache_size(-2000)"))
	if err != nil {
		return nil, unavailable(err)
	}
	db.SetMaxOpenConns(1)
	f := &folder{db: db, stop: make(chan struct{}), done: make(chan struct{})}
	go f.run(w)
	return f, nil
}

// run folds after writes. A fold that fails, on a full disk for instance, is tried
// again: until then everything stands in the log.
func (f *folder) run(w *writer) {
	defer close(f.done)
	tick := time.NewTicker(foldEvery)
	defer tick.Stop()
	var folded int64
	for {
		select {
		case <-f.stop:
			return
		case <-tick.C:
		}
		commits := w.commits.Load()
		if commits == folded {
			continue
		}
		if long, err := f.fold(); err == nil {
			folded = commits
			if long {
				w.foldRest.Store(true)
			}
		}
	}
}

// fold folds what there is, and again what came meanwhile, until that is little.
// Only when nothing is left does the log begin anew, else it would grow through a
// rush. So once it is long, the writer has to fold that little, while everybody
// waits for it.
func (f *folder) fold() (long bool, err error) {
	for range maxFolds {
		var busy, frames, done int
		if err := f.db.QueryRowContext(context.Background(), foldText).Scan(&busy, &frames, &done); err != nil {
			return false, err
		}
		if long = frames >= longLog; !long || frames-done <= fewFrames {
			break
		}
	}
	return long, nil
}

func (f *folder) close() {
	close(f.stop)
	<-f.done
	_ = f.db.Close()
}
