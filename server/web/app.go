package web

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"feria/kernel"
	"feria/platform"
)

// Time limits of a connection and of a request. Slow bodies are cut at the read
// timeout (reliability.md, bad input 25); idle connections are closed so that a
// drain ends.
const (
	readTimeout  = 30 * time.Second
	writeTimeout = 60 * time.Second
	idleTimeout  = 75 * time.Second
	deadline     = 25 * time.Second
)

// policy is what pages may load: only what comes from here (DESIGN.md 4).
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// New makes the app with everything that happens before a route is found.
func New(p *platform.Platform, assets *Assets) *Server {
	s := &Server{
		P: p, log: p.Log, Assets: assets, pages: newPageCache(pageCacheBytes),
		sign: signer{key: p.Secret("cookies")}, secure: p.Config.Secure(), proxies: networks(p.Config.Proxies),
	}
	s.App = fiber.New(fiber.Config{
		AppName: "Feria", Immutable: true, DisableStartupMessage: true, BodyLimit: MaxBody,
		ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		ReadBufferSize:          16 << 10,
		EnableTrustedProxyCheck: true, TrustedProxies: p.Config.Proxies,
		UnescapePath: true, StrictRouting: false, CaseSensitive: true,
		ErrorHandler: s.unread,
	})
	s.App.Server().HeaderReceived = s.headerRead
	for _, path := range beside {
		s.admit(path, MaxBody)
	}
	s.App.Use(s.around)
	return s
}

type idKey struct{}

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(idKey{}).(string)
	return id
}

// around is what every request passes: an id, headers, the deadline, the
// refusal of cross-site posts, the log line, and a net under it all.
func (s *Server) around(c *fiber.Ctx) (err error) {
	begun := time.Now()
	id, route, done := s.head(c), "", false
	defer func() {
		if caught := recover(); caught != nil {
			s.log.Error("panic", "id", id, "route", c.Route().Path, "panic", fmt.Sprint(caught), "stack", string(debug.Stack()))
			err = s.fail(c, nil, kernel.New(kernel.Internal, "internal", ""))
		}
		if !done {
			route = c.Route().Path
		}
		s.seen(c, id, route, begun)
	}()
	switch {
	case s.crossSite(c):
		return s.fail(c, nil, fiber.ErrForbidden)
	case packed(c):
		return s.fail(c, nil, fiber.ErrUnsupportedMediaType)
	}
	if route, done, err = s.fromFront(c, begun); done {
		return err
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), deadline)
	defer cancel()
	c.SetUserContext(ctx)
	if err := c.Next(); err != nil {
		return s.fail(c, nil, err)
	}
	return nil
}

// unread answers what never became a request: a header that is too long, a body
// that is too large or too slow.
func (s *Server) unread(c *fiber.Ctx, err error) error {
	if requestID(c) == "" {
		s.head(c)
	}
	if errors.Is(err, fiber.ErrRequestEntityTooLarge) {
		err = s.unreadBody(&c.Request().Header)
	}
	return s.fail(c, nil, err)
}

// heads are the headers that every answer has.
var heads = [...][2][]byte{
	{[]byte(fiber.HeaderContentSecurityPolicy), []byte(policy)},
	{[]byte(fiber.HeaderXContentTypeOptions), []byte("nosniff")},
	{[]byte(fiber.HeaderReferrerPolicy), []byte("same-origin")},
	{[]byte("Cross-Origin-Opener-Policy"), []byte("same-origin")},
	{[]byte("Permissions-Policy"), []byte("geolocation=(), microphone=(), camera=(self)")},
}

// head draws the request's id and sets the headers that every answer has.
func (s *Server) head(c *fiber.Ctx) (id string) {
	var raw [9]byte
	rand.Read(raw[:]) // never fails (crypto/rand)
	id = base64.RawURLEncoding.EncodeToString(raw[:])
	c.Locals(idKey{}, id)
	h := &c.Response().Header
	for _, head := range heads {
		h.SetCanonical(head[0], head[1])
	}
	h.Set(fiber.HeaderXRequestID, id)
	if s.secure {
		h.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000; includeSubDomains")
	}
	return id
}

// crossSite says whether a browser sends a post that began on another site:
// Fetch metadata where there is, else the Origin, else (no browser, or an old
// one) it is let through, as net/http's CrossOriginProtection does. Programs
// with a token of their own are not concerned.
func (s *Server) crossSite(c *fiber.Ctx) bool {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return false
	}
	if strings.HasPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ") {
		return false
	}
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return false
	case "":
	default:
		return true
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" {
		return false
	}
	u, err := url.Parse(origin)
	if err != nil {
		return true
	}
	// A proxy may have replaced the host by its own name for us.
	return !strings.EqualFold(u.Host, string(c.Request().Host())) && !strings.EqualFold(origin, s.P.Config.URL)
}
