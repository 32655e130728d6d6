package site

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"feria/kernel"
	"feria/server/web"
)

// seeProgramme leads from an address that was cut from the right to what it is of.
func seeProgramme(r *web.Request) error {
	if err := published(r); err != nil {
		return err
	}
	return r.Redirect(eventMaker(r).path("/programme"), fiber.StatusSeeOther)
}

// seeSession leads to the page of a session: from its code in other letters than its
// own, as typed from paper, and from where its forms are sent, when the answer to one
// is loaded again.
func seeSession(r *web.Request) error {
	if err := published(r); err != nil {
		return err
	}
	code := r.Params("code")
	if s, ok := r.View.Programme.SessionByCode(code); ok {
		return r.Redirect(eventMaker(r).path("/sessions/"+s.Code), fiber.StatusSeeOther)
	}
	for _, s := range r.View.Programme.Sessions {
		if strings.EqualFold(s.Code, code) {
			return r.Redirect(eventMaker(r).path("/sessions/"+s.Code), fiber.StatusSeeOther)
		}
	}
	return kernel.Missing()
}
