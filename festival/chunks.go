package festival

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"feria/kernel"
	"feria/store"
)

// chunkSize bounds the JSON of a chunk in bytes; a single record that is larger
// has a chunk to itself.
const chunkSize = 200_000

// goneKind is the chunk with the last SEQUENCE of slots that are left out.
const goneKind = "gone"

// packed is the content of a release as it is stored.
type packed struct {
	chunks []chunk
	hash   string // SHA-256 over kinds and items, hex
}

// pack cuts a programme into chunks without ids. Equal programmes give equal
// chunks: the number and time of the release are not part of it.
func pack(p *Programme) packed {
	var out packed
	packKind(&out, EventKind, []Event{p.Event})
	packKind(&out, VenueKind, p.Venues)
	packKind(&out, SpaceKind, p.Spaces)
	packKind(&out, BoothKind, p.Booths)
	packKind(&out, HostKind, p.Hosts)
	packKind(&out, SessionKind, p.Sessions)
	packKind(&out, SlotKind, p.Slots)
	if len(p.Gone) > 0 {
		packKind(&out, goneKind, []map[string]int{p.Gone})
	}
	// How records are cut into chunks plays no part in the hash.
	sum := sha256.New()
	for _, c := range out.chunks {
		for _, item := range c.Items {
			fmt.Fprintf(sum, "%s %d ", c.Kind, len(item))
			sum.Write(item)
		}
	}
	out.hash = hex.EncodeToString(sum.Sum(nil))
	return out
}

func packKind[T any](out *packed, kind string, all []T) {
	size := 0
	for i := range all {
		item := encode(&all[i])
		last := len(out.chunks) - 1
		if i == 0 || size+len(item) > chunkSize {
			out.chunks = append(out.chunks, chunk{Kind: kind})
			last, size = last+1, 0
		}
		out.chunks[last].Items = append(out.chunks[last].Items, item)
		size += len(item) + 1
	}
}

func chunkID(release string, n int) string { return fmt.Sprintf("%s/%04d", release, n) }

// unpack puts the chunks of a release together again.
func unpack(r Release, all []chunk) (*Programme, error) {
	p := &Programme{Release: r.Number, At: r.At, Gone: map[string]int{}}
	if len(all) != r.Chunks {
		return nil, fmt.Errorf("release %s has %d of %d chunks", r.ID, len(all), r.Chunks)
	}
	for _, c := range all {
		var err error
		switch c.Kind {
		case EventKind:
			var one []Event
			if one, err = unpackItems(one, c.Items); err == nil && len(one) == 1 {
				p.Event = one[0]
			}
		case VenueKind:
			p.Venues, err = unpackItems(p.Venues, c.Items)
		case SpaceKind:
			p.Spaces, err = unpackItems(p.Spaces, c.Items)
		case BoothKind:
			p.Booths, err = unpackItems(p.Booths, c.Items)
		case HostKind:
			p.Hosts, err = unpackItems(p.Hosts, c.Items)
		case SessionKind:
			p.Sessions, err = unpackItems(p.Sessions, c.Items)
		case SlotKind:
			p.Slots, err = unpackItems(p.Slots, c.Items)
		case goneKind:
			for _, item := range c.Items {
				if err == nil {
					err = json.Unmarshal(item, &p.Gone)
				}
			}
		default: // written by a newer program: what it says beside has no place here
		}
		if err != nil {
			return nil, fmt.Errorf("release %s, chunk %s: %w", r.ID, c.ID, err)
		}
	}
	return p, nil
}

func unpackItems[T any](into []T, items []json.RawMessage) ([]T, error) {
	for _, item := range items {
		var v T
		if err := json.Unmarshal(item, &v); err != nil {
			return into, err
		}
		into = append(into, v)
	}
	return into, nil
}

// content loads what a release froze.
func (s *Service) content(ctx context.Context, r Release) (*Programme, error) {
	ids := make([]string, r.Chunks)
	for i := range ids {
		ids[i] = chunkID(r.ID, i)
	}
	all, err := chunks.In(s.store).GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	p, err := unpack(r, all)
	if err != nil {
		return nil, kernel.Wrap(kernel.Internal, "internal", err)
	}
	return p, nil
}

// writeRelease stores a header and its chunks. Until the event points to them
// they are nothing; Sweep takes away what a crash left.
func (s *Service) writeRelease(ctx context.Context, r Release, all []chunk) error {
	if err := releases.In(s.store).Insert(ctx, r); err != nil {
		return err
	}
	c := chunks.In(s.store)
	const atOnce = 20 // 4 MB in one commit
	for from := 0; from < len(all); from += atOnce {
		var ops []store.Op
		for i := from; i < min(from+atOnce, len(all)); i++ {
			all[i].ID = chunkID(r.ID, i)
			ops = append(ops, c.PutOp(all[i]))
		}
		if err := firstError(s.store.Apply(ctx, ops...)); err != nil {
			return err
		}
	}
	return nil
}

// dropRelease takes away a header that no event points to, with its chunks:
// chunks first, so that what a crash leaves can still be found.
func (s *Service) dropRelease(ctx context.Context, r Release) error {
	c := chunks.In(s.store)
	ops := make([]store.Op, r.Chunks)
	for i := range ops {
		ops[i] = c.DeleteOp(chunkID(r.ID, i))
	}
	for _, err := range s.store.Apply(ctx, append(ops, releases.In(s.store).DeleteOp(r.ID))...) {
		if err != nil && !errAbsent(err) {
			return err
		}
	}
	return nil
}
