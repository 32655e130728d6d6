package server_test

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/people"
)

// filled is the form of a page as a browser would send it back.
func (p page) filled() []string {
	var pairs []string
	main := p.body[strings.Index(p.body, "<main"):]
	for _, m := range regexp.MustCompile(`<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"`).FindAllStringSubmatch(main, -1) {
		pairs = append(pairs, m[1], html.UnescapeString(m[2]))
	}
	for _, m := range regexp.MustCompile(`(?s)<select[^>]*name="([^"]+)"[^>]*>.*?<option value="([^"]*)" selected`).FindAllStringSubmatch(main, -1) {
		pairs = append(pairs, m[1], html.UnescapeString(m[2]))
	}
	return pairs
}

// Two who edit the event itself, or the city: the second is told, once, and
// keeps what was typed; nobody's change is lost in silence.
func TestConsole_twoWhoEditTheEventAndTheCity(t *testing.T) {
	town, clock := newTown(t)
	one, two := town.desk(people.Owner, ""), town.desk(people.Owner, "")
	one = desk{town.staff(people.Owner, "")}
	one.http.CheckRedirect = two.http.CheckRedirect
	two = town.desk(people.Organizer, town.week.ID)
	edit := func(at, field string, two desk) {
		t.Helper()
		first, second := one.get(at).want(t, 200).filled(), two.get(at).want(t, 200).filled()
		clock.add(time.Minute)
		one.try(t, 303, at, append(first, field, "By the first")...)
		again := two.try(t, 409, at, append(second, field, "By the second")...).has(t, "By the second", "Somebody else saved this meanwhile")
		one.get(at).want(t, 200).has(t, "By the first")
		two.try(t, 303, at, append(again.filled(), field, "By the second")...)
		one.get(at).want(t, 200).has(t, "By the second").lacks(t, "By the first")
	}
	edit(week+"/settings", "slogan.en", two)
	edit("/console/city", "name.en", one)
	// A form without the mark, as a script would send it, is no conflict.
	one.try(t, 303, "/console/learning-week/settings", fair("learning-week")...)
}

// Who is told of an unreadable number is still told of what somebody else saved
// before it was typed right.
func TestConsole_twoWhoEditARecordOneOfThemBadly(t *testing.T) {
	town, clock := newTown(t)
	one, two := desk{town.staff(people.Owner, "")}, town.desk(people.Organizer, town.week.ID)
	one.http.CheckRedirect = two.http.CheckRedirect
	_, session := town.bookable(0)
	at := week + "/setup/session/" + festival.Own(session.ID)
	first, second := one.get(at).want(t, 200).filled(), two.get(at).want(t, 200).filled()
	clock.add(time.Minute)
	one.try(t, 303, at, append(first, "title.en", "By the first")...)
	bad := two.try(t, 422, at, append(second, "title.en", "By the second", "age_min", "many")...).has(t, "By the second")
	two.try(t, 409, at, append(bad.filled(), "age_min", "6")...).has(t, "By the second", "Stored now: By the first")
	one.get(at).want(t, 200).has(t, "By the first")
}

// Two who edit the themes: the second is told what the first one stored, also
// where it is a theme that the second has not seen.
func TestConsole_twoWhoEditTheThemes(t *testing.T) {
	town, clock := newTown(t)
	d := town.desk(people.Organizer, town.week.ID)
	at := week + "/tracks"
	first, second := d.get(at).want(t, 200).filled(), d.get(at).want(t, 200).filled()
	fresh := len(town.week.Tracks)
	with := func(form []string, n int, name string) []string {
		return append(form, "name."+strconv.Itoa(n)+".en", name)
	}
	clock.add(time.Minute)
	d.try(t, 303, at, with(first, fresh, "New of the first")...)
	again := d.try(t, 409, at, with(second, fresh, "New of the second")...).
		has(t, "New of the second", "Somebody else saved this meanwhile", "Stored now: New of the first", "Save again to keep what you typed")
	names := func() (out []string) {
		e, err := town.p.Festival.Event(t.Context(), town.week.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, track := range e.Tracks[fresh:] {
			out = append(out, track.Name["en"])
		}
		return out
	}
	if got := names(); !slices.Equal(got, []string{"New of the first"}) {
		t.Fatalf("the theme of the first is lost: %q", got)
	}
	clock.add(time.Minute)
	d.try(t, 303, at, with(again.filled(), fresh+1, "New of the first")...)
	if got := names(); !slices.Equal(got, []string{"New of the second", "New of the first"}) {
		t.Errorf("after the second: %q", got)
	}
}

// A year that was mistyped is saved, but said at once and in the review, with the
// year.
func TestConsole_aSlotOutsideItsEventIsSaid(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Owner, "")
	slot, _ := town.bookable(0)
	at := week + "/setup/slot/" + festival.Own(slot.ID)
	right := slot.Start.In(time.UTC)
	wrong := right.AddDate(-1, 0, 0)
	form := append(d.get(at).want(t, 200).filled(), "start_at", wrong.Format("2006-01-02T15:04"), "end_at", wrong.Add(time.Hour).Format("2006-01-02T15:04"))
	d.get(week+"/release").want(t, 200).lacks(t, `warn">Outside the days of the event`)
	d.get(d.try(t, 303, at, form...).Header.Get("Location")).want(t, 200).
		has(t, "Saved, but it takes place outside the days of the event", wrong.Format("Jan 2006"))
	d.get(week+"/release").want(t, 200).has(t, `warn">Outside the days of the event`, wrong.Format("Jan 2006"))
	d.try(t, 303, week+"/clashes", "rule.outside_event", "block")
	d.try(t, 409, week+"/release", "note.en", "With a slip")
	form = append(form, "start_at", right.Format("2006-01-02T15:04"), "end_at", right.Add(time.Hour).Format("2006-01-02T15:04"))
	d.get(d.try(t, 303, at, append(form, "seen", "")...).Header.Get("Location")).want(t, 200).lacks(t, "Saved, but")
	d.get(week+"/release").want(t, 200).lacks(t, `block">Outside the days of the event`)
}

// Of many clashes the page lists some, and says how many there are.
func TestConsole_manyClashesAreCounted(t *testing.T) {
	town, _ := newTown(t)
	draft, err := town.p.Festival.Draft(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	first := draft.Slots[slices.IndexFunc(draft.Slots, func(s festival.Frozen) bool { return s.Space != "" && s.Booth == "" })].Slot
	for _, s := range draft.Slots[:min(len(draft.Slots), 18)] {
		slot := s.Slot
		slot.Space, slot.Booth, slot.Start, slot.End, slot.State = first.Space, "", first.Start, first.End, festival.Planned
		if _, err := town.p.Festival.SaveSlot(t.Context(), slot, "test"); err != nil {
			t.Fatal(err)
		}
	}
	review, err := town.p.Festival.Review(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	n := len(review.Clashes)
	if n <= 210 || n > 999 {
		t.Fatalf("%d clashes, the test needs some more than 200", n)
	}
	town.desk(people.Owner, "").get(week+"/release").want(t, 200).
		has(t, strconv.Itoa(n)+" clashes stand", strconv.Itoa(n-200)+" more")
}

// A refused form keeps what was typed, in every room that has one.
func TestConsole_nothingTypedIsLost(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Owner, "")
	d.try(t, 422, week+"/copy", "slug", "Kept typing", "start", "2028-04-10").has(t, `value="Kept typing"`, `value="2028-04-10"`)
	d.try(t, 409, week+"/copy", "slug", "learning-week", "start", "2028-04-10").has(t, `value="learning-week"`, `value="2028-04-10"`)
	d.try(t, 422, "/console/people", "mail", "kept@typing", "name", "Kept typing", "role", "volunteer", "event", "learning-week").has(t, `value="kept@typing"`, `value="Kept typing"`, `value="volunteer" selected`, `value="learning-week" selected`)
	d.try(t, 422, "/console/people/tokens", "name", strings.Repeat("Kept typing", 50), "role", "volunteer", "event", "learning-week").has(t, strings.Repeat("Kept typing", 50))
	d.try(t, 422, week+"/new-gate", "name.en", "Kept typing", "gate_slug", "A B", "scope", "event", "reentry", "never").has(t, `value="Kept typing"`, `value="A B"`)
	d.try(t, 409, week+"/tracks", "slug.0", "sea", "name.0.en", "Kept typing", "color.0", "red").has(t, "Kept typing", `value="red"`)
	d.try(t, 422, week+"/alert", "text.en", strings.Repeat("x", 400), "text.fr", "Kept typing").has(t, "Kept typing")
	d.try(t, 422, "/console/new", append(fair("x y"), "slogan.en", "Kept typing")...).has(t, "Kept typing", `value="Asia/Seoul"`)

	// Publishing while a clash blocks it keeps the note; too long a note too.
	d.try(t, 303, week+"/clashes", "rule.same_space", "block")
	draft, err := town.p.Festival.Draft(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	var placed []festival.Slot
	for _, s := range draft.Slots {
		if s.Space != "" && len(placed) < 2 {
			placed = append(placed, s.Slot)
		}
	}
	clash := placed[1]
	clash.Space, clash.Booth, clash.Start, clash.End = placed[0].Space, "", placed[0].Start, placed[0].End
	if _, err := town.p.Festival.SaveSlot(t.Context(), clash, "test"); err != nil {
		t.Fatal(err)
	}
	released := town.week.Release
	blocked := d.post(week+"/release", url.Values{"note.en": {"Kept typing"}})
	if blocked.StatusCode < 400 || blocked.StatusCode >= 500 {
		t.Errorf("publishing over a clash that blocks: status %d", blocked.StatusCode)
	}
	blocked.has(t, "Kept typing", `class="note stop"`)
	d.try(t, 303, week+"/clashes", "rule.same_space", "warn")
	d.try(t, 422, week+"/release", "note.en", strings.Repeat("Kept typing", 2000)).has(t, "Kept typingKept typing")
	if e, err := town.p.Festival.Event(t.Context(), town.week.ID); err != nil || e.Release != released {
		t.Errorf("release %d after two refusals, %v", e.Release, err)
	}

	// What is not there is 404, whatever is to be done with it.
	for _, path := range []string{
		week + "/setup/venue/nothing", week + "/setup/venue/nothing/copy", week + "/setup/venue/nothing/remove", week + "/setup/venue/nothing/restore", week + "/setup/nothing/new",
		week + "/gates/nothing/remove", week + "/keys/200/withdraw", week + "/keys/999/withdraw", week + "/imports/nothing/undo", "/console/mail/nothing/retry", week + "/bookings/nothing/desk",
	} {
		d.try(t, 404, path)
	}
	// A mail that was sent, or waits, can be asked for again without harm.
	slot, _ := town.bookable(0)
	town.guest(slot, "Ada", 1)
	mail := town.mailsTo("ada@example.org", 1)[0]
	d.try(t, 303, "/console/mail/"+festival.Own(mail.ID)+"/retry")
	d.get("/console/mail/"+festival.Own(mail.ID)).want(t, 200).has(t, "ada@example.org")
}

// at asserts that an input is marked as wrong and tied to its error, and that the
// summary above leads to it.
func (p page) at(t *testing.T, input string) page {
	t.Helper()
	tag := regexp.MustCompile(`<(?:input|select)[^>]* id="` + regexp.QuoteMeta(input) + `"[^>]*>`).FindString(p.body)
	for _, mark := range []string{`aria-invalid="true"`, input + `-error"`} {
		if !strings.Contains(tag, mark) {
			t.Errorf("%s: %q lacks %s", p.Request.URL.Path, tag, mark)
		}
	}
	return p.has(t, `<p class="error" id="`+input+`-error">`, `<a href="#`+input+`">`)
}

// What is wrong stands at its field, for a screen reader too, also in the forms
// that are not of a record.
func TestConsole_errorsStandAtTheirFields(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Owner, "")
	d.try(t, 422, week+"/copy", "slug", "A B", "start", "2028-04-10").at(t, "copy-slug")
	d.try(t, 422, week+"/copy", "slug", "week-2", "start", "nope").at(t, "copy-start").lacks(t, "copy-slug-error")
	d.try(t, 409, week+"/copy", "slug", "learning-week", "start", "2028-04-10").at(t, "copy-slug")

	d.try(t, 422, "/console/people", "mail", "nope", "role", "volunteer", "event", "learning-week").at(t, "mail")
	refused := d.try(t, 422, "/console/people/tokens", "name", "", "role", "volunteer", "event", "learning-week").at(t, "token-name")
	form := refused.body[strings.Index(refused.body, `action="/console/people/tokens"`):]
	for _, kept := range []string{`value="volunteer" selected`, `value="learning-week" selected`} {
		if !strings.Contains(form, kept) {
			t.Errorf("the form of a token lost %s", kept)
		}
		if strings.Contains(refused.body[:len(refused.body)-len(form)], kept) {
			t.Errorf("the form of a person took %s over", kept)
		}
	}
	d.try(t, 422, "/console/people/tokens", "name", "Bot", "role", "bogus", "event", "learning-week").at(t, "token-role")
	d.try(t, 422, "/console/people/tokens", "name", "Bot", "role", "volunteer", "event", "").at(t, "token-event")

	long := strings.Repeat("x", 5001)
	d.try(t, 422, week+"/alert", "text.en", "Kept typing", "text.fr", long).at(t, "f-text-fr").has(t, "Kept typing").lacks(t, "f-text-en-error")
	d.try(t, 422, week+"/release", "note.en", long, "note.fr", "Kept typing").at(t, "f-note-en").has(t, "Kept typing").lacks(t, "f-note-fr-error")
	d.try(t, 422, "/console/neighbourhoods/tracks", "slug.0", "sea", "name.0.en", "Sea", "color.0", "red", "slug.1", "b c", "name.1.en", "Kept typing").
		at(t, "f-color-0").at(t, "f-slug-1").has(t, "Kept typing", `value="red"`).lacks(t, "f-slug-0-error")
	d.try(t, 422, "/console/neighbourhoods/tracks", "slug.0", "sea", "name.0.en", "").at(t, "f-name-0-en")

	d.upload(week+"/import", "", "").want(t, 422).at(t, "file")
	file := d.upload(week+"/import", "prog.csv", "wann,wo\n10:00,Pier\n").want(t, 303).Header.Get("Location")
	d.get(file).want(t, 422).at(t, "column.0").has(t, "No column holds the titles of the sessions. Choose the column that does.")
	d.try(t, 303, file+"/columns", "column.0", "start", "column.1", "headline")
	d.get(file).want(t, 422).at(t, "column.1").lacks(t, `id="column.0-error"`)
	d.try(t, 303, file+"/columns", "column.0", "start", "column.1", "space")
	d.get(file).want(t, 422).at(t, "column.0")
	d.try(t, 303, file+"/columns", "column.0", "start", "column.1", "title")
	d.get(file).want(t, 200).lacks(t, "aria-invalid")
}
