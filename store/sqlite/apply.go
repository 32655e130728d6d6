package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"feria/store"
)

// Apply does all writes in one commit, together with what else has queued up.
// When a guarded write is not done, those before it are taken back.
func (d *Driver) Apply(ctx context.Context, writes []store.Write) []error {
	errs := make([]error, len(writes))
	if len(writes) == 0 {
		return errs
	}
	results := make([]error, len(writes)) // belongs to the writer until it answers
	err := d.writer.do(ctx, func(t *tx) error { return t.apply(writes, results) })
	for i := range errs {
		if err != nil {
			errs[i] = err
		} else {
			errs[i] = results[i]
		}
	}
	return errs
}

// errTakeBack breaks a transaction in which a guarded write was not done although
// rows before it were: the group is done again with savepoints.
var errTakeBack = errors.New("sqlite: rows to take back")

// apply fills errs. It may be called again for the same job, after the
// transaction was broken.
//
// Guarded writes are rarely refused, and a savepoint has SQLite copy every page
// that changes after it. So there is none at first; where rows have to be taken
// back, the whole group is, and done again carefully.
func (t *tx) apply(writes []store.Write, errs []error) error {
	last := len(writes) - 1
	guarded := writes[last].Guard && last > 0
	if guarded && t.careful {
		if _, err := t.exec("SAVEPOINT rows"); err != nil {
			return unavailable(err)
		}
	}
	failed, done := false, false
	for i, w := range writes {
		if w.Guard && failed || w.Needs > 0 && errs[w.Needs-1] != nil {
			errs[i] = store.ErrSkipped
			continue
		}
		errs[i] = t.write(w)
		failed, done = failed || errs[i] != nil, done || errs[i] == nil
		if errs[i] != nil && !isAnswer(errs[i]) {
			return errs[i]
		}
	}
	switch {
	case !guarded:
		return nil
	case !t.careful:
		if errs[last] != nil && done {
			return errTakeBack
		}
		return nil
	case errs[last] != nil:
		if _, err := t.exec("ROLLBACK TO rows"); err != nil {
			return unavailable(err)
		}
		for i := range errs[:last] {
			if errs[i] == nil {
				errs[i] = store.ErrUndone
			}
		}
	}
	_, err := t.exec("RELEASE rows")
	return unavailable(err)
}

// isAnswer tells a refusal of one write from trouble that breaks the whole
// transaction.
func isAnswer(err error) bool {
	return errors.Is(err, store.ErrAbsent) || errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrStale)
}

func (t *tx) write(w store.Write) error {
	shape, err := t.w.shapes.get(w.Collection)
	if err != nil {
		return err
	}
	table := quote(w.Collection)
	if w.Kind == store.Delete {
		return t.remove(table, w)
	}
	n, err := t.exec(t.w.text(table, shape, w.Kind), arguments(shape, w)...)
	switch {
	case constrained(err):
		return t.conflict(table, shape, w, err)
	case err != nil:
		return unavailable(err)
	case n == 0:
		return t.missed(table, w)
	}
	return nil
}

func (t *tx) remove(table string, w store.Write) error {
	text, args := "DELETE FROM "+table+" WHERE id = ?", []any{w.Doc.ID}
	if w.If > 0 {
		text, args = text+" AND rev = ?", append(args, w.If)
	}
	n, err := t.exec(text, args...)
	if err != nil {
		return unavailable(err)
	}
	if n == 0 {
		return t.missed(table, w)
	}
	return nil
}

// arguments are the values of every column of the shape, so that a key that is
// gone becomes NULL, and the revision that must be there.
func arguments(shape store.Shape, w store.Write) []any {
	args := make([]any, 0, 4+len(shape.Indexes))
	args = append(args, w.Doc.ID, w.Doc.Rev, w.Doc.Body)
	for _, ix := range shape.Indexes {
		if key, ok := w.Doc.Keys[ix.Name]; ok {
			args = append(args, key)
		} else {
			args = append(args, nil)
		}
	}
	if w.Kind == store.Replace {
		args = append(args, w.If)
	}
	return args
}

// text is the statement for a kind of write, made once.
func (w *writer) text(table string, shape store.Shape, kind store.WriteKind) string {
	name := textName{table, kind, len(shape.Indexes)}
	if text, ok := w.texts[name]; ok {
		return text
	}
	columns, sets := "id, rev, body", "rev = ?2, body = ?3"
	for i, ix := range shape.Indexes {
		columns += ", " + column(ix.Name)
		sets += fmt.Sprintf(", %s = ?%d", column(ix.Name), i+4)
	}
	var text string
	if kind == store.Replace {
		text = fmt.Sprintf("UPDATE %s SET %s WHERE id = ?1 AND rev = ?%d", table, sets, 4+len(shape.Indexes))
	} else {
		text = "INSERT INTO " + table + " (" + columns + ") VALUES (?" + strings.Repeat(",?", 2+len(shape.Indexes)) + ")"
		if kind == store.Put {
			text += " ON CONFLICT (id) DO UPDATE SET " + sets
		}
	}
	w.texts[name] = text
	return text
}

// textName names a statement of a table.
type textName struct {
	table   string
	kind    store.WriteKind
	indexes int
}

// missed tells why a condition found nothing.
func (t *tx) missed(table string, w store.Write) error {
	there, err := t.has("SELECT 1 FROM "+table+" WHERE id = ?", w.Doc.ID)
	if err != nil {
		return err
	}
	if !there {
		return fmt.Errorf("%w: %s %q", store.ErrAbsent, w.Collection, w.Doc.ID)
	}
	return fmt.Errorf("%w: %s %q", store.ErrStale, w.Collection, w.Doc.ID)
}

// conflict looks which unique rule was hurt: SQLite says so only in the words of
// its message. Nobody else writes meanwhile.
func (t *tx) conflict(table string, shape store.Shape, w store.Write, cause error) error {
	if w.Kind == store.Insert {
		there, err := t.has("SELECT 1 FROM "+table+" WHERE id = ?", w.Doc.ID)
		if err != nil {
			return err
		}
		if there {
			return &store.ExistsError{Collection: w.Collection}
		}
	}
	for _, ix := range shape.Indexes {
		key, ok := w.Doc.Keys[ix.Name]
		if !ok || !ix.Unique {
			continue
		}
		there, err := t.has("SELECT 1 FROM "+table+" WHERE "+column(ix.Name)+" = ? AND id <> ?", key, w.Doc.ID)
		if err != nil {
			return err
		}
		if there {
			return &store.ExistsError{Collection: w.Collection, Index: ix.Name}
		}
	}
	return fmt.Errorf("%w: %s %q: %w", store.ErrUnavailable, w.Collection, w.Doc.ID, cause)
}
