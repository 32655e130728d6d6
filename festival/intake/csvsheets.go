package intake

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"feria/festival"
)

// What spreadsheets make of dates and times when nobody tells them otherwise.

// sheetEpoch is the day 0 of spreadsheets; times of day stand on it, or on a day
// near it.
var sheetEpoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// sheetTime takes off the day on which spreadsheets let times of day stand, and
// reads a time that is a part of a day, "0.395833".
func sheetTime(s string) string {
	for _, day := range []string{"1899-12-30", "1899-12-31", "1900-01-00", "1900-01-01", "1904-01-01"} {
		if rest, ok := strings.CutPrefix(s, day); ok && len(rest) > 1 && (rest[0] == ' ' || rest[0] == 'T') {
			return strings.TrimSpace(rest[1:])
		}
	}
	if n, ok := decimal(s); ok && n > 0 && n < 1 && !afterMidnight(s) {
		return partOfDay(n)
	}
	return s
}

// afterMidnight tells "0.30", half past twelve as people write it, from a part of a
// day: that a spreadsheet writes with one digit, "0.5", or with many.
func afterMidnight(s string) bool {
	_, minutes, ok := strings.Cut(s, ".")
	n, err := strconv.Atoi(minutes)
	return ok && len(minutes) == 2 && err == nil && n < 60
}

// sheetDate reads a day as a spreadsheet counts it, from 2000 to 2099, with the
// time of day if there is one.
func sheetDate(s string) (day festival.Date, rest string, ok bool) {
	n, ok := decimal(s)
	if !ok || n < 36526 || n >= 73051 {
		return "", "", false
	}
	whole := math.Floor(n)
	if n > whole {
		rest = partOfDay(n - whole)
	}
	return festival.Date(sheetEpoch.AddDate(0, 0, int(whole)).Format(time.DateOnly)), rest, true
}

func partOfDay(n float64) string {
	return clockText(time.Duration(math.Round(n*24*60)) * time.Minute)
}

// decimal reads digits with at most one point or comma in them.
func decimal(s string) (float64, bool) {
	if strings.ContainsFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != ',' }) {
		return 0, false
	}
	n, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	return n, err == nil
}

// latinDigits writes the decimal digits of every script as 0 to 9.
func latinDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x660 || !unicode.Is(unicode.Nd, r) {
			return r
		}
		zero := r // the digits of a script stand together, from zero to nine
		for n := 0; n < 9 && unicode.Is(unicode.Nd, zero-1); n++ {
			zero--
		}
		return '0' + r - zero
	}, s)
}
