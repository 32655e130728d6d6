package server_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/people"
)

// desk is a browser at the console that stays where a post leads it to, so that
// the post's own answer is seen.
type desk struct{ *visitor }

func (o *town) desk(role people.Role, event string) desk {
	v := o.staff(role, event)
	v.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return desk{v}
}

// try posts pairs of field and value and asserts the status.
func (d desk) try(t *testing.T, status int, path string, pairs ...string) page {
	t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	p := d.post(path, form)
	if p.StatusCode != status {
		t.Errorf("%s %v: status %d, want %d: %.1500s", path, form, p.StatusCode, status, p.body)
	}
	return p
}

const week = "/console/learning-week"

func fair(slug string) []string {
	return []string{"slug", slug, "title.en", "Foire d’été 💙 معرض", "kind", "festival", "zone", "Asia/Seoul", "locales", "en, fr", "start", "2027-05-01", "end", "2027-05-02"}
}

func TestConsole_makesRenamesCopiesAndRemovesEvents(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Owner, "")
	d.try(t, 422, "/console/new", "slug", "x y", "title.en", "What was typed").has(t, "What was typed", `value="x y"`, "slug-error")
	d.try(t, 303, "/console/new", fair("fair")...)
	d.try(t, 303, "/console/new", append(fair(""), "title.en", "Winter fair", "locales", "EN; FR")...)
	d.get("/console/winter-fair/settings").want(t, 200).has(t, `value="en, fr"`)
	d.try(t, 422, "/console/new", append(fair("tongues"), "locales", "English and French")...).has(t, "English and French", "locales-error")
	d.try(t, 409, "/console/new", fair("fair")...).has(t, "Foire d’été 💙 معرض", `class="note stop"`)
	d.try(t, 422, "/console/new", append(fair("mars"), "zone", "Mars/Phobos")...).has(t, "Mars/Phobos", "zone-error")
	d.try(t, 422, "/console/new", append(fair("back"), "end", "2027-04-30")...).has(t, "2027-04-30", "end-error")
	d.try(t, 303, "/console/fair/settings", fair("fair2")...)
	if p := d.get("/console/fair/settings"); p.StatusCode != 308 || !strings.Contains(p.Header.Get("Location"), "fair2") {
		t.Errorf("the old word leads nowhere: %d %s", p.StatusCode, p.Header.Get("Location"))
	}
	d.try(t, 422, week+"/copy", "slug", "week-2", "start", "nope")
	d.try(t, 409, week+"/copy", "slug", "learning-week", "start", "2028-04-10")
	d.try(t, 303, week+"/copy", "slug", "week-2", "start", "2028-04-10")
	d.get("/console/week-2").want(t, 200)
	d.try(t, 303, "/console/week-2/remove")
	d.get("/console/week-2").want(t, 404)
	removed := regexp.MustCompile(`name="event" value="([^"]+)"`).FindStringSubmatch(d.get("/console").want(t, 200).body)
	if removed == nil {
		t.Fatal("a removed event is not offered to come back")
	}
	d.try(t, 303, "/console/restore", "event", removed[1])
	d.get("/console/week-2").want(t, 200)
}

func TestConsole_recordsAreCopiedRemovedAndBroughtBack(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Owner, "")
	draft, err := town.p.Festival.Draft(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	for kind, id := range map[string]string{
		"venue": draft.Venues[0].ID, "space": draft.Spaces[0].ID, "host": draft.Hosts[0].ID,
		"session": draft.Sessions[0].ID, "slot": draft.Slots[0].ID, "booth": draft.Booths[0].ID,
	} {
		list := week + "/setup/" + kind
		for _, path := range []string{list, list + "?q=zzz", list + "/new", list + "/" + festival.Own(id)} {
			d.get(path).want(t, 200)
		}
		copied := d.try(t, 303, list+"/"+festival.Own(id)+"/copy").Header.Get("Location")
		copied, _, _ = strings.Cut(copied, "?")
		if !strings.HasPrefix(copied, list+"/") || copied == list+"/"+festival.Own(id) {
			t.Errorf("%s: the copy is at %s", kind, copied)
			continue
		}
		d.get(copied).want(t, 200)
		d.try(t, 303, copied+"/remove")
		d.try(t, 303, copied+"/restore")
		d.get(copied).want(t, 200)
		if p := d.try(t, 422, copied, "title.en", "", "name.en", "", "note.en", "kept"); strings.Contains(p.body, "error.") {
			t.Errorf("%s: a code without words: %.2000s", kind, p.body)
		}
	}
}

func TestConsole_twoWhoEditOneRecord(t *testing.T) {
	town, clock := newTown(t)
	one, two := town.desk(people.Owner, ""), town.desk(people.Organizer, town.week.ID)
	draft, err := town.p.Festival.Draft(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	at := week + "/setup/venue/" + festival.Own(draft.Venues[0].ID)
	form := func(p page) []string {
		var pairs []string
		for _, m := range regexp.MustCompile(`<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"`).FindAllStringSubmatch(p.body, -1) {
			if m[1] != "next" && m[1] != "lang" {
				pairs = append(pairs, m[1], m[2])
			}
		}
		return pairs
	}
	first, second := form(one.get(at).want(t, 200)), form(two.get(at).want(t, 200))
	clock.add(time.Minute)
	one.try(t, 303, at, append(first, "name.en", "Renamed by one")...)
	two.try(t, 409, at, append(second, "name.en", "Renamed by two")...).has(t, "Renamed by two", "Stored now: Renamed by one")
	one.get(at).want(t, 200).has(t, "Renamed by one")
}

func TestConsole_alertStandsOnPublicPagesAtOnce(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Organizer, town.week.ID)
	d.try(t, 303, week+"/alert", "text.en", "Pier 3 is closed, meet at the library")
	for _, path := range []string{"/learning-week", "/learning-week/programme", "/learning-week/exhibitors"} {
		town.visitor().get(path).want(t, 200).has(t, "Pier 3 is closed")
	}
	long := strings.Repeat("x", 400)
	d.try(t, 422, week+"/alert", "text.en", long).has(t, long)
	d.try(t, 303, week+"/alert", "off", "1")
	town.visitor().get("/learning-week").want(t, 200).lacks(t, "Pier 3 is closed")
}

func TestConsole_themesAndClashRules(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Owner, "")
	d.try(t, 303, "/console/new", fair("fair")...)
	d.try(t, 422, "/console/fair/tracks", "slug.0", "", "name.0.en", "Blue sea", "color.0", "#112233", "slug.1", "b!").has(t, "Blue sea")
	d.try(t, 303, "/console/fair/tracks", "slug.0", "", "name.0.en", "Blue sea", "color.0", "#112233")
	d.get("/console/fair/tracks").want(t, 200).has(t, "blue-sea")
	d.try(t, 303, week+"/clashes", "rule.same_space", "block")
	d.try(t, 422, week+"/clashes", "rule.same_space", "bogus")
	d.try(t, 303, "/console/fair/release", "note.en", "Hello")
	d.get("/console/fair/release").want(t, 200).has(t, "Hello")
}

// The colour that the city chose for a theme is the one that visitors see, once it
// is released.
func TestConsole_themesHaveTheirColours(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Organizer, town.week.ID)
	const sheet, class = "own1=%23112233", ` own1"`
	d.try(t, 303, week+"/tracks", append(d.get(week+"/tracks").want(t, 200).filled(), "color.1", "#112233")...)
	town.visitor().get("/learning-week/programme").want(t, 200).lacks(t, class)
	d.try(t, 303, week+"/release")
	p := town.visitor().get("/learning-week/programme").want(t, 200).has(t, sheet, class)
	address := regexp.MustCompile(`href="(/colours.css[^"]*)"`).FindStringSubmatch(p.body)
	town.visitor().get(html.UnescapeString(address[1])).want(t, 200).has(t, ".own1{--c:#112233}")
	town.visitor().get("/neighbourhoods").want(t, 200).lacks(t, sheet)
}
