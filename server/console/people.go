package console

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/kernel"
	"feria/people"
	"feria/public/ui"
	"feria/server/console/setup"
	"feria/server/web"
)

// peopleForm is what was typed for a new role or token, and what was wrong.
type peopleForm struct {
	person, token asked
	above         string
}

// asked is a role for somebody, or for the token called name.
type asked struct {
	mail, name, role, event string
	errors                  map[string]string
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
	d := peoplePage{P: r.T, Error: form.above}
	var roles, offered []ui.Option
	if owner {
		offered = append(offered, ui.Option{Label: titles[""]})
	}
	told := apart(r, events)
	for _, e := range events {
		titles[e.ID] = told[e.ID]
		offered = append(offered, ui.Option{Value: e.Slug, Label: told[e.ID]})
	}
	for _, role := range slices.Backward(people.Granted) { // what is chosen by nobody is the weakest
		if owner || role == people.Exhibitor || role == people.Volunteer {
			roles = append(roles, ui.Option{Value: string(role), Label: r.T.T("console.role_" + string(role))})
		}
	}
	who, what := form.person, form.token
	d.Person = []ui.Field{
		{ID: "mail", Name: "mail", Label: r.T.T("console.mail_address"), Type: "email", Value: who.mail, Required: true, Error: who.errors["mail"]},
		{ID: "name", Name: "name", Label: r.T.T("console.field_name"), Value: who.name, Error: who.errors["name"]},
		{ID: "role", Name: "role", Label: r.T.T("console.role"), Type: "select", Options: pick(roles, who.role), Error: who.errors["role"]},
		{ID: "event", Name: "event", Label: r.T.T("console.event"), Type: "select", Options: pick(offered, who.event), Error: who.errors["event"]},
	}
	d.Token = []ui.Field{
		{ID: "token-name", Name: "name", Label: r.T.T("console.token_for"), Value: what.name, Required: true, Error: what.errors["name"]},
		{ID: "token-role", Name: "role", Label: r.T.T("console.role"), Type: "select", Options: pick(roles, what.role), Error: what.errors["role"]},
		{ID: "token-event", Name: "event", Label: r.T.T("console.event"), Type: "select", Options: pick(offered, what.event), Error: what.errors["event"]},
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

// apart gives the titles of events by ID; where a title repeats, as that of each
// year's edition may, with the event's word in addresses.
func apart(r *web.Request, events []festival.Event) map[string]string {
	titles, times := map[string]string{}, map[string]int{}
	for _, e := range events {
		titles[e.ID], _ = r.T.Text(e.Title, e.Locales...)
		times[titles[e.ID]]++
	}
	for _, e := range events {
		if title := titles[e.ID]; times[title] > 1 {
			titles[e.ID] = r.T.Isolated(title) + " (" + e.Slug + ")"
		}
	}
	return titles
}

// pick gives the options of a choice with the one that was taken.
func pick(offered []ui.Option, chosen string) []ui.Option {
	out := slices.Clone(offered)
	for i := range out {
		out[i].Chosen = out[i].Value == chosen
	}
	return out
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
	event, slug := "", r.Form("event")
	if role == people.Owner && slug != "" {
		return role, "", kernel.Errors{kernel.New(kernel.Invalid, "role_of_city", "event")}
	}
	if role != people.Owner {
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
	form := asked{mail: r.Form("mail"), name: r.Form("name"), role: r.Form("role"), event: r.Form("event")}
	role, event, err := wanted(r)
	if err == nil {
		_, err = r.P.People.Grant(r.Context(), people.Grant{City: r.City.ID, Event: event, Role: role}, form.mail, form.name, r.Actor.ID)
	}
	if err != nil {
		byField, above, ok := refused(r, err, "mail", "name", "role", "event")
		if !ok {
			return err
		}
		form.errors = byField
		return peoplePageFor(r, web.StatusOfForm(err), peopleForm{person: form, above: above})
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
	form := asked{name: r.Form("name"), role: r.Form("role"), event: r.Form("event")}
	role, event, err := wanted(r)
	text := ""
	if err == nil {
		text, err = r.P.People.NewToken(r.Context(), r.City.ID, event, role, form.name, r.Actor.ID)
	}
	if err != nil {
		byField, above, ok := refused(r, err, "name", "role", "event")
		if !ok {
			return err
		}
		form.errors = byField
		return peoplePageFor(r, web.StatusOfForm(err), peopleForm{token: form, above: above})
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
