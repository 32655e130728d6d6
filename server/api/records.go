package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"feria/festival"
	"feria/kernel"
	"feria/people"
)

// OneOf is the path of a record of an event.
type OneOf struct {
	InEvent
	ID string `path:"id" doc:"the last part of the record's id"`
}

// mountRecords mounts the draft of an event: the same six actions for every
// kind of record.
func (a *API) mountRecords() {
	f := a.p.Festival
	mountKind(a, kindOf[festival.Venue]{festival.VenueKind, func(p *festival.Programme) []festival.Venue { return p.Venues }, func(v *festival.Venue) *festival.Base { return &v.Base }, f.Venue, f.SaveVenue})
	mountKind(a, kindOf[festival.Space]{festival.SpaceKind, func(p *festival.Programme) []festival.Space { return p.Spaces }, func(v *festival.Space) *festival.Base { return &v.Base }, f.Space, f.SaveSpace})
	mountKind(a, kindOf[festival.Booth]{festival.BoothKind, func(p *festival.Programme) []festival.Booth { return p.Booths }, func(v *festival.Booth) *festival.Base { return &v.Base }, f.Booth, f.SaveBooth})
	mountKind(a, kindOf[festival.Host]{festival.HostKind, func(p *festival.Programme) []festival.Host { return p.Hosts }, func(v *festival.Host) *festival.Base { return &v.Base }, f.Host, f.SaveHost})
	mountKind(a, kindOf[festival.Session]{festival.SessionKind, func(p *festival.Programme) []festival.Session { return p.Sessions }, func(v *festival.Session) *festival.Base { return &v.Base }, f.Session, f.SaveSession})
	mountKind(a, kindOf[festival.Slot]{festival.SlotKind, slotsOf, func(v *festival.Slot) *festival.Base { return &v.Base }, f.Slot, f.SaveSlot})
}

func slotsOf(p *festival.Programme) []festival.Slot {
	out := make([]festival.Slot, len(p.Slots))
	for i, s := range p.Slots {
		out[i] = s.Slot
	}
	return out
}

type kindOf[T any] struct {
	name string
	all  func(*festival.Programme) []T
	base func(*T) *festival.Base
	get  func(context.Context, string) (T, error)
	save func(context.Context, T, string) (T, error)
}

func mountKind[T any](a *API, k kindOf[T]) {
	type newOne struct {
		InEvent
		Body T
	}
	type changed struct {
		OneOf
		Body T
	}
	plural := k.name + "s"
	tag := "Draft: " + plural
	all, one := "/events/{event}/draft/"+plural, "/events/{event}/draft/"+plural+"/{id}"

	register(a, operation{id: "list-" + plural, method: http.MethodGet, path: all, tag: tag, summary: "The " + plural + " of the draft", may: people.ConsoleView},
		func(ctx context.Context, in *PageInEvent) (*answer[list[T]], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			draft, err := a.p.Festival.Draft(ctx, e.ID)
			if err != nil {
				return nil, err
			}
			records := k.all(draft)
			return done(pageOfSlice(records, in.Paging, func(v T) string { return k.base(&v).ID }))
		})
	register(a, operation{id: "create-" + k.name, method: http.MethodPost, path: all, tag: tag, summary: "Make a " + k.name, may: people.ConsoleEdit, created: true, creates: true},
		func(ctx context.Context, in *newOne) (*answer[T], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			*k.base(&in.Body) = festival.Base{Event: e.ID}
			return done(k.save(ctx, in.Body, callOf(ctx).by()))
		})
	register(a, operation{id: "get-" + k.name, method: http.MethodGet, path: one, tag: tag, summary: "A " + k.name, may: people.ConsoleView},
		func(ctx context.Context, in *OneOf) (*answer[T], error) {
			id, err := a.recordID(ctx, *in)
			if err != nil {
				return nil, err
			}
			return done(k.get(ctx, id))
		})
	register(a, operation{id: "put-" + k.name, method: http.MethodPut, path: one, tag: tag, summary: "Change a " + k.name, may: people.ConsoleEdit},
		func(ctx context.Context, in *changed) (*answer[T], error) {
			id, err := a.recordID(ctx, in.OneOf)
			if err != nil {
				return nil, err
			}
			stored, err := k.get(ctx, id)
			if err != nil {
				return nil, err
			}
			// changed_at, where it is sent, is what the caller saw: a record that
			// changed since is a conflict.
			seen := k.base(&in.Body).ChangedAt
			base := *k.base(&stored)
			if !seen.IsZero() {
				base.ChangedAt = seen
			}
			*k.base(&in.Body) = base
			return done(k.save(ctx, in.Body, callOf(ctx).by()))
		})
	register(a, operation{id: "remove-" + k.name, method: http.MethodDelete, path: one, tag: tag, summary: "Set a " + k.name + " aside; it can come back for 30 days", may: people.ConsoleEdit},
		func(ctx context.Context, in *OneOf) (*struct{}, error) {
			id, err := a.recordID(ctx, *in)
			if err != nil {
				return nil, err
			}
			return nil, a.p.Festival.Remove(ctx, k.name, id, callOf(ctx).by())
		})
	register(a, operation{id: "restore-" + k.name, method: http.MethodPost, path: one + "/restore", tag: tag, summary: "Bring a removed " + k.name + " back", may: people.ConsoleEdit},
		func(ctx context.Context, in *OneOf) (*answer[T], error) {
			id, err := a.recordID(ctx, *in)
			if err != nil {
				return nil, err
			}
			if err := a.p.Festival.Restore(ctx, k.name, id, callOf(ctx).by()); err != nil {
				return nil, err
			}
			return done(k.get(ctx, id))
		})
	register(a, operation{id: "copy-" + k.name, method: http.MethodPost, path: one + "/copies", tag: tag, summary: "Copy a " + k.name, may: people.ConsoleEdit, created: true, creates: true},
		func(ctx context.Context, in *OneOf) (*answer[T], error) {
			id, err := a.recordID(ctx, *in)
			if err != nil {
				return nil, err
			}
			made, err := a.p.Festival.Copy(ctx, k.name, id, callOf(ctx).by())
			if err != nil {
				return nil, err
			}
			return done(k.get(ctx, made))
		})
}

// recordID gives the whole id of a record of the path's event, so that an id of
// another event or city finds nothing.
func (a *API) recordID(ctx context.Context, in OneOf) (string, error) {
	e, err := a.event(ctx, in.Event)
	if err != nil {
		return "", err
	}
	return festival.RecordID(e.ID, strings.ReplaceAll(in.ID, "/", "")), nil
}

// pageOfSlice cuts a page out of what is in memory: after the record with that
// id, in the order of the slice. A record that is not there, or no longer, is an
// error: an empty page would look like the end. Errors: cursor_unknown.
func pageOfSlice[T any](all []T, p Paging, id func(T) string) (list[T], error) {
	from := 0
	if p.After != "" {
		at := slices.IndexFunc(all, func(v T) bool { return festival.Own(id(v)) == p.After })
		if at < 0 {
			return list[T]{}, kernel.New(kernel.Invalid, "cursor_unknown", "after")
		}
		from = at + 1
	}
	to := min(from+max(p.Limit, 1), len(all))
	out := list[T]{Items: append([]T{}, all[from:to]...)}
	if to < len(all) {
		out.Next = festival.Own(id(all[to-1]))
	}
	return out, nil
}
