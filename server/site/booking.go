package site

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/kernel"
	"feria/registration"
	"feria/server/web"
)

// bookSession books places from the form of a session's page. What does not fit
// shows the form again with what was typed; an overlap with own bookings asks
// once. However often one form is sent, it is one booking: the key in it says
// so, which a script draws, or the page that asks a browser without one to look
// once more. A browser that is a party already needs none: its second booking of
// a slot is an overlap.
func bookSession(r *web.Request) error {
	if err := published(r); err != nil {
		return err
	}
	s, ok := r.View.Programme.SessionByCode(r.Params("code"))
	if !ok {
		return kernel.Missing()
	}
	form := bookingForm{Seats: r.Form("seats"), Name: r.Form("name"), Mail: r.Form("mail"), Key: drawnKey(r)}
	chosen := r.Form("slot")
	if r.Form("change") != "" {
		return showForm(r, fiber.StatusOK, s, form, chosen)
	}
	wish, slot, err := wished(r, s, form, chosen)
	if err == nil && form.Key == "" && r.Party == "" {
		return checkBooking(r, s, slot, wish)
	}
	var receipt registration.Receipt
	if err == nil {
		receipt, err = r.P.BookVisitor(r.Context(), wish, r.From())
	}
	if kernel.CodeOf(err) == "idempotency_mismatch" || err == nil && receipt.Replayed && !active(receipt.State) {
		err = kernel.New(kernel.Conflict, "sent_before", "")
	}
	if err != nil {
		return bookAgain(r, s, form, chosen, err)
	}
	late := r.Now.Sub(receipt.Booking.MadeAt) > repeatTime || receipt.Party.Home
	if receipt.Replayed && late && r.Party != receipt.Party.ID {
		return r.See("/me", r.T.T("site.booked_before_flash"))
	}
	r.Remember(receipt.Party.ID)
	flash := r.T.T("site.booked_flash")
	if receipt.State == registration.Waiting {
		flash = r.T.T("site.waiting_flash")
	}
	return r.See("/me#b-"+festival.Own(receipt.Booking.ID), flash)
}

// repeatTime is how long after a booking the same form, sent again by a browser
// that is nobody's, still makes it the party's, if that is no home party, whose
// address a browser has to prove. Later it may be somebody else's
// turn at a shared machine, whose back button finds the form.
const repeatTime = 10 * time.Minute

func active(s registration.State) bool {
	return s == registration.Confirmed || s == registration.Waiting
}

// drawnKey is the key that was drawn for this form, "" for none. A short one was
// not drawn by us.
func drawnKey(r *web.Request) string {
	if key := r.Form("key"); len(key) >= 20 && len(key) <= 64 {
		return key
	}
	return ""
}

// wished reads the form as what it asks for, with all that is wrong with it.
func wished(r *web.Request, s festival.Session, form bookingForm, chosen string) (registration.Request, festival.Frozen, error) {
	seats, ok := number(form.Seats)
	var wrong kernel.Errors
	if !ok {
		wrong.Add("seats", "seats_not_a_number", "max", registration.MaxSeats)
	}
	slot, known := r.View.Programme.Slot(festival.RecordID(r.Event.ID, strings.ReplaceAll(chosen, "/", "")))
	if !known || slot.Session != s.ID {
		wrong.Add("slot", "slot_missing")
	}
	wish := registration.Request{
		City: r.City.ID, Slot: slot.ID, Party: r.Party, Proof: r.Proof, Name: form.Name, Mail: form.Mail, Lang: r.T.Lang(), Seats: seats,
		Key: form.Key, Drawn: true, Confirm: r.Form("confirm") != "",
	}
	if err := wrong.Err(); err != nil {
		return wish, slot, err
	}
	err := wish.Check()
	return wish, slot, err
}

// checkBooking shows what would be booked, under a key of its own.
func checkBooking(r *web.Request, s festival.Session, slot festival.Frozen, wish registration.Request) error {
	m := eventMaker(r)
	c, _ := sessionOf(r, s, bookingForm{}, "")
	c.NoIndex = true
	return r.Page(fiber.StatusOK, c, checkBody(checkPage{
		P: r.T, Title: m.say(s.Title), Slot: m.choice(slot), Action: m.bookPath(s),
		Name: wish.Name, Mail: wish.Mail, Seats: wish.Seats, Key: kernel.NewID(),
	}))
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
	return showForm(r, web.StatusOfForm(err), s, form, chosen)
}

// showForm shows the session's page with what was typed, under a fresh key.
func showForm(r *web.Request, status int, s festival.Session, form bookingForm, chosen string) error {
	form.Key = kernel.NewID()
	c, d := sessionOf(r, s, form, chosen)
	c.NoIndex = true
	if form.refused() {
		c.Title = r.T.T("site.error_title", "title", c.Title)
	}
	return r.Page(status, c, sessionBody(d))
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
	who, err := ofBrowser(r)
	if err == nil {
		_, err = r.P.Registration.Star(r.Context(), who.Party.ID, s.ID, !off)
	}
	nobody := kernel.KindOf(err) == kernel.NotFound
	if err != nil && !nobody {
		return err
	}
	if nobody && !off {
		if err := r.P.AllowParty(r.City.ID, r.From()); err != nil {
			return err
		}
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
