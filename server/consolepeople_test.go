package server_test

import (
	"regexp"
	"strings"
	"testing"

	"feria/people"
)

// What nobody chose is the least, and what takes something away asks once.
func TestConsole_rolesBeginWithTheWeakest(t *testing.T) {
	town, _ := newTown(t)
	d := town.desk(people.Owner, "")
	page := d.get("/console/people").want(t, 200)
	if weak, strong := strings.Index(page.body, `value="volunteer"`), strings.Index(page.body, `value="owner"`); weak < 0 || strong < weak {
		t.Errorf("the choice of roles does not begin with the weakest: %d, %d", weak, strong)
	}
	page.has(t, "signed out everywhere", "<summary>Take away</summary>")
	d.try(t, 422, "/console/people", "mail", "boss@example.org", "role", "owner", "event", "learning-week").at(t, "event").has(t, "owns the whole city")
	if _, err := town.p.People.PersonByMail(t.Context(), town.week.City, "boss@example.org"); err == nil {
		t.Error("a refused role was given")
	}
	d.try(t, 303, "/console/people", "mail", "boss@example.org", "role", "owner", "event", "")

	// Editions of one title are told apart.
	if regexp.MustCompile(`\(learning-week\)`).MatchString(page.body) {
		t.Error("a title that stands once carries its address")
	}
	d.try(t, 303, week+"/copy", "slug", "week-after", "start", "2028-04-10")
	d.get("/console/people").want(t, 200).has(t, "(learning-week)</option>", "(week-after)</option>")
}
