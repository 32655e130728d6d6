// Package ui draws the document around every page: head, bar, alert, main part
// and footer. It knows no festival; whoever draws a page hands over its words.
package ui

import (
	"github.com/a-h/templ"

	"feria/locale"
)

// Alert is what everybody must know now. Of names the event that says so, with
// its address, where the page is not that event's; the languages are "" where
// they are the page's.
type Alert struct {
	Of, OfLang, URL string
	Text, Lang      string
}

// Page is all that a document needs besides its body. Texts are in the reader's
// language unless a field beside them says otherwise.
type Page struct {
	Lang, Dir   string // BCP 47 tag; "ltr" or "rtl"
	Title       string // of this page alone; the site's name is put after it
	SiteName    string
	SiteURL     string // where the site's name leads
	Description string // one sentence for search engines; "" leaves it out

	Nav     []Link // the bar
	Side    []Link // the console's places, beside the body; nil outside the console
	Styles  []string
	Scripts []string // addresses of modules
	Icon    string
	Feed    string // address of a calendar of what the page shows

	Alerts []Alert // what everybody must know now
	Flash  string  // what the last form did

	Languages      []Language
	LanguageAction string // the form that changes the language is posted there …
	Next           string // … and leads back here

	Footer  []Link
	Bare    bool // the door: no bar, no footer
	NoIndex bool

	SkipText, NavLabel, FooterLabel, LanguageLabel string
	SideLabel                                      string // names Side to screen readers; "" takes the site's name
	SignedIn                                       string // who is signed in; "" for nobody
	SignOutLabel                                   string
}

// Link is one entry of a navigation.
type Link struct {
	URL, Label string
	Current    bool
}

// Language is one that the page can be read in, named in itself.
type Language struct {
	Code, Name string
	Current    bool
}

// heading is the title of the window: the page first, since tabs are narrow.
func (d Page) heading() string {
	switch {
	case d.Title == "" || d.Title == d.SiteName:
		return d.SiteName
	case d.SiteName == "":
		return d.Title
	}
	return d.Title + " · " + d.SiteName
}

// staff says whether the page is the console's, whose bodies bring no frame.
func (d Page) staff() bool { return !d.Bare && (d.Side != nil || d.SignedIn != "") }

// others are the languages that the page is not in.
func (d Page) others() []Language {
	var out []Language
	for _, l := range d.Languages {
		if !l.Current {
			out = append(out, l)
		}
	}
	return out
}

func (d Page) sideLabel() string {
	if d.SideLabel != "" {
		return d.SideLabel
	}
	return d.SiteName
}

// inLang marks a text that is not in the page's language.
func inLang(lang string) templ.Attributes {
	if lang == "" {
		return nil
	}
	return templ.Attributes{"lang": lang, "dir": locale.Direction(lang)}
}
