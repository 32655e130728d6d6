package api

import (
	"context"
	"net/http"
	"net/url"

	"feria/festival"
	"feria/festival/search"
	"feria/kernel"
	"feria/locale"
	"feria/people"
	"feria/platform"
)

// publicSlot is a slot of the published programme with what belongs to it.
type publicSlot struct {
	ID       string               `json:"id" doc:"the slot's own part; book with it"`
	Code     string               `json:"code" doc:"of the session"`
	Title    locale.Text          `json:"title"`
	Start    string               `json:"start" format:"date-time"`
	End      string               `json:"end" format:"date-time"`
	Day      festival.Date        `json:"day"`
	Space    locale.Text          `json:"space,omitempty"`
	Venue    locale.Text          `json:"venue,omitempty"`
	Track    string               `json:"track,omitempty"`
	Seating  festival.Seating     `json:"seating" enum:",bookable,external"`
	Places   festival.PlacesState `json:"places,omitempty" enum:"free,few,full,closed,"`
	State    festival.SlotState   `json:"state,omitempty" enum:",cancelled"`
	UID      string               `json:"uid" doc:"of iCalendar"`
	Sequence int                  `json:"sequence"`
	URL      string               `json:"url"`
}

type programmeQuery struct {
	InEvent
	Paging
	Q      string   `query:"q" maxLength:"200" doc:"words of titles, abstracts, names and places"`
	Day    string   `query:"day" doc:"2027-04-12"`
	Part   string   `query:"part" enum:"morning,afternoon,evening"`
	Track  string   `query:"track"`
	Format string   `query:"format"`
	Lang   string   `query:"lang"`
	Age    int      `query:"age" minimum:"0" maximum:"120"`
	Access []string `query:"access"`
	Price  string   `query:"price" enum:"free"`
	Places string   `query:"places" enum:"yes"`
	Booth  string   `query:"booth"`
	Venue  string   `query:"venue"`
	Host   string   `query:"host"`
}

func (q programmeQuery) filter() (search.Filter, error) {
	v := url.Values{}
	for name, value := range map[string]string{"q": q.Q, "day": q.Day, "part": q.Part, "track": q.Track, "format": q.Format, "lang": q.Lang, "price": q.Price, "places": q.Places, "booth": q.Booth, "venue": q.Venue, "host": q.Host} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if q.Age > 0 {
		v.Set("age", itoa(q.Age))
	}
	for _, access := range q.Access {
		v.Add("access", access)
	}
	return search.Parse(v)
}

// publicSession is a session of the published programme with its slots.
type publicSession struct {
	festival.Session
	Slots []publicSlot `json:"slots"`
}

func (a *API) mountReleases() {
	register(a, operation{id: "list-programme", method: http.MethodGet, path: "/events/{event}/programme", tag: "Programme", summary: "The published programme, filtered", may: people.Public},
		func(ctx context.Context, in *programmeQuery) (*answer[list[publicSlot]], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			filter, err := in.filter()
			if err != nil {
				return nil, err
			}
			view, err := a.p.Views.Of(ctx, e.ID)
			if err != nil {
				return nil, err
			}
			if view.Programme == nil {
				return nil, kernel.Missing()
			}
			page, err := pageOfSlice(view.Index.Slots(filter, view.PlacesOf), in.Paging, func(s festival.Frozen) string { return s.ID })
			if err != nil {
				return nil, err
			}
			out := list[publicSlot]{Items: []publicSlot{}, Next: page.Next}
			for _, s := range page.Items {
				out.Items = append(out.Items, a.slotView(view.Programme, e, s, view.PlacesOf(s.ID)))
			}
			return ok(out), nil
		})
	type sessionPath struct {
		InEvent
		Code string `path:"code"`
	}
	register(a, operation{id: "get-published-session", method: http.MethodGet, path: "/events/{event}/sessions/{code}", tag: "Programme", summary: "A session as published, with its slots", may: people.Public},
		func(ctx context.Context, in *sessionPath) (*answer[publicSession], error) {
			e, view, session, err := a.published(ctx, in.Event, in.Code)
			if err != nil {
				return nil, err
			}
			out := publicSession{Session: session, Slots: []publicSlot{}}
			out.ChangedBy, out.Source = "", festival.Source{}
			for _, s := range view.Programme.SlotsOf(session.ID) {
				out.Slots = append(out.Slots, a.slotView(view.Programme, e, s, view.PlacesOf(s.ID)))
			}
			return ok(out), nil
		})

	type review struct {
		Next     int                       `json:"next" doc:"number that the release would have"`
		Changes  []platform.ReviewedChange `json:"changes"`
		Clashes  []festival.Clash          `json:"clashes"`
		Blocked  bool                      `json:"blocked" doc:"a clash stands that forbids publishing"`
		Unplaced int                       `json:"unplaced"`
		Hidden   int                       `json:"hidden"`
	}
	register(a, operation{id: "review-release", method: http.MethodGet, path: "/events/{event}/review", tag: "Programme", summary: "What a release would change, and which clashes stand", may: people.ConsoleView},
		func(ctx context.Context, in *InEvent) (*answer[review], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			r, err := a.p.Review(ctx, e.ID)
			return done(review{r.Next, orEmpty(r.Changes), orEmpty(r.Clashes), r.Blocked, r.Unplaced, r.Hidden}, err)
		})
	register(a, operation{id: "list-releases", method: http.MethodGet, path: "/events/{event}/releases", tag: "Programme", summary: "The releases so far", may: people.ConsoleView},
		func(ctx context.Context, in *PageInEvent) (*answer[list[festival.Release]], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			releases, err := a.p.Festival.Releases(ctx, e.ID)
			if err != nil {
				return nil, err
			}
			return done(pageOfSlice(releases, in.Paging, func(r festival.Release) string { return r.ID }))
		})
	type publishBody struct {
		InEvent
		Body struct {
			Note locale.Text `json:"note,omitempty" doc:"what changed, for the public, by language"`
		}
	}
	type publishAnswer struct {
		Status int
		Body   festival.Release
	}
	register(a, operation{id: "publish", method: http.MethodPost, path: "/events/{event}/releases", tag: "Programme", summary: "Publish the draft as the next release; 200 with the release that stands where the public would see no change", may: people.ConsolePublish, created: true, or: http.StatusOK, creates: true},
		func(ctx context.Context, in *publishBody) (*publishAnswer, error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			release, err := a.p.Publish(ctx, e.ID, callOf(ctx).by(), in.Body.Note)
			if err != nil {
				return nil, err
			}
			out := &publishAnswer{Status: http.StatusCreated, Body: release}
			if release.Stood {
				out.Status = http.StatusOK
			}
			return out, nil
		})
}

// published finds a session of the published programme by its code.
func (a *API) published(ctx context.Context, slug, code string) (festival.Event, *platform.View, festival.Session, error) {
	e, err := a.event(ctx, slug)
	if err != nil {
		return e, nil, festival.Session{}, err
	}
	view, err := a.p.Views.Of(ctx, e.ID)
	if err != nil {
		return e, nil, festival.Session{}, err
	}
	if view.Programme != nil {
		if s, found := view.Programme.SessionByCode(code); found {
			return e, view, s, nil
		}
	}
	return e, nil, festival.Session{}, kernel.Missing()
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func (a *API) slotView(p *festival.Programme, e festival.Event, s festival.Frozen, places festival.PlacesState) publicSlot {
	session, _ := p.Session(s.Session)
	space, _ := p.SpaceOf(s.Slot)
	venue, _ := p.VenueOf(s.Slot)
	zone := p.Location()
	const rfc3339 = "2006-01-02T15:04:05Z07:00"
	out := publicSlot{
		ID: festival.Own(s.ID), Code: session.Code, Title: session.Title, Start: s.Start.In(zone).Format(rfc3339), End: s.End.In(zone).Format(rfc3339),
		Day: p.DayOf(s), Space: space.Name, Venue: venue.Name, Track: session.Track, Seating: s.Seating, State: s.State,
		UID: s.UID, Sequence: s.Sequence, URL: a.p.SessionURL(e.Slug, session.Code),
	}
	if s.Seating == festival.Bookable {
		out.Places = places
	}
	return out
}
