package store

import (
	"context"
	"errors"
)

// Look gives the documents that exist by their ids, to look at: as they are
// stored now, but decoded once for each revision and then shared. Nothing in
// them may be changed. It is for large documents that many read between two
// writes. Errors: ErrUnavailable.
func (c *Collection[T]) Look(ctx context.Context, ids []string) (map[string]*T, error) {
	found := make(map[string]*T, len(ids))
	if len(ids) == 1 { // the usual case: the body need not even travel
		name := c.name() + "\x00" + ids[0]
		seen, rev := c.store.looked.peek(name)
		doc, changed, err := c.driver.GetUnless(ctx, c.name(), ids[0], rev)
		switch {
		case errors.Is(err, ErrAbsent):
			return found, nil
		case err != nil:
			return nil, err
		case !changed:
			found[ids[0]] = seen.(*T)
			return found, nil
		}
		found[ids[0]], err = c.look(doc)
		return found, err
	}
	if len(ids) == 0 {
		return found, nil
	}
	docs, err := c.driver.GetMany(ctx, c.name(), "", ids)
	if err != nil {
		return nil, err
	}
	for _, doc := range docs {
		if found[doc.ID], err = c.look(doc); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// look gives a document decoded, from the last time if it is the same.
func (c *Collection[T]) look(doc Doc) (*T, error) {
	name := c.name() + "\x00" + doc.ID
	if seen, rev := c.store.looked.peek(name); rev == doc.Rev {
		return seen.(*T), nil
	}
	v, err := c.decl.decode(doc)
	if err != nil {
		return nil, err
	}
	c.store.looked.keep(&hotDoc{name: name, value: &v, rev: doc.Rev, size: len(doc.Body)})
	return &v, nil
}
