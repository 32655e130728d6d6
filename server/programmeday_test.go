package server_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

var feedLink = regexp.MustCompile(`href="([^"]*/programme\.ics[^"]*)">Add to calendar`)

// A day that the page chose by itself is in no form and no link of it.
func TestProgramme_aDayThatNobodyChose(t *testing.T) {
	town, _ := newTown(t)
	const path = "/learning-week/programme"
	v := town.visitor()
	for _, view := range []string{"", "?view=grid", "?view=venue"} {
		p := v.get(path+view).want(t, 200).has(t, "sessions on Monday")
		for _, field := range hidden.FindAllStringSubmatch(p.body, -1) {
			if field[1] == "day" {
				t.Errorf("%s: the search keeps %s", view, field[2])
			}
		}
		if feed := feedLink.FindStringSubmatch(p.body); feed == nil || strings.Contains(feed[1], "day=") {
			t.Errorf("%s: the calendar is %q", view, feed)
		}
		for _, href := range regexp.MustCompile(`class="pill" href="([^"]*track=[^"]*)"`).FindAllStringSubmatch(p.body, -1) {
			if strings.Contains(href[1], "day=") {
				t.Errorf("%s: a filter leads to %s", view, href[1])
			}
		}
	}
	p := v.get(path+"?day=2027-04-13").want(t, 200)
	if feed := feedLink.FindStringSubmatch(p.body); feed == nil || !strings.Contains(feed[1], "day=2027-04-13") {
		t.Errorf("the calendar of a day that was chosen is %q", feed)
	}
	p.has(t, `<input type="hidden" name="day" value="2027-04-13"`)
}

// Where a search finds nothing on the day that was chosen, the page says what the
// others have and leads there with the word kept.
func TestProgramme_otherDays(t *testing.T) {
	town, _ := newTown(t)
	const path, word = "/learning-week/programme", "notebook"
	v := town.visitor()
	all := v.get(path+"?q="+word).want(t, 200).has(t, "Bind your own notebook").lacks(t, "Nothing fits")
	days := map[string]bool{}
	for _, day := range regexp.MustCompile(`class="date"><time datetime="([^"]+)"`).FindAllStringSubmatch(all.body, -1) {
		days[day[1]] = true
	}
	empty, full := "", ""
	for _, day := range []string{"2027-04-12", "2027-04-13", "2027-04-14", "2027-04-15", "2027-04-16", "2027-04-17", "2027-04-18"} {
		if days[day] {
			full = day
		} else if empty == "" {
			empty = day
		}
	}
	if empty == "" || full == "" {
		t.Fatalf("the word is found on %v: another one is needed", days)
	}
	for _, view := range []string{"list", "grid", "venue"} {
		p := v.get(path+"?q="+word+"&view="+view+"&day="+empty).want(t, 200).has(t, "Nothing fits")
		on := regexp.MustCompile(`class="btn" href="([^"]+)">\d+ more on (another day|other days)<`).FindStringSubmatch(p.body)
		if on == nil {
			t.Fatalf("%s: nothing is said of other days", view)
		}
		v.get(html.UnescapeString(on[1])).want(t, 200).has(t, "Bind your own notebook", `value="`+word+`"`)
		v.get(path+"?q="+word+"&view="+view+"&day="+full).lacks(t, "Nothing fits")
		v.get(path+"?q="+word+"&view="+view).lacks(t, "Nothing fits").has(t, "Bind your own notebook")
	}
}
