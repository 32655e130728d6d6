package web

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
	"feria/people"
	"feria/platform"
)

// Request is one request as pages see it. It lives until its handler returns.
type Request struct {
	*fiber.Ctx
	Server *Server
	P      *platform.Platform
	City   festival.City
	Event  festival.Event // where the path has :event
	View   *platform.View // of Event
	T      *locale.Printer
	Actor  people.Actor
	// Party is the id of the party whose browser asks, "" for none. It is read
	// from a signed cookie; the party itself may be gone. Proof is what the browser
	// proved of it; both mean something to registration only.
	Party, Proof string
	Now          time.Time

	here string // see Here
}

// Context is the request's context: it ends at the deadline.
func (r *Request) Context() context.Context { return r.UserContext() }

// request finds the city, the language, the actor, the party and the event.
func (s *Server) request(c *fiber.Ctx) (*Request, error) {
	return s.requestAt(c, lead{host: hostName(c.Hostname()), slug: c.Params("event")})
}

func (s *Server) requestAt(c *fiber.Ctx, at lead) (*Request, error) {
	r := &Request{Ctx: c, Server: s, P: s.P, T: s.P.Locale.For(""), Now: s.P.Now()}
	if r.byLead(at, false) {
		return r, nil
	}
	err := r.findInTime(at)
	switch kernel.KindOf(err) {
	case "":
		if at.slug != "" {
			s.leads.put(at, r.Event.ID)
		}
	case kernel.Internal, kernel.Unavailable:
		if !errors.Is(err, errMoved) && r.byLead(at, true) {
			s.leads.put(at, r.Event.ID) // the next ones need not wait as well
			return r, nil
		}
	}
	return r, err
}

// findInTime is find, which does not wait long for a store that is away where an
// old lead will do.
func (r *Request) findInTime(at lead) error {
	const patience = 2 * time.Second
	if r.Method() != fiber.MethodGet || r.SessionSecret() != "" || r.Server.leads.get(at, true) == "" {
		return r.find(at)
	}
	whole := r.Context()
	ctx, cancel := context.WithTimeout(whole, patience)
	defer cancel()
	r.SetUserContext(ctx)
	defer r.SetUserContext(whole)
	return r.find(at)
}

// find asks the store for all that an address and its cookies name.
func (r *Request) find(at lead) error {
	city, err := r.P.Festival.CityByHost(r.Context(), at.host)
	if err != nil {
		r.T = r.P.Locale.For(r.Server.language(r.Ctx, r.P.Locale.Languages()))
		return err
	}
	r.City = city
	r.T = r.P.Locale.For(r.Server.language(r.Ctx, city.Locales))
	r.Party, r.Proof = r.Server.partyOf(r.Ctx, city.ID)
	if secret := r.SessionSecret(); secret != "" {
		actor, err := r.P.People.Session(r.Context(), city.ID, secret)
		switch {
		case err == nil && actor.City == city.ID:
			r.Actor = actor
		case err != nil && kernel.KindOf(err) != kernel.SignIn:
			return err
		}
	}
	if at.slug == "" {
		return nil
	}
	return r.findEvent(at.slug)
}

// errMoved makes fail redirect to the event's present word.
var errMoved = errors.New("web: the event has another word now")

func (r *Request) findEvent(slug string) error {
	// Words of events are of small letters; typed from paper one may have others.
	event, err := r.P.Festival.EventBySlug(r.Context(), r.City.ID, strings.ToLower(slug))
	if err != nil {
		return err
	}
	view := r.P.Views.Of
	if r.Actor.ID != "" { // staff want to see what they just did, on every copy
		view = r.P.Views.Refresh
	}
	if r.View, err = view(r.Context(), event.ID); err != nil {
		return err
	}
	// The event as the view has it: what is drawn is kept under the view's epoch.
	r.City, r.Event = r.View.City, r.View.Event
	if r.Event.Slug != slug {
		return errMoved
	}
	r.T = r.P.Locale.For(r.Server.language(r.Ctx, r.Event.Locales))
	return nil
}

// permit refuses who may not. A stranger to an event gets the answer of an
// event that is not there; somebody who is not signed in is asked to.
func (r *Request) permit(p people.Permission) error {
	switch {
	case r.Event.Hidden && !r.Actor.May(people.ConsoleView, r.Event.ID) && !r.Actor.Knows(r.Event.ID):
		return r.absent()
	case r.Actor.May(p, r.Event.ID):
		return nil
	case r.Actor.ID == "":
		return kernel.New(kernel.SignIn, "sign_in_first", "")
	case r.Event.ID != "" && !r.Actor.Knows(r.Event.ID):
		return r.absent()
	}
	return kernel.New(kernel.Refused, "not_allowed", "")
}

// absent answers as if the event were not there: the page that says so must not
// have its colour or its languages either.
func (r *Request) absent() error {
	r.Event, r.View = festival.Event{}, nil
	r.T = r.P.Locale.For(r.Server.language(r.Ctx, r.City.Locales))
	return kernel.Missing()
}

// Form gives a value of the posted form, without spaces around it. Of the
// address it takes nothing, unlike Fiber's FormValue: a link to a form must not
// overrule what was typed into it.
func (r *Request) Form(name string) string {
	if v := r.Request().PostArgs().Peek(name); len(v) > 0 {
		return strings.TrimSpace(string(v))
	}
	if form, err := r.MultipartForm(); err == nil && len(form.Value[name]) > 0 {
		return strings.TrimSpace(form.Value[name][0])
	}
	return ""
}

// Here is the address of the page, for links and forms that come back to it; ""
// of what was posted. On a page for everybody it holds what the page was made
// of and nothing else that the first one to ask had in the address bar.
func (r *Request) Here() string {
	switch {
	case r.here != "":
		return r.here
	case r.Method() != fiber.MethodGet && r.Method() != fiber.MethodHead:
		return "/"
	}
	return SafeNext(r.OriginalURL())
}

// Posted gives the whole posted form, with every value of a name.
func (r *Request) Posted() (url.Values, error) {
	if form, err := r.MultipartForm(); err == nil {
		return url.Values(form.Value), nil
	}
	values, err := url.ParseQuery(string(r.Body()))
	if err != nil {
		return nil, kernel.Wrap(kernel.Malformed, "form_unreadable", err)
	}
	return values, nil
}

// Asked gives the query of the address, with every value of a name; control
// characters, which nobody types and no page may hold, are left out.
func (r *Request) Asked() url.Values {
	values, err := url.ParseQuery(string(r.Ctx.Context().QueryArgs().QueryString()))
	if err != nil {
		return url.Values{} // what cannot be read asks for nothing
	}
	for _, several := range values {
		for i, v := range several {
			several[i] = strings.Map(printable, v)
		}
	}
	return values
}

func printable(r rune) rune {
	if unicode.IsControl(r) || r == utf8.RuneError {
		return -1
	}
	return r
}

// Own gives a record id of the path's event from its own part in the address.
func (r *Request) Own(param string) string {
	return festival.RecordID(r.Event.ID, strings.ReplaceAll(r.Params(param), "/", ""))
}

// Page answers with a page of its own: personal or not, it is never cached.
func (r *Request) Page(status int, chrome Chrome, body templ.Component) error {
	var b bytes.Buffer
	chrome.Flash = r.takeFlash()
	if err := r.draw(&b, chrome, body); err != nil {
		return err
	}
	r.Set(fiber.HeaderCacheControl, "no-store")
	r.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	r.Status(status)
	return r.Send(bytes.ToValidUTF8(b.Bytes(), []byte("\uFFFD"))) // a form shows what was typed, whatever it was
}

func (r *Request) draw(b *bytes.Buffer, chrome Chrome, body templ.Component) error {
	// Also when the request's time is over: what was typed is shown again.
	return r.Server.Layout(r, chrome, body).Render(context.WithoutCancel(r.Context()), b)
}

// See answers a post: go and look there (303), with a sentence for the next page.
func (r *Request) See(path, flash string) error {
	if flash != "" {
		r.setFlash(flash)
	}
	return r.Redirect(path, fiber.StatusSeeOther)
}

// Sentences turns an error into what a form shows: for each field its sentence
// with the next step behind it, and above them the sentence of what belongs to
// none, with its next step apart. ok is false where it is no error of the input
// and the page itself should fail.
func (r *Request) Sentences(err error) (byField map[string]string, above, next string, ok bool) {
	byField = map[string]string{}
	retryAfter(r.Ctx, err)
	var several kernel.Errors
	var one *kernel.Error
	switch {
	case errors.As(err, &several):
		for _, e := range several {
			text, then := r.T.Error(e)
			if e.Field == "" {
				above, next = text, then
			} else if byField[e.Field] == "" {
				byField[e.Field] = strings.TrimSpace(text + " " + then)
			}
		}
	case errors.As(err, &one):
		if one.Kind == kernel.Internal || one.Kind == kernel.NotFound || one.Kind == kernel.SignIn {
			return nil, "", "", false
		}
		text, then := r.T.Error(one)
		if one.Field != "" && one.Kind == kernel.Invalid {
			byField[one.Field] = strings.TrimSpace(text + " " + then)
		} else {
			above, next = text, then
		}
	default:
		return nil, "", "", false
	}
	return byField, above, next, true
}

// StatusOfForm is the status of a page that shows a form again.
func StatusOfForm(err error) int { return StatusOf(kernel.KindOf(err)) }

func hostName(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return strings.ToLower(host)
}
