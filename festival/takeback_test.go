package festival

import (
	"testing"
	"time"

	"feria/kernel"
)

// Who is refused by the second look has changed nothing: not the rest of the event
// either, nor when and by whom it was changed last.
func TestSaveEvent_refusedChangesNothing(t *testing.T) {
	var before Event
	var session Session
	refused := false
	beside(t, func(h *house) {
		session = must(h.SaveSession(h.ctx, Session{Base: h.base(), Title: en("Glaze")}, "test"))
		before = must(h.Event(h.ctx, h.event.ID))
		h.clock.later(time.Minute)
	}, func(h *house) error {
		_, err := h.SaveEvent(h.ctx, h.event.ID, "ann", func(e *Event) error {
			e.Title, e.Slug, e.End, e.Tracks = en("Other Week"), e.Slug+"-other", "2027-04-20", nil
			return nil
		})
		return err
	}, func(h *house) error {
		v := session
		v.Track = "music"
		_, err := h.SaveSession(h.ctx, v, "bob")
		return err
	}, func(t *testing.T, h *house, first, second error) {
		if kernel.CodeOf(first) != "track_in_use" {
			return
		}
		refused = true
		if after := must(h.Event(h.ctx, h.event.ID)); !same(before, after) {
			t.Errorf("the refused event is\n%+v, it was\n%+v", after, before)
		}
	})
	if !refused {
		t.Error("the change of the event was never refused")
	}
}

func TestEventTakeBack(t *testing.T) {
	at := time.Date(2027, 1, 10, 12, 0, 0, 0, time.UTC)
	before := Event{
		ID: EventID("harbour", "e"), City: "harbour", Number: 1, Slug: "week", Kind: Festival, Title: en("Learning Week"), Zone: "Europe/Berlin",
		Start: "2027-04-12", End: "2027-04-18", Locales: []string{"en"}, Tracks: []Track{{Slug: "music", Name: en("Music")}},
		ChangedAt: at, ChangedBy: "test",
	}
	after := clone(before)
	after.Title, after.End, after.Tracks, after.ChangedAt, after.ChangedBy = en("Other Week"), "2027-04-25", nil, at.Add(time.Minute), "ann"
	craft := Track{Slug: "craft", Name: en("Craft")}
	for _, row := range []struct {
		name   string
		others func(e *Event) // after the change, before it is taken back
		want   func(e *Event) // of what was before
	}{
		{name: "nobody else changed it"},
		{name: "somebody renamed it", others: func(e *Event) { e.Title, e.ChangedBy = en("Third Week"), "bob" }, want: func(e *Event) { e.Title, e.ChangedBy = en("Third Week"), "bob" }},
		{name: "somebody added a track", others: func(e *Event) { e.Tracks = []Track{craft} }, want: func(e *Event) { e.Tracks = []Track{craft, before.Tracks[0]} }},
		{name: "somebody put the track back", others: func(e *Event) { e.Tracks = before.Tracks }},
		{name: "it was released", others: func(e *Event) { e.Release, e.ReleaseID = 1, "r" }, want: func(e *Event) { e.Release, e.ReleaseID = 1, "r" }},
		{name: "it begins after its old end by now", others: func(e *Event) { e.Start = "2027-04-20" }, want: func(e *Event) {
			tracks := e.Tracks
			*e = clone(after)
			e.Start, e.Tracks = "2027-04-20", tracks
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, want := clone(after), clone(before)
			if row.others != nil {
				row.others(&got)
			}
			if row.want != nil {
				row.want(&want)
			}
			got.takeBack(before, after)
			if !same(got, want) {
				t.Errorf("got\n%+v, want\n%+v", got, want)
			}
		})
	}
}

// A removal that is taken back leaves the record as it was, so that who has its
// form open is not told that somebody changed it, and an import of it can be undone.
func TestRemove_refusedChangesNothing(t *testing.T) {
	var hall Space
	var session Session
	back := false
	remove := func(h *house) error { return h.Remove(h.ctx, SpaceKind, hall.ID, "ann") }
	point := func(h *house) error {
		_, err := h.SaveSlot(h.ctx, Slot{Base: h.base(), Session: session.ID, Space: hall.ID, Start: at10("2027-04-15"), End: at10("2027-04-15").Add(time.Hour)}, "bob")
		return err
	}
	prepare := func(h *house) {
		h.imported(week(), false)
		draft := must(h.Draft(h.ctx, h.event.ID))
		session, _ = draft.SessionByCode("song")
		for _, v := range draft.Spaces {
			if len(draft.uses(SpaceKind, v.ID)) == 1 {
				hall = v
			}
		}
		for _, f := range draft.Slots {
			if f.Space == hall.ID {
				h.ok(h.Remove(h.ctx, SlotKind, f.ID, "ann"))
			}
		}
		h.clock.later(time.Minute)
	}
	beside(t, prepare, remove, point, func(t *testing.T, h *house, first, second error) {
		if kernel.CodeOf(first) != "in_use" {
			return
		}
		back = true
		h.clock.later(time.Minute)
		if after := must(h.Space(h.ctx, hall.ID)); !same(after, hall) {
			t.Errorf("the record is\n%+v, it was\n%+v", after, hall)
		}
		form := hall
		form.Name = en("Renamed")
		if _, err := h.SaveSpace(h.ctx, form, "eve"); err != nil {
			t.Errorf("who had the form open is told %v", err)
		}
	})
	if !back {
		t.Error("no removal was taken back")
	}
}

func TestRecordTakeBack(t *testing.T) {
	h := open(t)
	for name, others := range map[string]func(v Space) bool{ // answers whether something of theirs is to stay
		"nobody else came": func(Space) bool { return false },
		"somebody who points to it brought it back": func(v Space) bool {
			h.ok(spaceKind.mark(h.ctx, h.Service, v.ID, "bob", nil))
			return false
		},
		"somebody brought it back and changed it": func(v Space) bool {
			h.ok(h.Restore(h.ctx, SpaceKind, v.ID, "bob"))
			v = must(h.Space(h.ctx, v.ID))
			v.Name = en("Renamed")
			_, err := h.SaveSpace(h.ctx, v, "bob")
			h.ok(err)
			return true
		},
	} {
		t.Run(name, func(t *testing.T) {
			was := h.space("Den")
			h.clock.later(time.Minute)
			takeBack, err := spaceKind.setAside(h.ctx, h.Service, was.ID, "ann")
			h.ok(err)
			h.clock.later(time.Minute)
			theirs := others(was)
			h.ok(takeBack(h.ctx))
			got := must(h.Space(h.ctx, was.ID))
			if stays := got.Name.Equal(en("Renamed")) && got.ChangedBy == "bob"; theirs && !stays || !theirs && !same(got, was) {
				t.Errorf("it is\n%+v, it was\n%+v", got, was)
			}
		})
	}
}
