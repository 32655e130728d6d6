package ui

import (
	"context"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

func drawn(t *testing.T, d Page) string {
	t.Helper()
	var b strings.Builder
	ctx := templ.WithChildren(context.Background(), templ.Raw("<p>body</p>"))
	if err := Document(d).Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDocument(t *testing.T) {
	site := Page{
		Lang: "en", Dir: "ltr", Title: "Programme", SiteName: "Harbour City", SiteURL: "/", SkipText: "Skip",
		Nav:       []Link{{URL: "/a", Label: "Festival"}, {URL: "/b", Label: "Programme", Current: true}},
		Languages: []Language{{Code: "en", Name: "English", Current: true}, {Code: "ar", Name: "العربية"}}, LanguageAction: "/language", Next: "/b?q=1&r=2",
		Footer: []Link{{URL: "/imprint", Label: "Imprint"}},
	}
	with := func(change func(*Page)) Page { d := site; change(&d); return d }
	rows := []struct {
		name     string
		page     Page
		has, not []string
	}{
		{"a page of the site has its title, bar, body and footer", site,
			[]string{`<html lang="en" dir="ltr">`, `<title>Programme · Harbour City</title>`, `<a class="skip" href="#main">Skip</a>`, `<a href="/b" aria-current="page">Programme</a>`, `<p>body</p></main>`, `<a href="/imprint">Imprint</a>`},
			[]string{`class="alert"`, `class="flash"`, `noindex`, `http-equiv`, `class="rooms"`, `/sign-out`}},
		{"the other languages are offered in their own words and writing", site,
			[]string{`action="/language"`, `name="next" value="/b?q=1&amp;r=2"`, `<button class="link" name="lang" value="ar" lang="ar" dir="rtl">العربية</button>`},
			[]string{`value="en"`}},
		{"the only language is no choice", with(func(d *Page) { d.Languages = d.Languages[:1] }), nil, []string{`action="/language"`}},
		{"the front page is not named twice", with(func(d *Page) { d.Title = "Harbour City" }), []string{`<title>Harbour City</title>`}, nil},
		{"an alert in another language says which", with(func(d *Page) { d.Alerts = []Alert{{Text: "تنبيه", Lang: "ar"}} }),
			[]string{`<div class="alert" role="status">`, `<p><span dir="rtl" lang="ar">تنبيه</span></p>`}, nil},
		{"an alert of an event says whose it is", with(func(d *Page) {
			d.Alerts = []Alert{{Of: "Fair", URL: "/fair", Text: "Rain"}, {Of: "Visit", URL: "/visit", Text: "Bus"}}
		}),
			[]string{`<a href="/fair">Fair</a> · <span>Rain</span>`, `<a href="/visit">Visit</a> · <span>Bus</span>`}, nil},
		{"what somebody typed stays text", with(func(d *Page) { d.Alerts, d.Flash = []Alert{{Text: "<b>"}}, "<i>" }), []string{"&lt;b&gt;", "&lt;i&gt;"}, []string{"<b>", "<i>"}},
		{"the door has neither bar nor footer", with(func(d *Page) { d.Bare = true }), []string{`<main id="main"`, "<p>body</p>"}, []string{"<header", "<footer", `class="skip"`}},
		{"the console has its places at the side and a way out", with(func(d *Page) {
			d.Side, d.SignedIn, d.SignOutLabel = []Link{{URL: "/console/x", Label: "Board"}}, "Noor", "Sign out"
		}), []string{`class="wrap console"`, `<a href="/console/x">Board</a>`, `action="/sign-out"`, "Sign out"}, nil},
		{"a page that is one's own is not found by search engines", with(func(d *Page) { d.NoIndex = true }),
			[]string{`<meta name="robots" content="noindex">`}, nil},
		{"styles and scripts are files", with(func(d *Page) { d.Styles, d.Scripts = []string{"/s.css"}, []string{"/c.js"} }),
			[]string{`<link rel="stylesheet" href="/s.css">`, `<script type="module" src="/c.js"></script>`}, []string{"<style", "style="}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			html := drawn(t, row.page)
			for _, part := range row.has {
				if !strings.Contains(html, part) {
					t.Errorf("lacks %s in\n%s", part, html)
				}
			}
			for _, part := range row.not {
				if strings.Contains(html, part) {
					t.Errorf("has %s in\n%s", part, html)
				}
			}
		})
	}
}
