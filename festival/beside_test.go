package festival

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"feria/kernel"
	"feria/store"
	"feria/store/storetest"
)

// pausing calls pause before and after each single write. When that fails before,
// the write is not done.
type pausing struct {
	store.Driver
	pause func() error
}

func (d pausing) Apply(ctx context.Context, writes []store.Write) []error {
	errs := make([]error, len(writes))
	for i, w := range writes {
		if errs[i] = d.pause(); errs[i] != nil {
			continue
		}
		w.Guard, w.Needs = false, 0
		errs[i] = d.Driver.Apply(ctx, []store.Write{w})[0]
		_ = d.pause()
	}
	return errs
}

// pair is one house that two copies of Feria work on. What the first one does
// can be stopped before and after each single write, so that the second comes
// between.
type pair struct {
	first, second *house

	mu        sync.Mutex
	step, at  int
	meanwhile func() // before step at; nil once it was
	dead      bool   // the first one does nothing any more
}

func openPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{at: -1}
	next := storetest.Drivers(t)
	c := &clock{time.Date(2027, 1, 10, 12, 0, 0, 0, time.UTC)}
	var houses [2]*house
	for i := range houses {
		d := next()
		if i == 0 {
			d = pausing{d, p.pause}
		}
		s, err := store.Open(t.Context(), d, store.Options{Declarations: Collections(), NoCombine: true, SkipSelfTest: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		houses[i] = &house{Service: New(s, c.now), t: t, ctx: t.Context(), clock: c}
	}
	p.first, p.second = houses[0], houses[1]
	p.second.furnish()
	p.first.event = p.second.event
	return p
}

func (p *pair) pause() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if fn := p.meanwhile; fn != nil {
		if p.step++; p.step > p.at {
			p.meanwhile = nil
			fn()
		}
	}
	if p.dead {
		return store.ErrUnavailable
	}
	return nil
}

// beside lets the second come before and after each single write of the first, for
// an event of its own each time, and hands over what both answered.
func beside(t *testing.T, prepare func(h *house), first, second func(h *house) error, look func(t *testing.T, h *house, first, second error)) {
	t.Helper()
	p := openPair(t)
	h := p.second
	for at, came := 0, true; came; at++ {
		h.event = must(h.CreateEvent(h.ctx, Event{City: "harbour", Slug: fmt.Sprintf("step-%d", at), Kind: Festival, Title: en("Learning Week"), Start: "2027-04-12", End: "2027-04-18",
			Tracks: []Track{{Slug: "music", Name: en("Music")}}}, "test"))
		p.first.event = h.event
		prepare(h)
		var firstErr, secondErr error
		came = false
		p.at, p.step, p.meanwhile = at, 0, func() { came = true; secondErr = second(h) }
		firstErr = first(p.first)
		p.meanwhile = nil
		if !came {
			return // there are no more steps
		}
		look(t, h, firstErr, secondErr)
		h.clean()
		if t.Failed() {
			t.Fatalf("before step %d", at)
		}
		h.ok(h.RemoveEvent(h.ctx, h.event.ID, "test")) // so that the doctor need not look at it again
	}
}

// refusal is nil for what may be answered to one of two that meet.
func refusal(err error, codes ...string) error {
	if err == nil || slices.Contains(codes, kernel.CodeOf(err)) {
		return nil
	}
	return err
}

func TestTwoUndosAtOnce(t *testing.T) {
	var id, before string
	undo := func(h *house) error { _, err := h.UndoImport(h.ctx, id, "ann"); return err }
	beside(t, func(h *house) {
		before = h.picture()
		id = h.imported(week(), false).ID
	}, undo, undo, func(t *testing.T, h *house, first, second error) {
		if (first == nil) == (second == nil) || refusal(first, "import_undone", "import_running") != nil || refusal(second, "import_undone", "import_running") != nil {
			t.Errorf("the first: %v; the second: %v", first, second)
		}
		i, err := h.Import(h.ctx, id)
		h.ok(err)
		if i.State != ImportUndone || len(i.Kept) != 0 || h.picture() != before {
			t.Errorf("%+v is left", i)
		}
	})
}

func TestUndoBesideImport(t *testing.T) {
	var id string
	undo := func(h *house) error { _, err := h.UndoImport(h.ctx, id, "ann"); return err }
	again := func(h *house) error {
		r := week()
		r.Sessions[0].Session.Title = en("Clay!")
		r.Sessions[0].Slots[1].Space = "room:Hall"
		_, err := h.ApplyImport(h.ctx, h.event.ID, "bob", "week.xml", r, false, nil)
		return err
	}
	look := func(t *testing.T, h *house, first, second error) {
		if first != nil && second != nil || refusal(first, "import_running") != nil || refusal(second, "import_running") != nil {
			t.Errorf("the first: %v; the second: %v", first, second)
		}
		for _, i := range must(imports.In(h.store).Find(h.ctx, store.By("event", h.event.ID))) {
			if i.State == ImportRunning {
				t.Errorf("%+v is still at work", i)
			}
		}
		h.publish()
	}
	prepare := func(h *house) { id = h.imported(week(), false).ID; h.clock.later(time.Minute) }
	t.Run("the import comes between", func(t *testing.T) { beside(t, prepare, undo, again, look) })
	t.Run("the undo comes between", func(t *testing.T) { beside(t, prepare, again, undo, look) })
}

// An import that was taken to have crashed, and lives after all, writes no more.
func TestImportThatWasEnded(t *testing.T) {
	p := openPair(t)
	before := p.second.picture()
	stopped := false
	progress := func(done, total int) {
		if stopped {
			t.Errorf("%d of %d records are written by an import that was ended", done, total)
		}
		if !stopped {
			stopped = true
			p.second.clock.later(importTime + time.Second)
			all := must(p.second.Imports(t.Context(), p.second.event.ID))
			_, err := p.second.UndoImport(t.Context(), all[0].ID, "bob")
			p.second.ok(err)
		}
	}
	big := week()
	for n := range 2 * batch {
		big.Hosts = append(big.Hosts, RecordHost{Key: fmt.Sprintf("person:x%d", n), Name: fmt.Sprintf("Host %d", n)})
	}
	_, err := p.first.ApplyImport(t.Context(), p.first.event.ID, "ann", "big.xml", big, false, progress)
	p.second.refused(err, kernel.Conflict, "import_raced")
	if !stopped || p.second.picture() != before {
		t.Error("something of it is there")
	}
	p.second.clean()
}

// An import that takes long is not taken to have crashed while it goes on.
func TestLongImportGoesOn(t *testing.T) {
	h := open(t)
	big := week()
	for n := range 3 * batch {
		big.Hosts = append(big.Hosts, RecordHost{Key: fmt.Sprintf("person:x%d", n), Name: fmt.Sprintf("Host %d", n)})
	}
	_, err := h.ApplyImport(h.ctx, h.event.ID, "ann", "big.xml", big, false, func(done, total int) {
		h.clock.later(importTime / 2)
		if done == total {
			return
		}
		_, err := h.ApplyImport(h.ctx, h.event.ID, "bob", "week.xml", week(), false, nil)
		h.refused(err, kernel.Conflict, "import_running")
	})
	h.ok(err)
}

// Who removes a record and who points to it at the same time: in the end nothing
// points to what is not there.
func TestRemoveBesideSave(t *testing.T) {
	var (
		hall    Space
		session Session
		slot    Slot
		host    Host
		last    Import
	)
	remove := func(kind string, id *string) func(h *house) error {
		return func(h *house) error { return h.Remove(h.ctx, kind, *id, "ann") }
	}
	saveSlot := func(h *house) error {
		_, err := h.SaveSlot(h.ctx, Slot{Base: h.base(), Session: session.ID, Space: hall.ID, Start: at10("2027-04-15"), End: at10("2027-04-15").Add(time.Hour)}, "bob")
		return err
	}
	saveSession := func(h *house) error {
		v := session
		v.Hosts, v.Track = []string{host.ID}, "music"
		_, err := h.SaveSession(h.ctx, v, "bob")
		return err
	}
	file := func(change func(r *Records)) func(h *house) error {
		return func(h *house) error {
			r := week()
			change(&r)
			_, err := h.LoadAhead(h.ctx, h.event.ID).ApplyImport(h.ctx, "bob", "week.xml", r, false, nil)
			return err
		}
	}
	made := func(h *house) {
		hall = h.space("Den")
		session, slot = h.placed("Glaze", hall.ID, at10("2027-04-12"))
		h.ok(h.Remove(h.ctx, SlotKind, slot.ID, "ann"))
		host = must(h.SaveHost(h.ctx, Host{Base: h.base(), Name: "Ann", Person: true}, "ann"))
	}
	came := func(h *house) {
		last = h.imported(week(), false)
		h.clock.later(time.Minute)
		draft := must(h.Draft(h.ctx, h.event.ID))
		session, _ = draft.SessionByCode("song")
		hall = draft.Spaces[0]
	}
	free := func(h *house) { // and the room of the other session's second slot is free
		came(h)
		draft := must(h.Draft(h.ctx, h.event.ID))
		hall = draft.Spaces[1]
		for _, f := range draft.Slots {
			if f.Space == hall.ID {
				h.ok(h.Remove(h.ctx, SlotKind, f.ID, "ann"))
			}
		}
		h.clock.later(time.Minute)
	}
	for _, row := range []struct {
		name    string
		prepare func(h *house)
		a, b    func(h *house) error
	}{
		{"a space, and a slot in it", made, remove(SpaceKind, &hall.ID), saveSlot},
		{"a session, and a slot of it", made, remove(SessionKind, &session.ID), saveSlot},
		{"a host, and a session of theirs", made, remove(HostKind, &host.ID), saveSession},
		{"a session, and its slot comes back", made, remove(SessionKind, &session.ID), func(h *house) error { return h.Restore(h.ctx, SlotKind, slot.ID, "bob") }},
		{"a theme, and a session with it", made, func(h *house) error {
			_, err := h.SaveEvent(h.ctx, h.event.ID, "ann", func(e *Event) error { e.Tracks = nil; return nil })
			return err
		}, saveSession},
		{"a file without a session, and a slot of it", came, file(func(r *Records) { r.Sessions = r.Sessions[:1] }), saveSlot},
		{"an undoing, and a slot of what came", came, func(h *house) error { _, err := h.UndoImport(h.ctx, last.ID, "ann"); return err }, saveSlot},
		{"a space, and a file with a new slot in it", free, remove(SpaceKind, &hall.ID), file(func(r *Records) {
			r.Sessions[1].Slots = append(r.Sessions[1].Slots, RecordSlot{Key: "frab:2/9", Space: "room:Shed", Start: at10("2027-04-14"), End: at10("2027-04-14").Add(time.Hour)})
		})},
	} {
		may := []string{"in_use", "unknown_space", "unknown_session", "unknown_host", "unknown_track", "needs_removed", "track_in_use", "import_running", "import_raced", "not_found"}
		look := func(t *testing.T, h *house, first, second error) {
			if refusal(first, may...) != nil || refusal(second, may...) != nil || first != nil && second != nil {
				t.Errorf("the first: %v; the second: %v", first, second)
			}
			h.publish()
		}
		t.Run(row.name, func(t *testing.T) { beside(t, row.prepare, row.a, row.b, look) })
		t.Run(row.name+", the other way round", func(t *testing.T) { beside(t, row.prepare, row.b, row.a, look) })
	}
}

// A copy of an event that dies at any of its writes leaves nothing for long.
func TestCopyThatDies(t *testing.T) {
	rows := func(h *house) (n int) {
		for _, of := range []func() (int, error){
			func() (int, error) { return events.In(h.store).Count(h.ctx, store.All()) },
			func() (int, error) { return venues.In(h.store).Count(h.ctx, store.All()) },
			func() (int, error) { return spaces.In(h.store).Count(h.ctx, store.All()) },
			func() (int, error) { return hosts.In(h.store).Count(h.ctx, store.All()) },
			func() (int, error) { return sessions.In(h.store).Count(h.ctx, store.All()) },
			func() (int, error) { return slots.In(h.store).Count(h.ctx, store.All()) },
		} {
			n += must(of())
		}
		return n
	}
	for at, more := 0, true; more; at++ {
		t.Run(fmt.Sprintf("step %d", at), func(t *testing.T) {
			p := openPair(t)
			h := p.second
			h.imported(week(), false)
			before := rows(h)
			p.at, p.meanwhile = at, func() { p.dead = true }
			_, err := p.first.CopyEvent(h.ctx, h.event.ID, "ann", Copy{Slug: "next", Start: "2028-04-10"})
			if more = p.dead; !p.dead {
				h.ok(err)
				return
			}
			if e, err := h.EventBySlug(h.ctx, "harbour", "next"); err == nil && rows(h) != 2*before {
				t.Errorf("half of %s can be seen", e.ID)
			}
			if all := must(h.RemovedEvents(h.ctx, "harbour")); len(all) != 0 {
				t.Errorf("half a copy could be brought back: %+v", all)
			}
			h.clock.later(leftAfter + time.Minute)
			_, err = h.Sweep(h.ctx, nobody)
			h.ok(err)
			if _, err := h.EventBySlug(h.ctx, "harbour", "next"); err != nil && rows(h) != before {
				t.Errorf("%d rows are left, want %d", rows(h), before)
			}
			h.clean()
		})
	}
}
