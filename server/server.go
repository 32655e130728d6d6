// Package server is all of Fiber that Feria has: it puts the pages and the API
// of the audiences on one app and runs it.
package server

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"

	"feria/platform"
	"feria/public"
	"feria/server/api"
	"feria/server/console"
	"feria/server/console/setup"
	"feria/server/door"
	"feria/server/site"
	"feria/server/web"
)

// drainFor is how long requests under way are waited for (reliability.md 7.1).
const drainFor = 12 * time.Second

// Server is the app with its table of routes.
type Server struct {
	*web.Server
	API *api.API
}

// New puts everything on one app. Rows stand in the order in which they are
// looked for: what begins with a fixed word before what begins with an event.
func New(p *platform.Platform) (*Server, error) {
	assets, err := web.NewAssets(public.Dist)
	if err != nil {
		return nil, err
	}
	s := &Server{Server: web.New(p, assets)}
	s.Layout, s.ErrorPage = layout, errorPage
	s.App.Server().CloseOnShutdown = true // who keeps a connection hears of the drain
	s.operate()
	s.API = api.Mount(s.Server)
	if err := s.describe(); err != nil {
		return nil, err
	}
	s.Mount(s.docsRoute(), coloursRoute())
	s.Mount(console.Routes()...)
	s.Mount(setup.Routes()...)
	s.Mount(door.Routes()...)
	s.Mount(site.Routes()...)
	return s, nil
}

// operate mounts what machines ask: health, readiness, metrics, assets. These
// answer without a city.
func (s *Server) operate() {
	s.App.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok") })
	s.App.Get("/readyz", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderCacheControl, "no-store")
		if err := s.P.Ready(c.UserContext()); err != nil {
			return c.Status(fiber.StatusServiceUnavailable).SendString(err.Error())
		}
		return c.SendString("ready")
	})
	s.App.Get("/metrics", s.metricsAllowed, adaptor.HTTPHandler(s.P.Metrics.Handler()))
	s.App.Get("/assets/:name", s.Assets.Serve)
	s.App.Get("/robots.txt", func(c *fiber.Ctx) error {
		return c.SendString("User-agent: *\nDisallow: /me\nDisallow: /passes/\nDisallow: /console\nDisallow: /door\nDisallow: /api/\n")
	})
	s.App.Get("/favicon.ico", func(c *fiber.Ctx) error { return c.Redirect(s.Assets.URL("icon.svg"), fiber.StatusMovedPermanently) })
}

// metricsAllowed lets in who has the key, or, without one, who asks from this
// very machine and not through a proxy.
func (s *Server) metricsAllowed(c *fiber.Ctx) error {
	if key := s.P.Config.MetricsKey; key != "" {
		given := strings.TrimPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
		if subtle.ConstantTimeCompare([]byte(given), []byte(key)) == 1 {
			return c.Next()
		}
		return fiber.ErrNotFound
	}
	if addr, ok := c.Context().RemoteAddr().(*net.TCPAddr); ok && addr.IP.IsLoopback() && c.Get(fiber.HeaderXForwardedFor) == "" {
		return c.Next()
	}
	return fiber.ErrNotFound
}

// describe serves the OpenAPI description, made once.
func (s *Server) describe() error {
	description, err := s.API.OpenAPI()
	if err != nil {
		return err
	}
	s.App.Get("/api/openapi.json", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, "application/vnd.oai.openapi+json;version=3.1")
		return c.Send(description)
	})
	return nil
}

// Run serves until ctx ends: then readiness says no, keep-alive clients are told
// to close, and requests under way are finished. ready is told the address.
func Run(ctx context.Context, p *platform.Platform, ready func(addr string)) error {
	s, err := New(p)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", p.Config.Addr)
	if err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	served, err := secured(listener, p.Config)
	if err == nil {
		err = p.Start(context.WithoutCancel(ctx))
	}
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	failed := make(chan error, 1)
	go func() { failed <- s.App.Listener(served) }()
	ready(listener.Addr().String())
	p.Log.Info("serving", "addr", listener.Addr().String(), "store", p.Store.Kind(), "version", p.Version)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	p.Log.Info("draining")
	p.Drain()
	time.Sleep(s.drainPause())
	err = s.App.ShutdownWithTimeout(drainFor)
	if errors.Is(err, context.DeadlineExceeded) { // half a request that never came to its end
		s.P.Log.Warn("ended with requests under way", "after", drainFor)
		return nil
	}
	return err
}

// drainPause lets a load balancer see that this copy is no longer ready; where
// nobody asked for readiness there is nobody to wait for.
func (s *Server) drainPause() time.Duration {
	if s.P.AskedReady() {
		return time.Second
	}
	return 0
}
