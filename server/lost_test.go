package server_test

import (
	"testing"

	"feria/festival"
	"feria/locale"
	"feria/people"
)

// Whoever is lost in an event finds on: the page has the event's look, its
// navigation and its alert, and leads to the programme and its search.
func TestErrors_inAnEventLookLikeItsPages(t *testing.T) {
	town, _ := newTown(t)
	town.desk(people.Organizer, town.week.ID).try(t, 303, week+"/alert", "text.en", "Pier 3 is closed")
	v := town.visitor()
	event := []string{"Pier 3 is closed", `href="/learning-week/exhibitors"`, `href="/learning-week/map"`, `class="btn" href="/learning-week/programme"`, `role="search" action="/learning-week/programme"`, `name="q"`}
	for _, path := range []string{
		"/learning-week/s/NOSUCH", "/learning-week/nothing", "/learning-week/sessions/NOSUCH", "/learning-week/exhibitors/nobody", "/learning-week/nothing/at/all",
	} {
		v.get(path).want(t, 404).has(t, event...).has(t, `name="robots" content="noindex"`).lacks(t, `aria-current="page"`)
	}
	// Outside of it, it is among the alerts of the city, with the event's name.
	for _, path := range []string{"/nothing", "/nothing/at/all", "/passes/nothing", "/learning-weeks/nothing"} {
		v.get(path).want(t, 404).has(t, "Pier 3 is closed", `href="/learning-week"`, `href="/me"`).lacks(t, `role="search"`, "/learning-week/programme")
	}
	// In the reader's language, and under the event's present word.
	v.lang = "fr"
	v.get("/learning-week/nothing").want(t, 404).has(t, "Il n’y a rien", "Chercher", "Pier 3 is closed")
	town.desk(people.Owner, "").try(t, 303, week+"/settings", fair("fair-week")...)
	town.visitor().get("/learning-week/nothing").want(t, 404).has(t, `href="/fair-week/programme"`)
	v.get("/console/nothing/at/all").want(t, 404).lacks(t, "Pier 3 is closed")
	v.get("/fair-week/nothing", "Accept", "application/json").want(t, 404).lacks(t, "<html")
}

// An event that is hidden, or has no programme yet, does not show through.
func TestErrors_inAnEventThatIsNotShown(t *testing.T) {
	town, _ := newTown(t)
	made, err := town.p.Festival.CreateEvent(t.Context(), festival.Event{
		City: town.week.City, Slug: "surprise", Kind: festival.Festival, Title: locale.Text{"en": "Surprise"}, Start: "2027-06-12", End: "2027-06-13", Zone: "Europe/Berlin", Locales: []string{"en"}, Hidden: true,
	}, "test")
	if err != nil {
		t.Fatal(err)
	}
	for _, below := range []string{"", "/nothing", "/sessions/X"} {
		hidden, missing := town.visitor().get("/surprise"+below).want(t, 404), town.visitor().get("/nowhere1"+below).want(t, 404)
		if a, b := hidden.same("surprise"), missing.same("nowhere1"); a != b {
			t.Errorf("a hidden event is answered\n%s\na missing one\n%s", a, b)
		}
	}
	organizer := town.staff(people.Organizer, made.ID)
	organizer.get("/surprise/nothing").want(t, 404).has(t, "Surprise").lacks(t, `role="search"`, "/surprise/programme")
}
