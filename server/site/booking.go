package site

import (
	"slices"
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
	posted, err := r.Posted()
	if err != nil {
		return err
	}
	chosen := r.Form("slot")
	form := bookingForm{
		Seats: r.Form("seats"), Name: r.Form("name"), Mail: r.Form("mail"), Key: drawnKey(r), Waits: posted["wait"],
		Confirmed: chosen != "" && r.Form("confirm") == chosen || r.Form("confirm") == "1",
	}
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
		return bookAgain(r, s, form, chosen, wish, err)
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
		Key: form.Key, Drawn: true, Confirm: form.Confirmed, NoWait: !slices.Contains(form.Waits, chosen),
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
	c.NoIndex, c.Here = true, m.path("/sessions/"+s.Code)
	choice := m.choice(slot)
	return r.Page(fiber.StatusOK, c, checkBody(checkPage{
		P: r.T, Title: m.say(s.Title), Slot: choice, Wait: !wish.NoWait || choice.State == "full", Action: m.bookPath(s),
		Name: wish.Name, Mail: wish.Mail, Seats: wish.Seats, Key: kernel.NewID(),
	}))
}

// bookAgain shows the form again, says what was wrong, and keeps what was typed.
// What somebody may want all the same it asks about: an overlap, and a place in a
// waiting list that the form did not speak of.
func bookAgain(r *web.Request, s festival.Session, form bookingForm, chosen string, wish registration.Request, err error) error {
	byField, above, next, ok := r.Sentences(err)
	if !ok {
		return err
	}
	form.Errors, form.Refusal, form.Next = byField, above, next
	var askErr error
	switch kernel.CodeOf(err) {
	case "overlaps":
		form.Refusal, form.Next, form.Confirmed = "", "", false
		askErr = askOverlap(r, &form, wish, err)
	case "slot_full":
		if wish.NoWait {
			askErr = askToWait(r, &form, wish, err)
		}
	}
	if askErr != nil {
		return askErr
	}
	return showForm(r, web.StatusOfForm(err), s, form, chosen)
}

// askToWait asks whether to join the waiting list, where one can.
func askToWait(r *web.Request, form *bookingForm, wish registration.Request, refusal error) error {
	roster, err := r.P.Registration.Roster(r.Context(), wish.Slot)
	if err != nil || roster.Counts || roster.Seats == 0 || roster.Line() >= registration.MaxWaiting {
		return err
	}
	free := 0
	if e, ok := refusal.(*kernel.Error); ok {
		free, _ = e.Args["free"].(int)
	}
	form.AskWait, form.Refusal, form.Next = true, r.T.T("site.wait_none"), ""
	if free > 0 && free < wish.Seats {
		form.Refusal = r.T.N("site.wait_left", free)
	}
	return nil
}

// showForm shows the session's page with what was typed, under a fresh key.
func showForm(r *web.Request, status int, s festival.Session, form bookingForm, chosen string) error {
	form.Key = kernel.NewID()
	c, d := sessionOf(r, s, form, chosen)
	c.NoIndex, c.Here = true, eventMaker(r).path("/sessions/"+s.Code)
	if form.refused() {
		c.Title = r.T.T("site.error_title", "title", c.Title)
	}
	return r.Page(status, c, sessionBody(d))
}

// askOverlap names the own bookings that a refusal speaks of. One of the same slot
// is no overlap to a reader: it can be changed.
func askOverlap(r *web.Request, form *bookingForm, wish registration.Request, refusal error) error {
	e, ok := refusal.(*kernel.Error)
	if !ok {
		return nil
	}
	ids, _ := e.Args["bookings"].([]string)
	for _, id := range ids {
		h, err := r.P.Registration.Booking(r.Context(), id)
		if kernel.KindOf(err) == kernel.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if h.Booking.Slot == wish.Slot {
			have := "site.have_already"
			if h.State == registration.Waiting {
				have = "site.wait_already"
			}
			form.Have = &link{URL: "/me#b-" + festival.Own(h.Booking.ID), Title: r.T.N(have, h.Booking.Seats)}
			continue
		}
		title, _ := r.T.Text(h.Slot.Title, r.Event.Locales...)
		start := h.Slot.Start.In(r.View.Programme.Location())
		form.Overlaps = append(form.Overlaps, title+", "+r.T.DateShort(start)+" "+r.T.Time(start))
	}
	return nil
}
