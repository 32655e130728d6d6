package web

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"feria/kernel"
	"feria/people"
)

// DefaultBody is the most bytes that a form of somebody known here may have.
const DefaultBody = 1 << 20

// StrangersBody is the most bytes that a form may have of somebody who is neither
// signed in nor has a token: it holds a name, an address, a few choices.
const StrangersBody = 64 << 10

// MaxBody is the most that any route takes: an import file and its form.
const MaxBody = 51 << 20

// readBody is how much of a body is read where only a form may be sent, and
// readStrangers how much of a stranger's. Both are more than the form may have, so
// that somebody who sends somewhat too much is told so by a page; beyond it the
// connection is closed while the browser still writes, and many browsers show that
// as a broken connection.
const (
	readBody      = DefaultBody + DefaultBody/4
	readStrangers = 2 * StrangersBody
)

// slowBody is how long a large body may take to arrive.
const slowBody = 3 * time.Minute

// large is a path that takes a larger body than a form.
type large struct {
	segments []string
	limit    int
}

// beside are the paths with large bodies that are not rows of the table: the
// API bounds them itself once they are read.
var beside = []string{"/api/v1/events/:event/imports", "/api/v1/events/:event/imports/preview"}

// admit lets bodies of up to limit bytes in under a path of the app.
func (s *Server) admit(path string, limit int) {
	if limit > readBody {
		s.larges = append(s.larges, large{segments: strings.Split(path, "/"), limit: limit})
	}
}

// headerRead says, before the body of a request is read, how large it may get
// and how long that may take: fasthttp takes the memory for all that the header
// announces, and strangers must not make the server hold 51 MB for a request, nor
// one for each of many, so more than a short form is let in only for who is known
// here. Who sends no more is not asked, which would cost a look into the store.
// Fiber has one limit for all routes.
func (s *Server) headerRead(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	const chunked = -1 // its length shows as it comes
	n := h.ContentLength()
	if h.IsGet() || h.IsHead() || n != chunked && n <= readStrangers || !s.knownSender(h) {
		return fasthttp.RequestConfig{MaxRequestBodySize: readStrangers}
	}
	if limit := s.limitOf(h); limit > 0 {
		return fasthttp.RequestConfig{MaxRequestBodySize: limit, ReadTimeout: slowBody}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: readBody}
}

// unreadBody says why a body was not read. One that is not too large for somebody
// who may do this here comes from who is not known, or not any more.
func (s *Server) unreadBody(h *fasthttp.RequestHeader) error {
	limit := s.limitOf(h)
	if limit == 0 {
		limit = DefaultBody
	}
	n := h.ContentLength()
	switch known := s.knownSender(h); {
	case known || n > limit:
		return tooLarge(limit)
	case n > 0 && !s.openToStrangers(h):
		return kernel.New(kernel.SignIn, "sign_in_first", "")
	}
	return tooLarge(StrangersBody)
}

// openToStrangers says whether what a request asks for may be done by anybody. The
// API's few such actions count as its others, which want a token.
func (s *Server) openToStrangers(h *fasthttp.RequestHeader) bool {
	segments := pathOf(h)
	for _, r := range s.routes {
		if r.Method == string(h.Method()) && (large{segments: strings.Split(r.Path, "/")}).fits(segments) {
			return people.Actor{}.May(r.May, "")
		}
	}
	return len(segments) < 2 || segments[1] != "api"
}

// limitOf is how large a body the path of a request takes, 0 if no larger one than
// a form.
func (s *Server) limitOf(h *fasthttp.RequestHeader) int {
	if h.IsPost() || h.IsPut() {
		segments := pathOf(h)
		for _, l := range s.larges {
			if l.fits(segments) {
				return l.limit
			}
		}
	}
	return 0
}

func pathOf(h *fasthttp.RequestHeader) (segments []string) {
	path := h.RequestURI()
	if i := bytes.IndexByte(path, '?'); i >= 0 {
		path = path[:i]
	}
	return strings.Split(string(path), "/")
}

// knownSender says whether a request comes with a session or a token of the city.
// What it may do is asked later.
func (s *Server) knownSender(h *fasthttp.RequestHeader) bool {
	secret := string(h.Cookie(s.cookieName(sessionCookie)))
	token, withToken := strings.CutPrefix(string(h.Peek(fiber.HeaderAuthorization)), "Bearer ")
	if secret == "" && !withToken {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	city, err := s.P.Festival.CityByHost(ctx, hostName(string(h.Host())))
	if err != nil {
		return false
	}
	if withToken {
		actor, err := s.P.People.Token(ctx, strings.TrimSpace(token))
		return err == nil && actor.City == city.ID
	}
	_, err = s.P.People.Session(ctx, city.ID, secret)
	return err == nil
}

func (l large) fits(segments []string) bool {
	if len(segments) != len(l.segments) {
		return false
	}
	for i, wanted := range l.segments {
		if !strings.HasPrefix(wanted, ":") && segments[i] != wanted {
			return false
		}
	}
	return true
}

// packed says whether the body is compressed. Nobody has to send one, and
// Fiber unpacks it without a limit wherever a body is asked for: a megabyte
// becomes a gigabyte.
func packed(c *fiber.Ctx) bool {
	encoding := c.Get(fiber.HeaderContentEncoding)
	return encoding != "" && !strings.EqualFold(encoding, "identity")
}

// most is how large a body of an actor may be on this row.
func (route Route) most(actor people.Actor) int {
	switch {
	case route.Limit > 0:
		return route.Limit
	case actor.ID == "":
		return StrangersBody
	}
	return DefaultBody
}

// bodySize is how many bytes were sent. It does not ask for the body where the
// header says it: fasthttp would put a form in parts together again for that.
func bodySize(c *fiber.Ctx) int {
	if n := c.Request().Header.ContentLength(); n >= 0 {
		return n
	}
	return len(c.Request().Body()) // chunked
}

func tooLarge(limit int) error {
	if limit < 1<<20 {
		return kernel.New(kernel.TooLarge, "form_too_large", "", "limit", limit>>10)
	}
	return kernel.New(kernel.TooLarge, "body_too_large", "", "limit", limit>>20)
}
