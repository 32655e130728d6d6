package console

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/kernel"
	"feria/people"
	"feria/public/ui"
	"feria/registration"
	"feria/server/console/setup"
	"feria/server/web"
)

// bookAtDesk books for somebody who stands at the desk, with or without mail, and
// shows the short code of the pass: a new one, or that of the party that has come
// back with its pass.
func bookAtDesk(r *web.Request) error {
	_, slot, err := slotOf(r)
	if err != nil {
		return err
	}
	form := deskForm{name: r.Form("name"), mail: r.Form("mail"), seats: r.Form("seats"), pass: r.Form("pass")}
	seats, err := strconv.Atoi(form.seats)
	var receipt registration.Receipt
	if err != nil {
		err = notANumber()
	} else {
		receipt, err = r.P.BookFor(r.Context(), r.View.Event, registration.Request{
			City: r.City.ID, Slot: slot.ID, Name: form.name, Mail: form.mail, Lang: r.T.Lang(), Seats: seats, By: r.Actor.ID, Key: deskKey(r), Confirm: r.Form("confirm") != "",
		}, form.pass)
	}
	if err != nil {
		return deskAgain(r, form, err)
	}
	flash := r.T.T("console.desk_booked", "name", receipt.Booking.Name)
	if receipt.State == registration.Waiting {
		flash = r.T.T("console.desk_waits", "name", receipt.Booking.Name, "n", receipt.Position)
	}
	pass, err := r.P.PassFor(r.Context(), r.View.Event, receipt.Party.ID, receipt.Booking.Name)
	switch {
	case err == nil:
		flash += " " + r.T.T("console.desk_pass", "code", pass.CodeShown(), "url", r.P.PassURL(pass))
	case kernel.KindOf(err) != kernel.NotFound:
		return err
	}
	return r.See(slotURL(r, festival.Own(slot.ID)), flash)
}

func notANumber() error {
	return kernel.Errors{kernel.New(kernel.Invalid, "seats_not_a_number", "seats", "max", registration.MaxSeats)}
}

// deskAgain shows the form of the desk again, says what was wrong, and keeps what
// was typed; an overlap with what the party booked asks once.
func deskAgain(r *web.Request, form deskForm, err error) error {
	byField, above, ok := refused(r, err, "name", "mail", "seats", "pass")
	if !ok {
		return err
	}
	form.errors, form.above = byField, above
	if kernel.CodeOf(err) == "overlaps" {
		form.above = ""
		var listErr error
		if form.overlaps, listErr = overlapping(r, err); listErr != nil {
			return listErr
		}
	}
	return bookedPageFor(r, web.StatusOfForm(err), form)
}

// overlapping names the party's bookings that a refusal speaks of; what is of an
// event that the actor may not look into says no more than that.
func overlapping(r *web.Request, refusal error) ([]overlapRow, error) {
	var e *kernel.Error
	if !errors.As(refusal, &e) {
		return nil, nil
	}
	ids, _ := e.Args["bookings"].([]string)
	var out []overlapRow
	for _, id := range ids {
		h, err := r.P.Registration.Booking(r.Context(), id)
		if kernel.KindOf(err) == kernel.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		switch {
		case h.Booking.Event == r.Event.ID:
			out = append(out, overlapRow{Text: heldTitle(r, h), URL: slotURL(r, festival.Own(h.Booking.Slot)) + "/" + festival.Own(id)})
		case r.Actor.May(people.BookingView, h.Booking.Event):
			out = append(out, overlapRow{Text: heldTitle(r, h)})
		default:
			out = append(out, overlapRow{Text: r.T.T("console.other_event")})
		}
	}
	return out, nil
}

// heldTitle is what a booking is for, and when.
func heldTitle(r *web.Request, h registration.Held) string {
	start := h.Slot.Start.In(zoneOf(r))
	return say(r, h.Slot.Title) + ", " + r.T.DateShort(start) + " " + r.T.Time(start)
}

// deskKey names one sending of the desk's form, for this actor only.
func deskKey(r *web.Request) string {
	if key := r.Form("key"); key != "" && len(key) <= 64 {
		return "desk/" + r.Actor.ID + "/" + key
	}
	return ""
}

// bookingOf finds the booking of the address; it must be one of the slot's.
func bookingOf(r *web.Request) (registration.Held, error) {
	h, err := r.P.Registration.Booking(r.Context(), r.Own("id"))
	if err != nil {
		return h, err
	}
	if h.Booking.Event != r.Event.ID || h.Booking.Slot != r.Own("slot") {
		return h, kernel.Missing()
	}
	return h, nil
}

// showBooking shows one booking, to change or to cancel it.
func showBooking(r *web.Request) error {
	h, err := bookingOf(r)
	if err != nil {
		return err
	}
	return bookingPageFor(r, h, itoa(h.Booking.Seats), nil)
}

// bookingPageFor draws a booking; after a refusal with what was typed.
func bookingPageFor(r *web.Request, h registration.Held, typed string, refusal error) error {
	list := slotURL(r, festival.Own(h.Booking.Slot))
	at := list + "/" + festival.Own(h.Booking.ID)
	d := bookingPage{
		P: r.T, List: list, At: at, Session: heldTitle(r, h), Name: h.Booking.Name, Mail: h.Booking.Mail, Made: moment(r, h.Booking.MadeAt),
		Seats: ui.Field{ID: "seats", Name: "seats", Label: r.T.T("console.places"), Value: typed, Mode: "numeric", Required: true},
		Open:  h.State != registration.Cancelled,
	}
	switch {
	case h.State == registration.Cancelled || h.Slot.Cancelled || h.Gone:
		d.State, d.Word = "full", r.T.T("site.booking_cancelled")
	case h.State == registration.Waiting:
		d.State, d.Word = "few", r.T.T("site.waiting", "n", h.Position)
	default:
		d.State, d.Word = "ok", r.T.T("site.confirmed")
	}
	if h.State == registration.Confirmed {
		d.Pass = at + "/pass"
	}
	status := fiber.StatusOK
	if refusal != nil {
		byField, above, ok := refused(r, refusal, "seats", "slot")
		if !ok {
			return refusal
		}
		if byField["seats"] == "" { // not so many are free
			byField["seats"] = byField["slot"]
		}
		d.Seats.Error, d.Error, status = byField["seats"], above, web.StatusOfForm(refusal)
	}
	return r.Page(status, setup.Chrome(r, d.Name, "/bookings"), bookingBody(d))
}

// changeBooking gives a booking another number of seats, by the rules by which
// the party does itself.
func changeBooking(r *web.Request) error {
	h, err := bookingOf(r)
	if err != nil {
		return err
	}
	typed := r.Form("seats")
	seats, err := strconv.Atoi(typed)
	if err != nil {
		err = notANumber()
	} else {
		err = r.P.Registration.Change(r.Context(), h.Booking.ID, seats)
	}
	return changed(r, h, typed, err, "console.booking_changed")
}

func cancelBooking(r *web.Request) error {
	h, err := bookingOf(r)
	if err != nil {
		return err
	}
	err = r.P.Registration.Cancel(r.Context(), h.Booking.ID)
	return changed(r, h, itoa(h.Booking.Seats), err, "console.booking_cancelled")
}

// changed goes back to who booked the slot, or says why a change was refused.
func changed(r *web.Request, h registration.Held, typed string, refusal error, flash string) error {
	if refusal != nil {
		return bookingPageFor(r, h, typed, refusal)
	}
	if _, err := r.P.Views.Refresh(r.Context(), r.Event.ID); err != nil {
		return err
	}
	return r.See(slotURL(r, festival.Own(h.Booking.Slot)), r.T.T(flash, "name", h.Booking.Name))
}

// showPassOf goes to the pass of who booked, to print it or to read its code.
func showPassOf(r *web.Request) error {
	h, err := bookingOf(r)
	if err != nil {
		return err
	}
	pass, err := r.P.PassFor(r.Context(), r.View.Event, h.Booking.Party, h.Booking.Name)
	if err != nil {
		return err
	}
	return r.See("/passes/"+r.P.Ticketing.PassSecret(pass), "")
}

// renewLinksOf gives other addresses to what the party of a booking has, for
// somebody at the desk whose links have come into wrong hands.
func renewLinksOf(r *web.Request) error {
	h, err := bookingOf(r)
	if err != nil {
		return err
	}
	party, err := r.P.Registration.Party(r.Context(), h.Booking.Party)
	if err != nil {
		return err
	}
	mailed, _, err := r.P.RenewLinks(r.Context(), r.City, registration.Staffed(party), r.Event.ID, r.Actor.ID)
	if err != nil {
		return bookingPageFor(r, h, itoa(h.Booking.Seats), err)
	}
	flash := r.T.T("console.links_renewed", "name", h.Booking.Name)
	if mailed > 0 {
		flash += " " + r.T.T("console.links_mailed")
	}
	return r.See(slotURL(r, festival.Own(h.Booking.Slot))+"/"+festival.Own(h.Booking.ID), flash)
}
