package server

import (
	"cmp"
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"feria/public/ui"
	"feria/server/site"
	"feria/server/web"
)

// layout draws the document around a page's body.
func layout(r *web.Request, chrome web.Chrome, body templ.Component) templ.Component {
	assets := r.Server.Assets
	d := ui.Page{
		Lang: r.T.Lang(), Dir: r.T.Dir(), Title: chrome.Title, Description: chrome.About, SiteURL: "/", Icon: assets.URL("icon.svg"),
		Alerts: chrome.Alerts, Flash: chrome.Flash, NoIndex: chrome.NoIndex, Feed: chrome.Feed,
		Bare: chrome.Audience == "door", LanguageAction: "/language", Next: cmp.Or(chrome.Here, r.Here()),
		SkipText: r.T.T("web.skip"), NavLabel: r.T.T("web.nav"), FooterLabel: r.T.T("web.footer"), LanguageLabel: r.T.T("web.language"), SignOutLabel: r.T.T("web.sign_out"),
	}
	d.SiteName, _ = r.T.Text(r.City.Name, r.City.Locales...)
	if d.SiteName == "" {
		d.SiteName = "Feria"
	}
	d.Styles = append([]string{assets.URL("styles.css"), colours(r)}, chrome.Styles...)
	for _, name := range chrome.Scripts {
		d.Scripts = append(d.Scripts, assets.URL(name))
	}
	for _, l := range chrome.Nav {
		link := ui.Link{URL: l.URL, Label: l.Label, Current: l.Current}
		if chrome.Audience == "console" {
			d.Side = append(d.Side, link)
		} else {
			d.Nav = append(d.Nav, link)
		}
	}
	if chrome.Audience == "console" {
		d.SignedIn = cmp.Or(r.Actor.Name, r.T.T("web.staff"))
		d.SideLabel = r.T.T("web.side")
		d.Nav = []ui.Link{{URL: "/console", Label: r.T.T("console.events")}, {URL: "/door", Label: r.T.T("console.door")}}
	}
	for _, lang := range r.Languages() {
		d.Languages = append(d.Languages, ui.Language{Code: lang, Name: r.P.Locale.For(lang).LanguageName(lang), Current: lang == r.T.Lang()})
	}
	for _, page := range []string{"imprint", "privacy", "accessibility"} {
		d.Footer = append(d.Footer, ui.Link{URL: "/" + page, Label: r.T.T("site." + page)})
	}
	d.Footer = append(d.Footer, ui.Link{URL: "/sign-in", Label: r.T.T("web.staff")})
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Document(d).Render(templ.WithChildren(ctx, body), w)
	})
}

// colours is the address of the stylesheet of the event's colours, or the city's.
func colours(r *web.Request) string {
	p := ui.Palette{Event: r.City.Color}
	if r.Event.ID == "" || r.View == nil {
		return p.URL()
	}
	p.Event = cmp.Or(r.View.Event.Color, p.Event)
	if r.View.Programme != nil {
		for _, t := range r.View.Programme.Event.Tracks {
			p.Themes = append(p.Themes, t.Color)
		}
	}
	return p.URL()
}

// errorPage says what happened, what to do, and under which id the log has it. On
// a public page it stands where the others do, with the ways on from there; on
// one of staff it says who is signed in, since they may be somebody else.
func errorPage(r *web.Request, f web.Failure) (web.Chrome, templ.Component) {
	c := web.Chrome{Title: f.Sentence, Audience: "site"}
	d := failure{P: r.T, Sentence: f.Sentence, Next: f.Next, ID: r.T.T("web.error_id", "status", strconv.Itoa(f.Status), "id", f.ID)}
	first, _, _ := strings.Cut(strings.TrimPrefix(r.Path(), "/"), "/")
	switch {
	case first == "console" || first == "door":
		d.Who, d.Ways = site.SignedInAs(r)
	case f.Status < fiber.StatusInternalServerError:
		c, d.Programme = site.Around(r, f.Sentence)
	}
	return c, failureBody(d)
}
