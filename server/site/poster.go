package site

import (
	"slices"
	"strconv"

	"feria/festival"
	"feria/festival/search"
)

// poster makes the front page of an event.
func (m maker) poster() posterPage {
	e := m.view.Event
	d := posterPage{
		P: m.p, When: m.eventDays(), Where: m.say(e.Where).Text, Title: m.say(e.Title), Slogan: m.say(e.Slogan),
		Lead: m.markdown(e.Lead), Programme: m.path("/programme"), Unready: m.view.Programme == nil,
	}
	if d.Unready {
		return d
	}
	if e.Open {
		d.TakePass = m.path("/pass")
	}
	p := m.view.Programme
	if n := len(p.Booths); n > 0 {
		d.Booths = &link{URL: m.path("/exhibitors"), Title: m.p.N("site.the_fair", n)}
	}
	d.Wishes = m.wishes()
	m.addNext(&d)
	for _, f := range []struct {
		key string
		n   int
	}{{"sessions_count", len(p.Sessions)}, {"venues_count", len(p.Venues)}, {"hosts_count", len(p.Hosts)}} {
		if f.n > 0 {
			d.Facts = append(d.Facts, m.p.N("site."+f.key, f.n))
		}
	}
	return d
}

// wishes are a few filters in the words of somebody who wants to go out.
func (m maker) wishes() []pill {
	facets, path := m.view.Index.Facets(), m.path("/programme")
	var out []pill
	add := func(label string, f search.Filter) {
		if len(m.view.Index.Slots(f, m.view.PlacesOf)) > 0 {
			out = append(out, pill{Label: label, URL: wish{Filter: f, mode: asList, page: 1}.url(path)})
		}
	}
	if slices.ContainsFunc(facets.Formats, func(f search.Facet) bool { return f.Value == "workshop" }) {
		add(m.p.T("site.wish_make"), search.Filter{Format: "workshop"})
	}
	if len(facets.Ages) > 0 {
		add(m.p.T("site.wish_children"), search.Filter{Age: 6})
	}
	for _, l := range facets.Languages {
		if l.Value != m.p.Lang() && len(out) < 5 {
			add(m.p.T("site.wish_language", "language", m.p.LanguageName(l.Value)), search.Filter{Lang: l.Value})
		}
	}
	if slices.ContainsFunc(facets.Access, func(f search.Facet) bool { return f.Value == festival.StepFree }) {
		add(m.word("access", festival.StepFree), search.Filter{Access: []string{festival.StepFree}})
	}
	add(m.p.T("site.wish_evening"), search.Filter{Part: "evening"})
	for _, t := range facets.Tracks {
		if len(out) >= 8 {
			break
		}
		add(m.track(t.Value), search.Filter{Track: t.Value})
	}
	return out
}

// addNext shows what starts soon, or what the first day begins with.
func (m maker) addNext(d *posterPage) {
	const show = 6
	slots := m.view.Programme.Slots
	i := slices.IndexFunc(slots, func(s festival.Frozen) bool { return s.Start.After(m.now) && s.State != festival.Cancelled })
	if i < 0 {
		return
	}
	next := slots[i:min(i+show, len(slots))]
	day := m.view.Programme.DayOf(next[0])
	next = slices.DeleteFunc(slices.Clone(next), func(s festival.Frozen) bool { return m.view.Programme.DayOf(s) != day })
	d.Next = m.hours(next)
	d.NextTitle = m.p.T("site.starting_soon")
	if i == 0 {
		d.NextTitle = m.p.T("site.it_begins_with")
	}
	d.NextURL = m.path("/programme?day=" + string(day))
	d.NextAll = m.p.T("site.all_of_day", "day", m.dayName(day))
}

// hosts makes the page of exhibitors.
func (m maker) hosts() hostsPage {
	p := m.view.Programme
	d := hostsPage{P: m.p}
	for _, b := range p.Booths {
		d.Booths = append(d.Booths, m.booth(b))
	}
	count := map[string]int{}
	for _, s := range p.Sessions {
		for _, h := range s.Hosts {
			count[h]++
		}
	}
	for _, h := range p.Hosts {
		row := hostRow{URL: m.path("/exhibitors/" + h.Slug), Name: m.hostName(h).Text}
		if n := count[h.ID]; n > 0 {
			row.Count = m.p.N("site.sessions_count", n)
		}
		d.Hosts = append(d.Hosts, row)
	}
	slices.SortFunc(d.Hosts, func(a, b hostRow) int { return cmpString(search.Fold(a.Name), search.Fold(b.Name)) })
	return d
}

func (m maker) booth(b festival.Booth) boothRow {
	row := boothRow{Class: m.trackClass(b.Track), Code: b.Code, About: m.say(b.About)}
	if row.About.Text == "" {
		row.About = m.say(b.Name)
	}
	for _, id := range b.Hosts {
		if h, ok := m.view.Programme.Host(id); ok {
			row.Hosts = append(row.Hosts, link{URL: m.path("/exhibitors/" + h.Slug), Title: m.hostName(h).Text})
		}
	}
	if s, ok := m.view.Programme.Space(b.Space); ok {
		row.Where = m.say(s.Name)
		if v, ok := m.view.Programme.Venue(s.Venue); ok {
			row.Where.Text = m.say(v.Name).Text + ", " + row.Where.Text
		}
	}
	days := make([]string, len(b.Days))
	for i, day := range b.Days {
		days[i] = m.p.DateShort(m.date(day))
	}
	row.Days = m.p.List(days)
	return row
}

func (m maker) host(h festival.Host) hostPage {
	d := hostPage{P: m.p, Name: m.hostName(h), Bio: m.markdown(h.Bio), URL: h.URL, Back: m.path("/exhibitors")}
	for _, l := range h.Links {
		d.Links = append(d.Links, titled(l))
	}
	for _, b := range m.view.Programme.Booths {
		if slices.Contains(b.Hosts, h.ID) {
			d.Booths = append(d.Booths, m.booth(b))
		}
	}
	d.Blocks = m.blocks(m.view.Index.Slots(search.Filter{Host: h.Slug}, m.view.PlacesOf))
	return d
}

// places makes the page that says where everything is.
func (m maker) places() placesPage {
	p := m.view.Programme
	d := placesPage{P: m.p}
	spaces, slots := map[string][]string{}, map[string][]festival.Frozen{}
	for _, s := range p.Spaces {
		spaces[s.Venue] = append(spaces[s.Venue], m.say(s.Name).Text)
	}
	for _, slot := range p.Slots {
		if s, ok := p.Space(slot.Space); ok {
			slots[s.Venue] = append(slots[s.Venue], slot)
		}
	}
	for _, v := range p.Venues {
		row := placeRow{
			ID: v.Slug, Name: m.say(v.Name), Address: v.Address, Way: m.say(v.Way), Access: m.words("access", v.Access), Spaces: spaces[v.ID],
			Sessions: m.p.N("site.sessions_count", sessionsOf(slots[v.ID])),
			URL:      wish{Filter: search.Filter{Venue: v.Slug}, mode: asList, page: 1}.url(m.path("/programme")),
		}
		if v.Lat != 0 || v.Lon != 0 {
			at := strconv.FormatFloat(v.Lat, 'f', -1, 64) + "," + strconv.FormatFloat(v.Lon, 'f', -1, 64)
			row.Geo = "geo:" + at + "?q=" + at
		}
		d.Venues = append(d.Venues, row)
	}
	return d
}
