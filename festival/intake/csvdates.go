package intake

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"feria/festival"
)

// dateOrder is how a column writes numeric dates with the year last or absent.
type dateOrder int

const (
	dayFirst dateOrder = iota
	monthFirst
)

// months by the first letters of their names, folded, in English, French and German.
var months = []struct {
	n     int
	names []string
}{
	{1, []string{"jan"}}, {2, []string{"feb", "fev"}}, {3, []string{"mar", "mrz"}}, {4, []string{"apr", "avr"}}, {5, []string{"may", "mai"}}, {6, []string{"jun", "juin"}},
	{7, []string{"jul", "juil"}}, {8, []string{"aug", "aou"}}, {9, []string{"sep"}}, {10, []string{"oct", "okt"}}, {11, []string{"nov"}}, {12, []string{"dec", "dez"}},
}

// weekdays by folded names in English, French, German and Korean.
var weekdays = map[string]time.Weekday{}

func init() {
	for i, names := range []string{"sunday sun sonntag so dimanche dim 일 일요일", "monday mon montag mo lundi lun 월 월요일", "tuesday tue tues dienstag di mardi mar 화 화요일",
		"wednesday wed mittwoch mi mercredi mer 수 수요일", "thursday thu thur thurs donnerstag do jeudi jeu 목 목요일", "friday fri freitag fr vendredi ven 금 금요일", "saturday sat samstag sonnabend sa samedi sam 토 토요일"} {
		for _, n := range strings.Fields(names) {
			weekdays[fold(n)] = time.Weekday(i)
		}
	}
}

// monthOf reads a month's name; "mar" alone is March here, Tuesday elsewhere.
func monthOf(word string) int {
	if len(word) < 3 || !unicode.IsLetter([]rune(word)[0]) {
		return 0
	}
	if word == "juillet" {
		return 7
	}
	switch word {
	case "martes", "martedi", "marti": // Tuesday in Spanish, Italian and Romanian
		return 0
	}
	for _, m := range months {
		for _, n := range m.names {
			if strings.HasPrefix(word, n) && weekdayOnly(word) < 0 {
				return m.n
			}
		}
	}
	return 0
}

// weekdayOnly gives the weekday of a word that can be nothing else, else -1.
func weekdayOnly(word string) time.Weekday {
	if d, ok := weekdays[word]; ok && word != "mar" && word != "so" && word != "do" && word != "mi" {
		return d
	}
	return -1
}

// datedText is what was found in a text that says when.
type datedText struct {
	day     festival.Date
	guessed string // code of a finding: how the day was guessed
	rest    string // what stands around the date: a time, perhaps
}

// readDate finds a calendar day at the beginning of a text, in the ways in which
// tables write it. Days without a year, and weekdays, are looked for between
// the event's first and last day.
func (c *csvTimes) readDate(s string) (datedText, bool) {
	s = strings.TrimSpace(s)
	if len(s) >= 10 {
		if st, ok := readStamp(s[:10]); ok {
			return datedText{day: st.day, rest: strings.TrimLeft(s[10:], " T")}, true
		}
	}
	if day, rest, ok := sheetDate(s); ok {
		return datedText{day: day, rest: rest}, true
	}
	if len(s) == 8 {
		if t, err := time.Parse("20060102", s); err == nil && goodYear(t.Year()) {
			return datedText{day: festival.Date(t.Format(time.DateOnly))}, true
		}
	}
	date, rest := splitDate(s)
	var numbers []int
	month, weekday := 0, time.Weekday(-1)
	tuesday := false // month is only said by "mar", which is a Tuesday if all else is there
	yearAt := -1
	for _, word := range strings.FieldsFunc(separateDigits(fold(date)), unicode.IsSpace) {
		if n, err := strconv.Atoi(word); err == nil && len(word) <= 4 {
			if len(word) == 4 {
				yearAt = len(numbers)
			}
			numbers = append(numbers, n)
			continue
		}
		if m := monthOf(word); m > 0 && (month == 0 || tuesday) {
			month, tuesday = m, word == "mar" && month == 0
		} else if d, ok := weekdays[word]; ok && weekday < 0 {
			weekday = d
		}
	}
	if tuesday && (len(numbers) == 3 || len(numbers) == 2 && yearAt < 0) {
		month = 0
	}
	out := datedText{rest: rest}
	y, m, d := 0, month, 0
	switch {
	case month > 0 && len(numbers) == 2 && yearAt >= 0: // 12 April 2027, 2027 April 12
		y, d = numbers[yearAt], numbers[1-yearAt]
	case month > 0 && len(numbers) == 1: // Mon 12 Apr
		d = numbers[0]
	case month == 0 && len(numbers) == 3 && yearAt == 0: // 2027. 4. 12.
		y, m, d = numbers[0], numbers[1], numbers[2]
	case month == 0 && len(numbers) == 3 && (yearAt == 2 || yearAt < 0 && numbers[2] < 100):
		y = numbers[2]
		if yearAt < 0 {
			y += 2000
		}
		d, m = c.order(numbers[0], numbers[1])
		if numbers[0] <= 12 && numbers[1] <= 12 && numbers[0] != numbers[1] && !c.orderKnown {
			out.guessed = "date_order"
		}
	case month == 0 && len(numbers) == 2 && (strings.ContainsAny(date, "./월") || strings.Contains(date, "-")):
		d, m = c.order(numbers[0], numbers[1])
		if strings.Contains(date, "월") {
			m, d = numbers[0], numbers[1]
		}
	case len(numbers) == 0 && weekday >= 0:
		day, ok := c.onWeekday(weekday)
		out.day, out.guessed = day, "weekday_placed"
		return out, ok
	default:
		return out, false
	}
	if y == 0 {
		year, ok := c.yearOf(m, d)
		if !ok {
			return out, false
		}
		y, out.guessed = year, "year_guessed"
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Day() != d || int(t.Month()) != m || !goodYear(y) {
		return out, false
	}
	out.day = festival.Date(t.Format(time.DateOnly))
	return out, true
}

// splitDate cuts a text before its time of day: at the first word with a colon,
// or after the last word that can belong to a date.
func splitDate(s string) (date, rest string) {
	words := strings.Fields(strings.ReplaceAll(s, ",", " "))
	for i, w := range words {
		f := fold(w)
		clock := strings.Contains(w, ":") || len(f) > 1 && strings.IndexByte(f, 'h') > 0 && f[0] >= '0' && f[0] <= '9' ||
			i+1 < len(words) && fold(words[i+1]) == "uhr" // "10.30 Uhr"
		word := f == "am" || f == "pm" || f == "at" || f == "um" || f == "a" || f == "오전" || f == "오후" || strings.HasSuffix(f, "시")
		if clock || word && i > 0 { // "am 12. April" begins with none
			return strings.Join(words[:i], " "), strings.Join(words[i:], " ")
		}
	}
	return strings.Join(words, " "), ""
}

// separateDigits sets spaces between digits and letters: "2027년" is 2027 and 년.
func separateDigits(s string) string {
	var b strings.Builder
	before := rune(' ')
	for _, r := range s {
		if unicode.IsDigit(r) != unicode.IsDigit(before) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// csvTimes knows how the columns of a table write dates.
type csvTimes struct {
	*book
	numeric    dateOrder
	orderKnown bool
}

func (c *csvTimes) order(a, b int) (day, month int) {
	switch {
	case a > 12:
		return a, b
	case b > 12 || c.numeric == monthFirst:
		return b, a
	}
	return a, b
}

// learn finds the order of day and month from all values of a column: one day
// above twelve shows it. Where none does, America writes the month first.
func (c *csvTimes) learn(values []string) {
	first, second := false, false
	for _, v := range values {
		date, _ := splitDate(v)
		n := strings.FieldsFunc(date, func(r rune) bool { return !unicode.IsDigit(r) })
		if len(n) != 3 || len(n[0]) > 2 || len(n[1]) > 2 || n[2] == "00" {
			continue // no date, or one that begins with the year; "9.30" and "9.30.00" are times
		}
		a, _ := strconv.Atoi(n[0])
		b, _ := strconv.Atoi(n[1])
		first, second = first || a > 12, second || b > 12
	}
	c.orderKnown = first != second
	zone := c.zone.String()
	c.numeric = dayFirst
	if second && !first || !c.orderKnown && slices.ContainsFunc([]string{"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix", "America/Detroit", "America/Anchorage", "Pacific/Honolulu"}, func(z string) bool { return z == zone }) {
		c.numeric = monthFirst
	}
}

// yearOf gives the year in which the event has a day of this month and day; the
// event's first year if it has no such day.
func (c *csvTimes) yearOf(month, day int) (int, bool) {
	from, until := c.o.From.Time(time.UTC), c.o.Until.Time(time.UTC)
	if from.IsZero() {
		return 0, false
	}
	for y := from.Year(); y <= until.Year(); y++ {
		t := time.Date(y, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		if !t.Before(from) && !t.After(until) {
			return y, true
		}
	}
	return from.Year(), true
}

// onWeekday gives the event's day that is this weekday, if it is the only one.
func (c *csvTimes) onWeekday(w time.Weekday) (festival.Date, bool) {
	var found festival.Date
	from := c.o.From
	if !from.Valid() || !c.o.Until.Valid() || from.Until(c.o.Until) > 400 {
		return "", false
	}
	for d := from; d <= c.o.Until; d = d.Add(1) {
		if d.Time(time.UTC).Weekday() == w {
			if found != "" {
				return "", false
			}
			found = d
		}
	}
	return found, found != ""
}
