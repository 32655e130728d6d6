package store

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// Query asks for a range of one declared index, in its order: by key, then by
// id. Build it with By or All; its methods return a changed copy.
type Query struct {
	index  string
	eq     string // the leading parts, encoded
	from   *string
	to     *string
	prefix *string
	in     []string
	many   bool // In was called, maybe without values
	desc   bool
	limit  int
	after  string
}

// By asks for the documents whose key in the index begins with these parts.
func By(index string, parts ...any) Query {
	return Query{index: index, eq: K(parts...).text()}
}

// All asks for all documents in the order of their ids; Prefix, From and To
// then speak of the id.
func All() Query { return Query{} }

// From asks for keys whose next part is v or greater.
func (q Query) From(v any) Query { q.from = ptr(encodePart(v)); return q }

// To asks for keys whose next part is less than v.
func (q Query) To(v any) Query { q.to = ptr(encodePart(v)); return q }

// Prefix asks for keys whose next part begins with s.
func (q Query) Prefix(s string) Query { q.prefix = ptr(cleanPart(s)); return q }

// In asks for keys whose next part is one of the values; none finds nothing.
func (q Query) In(values ...any) Query {
	q.many, q.in = true, nil
	for _, v := range values {
		q.in = append(q.in, encodePart(v))
	}
	return q
}

// Desc turns the order round, ids too.
func (q Query) Desc() Query { q.desc = true; return q }

// Limit asks for at most n documents; 0 for all.
func (q Query) Limit(n int) Query { q.limit = n; return q }

// After continues where a Page ended, with the cursor that it gave.
func (q Query) After(cursor string) Query { q.after = cursor; return q }

func ptr[T any](v T) *T { return &v }

// scans gives the ranges of the index that answer the query, in the order in
// which their results follow each other.
func (q Query) scans(unique bool) ([]Scan, error) {
	base := Scan{Index: q.index, Unique: unique, Desc: q.desc}
	kinds := 0
	for _, used := range []bool{q.many, q.prefix != nil, q.from != nil || q.to != nil} {
		if used {
			kinds++
		}
	}
	if kinds > 1 {
		return nil, fmt.Errorf("%w: In, Prefix and From/To exclude each other", ErrBadQuery)
	}
	if q.many && q.index == "" {
		return nil, fmt.Errorf("%w: for ids there is GetMany", ErrBadQuery)
	}
	if q.after != "" {
		place, err := readCursor(q.index, q.after)
		if err != nil {
			return nil, err
		}
		base.After = &place
	}
	if q.many {
		values := slices.Clone(q.in)
		slices.Sort(values)
		values = slices.Compact(values)
		if q.desc {
			slices.Reverse(values)
		}
		scans := make([]Scan, len(values))
		for i, v := range values {
			scans[i] = base
			scans[i].From, scans[i].To = within(q.eq + v + keyEnd)
		}
		return scans, nil
	}
	base.From, base.To = within(q.eq)
	if q.prefix != nil {
		base.From, base.To = q.eq+*q.prefix, q.eq+*q.prefix+afterAll
	}
	if q.from != nil {
		base.From = q.eq + *q.from
	}
	if q.to != nil {
		base.To = q.eq + *q.to
	}
	return []Scan{base}, nil
}

// within is the range of all keys that begin with whole encoded parts.
func within(parts string) (from, to string) {
	if parts == "" {
		return "", ""
	}
	return parts, strings.TrimSuffix(parts, keyEnd) + "\x20"
}

// cursor writes a place so that it can stand in an address. It names the index,
// so that a cursor of another list is refused rather than misread.
func (p Place) cursor(index string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(index + "\x00" + p.Key + "\x00" + p.ID))
}

func readCursor(index, cursor string) (Place, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return Place{}, fmt.Errorf("%w: cursor is none", ErrBadQuery)
	}
	parts := strings.Split(string(raw), "\x00")
	if len(parts) != 3 || parts[0] != index {
		return Place{}, fmt.Errorf("%w: cursor belongs to another list", ErrBadQuery)
	}
	return Place{Key: parts[1], ID: parts[2]}, nil
}
