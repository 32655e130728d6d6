package locale

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The order of day, month and year, the names of months and weekdays and the
// sign between thousands are entries of the catalogue, as CLDR has them (English
// as written in Britain), so that a new language is one new file. All methods
// write a time in its own location: callers bring it into the event's zone.

// readNames takes the lists of names out of the catalogue.
func (p *Printer) readNames() error {
	for _, list := range []struct {
		key  string
		n    int
		into *[]string
	}{
		{"date.months", 12, &p.months}, {"date.months_short", 12, &p.monthsShort},
		{"date.weekdays", 7, &p.weekdays}, {"date.weekdays_short", 7, &p.weekdaysShort},
	} {
		*list.into = strings.Split(p.T(list.key), "|")
		if len(*list.into) != list.n {
			return fmt.Errorf("%s: needs %d names with | between them", list.key, list.n)
		}
	}
	p.group = p.T("number.group")
	return nil
}

// weekday is the place of a day in lists that begin with Monday (ISO 8601).
func weekday(t time.Time) int { return (int(t.Weekday()) + 6) % 7 }

// day is the day of the month, which some languages write otherwise for the first.
func (p *Printer) day(t time.Time) string {
	if t.Day() == 1 {
		return p.T("date.first_day")
	}
	return strconv.Itoa(t.Day())
}

func (p *Printer) date(key string, t time.Time, weekdays, months []string) string {
	if t.IsZero() {
		return ""
	}
	return p.T(key, "weekday", weekdays[weekday(t)], "day", p.day(t), "month", months[t.Month()-1], "year", strconv.Itoa(t.Year()))
}

// Date is the day in full: "Monday 12 April 2027". The zero time is "".
func (p *Printer) Date(t time.Time) string { return p.date("date.full", t, p.weekdays, p.months) }

// DateMedium is the day without its weekday: "12 April 2027".
func (p *Printer) DateMedium(t time.Time) string {
	return p.date("date.medium", t, p.weekdays, p.months)
}

// DateShort is the day within a known year: "Mon 12 Apr".
func (p *Printer) DateShort(t time.Time) string {
	return p.date("date.short", t, p.weekdaysShort, p.monthsShort)
}

// Days is a span of days, both included: "12–18 April 2027". Only the calendar
// days of from and to count.
func (p *Printer) Days(from, to time.Time) string {
	switch {
	case from.IsZero() || to.IsZero():
		return p.DateMedium(from) + p.DateMedium(to)
	case from.Year() != to.Year():
		return p.T("date.days", "from", p.DateMedium(from), "to", p.DateMedium(to))
	case from.Month() != to.Month():
		return p.T("date.days_in_year", "from", p.day(from), "from_month", p.months[from.Month()-1],
			"to", p.day(to), "to_month", p.months[to.Month()-1], "year", strconv.Itoa(to.Year()))
	case from.Day() != to.Day():
		return p.T("date.days_in_month", "from", p.day(from), "to", p.day(to), "month", p.months[to.Month()-1], "year", strconv.Itoa(to.Year()))
	}
	return p.DateMedium(from)
}

// Time is the time of day on the 24 hour clock: "10:00".
func (p *Printer) Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.T("date.time", "hour", t.Format("15"), "minute", t.Format("04"))
}

// DateTime is a day and a time: "12 April 2027, 10:00".
func (p *Printer) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.T("date.at", "date", p.DateMedium(t), "time", p.Time(t))
}

// Duration is a length of time to the minute: "90 min" up to two hours, then
// "2 h 30 min", whole days from two of them: "3 days".
func (p *Printer) Duration(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	if minutes < 0 {
		minutes = -minutes
	}
	hours, rest := minutes/60, minutes%60
	switch {
	case minutes >= 2*24*60 && minutes%(24*60) == 0:
		return p.N("duration.days", minutes/(24*60))
	case minutes == 0 || minutes < 120 && rest != 0:
		return p.N("duration.minutes", minutes)
	case rest == 0:
		return p.N("duration.hours", hours)
	}
	return p.N("duration.hours", hours) + " " + p.N("duration.minutes", rest)
}

// Number is a whole number with the language's sign between thousands.
func (p *Printer) Number(n int) string {
	digits := strconv.Itoa(n)
	if n > -1000 && n < 1000 {
		return digits
	}
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(p.group)
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}
