package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"feria/store"
)

// Get reads one document.
func (d *Driver) Get(ctx context.Context, collection, id string) (store.Doc, error) {
	doc, _, err := d.GetUnless(ctx, collection, id, 0)
	return doc, err
}

// uncut is the context of statements. One that can end costs two goroutines for
// each statement, half the time of a point read; what is read row by row looks
// at the caller's own between rows instead.
var uncut = context.Background()

// GetUnless reads the body only if the revision is another.
func (d *Driver) GetUnless(ctx context.Context, collection, id string, rev int64) (store.Doc, bool, error) {
	stmt, err := d.prepare(ctx, "SELECT rev, CASE WHEN rev = ?2 THEN NULL ELSE body END FROM "+quote(collection)+" WHERE id = ?1")
	if err != nil {
		return store.Doc{}, false, err
	}
	doc := store.Doc{ID: id}
	err = stmt.QueryRowContext(uncut, id, rev).Scan(&doc.Rev, &doc.Body)
	if errors.Is(err, sql.ErrNoRows) {
		return store.Doc{}, false, fmt.Errorf("%w: %s %q", store.ErrAbsent, collection, id)
	}
	if err != nil {
		return store.Doc{}, false, unavailable(err)
	}
	return doc, doc.Rev != rev, nil
}

// manyKeys are the numbers of keys that queries are prepared for: binding the
// greatest for a single one would cost more than reading it.
var manyKeys = []int{1, 4, 16, 200}

// GetMany reads those that exist.
func (d *Driver) GetMany(ctx context.Context, collection, index string, keys []string) ([]store.Doc, error) {
	var docs []store.Doc
	by := scanned(store.Scan{Index: index})
	for len(keys) > 0 {
		size := manyKeys[len(manyKeys)-1]
		for _, n := range manyKeys {
			if n >= len(keys) {
				size = n
				break
			}
		}
		args := make([]any, size) // NULL finds nothing
		n := min(size, len(keys))
		for i, key := range keys[:n] {
			args[i] = key
		}
		keys = keys[n:]
		found, err := d.query(ctx, "SELECT id, rev, body FROM "+quote(collection)+" WHERE "+by+" IN (?"+strings.Repeat(",?", size-1)+")", args)
		if err != nil {
			return nil, err
		}
		docs = append(docs, found...)
	}
	return docs, nil
}

// Find reads one range of one index.
func (d *Driver) Find(ctx context.Context, collection string, scan store.Scan) ([]store.Doc, error) {
	where, args := condition(scan)
	direction, after := "", ">"
	if scan.Desc {
		direction, after = " DESC", "<"
	}
	key := scanned(scan)
	order := key + direction
	if !scan.Unique {
		order += ", id" + direction
	}
	if scan.After != nil {
		switch {
		case scan.Index == "":
			where, args = where+" AND id "+after+" ?", append(args, scan.After.ID)
		case scan.Unique:
			where, args = where+" AND "+key+" "+after+" ?", append(args, scan.After.Key)
		default:
			where, args = where+" AND ("+key+", id) "+after+" (?, ?)", append(args, scan.After.Key, scan.After.ID)
		}
	}
	query := "SELECT id, rev, body FROM " + quote(collection) + " WHERE " + where + " ORDER BY " + order
	if scan.Limit > 0 {
		query, args = query+" LIMIT ?", append(args, scan.Limit)
	}
	return d.query(ctx, query, args)
}

// Count counts one range of one index.
func (d *Driver) Count(ctx context.Context, collection string, scan store.Scan) (int, error) {
	where, args := condition(scan)
	stmt, err := d.prepare(ctx, "SELECT count(*) FROM "+quote(collection)+" WHERE "+where)
	if err != nil {
		return 0, err
	}
	n := 0
	return n, unavailable(stmt.QueryRowContext(ctx, args...).Scan(&n)) // may be long: ends with the caller
}

func scanned(scan store.Scan) string {
	if scan.Index == "" {
		return "id"
	}
	return column(scan.Index)
}

// condition always bounds the column, which is what makes SQLite use an index
// that is partial on NOT NULL.
func condition(scan store.Scan) (string, []any) {
	key := scanned(scan)
	if scan.To == "" {
		return key + " >= ?", []any{scan.From}
	}
	return key + " >= ? AND " + key + " < ?", []any{scan.From, scan.To}
}

func (d *Driver) query(ctx context.Context, text string, args []any) ([]store.Doc, error) {
	stmt, err := d.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(uncut, args...)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var docs []store.Doc
	for rows.Next() {
		if err := store.Ended(ctx); err != nil {
			return nil, err
		}
		var doc store.Doc
		if err := rows.Scan(&doc.ID, &doc.Rev, &doc.Body); err != nil {
			return nil, unavailable(err)
		}
		docs = append(docs, doc)
	}
	return docs, unavailable(rows.Err())
}

// prepare keeps one statement for each query text; there are few texts, since
// they hold names of declarations and no values.
func (d *Driver) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if err := store.Ended(ctx); err != nil {
		return nil, err
	}
	if stmt, ok := d.queries.Load(text); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := d.readers.PrepareContext(ctx, text)
	if err != nil {
		return nil, unavailable(err)
	}
	if first, loaded := d.queries.LoadOrStore(text, stmt); loaded {
		_ = stmt.Close() // another goroutine was first; the statement was never used
		return first.(*sql.Stmt), nil
	}
	return stmt, nil
}
