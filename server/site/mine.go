package site

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/kernel"
	"feria/platform"
	"feria/registration"
	"feria/server/web"
)

func showMine(r *web.Request) error { return mine(r, r.Query("key"), refusal{}, fiber.StatusOK) }

// refusal is a change of a booking that was refused: why, and what was typed.
type refusal struct{ booking, sentence, seats string }

func mine(r *web.Request, key string, refused refusal, status int) error {
	who, err := whose(r, key)
	if kernel.KindOf(err) == kernel.NotFound {
		if key != "" {
			return kernel.New(kernel.Gone, "mine_link_over", "")
		}
		return r.Page(status, cityChrome(r, r.T.T("site.my_bookings")), mineBody(minePage{P: r.T, Find: "/"}))
	}
	if err != nil {
		return err
	}
	party := who.Party
	d := minePage{P: r.T, Name: party.Name, Known: true, Find: "/", Key: key}
	ask, err := toConfirm(r, who)
	if err != nil {
		return err
	}
	if ask {
		d.Confirm = &confirmMail{Mail: who.Mailed}
	}
	held, err := r.P.Registration.Mine(r.Context(), who)
	if err != nil {
		return err
	}
	if err := addHeld(r, &d, held, refused); err != nil {
		return err
	}
	if err := addOpenPasses(r, &d, party); err != nil {
		return err
	}
	if err := addStars(r, &d, party); err != nil {
		return err
	}
	if party.Links[string(registration.LinkCalendar)] > 0 {
		if d.Calendar, err = calendarOf(r, who); err != nil {
			return err
		}
		d.Calendar.Part = showsMore(who, held)
	}
	d.PastOpen = slices.ContainsFunc(d.Past, func(row heldRow) bool { return row.Error != "" })
	c := cityChrome(r, r.T.T("site.my_bookings"))
	c.NoIndex = true
	if refused.sentence != "" {
		c.Title, c.Here = r.T.T("site.error_title", "title", c.Title), mineAgain(key)
	}
	return r.Page(status, c, mineBody(d))
}

// showsMore says whether a reader sees more than the party's own calendar did before
// its address was confirmed. A home party had none then.
func showsMore(who registration.Reader, held []registration.Held) bool {
	return who.Proven() && !who.Party.Home && slices.ContainsFunc(held, func(h registration.Held) bool { return h.Booking.Party != who.Party.ID })
}

func addHeld(r *web.Request, d *minePage, held []registration.Held, refused refusal) error {
	slices.SortStableFunc(held, func(a, b registration.Held) int { return a.Slot.Start.Compare(b.Slot.Start) })
	for _, h := range held {
		view, err := r.P.Views.Of(r.Context(), h.Booking.Event)
		if kernel.KindOf(err) == kernel.NotFound {
			continue // the event was removed
		}
		if err != nil {
			return err
		}
		d.addBack(r, view)
		row := heldRowOf(r, view, h)
		if row.ID == refused.booking {
			row.Error = refused.sentence
			if refused.seats != "" {
				row.Typed = refused.seats
			}
		}
		if row.Open {
			d.Bookings = append(d.Bookings, row)
		} else {
			d.Past = append(d.Past, row)
		}
		// A place in the line opens nothing, unless the event lets everybody in.
		if h.State == registration.Confirmed || h.State == registration.Waiting && view.Event.Open {
			if err := addPass(r, d, view, h); err != nil {
				return err
			}
		}
	}
	return nil
}

// addPass adds the pass that opens a booking, once. Parties that were joined by
// their mail address keep a pass each, which opens only their own bookings: with
// several in an event, each says for when it is.
func addPass(r *web.Request, d *minePage, view *platform.View, h registration.Held) error {
	m := newMaker(r.T, view, r.Now)
	start := h.Slot.Start.In(m.zone)
	when := r.T.DateShort(start) + " " + r.T.Time(start)
	several := false
	for i := range d.Passes {
		c := &d.Passes[i]
		if c.event == view.Event.ID && c.party == h.Booking.Party {
			c.For = append(c.For, when)
			return nil
		}
		several = several || c.event == view.Event.ID
	}
	pass, err := r.P.PassFor(r.Context(), view.Event, h.Booking.Party, h.Booking.Name)
	if kernel.KindOf(err) == kernel.NotFound { // cancelled meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	d.Passes = append(d.Passes, passCard{
		Event: m.say(view.Event.Title).Text, URL: "/passes/" + r.P.Ticketing.PassSecret(pass), For: []string{when},
		event: view.Event.ID, party: h.Booking.Party,
	})
	for i := range d.Passes {
		c := &d.Passes[i]
		c.Several = c.Several || several && c.event == view.Event.ID
	}
	return nil
}

// addOpenPasses adds the passes that a party took without booking anything.
func addOpenPasses(r *web.Request, d *minePage, party registration.Party) error {
	events, err := r.P.Festival.Events(r.Context(), r.City.ID)
	if err != nil {
		return err
	}
	for _, e := range events {
		shown := slices.ContainsFunc(d.Passes, func(c passCard) bool { return c.event == e.ID && c.party == party.ID })
		if !e.Open || shown {
			continue
		}
		pass, err := r.P.Ticketing.PassOf(r.Context(), e.ID, party.ID)
		if kernel.KindOf(err) == kernel.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		title, _ := r.T.Text(e.Title, e.Locales...)
		d.Passes = append(d.Passes, passCard{Event: title, URL: "/passes/" + r.P.Ticketing.PassSecret(pass), event: e.ID, party: party.ID})
	}
	return nil
}

func heldRowOf(r *web.Request, view *platform.View, h registration.Held) heldRow {
	m := newMaker(r.T, view, r.Now)
	row := heldRow{ID: festival.Own(h.Booking.ID), Seats: h.Booking.Seats, Typed: itoa(h.Booking.Seats), Max: registration.MaxSeats, Title: m.say(h.Slot.Title)}
	start := h.Slot.Start.In(m.zone)
	row.When = r.T.Date(start) + ", " + r.T.Time(start)
	if slot, ok := view.Programme.Slot(h.Booking.Slot); ok {
		venue, space := m.place(slot)
		row.Where = joined(venue.Text, space.Text)
		if s, ok := view.Programme.Session(slot.Session); ok {
			row.URL = m.path("/sessions/" + s.Code)
		}
	}
	switch {
	case h.State == registration.Cancelled || h.Slot.Cancelled || h.Gone:
		row.State, row.Word = "full", r.T.T("site.booking_cancelled")
	case h.State == registration.Waiting:
		row.State, row.Word, row.Next = "few", r.T.T("site.waiting", "n", h.Position), r.T.T("site.waiting_next")
		row.Open = h.Slot.Start.After(r.Now)
	default:
		row.State, row.Word = "ok", r.T.T("site.confirmed")
		row.Open = h.Slot.Start.After(r.Now)
	}
	return row
}

// addBack adds the way back to the programme of an event, once.
func (d *minePage) addBack(r *web.Request, view *platform.View) {
	m := newMaker(r.T, view, r.Now)
	back := link{URL: m.path("/programme"), Title: r.T.T("site.programme_of", "event", m.say(view.Event.Title).Text)}
	if view.Programme != nil && !slices.Contains(d.Back, back) {
		d.Back = append(d.Back, back)
	}
}

func addStars(r *web.Request, d *minePage, party registration.Party) error {
	for _, id := range party.Stars {
		view, err := r.P.Views.Of(r.Context(), festival.EventOf(id))
		if kernel.KindOf(err) == kernel.NotFound || err == nil && view.Programme == nil {
			continue
		}
		if err != nil {
			return err
		}
		s, ok := view.Programme.Session(id)
		if !ok {
			continue
		}
		d.addBack(r, view)
		m := newMaker(r.T, view, r.Now)
		row := starRow{Title: m.say(s.Title), URL: m.path("/sessions/" + s.Code), Undo: m.path("/sessions/" + s.Code + "/keep")}
		var times []string
		for _, slot := range view.Programme.SlotsOf(s.ID) {
			start := slot.Start.In(m.zone)
			times = append(times, r.T.DateShort(start)+" "+r.T.Time(start))
		}
		row.When = strings.Join(times, ", ")
		d.Stars = append(d.Stars, row)
	}
	return nil
}

// leave forgets the party in this browser, for a machine that others use too. What
// is booked stays.
func leave(r *web.Request) error {
	r.Leave()
	return r.See("/", r.T.T("site.left_flash"))
}

// seeBooking leads a reload of a refused change back to the booking.
func seeBooking(r *web.Request) error {
	return r.Redirect("/me#b-"+url.PathEscape(r.Params("id")), fiber.StatusSeeOther)
}

// changeBooking changes or cancels a booking of the page's party.
func changeBooking(r *web.Request) error {
	key := r.Form("key")
	who, err := whose(r, key)
	if err != nil {
		return err
	}
	held, err := r.P.Registration.Mine(r.Context(), who)
	if err != nil {
		return err
	}
	own := r.Params("id")
	i := slices.IndexFunc(held, func(h registration.Held) bool { return festival.Own(h.Booking.ID) == own })
	if i < 0 {
		return kernel.Missing()
	}
	flash := "site.changed_flash"
	switch r.Form("do") {
	case "cancel":
		flash = "site.cancelled_flash"
		err = r.P.Registration.Cancel(r.Context(), held[i].Booking.ID)
	default:
		seats, ok := number(r.Form("seats"))
		if !ok {
			err = kernel.New(kernel.Invalid, "seats_not_a_number", "seats", "max", registration.MaxSeats)
		} else {
			err = r.P.Registration.Change(r.Context(), held[i].Booking.ID, seats)
		}
	}
	if err != nil {
		byField, above, _, ok := r.Sentences(err)
		if !ok {
			return err
		}
		return mine(r, key, refusal{booking: own, sentence: above + byField["seats"], seats: r.Form("seats")}, web.StatusOfForm(err))
	}
	return r.See(mineAgain(key)+"#b-"+own, r.T.T(flash))
}
