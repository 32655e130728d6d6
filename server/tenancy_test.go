package server_test

import (
	"net/http"
	"strings"
	"testing"

	"feria/festival"
	"feria/locale"
	"feria/people"
	"feria/platform"
	"feria/registration"
	"feria/ticketing"
)

const (
	harbourHost = "learn.harbour.example"
	hillHost    = "learn.hill.example"
)

// neighbour gives the installation a second city, with an event under the same
// word and nothing in it, and gives both cities their host names.
func (o *town) neighbour() festival.Event {
	o.t.Helper()
	ctx := o.t.Context()
	_, err := o.p.Festival.SaveCity(ctx, platform.DemoCity, "test", func(c *festival.City) error { c.Hosts = []string{harbourHost}; return nil })
	if err == nil {
		_, err = o.p.Festival.CreateCity(ctx, festival.City{
			ID: "hill", Name: locale.Text{"en": "Hill"}, Hosts: []string{hillHost}, Zone: "Europe/Berlin", Locales: []string{"en"}, Color: "#112233",
		}, "test")
	}
	var event festival.Event
	if err == nil {
		event, err = o.p.Festival.CreateEvent(ctx, festival.Event{
			City: "hill", Slug: "learning-week", Kind: festival.Festival, Title: locale.Text{"en": "Week"}, Start: "2027-04-12", End: "2027-04-18", Zone: "Europe/Berlin", Locales: []string{"en"},
		}, "test")
	}
	if err == nil {
		_, err = o.p.Publish(ctx, event.ID, "test", nil)
	}
	if err == nil {
		err = o.p.DefaultGates(ctx, event.ID, "test")
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return event
}

// strange are ids that exist in harbour's week and nowhere else, by the word
// that stands in the path before them.
func (o *town) strange() map[string]string {
	o.t.Helper()
	ctx := o.t.Context()
	fatal := func(err error) {
		if err != nil {
			o.t.Fatal(err)
		}
	}
	ids := map[string]string{}
	draft, err := o.p.Festival.Draft(ctx, o.week.ID)
	fatal(err)
	ids["venue"], ids["space"], ids["host"] = draft.Venues[0].ID, draft.Spaces[0].ID, draft.Hosts[0].ID
	ids["session"], ids["slot"], ids["booth"] = draft.Sessions[0].ID, draft.Slots[0].ID, draft.Booths[0].ID
	slot, session := o.bookable(0)
	receipt, err := o.p.Registration.Book(ctx, registration.Request{City: o.week.City, Slot: slot.ID, Name: "Planted", Mail: "planted@example.org", Seats: 1, Lang: "en"})
	fatal(err)
	ids["bookings"], ids["slots"], ids["sessions"] = receipt.Booking.ID, slot.ID, session.Code
	pass, err := o.p.PassFor(ctx, o.week, receipt.Party.ID, "Planted")
	fatal(err)
	ids["passes"] = o.p.Ticketing.PassSecret(pass)
	gate, err := o.p.Ticketing.SaveGate(ctx, ticketing.Gate{Event: o.week.ID, Slug: "planted", Name: locale.Text{"en": "Planted"}, Scope: ticketing.OfEvent, Who: ticketing.AnyPass, Reentry: ticketing.AfterExit}, "test")
	fatal(err)
	ids["gates"], ids["removed-gates"], ids["exhibitors"] = "planted", gate.ID, draft.Hosts[0].Slug
	kept, err := o.p.KeepUpload(ctx, o.week.ID, "a.csv", "test", []byte("title,start,end\nPlanted,2027-04-13 10:00,2027-04-13 11:00\n"))
	fatal(err)
	made, err := o.p.ImportFile(ctx, platform.ImportRequest{City: o.week.City, Slug: o.week.Slug, File: "a.csv", Data: []byte("title,start,end\nPlanted,2027-04-13 10:00,2027-04-13 11:00\n"), Keep: true, By: "test"})
	fatal(err)
	ids["import"], ids["imports"] = kept.ID, made.Import.ID
	mails := o.mailsTo("planted@example.org", 1)
	ids["mail"], ids["mails"] = mails[0].ID, mails[0].ID
	for word, id := range ids {
		ids[word] = festival.Own(id)
	}
	for _, kind := range []string{"venue", "space", "host", "session", "slot", "booth"} {
		ids["draft/"+kind+"s"] = ids[kind]
	}
	return ids
}

// paths fills a row's path with somebody else's ids, and with ids that are
// nobody's; none where the path has no id of a thing.
func paths(path string, ids map[string]string) (out [][2]string) {
	kinds := []string{""}
	if strings.Contains(path, ":kind") {
		kinds = []string{"venue", "space", "host", "session", "slot", "booth"}
	}
	for _, kind := range kinds {
		parts := strings.Split(strings.ReplaceAll(strings.ReplaceAll(path, ":kind", kind), ":event", "learning-week"), "/")
		foreign, missing := append([]string{}, parts...), append([]string{}, parts...)
		any := false
		for i, part := range parts {
			if !strings.HasPrefix(part, ":") {
				continue
			}
			name, end, _ := strings.Cut(part, ".")
			id, ok := ids[parts[i-1]]
			if i > 1 && parts[i-2] == "draft" {
				id, ok = ids["draft/"+parts[i-1]]
			}
			if name == ":gate" || strings.Contains(path, "/gates/:slug") {
				id, ok = ids["gates"], true
			}
			if strings.HasPrefix(path, "/console/:event/bookings/") && name == ":slot" {
				id = ids["slots"]
			}
			if strings.HasPrefix(path, "/console/:event/bookings/") && name == ":id" {
				id, ok = ids["bookings"], true
			}
			if !ok {
				return nil // keys are numbers, and each event has the same
			}
			if end != "" {
				end = "." + end
			}
			any = true
			foreign[i], missing[i] = id+end, strings.Repeat("0", len(id))+end
		}
		if any {
			out = append(out, [2]string{strings.Join(foreign, "/"), strings.Join(missing, "/")})
		}
	}
	return out
}

// bodyFor is what the API takes for a row: as its own city would send it.
func bodyFor(harbour *visitor, method, path string, ids map[string]string) string {
	var tail string
	_, tail, _ = strings.Cut(path, ":event/")
	parts := strings.Split(tail, "/")
	switch {
	case method == http.MethodGet || method == http.MethodDelete:
		return ""
	case method == http.MethodPut && parts[0] == "draft":
		return harbour.json("GET", "/events/learning-week/draft/"+parts[1]+"/"+ids["draft/"+parts[1]], nil, nil).want(harbour.t, 200).body
	case method == http.MethodPut && parts[0] == "gates":
		return `{"slug":"planted","name":{"en":"Taken over"},"scope":"event","who":"pass","reentry":"never"}`
	case strings.HasSuffix(path, "/seats"), method == http.MethodPatch:
		return `{"seats":1}`
	case strings.HasSuffix(path, "/scans"):
		return `{"token":"FE1:X","nonce":"n"}`
	case strings.HasSuffix(path, "/slots/:slot/bookings"):
		return `{"name":"N","seats":1}`
	}
	return ""
}

// What belongs to another city, or to another event of the own one, is answered
// as what is not there: the same status and the same words; and nothing of it is
// changed.
func TestTenancy_aStrangersIdIsAMissingId(t *testing.T) {
	town, _ := newTown(t)
	ids := town.strange()
	town.neighbour()
	conference, err := town.p.Festival.EventBySlug(t.Context(), town.week.City, "neighbourhoods")
	if err != nil {
		t.Fatal(err)
	}
	harbour := town.program(people.Owner, "")
	harbour.host = harbourHost
	harbour.json("GET", "/city", nil, nil).want(t, 200)
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, who := range []struct {
		name, host, slug string
		city, event      string
		role             people.Role
	}{
		{"the owner of another city", hillHost, "learning-week", "hill", "", people.Owner},
		{"an organizer of another event", harbourHost, conference.Slug, town.week.City, conference.ID, people.Organizer},
	} {
		browser, program := town.visitor(), town.visitor()
		browser.host, program.host = who.host, who.host
		browser.http.CheckRedirect = stay
		browser.signIn(who.city, who.event, who.role)
		if program.token, err = town.p.People.NewToken(t.Context(), who.city, who.event, who.role, "test", "test"); err != nil {
			t.Fatal(err)
		}
		program.json("GET", "/city", nil, nil).want(t, 200) // notes the token's first use
		before := town.settled(town.week.City)
		asked := 0
		ask := func(v *visitor, method, path string) {
			for _, pair := range paths(path, ids) {
				if strings.HasPrefix(path, "/passes/") && who.city == town.week.City {
					continue // who has the secret may see the pass
				}
				if method == "GET" && path == "/me/bookings/:id" {
					continue // whatever it names, it leads to the own bookings
				}
				var got [2]page
				for i := range pair {
					pair[i] = strings.Replace(pair[i], "/learning-week", "/"+who.slug, 1)
					contentType, body := "application/x-www-form-urlencoded", "seats=1&name=N"
					if v.token != "" {
						contentType, body = "application/json", bodyFor(harbour, method, path, ids)
					}
					got[i] = v.do(method, pair[i], contentType, strings.NewReader(body))
				}
				asked++
				foreign, missing := got[0], got[1]
				switch {
				case foreign.StatusCode == 410 && strings.HasPrefix(path, "/passes/"): // as one that was replaced
				case foreign.StatusCode == 404, foreign.StatusCode == 403 && strings.HasPrefix(path, "/api/v1/mails/"): // the owners' alone
				case strings.HasPrefix(path, "/console/:event/import/"): // back to the choice of a file: an upload is over after an hour
				default:
					t.Errorf("%s: %s %s: status %d", who.name, method, pair[0], foreign.StatusCode)
				}
				if a, b := foreign.same(pair[0]), missing.same(pair[1]); a != b {
					t.Errorf("%s: %s %s is answered\n%.700s\nnot as what is missing:\n%.700s", who.name, method, path, a, b)
				}
			}
		}
		for _, r := range town.s.Routes() {
			ask(browser, r.Method, r.Path)
		}
		for _, r := range town.s.API.Operations() {
			ask(program, r.Method, r.Path)
		}
		if asked < 80 {
			t.Errorf("%s: only %d addresses were asked for", who.name, asked)
		}
		for _, wrong := range differs(before, town.settled(town.week.City)) {
			t.Errorf("%s wrote %s", who.name, wrong)
		}
	}
}
