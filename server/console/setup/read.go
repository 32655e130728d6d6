package setup

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
)

// read puts what was typed into the record. What cannot be read as a number,
// day or time is an error by field; whether it makes sense is the service's to
// say.
func (f form[T]) read(s *scene, r *T, typed url.Values) error {
	var errs kernel.Errors
	for _, fd := range f {
		fd.read(s, r, typed, &errs)
	}
	return errs.Err()
}

func (f field[T]) read(s *scene, r *T, typed url.Values, errs *kernel.Errors) {
	raw := strings.TrimSpace(typed.Get(f.name))
	switch {
	case f.text != nil:
		t := locale.Text{}
		for l, v := range *f.text(r) {
			t[l] = v
		}
		for _, lang := range s.languages(t) {
			if v := strings.TrimSpace(strings.ReplaceAll(typed.Get(f.name+"."+lang), "\r\n", "\n")); v != "" {
				t[lang] = v
			} else {
				delete(t, lang)
			}
		}
		if len(t) == 0 {
			t = nil
		}
		*f.text(r) = t
	case f.str != nil:
		*f.str(r) = strings.ReplaceAll(raw, "\r\n", "\n")
		if f.inherit != nil && raw == f.inherit(s) {
			*f.str(r) = ""
		}
	case f.num != nil:
		n, err := strconv.Atoi(orZero(raw))
		if err != nil {
			errs.Add(f.name, "not_a_number")
			return
		}
		*f.num(r) = n
	case f.real != nil:
		n, err := strconv.ParseFloat(orZero(strings.Replace(raw, ",", ".", 1)), 64)
		if err != nil {
			errs.Add(f.name, "not_a_number")
			return
		}
		*f.real(r) = n
	case f.flag != nil:
		*f.flag(r) = raw != ""
	case f.date != nil:
		*f.date(r) = festival.Date(raw)
	case f.at != nil:
		at, err := s.wall(raw)
		if err != nil {
			*errs = append(*errs, withField(err, f.name))
			return
		}
		*f.at(r) = at
	case f.list != nil && f.options != nil:
		*f.list(r) = slices.DeleteFunc(slices.Clone(typed[f.name]), func(v string) bool { return v == "" })
	case f.list != nil:
		*f.list(r) = splitList(raw)
	case f.dates != nil:
		var days []festival.Date
		for _, d := range splitList(raw) {
			days = append(days, festival.Date(d))
		}
		*f.dates(r) = days
	case f.links != nil:
		var links []festival.Link
		for line := range strings.Lines(raw) {
			if address, title, _ := strings.Cut(strings.TrimSpace(line), " "); address != "" {
				links = append(links, festival.Link{URL: address, Title: strings.TrimSpace(title)})
			}
		}
		*f.links(r) = links
	case f.periods != nil:
		var periods []festival.Period
		for line := range strings.Lines(raw) {
			parts := strings.Fields(line)
			if len(parts) == 0 {
				continue
			}
			if len(parts) != 2 {
				errs.Add(f.name, "period_unreadable")
				return
			}
			start, err := s.wall(parts[0])
			end, err2 := s.wall(parts[1])
			if err != nil || err2 != nil {
				errs.Add(f.name, "period_unreadable")
				return
			}
			periods = append(periods, festival.Period{Start: start, End: end})
		}
		*f.periods(r) = periods
	}
}

// seconds are what some browsers add to a time.
var seconds = regexp.MustCompile(`^:[0-5][0-9](\.[0-9]+)?$`)

// wall reads a wall clock time of the event's zone; one that the clock change
// leaves out is refused with advice.
func (s *scene) wall(raw string) (time.Time, error) {
	if raw == "" {
		return time.Time{}, nil
	}
	day, clock, ok := strings.Cut(raw, "T")
	if !ok {
		return time.Time{}, kernel.New(kernel.Invalid, "time_unreadable", "")
	}
	if n := len("15:04"); len(clock) > n && seconds.MatchString(clock[n:]) {
		clock = clock[:n]
	}
	return festival.LocalTime(s.zone.String(), festival.Date(day), clock)
}

func withField(err error, field string) *kernel.Error {
	if e, ok := err.(*kernel.Error); ok {
		copied := *e
		copied.Field = field
		return &copied
	}
	return kernel.New(kernel.Invalid, "time_unreadable", field)
}

func orZero(s string) string {
	if s == "" {
		return "0"
	}
	return s
}

func splitList(raw string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(raw, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
