package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"feria/kernel"
	"feria/server/web"
)

// Problem is an RFC 9457 problem document. Code is stable, Detail is a sentence
// for a person in the language that was asked for, Next the step to offer.
type Problem struct {
	Type   string  `json:"type" doc:"about:blank; the code says what it is"`
	Title  string  `json:"title" doc:"the status in words"`
	Status int     `json:"status"`
	Detail string  `json:"detail,omitempty" doc:"one sentence for the person"`
	Next   string  `json:"next,omitempty" doc:"what to do now"`
	Code   string  `json:"code" doc:"stable, for programs"`
	Field  string  `json:"field,omitempty" doc:"the member that it is about"`
	Errors []Fault `json:"errors,omitempty" doc:"every complaint about the input"`
	ID     string  `json:"id,omitempty" doc:"of the request, as in X-Request-Id and in the log"`

	wait int // seconds, for Retry-After
}

// Fault is one complaint about the input.
type Fault struct {
	Code   string `json:"code"`
	Field  string `json:"field,omitempty"`
	Detail string `json:"detail"`
	Next   string `json:"next,omitempty" doc:"what to do about it"`
}

// Error is for logs.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus gives the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of problem documents.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders says when to try again, where that helps.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(p.wait))
	}
	return h
}

// problem turns an error into its document; only internal ones reach the log.
func (a *API) problem(ctx context.Context, c call, err error) *Problem {
	kind := kernel.KindOf(err)
	p := &Problem{Type: "about:blank", Status: web.StatusOf(kind), Code: kernel.CodeOf(err), ID: c.request, wait: web.RetryAfter(err)}
	p.Title = http.StatusText(p.Status)
	p.Detail, p.Next = c.printer.Error(err)
	var known *kernel.Error
	if errors.As(err, &known) {
		p.Field = known.Field
	}
	var several kernel.Errors
	if errors.As(err, &several) {
		for _, e := range several {
			text, next := c.printer.Error(e)
			p.Errors = append(p.Errors, Fault{Code: e.Code, Field: e.Field, Detail: text, Next: next})
		}
	}
	if kind == kernel.Internal || kind == kernel.Unavailable {
		a.p.Log.ErrorContext(ctx, "request failed", "id", c.request, "route", c.route, "error", err)
	}
	return p
}

// unread is the error behind a status with which huma refuses by itself: a body
// that cannot be read, a value out of its range. Limit is the most bytes of a body.
func unread(status int, limit int64) error {
	switch status {
	case http.StatusNotFound:
		return kernel.Missing()
	case http.StatusRequestEntityTooLarge:
		return kernel.New(kernel.TooLarge, "body_too_large", "", "limit", limit>>20)
	case http.StatusUnsupportedMediaType:
		return kernel.New(kernel.Invalid, "media_type", "")
	case http.StatusBadRequest:
		return kernel.New(kernel.Malformed, "unreadable", "")
	case http.StatusInternalServerError:
		return kernel.New(kernel.Internal, "internal", "")
	}
	return kernel.New(kernel.Invalid, "input_refused", "")
}

// newProblem is what huma calls for what it refuses itself. Detail is a sentence
// of the catalogue, the errors are huma's own words for programmers.
func newProblem(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
	p := &Problem{Type: "about:blank", Status: status, Title: http.StatusText(status), Detail: message}
	limit := int64(web.DefaultBody)
	if ctx != nil && ctx.Operation().MaxBodyBytes > 0 {
		limit = ctx.Operation().MaxBodyBytes
	}
	err := unread(status, limit)
	p.Code = kernel.CodeOf(err)
	if ctx != nil { // without one, nobody is asking
		if c := callOf(ctx.Context()); c.printer != nil {
			p.Detail, p.Next = c.printer.Error(err)
			p.ID = c.request
		}
	}
	for _, err := range errs {
		if err == nil {
			continue
		}
		f := Fault{Code: p.Code, Detail: err.Error()}
		var detailed huma.ErrorDetailer
		if errors.As(err, &detailed) {
			d := detailed.ErrorDetail()
			f.Field, f.Detail = member(d.Location), d.Message
		}
		p.Errors = append(p.Errors, f)
	}
	// huma goes through a map: the same mistakes must get the same answer.
	slices.SortStableFunc(p.Errors, func(a, b Fault) int { return strings.Compare(a.Field, b.Field) })
	if len(p.Errors) > 0 {
		p.Field = p.Errors[0].Field
	}
	return p
}

// member is a place in the input as everything else names it: without the part of
// the request in which it stands, and with a list's places as "hosts.0".
func member(location string) string {
	location = strings.NewReplacer("[", ".", "]", "").Replace(location)
	part, rest, _ := strings.Cut(location, ".")
	switch part {
	case "body", "query", "path", "header":
		return rest
	}
	return location
}

func (a *API) write(ctx huma.Context, p *Problem) {
	ctx.SetHeader("Content-Type", p.ContentType(""))
	if p.Status == http.StatusUnauthorized {
		ctx.SetHeader("WWW-Authenticate", "Bearer")
	}
	for name, values := range p.GetHeaders() {
		ctx.SetHeader(name, values[0])
	}
	ctx.SetStatus(p.Status)
	if err := json.NewEncoder(ctx.BodyWriter()).Encode(p); err != nil {
		a.p.Log.WarnContext(ctx.Context(), "api: cannot write a problem", "error", err)
	}
}
