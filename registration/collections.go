package registration

import (
	"time"

	"feria/store"
)

// Booking is the row of a booking: what the party asked for. Its state is the
// Roster's, see Roster.Standing; the row learns of it when Drain has carried
// out what followed.
type Booking struct {
	ID     string    `json:"id"` // Event.ID + "/" + own part
	City   string    `json:"city"`
	Event  string    `json:"event"`
	Slot   string    `json:"slot"`
	Party  string    `json:"party"`
	Seats  int       `json:"seats"`
	Name   string    `json:"name"`
	Mail   string    `json:"mail,omitempty"` // "" for somebody helped at a desk
	Lang   string    `json:"lang,omitempty"` // of the mails
	MadeAt time.Time `json:"made_at"`
	By     string    `json:"by,omitempty"` // the staff who booked for somebody
	// Asked is a hash of the request, so that a repeat under its key is known.
	Asked string `json:"asked,omitempty"`
	// Settled says that the roster knew this row: it is not void. Marked is the
	// number of the last effect that was carried out, MarkedAt when it was decided.
	// Ended is when the booking was cancelled, Waited that it had no seats then;
	// older rows do not say so.
	Settled  bool       `json:"settled,omitempty"`
	Marked   int64      `json:"marked,omitempty"`
	MarkedAt time.Time  `json:"marked_at,omitzero"`
	Ended    *time.Time `json:"ended,omitempty"`
	Waited   bool       `json:"waited,omitempty"`
}

// mark notes on the row that an effect was carried out. Marks only grow, so it
// does not matter how often or in which order they are made.
func (b *Booking) mark(e Effect) {
	b.Settled = true
	if e.No > b.Marked {
		b.Marked, b.MarkedAt, b.Seats = e.No, e.At, e.Seats
	}
	if e.Kind == EffectCancelled && b.Ended == nil {
		at := e.At
		b.Ended, b.Waited = &at, e.Waited
	}
}

var parties = store.Declare(store.Spec[Party]{
	Name: "parties", ID: func(p *Party) string { return p.ID }, Shape: 1,
	Indexes: []store.Index[Party]{
		{Name: "mail", Key: func(p *Party) store.Key {
			if p.Mail == "" || !p.MailConfirmed {
				return nil
			}
			return store.K(p.City, p.Mail, p.MadeAt)
		}},
	},
	Personal: []string{"name", "mail"},
	Keep:     "its name and address until 30 days after the last event that it, or another of the same confirmed address, booked; those of a home party also while it keeps sessions of an event",
})

var bookings = store.Declare(store.Spec[Booking]{
	Name: "bookings", ID: func(b *Booking) string { return b.ID }, Shape: 1,
	Indexes: []store.Index[Booking]{
		{Name: "party", Key: func(b *Booking) store.Key { return store.K(b.City, b.Party, b.MadeAt) }},
		{Name: "slot", Key: func(b *Booking) store.Key { return store.K(b.Slot, b.MadeAt) }},
		{Name: "unsettled", Key: func(b *Booking) store.Key {
			if b.Settled {
				return nil
			}
			return store.K(b.City, b.MadeAt)
		}},
	},
	Personal: []string{"name", "mail"},
	Keep:     "name and address until 30 days after the event, the row as long as the event",
})

var rosters = store.Declare(store.Spec[Roster]{
	Name: "rosters", ID: func(r *Roster) string { return r.ID }, Shape: 1,
	Indexes: []store.Index[Roster]{
		{Name: "event", Key: func(r *Roster) store.Key { return store.K(r.Event) }},
		{Name: "effects", Key: func(r *Roster) store.Key {
			if len(r.Effects) == 0 && !r.Untold {
				return nil
			}
			return store.K(r.City)
		}},
		{Name: "off", Key: func(r *Roster) store.Key {
			if !r.Off {
				return nil
			}
			return store.K(r.City)
		}},
	},
	Keep: "as long as its event", Hot: true,
})

var links = store.Declare(store.Spec[link]{
	Name: "party_links", ID: func(l *link) string { return l.ID }, Shape: 1,
	Personal: []string{"mail"},
	Keep:     "until 30 days after the event", Until: func(l *link) time.Time { return l.Until },
})

// Collections lists what this package stores.
func Collections() []store.Declaration {
	return []store.Declaration{parties, bookings, rosters, links}
}
