package store

import (
	"context"
	"errors"
	"fmt"
)

// GetMany gives those documents that exist, in the order of the ids; an id that
// is asked for twice is answered twice. Errors: ErrUnavailable.
func (c *Collection[T]) GetMany(ctx context.Context, ids []string) ([]T, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	docs, err := c.driver.GetMany(ctx, c.name(), "", ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]Doc, len(docs))
	for _, d := range docs {
		byID[d.ID] = d
	}
	values := make([]T, 0, len(docs))
	for _, id := range ids {
		doc, ok := byID[id]
		if !ok {
			continue
		}
		v, err := c.decl.decode(doc)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

// FindMany gives the documents that have one of these whole keys in an index, in
// any order. Errors: ErrNoIndex, ErrUnavailable.
func (c *Collection[T]) FindMany(ctx context.Context, index string, keys ...Key) ([]T, error) {
	if _, err := c.decl.index(index); err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return nil, nil
	}
	texts := make([]string, len(keys))
	for i, k := range keys {
		texts[i] = k.text()
	}
	docs, err := c.driver.GetMany(ctx, c.name(), index, texts)
	if err != nil {
		return nil, err
	}
	return c.decodeAll(docs)
}

// UpdateMany is Update of many documents on which nobody rushes, in few messages:
// fn is called with each of them, as often as Update would. The errors stand in
// the order of the ids and are those of Update; each document is decided by
// itself.
func (c *Collection[T]) UpdateMany(ctx context.Context, ids []string, fn func(*T) error) []error {
	errs := make([]error, len(ids))
	docs, err := c.driver.GetMany(ctx, c.name(), "", ids)
	if err != nil {
		for i := range errs {
			errs[i] = err
		}
		return errs
	}
	found := make(map[string]Doc, len(docs))
	for _, d := range docs {
		found[d.ID] = d
	}
	var writes []Write
	var places []int
	for i, id := range ids {
		doc, ok := found[id]
		if !ok {
			errs[i] = fmt.Errorf("%w: %s %q", ErrAbsent, c.name(), id)
			continue
		}
		after, err := c.changed(doc, fn)
		if err != nil {
			if !errors.Is(err, ErrUnchanged) {
				errs[i] = err
			}
			continue
		}
		writes = append(writes, Write{Kind: Replace, Collection: c.name(), Doc: after, If: doc.Rev})
		places = append(places, i)
	}
	if len(writes) == 0 {
		return errs
	}
	for w, err := range c.store.write(ctx, writes) {
		if errors.Is(err, ErrStale) { // somebody else was first
			err = c.Decide(ctx, writes[w].Doc.ID, fn)
		}
		errs[places[w]] = err
	}
	return errs
}

// changed is a document after a caller's function.
func (c *Collection[T]) changed(doc Doc, fn func(*T) error) (Doc, error) {
	v, err := c.decl.decode(doc)
	if err != nil {
		return Doc{}, err
	}
	if err := fn(&v); err != nil {
		return Doc{}, err
	}
	after, err := c.decl.encode(&v)
	if err == nil && after.ID != doc.ID {
		err = fmt.Errorf("store: update of %s %q changed its id to %q", c.name(), doc.ID, after.ID)
	}
	return after, err
}

// DeleteUnder removes all documents whose ids begin with a prefix, in small steps:
// what a crash leaves is removed the next time. Errors: ErrUnavailable.
func (c *Collection[T]) DeleteUnder(ctx context.Context, prefix string) error {
	for {
		docs, err := c.find(ctx, All().Prefix(prefix).Limit(eachPage))
		if err != nil || len(docs) == 0 {
			return err
		}
		ops := make([]Op, len(docs))
		for i, doc := range docs {
			ops[i] = c.DeleteOp(doc.ID)
		}
		for _, err := range c.store.Apply(ctx, ops...) {
			if err != nil && !errors.Is(err, ErrAbsent) {
				return err
			}
		}
	}
}
