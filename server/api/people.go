package api

import (
	"context"
	"net/http"
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
	register(a, operation{id: "list-grants", method: http.MethodGet, path: "/people", tag: "People", summary: "Who may do what", may: people.CityEdit},
		func(ctx context.Context, _ *struct{}) (*answer[list[grantView]], error) {
			grants, err := a.p.People.Grants(ctx, callOf(ctx).city.ID, "")
			out := list[grantView]{Items: []grantView{}}
			for _, g := range grants {
				out.Items = append(out.Items, grantView{ID: g.ID, Name: g.Name, Mail: g.Mail, Role: g.Role, Event: ownOrNone(g.Event), At: g.At})
			}
			return done(out, err)
		})
	register(a, operation{id: "grant", method: http.MethodPost, path: "/people", tag: "People", summary: "Give somebody a role", may: people.CityEdit, created: true, creates: true},
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
	register(a, operation{id: "revoke", method: http.MethodDelete, path: "/people", tag: "People", summary: "Take a role away", may: people.CityEdit},
		func(ctx context.Context, in *grantPath) (*struct{}, error) {
			return nil, a.p.People.Revoke(ctx, callOf(ctx).city.ID, in.Grant)
		})

	type tokenBody struct {
		Body struct {
			Name  string      `json:"name" required:"true" doc:"what it is for"`
			Role  people.Role `json:"role" required:"true" enum:"owner,organizer,exhibitor,volunteer"`
			Event string      `json:"event,omitempty" doc:"the event's word in addresses; not for an owner"`
		}
	}
	register(a, operation{id: "list-tokens", method: http.MethodGet, path: "/tokens", tag: "People", summary: "The tokens of the API", may: people.CityEdit},
		func(ctx context.Context, _ *struct{}) (*answer[list[tokenView]], error) {
			tokens, err := a.p.People.Tokens(ctx, callOf(ctx).city.ID, "")
			out := list[tokenView]{Items: []tokenView{}}
			for _, t := range tokens {
				out.Items = append(out.Items, tokenView{ID: t.ID, Name: t.Name, Role: t.Role, Event: ownOrNone(t.Event)})
			}
			return done(out, err)
		})
	// Not kept under an Idempotency-Key: the text of a token is stored nowhere.
	register(a, operation{id: "create-token", method: http.MethodPost, path: "/tokens", tag: "People", summary: "Make a token; its text is shown once", may: people.CityEdit, created: true},
		func(ctx context.Context, in *tokenBody) (*answer[tokenView], error) {
			c := callOf(ctx)
			if c.key != "" {
				return nil, kernel.New(kernel.Invalid, "idempotency_not_here", "Idempotency-Key")
			}
			event, err := a.roleEvent(ctx, in.Body.Role, in.Body.Event)
			if err != nil {
				return nil, err
			}
			text, err := a.p.People.NewToken(ctx, c.city.ID, event, in.Body.Role, in.Body.Name, c.by())
			return done(tokenView{Name: in.Body.Name, Role: in.Body.Role, Event: ownOrNone(event), Text: text}, err)
		})
	type tokenPath struct {
		Token string `query:"token" required:"true" doc:"id of the token"`
	}
	register(a, operation{id: "revoke-token", method: http.MethodDelete, path: "/tokens", tag: "People", summary: "Take a token away", may: people.CityEdit},
		func(ctx context.Context, in *tokenPath) (*struct{}, error) {
			return nil, a.p.People.RevokeToken(ctx, callOf(ctx).city.ID, in.Token)
		})
}

func ownOrNone(event string) string {
	if event == "" {
		return ""
	}
	return festival.Own(event)
}

func (a *API) roleEvent(ctx context.Context, role people.Role, slug string) (string, error) {
	if role == people.Owner {
		return "", nil
	}
	e, err := a.p.Festival.EventBySlug(ctx, callOf(ctx).city.ID, slug)
	if kernel.KindOf(err) == kernel.NotFound {
		return "", kernel.New(kernel.Invalid, "event_needed", "event")
	}
	return e.ID, err
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

// jobView is a job and its latest runs.
type jobView struct {
	Name    string     `json:"name"`
	Waiting bool       `json:"waiting,omitempty" doc:"called, and not yet done"`
	Runs    []jobs.Run `json:"runs" doc:"the latest first"`
}

func (a *API) mountMail() {
	register(a, operation{id: "list-jobs", method: http.MethodGet, path: "/jobs", tag: "Jobs", summary: "What works in the background, and how it went", may: people.JobsView},
		func(ctx context.Context, _ *struct{}) (*answer[list[jobView]], error) {
			all, err := a.p.Jobs.History(ctx)
			out := list[jobView]{Items: []jobView{}}
			for _, j := range all {
				out.Items = append(out.Items, jobView{j.Name, j.Waiting, orEmpty(j.Runs)})
			}
			return done(out, err)
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
	register(a, operation{id: "list-mails", method: http.MethodGet, path: "/mails", tag: "Mail", summary: "The outbox, newest first", may: people.MailView},
		func(ctx context.Context, in *mailsQuery) (*answer[list[mailView]], error) {
			mails, next, err := a.p.Outbox.List(ctx, callOf(ctx).city.ID, in.State, in.After)
			out := list[mailView]{Items: []mailView{}, Next: next}
			for _, m := range mails {
				out.Items = append(out.Items, view(m))
			}
			return done(out, err)
		})
	register(a, operation{id: "get-mail", method: http.MethodGet, path: "/mails/{id}", tag: "Mail", summary: "A mail with its text", may: people.MailView},
		func(ctx context.Context, in *mailPath) (*answer[mailView], error) {
			c := callOf(ctx)
			m, err := a.p.Outbox.Message(ctx, c.city.ID, c.city.ID+"/"+in.ID)
			return done(view(m), err)
		})
	register(a, operation{id: "retry-mail", method: http.MethodPost, path: "/mails/{id}/retry", tag: "Mail", summary: "Try a mail again at once", may: people.MailView},
		func(ctx context.Context, in *mailPath) (*struct{}, error) {
			c := callOf(ctx)
			return nil, a.p.Outbox.Retry(ctx, c.city.ID, c.city.ID+"/"+in.ID)
		})
}
