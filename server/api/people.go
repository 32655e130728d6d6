package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"feria/festival"
	"feria/jobs"
	"feria/kernel"
	"feria/mail"
	"feria/people"
)

// grantView is a role of a person.
type grantView struct {
	ID    string      `json:"id"`
	Name  string      `json:"name,omitempty"`
	Mail  string      `json:"mail"`
	Role  people.Role `json:"role" enum:"owner,organizer,exhibitor,volunteer"`
	Event string      `json:"event,omitempty" doc:"the event's own part; absent for an owner"`
	At    time.Time   `json:"at"`
}

// tokenView is a token of the API; its text is shown once.
type tokenView struct {
	ID    string      `json:"id"`
	Name  string      `json:"name"`
	Role  people.Role `json:"role"`
	Event string      `json:"event,omitempty"`
	Text  string      `json:"text,omitempty" doc:"shown once, when the token is made"`
}

func (a *API) mountPeople() {
	type roleBody struct {
		Body struct {
			Mail  string      `json:"mail" required:"true"`
			Name  string      `json:"name,omitempty"`
			Role  people.Role `json:"role" required:"true" enum:"owner,organizer,exhibitor,volunteer"`
			Event string      `json:"event,omitempty" doc:"the event's word in addresses; not for an owner"`
		}
	}
	register(a, operation{id: "list-grants", method: http.MethodGet, path: "/people", tag: "People", summary: "Who may do what", may: people.ConsoleEnter},
		func(ctx context.Context, in *Paging) (*answer[list[grantView]], error) {
			var all []grantView
			err := a.eachOwn(ctx, func(event string) error {
				grants, err := a.p.People.Grants(ctx, callOf(ctx).city.ID, event)
				for _, g := range grants {
					all = append(all, grantView{ID: g.ID, Name: g.Name, Mail: g.Mail, Role: g.Role, Event: ownOrNone(g.Event), At: g.At})
				}
				return err
			})
			if err != nil {
				return nil, err
			}
			return done(pageOfSlice(all, *in, func(g grantView) string { return strings.ReplaceAll(g.ID, "/", "~") }))
		})
	register(a, operation{id: "grant", method: http.MethodPost, path: "/people", tag: "People", summary: "Give somebody a role", may: people.ConsoleEnter, created: true, creates: true},
		func(ctx context.Context, in *roleBody) (*answer[struct{}], error) {
			c := callOf(ctx)
			event, err := a.roleEvent(ctx, in.Body.Role, in.Body.Event)
			if err != nil {
				return nil, err
			}
			_, err = a.p.People.Grant(ctx, people.Grant{City: c.city.ID, Event: event, Role: in.Body.Role}, in.Body.Mail, in.Body.Name, c.by())
			return done(struct{}{}, err)
		})
	type grantPath struct {
		Grant string `query:"grant" required:"true" doc:"id of the grant"`
	}
	register(a, operation{id: "revoke", method: http.MethodDelete, path: "/people", tag: "People", summary: "Take a role away", may: people.ConsoleEnter},
		func(ctx context.Context, in *grantPath) (*struct{}, error) {
			c := callOf(ctx)
			grant, err := a.p.People.FindGrant(c.city.ID, in.Grant)
			if err != nil {
				return nil, err
			}
			if !c.actor.MayGrant(grant.Role, grant.Event) {
				return nil, a.refusal(c, grant.Event)
			}
			return nil, a.p.People.Revoke(ctx, c.city.ID, in.Grant)
		})

	type tokenBody struct {
		Body struct {
			Name  string      `json:"name" required:"true" doc:"what it is for"`
			Role  people.Role `json:"role" required:"true" enum:"owner,organizer,exhibitor,volunteer"`
			Event string      `json:"event,omitempty" doc:"the event's word in addresses; not for an owner"`
		}
	}
	register(a, operation{id: "list-tokens", method: http.MethodGet, path: "/tokens", tag: "People", summary: "The tokens of the API", may: people.ConsoleEnter},
		func(ctx context.Context, in *Paging) (*answer[list[tokenView]], error) {
			var all []tokenView
			err := a.eachOwn(ctx, func(event string) error {
				tokens, err := a.p.People.Tokens(ctx, callOf(ctx).city.ID, event)
				for _, t := range tokens {
					all = append(all, tokenView{ID: t.ID, Name: t.Name, Role: t.Role, Event: ownOrNone(t.Event)})
				}
				return err
			})
			if err != nil {
				return nil, err
			}
			return done(pageOfSlice(all, *in, func(t tokenView) string { return t.ID }))
		})
	// Not kept under an Idempotency-Key: the text of a token is stored nowhere.
	register(a, operation{id: "create-token", method: http.MethodPost, path: "/tokens", tag: "People", summary: "Make a token; its text is shown once", may: people.ConsoleEnter, created: true},
		func(ctx context.Context, in *tokenBody) (*answer[tokenView], error) {
			c := callOf(ctx)
			if c.key != "" {
				return nil, kernel.New(kernel.Invalid, "idempotency_not_here", "Idempotency-Key")
			}
			event, err := a.roleEvent(ctx, in.Body.Role, in.Body.Event)
			if err != nil {
				return nil, err
			}
			made, text, err := a.p.People.MakeToken(ctx, c.city.ID, event, in.Body.Role, in.Body.Name, c.by())
			return done(tokenView{ID: made.ID, Name: made.Name, Role: made.Role, Event: ownOrNone(event), Text: text}, err)
		})
	type tokenPath struct {
		Token string `query:"token" required:"true" doc:"id of the token"`
	}
	register(a, operation{id: "revoke-token", method: http.MethodDelete, path: "/tokens", tag: "People", summary: "Take a token away", may: people.ConsoleEnter},
		func(ctx context.Context, in *tokenPath) (*struct{}, error) {
			c := callOf(ctx)
			token, err := a.p.People.FindToken(ctx, c.city.ID, in.Token)
			if err != nil {
				return nil, err
			}
			if !c.actor.MayGrant(token.Role, token.Event) {
				return nil, a.refusal(c, token.Event)
			}
			return nil, a.p.People.RevokeToken(ctx, c.city.ID, token.ID)
		})
}

func ownOrNone(event string) string {
	if event == "" {
		return ""
	}
	return festival.Own(event)
}

// eachOwn calls see for what the actor may look after: an owner for the whole
// city, as "", an organizer for each of the own events.
func (a *API) eachOwn(ctx context.Context, see func(event string) error) error {
	c := callOf(ctx)
	if c.actor.May(people.ConsolePeople, "") {
		return see("")
	}
	events, err := a.p.Festival.Events(ctx, c.city.ID)
	if err != nil {
		return err
	}
	for _, e := range events {
		if !c.actor.May(people.ConsolePeople, e.ID) {
			continue
		}
		if err := see(e.ID); err != nil {
			return err
		}
	}
	return nil
}

// roleEvent finds the event of a role and refuses what the actor may not give
// away.
func (a *API) roleEvent(ctx context.Context, role people.Role, slug string) (string, error) {
	c, event := callOf(ctx), ""
	if role != people.Owner {
		e, err := a.p.Festival.EventBySlug(ctx, c.city.ID, slug)
		if err != nil && kernel.KindOf(err) != kernel.NotFound {
			return "", err
		}
		if err != nil || !c.actor.Knows(e.ID) { // to strangers of an event it is not there
			return "", kernel.New(kernel.Invalid, "event_needed", "event")
		}
		event = e.ID
	}
	if !c.actor.MayGrant(role, event) {
		return "", kernel.New(kernel.Refused, "not_allowed", "")
	}
	return event, nil
}

// mailView is a mail of the outbox.
type mailView struct {
	ID       string     `json:"id"`
	To       string     `json:"to"`
	Subject  string     `json:"subject"`
	Kind     string     `json:"kind"`
	State    mail.State `json:"state" enum:"queued,sending,sent,failed"`
	QueuedAt time.Time  `json:"queued_at"`
	EndedAt  time.Time  `json:"ended_at,omitzero"`
	Tries    int        `json:"tries"`
	Reply    string     `json:"reply,omitempty" doc:"what the mail server said last"`
	Text     string     `json:"text,omitempty"`
}

// How many mails one page holds at least where there are so many, and through how
// many pages of the city's it looks for those of an organizer.
const (
	mailRows  = 50
	mailPages = 10
)

// jobView is a job and its latest runs.
type jobView struct {
	Name    string     `json:"name"`
	Waiting bool       `json:"waiting,omitempty" doc:"called, and not yet done"`
	Runs    []jobs.Run `json:"runs" doc:"the latest first"`
}

func (a *API) mountMail() {
	register(a, operation{id: "list-jobs", method: http.MethodGet, path: "/jobs", tag: "Jobs", summary: "What works in the background, and how it went", may: people.JobsView},
		func(ctx context.Context, in *Paging) (*answer[list[jobView]], error) {
			all, err := a.p.Jobs.History(ctx)
			if err != nil {
				return nil, err
			}
			out := make([]jobView, len(all))
			for i, j := range all {
				out[i] = jobView{j.Name, j.Waiting, orEmpty(j.Runs)}
			}
			return done(pageOfSlice(out, *in, func(j jobView) string { return j.Name }))
		})
	type mailsQuery struct {
		State mail.State `query:"state" enum:"queued,sending,sent,failed"`
		After string     `query:"after"`
	}
	type mailPath struct {
		ID string `path:"id"`
	}
	view := func(m mail.Message) mailView {
		return mailView{ID: festival.Own(m.ID), To: m.To, Subject: m.Subject, Kind: m.Kind, State: m.State, QueuedAt: m.QueuedAt, EndedAt: m.EndedAt, Tries: m.Tries, Reply: m.Reply, Text: m.Text}
	}
	// own is a mail that the actor may read: those of no event, as of signing in,
	// are the owners' alone.
	own := func(ctx context.Context, id string) (mail.Message, error) {
		c := callOf(ctx)
		m, err := a.p.Outbox.Message(ctx, c.city.ID, c.city.ID+"/"+id)
		if err == nil && !c.actor.May(people.MailView, m.Event) {
			err = kernel.Missing()
		}
		return m, err
	}
	register(a, operation{id: "list-mails", method: http.MethodGet, path: "/mails", tag: "Mail", summary: "The outbox, newest first", may: people.ConsoleEnter},
		func(ctx context.Context, in *mailsQuery) (*answer[list[mailView]], error) {
			c := callOf(ctx)
			out := list[mailView]{Items: []mailView{}, Next: in.After}
			for range mailPages {
				mails, next, err := a.p.Outbox.List(ctx, c.city.ID, in.State, out.Next)
				if err != nil {
					return nil, err
				}
				for _, m := range mails {
					if !m.Void && m.State != mail.Void && c.actor.May(people.MailView, m.Event) {
						out.Items = append(out.Items, view(m))
					}
				}
				if out.Next = next; next == "" || len(out.Items) >= mailRows {
					break
				}
			}
			return ok(out), nil
		})
	register(a, operation{id: "get-mail", method: http.MethodGet, path: "/mails/{id}", tag: "Mail", summary: "A mail with its text", may: people.ConsoleEnter},
		func(ctx context.Context, in *mailPath) (*answer[mailView], error) {
			m, err := own(ctx, in.ID)
			shown := view(m)
			shown.Text = a.p.MailText(m, callOf(ctx).actor)
			return done(shown, err)
		})
	register(a, operation{id: "retry-mail", method: http.MethodPost, path: "/mails/{id}/retry", tag: "Mail", summary: "Try a mail again at once", may: people.ConsoleEnter},
		func(ctx context.Context, in *mailPath) (*struct{}, error) {
			m, err := own(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return nil, a.p.Outbox.Retry(ctx, callOf(ctx).city.ID, m.ID)
		})
}
