package site

import (
	"slices"
	"strings"

	"feria/festival"
)

// maxSeats is the most that one form books; a class books through the desk.
const maxSeats = 20

// session makes the public page of a session; form holds what was typed and
// what was wrong with it, the zero form is an empty one.
func (m maker) session(s festival.Session, form bookingForm, chosen string) sessionPage {
	p := m.view.Programme
	d := sessionPage{
		P: m.p, Class: m.trackClass(s.Track), Title: m.say(s.Title), Subtitle: m.say(s.Subtitle),
		Abstract: m.markdown(s.Abstract), Text: m.markdown(s.Description), Clock: m.clock(),
		Back: m.path("/programme"), Calendar: m.path("/sessions/" + s.Code + ".ics"), Star: m.path("/sessions/" + s.Code + "/keep"),
	}
	var kicker []string
	if s.Track != "" {
		kicker = append(kicker, m.track(s.Track))
	}
	if s.Format != "" {
		kicker = append(kicker, m.word("format", s.Format))
	}
	d.Kicker = strings.Join(kicker, " · ")
	slots := p.SlotsOf(s.ID)
	d.Facts = m.sessionFacts(s, slots)
	for _, l := range s.Links {
		d.Links = append(d.Links, titled(l))
	}
	for _, l := range s.Materials {
		d.Papers = append(d.Papers, titled(l))
	}
	bookable, external := false, false
	for _, slot := range slots {
		c := m.choice(slot)
		if c.Bookable {
			bookable = true
			c.Checked = c.ID == chosen
		}
		external = external || slot.Seating == festival.External
		d.Slots = append(d.Slots, c)
	}
	if external && len(s.Links) > 0 {
		d.External = s.Links[0].URL
	}
	if bookable {
		if i := suggested(d.Slots); chosen == "" && i >= 0 {
			d.Slots[i].Checked = true
		}
		form.Action, form.Max, form.Contact = m.bookPath(s), maxSeats, m.contact()
		if form.Seats == "" {
			form.Seats = "1"
		}
		d.Booking = &form
	}
	return d
}

// bookPath is where the form of a session's page is sent. The answer to a form that
// is refused is the page again: the fragment opens it at the form.
func (m maker) bookPath(s festival.Session) string {
	return m.path("/sessions/" + s.Code + "/book#book")
}

// suggested is which slot a form begins with: the first with free places, lest
// somebody waits in line without having meant to, else the first; -1 where none can
// be booked.
func suggested(slots []slotChoice) int {
	free := slices.IndexFunc(slots, func(c slotChoice) bool { return c.Bookable && c.State != "full" })
	if free >= 0 {
		return free
	}
	return slices.IndexFunc(slots, func(c slotChoice) bool { return c.Bookable })
}

func titled(l festival.Link) link {
	if l.Title == "" {
		l.Title = l.URL
	}
	return link{URL: l.URL, Title: l.Title}
}

func (m maker) choice(slot festival.Frozen) slotChoice {
	start, end := slot.Start.In(m.zone), slot.End.In(m.zone)
	c := slotChoice{
		ID: lastPart(slot.ID), ISO: start.Format("2006-01-02T15:04:05Z07:00"),
		Day: m.p.DateShort(start), Time: m.p.Time(start), Until: m.p.T("site.until", "time", m.p.Time(end)),
		Gone: slot.State == festival.Cancelled,
	}
	venue, space := m.place(slot)
	c.Where = venue
	if space.Text != "" {
		c.Where.Text += ", " + space.Text
	}
	c.State, c.Word = m.state(slot)
	c.Bookable = slot.Seating == festival.Bookable && !c.Gone && slot.Start.After(m.now) && m.view.PlacesOf(slot.ID) != "closed"
	if c.Bookable && c.State == "full" {
		c.Word = m.p.T("site.full_wait")
	}
	return c
}

func (m maker) sessionFacts(s festival.Session, slots []festival.Frozen) []fact {
	var facts []fact
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, fact{Name: m.p.T("site." + name), Value: plain(value)})
		}
	}
	seen := map[string]bool{}
	for _, slot := range slots {
		venue, space := m.place(slot)
		where := venue.Text
		if space.Text != "" {
			where += ", " + space.Text
		}
		if where == "" || seen[where] {
			continue
		}
		seen[where] = true
		if sp, ok := m.view.Programme.Space(slot.Space); ok {
			if v, ok := m.view.Programme.Venue(sp.Venue); ok {
				if v.Address != "" {
					where += ", " + v.Address
				}
				facts = append(facts, fact{Name: m.p.T("site.where"), Value: anchor(m.path("/map")+"#"+v.Slug, where)})
				continue
			}
		}
		add("where", where)
	}
	for _, id := range s.Hosts {
		if h, ok := m.view.Programme.Host(id); ok {
			facts = append(facts, fact{Name: m.p.T("site.who"), Value: anchor(m.path("/exhibitors/"+h.Slug), m.hostName(h).Text)})
		}
	}
	add("for_whom", m.ages(s))
	add("languages", m.languages(s))
	add("level", s.Level)
	add("access_facts", strings.Join(m.words("access", m.accessOf(s, slots)), ", "))
	add("price", s.Price)
	add("bring", m.say(s.Bring).Text)
	if s.NoRecord {
		add("recording", m.p.T("site.not_recorded"))
	}
	return facts
}

// accessOf is what the session offers itself and what all its places have.
func (m maker) accessOf(s festival.Session, slots []festival.Frozen) []string {
	have := map[string]int{}
	for _, slot := range slots {
		here := map[string]bool{}
		for _, a := range s.Access {
			here[a] = true
		}
		if sp, ok := m.view.Programme.Space(slot.Space); ok {
			for _, a := range sp.Access {
				here[a] = true
			}
			if v, ok := m.view.Programme.Venue(sp.Venue); ok {
				for _, a := range v.Access {
					here[a] = true
				}
			}
		}
		for a := range here {
			have[a]++
		}
	}
	var out []string
	for _, a := range festival.AccessFacts {
		if have[a] > 0 && have[a] == len(slots) {
			out = append(out, a)
		}
	}
	return out
}

func (m maker) contact() string {
	c := m.view.City.Contact
	var parts []string
	for _, part := range []string{c.Phone, m.say(c.Address).Text} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 && c.Mail != "" {
		parts = append(parts, c.Mail)
	}
	return strings.Join(parts, ", ")
}

// lastPart is the own part of a record's id, as addresses and forms show it.
func lastPart(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }
