package web

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"feria/public/ui"
)

// Chrome is what stands around the body of a page.
type Chrome struct {
	Title    string
	Audience string // "site", "console", "door": which bar and styles
	Nav      []NavLink
	Head     templ.Component // what else belongs into the head
	Flash    string          // what the last post says
	Scripts  []string        // names of the scripts that improve the page
	Styles   []string        // addresses of further stylesheets
	NoIndex  bool
	Alerts   []ui.Alert
	Feed     string
	About    string // description for search engines
	Here     string // where the language switch comes back to; "" for Request.Here
}

// NavLink is one entry of the bar.
type NavLink struct {
	URL, Label string
	Current    bool
}

// Layout draws a page around its body.
type Layout func(r *Request, chrome Chrome, body templ.Component) templ.Component

// Failure is what an error page says: what happened, what to do, and the
// request's id for whoever is asked for help.
type Failure struct {
	Status             int
	Sentence, Next, ID string
}

// ErrorPage is the body of an error page and what stands around it.
type ErrorPage func(r *Request, f Failure) (Chrome, templ.Component)

// SafeNext gives where to go after signing in: an address of this site that
// begins with one slash, else "/".
func SafeNext(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t\x00") {
		return "/"
	}
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(u.Path, "\\\r\n") {
		return "/"
	}
	return next
}
