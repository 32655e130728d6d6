package site

import (
	"net/url"
	"strings"

	"feria/kernel"
	"feria/registration"
	"feria/server/web"
)

// The links of a party: what the mailed one proves, and how they get other addresses.

// whose finds the party of a page of bookings, as the one who asks may see it: that
// of the mailed link in the address or the form, else that of the browser. A link
// shows its party and gives the right to change its bookings; it never says
// anything of others.
func whose(r *web.Request, key string) (registration.Reader, error) {
	if key != "" {
		return r.P.Registration.Open(r.Context(), r.City.ID, registration.LinkMine, key)
	}
	return ofBrowser(r)
}

// ofBrowser is the party of the browser that asks. Error: Missing.
func ofBrowser(r *web.Request) (registration.Reader, error) {
	return r.P.Registration.Browser(r.Context(), r.Party, r.Proof)
}

func mineAgain(key string) string {
	if key == "" {
		return "/me"
	}
	return "/me?key=" + url.QueryEscape(key)
}

// toConfirm says whether to ask if the address of the opened link is the reader's
// own: where nobody has said so yet, or somebody has, and this browser does not
// know it.
func toConfirm(r *web.Request, who registration.Reader) (bool, error) {
	switch {
	case who.Mailed == "":
		return false, nil
	case !who.Party.MailConfirmed:
		return true, nil
	case !who.Proven(): // the party has another address
		return false, nil
	}
	browser, err := ofBrowser(r)
	if kernel.KindOf(err) == kernel.NotFound {
		return true, nil
	}
	return !provenAlike(browser, who), err
}

// provenAlike says whether two readers have proved the same address.
func provenAlike(a, b registration.Reader) bool {
	return a.Proven() && b.Proven() && a.Party.Mail == b.Party.Mail
}

// confirmMine says that the mail address is one's own. Only the mailed link
// proves that, so the form carries it on; the browser then sees all that was booked
// under the address.
func confirmMine(r *web.Request) error {
	key := r.Form("key")
	if key == "" {
		return kernel.New(kernel.Refused, "mail_link_needed", "")
	}
	party, proof, err := r.P.Registration.ConfirmIn(r.Context(), r.City.ID, key, r.Party, r.Proof)
	if err != nil {
		return err
	}
	r.RememberProven(party, proof)
	return r.See("/me", r.T.T("site.confirmed_flash"))
}

func calendarOf(r *web.Request, of registration.Reader) (*calendarCard, error) {
	address, err := r.P.CalendarURL(r.Context(), of)
	if err != nil {
		return nil, err
	}
	_, rest, _ := strings.Cut(address, "://")
	return &calendarCard{URL: address, Web: "webcal://" + rest}, nil
}

// renewCalendar gives the party's calendar an address, or another one.
func renewCalendar(r *web.Request) error {
	key := r.Form("key")
	who, err := whose(r, key)
	if err != nil {
		return err
	}
	if err := r.P.Registration.Revoke(r.Context(), who.Party.ID, registration.LinkCalendar); err != nil {
		return err
	}
	return r.See(mineAgain(key), r.T.T("site.calendar_flash"))
}

// renewLinks gives other addresses to all that the page shows. It was perhaps opened
// by somebody into whose hands the link has come, so the new one goes to the mail
// address only: the page that a link opened ends with it, unless the browser knows
// the party itself.
func renewLinks(r *web.Request) error {
	who, err := whose(r, r.Form("key"))
	if err != nil {
		return err
	}
	browser, err := ofBrowser(r)
	if err != nil && kernel.KindOf(err) != kernel.NotFound {
		return err
	}
	if provenAlike(browser, who) {
		who = browser
	}
	mailed, proof, err := r.P.RenewLinks(r.Context(), r.City, who, "", "")
	if err != nil {
		return err
	}
	if proof != "" && who.Party.ID == browser.Party.ID && browser.Proven() {
		r.RememberProven(who.Party.ID, proof)
	}
	flash := r.T.T("site.links_flash")
	if mailed > 0 {
		flash += " " + r.T.T("site.links_mailed_flash")
	}
	return r.See("/me", flash)
}
