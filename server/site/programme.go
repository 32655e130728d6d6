package site

import (
	"net/url"
	"slices"
	"strconv"

	"feria/festival"
	"feria/festival/search"
)

// rowsPerPage is the most that a programme page shows (DESIGN.md 6).
const rowsPerPage = 100

// The ways to show a programme.
const (
	asList  = "list"
	asGrid  = "grid"
	byVenue = "venue"
)

// wish is what a reader of the programme asked for.
type wish struct {
	search.Filter
	mode string // asList, asGrid, byVenue
	page int    // from 1
	all  bool   // all days were asked for, although they are many
}

// query writes the wish as the canonical query of a link; equal wishes give
// equal links, so that pages can be cached by it.
func (w wish) query() url.Values {
	q := w.Filter.Query()
	if w.mode != "" && w.mode != asList {
		q.Set("view", w.mode)
	}
	if w.all && w.Day == "" {
		q.Set("day", "all")
	}
	if w.page > 1 {
		q.Set("page", strconv.Itoa(w.page))
	}
	return q
}

func (w wish) url(path string) string {
	if q := w.query().Encode(); q != "" {
		return path + "?" + q
	}
	return path
}

// readWish reads the query of a programme page; what it does not know it leaves
// out, so that an old link still shows something.
func readWish(q url.Values) wish {
	w := wish{mode: asList, page: 1}
	if q.Get("day") == "all" {
		w.all = true
		q.Del("day")
	}
	w.Filter = leniently(q)
	if m := q.Get("view"); m == asGrid || m == byVenue {
		w.mode = m
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 && n < 10_000 {
		w.page = n
	}
	return w
}

// leniently reads the filters that it can and leaves out the others, so that an
// old link still shows something.
func leniently(q url.Values) search.Filter {
	f, _ := search.Parse(q) // with an error comes what could be read
	return f
}

// with gives the wish with one field changed, from its first page.
func (w wish) with(set func(*search.Filter)) wish {
	set(&w.Filter)
	w.page = 1
	return w
}

// programme makes the programme page. A festival's list and every grid show one
// day at a time: the first, or the one that is today, unless something is
// searched or another filter narrows the choice.
func (m maker) programme(w wish) programmePage {
	p, path := m.view.Programme, m.path("/programme")
	narrowed := w.Q != "" || w.Venue != "" || w.Host != "" || w.Booth != ""
	if w.Day == "" && (w.mode == asGrid || !w.all && !narrowed && len(p.Slots) > rowsPerPage) {
		w.Day, w.all = string(m.dayToShow()), false
	}
	slots := m.view.Index.Slots(w.Filter, m.view.PlacesOf)
	d := programmePage{
		P: m.p, Path: path, Query: w.Q, Mode: w.mode, Clock: m.clock(), Empty: len(slots) == 0,
		Feed:    feedURL(path+".ics", w.Filter),
		Clear:   wish{mode: w.mode, page: 1}.url(path),
		Release: m.p.T("site.release_note", "n", m.view.Release, "at", m.p.DateTime(p.At.In(m.zone))),
	}
	for _, mode := range []string{asList, asGrid, byVenue} {
		other := w
		other.mode, other.page = mode, 1
		d.Views = append(d.Views, pill{Label: m.p.T("site.view_" + mode), URL: other.url(path), Current: mode == w.mode})
	}
	for name, values := range w.query() {
		if name != "q" && name != "page" {
			d.Hidden = append(d.Hidden, [2]string{name, values[0]})
		}
	}
	slices.SortFunc(d.Hidden, func(a, b [2]string) int { return cmpString(a[0], b[0]) })
	m.addFilters(&d, w, path)
	d.Count = m.count(w, len(slots))
	pages := (len(slots) + rowsPerPage - 1) / rowsPerPage
	if w.mode != asGrid {
		w.page = min(w.page, max(pages, 1))
		from := (w.page - 1) * rowsPerPage
		slots = slots[from:min(from+rowsPerPage, len(slots))]
		for n := 1; n <= pages; n++ {
			other := w
			other.page = n
			d.Pages = append(d.Pages, pill{Label: m.p.Number(n), URL: other.url(path), Current: n == w.page})
		}
	}
	switch w.mode {
	case asGrid:
		d.Pages = nil
		if len(slots) > 0 {
			d.Grid = m.grid(slots, festival.Date(w.Day))
		}
	case byVenue:
		d.Venues = m.venues(slots)
	default:
		d.Blocks = m.blocks(slots)
	}
	return d
}

func feedURL(path string, f search.Filter) string {
	f.Places = false // changes by the minute; a calendar of it would flicker
	if q := f.Query().Encode(); q != "" {
		return path + "?" + q
	}
	return path
}

func cmpString(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// dayToShow is today while the event runs, else its first day with slots.
func (m maker) dayToShow() festival.Date {
	days := m.view.Programme.Days()
	if len(days) == 0 {
		return ""
	}
	today := festival.Date(m.now.In(m.zone).Format("2006-01-02"))
	if slices.Contains(days, today) {
		return today
	}
	return days[0]
}

func (m maker) count(w wish, n int) string {
	if w.Day != "" {
		return m.p.N("site.sessions_on", n, "day", m.dayName(festival.Date(w.Day)))
	}
	return m.p.N("site.sessions_count", n)
}

func (m maker) addFilters(d *programmePage, w wish, path string) {
	facets := m.view.Index.Facets()
	row := func(name string) pillRow { return pillRow{Name: m.p.T("site.filter_" + name)} }

	d.Days = row("day")
	if w.mode != asGrid {
		all := w.with(func(f *search.Filter) { f.Day = "" })
		all.all = true
		d.Days.Pills = append(d.Days.Pills, pill{Label: m.p.T("site.all_days"), URL: all.url(path), Current: w.Day == ""})
	}
	for _, day := range m.view.Programme.Days() {
		one := w.with(func(f *search.Filter) { f.Day = string(day) })
		one.all = false
		d.Days.Pills = append(d.Days.Pills, pill{Label: m.p.DateShort(m.date(day)), URL: one.url(path), Current: w.Day == string(day)})
	}

	rows := map[string]*pillRow{}
	var order []string
	add := func(name, value, label string, active bool, set func(*search.Filter, string)) {
		r := rows[name]
		if r == nil {
			made := row(name)
			r = &made
			rows[name], order = r, append(order, name)
		}
		next := value
		if active {
			next = ""
		}
		link := pill{Label: label, Current: active, URL: w.with(func(f *search.Filter) { set(f, next) }).url(path)}
		r.Pills = append(r.Pills, link)
		if active {
			d.Active = append(d.Active, link)
		}
	}
	for _, part := range []string{"morning", "afternoon", "evening"} {
		add("part", part, m.p.T("site.part_"+part), w.Part == part, func(f *search.Filter, v string) { f.Part = v })
	}
	for _, t := range facets.Tracks {
		add("track", t.Value, m.track(t.Value), w.Track == t.Value, func(f *search.Filter, v string) { f.Track = v })
	}
	for _, t := range facets.Formats {
		add("format", t.Value, m.word("format", t.Value), w.Format == t.Value, func(f *search.Filter, v string) { f.Format = v })
	}
	if len(facets.Languages) > 1 {
		for _, t := range facets.Languages {
			add("lang", t.Value, m.p.LanguageName(t.Value), w.Lang == t.Value, func(f *search.Filter, v string) { f.Lang = v })
		}
	}
	if len(facets.Ages) > 0 {
		for _, age := range []int{3, 6, 9, 12, 16} {
			add("age", strconv.Itoa(age), m.p.N("site.age", age), w.Age == age, func(f *search.Filter, v string) { f.Age, _ = strconv.Atoi(v) })
		}
	}
	for _, t := range facets.Access {
		has := slices.Contains(w.Access, t.Value)
		add("access", t.Value, m.word("access", t.Value), has, func(f *search.Filter, v string) {
			if v == "" {
				f.Access = slices.DeleteFunc(slices.Clone(f.Access), func(a string) bool { return a == t.Value })
			} else {
				f.Access = append(slices.Clone(f.Access), v)
			}
		})
	}
	add("other", "yes", m.p.T("site.free_places_only"), w.Places, func(f *search.Filter, v string) { f.Places = v != "" })
	if facets.Free < facets.Total {
		add("other", "free", m.p.T("site.free_of_charge"), w.Free, func(f *search.Filter, v string) { f.Free = v != "" })
	}
	for _, name := range order {
		d.Rows = append(d.Rows, *rows[name])
	}
	if v, ok := m.view.Programme.VenueBySlug(w.Venue); ok {
		d.Active = append(d.Active, pill{Label: m.say(v.Name).Text, Current: true, URL: w.with(func(f *search.Filter) { f.Venue = "" }).url(path)})
	}
	if h, ok := m.view.Programme.HostBySlug(w.Host); ok {
		d.Active = append(d.Active, pill{Label: m.hostName(h).Text, Current: true, URL: w.with(func(f *search.Filter) { f.Host = "" }).url(path)})
	}
}

func (m maker) venues(slots []festival.Frozen) []venueBlock {
	byVenue := map[string][]festival.Frozen{}
	for _, slot := range slots {
		space, _ := m.view.Programme.Space(slot.Space)
		byVenue[space.Venue] = append(byVenue[space.Venue], slot)
	}
	var out []venueBlock
	for _, v := range m.view.Programme.Venues {
		if slots := byVenue[v.ID]; len(slots) > 0 {
			out = append(out, venueBlock{
				Name: m.say(v.Name), Address: v.Address, Access: m.words("access", v.Access), Blocks: m.blocks(slots),
				URL: m.path("/map") + "#" + v.Slug,
			})
		}
	}
	if slots := byVenue[""]; len(slots) > 0 {
		out = append(out, venueBlock{Name: said{Text: m.p.T("site.elsewhere")}, URL: m.path("/map"), Blocks: m.blocks(slots)})
	}
	return out
}
