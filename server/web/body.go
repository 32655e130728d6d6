package web

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"feria/kernel"
)

// DefaultBody is the most bytes that a form may have.
const DefaultBody = 1 << 20

// MaxBody is the most that any route takes: an import file and its form.
const MaxBody = 51 << 20

// readBody is how much of a body is read where only a form may be sent. It is
// more than DefaultBody, so that somebody who sends somewhat too much is told so
// by a page; beyond it the connection is closed while the browser still writes,
// and many browsers show that as a broken connection.
const readBody = DefaultBody + DefaultBody/4

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
// announces, and strangers must not make the server hold 51 MB for a request, so a
// large body is let in only for who is known here. Fiber has one limit for all
// routes.
func (s *Server) headerRead(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	if limit := s.limitOf(h); limit > 0 && s.knownSender(h) {
		return fasthttp.RequestConfig{MaxRequestBodySize: limit, ReadTimeout: slowBody}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: readBody}
}

// limitOf is how large a body the path of a request takes, 0 if no larger one than
// a form.
func (s *Server) limitOf(h *fasthttp.RequestHeader) int {
	path := h.RequestURI()
	if i := bytes.IndexByte(path, '?'); i >= 0 {
		path = path[:i]
	}
	if h.IsPost() || h.IsPut() {
		segments := strings.Split(string(path), "/")
		for _, l := range s.larges {
			if l.fits(segments) {
				return l.limit
			}
		}
	}
	return 0
}

// knownSender says whether a request comes with a session or a token of the city.
// What it may do is asked later.
func (s *Server) knownSender(h *fasthttp.RequestHeader) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	city, err := s.P.Festival.CityByHost(ctx, hostName(string(h.Host())))
	if err != nil {
		return false
	}
	if token, ok := strings.CutPrefix(string(h.Peek(fiber.HeaderAuthorization)), "Bearer "); ok {
		actor, err := s.P.People.Token(ctx, strings.TrimSpace(token))
		return err == nil && actor.City == city.ID
	}
	secret := string(h.Cookie(s.cookieName(sessionCookie)))
	if secret == "" {
		return false
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

// bodySize is how many bytes were sent. It does not ask for the body where the
// header says it: fasthttp would put a form in parts together again for that.
func bodySize(c *fiber.Ctx) int {
	if n := c.Request().Header.ContentLength(); n >= 0 {
		return n
	}
	return len(c.Request().Body()) // chunked
}

func tooLarge(limit int) error {
	return kernel.New(kernel.TooLarge, "body_too_large", "", "limit", limit>>20)
}
