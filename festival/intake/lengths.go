package intake

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// lengths gives the meanings a duration in a schedule file may have, the
// likelier first: one for "HH:MM", ISO 8601 and minutes, two for some
// three-part values, which are H:M:S with some tools and D:HH:MM with others.
func lengths(s string) []time.Duration {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil
	}
	if s[0] == 'P' || s[0] == 'p' {
		if d, ok := isoLength(s); ok {
			return []time.Duration{d}
		}
		return nil
	}
	parts := strings.Split(s, ":")
	n := make([]int, len(parts))
	for i, p := range parts {
		v, ok := digits(strings.TrimSpace(p), 5)
		if !ok {
			if d, ok := wordLength(s); ok {
				return []time.Duration{d}
			}
			return nil
		}
		n[i] = v
	}
	var out []time.Duration
	add := func(days, hours, minutes, seconds int) {
		d := time.Duration(days)*24*time.Hour + time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute + time.Duration(seconds)*time.Second
		if d <= longest && (len(out) == 0 || out[0] != d) {
			out = append(out, d)
		}
	}
	switch len(n) {
	case 1:
		add(0, 0, n[0], 0)
	case 2:
		if n[1] < 60 {
			add(0, n[0], n[1], 0)
		}
	case 3:
		if n[1] < 60 && n[2] < 60 {
			add(0, n[0], n[1], n[2])
		}
		if n[1] < 24 && n[2] < 60 {
			add(n[0], n[1], n[2], 0)
		}
	case 4:
		if n[1] < 24 && n[2] < 60 && n[3] < 60 {
			add(n[0], n[1], n[2], n[3])
		}
	}
	return out
}

// isoLength reads an ISO 8601 duration without months and years ("P1DT2H30M",
// "P2W"), as iCalendar has it. Negative ones are none.
func isoLength(s string) (time.Duration, bool) {
	s = strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(s)), "+")
	if len(s) < 3 || s[0] != 'P' {
		return 0, false
	}
	var d time.Duration
	units := map[byte]time.Duration{'W': 7 * 24 * time.Hour, 'D': 24 * time.Hour}
	start := 1
	for i := 1; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			continue
		case c == 'T' && start == i:
			units = map[byte]time.Duration{'H': time.Hour, 'M': time.Minute, 'S': time.Second}
		default:
			n, ok := digits(s[start:i], 7)
			unit := units[c]
			if !ok || unit == 0 {
				return 0, false
			}
			d += time.Duration(n) * unit
			if d > longest {
				return 0, false
			}
		}
		start = i + 1
	}
	return d, start == len(s) && d >= 0
}

// wordLength reads "90 min", "1.5 h", "1h30", "2 hours", "2시간 30분".
func wordLength(s string) (time.Duration, bool) {
	var d time.Duration
	last := time.Duration(0) // unit before, for "1h30"
	rest := strings.ToLower(strings.ReplaceAll(s, ",", "."))
	found := false
	for {
		rest = strings.TrimLeftFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || r == '+' })
		rest = strings.TrimPrefix(strings.TrimPrefix(rest, "and "), "et ")
		if rest == "" {
			return d, found
		}
		n := 0
		for n < len(rest) && (rest[n] >= '0' && rest[n] <= '9' || rest[n] == '.') {
			n++
		}
		v, err := strconv.ParseFloat(strings.Trim(rest[:n], "."), 64)
		if n == 0 || err != nil || v > 10_000 {
			return 0, false
		}
		rest = strings.TrimLeft(rest[n:], " \u00a0")
		word := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' && r != '′' })
		if word < 0 {
			word = len(rest)
		}
		unit, ok := timeUnits[rest[:word]]
		if !ok {
			if rest[:word] != "" || last != time.Hour {
				return 0, false
			}
			unit = time.Minute
		}
		rest = strings.TrimPrefix(rest[word:], ".")
		d += time.Duration(v * float64(unit)).Round(time.Second)
		if d > longest {
			return 0, false
		}
		last, found = unit, true
	}
}

var timeUnits = map[string]time.Duration{
	"h": time.Hour, "hr": time.Hour, "hrs": time.Hour, "hour": time.Hour, "hours": time.Hour, "std": time.Hour, "stunde": time.Hour, "stunden": time.Hour,
	"heure": time.Hour, "heures": time.Hour, "시간": time.Hour, "小時": time.Hour, "小时": time.Hour,
	"m": time.Minute, "min": time.Minute, "mins": time.Minute, "mn": time.Minute, "minute": time.Minute, "minutes": time.Minute, "minuten": time.Minute, "'": time.Minute, "’": time.Minute, "′": time.Minute, "분": time.Minute, "分": time.Minute, "分鐘": time.Minute,
	"d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour, "tag": 24 * time.Hour, "tage": 24 * time.Hour, "jour": 24 * time.Hour, "jours": 24 * time.Hour, "일": 24 * time.Hour,
}
