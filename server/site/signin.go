package site

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"feria/kernel"
	"feria/people"
	"feria/public/ui"
	"feria/server/web"
)

// showSignIn asks who somebody is, or tells whoever is signed in already where to
// go on. A link signs in also whoever is signed in: it may be another person's.
func showSignIn(r *web.Request) error {
	d := signInPage{Link: r.Query("link"), Next: web.SafeNext(r.Query("next"))}
	if d.Link == "" {
		d.Who, d.Ways = SignedInAs(r)
	}
	return signInAgain(r, d, fiber.StatusOK)
}

// SignedInAs gives the name of who is signed in, "" for nobody, and the ways to
// what they may enter.
func SignedInAs(r *web.Request) (who string, ways []ui.Link) {
	if r.Actor.Person() == "" {
		return "", nil
	}
	if r.Actor.May(people.ConsoleEnter, "") {
		ways = append(ways, ui.Link{URL: "/console", Label: r.T.T("console.events")})
	}
	if r.Actor.May(people.DoorEnter, "") {
		ways = append(ways, ui.Link{URL: "/door", Label: r.T.T("console.door")})
	}
	return cmp.Or(r.Actor.Name, r.T.T("web.staff")), ways
}

func signInAgain(r *web.Request, d signInPage, status int) error {
	d.P = r.T
	c := cityChrome(r, r.T.T("site.sign_in"))
	c.NoIndex = true
	return r.Page(status, c, signInBody(d))
}

// codesAnHour is how often one network may try codes; how often mails may be asked
// for is in people.
const codesAnHour = 30

// askSignIn mails a link and a code, and answers the same whether or not anybody
// has that address.
func askSignIn(r *web.Request) error {
	d := signInPage{Mail: r.Form("mail"), Next: web.SafeNext(r.Form("next"))}
	asking := people.Asking{Mail: d.Mail, Browser: r.Browser(kernel.NewSecret), Network: r.IP(), Before: r.SignedInBefore()}
	if err := r.P.MailSignIn(r.Context(), r.City, asking, r.T.Lang()); err != nil {
		return notSignedIn(r, d, "mail", err)
	}
	d.Asked = true
	return signInAgain(r, d, fiber.StatusOK)
}

// over says that the link signs nobody in any more, whatever is typed beside it.
func (d signInPage) over() bool { return d.Errors["link"] != "" && !d.NeedCode }

// AskAgain is the address at which another mail can be asked for.
func (d signInPage) AskAgain() string {
	if d.Next == "" || d.Next == "/" {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(d.Next)
}

func redeemCode(r *web.Request) error {
	d := signInPage{Mail: r.Form("mail"), Asked: true, Next: web.SafeNext(r.Form("next"))}
	if err := r.Limit("code", r.IP(), codesAnHour, time.Hour); err != nil {
		return notSignedIn(r, d, "code", err)
	}
	return redeem(r, d, "code", people.Redemption{Code: r.Form("code")})
}

func redeemLink(r *web.Request) error {
	d := signInPage{Link: r.Form("link"), Next: web.SafeNext(r.Form("next"))}
	return redeem(r, d, "link", people.Redemption{Link: d.Link, Code: r.Form("code")})
}

func redeem(r *web.Request, d signInPage, field string, how people.Redemption) error {
	how.City, how.Browser, how.Old = r.City.ID, r.Browser(nil), r.SessionSecret()
	signedIn, err := r.P.People.Redeem(r.Context(), how)
	if err != nil {
		return notSignedIn(r, d, field, err)
	}
	r.SignedIn(signedIn.Cookie, signedIn.Person.ID)
	next := d.Next
	if next == "/" {
		next = "/console"
		actor, err := r.P.People.Session(r.Context(), r.City.ID, signedIn.Cookie)
		if err != nil {
			return err
		}
		switch {
		case actor.May(people.ConsoleEnter, ""):
		case actor.May(people.DoorEnter, ""):
			next = "/door"
		default:
			next = "/"
		}
	}
	return r.See(next, r.T.T("site.signed_in_flash"))
}

// notSignedIn shows the form again, with what was typed and what was wrong.
func notSignedIn(r *web.Request, d signInPage, field string, err error) error {
	byField, above, next, ok := r.Sentences(err)
	if !ok {
		return err
	}
	if above != "" {
		byField[field] = strings.TrimSpace(above + " " + next)
	}
	// A wrong code needs its field again, else its sentence has no place.
	d.NeedCode = kernel.CodeOf(err) == "other_browser" || byField["code"] != ""
	d.Errors = byField
	return signInAgain(r, d, web.StatusOfForm(err))
}

func signOut(r *web.Request) error {
	if secret := r.SessionSecret(); secret != "" {
		if err := r.P.People.SignOut(r.Context(), r.City.ID, secret); err != nil {
			return err
		}
	}
	r.SignedOut()
	return r.See("/", r.T.T("site.signed_out_flash"))
}
