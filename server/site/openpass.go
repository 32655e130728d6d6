package site

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"feria/kernel"
	"feria/server/web"
	"feria/ticketing"
)

// askPass shows the page on which a pass of an event that is open to all is
// taken, with what the browser's party said before.
func askPass(r *web.Request) error {
	if err := openToAll(r); err != nil {
		return err
	}
	f := openPassForm{Persons: "1"}
	pass, err := passOfBrowser(r)
	switch {
	case err == nil:
		f.Persons, f.Have = strconv.Itoa(max(1, pass.Persons)), "/passes/"+r.P.Ticketing.PassSecret(pass)
	case kernel.KindOf(err) != kernel.NotFound:
		return err
	}
	return showAskPass(r, fiber.StatusOK, f)
}

// takePass gives the browser's party its pass, making the party for a new
// browser. Sent again it is the same pass, for as many as are said now.
func takePass(r *web.Request) error {
	if err := openToAll(r); err != nil {
		return err
	}
	f := openPassForm{Persons: r.Form("persons")}
	persons, ok := 1, true
	if f.Persons != "" {
		persons, ok = number(f.Persons)
	}
	err := ticketing.CheckPersons(persons)
	if !ok {
		err = kernel.Errors{kernel.New(kernel.Invalid, "persons_not_a_number", "persons", "max", ticketing.MaxPersons)}
	}
	if err != nil {
		byField, _, _, ok := r.Sentences(err)
		if !ok {
			return err
		}
		f.Errors = byField
		return showAskPass(r, web.StatusOfForm(err), f)
	}
	who, err := ofBrowser(r)
	party := who.Party
	if kernel.KindOf(err) == kernel.NotFound {
		if err := r.P.AllowParty(r.City.ID, r.From()); err != nil {
			return err
		}
		party, err = r.P.Registration.NewParty(r.Context(), r.City.ID, "", r.T.Lang())
	}
	if err != nil {
		return err
	}
	pass, err := r.P.OpenPass(r.Context(), r.View.Event, party, persons)
	if err != nil {
		return err
	}
	r.Remember(party.ID)
	return r.See("/passes/"+r.P.Ticketing.PassSecret(pass), "")
}

// openToAll refuses where passes come with bookings only.
func openToAll(r *web.Request) error {
	if err := published(r); err != nil {
		return err
	}
	if !r.View.Event.Open {
		return kernel.Missing()
	}
	return nil
}

// passOfBrowser is the pass that the browser's party has. Error: Missing.
func passOfBrowser(r *web.Request) (ticketing.Pass, error) {
	who, err := ofBrowser(r)
	if err != nil {
		return ticketing.Pass{}, err
	}
	return r.P.Ticketing.PassOf(r.Context(), r.View.Event.ID, who.Party.ID)
}

func showAskPass(r *web.Request, status int, f openPassForm) error {
	m := eventMaker(r)
	f.P, f.Action, f.Event, f.Max = r.T, m.path("/pass"), m.say(r.View.Event.Title), ticketing.MaxPersons
	f.When, f.Where = m.eventDays(), m.say(r.View.Event.Where).Text
	c := m.chrome(r.T.T("site.take_pass_title"), "")
	c.NoIndex = true
	return r.Page(status, c, openPassBody(f))
}
