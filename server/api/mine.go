package api

import (
	"context"
	"net/http"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
	"feria/people"
	"feria/registration"
)

// ByParty is who asks for the own things: whoever holds the key of the party's
// mailed link.
type ByParty struct {
	Key string `header:"Feria-Party-Key" required:"true" doc:"the key of the party's mailed link"`
}

// mineView is what a party sees of itself.
type mineView struct {
	Name          string        `json:"name"`
	Mail          string        `json:"mail,omitempty" doc:"the address to which the key was mailed"`
	MailConfirmed bool          `json:"mail_confirmed" doc:"somebody said that this address is the party's own; then what was booked under it elsewhere is here too"`
	Bookings      []ownBooking  `json:"bookings"`
	Kept          []keptSession `json:"kept" doc:"sessions that the party likes"`
	Calendar      string        `json:"calendar,omitempty" doc:"the secret address of the party's calendar, once there is one"`
}

type ownBooking struct {
	Event   string      `json:"event" doc:"the event's word in addresses"`
	Booking bookingView `json:"booking"`
}

type keptSession struct {
	Event string      `json:"event" doc:"the event's word in addresses"`
	Code  string      `json:"code"`
	Title locale.Text `json:"title"`
	URL   string      `json:"url"`
}

// mountMine mounts what a party does with its own things.
func (a *API) mountMine() {
	register(a, operation{id: "get-mine", method: http.MethodGet, path: "/me", tag: "Mine", summary: "The own bookings, kept sessions and calendar", may: people.CitizenBook},
		func(ctx context.Context, in *ByParty) (*answer[mineView], error) {
			who, err := a.party(ctx, *in)
			if err != nil {
				return nil, err
			}
			return done(a.mine(ctx, who))
		})
	register(a, operation{id: "confirm-mail", method: http.MethodPost, path: "/me/confirm", tag: "Mine", summary: "Say that the mail address is one's own", may: people.CitizenBook},
		func(ctx context.Context, in *ByParty) (*struct{}, error) {
			if _, err := a.party(ctx, *in); err != nil {
				return nil, err
			}
			_, err := a.p.Registration.ConfirmLink(ctx, callOf(ctx).city.ID, in.Key)
			return nil, err
		})
	type calendarView struct {
		URL string `json:"url"`
	}
	register(a, operation{id: "renew-calendar", method: http.MethodPut, path: "/me/calendar", tag: "Mine", summary: "Give the own calendar another address; one that it had opens nothing any more", may: people.CitizenBook},
		func(ctx context.Context, in *ByParty) (*answer[calendarView], error) {
			who, err := a.party(ctx, *in)
			if err != nil {
				return nil, err
			}
			if err := a.p.Registration.Revoke(ctx, who.Party.ID, registration.LinkCalendar); err != nil {
				return nil, err
			}
			address, err := a.p.CalendarURL(ctx, who)
			return done(calendarView{address}, err)
		})
	register(a, operation{id: "renew-links", method: http.MethodPost, path: "/me/links", tag: "Mine", summary: "Give other addresses to the own bookings, passes and calendar; the new key is mailed, what was known before opens nothing any more", may: people.CitizenBook},
		func(ctx context.Context, in *ByParty) (*struct{}, error) {
			who, err := a.party(ctx, *in)
			if err != nil {
				return nil, err
			}
			_, _, err = a.p.RenewLinks(ctx, callOf(ctx).city, who, "", "")
			return nil, err
		})
	type oneSession struct {
		ByParty
		InEvent
		Code string `path:"code"`
	}
	keep := func(on bool) func(context.Context, *oneSession) (*struct{}, error) {
		return func(ctx context.Context, in *oneSession) (*struct{}, error) {
			who, err := a.party(ctx, in.ByParty)
			if err != nil {
				return nil, err
			}
			_, _, s, err := a.published(ctx, in.Event, in.Code)
			if err != nil {
				return nil, err
			}
			_, err = a.p.Registration.Star(ctx, who.Party.ID, s.ID, on)
			return nil, err
		}
	}
	register(a, operation{id: "keep-session", method: http.MethodPut, path: "/me/kept/{event}/{code}", tag: "Mine", summary: "Keep a session", may: people.CitizenBook}, keep(true))
	register(a, operation{id: "drop-session", method: http.MethodDelete, path: "/me/kept/{event}/{code}", tag: "Mine", summary: "Keep a session no more", may: people.CitizenBook}, keep(false))
}

// party finds who holds the key; to everybody else there is nothing.
func (a *API) party(ctx context.Context, in ByParty) (registration.Reader, error) {
	return a.p.Registration.Open(ctx, callOf(ctx).city.ID, registration.LinkMine, in.Key)
}

func (a *API) mine(ctx context.Context, who registration.Reader) (mineView, error) {
	party := who.Party
	out := mineView{Name: party.Name, Mail: who.Mailed, MailConfirmed: who.Proven(), Bookings: []ownBooking{}, Kept: []keptSession{}}
	held, err := a.p.Registration.Mine(ctx, who)
	if err != nil {
		return out, err
	}
	for _, h := range held {
		view, err := a.p.Views.Of(ctx, h.Booking.Event)
		if kernel.KindOf(err) == kernel.NotFound {
			continue // the event was removed
		}
		if err != nil {
			return out, err
		}
		out.Bookings = append(out.Bookings, ownBooking{view.Event.Slug, heldView(h)})
	}
	for _, id := range party.Stars {
		view, err := a.p.Views.Of(ctx, festival.EventOf(id))
		if kernel.KindOf(err) == kernel.NotFound || err == nil && view.Programme == nil {
			continue
		}
		if err != nil {
			return out, err
		}
		if s, found := view.Programme.Session(id); found {
			out.Kept = append(out.Kept, keptSession{view.Event.Slug, s.Code, s.Title, a.p.SessionURL(view.Event.Slug, s.Code)})
		}
	}
	if party.Links[string(registration.LinkCalendar)] > 0 {
		out.Calendar, err = a.p.CalendarURL(ctx, who)
	}
	return out, err
}
