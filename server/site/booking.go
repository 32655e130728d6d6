package site

import (
	"strings"

	"feria/festival"
	"feria/kernel"
	"feria/registration"
	"feria/server/web"
)

// bookSession books places from the form of a session's page. What does not fit
// shows the form again with what was typed; an overlap with own bookings asks
// once.
func bookSession(r *web.Request) error {
	if err := published(r); err != nil {
		return err
	}
	s, ok := r.View.Programme.SessionByCode(r.Params("code"))
	if !ok {
		return kernel.Missing()
	}
	form := bookingForm{Seats: r.Form("seats"), Name: r.Form("name"), Mail: r.Form("mail")}
	chosen := r.Form("slot")
	receipt, err := book(r, s, form, chosen)
	if err != nil {
		return bookAgain(r, s, form, chosen, err)
	}
	r.Remember(receipt.Party.ID)
	flash := r.T.T("site.booked_flash")
	if receipt.State == registration.Waiting {
		flash = r.T.T("site.waiting_flash")
	}
	return r.See("/me#b-"+festival.Own(receipt.Booking.ID), flash)
}

func book(r *web.Request, s festival.Session, form bookingForm, chosen string) (registration.Receipt, error) {
	seats, ok := number(form.Seats)
	var wrong kernel.Errors
	if !ok {
		wrong.Add("seats", "seats_not_a_number", "max", registration.MaxSeats)
	}
	slot, known := r.View.Programme.Slot(festival.RecordID(r.Event.ID, strings.ReplaceAll(chosen, "/", "")))
	if !known || slot.Session != s.ID {
		wrong.Add("slot", "slot_missing")
	}
	if err := wrong.Err(); err != nil {
		return registration.Receipt{}, err
	}
	return r.P.Registration.Book(r.Context(), registration.Request{
		City: r.City.ID, Slot: slot.ID, Party: r.Party, Name: form.Name, Mail: form.Mail, Lang: r.T.Lang(), Seats: seats,
		Confirm: r.Form("confirm") != "",
	})
}

// bookAgain shows the form again, says what was wrong, and keeps what was typed.
func bookAgain(r *web.Request, s festival.Session, form bookingForm, chosen string, err error) error {
	byField, above, next, ok := r.Sentences(err)
	if !ok {
		return err
	}
	form.Errors, form.Refusal, form.Next = byField, above, next
	if kernel.CodeOf(err) == "overlaps" {
		overlaps, listErr := overlapping(r, err)
		if listErr != nil {
			return listErr
		}
		form.Overlaps, form.Refusal, form.Next = overlaps, "", ""
	}
	c, d := sessionOf(r, s, form, chosen)
	c.NoIndex = true
	return r.Page(web.StatusOfForm(err), c, sessionBody(d))
}

// overlapping names the own bookings that a refusal speaks of.
func overlapping(r *web.Request, refusal error) ([]string, error) {
	var out []string
	e, ok := refusal.(*kernel.Error)
	if !ok {
		return nil, nil
	}
	ids, _ := e.Args["bookings"].([]string)
	for _, id := range ids {
		h, err := r.P.Registration.Booking(r.Context(), id)
		if kernel.KindOf(err) == kernel.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		title, _ := r.T.Text(h.Slot.Title, r.Event.Locales...)
		start := h.Slot.Start.In(r.View.Programme.Location())
		out = append(out, title+", "+r.T.DateShort(start)+" "+r.T.Time(start))
	}
	return out, nil
}

// keepSession keeps a session for the party, making one for a new browser.
func keepSession(r *web.Request) error {
	if err := published(r); err != nil {
		return err
	}
	s, ok := r.View.Programme.SessionByCode(r.Params("code"))
	if !ok {
		return kernel.Missing()
	}
	off := r.Form("off") != ""
	party := r.Party
	if party != "" {
		_, err := r.P.Registration.Star(r.Context(), party, s.ID, !off)
		if kernel.KindOf(err) == kernel.NotFound {
			party = ""
		} else if err != nil {
			return err
		}
	}
	if party == "" && !off {
		made, err := r.P.Registration.NewParty(r.Context(), r.City.ID, "", r.T.Lang())
		if err != nil {
			return err
		}
		if _, err := r.P.Registration.Star(r.Context(), made.ID, s.ID, true); err != nil {
			return err
		}
		r.Remember(made.ID)
	}
	if off {
		return r.See("/me", r.T.T("site.unkept_flash"))
	}
	return r.See("/me", r.T.T("site.kept_flash"))
}
