// Package api is the JSON API, version 1: every action of the screens, with an
// OpenAPI 3.1 description made from this code, RFC 9457 problems, cursor pages
// and idempotency keys.
package api

import (
	"context"
	"net/http"
	"net/netip"
	"path"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
	"feria/people"
	"feria/platform"
	"feria/server/web"
)

// Prefix is where the API stands.
const Prefix = "/api/v1"

// Row is one line of the table of routes: what it needs to be called.
type Row struct {
	Method, Path string
	May          people.Permission
	Tag, Summary string
}

// API is the mounted API.
type API struct {
	p    *platform.Platform
	huma huma.API
	rows []Row
	// address is who asks, as the server's pages know it.
	address func(*fiber.Ctx) netip.Addr
}

// operation describes one action.
type operation struct {
	id, method, path, tag string
	summary               string
	may                   people.Permission
	created               bool  // answers 201
	or                    int   // the other status of a success, 0 for none
	creates               bool  // takes an Idempotency-Key, whose answer is kept here
	keyed                 bool  // takes an Idempotency-Key and keeps to it by itself
	body                  int64 // most bytes of the body; 0: 1 MiB
}

// forAll says whether the answer is the same for everybody without a token: what
// is public to read. All else is somebody's own.
func (o operation) forAll() bool { return o.may == people.Public && o.method == http.MethodGet }

// call is who calls, for which city, in which language.
type call struct {
	city    festival.City
	actor   people.Actor
	printer *locale.Printer
	key     string // Idempotency-Key
	from    netip.Addr
	request string // its id, as X-Request-Id and the log tell it
	route   string // as it was mounted
}

type callKey struct{}

func callOf(ctx context.Context) call { c, _ := ctx.Value(callKey{}).(call); return c }

// by names who did it, for the record.
func (c call) by() string { return c.actor.ID }

// Mount adds the API to the server's app.
func Mount(s *web.Server) *API {
	p := s.P
	config := huma.DefaultConfig("Feria", p.Version)
	config.OpenAPI.Info.Description = "Learning festivals, conferences and twin-city visits: programmes, bookings, passes and the door. " +
		"Errors are RFC 9457 problem documents with a stable code. Lists come in pages: pass next as after. " +
		"A POST that creates takes an Idempotency-Key; the same key with the same body gives the same answer for a day."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil // no $schema members in answers
	config.Transformers = nil
	config.FieldsOptionalByDefault = true
	config.Formats = map[string]huma.Format{"application/json": strictJSON, "json": strictJSON}
	huma.ValidateStrictCasing = true // "NAME" is no other way to write "name"
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "A token made on the console or by 'feria token add'."},
	}
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return newProblem(nil, status, message, errs...)
	}
	huma.NewErrorWithContext = newProblem
	a := &API{p: p, address: s.Address, huma: huma.NewAPI(config, headToo{humafiber.New(s.App, config).Adapter()})}
	a.mountEvents()
	a.mountRecords()
	a.mountReleases()
	a.mountImports()
	a.mountBookings()
	a.mountMine()
	a.mountDoor()
	a.mountPeople()
	a.mountMail()
	return a
}

// headToo answers HEAD wherever GET is answered, the same without its body, as
// pages do.
type headToo struct{ huma.Adapter }

func (h headToo) Handle(op *huma.Operation, handler func(huma.Context)) {
	h.Adapter.Handle(op, handler)
	if op.Method == http.MethodGet {
		head := *op
		head.Method = http.MethodHead
		h.Adapter.Handle(&head, handler)
	}
}

// OpenAPI is the description of the API, as JSON.
func (a *API) OpenAPI() ([]byte, error) { return a.huma.OpenAPI().MarshalJSON() }

// Operations is the table of routes, in the order in which they were mounted.
func (a *API) Operations() []Row { return a.rows }

// register mounts one action behind its permission.
func register[I, O any](a *API, o operation, handle func(context.Context, *I) (*O, error)) {
	op := o.described(reflect.TypeFor[I]())
	op.Middlewares = huma.Middlewares{a.identify(o)}
	a.rows = append(a.rows, Row{Method: o.method, Path: Prefix + fiberPath(o.path), May: o.may, Tag: o.tag, Summary: o.summary})
	op.Responses = map[string]*huma.Response{}
	defer func() {
		if o.or != 0 {
			other := *op.Responses[strconv.Itoa(http.StatusCreated)]
			other.Description = http.StatusText(o.or)
			op.Responses[strconv.Itoa(o.or)] = &other
		}
	}()
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		c := callOf(ctx)
		do := func() (*O, error) {
			out, err := handle(ctx, in)
			if err != nil {
				return nil, a.problem(ctx, c, err)
			}
			return out, nil
		}
		if o.creates && c.key != "" {
			return once(ctx, a, o, c, in, do)
		}
		return do()
	})
}

func fiberPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// identify finds the city by the host name, the actor by the token and refuses
// who may not. A stranger learns nothing: an event of which the actor knows
// nothing is as absent.
func (a *API) identify(o operation) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		asked := humafiber.Unwrap(ctx)
		c := call{key: ctx.Header("Idempotency-Key"), from: a.address(asked), request: asked.GetRespHeader(fiber.HeaderXRequestID), route: asked.Route().Path}
		c.printer = a.p.Locale.For(a.p.Locale.Match(ctx.Header("Accept-Language"), a.p.Locale.Languages()))
		if o.forAll() && ctx.Header("Authorization") == "" {
			ctx.SetHeader("Vary", "Accept-Language, Authorization") // with a token, one sees more
		} else {
			ctx.SetHeader("Cache-Control", "no-store")
		}
		deny := func(err error) { a.write(ctx, a.problem(ctx.Context(), c, err)) }
		city, err := a.p.Festival.CityByHost(ctx.Context(), hostName(ctx.Host()))
		if err != nil {
			deny(err)
			return
		}
		c.city = city
		if secret, ok := strings.CutPrefix(ctx.Header("Authorization"), "Bearer "); ok {
			if c.actor, err = a.p.People.Token(ctx.Context(), strings.TrimSpace(secret)); err != nil {
				deny(err)
				return
			}
			if c.actor.City != city.ID {
				deny(kernel.New(kernel.SignIn, "token_unknown", ""))
				return
			}
		}
		if !(people.Actor{}).May(o.may, "") { // not for everybody
			if c.actor.ID == "" { // asked first: a stranger is not told which events there are
				deny(kernel.New(kernel.SignIn, "token_needed", ""))
				return
			}
			event := ""
			if slug := ctx.Param("event"); slug != "" {
				e, err := a.p.Festival.EventBySlug(ctx.Context(), city.ID, slug)
				if err != nil {
					deny(err)
					return
				}
				event = e.ID
			}
			if !c.actor.May(o.may, event) {
				deny(a.refusal(c, event))
				return
			}
		}
		next(huma.WithValue(ctx, callKey{}, c))
	}
}

// refusal is "not found" for somebody who has no role in the event at all, so
// that a stranger's id and a missing one give the same answer.
func (a *API) refusal(c call, event string) error {
	if event != "" && !c.actor.Knows(event) {
		return kernel.Missing()
	}
	return kernel.New(kernel.Refused, "not_allowed", "")
}

func hostName(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > 0 && !strings.HasSuffix(host, "]") {
		return host[:i]
	}
	return host
}

// event finds the event of a path; drafts and hidden events are only for those
// who may see the console.
func (a *API) event(ctx context.Context, slug string) (festival.Event, error) {
	c := callOf(ctx)
	e, err := a.p.Festival.EventBySlug(ctx, c.city.ID, slug)
	if err != nil {
		return e, err
	}
	if e.Hidden && !c.actor.May(people.ConsoleView, e.ID) {
		return e, kernel.Missing()
	}
	return e, nil
}

// schemaName names a type in the description: two rooms may have types of the
// same name, so those of other packages carry their room's. A component's name
// holds only what OpenAPI allows in it; that of a type without a name does not
// by itself.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if room := path.Base(t.PkgPath()); t.Name() != "" && strings.HasPrefix(t.PkgPath(), "feria/") && room != "api" {
		name = strings.ToUpper(room[:1]) + room[1:] + name
	}
	return noComponentName.ReplaceAllString(name, "")
}

var noComponentName = regexp.MustCompile(`[^a-zA-Z0-9._-]`)
