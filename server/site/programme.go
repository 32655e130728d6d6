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
// day at a time, see shownDay. A day that nobody chose stands in no link and in no
// form: who searches from such a page searches the whole programme, and its calendar
// is that of all days.
func (m maker) programme(w wish) programmePage {
	path := m.path("/programme")
	shown := w
	if w.Day == "" {
		shown.Day = m.shownDay(w)
	}
	slots := m.view.Index.Slots(shown.Filter, m.view.PlacesOf)
	d := programmePage{
		P: m.p, Path: path, Query: w.Q, Mode: w.mode, Clock: m.clock(), Empty: len(slots) == 0,
		Feed:    feedURL(path+".ics", w.Filter),
		Clear:   wish{mode: w.mode, page: 1}.url(path),
		Release: m.p.T("site.release_note", "n", m.view.Release, "at", m.p.DateTime(m.view.Programme.At.In(m.zone))),
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
	m.addDays(&d, w, shown.Day, path)
	m.addFilters(&d, w, path)
	d.Count = m.count(shown, slots)
	if shown.Day != "" && (w.Q != "" || d.Empty) {
		d.Elsewhere = m.elsewhere(w, len(slots), path)
	}
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
			d.Grid = m.grid(slots, festival.Date(shown.Day))
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

// shownDay is the day that a page shows to whoever chose none: today while the event
// runs, else its first; where nothing fits on it, the first on which something does.
// It is "" where all days are shown: those of a small programme, of a search and of
// what a venue, host or booth offers, but for a grid.
func (m maker) shownDay(w wish) string {
	p := m.view.Programme
	narrowed := w.Q != "" || w.Venue != "" || w.Host != "" || w.Booth != ""
	days := p.Days()
	if len(days) == 0 || w.mode != asGrid && (w.all || narrowed || len(p.Slots) <= rowsPerPage) {
		return ""
	}
	day := festival.Date(m.now.In(m.zone).Format("2006-01-02"))
	if !slices.Contains(days, day) {
		day = days[0]
	}
	onDay := w.Filter
	onDay.Day = string(day)
	if len(m.view.Index.Slots(onDay, m.view.PlacesOf)) == 0 { // only then are all days looked through
		if fits := m.view.Index.Slots(w.Filter, m.view.PlacesOf); len(fits) > 0 {
			day = p.DayOf(fits[0])
		}
	}
	return string(day)
}

// elsewhere leads to what the other days have of a wish of which one day shows here;
// nil where that is nothing.
func (m maker) elsewhere(w wish, here int, path string) *link {
	other := w.with(func(f *search.Filter) { f.Day = "" })
	more := len(m.view.Index.Slots(other.Filter, m.view.PlacesOf)) - here
	if more <= 0 {
		return nil
	}
	other.all = true
	if other.mode == asGrid { // which shows a single day
		other.mode = asList
	}
	return &link{URL: other.url(path), Title: m.p.N("site.on_other_days", more)}
}

// count says how many sessions the slots are of, as the front page counts them, and
// how often they take place where that is more.
func (m maker) count(w wish, slots []festival.Frozen) string {
	n := sessionsOf(slots)
	out := m.p.N("site.sessions_count", n)
	if w.Day != "" {
		out = m.p.N("site.sessions_on", n, "day", m.dayName(festival.Date(w.Day)))
	}
	if len(slots) > n {
		out += " · " + m.p.N("site.times_count", len(slots))
	}
	return out
}

// sessionsOf is how many different sessions the slots are of.
func sessionsOf(slots []festival.Frozen) int {
	different := map[string]bool{}
	for _, s := range slots {
		different[s.Session] = true
	}
	return len(different)
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
