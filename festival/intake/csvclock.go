package intake

import (
	"strings"
	"time"
	"unicode"
)

// readClock reads a time of day as people write it: "9:00", "09.30", "9h30",
// "14 Uhr", "2:30 pm", "오후 2시 30분", "24:00".
func readClock(s string) (time.Duration, bool) {
	f := strings.ToLower(strings.TrimSpace(s))
	if at, ok := clockOf(f); ok {
		return at, true
	}
	switch f {
	case "noon", "midday", "midi", "mittag", "정오":
		return 12 * time.Hour, true
	case "midnight", "minuit", "mitternacht", "자정":
		return 0, true
	}
	var numbers []int
	half := 0 // 1 for am, 2 for pm
	named := false
	for _, w := range strings.Fields(separateDigits(strings.NewReplacer("a.m.", "am", "p.m.", "pm", ".", " ", ":", " ").Replace(f))) {
		if unicode.IsDigit([]rune(w)[0]) {
			n, ok := digits(w, 4)
			if !ok {
				return 0, false
			}
			if len(w) > 2 { // 0930
				numbers = append(numbers, n/100, n%100)
				continue
			}
			numbers = append(numbers, n)
			continue
		}
		switch w {
		case "am", "a", "ص", "오전", "vormittags", "du matin":
			half = 1
		case "pm", "p", "م", "오후", "nachmittags", "abends":
			half = 2
		case "h", "uhr", "시", "時", "點":
			named = true
		case "분", "min", "分", "반", "m", "at", "um", "ab", "from", "ca", "à":
			if w == "반" {
				numbers = append(numbers, 30)
			}
		default:
			return 0, false
		}
	}
	if len(numbers) == 0 || len(numbers) > 3 || len(numbers) == 1 && half == 0 && !named {
		return 0, false
	}
	h, m := numbers[0], 0
	if len(numbers) > 1 {
		m = numbers[1]
	}
	switch {
	case half == 2 && h < 12:
		h += 12
	case half == 1 && h == 12:
		h = 0
	}
	if h > 24 || m > 59 || h == 24 && m > 0 {
		return 0, false
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, true
}

// clockRange splits "10:00-11:30" or "10 bis 12 Uhr" into its two times.
func clockRange(s string) (from, to string, ok bool) {
	for _, sep := range []string{"–", "—", "~", "〜", " to ", " bis ", " à ", " - ", "-", "→", " until "} {
		if a, b, found := strings.Cut(s, sep); found {
			a, b = strings.TrimSpace(a), strings.TrimSpace(b)
			if _, good := readClock(b); !good {
				continue
			}
			if _, good := readClock(a); !good {
				// "10-12 Uhr", "2-4 pm": the word stands only behind the second
				word := strings.TrimLeft(b, "0123456789:. ")
				if _, good = readClock(a + " " + word); !good || word == "" {
					continue
				}
				a += " " + word
			}
			return a, b, true
		}
	}
	return "", "", false
}
