// Package site is what citizens see: the city, its events, programmes,
// sessions, bookings and passes.
package site

import (
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"feria/festival"
	"feria/locale"
	"feria/platform"
	"feria/public/ui"
)

// maker turns a view into what pages show, in one language.
type maker struct {
	p    *locale.Printer
	view *platform.View
	now  time.Time
	zone *time.Location
}

func newMaker(p *locale.Printer, view *platform.View, now time.Time) maker {
	zone, err := time.LoadLocation(view.Event.Zone)
	if err != nil { // checked when the event was saved
		zone = time.UTC
	}
	return maker{p: p, view: view, now: now, zone: zone}
}

func (m maker) path(below string) string { return "/" + m.view.Event.Slug + below }

// say gives a text in the reader's language, else the event's, marked with its
// language where it is not the page's.
func (m maker) say(t locale.Text) said {
	text, lang := m.p.Text(t, m.view.Event.Locales...)
	if lang == m.p.Lang() {
		lang = ""
	}
	return said{Text: text, Lang: lang}
}

func (m maker) hostName(h festival.Host) said {
	if !h.Names.Empty() {
		return m.say(h.Names)
	}
	return said{Text: h.Name}
}

// trackClass is the colour class of a track, by its place among the event's.
func (m maker) trackClass(slug string) string {
	for i, t := range m.view.Programme.Event.Tracks {
		if t.Slug == slug {
			return ui.ThemeClass(i, t.Color != "")
		}
	}
	return ui.ThemeClass(-1, false)
}

func (m maker) track(slug string) string {
	for _, t := range m.view.Programme.Event.Tracks {
		if t.Slug == slug {
			return m.say(t.Name).Text
		}
	}
	return slug
}

// word is the catalogue's word for a code of a kind ("format.workshop"), or
// the code as it stands where it is free text.
func (m maker) word(kind, code string) string {
	if key := kind + "." + code; m.p.Has(key) {
		return m.p.T(key)
	}
	return code
}

func (m maker) words(kind string, codes []string) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = m.word(kind, c)
	}
	return out
}

func (m maker) ages(s festival.Session) string {
	switch {
	case s.AgeMin > 0 && s.AgeMax > 0:
		return m.p.T("site.ages_between", "min", s.AgeMin, "max", s.AgeMax)
	case s.AgeMin >= 18:
		return m.p.T("site.adults")
	case s.AgeMin > 0:
		return m.p.T("site.ages_from", "min", s.AgeMin)
	case s.AgeMax > 0:
		return m.p.T("site.ages_to", "max", s.AgeMax)
	}
	return ""
}

func (m maker) languages(s festival.Session) string {
	names := make([]string, len(s.Languages))
	for i, l := range s.Languages {
		names[i] = m.p.LanguageName(l)
	}
	return strings.Join(names, ", ")
}

// place says where a slot is: the venue, and the space inside it.
func (m maker) place(slot festival.Frozen) (venue, space said) {
	s, ok := m.view.Programme.Space(slot.Space)
	if !ok {
		if b, ok := m.view.Programme.Booth(slot.Booth); ok {
			s, _ = m.view.Programme.Space(b.Space)
		}
	}
	space = m.say(s.Name)
	if v, ok := m.view.Programme.Venue(s.Venue); ok {
		venue = m.say(v.Name)
	}
	if venue.Text == "" || venue.Text == space.Text {
		return space, said{}
	}
	return venue, space
}

// state says how a slot stands, by shape, colour and word.
func (m maker) state(slot festival.Frozen) (class, word string) {
	switch {
	case slot.State == festival.Cancelled:
		return "full", m.p.T("site.cancelled")
	case !slot.End.After(m.now):
		return "past", m.p.T("site.over")
	case slot.Seating == festival.WalkIn:
		return "ok", m.p.T("site.just_come")
	case slot.Seating == festival.External:
		return "few", m.p.T("site.booked_elsewhere")
	}
	switch m.view.PlacesOf(slot.ID) {
	case "few":
		return "few", m.p.T("site.few_places")
	case "full":
		return "full", m.p.T("site.full")
	case "closed":
		return "full", m.p.T("site.closed")
	}
	return "ok", m.p.T("site.free_places")
}

func (m maker) item(slot festival.Frozen) item {
	s, _ := m.view.Programme.Session(slot.Session)
	it := item{
		Class: m.trackClass(s.Track), Title: m.say(s.Title),
		URL: m.path("/sessions/" + s.Code), Gone: slot.State == festival.Cancelled,
	}
	if s.Track != "" {
		it.Track = m.track(s.Track)
	} else if s.Format != "" {
		it.Track = m.word("format", s.Format)
	}
	venue, space := m.place(slot)
	it.Place, it.Within = venue, space.Text
	for _, f := range []string{m.p.Duration(slot.End.Sub(slot.Start)), m.ages(s), m.languages(s)} {
		if f != "" {
			it.Facts = append(it.Facts, f)
		}
	}
	it.Access = m.words("access", s.Access)
	it.State, it.Word = m.state(slot)
	return it
}

// hours groups slots, which are sorted by start, by the clock.
func (m maker) hours(slots []festival.Frozen) []hour {
	var out []hour
	for _, slot := range slots {
		start := slot.Start.In(m.zone)
		iso := start.Format(time.RFC3339)
		if len(out) == 0 || out[len(out)-1].ISO != iso {
			out = append(out, hour{Clock: m.p.Time(start), ISO: iso})
		}
		last := &out[len(out)-1]
		last.Items = append(last.Items, m.item(slot))
	}
	return out
}

// blocks groups slots by programme day.
func (m maker) blocks(slots []festival.Frozen) []dayBlock {
	var out []dayBlock
	for i := 0; i < len(slots); {
		day := m.view.Programme.DayOf(slots[i])
		j := i
		for j < len(slots) && m.view.Programme.DayOf(slots[j]) == day {
			j++
		}
		out = append(out, dayBlock{Title: m.dayName(day), ISO: string(day), Hours: m.hours(slots[i:j])})
		i = j
	}
	return out
}

func (m maker) date(d festival.Date) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), m.zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

func (m maker) dayName(d festival.Date) string { return m.p.Date(m.date(d)) }

func (m maker) eventDays() string {
	return m.p.Days(m.date(m.view.Event.Start), m.date(m.view.Event.End))
}

func (m maker) clock() clockNote {
	return clockNote{Zone: m.view.Event.Zone, Text: m.p.T("site.times_are_in", "zone", m.view.Event.Zone)}
}

// markdown shows a text that may hold Markdown, cleaned, marked with its language.
func (m maker) markdown(t locale.Text) templ.Component {
	s := m.say(t)
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if s.Text == "" {
			return nil
		}
		if s.Lang == "" {
			return renderMarkdown(w, s.Text)
		}
		if _, err := io.WriteString(w, `<div lang="`+templ.EscapeString(s.Lang)+`" dir="`+locale.Direction(s.Lang)+`">`); err != nil {
			return err
		}
		if err := renderMarkdown(w, s.Text); err != nil {
			return err
		}
		_, err := io.WriteString(w, "</div>")
		return err
	})
}

// plain is a component of text alone.
func plain(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, templ.EscapeString(s))
		return err
	})
}

func anchor(url, text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<a href="`+templ.EscapeString(url)+`">`+templ.EscapeString(text)+`</a>`)
		return err
	})
}

func itoa(n int) string { return strconv.Itoa(n) }

func describe(id string, errs map[string]string) string {
	if errs[id] == "" {
		return ""
	}
	return id + "-error"
}

func invalid(id string, errs map[string]string) string {
	if errs[id] == "" {
		return "false"
	}
	return "true"
}

// joined puts two parts of a sentence together, where there are two.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

// placeOf writes where an item is: the venue in bold, then the space, with the
// comma where it belongs.
func placeOf(it item) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, "<b>"); err != nil {
			return err
		}
		if err := words(it.Place).Render(ctx, w); err != nil {
			return err
		}
		end := "</b>"
		if it.Within != "" {
			end += ", " + templ.EscapeString(it.Within)
		}
		_, err := io.WriteString(w, end)
		return err
	})
}
