package api

import (
	"context"
	"net/http"

	"feria/people"
	"feria/platform"
)

func (a *API) mountColumns() {
	type columnsView struct {
		Columns    []platform.Column `json:"columns" required:"true"`
		Remembered bool              `json:"remembered" doc:"whether somebody has said what the columns of such a table mean"`
		Fields     []string          `json:"fields" required:"true" doc:"what a column may mean"`
	}
	type tableBody struct {
		InEvent
		RawBody []byte `contentType:"application/octet-stream"`
	}
	register(a, operation{id: "read-columns", method: http.MethodPost, path: "/events/{event}/imports/columns", tag: "Import", summary: "What the columns of a CSV mean, as remembered for its header, else as proposed", may: people.ConsoleEdit, body: maxImport},
		func(ctx context.Context, in *tableBody) (*answer[columnsView], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			columns, remembered, err := a.p.Columns(e, in.RawBody)
			return done(columnsView{columns, remembered, platform.ColumnFields(e, "")}, err)
		})
	type meantBody struct {
		InEvent
		Body struct {
			Columns []platform.Column `json:"columns" required:"true" minItems:"1" maxItems:"500" doc:"all columns of the header, in its order"`
		}
	}
	register(a, operation{id: "remember-columns", method: http.MethodPut, path: "/events/{event}/imports/columns", tag: "Import", summary: "Say what the columns of a CSV mean; every import and preview of a table with that header goes by it", may: people.ConsoleEdit},
		func(ctx context.Context, in *meantBody) (*answer[columnsView], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			if err := platform.CheckColumns(in.Body.Columns); err != nil {
				return nil, err
			}
			err = a.p.RememberColumns(ctx, e, callOf(ctx).by(), in.Body.Columns)
			return done(columnsView{in.Body.Columns, true, platform.ColumnFields(e, "")}, err)
		})
}
