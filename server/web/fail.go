package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"feria/kernel"
	"feria/people"
)

// StatusOf gives the HTTP status of a kind of error: the one place that maps.
func StatusOf(kind kernel.Kind) int {
	switch kind {
	case "":
		return fiber.StatusOK
	case kernel.Invalid:
		return fiber.StatusUnprocessableEntity
	case kernel.Malformed:
		return fiber.StatusBadRequest
	case kernel.SignIn:
		return fiber.StatusUnauthorized
	case kernel.Refused:
		return fiber.StatusForbidden
	case kernel.NotFound:
		return fiber.StatusNotFound
	case kernel.Conflict:
		return fiber.StatusConflict
	case kernel.Gone:
		return fiber.StatusGone
	case kernel.TooLarge:
		return fiber.StatusRequestEntityTooLarge
	case kernel.TooMany:
		return fiber.StatusTooManyRequests
	case kernel.Unavailable:
		return fiber.StatusServiceUnavailable
	}
	return fiber.StatusInternalServerError
}

// fail answers an error: a page in the reader's language, or a problem document
// where no person reads. The cause goes to the log under the request's id.
func (s *Server) fail(c *fiber.Ctx, r *Request, err error) error {
	if errors.Is(err, errMoved) {
		return c.Redirect(moved(c, r.Event.Slug), fiber.StatusPermanentRedirect)
	}
	var unrouted *fiber.Error
	if errors.As(err, &unrouted) {
		err = fromFiber(unrouted)
	}
	kind := kernel.KindOf(err)
	status, id := StatusOf(kind), requestID(c)
	if unrouted != nil && unrouted.Code == fiber.StatusMethodNotAllowed && wantsJSON(c) { // Fiber has set Allow
		status, err = unrouted.Code, kernel.New(kernel.NotFound, "method_unknown", "")
	}
	if kind == kernel.Internal || kind == kernel.Unavailable {
		s.log.Error("request failed", "id", id, "route", c.Route().Path, "error", err)
	}
	retryAfter(c, err)
	if kind == kernel.SignIn && c.Method() == fiber.MethodGet && !wantsJSON(c) {
		return c.Redirect("/sign-in?next="+url.QueryEscape(c.OriginalURL()), fiber.StatusSeeOther)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	if r == nil {
		r = s.stranger(c)
		if kind == kernel.NotFound && !wantsJSON(c) {
			r = s.strayed(c, r)
		}
	}
	sentence, next := r.T.Error(err)
	if wantsJSON(c) {
		body, jsonErr := json.Marshal(map[string]any{"type": "about:blank", "title": fiber.NewError(status).Message, "status": status, "code": kernel.CodeOf(err), "detail": sentence, "next": next, "id": id})
		if jsonErr != nil {
			return jsonErr
		}
		c.Set(fiber.HeaderContentType, "application/problem+json")
		return c.Status(status).Send(body)
	}
	var b bytes.Buffer
	chrome, body := s.ErrorPage(r, Failure{status, sentence, next, id})
	chrome.NoIndex = true
	if drawErr := r.draw(&b, chrome, body); drawErr != nil {
		s.log.Error("cannot draw an error page", "id", id, "error", drawErr)
		return c.Status(status).SendString(sentence)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Status(status).Send(b.Bytes())
}

// RetryAfter is how many seconds to wait before trying again, 0 where trying
// again does not help.
func RetryAfter(err error) int {
	var e *kernel.Error
	if errors.As(err, &e) {
		if seconds, ok := e.Args["seconds"].(int); ok && seconds > 0 {
			return seconds
		}
	}
	switch kernel.KindOf(err) {
	case kernel.TooMany, kernel.Unavailable:
		return 10
	}
	return 0
}

func retryAfter(c *fiber.Ctx, err error) {
	if seconds := RetryAfter(err); seconds > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(seconds))
	}
}

// moved is the address asked for, with the event's present word in the place of
// the old one.
func moved(c *fiber.Ctx, slug string) string {
	segments := strings.Split(string(c.Request().URI().PathOriginal()), "/")
	for i, name := range strings.Split(c.Route().Path, "/") {
		if name == ":event" && i < len(segments) {
			segments[i] = url.PathEscape(slug)
		}
	}
	path := SafeNext(strings.Join(segments, "/"))
	if q := string(c.Request().URI().QueryString()); q != "" {
		path += "?" + q
	}
	return path
}

// stranger is the request of an answer that belongs to no route: it knows the
// city and the language where they can be found out, and nobody.
func (s *Server) stranger(c *fiber.Ctx) *Request {
	r := &Request{Ctx: c, Server: s, P: s.P, Now: s.P.Now()}
	offered := s.P.Locale.Languages()
	if city, err := s.P.Festival.CityByHost(c.UserContext(), hostName(c.Hostname())); err == nil {
		r.City, offered = city, city.Locales
	}
	r.T = s.P.Locale.For(s.language(c, offered))
	return r
}

// strayed is the request of an address that no row of the table knows: where it
// begins like an event's that whoever asks may know of, it is lost in that event.
func (s *Server) strayed(c *fiber.Ctx, stranger *Request) *Request {
	slug, _, deeper := strings.Cut(strings.TrimPrefix(c.Path(), "/"), "/")
	if stranger.City.ID == "" || slug == "" || !deeper {
		return stranger
	}
	r, err := s.requestAt(c, lead{host: hostName(c.Hostname()), slug: slug})
	if err != nil && !errors.Is(err, errMoved) || r.permit(people.Public) != nil {
		return stranger
	}
	return r
}

func fromFiber(e *fiber.Error) error {
	switch e.Code {
	case fiber.StatusNotFound, fiber.StatusMethodNotAllowed:
		return kernel.Missing()
	case fiber.StatusRequestEntityTooLarge:
		return tooLarge(MaxBody)
	case fiber.StatusForbidden:
		return kernel.New(kernel.Refused, "cross_site", "")
	}
	if e.Code < 500 {
		return kernel.Wrap(kernel.Malformed, "form_unreadable", e)
	}
	return e
}

// wantsJSON says whether a program asks: under /api, or where JSON is preferred
// to pages.
func wantsJSON(c *fiber.Ctx) bool {
	if strings.HasPrefix(c.Path(), "/api/") {
		return true
	}
	accept := c.Get(fiber.HeaderAccept)
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}
