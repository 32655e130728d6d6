package console

import (
	"bytes"
	"cmp"
	"net/url"
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

// showSlots lists what can be booked with how full it is.
func showSlots(r *web.Request) error {
	d := slotsPage{P: r.T}
	view, err := r.P.Views.Refresh(r.Context(), r.Event.ID)
	if err != nil {
		return err
	}
	if view.Programme != nil {
		rosters, err := r.P.Registration.Rosters(r.Context(), r.Event.ID)
		if err != nil {
			return err
		}
		days := map[festival.Date]int{}
		for _, slot := range view.Programme.Slots {
			roster, booked := rosters[slot.ID]
			if slot.Seating != festival.Bookable && !booked {
				continue
			}
			day := view.Programme.DayOf(slot)
			at, known := days[day]
			if !known {
				at = len(d.Days)
				days[day] = at
				d.Days = append(d.Days, slotsDay{Title: r.T.Date(day.Time(view.Programme.Location()))})
			}
			d.Days[at].Rows = append(d.Days[at].Rows, slotRow(r, view.Programme, slot, rosterOr(roster, slot, booked)))
		}
	}
	return r.Page(fiber.StatusOK, setup.Chrome(r, r.T.T("console.bookings"), "/bookings"), slotsBody(d))
}

// rosterOr is the roster of a slot, or the empty one that it begins with.
func rosterOr(roster registration.Roster, slot festival.Frozen, there bool) registration.Roster {
	if !there {
		roster.Seats = slot.Seats
	}
	return roster
}

func slotRow(r *web.Request, p *festival.Programme, slot festival.Frozen, roster registration.Roster) slotLine {
	session, _ := p.Session(slot.Session)
	zone := p.Location()
	row := slotLine{
		URL: slotURL(r, festival.Own(slot.ID)), Time: r.T.Time(slot.Start.In(zone)) + "–" + r.T.Time(slot.End.In(zone)), Title: say(r, session.Title), Place: placeOf(r, p, slot.Slot),
		Booked: r.T.Number(roster.Taken), Seats: r.T.Number(roster.Seats), Waiting: r.T.Number(roster.Line()),
	}
	row.State, row.Word = fullness(r, slot, roster)
	return row
}

// fullness is the class and the word for how full a slot is.
func fullness(r *web.Request, slot festival.Frozen, roster registration.Roster) (class, word string) {
	places := roster.Places()
	switch {
	case slot.State == festival.Cancelled:
		return "past", r.T.T("console.slot_state_cancelled")
	case places == festival.PlacesFull, places == festival.PlacesClosed:
		class = "full"
	case places == festival.PlacesFew:
		class = "few"
	default:
		class = "ok"
	}
	return class, r.T.T("console.places_" + string(places))
}

func slotURL(r *web.Request, own string) string {
	return setup.Base(r) + "/bookings/" + url.PathEscape(own)
}

// slotOf finds the slot of the address in what is published.
func slotOf(r *web.Request) (*festival.Programme, festival.Frozen, error) {
	p := r.View.Programme
	if p == nil {
		return nil, festival.Frozen{}, kernel.Missing()
	}
	slot, ok := p.Slot(r.Own("slot"))
	if !ok {
		return nil, festival.Frozen{}, kernel.Missing()
	}
	return p, slot, nil
}

// deskForm is what was typed at the desk, or as seats, and what was wrong.
type deskForm struct {
	name, mail, seats, pass string
	errors                  map[string]string
	overlaps                []overlapRow
	places                  string
	placesError             string
	confirm                 bool // fewer places than are booked
	above                   string
}

// fields draws the form of the desk.
func (form deskForm) fields(r *web.Request) []ui.Field {
	out := []ui.Field{
		{ID: "name", Name: "name", Label: r.T.T("console.field_name"), Value: form.name, Required: form.pass == ""},
		{ID: "seats", Name: "seats", Label: r.T.T("site.how_many"), Value: form.seats, Mode: "numeric", Required: true},
		{ID: "mail", Name: "mail", Label: r.T.T("console.mail_if_any"), Type: "email", Value: form.mail},
		{ID: "pass", Name: "pass", Label: r.T.T("console.pass_if_any"), Hint: r.T.T("console.pass_if_any_about"), Value: form.pass},
	}
	for i := range out {
		out[i].Error = form.errors[out[i].Name]
	}
	return out
}

func showBooked(r *web.Request) error {
	return bookedPageFor(r, fiber.StatusOK, deskForm{seats: "1"})
}

func bookedPageFor(r *web.Request, status int, form deskForm) error {
	p, slot, err := slotOf(r)
	if err != nil {
		return err
	}
	roster, err := r.P.Registration.Roster(r.Context(), slot.ID)
	if err != nil {
		return err
	}
	held, err := r.P.Registration.Booked(r.Context(), slot.ID)
	if err != nil {
		return err
	}
	session, _ := p.Session(slot.Session)
	base := slotURL(r, festival.Own(slot.ID))
	d := bookedPage{
		P: r.T, Base: base, Title: say(r, session.Title), When: slotTime(r, slot.Slot), Where: placeOf(r, p, slot.Slot), CSV: base + ".csv", Desk: base + "/desk",
		Count:   r.T.T("console.booked_count", "booked", roster.Taken, "seats", roster.Seats, "waiting", roster.Line()),
		CanEdit: r.Actor.May(people.BookingEdit, r.Event.ID), Error: form.above, Confirm: form.confirm,
		Fields: form.fields(r), Overlaps: form.overlaps, DeskKey: kernel.NewID(),
		Places: ui.Field{ID: "places", Name: "seats", Label: r.T.T("console.field_seats_offered"), Value: cmp.Or(form.places, itoa(roster.Seats)), Mode: "numeric", Error: form.placesError},
	}
	if r.Actor.May(people.ConsoleEdit, r.Event.ID) {
		d.Gate = setup.Base(r) + "/new-gate?slot=" + url.QueryEscape(festival.Own(slot.ID))
	}
	for _, h := range held {
		own := base + "/" + festival.Own(h.Booking.ID)
		row := bookedRow{Name: h.Booking.Name, Seats: r.T.Number(h.Booking.Seats), Mail: h.Booking.Mail, At: moment(r, h.Booking.MadeAt), URL: own}
		if row.Mail == "" && h.Booking.By != "" {
			row.Mail = r.T.T("console.by_desk")
		}
		if h.State == registration.Waiting {
			row.Number = itoa(h.Position)
			d.Waiting = append(d.Waiting, row)
			continue
		}
		row.Number = itoa(len(d.Rows) + 1)
		if d.CanEdit {
			row.Pass = own + "/pass"
		}
		d.Rows = append(d.Rows, row)
	}
	chrome := setup.Chrome(r, d.Title, "/bookings")
	chrome.Scripts = append(chrome.Scripts, "print.js")
	return r.Page(status, chrome, bookedBody(d))
}

// bookedCSV gives the list as a spreadsheet.
func bookedCSV(r *web.Request) error {
	_, slot, err := slotOf(r)
	if err != nil {
		return err
	}
	held, err := r.P.Registration.Booked(r.Context(), slot.ID)
	if err != nil {
		return err
	}
	rows := [][]string{{
		r.T.T("console.field_name"), r.T.T("console.places"), r.T.T("console.mail_address"), r.T.T("console.state"), r.T.T("console.since"),
	}}
	for _, h := range held {
		state := r.T.T("console.booked")
		if h.State == registration.Waiting {
			state = r.T.T("console.waiting")
		}
		rows = append(rows, []string{h.Booking.Name, itoa(h.Booking.Seats), h.Booking.Mail, state, h.Booking.MadeAt.In(zoneOf(r)).Format("2006-01-02 15:04")})
	}
	return sendCSV(r, r.Event.Slug+"-"+festival.Own(slot.ID)+".csv", rows)
}

func sendCSV(r *web.Request, name string, rows [][]string) error {
	var b bytes.Buffer
	if err := writeCSV(&b, rows); err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	r.Set(fiber.HeaderCacheControl, "no-store")
	return r.Send(b.Bytes())
}

// setSeats changes what a slot offers, at once. Fewer than are booked asks once
// more.
func setSeats(r *web.Request) error {
	_, slot, err := slotOf(r)
	if err != nil {
		return err
	}
	form := deskForm{seats: "1", places: r.Form("seats"), confirm: r.Form("confirm") != ""}
	seats, err := strconv.Atoi(form.places)
	if err != nil {
		err = kernel.New(kernel.Invalid, "not_a_number", "seats")
	} else {
		err = r.P.Registration.SetSeats(r.Context(), slot.ID, seats, form.confirm)
	}
	if err != nil {
		byField, above, ok := refused(r, err, "seats")
		if !ok {
			return err
		}
		form.placesError, form.above = byField["seats"], above
		form.confirm = form.confirm || kernel.CodeOf(err) == "seats_below_booked"
		return bookedPageFor(r, web.StatusOfForm(err), form)
	}
	if _, err := r.P.Views.Refresh(r.Context(), r.Event.ID); err != nil {
		return err
	}
	return r.See(slotURL(r, festival.Own(slot.ID)), r.T.T("console.saved"))
}
