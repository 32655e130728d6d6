package festival

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"feria/kernel"
	"feria/store"
	"feria/store/storetest"
)

// publish publishes and gives what is public then.
func (h *house) publish() *Programme {
	h.t.Helper()
	_, err := h.Publish(h.ctx, h.event.ID, "ann", nil)
	h.ok(err)
	p, err := h.Programme(h.ctx, h.event.ID)
	h.ok(err)
	return p
}

// changes lists what a release would change.
func (h *house) changes() []string {
	h.t.Helper()
	r, err := h.Review(h.ctx, h.event.ID)
	h.ok(err)
	var out []string
	for _, c := range r.Changes {
		out = append(out, strings.TrimSpace(string(c.Kind)+" "+c.Of+" "+c.Title["en"]+" "+strings.Join(c.Fields, ",")))
	}
	return out
}

func TestPublish(t *testing.T) {
	h := open(t)
	_, err := h.Programme(h.ctx, h.event.ID)
	h.refused(err, kernel.NotFound, "not_found")

	hall := h.space("Hall")
	clay, claySlot := h.placed("Clay", hall.ID, at10("2027-04-12"))
	_, songSlot := h.placed("Song", hall.ID, at10("2027-04-13"))
	unplaced, err := h.SaveSession(h.ctx, Session{Base: h.base(), Title: en("Some day")}, "ann")
	h.ok(err)
	secretHost, err := h.SaveHost(h.ctx, Host{Base: h.base(), Name: "Surprise Guest", Person: true}, "ann")
	h.ok(err)
	hidden, _ := h.placed("Surprise", hall.ID, at10("2027-04-14"))
	hidden.Hidden, hidden.Hosts = true, []string{secretHost.ID}
	hidden, err = h.SaveSession(h.ctx, hidden, "ann")
	h.ok(err)

	r, err := h.Review(h.ctx, h.event.ID)
	h.ok(err)
	if r.Next != 1 || r.Unplaced != 1 || r.Hidden != 1 || r.Blocked || r.Draft == nil {
		t.Errorf("review is %+v", r)
	}
	first, err := h.Publish(h.ctx, h.event.ID, "ann", en("Here we go"))
	h.ok(err)
	p, err := h.Programme(h.ctx, h.event.ID)
	h.ok(err)
	if first.Number != 1 || p.Release != 1 || first.Counts.Slots != 2 || len(p.Slots) != 2 {
		t.Fatalf("first release is %+v with %d slots", first, len(p.Slots))
	}
	for _, leaked := range []string{unplaced.ID, hidden.ID} {
		if _, there := p.Session(leaked); there {
			t.Errorf("session %s is public", leaked)
		}
	}
	if _, there := p.Host(secretHost.ID); there {
		t.Error("the host of a hidden session is public")
	}
	if got, _ := p.SessionByCode("clay"); got.ID != clay.ID || got.ChangedBy != "" {
		t.Errorf("the public session is %+v", got)
	}

	// Nothing to say: no new release.
	again, err := h.Publish(h.ctx, h.event.ID, "bob", nil)
	h.ok(err)
	if first.Stood || !again.Stood {
		t.Errorf("who made the release: first stood %v, again %v", first.Stood, again.Stood)
	}
	if again.ID != first.ID || len(h.changes()) != 0 {
		t.Errorf("publishing twice made %+v; changes %q", again, h.changes())
	}

	// SEQUENCE rises with time and place, Modified with everything shown.
	h.clock.later(time.Hour)
	clay.Title = en("Clay for all")
	_, err = h.SaveSession(h.ctx, clay, "ann")
	h.ok(err)
	songSlot.Start, songSlot.End = songSlot.Start.Add(time.Hour), songSlot.End.Add(time.Hour)
	songSlot, err = h.SaveSlot(h.ctx, songSlot, "ann")
	h.ok(err)
	if got, want := h.changes(), []string{"moved  Song", "text  Clay for all title"}; !slices.Equal(got, want) {
		t.Errorf("changes are %q, want %q", got, want)
	}
	p = h.publish()
	a, _ := p.Slot(claySlot.ID)
	b, _ := p.Slot(songSlot.ID)
	if a.Sequence != 0 || !a.Modified.Equal(h.clock.t) || b.Sequence != 1 || !b.Modified.Equal(h.clock.t) {
		t.Errorf("after a new title: %d %v, after a move: %d %v", a.Sequence, a.Modified, b.Sequence, b.Modified)
	}
	before := h.clock.t
	h.clock.later(time.Hour)
	hall.Capacity = 12
	_, err = h.SaveSpace(h.ctx, hall, "ann")
	h.ok(err)
	p = h.publish()
	if a, _ := p.Slot(claySlot.ID); !a.Modified.Equal(before) || p.Release != 3 {
		t.Errorf("a capacity that no calendar shows modified the slot: %v in release %d", a.Modified, p.Release)
	}

	all, err := h.Releases(h.ctx, h.event.ID)
	h.ok(err)
	if len(all) != 3 || all[0].Number != 3 || all[2].Note["en"] != "Here we go" {
		t.Errorf("releases are %+v", all)
	}
	h.clean()
}

func TestDroppedSlotsStayCancelledForThirtyDays(t *testing.T) {
	h := open(t)
	hall := h.space("Hall")
	session, s := h.placed("Clay", hall.ID, at10("2027-04-12"))
	h.publish()
	uid := s.UID

	h.ok(h.Remove(h.ctx, SlotKind, s.ID, "ann"))
	h.ok(h.Remove(h.ctx, SessionKind, session.ID, "ann"))
	if got, want := h.changes(), []string{"dropped  Clay"}; !slices.Equal(got, want) {
		t.Errorf("changes are %q, want %q", got, want)
	}
	p := h.publish()
	gone, ok := p.Slot(s.ID)
	if !ok || gone.State != Cancelled || gone.Sequence != 1 || !gone.CancelledAt.Equal(h.clock.t) || gone.UID != uid {
		t.Fatalf("the dropped slot is %+v", gone)
	}
	if kept, ok := p.Session(session.ID); !ok || kept.Title["en"] != "Clay" {
		t.Errorf("the session of the cancelled slot is %+v", kept)
	}
	if got := h.changes(); len(got) != 0 {
		t.Errorf("after it was dropped: %q", got)
	}

	h.clock.later(29 * 24 * time.Hour)
	_, err := h.SaveHost(h.ctx, Host{Base: h.base(), Name: "Unseen"}, "ann")
	h.ok(err)
	if _, ok := h.publish().Slot(s.ID); !ok {
		t.Error("the cancelled slot is gone after 29 days")
	}
	h.clock.later(24 * time.Hour)
	p = h.publish()
	if _, ok := p.Slot(s.ID); ok {
		t.Error("the cancelled slot is still there after 30 days")
	}

	// Coming back it goes on counting.
	h.ok(h.Restore(h.ctx, SessionKind, session.ID, "ann"))
	h.ok(h.Restore(h.ctx, SlotKind, s.ID, "ann"))
	p = h.publish()
	back, ok := p.Slot(s.ID)
	if !ok || back.State != Planned || back.Sequence != 2 || back.UID != uid || !back.CancelledAt.IsZero() {
		t.Errorf("the slot came back as %+v", back)
	}
	h.clean()
}

func TestSequenceOfTwelveEdits(t *testing.T) {
	h := open(t)
	hall, room := h.space("Hall"), h.space("Room")
	session, s := h.placed("Clay", hall.ID, at10("2027-04-12"))
	edit := func(change func(*Slot)) func() {
		return func() {
			stored, err := h.Slot(h.ctx, s.ID)
			h.ok(err)
			change(&stored)
			_, err = h.SaveSlot(h.ctx, stored, "ann")
			h.ok(err)
		}
	}
	retitle := func(title string) func() {
		return func() {
			stored, err := h.Session(h.ctx, session.ID)
			h.ok(err)
			stored.Title = en(title)
			_, err = h.SaveSession(h.ctx, stored, "ann")
			h.ok(err)
		}
	}
	for _, row := range []struct {
		name     string
		do       func()
		sequence int
		state    SlotState
	}{
		{"first published", func() {}, 0, Planned},
		{"a later start", edit(func(s *Slot) { s.Start = s.Start.Add(10 * time.Minute) }), 1, Planned},
		{"a later end", edit(func(s *Slot) { s.End = s.End.Add(time.Hour) }), 2, Planned},
		{"another space", edit(func(s *Slot) { s.Space = room.ID }), 3, Planned},
		{"another title", retitle("Clay and glaze"), 3, Planned},
		{"seats", edit(func(s *Slot) { s.Seating, s.Seats = Bookable, 12 }), 3, Planned},
		{"cancelled", edit(func(s *Slot) { s.State = Cancelled }), 4, Cancelled},
		{"retitled while cancelled", retitle("Clay"), 4, Cancelled},
		{"planned again", edit(func(s *Slot) { s.State = Planned }), 5, Planned},
		{"removed", func() { h.ok(h.Remove(h.ctx, SlotKind, s.ID, "ann")) }, 6, Cancelled},
		{"restored", func() { h.ok(h.Restore(h.ctx, SlotKind, s.ID, "ann")) }, 7, Planned},
		{"moved and moved back", func() {
			edit(func(s *Slot) { s.Space = hall.ID })()
			edit(func(s *Slot) { s.Space = room.ID })()
			retitle("Clay again")()
		}, 7, Planned},
	} {
		h.clock.later(time.Hour)
		row.do()
		p := h.publish()
		got, ok := p.Slot(s.ID)
		if !ok || got.Sequence != row.sequence || got.State != row.state || got.UID != s.UID || !got.Modified.Equal(h.clock.t) {
			t.Fatalf("%s: sequence %d, state %q, uid %s, modified %v; want %d, %q, %s, %v",
				row.name, got.Sequence, got.State, got.UID, got.Modified, row.sequence, row.state, s.UID, h.clock.t)
		}
	}
}

func TestClashesBlockARelease(t *testing.T) {
	h := open(t)
	hall := h.space("Hall")
	h.placed("Clay", hall.ID, at10("2027-04-12"))
	h.placed("Song", hall.ID, at10("2027-04-12"))
	_, err := h.SaveEvent(h.ctx, h.event.ID, "ann", func(e *Event) error { e.Clashes = map[ClashKind]Severity{SameSpace: Block}; return nil })
	h.ok(err)
	_, err = h.Publish(h.ctx, h.event.ID, "ann", nil)
	h.refused(err, kernel.Conflict, "clash_blocks")
	r, err := h.Review(h.ctx, h.event.ID)
	h.ok(err)
	if !r.Blocked || len(r.Clashes) != 2 {
		t.Errorf("review says blocked %v with %d clashes", r.Blocked, len(r.Clashes))
	}
	_, err = h.SaveEvent(h.ctx, h.event.ID, "ann", func(e *Event) error { e.Clashes = nil; return nil })
	h.ok(err)
	h.publish()
}

func TestTwoPublishersAtOnce(t *testing.T) {
	a, b := storetest.OpenTwo(t, Collections()...)
	h := open(t)
	h.Service = New(a, h.clock.now)
	_, err := h.CreateCity(h.ctx, City{ID: "harbour", Name: en("Harbour"), Zone: "Europe/Berlin", Locales: []string{"en"}, Color: "#b3301a"}, "test")
	h.ok(err)
	h.event, err = h.CreateEvent(h.ctx, Event{City: "harbour", Slug: "week", Kind: Festival, Title: en("Week"), Start: "2027-04-12", End: "2027-04-18"}, "test")
	h.ok(err)
	hall := h.space("Hall")
	other := New(b, h.clock.now)
	number := 0
	for round := range 5 {
		h.placed("Session "+itoa(round), hall.ID, at10("2027-04-12"))
		var wait sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			s := h.Service
			if i%2 == 1 {
				s = other
			}
			wait.Go(func() { _, errs[i] = s.Publish(h.ctx, h.event.ID, "ann", nil) })
		}
		wait.Wait()
		for _, err := range errs {
			if err != nil {
				h.refused(err, kernel.Conflict, "release_changed")
			}
		}
		e, err := h.Event(h.ctx, h.event.ID)
		h.ok(err)
		if e.Release != number+1 {
			t.Fatalf("round %d ended with release %d, want %d", round, e.Release, number+1)
		}
		number = e.Release
	}
	// Nothing of the losers is left.
	if n := must(releases.In(a).Find(h.ctx, store.All())); len(n) != number {
		t.Errorf("%d release headers for %d releases", len(n), number)
	}
	h.clean()
}

func TestLargeReleaseIsCutIntoChunks(t *testing.T) {
	h := open(t)
	hall := h.space("Hall")
	long := strings.Repeat("words <and> more ", 3000) // 51,000 characters
	for i := range 12 {
		session, _ := h.placed("Session "+itoa(i), hall.ID, at10("2027-04-12").Add(time.Duration(i)*time.Hour))
		session.Description = en(long)
		_, err := h.SaveSession(h.ctx, session, "ann")
		h.ok(err)
	}
	p := h.publish()
	if len(p.Sessions) != 12 || p.Sessions[11].Description["en"] != strings.TrimSpace(long) {
		t.Fatalf("%d sessions came back", len(p.Sessions))
	}
	all := must(chunks.In(h.store).Find(h.ctx, store.All()))
	sessions := 0
	for _, c := range all {
		size := 0
		for _, item := range c.Items {
			size += len(item)
		}
		if size > chunkSize {
			t.Errorf("chunk %s has %d bytes", c.ID, size)
		}
		if c.Kind == SessionKind {
			sessions++
		}
	}
	if sessions < 4 {
		t.Errorf("12 long sessions lie in %d chunks", sessions)
	}
	h.clean()
}
