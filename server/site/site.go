package site

import (
	"bytes"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/festival/feed"
	"feria/kernel"
	"feria/people"
	"feria/public/ui"
	"feria/server/web"
)

// Routes is what citizens can ask for. Addresses are those of DESIGN.md 6.
func Routes() []web.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	return []web.Route{
		{Method: get, Path: "/", May: people.Public, Handle: showCity},
		{Method: get, Path: "/imprint", May: people.Public, Handle: showLegal("imprint", func(c festival.City) text { return text(c.Imprint) })},
		{Method: get, Path: "/privacy", May: people.Public, Handle: showLegal("privacy", func(c festival.City) text { return text(c.Privacy) })},
		{Method: get, Path: "/accessibility", May: people.Public, Handle: showLegal("accessibility", func(c festival.City) text { return text(c.Accessibility) })},
		{Method: post, Path: "/language", May: people.Public, Handle: web.ChooseLanguage},
		{Method: get, Path: "/sign-in", May: people.Public, Handle: showSignIn},
		{Method: post, Path: "/sign-in", May: people.Public, Handle: askSignIn},
		{Method: post, Path: "/sign-in/code", May: people.Public, Handle: redeemCode},
		{Method: post, Path: "/sign-in/link", May: people.Public, Handle: redeemLink},
		{Method: post, Path: "/sign-out", May: people.Public, Handle: signOut},
		{Method: get, Path: "/me", May: people.Public, Handle: showMine},
		{Method: get, Path: "/me/agenda.ics", May: people.Public, Handle: myCalendar},
		{Method: post, Path: "/me/confirm", May: people.Public, Handle: confirmMine},
		{Method: post, Path: "/me/calendar", May: people.Public, Handle: renewCalendar},
		{Method: post, Path: "/me/links", May: people.Public, Handle: renewLinks},
		{Method: post, Path: "/me/leave", May: people.Public, Handle: leave},
		{Method: get, Path: "/me/bookings/:id", May: people.Public, Handle: seeBooking},
		{Method: post, Path: "/me/bookings/:id", May: people.Public, Handle: changeBooking},
		{Method: get, Path: "/passes/:secret.png", May: people.Public, Handle: passPNG},
		{Method: get, Path: "/passes/:secret.svg", May: people.Public, Handle: passSVG},
		{Method: get, Path: "/passes/:secret", May: people.Public, Handle: showPass},
		{Method: get, Path: "/:event", May: people.Public, Handle: showEvent},
		{Method: get, Path: "/:event/programme", May: people.Public, Handle: showProgramme},
		{Method: get, Path: "/:event/programme.ics", May: people.Public, Handle: programmeCalendar},
		{Method: get, Path: "/:event/grid.css", May: people.Public, Handle: showGridStyles},
		{Method: get, Path: "/:event/schedule.xml", May: people.Public, Handle: scheduleXML},
		{Method: get, Path: "/:event/schedule.json", May: people.Public, Handle: scheduleJSON},
		{Method: get, Path: "/:event/exhibitors", May: people.Public, Handle: showHosts},
		{Method: get, Path: "/:event/exhibitors/:slug", May: people.Public, Handle: showHost},
		{Method: get, Path: "/:event/map", May: people.Public, Handle: showPlaces},
		{Method: get, Path: "/:event/sessions", May: people.Public, Handle: seeProgramme},
		{Method: get, Path: "/:event/sessions/:code.ics", May: people.Public, Handle: sessionCalendar},
		{Method: get, Path: "/:event/sessions/:code", May: people.Public, Handle: showSession},
		{Method: get, Path: "/:event/sessions/:code/book", May: people.Public, Handle: seeSession},
		{Method: get, Path: "/:event/sessions/:code/keep", May: people.Public, Handle: seeSession},
		{Method: get, Path: "/:event/pass", May: people.Public, Handle: askPass},
		{Method: post, Path: "/:event/pass", May: people.CitizenBook, Handle: takePass},
		{Method: post, Path: "/:event/sessions/:code/book", May: people.CitizenBook, Handle: bookSession},
		{Method: post, Path: "/:event/sessions/:code/keep", May: people.CitizenBook, Handle: keepSession},
	}
}

// text is a locale.Text without its methods' names in the way.
type text map[string]string

// eventMaker makes the pages of the request's event.
func eventMaker(r *web.Request) maker { return newMaker(r.T, r.View, r.Now) }

// chrome is what stands around a page of an event.
func (m maker) chrome(title, current string) web.Chrome {
	event := m.say(m.view.Event.Title).Text
	if title == "" {
		title = event
	} else {
		title += " · " + event
	}
	c := web.Chrome{Title: title, Audience: "site", Scripts: []string{"clock.js"}, Feed: m.path("/programme.ics")}
	add := func(below, label string) {
		c.Nav = append(c.Nav, web.NavLink{URL: m.path(below), Label: m.p.T(label), Current: below == current})
	}
	add("", "site.event")
	c.Nav[0].Label = event
	if m.view.Programme != nil {
		add("/programme", "site.programme")
		add("/exhibitors", "site.exhibitors")
		add("/map", "site.places")
	}
	c.Nav = append(c.Nav, web.NavLink{URL: "/me", Label: m.p.T("site.my_bookings"), Current: current == "/me"})
	if a := m.view.Event.Alert.Text; len(a) > 0 {
		said := m.say(a)
		c.Alerts = []ui.Alert{{Text: said.Text, Lang: said.Lang}}
	}
	return c
}

// cityChrome stands around pages that belong to no event: they show the alerts
// of all that are not over.
func cityChrome(r *web.Request, title string) web.Chrome {
	return web.Chrome{Alerts: cityAlerts(r), Title: title, Audience: "site", Nav: []web.NavLink{{URL: "/me", Label: r.T.T("site.my_bookings"), Current: r.Path() == "/me"}}}
}

// Around is what stands around a page that is none of the table's: what stands
// around the others of its event, with where the programme is, else of its city.
func Around(r *web.Request, title string) (c web.Chrome, programme string) {
	switch {
	case r.City.ID == "":
		return web.Chrome{Title: title, Audience: "site"}, ""
	case r.View == nil:
		return cityChrome(r, title), ""
	}
	m := eventMaker(r)
	if r.View.Programme != nil {
		programme = m.path("/programme")
	}
	c = m.chrome(title, "none")
	c.Feed = ""
	return c, programme
}

// cityAlerts gives none while the store is away, so that pages which need
// nothing else of it still stand.
func cityAlerts(r *web.Request) []ui.Alert {
	events, err := r.P.Festival.Events(r.Context(), r.City.ID)
	if err != nil {
		return nil
	}
	slices.SortFunc(events, func(a, b festival.Event) int { return cmpString(string(a.Start), string(b.Start)) })
	var out []ui.Alert
	for _, e := range events {
		if e.Hidden || len(e.Alert.Text) == 0 || isOver(e, r.Now) {
			continue
		}
		card, text := eventCardOf(r.T, e), sayOf(r.T, e, e.Alert.Text)
		out = append(out, ui.Alert{Of: card.Title.Text, OfLang: card.Title.Lang, URL: card.URL, Text: text.Text, Lang: text.Lang})
	}
	return out
}

// published refuses pages that need a programme while there is none.
func published(r *web.Request) error {
	if r.View.Programme == nil {
		return kernel.Missing()
	}
	return nil
}

func showEvent(r *web.Request) error {
	return r.Public("event", func() (web.Chrome, templ.Component, error) {
		m := eventMaker(r)
		d := m.poster()
		if r.View.Programme != nil {
			d.JSONLD = jsonLD(feed.EventJSONLD(r.View.Programme, feedOptions(r)))
		}
		c := m.chrome("", "")
		c.About = m.say(r.Event.Lead).Text
		return c, posterBody(d), nil
	})
}

func showProgramme(r *web.Request) error {
	if err := published(r); err != nil {
		return err
	}
	w := readWish(r.Asked())
	return r.Public("programme?"+w.query().Encode(), func() (web.Chrome, templ.Component, error) {
		m := eventMaker(r)
		c := m.chrome(r.T.T("site.programme"), "/programme")
		if w.mode == asGrid {
			c.Styles = append(c.Styles, m.path("/grid.css"))
		}
		return c, programmeBody(m.programme(w)), nil
	})
}

func showGridStyles(r *web.Request) error {
	return r.Bytes("grid.css", "text/css; charset=utf-8", "public, max-age=86400", func(b *bytes.Buffer) error {
		_, err := b.Write(gridStyles)
		return err
	})
}

func showSession(r *web.Request) error {
	if err := published(r); err != nil {
		return err
	}
	s, ok := r.View.Programme.SessionByCode(r.Params("code"))
	if !ok {
		return seeSession(r)
	}
	return r.Public("session/"+s.Code, func() (web.Chrome, templ.Component, error) {
		c, d := sessionOf(r, s, bookingForm{}, "")
		return c, sessionBody(d), nil
	})
}

func sessionOf(r *web.Request, s festival.Session, form bookingForm, chosen string) (web.Chrome, sessionPage) {
	m := eventMaker(r)
	d := m.session(s, form, chosen)
	d.JSONLD = jsonLD(feed.SessionJSONLD(r.View.Programme, s, feedOptions(r)))
	c := m.chrome(d.Title.Text, "/programme")
	c.Nav = append([]web.NavLink(nil), c.Nav...)
	c.About = m.say(s.Abstract).Text
	c.Scripts = append(slices.Clone(c.Scripts), "once.js")
	return c, d
}

func showHosts(r *web.Request) error {
	if err := published(r); err != nil {
		return err
	}
	return r.Public("hosts", func() (web.Chrome, templ.Component, error) {
		m := eventMaker(r)
		return m.chrome(r.T.T("site.exhibitors"), "/exhibitors"), hostsBody(m.hosts()), nil
	})
}

func showHost(r *web.Request) error {
	if err := published(r); err != nil {
		return err
	}
	h, ok := r.View.Programme.HostBySlug(r.Params("slug"))
	if !ok {
		return kernel.Missing()
	}
	return r.Public("host/"+h.Slug, func() (web.Chrome, templ.Component, error) {
		m := eventMaker(r)
		d := m.host(h)
		return m.chrome(d.Name.Text, "/exhibitors"), hostBody(d), nil
	})
}

func showPlaces(r *web.Request) error {
	if err := published(r); err != nil {
		return err
	}
	return r.Public("places", func() (web.Chrome, templ.Component, error) {
		m := eventMaker(r)
		return m.chrome(r.T.T("site.places"), "/map"), placesBody(m.places()), nil
	})
}

// jsonLD wraps data that feed made safe inside a script element.
func jsonLD(data []byte) string {
	return `<script type="application/ld+json">` + string(data) + `</script>`
}

func feedOptions(r *web.Request) feed.Options {
	return feed.Options{BaseURL: r.P.Config.URL, Lang: r.T.Lang(), Generator: r.P.Version, Cancelled: r.T.T("site.cancelled")}
}

func showLegal(name string, of func(festival.City) text) func(*web.Request) error {
	return func(r *web.Request) error {
		title := r.T.T("site." + name)
		body := ""
		for _, lang := range append([]string{r.T.Lang()}, r.City.Locales...) {
			if body = strings.TrimSpace(of(r.City)[lang]); body != "" {
				break
			}
		}
		if body == "" {
			body = r.T.T("site.legal_missing")
		}
		return r.Page(fiber.StatusOK, cityChrome(r, title), textBody(textPage{Title: title, Body: prose(body)}))
	}
}
