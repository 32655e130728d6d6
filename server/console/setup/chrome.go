package setup

import (
	"feria/people"
	"feria/server/web"
)

// Base is where the console of the request's event lies.
func Base(r *web.Request) string { return "/console/" + r.Event.Slug }

// Chrome is what stands around every page of the console: beside it the rooms of
// the event, where the page belongs to one, else those of the city. current is
// the end of the room's address, as "/release".
func Chrome(r *web.Request, title, current string) web.Chrome {
	c := web.Chrome{Title: title, Audience: "console", NoIndex: true}
	add := func(url, label string, may bool, isCurrent bool) {
		if may {
			c.Nav = append(c.Nav, web.NavLink{URL: url, Label: label, Current: isCurrent})
		}
	}
	if r.Event.ID == "" {
		city := func(below, key string, p people.Permission) {
			add("/console"+below, r.T.T(key), r.Actor.May(p, ""), below == current)
		}
		city("", "console.events", people.ConsoleEnter)
		city("/city", "console.the_city", people.CityEdit)
		city("/people", "console.people", people.ConsoleEnter)
		city("/mail", "console.mail", people.ConsoleEnter)
		city("/jobs", "console.jobs", people.JobsView)
		return c
	}
	name, _ := r.T.Text(r.Event.Title, r.Event.Locales...)
	if title != name {
		c.Title = title + " · " + name
	}
	add(Base(r), name, true, current == "")
	for _, room := range []struct {
		below, key string
		may        people.Permission
	}{
		{"/setup", "console.setup", people.ConsoleView},
		{"/tracks", "console.kinds_track", people.ConsoleView},
		{"/release", "console.review_release", people.ConsoleView},
		{"/import", "console.import", people.ConsoleView},
		{"/bookings", "console.bookings", people.BookingView},
		{"/gates", "console.gates", people.DoorManage},
		{"/settings", "console.link_event", people.ConsoleEdit},
	} {
		add(Base(r)+room.below, r.T.T(room.key), r.Actor.May(room.may, r.Event.ID), room.below == current)
	}
	return c
}
