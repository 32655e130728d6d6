package web

import (
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"feria/platform"
)

// fronts remembers which cached page answers an address, word for word as it was
// asked for, so that the rush on a public page costs neither routing nor reading
// the query. What is remembered holds as long as the view that the page was made
// of, the lead of the address and the five minutes; after that, the next one who
// asks goes the whole way.
type fronts struct {
	mu sync.RWMutex
	to map[string]front
}

// maxFronts bounds what is remembered: anybody may ask for anything.
const maxFronts = 10_000

// longestFront is the most that host, address and language take together.
const longestFront = 512

type front struct {
	at    lead
	view  *platform.View
	event string
	step  int64
	route string
	cache string // Cache-Control
	page  *cached
}

// frontKey writes what the answer to a request depends on behind b; ok is false
// where it depends on more: who is signed in, a sentence to be shown once, a
// language that was chosen.
func (s *Server) frontKey(b []byte, c *fiber.Ctx) (key []byte, ok bool) {
	h := &c.Request().Header
	if !h.IsGet() || len(h.Peek(fiber.HeaderAuthorization)) > 0 {
		return nil, false
	}
	if len(h.Peek(fiber.HeaderCookie)) > 0 && (len(h.Cookie(s.cookieName(sessionCookie))) > 0 || len(h.Cookie(s.cookieName(flashCookie))) > 0 || len(h.Cookie(langCookie)) > 0) {
		return nil, false
	}
	host, uri, language := c.Hostname(), h.RequestURI(), h.Peek(fiber.HeaderAcceptLanguage)
	if len(host)+len(uri)+len(language)+2 > longestFront {
		return nil, false
	}
	b = append(append(b, host...), 0)
	b = append(append(b, uri...), 0)
	return append(b, language...), true
}

// fromFront answers from what is remembered and says whether it could, and by
// which row of the table. begun is when the request came, in real time.
func (s *Server) fromFront(c *fiber.Ctx, begun time.Time) (route string, done bool, err error) {
	var room [longestFront]byte
	key, ok := s.frontKey(room[:0], c)
	if !ok {
		return "", false, nil
	}
	s.fronts.mu.RLock()
	f, ok := s.fronts.to[string(key)]
	s.fronts.mu.RUnlock()
	if !ok || f.step != step(s.P.Now()) || s.leads.getAt(f.at, false, begun) != f.event || s.P.Views.Now(f.event) != f.view {
		return "", false, nil
	}
	return f.route, true, f.page.answer(c, f.cache)
}

// remember keeps that this address was answered by a page, for those who ask
// the same way.
func (s *Server) remember(r *Request, p *cached, cacheControl string) {
	if r.View == nil || r.Actor.ID != "" {
		return
	}
	var room [longestFront]byte
	key, ok := s.frontKey(room[:0], r.Ctx)
	if !ok {
		return
	}
	f := front{
		at: lead{host: hostName(r.Hostname()), slug: r.Event.Slug}, view: r.View, event: r.Event.ID,
		step: step(r.Now), route: r.Route().Path, cache: cacheControl, page: p,
	}
	s.fronts.mu.Lock()
	defer s.fronts.mu.Unlock()
	if s.fronts.to == nil || len(s.fronts.to) >= maxFronts {
		s.fronts.to = map[string]front{}
	}
	s.fronts.to[string(key)] = f
}
