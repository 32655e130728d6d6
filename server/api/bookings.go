package api

import (
	"context"
	"net/http"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/people"
	"feria/platform"
	"feria/registration"
)

// AtSlot is the path of what belongs to a slot.
type AtSlot struct {
	InEvent
	Slot string `path:"slot" doc:"the slot's own part, as the programme shows it"`
}

// OneBooking is the path of a booking, and who asks for it.
type OneBooking struct {
	InEvent
	ID string `path:"id" doc:"the booking's own part"`
	// Key is the party's, from the mailed link: it opens the party's own
	// bookings to somebody without a token.
	Key string `header:"Feria-Party-Key" doc:"the key of the party's mailed link; not needed with a token that may edit bookings"`
}

// bookingView is a booking as the API shows it.
type bookingView struct {
	ID       string             `json:"id"`
	Slot     string             `json:"slot"`
	State    registration.State `json:"state" enum:"confirmed,waiting,cancelled"`
	Position int                `json:"position,omitempty" doc:"in the waiting list, from 1"`
	Seats    int                `json:"seats"`
	Name     string             `json:"name"`
	Mail     string             `json:"mail,omitempty"`
	MadeAt   time.Time          `json:"made_at"`
	Party    string             `json:"party,omitempty"`
	PassURL  string             `json:"pass_url,omitempty" doc:"the page of the party's pass; with a new booking"`
	Replayed bool               `json:"replayed,omitempty" doc:"the same request was made before"`
}

func heldView(h registration.Held) bookingView {
	return bookingView{
		ID: festival.Own(h.Booking.ID), Slot: festival.Own(h.Booking.Slot), State: h.State, Position: h.Position, Seats: h.Booking.Seats,
		Name: h.Booking.Name, Mail: h.Booking.Mail, MadeAt: h.Booking.MadeAt, Party: festival.Own(h.Booking.Party),
	}
}

// leastKey is the least that an Idempotency-Key of a caller without a token must
// have: nobody else's may be hit by chance or by guessing.
const leastKey = 16

// keyIsLong refuses a key that somebody else may have used as well.
func (c call) keyIsLong() error {
	if c.key != "" && len(c.key) < leastKey {
		return kernel.New(kernel.Invalid, "idempotency_key_short", "Idempotency-Key", "least", leastKey)
	}
	return nil
}

func (a *API) mountBookings() {
	type bookBody struct {
		AtSlot
		Body struct {
			Name    string `json:"name" required:"true"`
			Mail    string `json:"mail,omitempty" doc:"may be left out by staff who book for somebody"`
			Seats   int    `json:"seats" required:"true"`
			Lang    string `json:"lang,omitempty" doc:"of the mails; absent: of the request"`
			Confirm bool   `json:"confirm,omitempty" doc:"book although the party has something else at that time"`
			NoWait  bool   `json:"no_wait,omitempty" doc:"rather nothing than a place in the waiting list"`
			Pass    string `json:"pass,omitempty" doc:"by staff: the short code of a pass of the event, whose party the booking joins; then the name may be empty"`
		}
	}
	register(a, operation{id: "book", method: http.MethodPost, path: "/events/{event}/slots/{slot}/bookings", tag: "Bookings", summary: "Book seats; full means a place in the waiting list", may: people.CitizenBook, created: true, keyed: true},
		func(ctx context.Context, in *bookBody) (*answer[bookingView], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			c := callOf(ctx)
			r := registration.Request{
				City: c.city.ID, Slot: festival.RecordID(e.ID, in.Slot), Name: in.Body.Name, Mail: in.Body.Mail, Seats: in.Body.Seats,
				Lang: in.Body.Lang, Key: c.key, Confirm: in.Body.Confirm, NoWait: in.Body.NoWait,
			}
			if r.Lang == "" {
				r.Lang = c.printer.Lang()
			}
			if c.actor.May(people.BookingEdit, e.ID) {
				r.By = c.by()
			} else if in.Body.Pass != "" {
				return nil, kernel.New(kernel.Refused, "not_allowed", "pass")
			} else if err := c.keyIsLong(); err != nil {
				return nil, err
			}
			var receipt registration.Receipt
			if r.By != "" {
				receipt, err = a.p.BookFor(ctx, e, r, in.Body.Pass)
			} else {
				receipt, err = a.p.BookVisitor(ctx, r, c.from)
			}
			if err != nil {
				return nil, err
			}
			out := heldView(registration.Held{Booking: receipt.Booking, State: receipt.State, Position: receipt.Position})
			out.Replayed = receipt.Replayed
			return ok(out), nil
		})
	register(a, operation{id: "list-bookings", method: http.MethodGet, path: "/events/{event}/slots/{slot}/bookings", tag: "Bookings", summary: "Who booked a slot: the confirmed, then those who wait", may: people.BookingView},
		func(ctx context.Context, in *struct {
			AtSlot
			Paging
		}) (*answer[list[bookingView]], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			slot := festival.RecordID(e.ID, in.Slot)
			if _, err := a.p.Registration.Roster(ctx, slot); err != nil { // no such slot is not an empty list
				return nil, err
			}
			held, err := a.p.Registration.Booked(ctx, slot)
			if err != nil {
				return nil, err
			}
			page, err := pageOfSlice(held, in.Paging, func(h registration.Held) string { return h.Booking.ID })
			if err != nil {
				return nil, err
			}
			out := list[bookingView]{Items: []bookingView{}, Next: page.Next}
			for _, h := range page.Items {
				out.Items = append(out.Items, heldView(h))
			}
			return ok(out), nil
		})
	register(a, operation{id: "get-booking", method: http.MethodGet, path: "/events/{event}/bookings/{id}", tag: "Bookings", summary: "A booking, with the address of its pass", may: people.CitizenBook},
		func(ctx context.Context, in *OneBooking) (*answer[bookingView], error) {
			e, h, err := a.booking(ctx, *in)
			if err != nil {
				return nil, err
			}
			return done(a.withPass(ctx, e, h))
		})
	register(a, operation{id: "renew-booking-links", method: http.MethodPost, path: "/events/{event}/bookings/{id}/links", tag: "Bookings", summary: "Give other addresses to what the party of a booking has: its bookings and calendar, which are mailed, and its pass of the event", may: people.BookingEdit},
		func(ctx context.Context, in *OneBooking) (*answer[bookingView], error) {
			e, h, err := a.booking(ctx, *in)
			if err != nil {
				return nil, err
			}
			party, err := a.p.Registration.Party(ctx, h.Booking.Party)
			if err != nil {
				return nil, err
			}
			c := callOf(ctx)
			if _, _, err := a.p.RenewLinks(ctx, c.city, registration.Staffed(party), e.ID, c.by()); err != nil {
				return nil, err
			}
			return done(a.withPass(ctx, e, h))
		})
	type takeBody struct {
		InEvent
		Body *struct {
			Persons int `json:"persons" doc:"how many come with the pass; left out, one"`
		}
	}
	type passView struct {
		Code string `json:"code" doc:"the short code, to be typed at the door"`
		URL  string `json:"url" doc:"the page of the pass"`
	}
	register(a, operation{id: "take-pass", method: http.MethodPost, path: "/events/{event}/passes", tag: "Bookings", summary: "A pass without a booking, where the event is open to all; the same key gives the same pass", may: people.CitizenBook, created: true, keyed: true},
		func(ctx context.Context, in *takeBody) (*answer[passView], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			persons := 1
			if in.Body != nil && in.Body.Persons != 0 {
				persons = in.Body.Persons
			}
			c := callOf(ctx)
			if err := c.keyIsLong(); err != nil && c.by() == "" {
				return nil, err
			}
			pass, err := a.p.TakePass(ctx, platform.Taking{Event: e, By: c.by(), From: c.from, Key: c.key, Lang: c.printer.Lang(), Persons: persons})
			return done(passView{pass.CodeShown(), a.p.PassURL(pass)}, err)
		})
	type changeBody struct {
		OneBooking
		Body struct {
			Seats int `json:"seats" required:"true"`
		}
	}
	register(a, operation{id: "change-booking", method: http.MethodPatch, path: "/events/{event}/bookings/{id}", tag: "Bookings", summary: "Another number of seats", may: people.CitizenBook},
		func(ctx context.Context, in *changeBody) (*answer[bookingView], error) {
			_, h, err := a.booking(ctx, in.OneBooking)
			if err != nil {
				return nil, err
			}
			if err := a.p.Registration.Change(ctx, h.Booking.ID, in.Body.Seats); err != nil {
				return nil, err
			}
			h, err = a.p.Registration.Booking(ctx, h.Booking.ID)
			return done(heldView(h), err)
		})
	register(a, operation{id: "cancel-booking", method: http.MethodDelete, path: "/events/{event}/bookings/{id}", tag: "Bookings", summary: "Cancel; the seats go to the next in line at once", may: people.CitizenBook},
		func(ctx context.Context, in *OneBooking) (*struct{}, error) {
			_, h, err := a.booking(ctx, *in)
			if err != nil {
				return nil, err
			}
			return nil, a.p.Registration.Cancel(ctx, h.Booking.ID)
		})
	type seatsBody struct {
		AtSlot
		Body struct {
			Seats int  `json:"seats" required:"true"`
			Sure  bool `json:"sure,omitempty" doc:"also below what is booked: nobody new gets in, nothing is cancelled"`
		}
	}
	type seatsView struct {
		Seats   int                  `json:"seats"`
		Taken   int                  `json:"taken"`
		Free    int                  `json:"free"`
		Waiting int                  `json:"waiting"`
		Shut    bool                 `json:"shut,omitempty"`
		Places  festival.PlacesState `json:"places"`
	}
	seats := func(ctx context.Context, slot string) (*answer[seatsView], error) {
		r, err := a.p.Registration.Roster(ctx, slot)
		return done(seatsView{r.Seats, r.Taken, r.Free(), r.Line(), r.Shut, r.Places()}, err)
	}
	register(a, operation{id: "get-seats", method: http.MethodGet, path: "/events/{event}/slots/{slot}/seats", tag: "Bookings", summary: "How many seats a slot has", may: people.BookingView},
		func(ctx context.Context, in *AtSlot) (*answer[seatsView], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			return seats(ctx, festival.RecordID(e.ID, in.Slot))
		})
	register(a, operation{id: "put-seats", method: http.MethodPut, path: "/events/{event}/slots/{slot}/seats", tag: "Bookings", summary: "Change how many seats a slot has, at once", may: people.BookingEdit},
		func(ctx context.Context, in *seatsBody) (*answer[seatsView], error) {
			e, err := a.event(ctx, in.Event)
			if err != nil {
				return nil, err
			}
			slot := festival.RecordID(e.ID, in.Slot)
			if err := a.p.Registration.SetSeats(ctx, slot, in.Body.Seats, in.Body.Sure); err != nil {
				return nil, err
			}
			return seats(ctx, slot)
		})
}

// withPass is a booking with the address of its party's pass, if it has one.
func (a *API) withPass(ctx context.Context, e festival.Event, h registration.Held) (bookingView, error) {
	out := heldView(h)
	pass, err := a.p.PassFor(ctx, e, h.Booking.Party, h.Booking.Name)
	switch {
	case err == nil:
		out.PassURL = a.p.PassURL(pass)
	case kernel.KindOf(err) != kernel.NotFound:
		return out, err
	}
	return out, nil
}

// booking finds a booking for who may see it: staff by their token, a party by
// the key of its mailed link. To everybody else it is not there.
func (a *API) booking(ctx context.Context, in OneBooking) (festival.Event, registration.Held, error) {
	e, err := a.event(ctx, in.Event)
	if err != nil {
		return e, registration.Held{}, err
	}
	c := callOf(ctx)
	h, err := a.p.Registration.Booking(ctx, festival.RecordID(e.ID, in.ID))
	if err != nil {
		return e, h, err
	}
	if c.actor.May(people.BookingView, e.ID) {
		return e, h, nil
	}
	if in.Key != "" {
		who, err := a.p.Registration.Open(ctx, c.city.ID, registration.LinkMine, in.Key)
		if err == nil && who.Party.ID == h.Booking.Party {
			return e, h, nil
		}
	}
	return e, registration.Held{}, kernel.Missing()
}
