package site

import (
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/locale"
	"feria/people"
	"feria/server/web"
)

// showCity is the front page: what is on now and next, and what was.
func showCity(r *web.Request) error {
	events, err := r.P.Festival.Events(r.Context(), r.City.ID)
	if err != nil {
		return err
	}
	d := cityPage{P: r.T}
	d.Motto, _ = r.T.Text(r.City.Motto, r.City.Locales...)
	slices.SortFunc(events, func(a, b festival.Event) int { return cmpString(string(a.Start), string(b.Start)) })
	for _, e := range events {
		if e.Hidden && !r.Actor.May(people.ConsoleView, e.ID) {
			continue
		}
		card := eventCardOf(r.T, e)
		if isOver(e, r.Now) {
			d.Past = append([]eventCard{card}, d.Past...)
		} else {
			d.Events = append(d.Events, card)
		}
	}
	name, _ := r.T.Text(r.City.Name, r.City.Locales...)
	return r.Page(fiber.StatusOK, cityChrome(r, name), cityBody(d))
}

func isOver(e festival.Event, now time.Time) bool {
	return e.End < festival.Date(now.In(zoneOf(e)).Format(time.DateOnly))
}

// sayOf is a text of an event in the reader's language.
func sayOf(p *locale.Printer, e festival.Event, t locale.Text) said {
	text, lang := p.Text(t, e.Locales...)
	if lang == p.Lang() {
		lang = ""
	}
	return said{Text: text, Lang: lang}
}

func zoneOf(e festival.Event) *time.Location {
	zone, err := festival.Zone(e.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func eventCardOf(p *locale.Printer, e festival.Event) eventCard {
	zone := zoneOf(e)
	say := func(t locale.Text) said { return sayOf(p, e, t) }
	return eventCard{
		URL: "/" + e.Slug, When: p.Days(e.Start.Time(zone), e.End.Time(zone)), Title: say(e.Title), Lead: say(e.Slogan),
		Where: say(e.Where).Text, Kind: p.T("site.kind_" + string(e.Kind)),
	}
}

func number(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil
}
