package festival

import (
	"errors"
	"slices"
	"testing"
	"time"

	"feria/kernel"
)

func TestCityByHost(t *testing.T) {
	h := open(t)
	for host, want := range map[string]string{"learn.example": "harbour", "LEARN.example.": "harbour", "unknown.example": "harbour"} {
		c, err := h.CityByHost(h.ctx, host)
		h.ok(err)
		if c.ID != want {
			t.Errorf("host %s leads to %s, want %s", host, c.ID, want)
		}
	}
	_, err := h.CreateCity(h.ctx, City{ID: "hill", Name: en("Hill"), Zone: "Asia/Seoul", Locales: []string{"ko"}, Color: "#112233", Hosts: []string{"learn.example"}}, "test")
	h.refused(err, kernel.Conflict, "host_taken")
	_, err = h.CreateCity(h.ctx, City{ID: "hill", Name: en("Hill"), Zone: "Asia/Seoul", Locales: []string{"ko"}, Color: "#112233", Hosts: []string{"hill.example"}}, "test")
	h.ok(err)
	_, err = h.CityByHost(h.ctx, "unknown.example")
	h.refused(err, kernel.NotFound, "not_found")

	// A host name that was given up leads nowhere, and another city may have it.
	_, err = h.SaveCity(h.ctx, "harbour", "test", func(c *City) error { c.Hosts = []string{"new.example"}; return nil })
	h.ok(err)
	_, err = h.CityByHost(h.ctx, "learn.example")
	h.refused(err, kernel.NotFound, "not_found")
	_, err = h.SaveCity(h.ctx, "hill", "test", func(c *City) error { c.Hosts = append(c.Hosts, "learn.example"); return nil })
	h.ok(err)
	c, err := h.CityByHost(h.ctx, "learn.example")
	h.ok(err)
	if c.ID != "hill" {
		t.Errorf("the host name taken over leads to %s, want hill", c.ID)
	}
	h.clean()
}

func TestEventSlugs(t *testing.T) {
	h := open(t)
	for slug, code := range map[string]string{"console": "slug_reserved", "sign-in": "slug_reserved", "robots.txt": "bad_slug", "Große": "bad_slug", "a--b": "bad_slug"} {
		_, err := h.CreateEvent(h.ctx, Event{City: "harbour", Slug: slug, Kind: Visit, Title: en("x"), Start: "2027-05-01", End: "2027-05-01"}, "test")
		h.refused(err, kernel.Invalid, code)
	}
	_, err := h.CreateEvent(h.ctx, Event{City: "harbour", Slug: "week", Kind: Visit, Title: en("x"), Start: "2027-05-01", End: "2027-05-01"}, "test")
	h.refused(err, kernel.Conflict, "slug_taken")

	second, err := h.CreateEvent(h.ctx, Event{City: "harbour", Slug: "talks", Kind: Conference, Title: en("Talks"), Start: "2027-05-01", End: "2027-05-01"}, "test")
	h.ok(err)
	if h.event.Number == 0 || second.Number == h.event.Number {
		t.Errorf("events have numbers %d and %d, want two different ones above 0", h.event.Number, second.Number)
	}
	for _, want := range []string{"talks-2", "talks-3"} {
		made, err := h.CreateEvent(h.ctx, Event{City: "harbour", Kind: Visit, Title: en("Talks"), Start: "2027-05-01", End: "2027-05-01"}, "test")
		h.ok(err)
		if made.Slug != want {
			t.Errorf("the word made of a title is %q, want %q", made.Slug, want)
		}
	}
	for title, want := range map[string]string{"People": "people-2", "Fête d’été": "fete-dete"} { // the first begins another address
		made, err := h.CreateEvent(h.ctx, Event{City: "harbour", Kind: Visit, Title: en(title), Start: "2027-05-01", End: "2027-05-01"}, "test")
		h.ok(err)
		if made.Slug != want {
			t.Errorf("the word made of %q is %q, want %q", title, made.Slug, want)
		}
	}
	kept, err := h.SaveEvent(h.ctx, second.ID, "test", func(e *Event) error { e.Slug = ""; return nil })
	h.ok(err)
	if kept.Slug != "talks" {
		t.Errorf("an emptied word is %q, want the one before", kept.Slug)
	}
	_, err = h.SaveEvent(h.ctx, second.ID, "test", func(e *Event) error { e.Slug = "week"; return nil })
	h.refused(err, kernel.Conflict, "slug_taken")

	renamed, err := h.SaveEvent(h.ctx, h.event.ID, "test", func(e *Event) error { e.Slug = "week-27"; e.Number = 99; return nil })
	h.ok(err)
	if renamed.Number != h.event.Number {
		t.Errorf("the number changed to %d by hand", renamed.Number)
	}
	for _, slug := range []string{"week", "week-27"} {
		e, err := h.EventBySlug(h.ctx, "harbour", slug)
		h.ok(err)
		if e.ID != h.event.ID || e.Slug != "week-27" {
			t.Errorf("slug %s leads to %s (%s), want %s (week-27)", slug, e.ID, e.Slug, h.event.ID)
		}
	}
	_, err = h.EventBySlug(h.ctx, "hill", "week")
	h.refused(err, kernel.NotFound, "not_found")

	// A removed event gives its word free, and comes back under another.
	h.ok(h.RemoveEvent(h.ctx, h.event.ID, "test"))
	_, err = h.Event(h.ctx, h.event.ID)
	h.refused(err, kernel.NotFound, "not_found")
	_, err = h.SaveEvent(h.ctx, second.ID, "test", func(e *Event) error { e.Slug = "week-27"; return nil })
	h.ok(err)
	back, err := h.RestoreEvent(h.ctx, h.event.ID, "test")
	h.ok(err)
	if back.Slug != "week-27-2" {
		t.Errorf("the event came back as %s, want week-27-2", back.Slug)
	}
	h.clean()
}

func TestRecords(t *testing.T) {
	h := open(t)
	space := h.space("Hall")
	a, err := h.SaveSession(h.ctx, Session{Base: h.base(), Title: en("Clay for all")}, "ann")
	h.ok(err)
	b, err := h.SaveSession(h.ctx, Session{Base: h.base(), Title: en("Clay for all")}, "ann")
	h.ok(err)
	if a.Code != "clay-for-all" || b.Code != "clay-for-all-2" {
		t.Errorf("codes are %s and %s, want clay-for-all and clay-for-all-2", a.Code, b.Code)
	}
	korean, err := h.SaveSession(h.ctx, Session{Base: h.base(), Title: en("도자기 만들기")}, "ann")
	h.ok(err)
	if !codeForm.MatchString(korean.Code) || len(korean.Code) != 6 {
		t.Errorf("a title without Latin letters has code %q, want a short one", korean.Code)
	}

	// What is not changed is not written.
	h.clock.later(time.Minute)
	again, err := h.SaveSession(h.ctx, a, "bob")
	h.ok(err)
	if !again.ChangedAt.Equal(a.ChangedAt) || again.ChangedBy != "ann" {
		t.Errorf("saving the same again changed it by %s at %v", again.ChangedBy, again.ChangedAt)
	}
	changed := a
	changed.Title = en("Clay for everybody")
	changed, err = h.SaveSession(h.ctx, changed, "bob")
	h.ok(err)
	if changed.Code != a.Code || changed.ChangedBy != "bob" {
		t.Errorf("after the change: %+v", changed)
	}
	stale := a
	stale.Title = en("Clay, late")
	_, err = h.SaveSession(h.ctx, stale, "ann")
	h.refused(err, kernel.Conflict, "record_changed")
	stale.Code, stale.ChangedAt = "other", time.Time{}
	_, err = h.SaveSession(h.ctx, stale, "ann")
	h.refused(err, kernel.Invalid, "code_fixed")

	slot, err := h.SaveSlot(h.ctx, Slot{Base: h.base(), Session: a.ID, Space: space.ID, Start: at10("2027-04-12"), End: at10("2027-04-12").Add(time.Hour)}, "ann")
	h.ok(err)
	h.refused(h.Remove(h.ctx, SessionKind, a.ID, "ann"), kernel.Conflict, "in_use")
	h.refused(h.Remove(h.ctx, SpaceKind, space.ID, "ann"), kernel.Conflict, "in_use")
	h.refused(h.Remove(h.ctx, VenueKind, space.Venue, "ann"), kernel.Conflict, "in_use")
	h.refused(h.Remove(h.ctx, "shelf", space.Venue, "ann"), kernel.NotFound, "not_found")

	copied, err := h.Copy(h.ctx, SlotKind, slot.ID, "ann")
	h.ok(err)
	twin, err := h.Slot(h.ctx, copied)
	h.ok(err)
	if twin.UID == slot.UID || twin.UID == "" || !twin.Start.Equal(slot.Start) {
		t.Errorf("the copy is %+v of %+v", twin, slot)
	}
	h.ok(h.Remove(h.ctx, SlotKind, slot.ID, "ann"))
	_, err = h.Slot(h.ctx, slot.ID)
	h.refused(err, kernel.NotFound, "not_found")
	removed, err := h.RemovedRecords(h.ctx, h.event.ID)
	h.ok(err)
	if len(removed) != 1 || removed[0].ID != slot.ID || removed[0].Name["en"] != "Clay for everybody" {
		t.Errorf("removed records are %+v", removed)
	}
	h.ok(h.Restore(h.ctx, SlotKind, slot.ID, "ann"))
	back, err := h.Slot(h.ctx, slot.ID)
	h.ok(err)
	if back.UID != slot.UID {
		t.Errorf("the slot came back with UID %s, had %s", back.UID, slot.UID)
	}
	h.clean()
}

// What comes back must find what it points to: else it would be there without its
// session or its place.
func TestRestoreInOrder(t *testing.T) {
	h := open(t)
	hall := h.space("Hall")
	host, err := h.SaveHost(h.ctx, Host{Base: h.base(), Name: "Ann"}, "ann")
	h.ok(err)
	booth, err := h.SaveBooth(h.ctx, Booth{Base: h.base(), Space: hall.ID, Code: "A1", Hosts: []string{host.ID}}, "ann")
	h.ok(err)
	session, slot := h.placed("Clay", hall.ID, at10("2027-04-12"))
	slot.Booth, session.Hosts = booth.ID, []string{host.ID}
	_, err = h.SaveSlot(h.ctx, slot, "ann")
	h.ok(err)
	_, err = h.SaveSession(h.ctx, session, "ann")
	h.ok(err)
	steps := []struct {
		kind, id  string
		n         int    // of what it needs, when all of it is removed
		of, needs string // the first of it
	}{
		{SlotKind, slot.ID, 3, SessionKind, "Clay"},
		{SessionKind, session.ID, 1, HostKind, "Ann"},
		{BoothKind, booth.ID, 2, SpaceKind, "Hall"},
		{HostKind, host.ID, 0, "", ""},
		{SpaceKind, hall.ID, 1, VenueKind, "Hall House"},
		{VenueKind, hall.Venue, 0, "", ""},
	}
	for _, step := range steps {
		h.ok(h.Remove(h.ctx, step.kind, step.id, "ann"))
	}
	for _, step := range steps {
		if step.n == 0 {
			continue
		}
		t.Run(step.kind, func(t *testing.T) {
			err := h.Restore(h.ctx, step.kind, step.id, "ann")
			h.refused(err, kernel.Conflict, "needs_removed")
			var e *kernel.Error
			if !errors.As(err, &e) || e.Args["n"] != step.n || e.Args["of"] != step.of || e.Args["example"] != step.needs {
				t.Errorf("it needs %+v, want %d with the %s %s", e.Args, step.n, step.of, step.needs)
			}
		})
	}
	for _, step := range slices.Backward(steps) {
		h.ok(h.Restore(h.ctx, step.kind, step.id, "ann"))
	}
	h.ok(h.Restore(h.ctx, SlotKind, slot.ID, "ann")) // is there already
	h.clean()
}

func TestSaveComplainsByField(t *testing.T) {
	h := open(t)
	other, err := h.CreateEvent(h.ctx, Event{City: "harbour", Slug: "other", Kind: Visit, Title: en("x"), Start: "2027-05-01", End: "2027-05-01"}, "test")
	h.ok(err)
	space := h.space("Hall")
	session, _ := h.placed("One", space.ID, at10("2027-04-12"))
	_, err = h.SaveSlot(h.ctx, Slot{Base: Base{Event: other.ID}, Session: session.ID, Space: space.ID, Start: at10("2027-04-12"), End: at10("2027-04-12"), Seating: "sofa"}, "test")
	want := []string{"end end_before_start", "seating unknown_seating", "session unknown_session", "space unknown_space"}
	if got := fields(err); !slices.Equal(got, want) {
		t.Errorf("complaints are %q, want %q", got, want)
	}
	_, err = h.SaveSession(h.ctx, Session{Base: h.base(), Track: "dance", Hosts: []string{"harbour/x/y"}, Links: []Link{{URL: "javascript:alert(1)"}}, AgeMin: 9, AgeMax: 3}, "test")
	want = []string{"title required", "age_max ages_turned", "links.0.url bad_url", "hosts unknown_host", "track unknown_track"}
	if got := fields(err); !slices.Equal(got, want) {
		t.Errorf("complaints are %q, want %q", got, want)
	}
}

func TestLocalesAreFolded(t *testing.T) {
	h := open(t)
	e, err := h.SaveEvent(h.ctx, h.event.ID, "test", func(e *Event) error {
		e.Locales = []string{" EN", "FR", "en", "pt_br", "ZH-hant", "deu"}
		return nil
	})
	h.ok(err)
	if want := []string{"en", "fr", "pt-BR", "zh-Hant", "de"}; !slices.Equal(e.Locales, want) {
		t.Errorf("languages are %q, want %q", e.Locales, want)
	}
	for _, wrong := range []string{"English", "words", "en fr", "xx", "und", "-"} {
		_, err := h.SaveEvent(h.ctx, h.event.ID, "test", func(e *Event) error { e.Locales = []string{"en", wrong}; return nil })
		if got := fields(err); !slices.Equal(got, []string{"locales bad_language"}) {
			t.Errorf("%q as a language of the event: %q", wrong, got)
		}
	}
}

// fields lists field and code of each complaint.
func fields(err error) []string {
	var out []string
	es, _ := err.(kernel.Errors)
	for _, e := range es {
		out = append(out, e.Field+" "+e.Code)
	}
	return out
}

func TestPulse(t *testing.T) {
	h := open(t)
	p, rev, changed, err := h.Pulse(h.ctx, h.event.ID, 0)
	h.ok(err)
	if !changed || p.Event != h.event.ID || p.Release != 0 {
		t.Fatalf("the first pulse is %+v, changed %v", p, changed)
	}
	_, same, changed, err := h.Pulse(h.ctx, h.event.ID, rev)
	h.ok(err)
	if changed || same != rev {
		t.Errorf("nothing happened, and the pulse changed")
	}
	h.ok(h.SetAlert(h.ctx, h.event.ID, "ann", en("Pier 3 is closed")))
	e, err := h.Event(h.ctx, h.event.ID)
	h.ok(err)
	if e.Alert.Text["en"] != "Pier 3 is closed" || !e.Alert.Since.Equal(h.clock.t) {
		t.Errorf("the alert is %+v", e.Alert)
	}
	after, rev, changed, err := h.Pulse(h.ctx, h.event.ID, rev)
	h.ok(err)
	if !changed || after.Live <= p.Live {
		t.Errorf("an alert left the pulse at %+v", after)
	}
	slot := h.event.ID + "/s1"
	h.ok(h.SetPlaces(h.ctx, h.event.ID, map[string]PlacesState{slot: PlacesFew}))
	full, rev, _, err := h.Pulse(h.ctx, h.event.ID, rev)
	h.ok(err)
	if full.Places[slot] != PlacesFew || full.Live != after.Live {
		t.Errorf("places are %+v", full)
	}
	h.ok(h.SetPlaces(h.ctx, h.event.ID, map[string]PlacesState{slot: PlacesFree}))
	free, _, changed, err := h.Pulse(h.ctx, h.event.ID, rev)
	h.ok(err)
	if !changed || len(free.Places) != 0 {
		t.Errorf("places are %+v, want none", free.Places)
	}
	_, _, _, err = h.Pulse(h.ctx, "harbour/none", 0)
	h.refused(err, kernel.NotFound, "not_found")
	h.refused(h.SetPlaces(h.ctx, h.event.ID, map[string]PlacesState{"hill/x/y": PlacesFull}), kernel.Invalid, "bad_places")
}
