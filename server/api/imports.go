package api

import (
	"context"
	"net/http"
	"strconv"

	"feria/festival"
	"feria/people"
	"feria/platform"
)

// maxImport is the largest file an import takes, in bytes.
const maxImport = 50 << 20

func itoa(n int) string { return strconv.Itoa(n) }

type fileBody struct {
	InEvent
	File    string `query:"file" required:"true" maxLength:"200" doc:"name of the file"`
	Keep    bool   `query:"keep" doc:"keep what earlier imports brought and this file lacks"`
	Publish bool   `query:"publish"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type importView struct {
	festival.Import
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Dropped int `json:"dropped"`
	Release int `json:"release,omitempty" doc:"the release that was published"`
}

func (a *API) mountImports() {
	a.mountColumns()
	register(a, operation{id: "preview-import", method: http.MethodPost, path: "/events/{event}/imports/preview", tag: "Import", summary: "What a file would add, change and drop", may: people.ConsoleEdit, body: maxImport},
		func(ctx context.Context, in *fileBody) (*answer[festival.Plan], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			records, err := a.p.ReadFile(ctx, e, callOf(ctx).city, in.File, in.RawBody, nil)
			if err != nil {
				return nil, err
			}
			return done(a.p.Festival.PlanImport(ctx, e.ID, records))
		})
	register(a, operation{id: "import", method: http.MethodPost, path: "/events/{event}/imports", tag: "Import", summary: "Bring a programme file into the draft", may: people.ConsoleEdit, created: true, creates: true, body: maxImport},
		func(ctx context.Context, in *fileBody) (*answer[importView], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			c := callOf(ctx)
			if in.Publish && !c.actor.May(people.ConsolePublish, e.ID) {
				return nil, a.refusal(c, e.ID)
			}
			made, err := a.p.ImportFile(ctx, platform.ImportRequest{
				City: c.city.ID, Slug: e.Slug, File: in.File, Data: in.RawBody, Keep: in.Keep, Publish: in.Publish, By: c.by(),
			})
			return done(importView{made.Import, made.Added, made.Changed, made.Dropped, made.Release}, err)
		})
	register(a, operation{id: "list-imports", method: http.MethodGet, path: "/events/{event}/imports", tag: "Import", summary: "The imports so far", may: people.ConsoleView},
		func(ctx context.Context, in *PageInEvent) (*answer[list[festival.Import]], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			all, err := a.p.Festival.Imports(ctx, e.ID)
			if err != nil {
				return nil, err
			}
			return done(pageOfSlice(all, in.Paging, func(i festival.Import) string { return i.ID }))
		})
	register(a, operation{id: "undo-import", method: http.MethodPost, path: "/events/{event}/imports/{id}/undo", tag: "Import", summary: "Undo an import", may: people.ConsoleEdit},
		func(ctx context.Context, in *OneOf) (*answer[festival.Import], error) {
			id, err := a.recordID(ctx, *in)
			if err != nil {
				return nil, err
			}
			return done(a.p.Festival.UndoImport(ctx, id, callOf(ctx).by()))
		})
}
