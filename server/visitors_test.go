package server_test

import (
	"context"
	"net/http"
	"net/url"

	"feria/people"
	"feria/platform"
)

// staff is a visitor who signed in with a printed link; event "" is the city.
func (o *town) staff(role people.Role, event string) *visitor {
	o.t.Helper()
	v := o.visitor()
	v.signIn(platform.DemoCity, event, role)
	return v
}

// signIn gives a person of the browser's own a role and signs in as that one;
// it returns the id of the grant.
func (v *visitor) signIn(city, event string, role people.Role) (grant string) {
	v.t.Helper()
	mail := string(role) + "@test.example"
	person, err := v.p.People.Grant(context.Background(), people.Grant{City: city, Event: event, Role: role}, mail, string(role), "test")
	if err != nil {
		v.t.Fatal(err)
	}
	link, err := v.p.People.PrintedLink(context.Background(), person.ID)
	if err != nil {
		v.t.Fatal(err)
	}
	if got := v.post("/sign-in/link", url.Values{"link": {link}}); got.StatusCode >= 400 {
		v.t.Fatalf("signing in: status %d: %.600s", got.StatusCode, got.body)
	}
	grants, err := v.p.People.Grants(context.Background(), city, event)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, g := range grants {
		if g.Mail == mail && g.Role == role {
			grant = g.ID
		}
	}
	return grant
}

// program is a visitor with a token of the API.
func (o *town) program(role people.Role, event string) *visitor {
	o.t.Helper()
	token, err := o.p.People.NewToken(context.Background(), platform.DemoCity, event, role, "test", "test")
	if err != nil {
		o.t.Fatal(err)
	}
	v := o.visitor()
	v.token = token
	return v
}

// still is a visitor that stays where a post leads it to.
func (o *town) still() *visitor {
	v := o.visitor()
	v.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return v
}
