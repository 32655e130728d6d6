// Package web is what all audiences of the server share: the request as pages
// see it, the table of routes, cookies, errors, the cache of public pages and
// the assets.
package web

import (
	"errors"
	"log/slog"
	"net/netip"

	"github.com/gofiber/fiber/v2"

	"feria/people"
	"feria/platform"
)

// Route is one line of the table of routes: what it needs to be called and what
// answers. A path that has no row is private: it answers as one that is absent.
type Route struct {
	Method, Path string
	May          people.Permission
	Handle       func(*Request) error
	// Limit is the most bytes a body may have; 0: DefaultBody, or StrangersBody of who
	// is not signed in.
	Limit int
}

// Server is the Fiber app with what its requests need.
type Server struct {
	App     *fiber.App
	P       *platform.Platform
	log     *slog.Logger
	Assets  *Assets
	pages   *pageCache
	leads   leads
	fronts  fronts
	lines   lines
	sign    signer
	secure  bool
	proxies []netip.Prefix // whose X-Forwarded-For counts
	larges  []large
	routes  []Route
	// Layout draws a page around its body; ErrorPage makes one of an error. The
	// server sets both, so that this package knows no audience.
	Layout    Layout
	ErrorPage ErrorPage
}

// Mount adds rows to the table of routes. What can be got answers HEAD too, the
// same without its body: link checkers and uptime monitors ask that way.
func (s *Server) Mount(routes ...Route) {
	for _, r := range routes {
		s.routes = append(s.routes, r)
		s.admit(r.Path, r.Limit)
		handle := s.handler(r)
		s.App.Add(r.Method, r.Path, handle)
		if r.Method == fiber.MethodGet {
			s.App.Head(r.Path, func(c *fiber.Ctx) error {
				c.Method(fiber.MethodGet) // pages are drawn, and cached, as for GET
				defer c.Method(fiber.MethodHead)
				return handle(c)
			})
		}
	}
}

// Routes gives the table, in the order in which it was mounted.
func (s *Server) Routes() []Route { return s.routes }

// handler makes of a row what Fiber calls: find out who asks, refuse who may
// not, answer.
func (s *Server) handler(route Route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		r, err := s.request(c)
		if err == nil || errors.Is(err, errMoved) { // a new word is told to those only who may know the event
			if refused := r.permit(route.May); refused != nil {
				err = refused
			}
		}
		if err == nil {
			if limit := route.most(r.Actor); bodySize(c) > limit {
				err = tooLarge(limit)
			}
		}
		if err == nil {
			err = route.Handle(r)
		}
		if err != nil {
			return s.fail(c, r, err)
		}
		return nil
	}
}
