package server

import (
	"bytes"

	"github.com/gofiber/fiber/v2"

	"feria/people"
	"feria/public/ui"
	"feria/server/web"
)

// docsGroup is the operations of one tag, for the page that lists the API.
type docsGroup struct {
	Name       string
	Operations []docsOperation
}

type docsOperation struct{ Method, Path, Summary, May string }

// docsRoute lists the API for people; the description for programs is the
// OpenAPI document beside it.
func (s *Server) docsRoute() web.Route {
	return web.Route{Method: fiber.MethodGet, Path: "/api/docs", May: people.Public, Handle: func(r *web.Request) error {
		var groups []docsGroup
		for _, o := range s.API.Operations() {
			if len(groups) == 0 || groups[len(groups)-1].Name != o.Tag {
				groups = append(groups, docsGroup{Name: o.Tag})
			}
			last := &groups[len(groups)-1]
			last.Operations = append(last.Operations, docsOperation{Method: o.Method, Path: o.Path, Summary: o.Summary, May: string(o.May)})
		}
		return r.Page(fiber.StatusOK, web.Chrome{Title: "API", Audience: "site"}, docsPage(r.T.T("web.api_lead"), groups))
	}}
}

// coloursRoute is the stylesheet of an event's colours, computed for contrast.
func coloursRoute() web.Route {
	return web.Route{Method: fiber.MethodGet, Path: "/colours.css", May: people.Public, Handle: func(r *web.Request) error {
		palette := ui.PaletteOf(func(key string) string { return r.Query(key) })
		return r.Bytes(palette.URL(), "text/css; charset=utf-8", "public, max-age=86400", func(b *bytes.Buffer) error {
			_, err := b.Write(palette.Stylesheet())
			return err
		})
	}}
}
