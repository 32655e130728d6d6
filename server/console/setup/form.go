// Package setup holds the console's forms to make, edit, copy and remove what
// an event consists of: one description per kind of record, and one way to
// show, read and save them all.
package setup

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"feria/festival"
	"feria/locale"
	"feria/public/ui"
)

// field is one thing that a form asks for. Exactly one of the accessors is set;
// it points into the record, for showing and for reading alike.
type field[T any] struct {
	name     string // of the input, of the error's field and of its label "console.field_<name>"
	alias    string // what errors call it, where that differs
	required bool
	area     bool // several lines
	hint     bool // there is "console.hint_<name>"
	input    string
	text     func(*T) *locale.Text
	str      func(*T) *string
	num      func(*T) *int
	real     func(*T) *float64
	flag     func(*T) *bool
	date     func(*T) *festival.Date
	at       func(*T) *time.Time // wall clock of the event's zone
	list     func(*T) *[]string
	links    func(*T) *[]festival.Link
	dates    func(*T) *[]festival.Date
	periods  func(*T) *[]festival.Period
	options  func(*scene) []ui.Option // of a choice; with list: several may be chosen
	inherit  func(*scene) string      // with str: what stands for an empty one, since some inputs cannot be empty
}

// scene is what forms need to know beside their record.
type scene struct {
	p       *locale.Printer
	city    festival.City
	event   festival.Event
	draft   *festival.Programme
	locales []string
	zone    *time.Location
}

// form is the fields of one kind of record.
type form[T any] []field[T]

// show draws a form: with what was typed, where something was, else with the
// record. errs are the sentences by field.
func (f form[T]) show(s *scene, record *T, typed url.Values, errs map[string]string) []ui.Field {
	var out []ui.Field
	for _, fd := range f {
		base := ui.Field{Name: fd.name, Label: s.p.T("console.field_" + fd.name), Required: fd.required, Error: fd.error(errs), Type: fd.inputType()}
		if fd.hint {
			base.Hint = s.p.T("console.hint_" + fd.name)
		}
		if fd.text != nil {
			for _, lang := range s.languages(*fd.text(record)) {
				one := base
				one.Name, one.Lang = fd.name+"."+lang, lang
				if len(s.locales) > 1 {
					one.Label += " (" + s.p.LanguageName(lang) + ")"
				}
				one.Value = (*fd.text(record))[lang]
				one.Required = fd.required && lang == s.locales[0]
				one.Error = fd.errorIn(errs, lang)
				if one.Error == "" && lang == s.locales[0] { // of no language
					one.Error = fd.errorIn(errs, "")
				}
				retype(&one, typed)
				out = append(out, one)
			}
			continue
		}
		base.Value = fd.value(s, record)
		if fd.options != nil {
			chosen := strings.Split(base.Value, "\n")
			if typed != nil {
				chosen = typed[fd.name]
			}
			for _, o := range withStored(fd.options(s), base.Value) {
				o.Chosen = slices.Contains(chosen, o.Value)
				base.Options = append(base.Options, o)
			}
		}
		if fd.num != nil {
			base.Mode = "numeric"
		}
		retype(&base, typed)
		out = append(out, base)
	}
	return out
}

// withStored adds the record's own values to a choice that does not offer them,
// as an imported format of the organizers' own: what a browser cannot choose it
// would silently drop when the form is sent.
func withStored(offered []ui.Option, stored string) []ui.Option {
	for value := range strings.SplitSeq(stored, "\n") {
		if value != "" && !slices.ContainsFunc(offered, func(o ui.Option) bool { return o.Value == value }) {
			offered = append(offered, ui.Option{Value: value, Label: value})
		}
	}
	return offered
}

// owns says whether an error's field is this one: by its name or alias, or by a
// part of it, as "links.0.url".
func (f field[T]) owns(errorField string) bool {
	own := f.name
	if f.alias != "" {
		own = f.alias
	}
	return errorField == f.name || errorField == own || strings.HasPrefix(errorField, own+".")
}

// error is the first sentence that belongs to the field.
func (f field[T]) error(errs map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(errs)) {
		if f.owns(name) {
			return errs[name]
		}
	}
	return ""
}

// errorIn is the sentence that belongs to the text of one language, or with "" to
// the text itself.
func (f field[T]) errorIn(errs map[string]string, lang string) string {
	if lang != "" {
		lang = "." + lang
	}
	for _, name := range []string{f.alias, f.name} {
		if sentence := errs[name+lang]; name != "" && sentence != "" {
			return sentence
		}
	}
	return ""
}

// strays are the sentences that belong to no field of the form: they stand above it.
func (f form[T]) strays(errs map[string]string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(errs)) {
		if !slices.ContainsFunc(f, func(fd field[T]) bool { return fd.owns(name) }) {
			out = append(out, errs[name])
		}
	}
	return out
}

func retype(s *ui.Field, typed url.Values) {
	if typed == nil {
		return
	}
	s.Value = typed.Get(s.Name)
	if s.Type == "checkbox" {
		s.Value = map[bool]string{true: "1"}[typed.Get(s.Name) != ""]
	}
}

// languages are those of the event, then those that the text has besides.
func (s *scene) languages(t locale.Text) []string {
	langs := slices.Clone(s.locales)
	for _, l := range t.Languages() {
		if !slices.Contains(langs, l) {
			langs = append(langs, l)
		}
	}
	return langs
}

func (f field[T]) inputType() string {
	switch {
	case f.input != "":
		return f.input
	case f.options != nil && f.list != nil:
		return "several"
	case f.options != nil:
		return "select"
	case f.area, f.links != nil, f.periods != nil:
		return "area"
	case f.flag != nil:
		return "checkbox"
	case f.date != nil:
		return "date"
	case f.at != nil:
		return "datetime-local"
	}
	return "text"
}

const wallClock = "2006-01-02T15:04"

// value is what an input shows of the record.
func (f field[T]) value(s *scene, r *T) string {
	switch {
	case f.str != nil && f.inherit != nil && *f.str(r) == "":
		return f.inherit(s)
	case f.str != nil:
		return *f.str(r)
	case f.num != nil:
		if n := *f.num(r); n != 0 {
			return strconv.Itoa(n)
		}
	case f.real != nil:
		if n := *f.real(r); n != 0 {
			return strconv.FormatFloat(n, 'f', -1, 64)
		}
	case f.flag != nil:
		if *f.flag(r) {
			return "1"
		}
	case f.date != nil:
		return string(*f.date(r))
	case f.at != nil:
		if t := *f.at(r); !t.IsZero() {
			return t.In(s.zone).Format(wallClock)
		}
	case f.list != nil && f.options != nil:
		return strings.Join(*f.list(r), "\n")
	case f.list != nil:
		return strings.Join(*f.list(r), ", ")
	case f.dates != nil:
		days := make([]string, len(*f.dates(r)))
		for i, d := range *f.dates(r) {
			days[i] = string(d)
		}
		return strings.Join(days, ", ")
	case f.links != nil:
		lines := make([]string, len(*f.links(r)))
		for i, l := range *f.links(r) {
			lines[i] = strings.TrimSpace(l.URL + " " + l.Title)
		}
		return strings.Join(lines, "\n")
	case f.periods != nil:
		lines := make([]string, len(*f.periods(r)))
		for i, p := range *f.periods(r) {
			lines[i] = p.Start.In(s.zone).Format(wallClock) + " " + p.End.In(s.zone).Format(wallClock)
		}
		return strings.Join(lines, "\n")
	}
	return ""
}
