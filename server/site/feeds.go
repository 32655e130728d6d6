package site

import (
	"bytes"
	"io"
	"net/url"
	"slices"
	"time"

	"feria/festival"
	"feria/festival/feed"
	"feria/kernel"
	"feria/registration"
	"feria/server/web"
)

// refresh is how often calendars should ask again (reliability.md 6.5).
const refresh = time.Hour

const (
	calendarType = "text/calendar; charset=utf-8"
	feedCache    = "public, max-age=300, must-revalidate"
)

// calendar is the calendar of some slots of the request's event, given out at
// an address below the event's.
func calendar(r *web.Request, name, below string, slots []festival.Frozen) feed.Calendar {
	color := r.View.Event.Color
	if color == "" {
		color = r.City.Color
	}
	langs := append([]string{r.T.Lang()}, r.Event.Locales...)
	return feed.Calendar{
		Name: name, URL: r.P.EventURL(r.Event.Slug, below), Color: color, Zone: r.Event.Zone, Refresh: refresh,
		Entries: feed.Entries(r.View.Programme, slots, langs, func(s festival.Session) string { return r.P.SessionURL(r.Event.Slug, s.Code) }),
	}
}

func programmeCalendar(r *web.Request) error {
	if err := published(r); err != nil {
		return err
	}
	filter := leniently(r.Asked())
	filter.Places = false
	return r.Bytes("ics?"+filter.Query().Encode(), calendarType, feedCache, func(b *bytes.Buffer) error {
		title := eventMaker(r).say(r.Event.Title).Text
		below := "/programme.ics"
		if query := filter.Query().Encode(); query != "" {
			below += "?" + query
		}
		return calendar(r, title, below, r.View.Index.Slots(filter, r.View.PlacesOf)).Encode(b)
	})
}

func sessionCalendar(r *web.Request) error {
	if err := published(r); err != nil {
		return err
	}
	s, ok := r.View.Programme.SessionByCode(r.Params("code"))
	if !ok {
		return kernel.Missing()
	}
	return r.Bytes("ics/"+s.Code, calendarType, feedCache, func(b *bytes.Buffer) error {
		return calendar(r, eventMaker(r).say(s.Title).Text, "/sessions/"+url.PathEscape(s.Code)+".ics", r.View.Programme.SlotsOf(s.ID)).Encode(b)
	})
}

func scheduleXML(r *web.Request) error {
	return schedule(r, "xml", "application/vnd.c3voc.schedule+xml; charset=utf-8", feed.FrabXML)
}

func scheduleJSON(r *web.Request) error {
	return schedule(r, "json", "application/json; charset=utf-8", feed.FrabJSON)
}

func schedule(r *web.Request, name, contentType string, write func(io.Writer, *festival.Programme, []festival.Frozen, feed.Options) error) error {
	if err := published(r); err != nil {
		return err
	}
	filter := leniently(r.Asked())
	filter.Places = false
	return r.Bytes(name+"?"+filter.Query().Encode(), contentType, feedCache, func(b *bytes.Buffer) error {
		slots := r.View.Programme.Slots
		if !filter.Empty() {
			slots = r.View.Index.Slots(filter, r.View.PlacesOf)
		}
		return write(b, r.View.Programme, slots, feedOptions(r))
	})
}

// myCalendar is the calendar of a party's bookings, under its secret address.
func myCalendar(r *web.Request) error {
	who, err := r.P.Registration.Open(r.Context(), r.City.ID, registration.LinkCalendar, r.Query("key"))
	if err != nil {
		return err
	}
	if lang := who.Party.Lang; lang != "" {
		r.T = r.P.Locale.For(lang)
	}
	held, err := r.P.Registration.Mine(r.Context(), who)
	if err != nil {
		return err
	}
	// It does not say where it is: who passes it on would pass on its key.
	c := feed.Calendar{Name: r.T.T("site.my_bookings"), Color: r.City.Color, Zone: r.City.Zone, Refresh: refresh}
	for _, h := range held {
		entry, ok, err := bookedEntry(r, h)
		if err != nil {
			return err
		}
		if ok {
			c.Entries = append(c.Entries, entry)
		}
	}
	var b bytes.Buffer
	if err := c.Encode(&b); err != nil {
		return err
	}
	return r.Private(calendarType, b.Bytes())
}

// keepCancelled is how long a booking that was cancelled stays in calendars.
const keepCancelled = 30 * 24 * time.Hour

// bookedEntry is a booking in a calendar. Its UID is the booking's own: the slot
// stands in the programme's calendar too, and a subscriber of both has two
// entries rather than one that two feeds fight over.
func bookedEntry(r *web.Request, h registration.Held) (feed.Entry, bool, error) {
	if h.Gone || h.State == registration.Cancelled && (h.Booking.Ended == nil || r.Now.Sub(*h.Booking.Ended) > keepCancelled) {
		return feed.Entry{}, false, nil
	}
	view, err := r.P.Views.Of(r.Context(), h.Booking.Event)
	if kernel.KindOf(err) == kernel.NotFound {
		return feed.Entry{}, false, nil
	}
	if err != nil {
		return feed.Entry{}, false, err
	}
	slot, ok := view.Programme.Slot(h.Booking.Slot)
	if !ok {
		return feed.Entry{}, false, nil
	}
	langs := append([]string{r.T.Lang()}, view.Event.Locales...)
	entries := feed.Entries(view.Programme, []festival.Frozen{slot}, langs, func(s festival.Session) string { return r.P.SessionURL(view.Event.Slug, s.Code) })
	if len(entries) != 1 {
		return feed.Entry{}, false, nil
	}
	e := entries[0]
	e.UID = festival.Own(h.Booking.ID) + "@booking.feria"
	e.Description = r.T.N("site.seats", h.Booking.Seats) + "\n\n" + e.Description
	modified := latest(e.Modified, h.Booking.MadeAt, h.Booking.MarkedAt)
	switch h.State { // the way a booking may go, each state above the one before
	case registration.Waiting:
		e.Tentative = true
		e.Summary = r.T.T("site.waiting", "n", h.Position) + ": " + e.Summary
	case registration.Confirmed:
		e.Sequence++
	case registration.Cancelled:
		e.Cancelled = true
		e.Sequence += 2
		modified = latest(modified, *h.Booking.Ended)
	}
	e.Modified, e.Stamp = modified, modified
	return e, true, nil
}

func latest(times ...time.Time) time.Time { return slices.MaxFunc(times, time.Time.Compare) }
