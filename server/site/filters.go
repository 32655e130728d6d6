package site

import (
	"slices"
	"strconv"

	"feria/festival/search"
)

// addDays adds the days to choose from; shown is the one of the page.
func (m maker) addDays(d *programmePage, w wish, shown, path string) {
	d.Days = pillRow{Name: m.p.T("site.filter_day")}
	if w.mode != asGrid {
		all := w.with(func(f *search.Filter) { f.Day = "" })
		all.all = true
		d.Days.Pills = append(d.Days.Pills, pill{Label: m.p.T("site.all_days"), URL: all.url(path), Current: shown == ""})
	}
	for _, day := range m.view.Programme.Days() {
		one := w.with(func(f *search.Filter) { f.Day = string(day) })
		one.all = false
		d.Days.Pills = append(d.Days.Pills, pill{Label: m.p.DateShort(m.date(day)), URL: one.url(path), Current: shown == string(day)})
	}
}

func (m maker) addFilters(d *programmePage, w wish, path string) {
	facets := m.view.Index.Facets()
	row := func(name string) pillRow { return pillRow{Name: m.p.T("site.filter_" + name)} }

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
