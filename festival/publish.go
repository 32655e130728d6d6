package festival

import (
	"context"
	"errors"

	"feria/kernel"
	"feria/locale"
	"feria/store"
)

// Review is what a release of the draft would bring.
type Review struct {
	Next    int // number of the release
	Changes []Change
	Clashes []Clash
	// Blocked says that a clash of severity Block stands: Publish refuses.
	Blocked bool
	// Unplaced counts slots without time or place, and sessions without a slot;
	// Hidden counts hidden sessions. A release leaves both out.
	Unplaced, Hidden int
	Draft            *Programme
}

// Review compares the draft with the published release. Error: Missing.
func (s *Service) Review(ctx context.Context, event string) (Review, error) {
	draft, err := s.Draft(ctx, event)
	if err != nil {
		return Review{}, err
	}
	before, err := s.published(ctx, draft.Event)
	if err != nil {
		return Review{}, err
	}
	r := Review{Next: draft.Event.Release + 1, Draft: draft}
	r.Changes = Changes(before, freeze(draft, before, s.now()))
	r.Clashes = Clashes(draft, draft.Event.Clashes)
	r.Blocked = Blocks(r.Clashes)
	for _, slot := range draft.Slots {
		if !slot.Placed() {
			r.Unplaced++
		}
	}
	for _, session := range draft.Sessions {
		if session.Hidden {
			r.Hidden++
		} else if len(draft.look.slotsOf[session.ID]) == 0 {
			r.Unplaced++
		}
	}
	return r, nil
}

// Publish freezes the draft as the next release and makes it the public one. If
// the public would see no change, the release that stands is given back, as Stood,
// and nothing is written. Errors: Missing; Errors at note; Conflict clash_blocks (n),
// import_running, slot_dangling, release_changed when somebody else published
// meanwhile.
//
// It may be asked again after a crash at any point: what was written before the
// event's pointer moved is nothing, what comes after it is done again.
func (s *Service) Publish(ctx context.Context, event, by string, note locale.Text) (Release, error) {
	var wrong complaints
	wrong.text("note", note, maxNote, false)
	if err := wrong.Err(); err != nil {
		return Release{}, err
	}
	draft, err := s.settledDraft(ctx, event)
	if err != nil {
		return Release{}, err
	}
	standing := draft.Event
	clashes := Clashes(draft, standing.Clashes)
	if Blocks(clashes) {
		blocking := map[string]bool{}
		for _, c := range clashes {
			if c.Severity == Block {
				blocking[c.Slot] = true
			}
		}
		return Release{}, kernel.New(kernel.Conflict, "clash_blocks", "", "n", len(blocking))
	}
	before, err := s.published(ctx, standing)
	if err != nil {
		return Release{}, err
	}
	now := s.now()
	next := freeze(draft, before, now)
	content := pack(next)
	if before != nil {
		r, err := releases.In(s.store).Get(ctx, standing.ReleaseID)
		if err != nil {
			return Release{}, missing(err)
		}
		if r.Hash == content.hash {
			r.Stood = true
			return r, s.bump(ctx, event)
		}
	}
	r := Release{
		ID: RecordID(event, "r"+kernel.NewID()), Event: event, Number: standing.Release + 1, Previous: standing.ReleaseID,
		At: now, By: by, Note: tidyTexts(note, tidyText), Chunks: len(content.chunks), Hash: content.hash,
		Counts: Counts{Sessions: len(next.Sessions), Slots: len(next.Slots), Hosts: len(next.Hosts), Venues: len(next.Venues), Spaces: len(next.Spaces), Booths: len(next.Booths)},
	}
	if err := s.writeRelease(ctx, r, content.chunks); err != nil {
		return Release{}, err
	}
	_, err = events.In(s.store).Update(ctx, event, func(e *Event) error {
		switch {
		case e.ReleaseID == r.ID:
			return store.ErrUnchanged // an answer was lost on the way
		case e.Removed != nil:
			return kernel.Missing()
		case e.ReleaseID != r.Previous:
			return kernel.New(kernel.Conflict, "release_changed", "", "number", e.Release)
		}
		e.Release, e.ReleaseID = r.Number, r.ID
		return nil
	})
	if err != nil {
		if kind := kernel.KindOf(err); kind == kernel.Conflict || kind == kernel.NotFound {
			// Certainly not published; after any other error it may be.
			return Release{}, errors.Join(missing(err), s.dropRelease(ctx, r))
		}
		return Release{}, err
	}
	return r, s.bump(ctx, event)
}

// Programme gives what is public of an event, read from the store at each call
// and ready for lookups. Error: Missing, also before the first release.
func (s *Service) Programme(ctx context.Context, event string) (*Programme, error) {
	for try := 0; ; try++ {
		e, err := s.Event(ctx, event)
		if err != nil {
			return nil, err
		}
		p, err := s.published(ctx, e)
		if err == nil && p == nil {
			return nil, kernel.Missing()
		}
		if err == nil || try > 0 {
			return p, err
		}
		// Perhaps the release was replaced while it was read: once more.
	}
}

// published gives the release that an event points to, nil if there is none.
func (s *Service) published(ctx context.Context, e Event) (*Programme, error) {
	if e.ReleaseID == "" {
		return nil, nil
	}
	r, err := releases.In(s.store).Get(ctx, e.ReleaseID)
	if err != nil {
		return nil, kernel.Wrap(kernel.KindOf(internalIfAbsent(err)), "internal", err)
	}
	p, err := s.content(ctx, r)
	if err != nil {
		return nil, err
	}
	if p.City, err = s.City(ctx, e.City); err != nil {
		return nil, err
	}
	return p.Ready(), nil
}

// internalIfAbsent: a pointer to nothing is our fault, not the reader's.
func internalIfAbsent(err error) error {
	if errAbsent(err) {
		return kernel.New(kernel.Internal, "internal", "")
	}
	return err
}

// Releases lists the releases of an event, the newest first. Error: Missing.
func (s *Service) Releases(ctx context.Context, event string) ([]Release, error) {
	e, err := s.Event(ctx, event)
	if err != nil {
		return nil, err
	}
	public, _, err := s.chain(ctx, e)
	return public, err
}

// chain tells the releases of an event that were public, the newest first, from
// what publishers that lost or crashed left behind.
func (s *Service) chain(ctx context.Context, e Event) (public, left []Release, err error) {
	all, err := releases.In(s.store).Find(ctx, store.By("event", e.ID).Desc())
	if err != nil {
		return nil, nil, err
	}
	want := e.ReleaseID
	for _, r := range all {
		if r.ID == want && want != "" {
			public, want = append(public, r), r.Previous
		} else {
			left = append(left, r)
		}
	}
	return public, left, nil
}
