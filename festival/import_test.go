package festival

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"feria/kernel"
	"feria/locale"
)

// week is a small file: two sessions of three slots in two rooms.
func week() Records {
	return Records{
		Format: "frab-xml",
		Event:  RecordEvent{Start: "2027-04-12", End: "2027-04-13", DayChange: "05:00"},
		Tracks: []Track{{Slug: "craft", Name: en("Craft")}},
		Spaces: []RecordSpace{{Key: "room:Hall", Name: en("Hall"), Order: 1}, {Key: "room:Shed", Name: en("Shed"), Order: 2}},
		Hosts:  []RecordHost{{Key: "person:1", Name: "Ann", Person: true}, {Key: "person:2", Name: "Bob", Person: true}},
		Sessions: []RecordSession{
			{
				Key: "frab:1", Hosts: []string{"person:1"},
				Session: Session{Code: "CLAY1", Title: en("Clay"), Abstract: en("Make a bowl."), Track: "craft", Format: "workshop"},
				Slots: []RecordSlot{
					{Key: "frab:1/1", GUID: "11111111-1111-4111-8111-111111111111", Space: "room:Hall", Start: at10("2027-04-12"), End: at10("2027-04-12").Add(time.Hour)},
					{Key: "frab:1/2", Space: "room:Shed", Start: at10("2027-04-13"), End: at10("2027-04-13").Add(time.Hour)},
				},
			},
			{
				Key: "frab:2", Hosts: []string{"person:1", "person:2"}, Session: Session{Title: en("Song")},
				Slots: []RecordSlot{{Key: "frab:2/1", Space: "room:Hall", Start: at10("2027-04-13"), End: at10("2027-04-13").Add(time.Hour)}},
			},
		},
	}
}

func (h *house) imported(r Records, keep bool) Import {
	h.t.Helper()
	h.clock.later(time.Minute)
	i, err := h.ApplyImport(h.ctx, h.event.ID, "ann", "week.xml", r, keep, nil)
	h.ok(err)
	return i
}

// everything is the draft as stored, removed records too, for comparing.
func (h *house) everything() string {
	h.t.Helper()
	pl, err := h.loadStocks(h.ctx, h.event.ID)
	h.ok(err)
	return string(encode([]any{pl.venues.all, pl.spaces.all, pl.hosts.all, pl.booths.all, pl.sessions.all, pl.slots.all}))
}

// picture is what people see of the draft.
func (h *house) picture() string {
	h.t.Helper()
	p, err := h.Draft(h.ctx, h.event.ID)
	h.ok(err)
	return pack(freezeAll(p)).hash
}

// freezeAll takes away who changed what, from unplaced and hidden records too.
func freezeAll(p *Programme) *Programme {
	bare := func(b *Base) { *b = Base{ID: b.ID, Event: b.Event} }
	for i := range p.Venues {
		bare(&p.Venues[i].Base)
	}
	for i := range p.Spaces {
		bare(&p.Spaces[i].Base)
	}
	for i := range p.Hosts {
		bare(&p.Hosts[i].Base)
	}
	for i := range p.Booths {
		bare(&p.Booths[i].Base)
	}
	for i := range p.Sessions {
		bare(&p.Sessions[i].Base)
	}
	for i := range p.Slots {
		bare(&p.Slots[i].Base)
	}
	p.Event = frozenEvent(p.Event)
	return p
}

func TestImport(t *testing.T) {
	h := open(t)
	plan, err := h.PlanImport(h.ctx, h.event.ID, week())
	h.ok(err)
	want := map[string]int{VenueKind: 1, SpaceKind: 2, HostKind: 2, SessionKind: 2, SlotKind: 3}
	if !maps.Equal(plan.Add, want) || len(plan.Drop) != 0 || !plan.Changes() {
		t.Fatalf("the plan adds %v", plan.Add)
	}
	if draft, err := h.Draft(h.ctx, h.event.ID); err != nil || len(draft.Sessions) != 0 {
		t.Fatalf("planning made %d sessions (%v)", len(draft.Sessions), err)
	}
	var steps []int
	i, err := h.ApplyImport(h.ctx, h.event.ID, "ann", "week.xml", week(), false, func(done, total int) { steps = append(steps, done, total) })
	h.ok(err)
	if !maps.Equal(i.Counts.Add, want) || i.State != ImportDone || !slices.Equal(steps, []int{10, 10}) {
		t.Fatalf("the import is %+v with steps %v", i, steps)
	}
	draft, err := h.Draft(h.ctx, h.event.ID)
	h.ok(err)
	clay, ok := draft.SessionByCode("CLAY1")
	if !ok || len(draft.SlotsOf(clay.ID)) != 2 || clay.Track != "craft" || len(draft.HostsOf(clay)) != 1 {
		t.Fatalf("the session is %+v", clay)
	}
	if _, ok := draft.SessionByCode("song"); !ok {
		t.Error("a session without code has none made of its title")
	}
	if _, ok := draft.Track("craft"); !ok || draft.Event.DayChange != "05:00" {
		t.Errorf("the event has tracks %v and day change %q", draft.Event.Tracks, draft.Event.DayChange)
	}

	before := h.everything()
	second := h.imported(week(), false)
	if added, changed, dropped, same := second.Counts.Totals(); added+changed+dropped != 0 || same != 9 {
		t.Errorf("the same file again: %d added, %d changed, %d dropped, %d same", added, changed, dropped, same)
	}
	if h.everything() != before {
		t.Error("the same file again changed something")
	}
	h.publish()
	h.clean()
}

func TestImportOfAChangedFile(t *testing.T) {
	h := open(t)
	h.imported(week(), false)
	r := week()
	r.Sessions[0].Session.Title = en("Clay and glaze")
	r.Sessions[0].Slots[1].Start = r.Sessions[0].Slots[1].Start.Add(-time.Hour)
	r.Sessions[1] = RecordSession{
		Key: "frab:3", Session: Session{Title: en("Talk")}, Hosts: []string{"person:3"},
		Slots: []RecordSlot{{Key: "frab:3/1", Space: "room:Hall", Start: at10("2027-04-20"), End: at10("2027-04-20").Add(time.Hour)}},
	}
	r.Hosts = []RecordHost{r.Hosts[0], {Key: "person:3", Name: "Cem"}}
	r.Tracks = append(r.Tracks, Track{Slug: "debate", Name: en("Debate")})

	plan, err := h.PlanImport(h.ctx, h.event.ID, r)
	h.ok(err)
	var got []string
	for _, i := range plan.Items {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", i.Action, i.Kind, i.Key, strings.Join(i.Fields, ","))))
	}
	want := []string{
		"add host person:3", "change session frab:1 title", "change slot frab:1/2 time", "add session frab:3", "add slot frab:3/1",
		"drop slot frab:2/1", "drop session frab:2", "drop host person:2", "change event  end,tracks",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the plan is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	h.imported(r, false)
	e, err := h.Event(h.ctx, h.event.ID)
	h.ok(err)
	if e.End != "2027-04-20" {
		t.Errorf("the event ends on %s, want the day of the new session", e.End)
	}
	// The file of before brings back what was dropped, as it was.
	draft, err := h.Draft(h.ctx, h.event.ID)
	h.ok(err)
	if _, there := draft.SessionByCode("song"); there {
		t.Fatal("the dropped session is still in the draft")
	}
	h.imported(week(), false)
	draft, err = h.Draft(h.ctx, h.event.ID)
	h.ok(err)
	song, there := draft.SessionByCode("song")
	if !there || len(draft.SlotsOf(song.ID)) != 1 || len(draft.Sessions) != 2 || len(draft.Hosts) != 2 {
		t.Errorf("the session came back as %+v of %d", song, len(draft.Sessions))
	}
	h.clean()
}

func TestImportKeepsWhatTheFileLacks(t *testing.T) {
	h := open(t)
	h.imported(week(), false)
	r := week()
	r.Sessions = r.Sessions[:1]
	i := h.imported(r, true)
	if _, _, dropped, _ := i.Counts.Totals(); dropped != 0 {
		t.Errorf("with keep, %d were dropped", dropped)
	}
	// Another family of formats drops nothing of this one.
	other := Records{Format: "csv", Sessions: []RecordSession{{Key: "csv:1", Session: Session{Title: en("Walk")}}}}
	i = h.imported(other, false)
	if added, _, dropped, _ := i.Counts.Totals(); added != 1 || dropped != 0 {
		t.Errorf("a file of another family added %d and dropped %d", added, dropped)
	}
	i = h.imported(r, false)
	if _, _, dropped, _ := i.Counts.Totals(); dropped != 2 { // slot and session
		t.Errorf("without keep, %v were dropped", i.Counts.Drop)
	}
	h.clean()
}

func TestImportAndHandEdits(t *testing.T) {
	h := open(t)
	h.imported(week(), false)
	draft, err := h.Draft(h.ctx, h.event.ID)
	h.ok(err)
	clay, _ := draft.SessionByCode("CLAY1")
	clay.Abstract, clay.AgeMin = en("Make a bowl, by hand."), 8
	clay, err = h.SaveSession(h.ctx, clay, "bob")
	h.ok(err)

	// The file has not changed: the hand edit stays.
	i := h.imported(week(), false)
	if added, changed, dropped, _ := i.Counts.Totals(); added+changed+dropped != 0 {
		t.Errorf("the unchanged file did %v", i.Counts)
	}
	// The file changes another field: the hand edit stays.
	r := week()
	r.Sessions[0].Session.Title = en("Clay!")
	h.imported(r, false)
	got, err := h.Session(h.ctx, clay.ID)
	h.ok(err)
	if got.Title["en"] != "Clay!" || got.Abstract["en"] != "Make a bowl, by hand." || got.AgeMin != 8 {
		t.Errorf("after the file changed the title: %+v", got)
	}
	// The file changes the same field: the file wins, and the plan says so.
	r.Sessions[0].Session.Abstract = en("Make two bowls.")
	plan, err := h.PlanImport(h.ctx, h.event.ID, r)
	h.ok(err)
	if len(plan.Items) != 1 || !slices.Equal(plan.Items[0].Overrides, []string{"abstract"}) {
		t.Errorf("the plan is %+v", plan.Items)
	}
	h.imported(r, false)
	got, err = h.Session(h.ctx, clay.ID)
	h.ok(err)
	if got.Abstract["en"] != "Make two bowls." || got.AgeMin != 8 {
		t.Errorf("after the file changed the abstract: %+v", got)
	}
	// What the file empties is emptied.
	r.Sessions[0].Session.Abstract = nil
	h.imported(r, false)
	if got, err = h.Session(h.ctx, clay.ID); err != nil || !got.Abstract.Empty() {
		t.Errorf("after the file emptied the abstract: %+v (%v)", got, err)
	}
	// What was removed by hand stays removed until the file changes it.
	song, _ := draft.SessionByCode("song")
	slot := draft.SlotsOf(song.ID)[0]
	h.ok(h.Remove(h.ctx, SlotKind, slot.ID, "bob"))
	h.imported(r, false)
	_, err = h.Slot(h.ctx, slot.ID)
	h.refused(err, kernel.NotFound, "not_found")
	r.Sessions[1].Slots[0].End = r.Sessions[1].Slots[0].End.Add(time.Hour)
	h.imported(r, false)
	back, err := h.Slot(h.ctx, slot.ID)
	h.ok(err)
	if back.UID != slot.UID {
		t.Errorf("the slot came back with UID %s, had %s", back.UID, slot.UID)
	}
	h.clean()
}

func TestImportFindsRecordsMadeByHand(t *testing.T) {
	h := open(t)
	hall := h.space("Hall")
	session, s := h.placed("Clay", hall.ID, at10("2027-04-12"))
	host, err := h.SaveHost(h.ctx, Host{Base: h.base(), Name: "Ann", Person: true}, "bob")
	h.ok(err)
	session.Hosts = []string{host.ID}
	session, err = h.SaveSession(h.ctx, session, "bob")
	h.ok(err)
	before := h.everything()
	// What our own export of it says.
	export := Records{
		Format: "frab-xml", Spaces: []RecordSpace{{Key: "room:Hall", Name: en("Hall")}},
		Hosts: []RecordHost{{Key: "person:7", Name: "Ann", Person: true}},
		Sessions: []RecordSession{{
			Key: "frab:x", Hosts: []string{"person:7"}, Session: Session{Code: session.Code, Title: en("Clay")},
			Slots: []RecordSlot{{Key: "frab:y", GUID: s.GUID(), Space: "room:Hall", Start: s.Start, End: s.End}},
		}},
	}
	i := h.imported(export, false)
	if added, changed, dropped, same := i.Counts.Totals(); added+changed+dropped != 0 || same != 4 {
		t.Errorf("our own export: %+v", i.Counts)
	}
	if h.everything() != before {
		t.Error("our own export changed something")
	}
	// A slot is found by its guid when its file is changed.
	export.Sessions[0].Slots[0].End = s.End.Add(time.Hour)
	h.imported(export, false)
	got, err := h.Slot(h.ctx, s.ID)
	h.ok(err)
	if !got.End.Equal(s.End.Add(time.Hour)) || got.UID != s.UID {
		t.Errorf("the slot is %+v", got)
	}
	h.clean()
}

func TestImportRepairsWhatItMust(t *testing.T) {
	h := open(t)
	r := Records{
		Format: "csv",
		Hosts:  []RecordHost{{Key: "h", Name: "Ann\u0000 ", URL: "javascript:alert(1)"}},
		Sessions: []RecordSession{
			{Key: "a", Hosts: []string{"h", "nobody"}, Session: Session{Title: locale.Text{"en": strings.Repeat("x", 400)}, Track: "none", Access: []string{"lift"}, AgeMin: 12, AgeMax: 6},
				Slots: []RecordSlot{{Key: "a1", Space: "nowhere", Start: at10("2027-04-12"), End: at10("2027-04-12")}}},
			{Key: "a", Session: Session{Title: en("Twice")}},
			{Key: "b"},
		},
	}
	i := h.imported(r, false)
	var codes []string
	for _, f := range i.Report {
		codes = append(codes, f.Code)
	}
	want := []string{"plan_url", "plan_cut", "plan_track", "plan_reference", "plan_access", "plan_reference", "plan_times", "plan_duplicate", "plan_untitled"}
	if !slices.Equal(codes, want) {
		t.Errorf("the report says %q, want %q", codes, want)
	}
	draft, err := h.Draft(h.ctx, h.event.ID)
	h.ok(err)
	for _, s := range draft.Sessions {
		if problems := s.complaints(); len(problems) > 0 {
			t.Errorf("the import made a session that no form would take: %v", problems)
		}
	}
	if draft.Hosts[0].Name != "Ann" || len(draft.Sessions) != 2 || draft.Slots[0].Placed() {
		t.Errorf("the draft has hosts %+v, %d sessions, slots %+v", draft.Hosts, len(draft.Sessions), draft.Slots)
	}
	h.imported(r, false)
	h.clean()
}
