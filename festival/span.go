package festival

import "slices"

// spanGap is how many days without a slot an event may have inside. What is
// farther away than that is rather a slip of the pen (1970, 9999, the year before)
// than a part of it.
const spanGap = 366

// Span gives the first and last day of an event that lasts from start to end and
// is made longer to hold days. A day counts when it is no more than a year away
// from the others that do. Without a start, the most days that belong together in
// that way are the event; of two such lots of one size the later. Days that are
// none count for nothing; without any, start and end come back.
func Span(start, end Date, days []Date) (first, last Date) {
	days = slices.DeleteFunc(slices.Clone(days), func(d Date) bool { return !d.Valid() })
	slices.Sort(days)
	if !start.Valid() || !end.Valid() {
		if len(days) == 0 {
			return start, end
		}
		return mostTogether(days)
	}
	first, last = start, end
	for _, d := range slices.Backward(days) {
		if d < first && d.Until(first) <= spanGap {
			first = d
		}
	}
	for _, d := range days {
		if d > last && last.Until(d) <= spanGap {
			last = d
		}
	}
	return first, last
}

// mostTogether gives the ends of the most days, of sorted ones, between which no
// gap is longer than a year.
func mostTogether(days []Date) (first, last Date) {
	from, most := 0, 0
	for i, d := range days {
		if i > 0 && days[i-1].Until(d) > spanGap {
			from = i
		}
		if n := i - from + 1; n >= most {
			most, first, last = n, days[from], d
		}
	}
	return first, last
}
