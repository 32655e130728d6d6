package console

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/kernel"
	"feria/people"
	"feria/server/console/setup"
	"feria/server/web"
)

// peopleForm is what was typed for a new role or token, and what was wrong.
type peopleForm struct {
	mail, name, role, event string
	errors                  map[string]string
	tokenName               string
	tokenErrors             map[string]string
	above                   string
}

func showPeople(r *web.Request) error { return peoplePageFor(r, fiber.StatusOK, peopleForm{}) }

// peoplePageFor lists who may do what: an owner sees the whole city, an organizer
// the own events.
func peoplePageFor(r *web.Request, status int, form peopleForm) error {
	events, err := mine(r, people.ConsolePeople)
	if err != nil {
		return err
	}
	owner := r.Actor.May(people.ConsolePeople, "")
	if len(events) == 0 && !owner {
		return kernel.New(kernel.Refused, "not_allowed", "")
	}
	titles := map[string]string{"": r.T.T("console.whole_city")}
	d := peoplePage{P: r.T, Mail: form.mail, Name: form.name, Errors: form.errors, Error: form.above, TokenName: form.tokenName, TokenErrors: form.tokenErrors}
	if owner {
		d.Events = append(d.Events, ruleOption{Label: titles[""]})
	}
	for _, e := range events {
		title, _ := r.T.Text(e.Title, e.Locales...)
		titles[e.ID] = title
		d.Events = append(d.Events, ruleOption{Value: e.Slug, Label: title, Chosen: e.Slug == form.event})
	}
	for _, role := range people.Granted {
		if owner || role == people.Exhibitor || role == people.Volunteer {
			d.Roles = append(d.Roles, ruleOption{Value: string(role), Label: r.T.T("console.role_" + string(role)), Chosen: string(role) == form.role})
		}
	}
	within := make([]string, 0, len(events))
	if owner {
		within = append(within, "") // the city with all its events
	} else {
		for _, e := range events {
			within = append(within, e.ID)
		}
	}
	for _, event := range within {
		if err := addPeople(r, &d, event, titles); err != nil {
			return err
		}
	}
	return r.Page(status, setup.Chrome(r, r.T.T("console.people"), "/people"), peopleBody(d))
}

func addPeople(r *web.Request, d *peoplePage, event string, titles map[string]string) error {
	grants, err := r.P.People.Grants(r.Context(), r.City.ID, event)
	if err != nil {
		return err
	}
	for _, g := range grants {
		row := grantRow{Name: g.Name, Mail: g.Mail, Role: r.T.T("console.role_" + string(g.Role)), Event: titles[g.Event]}
		if r.Actor.MayGrant(g.Role, g.Event) {
			row.Revoke = g.ID
		}
		d.Grants = append(d.Grants, row)
	}
	tokens, err := r.P.People.Tokens(r.Context(), r.City.ID, event)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		row := tokenRow{Name: t.Name, Role: r.T.T("console.role_" + string(t.Role)), Event: titles[t.Event], Made: moment(r, t.At), Used: r.T.T("console.never_used")}
		if !t.Used.IsZero() {
			row.Used = r.T.T("console.last_used", "at", moment(r, t.Used))
		}
		if r.Actor.MayGrant(t.Role, t.Event) {
			row.Revoke = t.ID
		}
		d.Tokens = append(d.Tokens, row)
	}
	return nil
}

// wanted reads the role and the event of a form, and refuses what the actor may
// not give away. An owner's role is one of the whole city whatever event was
// chosen beside it.
func wanted(r *web.Request) (people.Role, string, error) {
	role := people.Role(r.Form("role"))
	if !slices.Contains(people.Granted, role) {
		return "", "", kernel.Errors{kernel.New(kernel.Invalid, "role_needed", "role")}
	}
	event := ""
	if role != people.Owner {
		slug := r.Form("event")
		if slug == "" {
			return role, "", kernel.Errors{kernel.New(kernel.Invalid, "event_needed", "event")}
		}
		e, err := r.P.Festival.EventBySlug(r.Context(), r.City.ID, slug)
		if err != nil && kernel.KindOf(err) != kernel.NotFound {
			return role, "", err
		}
		if err != nil || !r.Actor.Knows(e.ID) { // to strangers of an event it is not there
			return role, "", kernel.Errors{kernel.New(kernel.Invalid, "event_needed", "event")}
		}
		event = e.ID
	}
	if !r.Actor.MayGrant(role, event) {
		return role, event, kernel.New(kernel.Refused, "not_allowed", "")
	}
	return role, event, nil
}

func grantRole(r *web.Request) error {
	form := peopleForm{mail: r.Form("mail"), name: r.Form("name"), role: r.Form("role"), event: r.Form("event")}
	role, event, err := wanted(r)
	if err == nil {
		_, err = r.P.People.Grant(r.Context(), people.Grant{City: r.City.ID, Event: event, Role: role}, form.mail, form.name, r.Actor.ID)
	}
	if err != nil {
		byField, above, _, ok := r.Sentences(err)
		if !ok {
			return err
		}
		form.errors, form.above = byField, together(above, byField, "mail", "role", "event")
		return peoplePageFor(r, web.StatusOfForm(err), form)
	}
	return r.See("/console/people", r.T.T("console.granted"))
}

func revokeRole(r *web.Request) error {
	grant, err := r.P.People.FindGrant(r.City.ID, r.Form("grant"))
	if err != nil {
		return err
	}
	if !r.Actor.MayGrant(grant.Role, grant.Event) {
		return notMine(r, grant.Event)
	}
	err = r.P.People.Revoke(r.Context(), r.City.ID, r.Form("grant"))
	if kernel.CodeOf(err) == "last_owner" {
		sentence, _ := r.T.Error(err)
		return peoplePageFor(r, web.StatusOfForm(err), peopleForm{above: sentence})
	}
	if err != nil {
		return err
	}
	return r.See("/console/people", r.T.T("console.revoked"))
}

// notMine is the answer to who may not touch a role or token: to strangers of
// its event it is not there.
func notMine(r *web.Request, event string) error {
	if event != "" && !r.Actor.Knows(event) {
		return kernel.Missing()
	}
	return kernel.New(kernel.Refused, "not_allowed", "")
}

// makeToken makes a token and shows it once: in the sentence of the next page,
// which the browser keeps for a minute at most.
func makeToken(r *web.Request) error {
	form := peopleForm{tokenName: r.Form("name"), role: r.Form("role"), event: r.Form("event")}
	role, event, err := wanted(r)
	text := ""
	if err == nil {
		text, err = r.P.People.NewToken(r.Context(), r.City.ID, event, role, form.tokenName, r.Actor.ID)
	}
	if err != nil {
		byField, above, _, ok := r.Sentences(err)
		if !ok {
			return err
		}
		form.tokenErrors, form.above = byField, together(above, byField, "name", "event")
		return peoplePageFor(r, web.StatusOfForm(err), form)
	}
	return r.See("/console/people", r.T.T("console.new_token")+" "+text)
}

func revokeToken(r *web.Request) error {
	id := r.City.ID + "/" + festival.Own(r.Form("token"))
	token, err := r.P.People.FindToken(r.Context(), r.City.ID, id)
	if err != nil {
		return err
	}
	if !r.Actor.MayGrant(token.Role, token.Event) {
		return notMine(r, token.Event)
	}
	if err := r.P.People.RevokeToken(r.Context(), r.City.ID, token.ID); err != nil {
		return err
	}
	return r.See("/console/people", r.T.T("console.revoked"))
}
