package api

import (
	"context"
	"net/http"

	"feria/festival"
	"feria/locale"
	"feria/people"
)

// InEvent is the path of everything that belongs to an event. It and the other
// paths are exported because huma fills the fields of exported embedded types only.
type InEvent struct {
	Event string `path:"event" doc:"the event's word in addresses" example:"learning-week"`
}

// answer is a body and nothing else.
type answer[T any] struct{ Body T }

// list is a page of a collection.
type list[T any] struct {
	Items []T    `json:"items" required:"true"`
	Next  string `json:"next,omitempty" doc:"pass as after to get the next page; absent on the last"`
}

// Paging is how a page is asked for.
type Paging struct {
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
	After string `query:"after" doc:"next of the page before"`
}

// PageInEvent asks for a page of what belongs to an event.
type PageInEvent struct {
	InEvent
	Paging
}

func ok[T any](body T) *answer[T] { return &answer[T]{Body: body} }

func done[T any](body T, err error) (*answer[T], error) {
	if err != nil {
		return nil, err
	}
	return ok(body), nil
}

func (a *API) mountEvents() {
	type cityBody struct{ Body festival.City }
	register(a, operation{id: "get-city", method: http.MethodGet, path: "/city", tag: "City", summary: "The city", may: people.Public},
		func(ctx context.Context, _ *struct{}) (*answer[publicCity], error) {
			return ok(cityView(callOf(ctx).city)), nil
		})
	register(a, operation{id: "get-city-settings", method: http.MethodGet, path: "/city/settings", tag: "City", summary: "All settings of the city", may: people.CityEdit},
		func(ctx context.Context, _ *struct{}) (*answer[festival.City], error) {
			return ok(callOf(ctx).city), nil
		})
	register(a, operation{id: "put-city-settings", method: http.MethodPut, path: "/city/settings", tag: "City", summary: "Change the city; with changed_at as it was read, a change that somebody made since is a conflict", may: people.CityEdit},
		func(ctx context.Context, in *cityBody) (*answer[festival.City], error) {
			c := callOf(ctx)
			return done(a.p.Festival.SaveCity(ctx, c.city.ID, c.by(), func(stored *festival.City) error {
				keep := *stored
				*stored = in.Body
				stored.ID, stored.LastEventNumber = keep.ID, keep.LastEventNumber
				return nil
			}))
		})

	type eventBody struct{ Body festival.Event }
	type changeEvent struct {
		InEvent
		Body festival.Event
	}
	register(a, operation{id: "list-events", method: http.MethodGet, path: "/events", tag: "Events", summary: "The events of the city", may: people.Public},
		func(ctx context.Context, in *Paging) (*answer[list[festival.Event]], error) {
			c := callOf(ctx)
			events, err := a.p.Festival.Events(ctx, c.city.ID)
			if err != nil {
				return nil, err
			}
			var seen []festival.Event
			for _, e := range events {
				if !e.Hidden || c.actor.May(people.ConsoleView, e.ID) {
					seen = append(seen, a.eventView(c, e))
				}
			}
			return done(pageOfSlice(seen, *in, func(e festival.Event) string { return e.ID }))
		})
	register(a, operation{id: "create-event", method: http.MethodPost, path: "/events", tag: "Events", summary: "Make an event", may: people.CityEdit, created: true, creates: true},
		func(ctx context.Context, in *eventBody) (*answer[festival.Event], error) {
			c := callOf(ctx)
			in.Body.City = c.city.ID
			made, err := a.p.Festival.CreateEvent(ctx, in.Body, c.by())
			if err != nil {
				return nil, err
			}
			return done(made, a.p.DefaultGates(ctx, made.ID, c.by()))
		})
	register(a, operation{id: "get-event", method: http.MethodGet, path: "/events/{event}", tag: "Events", summary: "An event", may: people.Public},
		func(ctx context.Context, in *InEvent) (*answer[festival.Event], error) {
			e, err := a.event(ctx, in.Event)
			return done(a.eventView(callOf(ctx), e), err)
		})
	register(a, operation{id: "put-event", method: http.MethodPut, path: "/events/{event}", tag: "Events", summary: "Change an event; with changed_at as it was read, a change that somebody made since is a conflict", may: people.ConsoleEdit},
		func(ctx context.Context, in *changeEvent) (*answer[festival.Event], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			return done(a.p.Festival.SaveEvent(ctx, e.ID, callOf(ctx).by(), func(stored *festival.Event) error {
				next := in.Body
				next.ID, next.City, next.Number, next.Release, next.ReleaseID = stored.ID, stored.City, stored.Number, stored.Release, stored.ReleaseID
				next.OldSlugs, next.Alert, next.Mapping, next.Source = stored.OldSlugs, stored.Alert, stored.Mapping, stored.Source
				next.CopiedFrom, next.Removed = stored.CopiedFrom, stored.Removed
				*stored = next
				return nil
			}))
		})
	register(a, operation{id: "remove-event", method: http.MethodDelete, path: "/events/{event}", tag: "Events", summary: "Set an event aside; it can come back for 30 days", may: people.CityEdit},
		func(ctx context.Context, in *InEvent) (*struct{}, error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			return nil, a.p.Festival.RemoveEvent(ctx, e.ID, callOf(ctx).by())
		})

	type eventID struct {
		ID string `path:"id" doc:"the last part of the event's id: its word may be another's by now"`
	}
	register(a, operation{id: "restore-event", method: http.MethodPost, path: "/removed-events/{id}/restore", tag: "Events", summary: "Bring an event back that was set aside", may: people.CityEdit},
		func(ctx context.Context, in *eventID) (*answer[festival.Event], error) {
			c := callOf(ctx)
			e, err := a.p.Festival.RestoreEvent(ctx, festival.EventID(c.city.ID, in.ID), c.by())
			if err != nil {
				return nil, err
			}
			_, err = a.p.Views.Refresh(ctx, e.ID)
			return done(e, err)
		})

	type copyBody struct {
		InEvent
		Body struct {
			Slug  string        `json:"slug" required:"true"`
			Title locale.Text   `json:"title,omitempty"`
			Start festival.Date `json:"start" required:"true" doc:"first day of the next edition; everything else moves with it"`
		}
	}
	register(a, operation{id: "copy-event", method: http.MethodPost, path: "/events/{event}/copies", tag: "Events", summary: "Copy an event to its next edition", may: people.CityEdit, created: true, creates: true},
		func(ctx context.Context, in *copyBody) (*answer[festival.Event], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			c := callOf(ctx)
			made, err := a.p.Festival.CopyEvent(ctx, e.ID, c.by(), festival.Copy{Slug: in.Body.Slug, Title: in.Body.Title, Start: in.Body.Start})
			if err != nil {
				return nil, err
			}
			return done(made, a.p.DefaultGates(ctx, made.ID, c.by()))
		})

	type alertBody struct {
		InEvent
		Body struct {
			Text locale.Text `json:"text" doc:"by language; empty takes the alert away"`
		}
	}
	register(a, operation{id: "put-alert", method: http.MethodPut, path: "/events/{event}/alert", tag: "Events", summary: "Put a sentence on every public page at once", may: people.ConsoleEdit},
		func(ctx context.Context, in *alertBody) (*struct{}, error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			if err := a.p.Festival.SetAlert(ctx, e.ID, callOf(ctx).by(), in.Body.Text); err != nil {
				return nil, err
			}
			_, err = a.p.Views.Refresh(ctx, e.ID)
			return nil, err
		})
}

// publicCity is what everybody may know of the city.
type publicCity struct {
	ID      string           `json:"id"`
	Name    locale.Text      `json:"name"`
	Motto   locale.Text      `json:"motto,omitempty"`
	Zone    string           `json:"zone"`
	Locales []string         `json:"locales"`
	Color   string           `json:"color"`
	Contact festival.Contact `json:"contact"`
}

func cityView(c festival.City) publicCity {
	return publicCity{ID: c.ID, Name: c.Name, Motto: c.Motto, Zone: c.Zone, Locales: c.Locales, Color: c.Color, Contact: c.Contact}
}

// eventView leaves out what is only for those who set the event up.
func (a *API) eventView(c call, e festival.Event) festival.Event {
	if !c.actor.May(people.ConsoleView, e.ID) {
		e.ChangedBy, e.Mapping, e.Source, e.Clashes, e.CopiedFrom, e.ReleaseID = "", nil, festival.Source{}, nil, "", ""
	}
	return e
}
