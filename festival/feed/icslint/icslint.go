// Package icslint checks the bytes of an iCalendar file as no parser does:
// parsers join what is not folded right, take bare line feeds and believe any
// TZID. Calendars of the field do not, and each in its own way.
//
// It checks RFC 5545, RFC 7986 and what Feria itself promises of its feeds: no
// property that Feria does not write, so that one which a text has smuggled in
// is seen. It shares no code with the writer.
package icslint

import (
	"cmp"
	"fmt"
	"slices"
)

// Finding is one fault.
type Finding struct {
	Line   int    // physical line, from 1; 0 is the file as a whole
	Rule   string // one of Rules
	Detail string // for the developer who reads the test's output
}

// String gives "line 12: utf8: …".
func (f Finding) String() string {
	return fmt.Sprintf("line %d: %s: %s", f.Line, f.Rule, f.Detail)
}

// Rules names every rule with what it asks.
var Rules = map[string]string{
	// Bytes.
	"bom":         "no byte order mark",
	"line-end":    "lines end with CR LF, and with nothing else",
	"final-crlf":  "the last line ends with CR LF",
	"length":      "no physical line is longer than 75 octets",
	"utf8":        "each physical line is valid UTF-8 by itself",
	"control":     "no control characters but the tab, and no U+2028 or U+2029",
	"blank":       "no empty lines",
	"fold-start":  "the first line continues nothing",
	"fold-escape": "no fold between a backslash and what it escapes",
	// Lines.
	"content-line": "a line is a name, parameters, a colon and a value",
	"parameter":    "a parameter is NAME=VALUE, quoted where it must be, and comes once",
	"escape":       `a text holds only the escapes \\ \; \, \n`,
	"unescaped":    "a text holds no bare semicolon, and no bare comma but in a list",
	"unexpected":   "no property or component that Feria does not write",
	// Structure.
	"calendar":       "the file is one VCALENDAR and nothing around it",
	"nesting":        "every BEGIN has its END",
	"version":        "one VERSION, which is 2.0",
	"prodid":         "one PRODID, not empty",
	"no-component":   "a calendar has a component",
	"uid":            "one UID in each event, not empty",
	"dtstamp":        "one DTSTAMP in each event, in UTC",
	"dtstart":        "one DTSTART in each event",
	"uid-unique":     "no two events with the same UID and RECURRENCE-ID",
	"once":           "no property twice that may come once",
	"zone-twice":     "one VTIMEZONE for each TZID",
	"zone-parts":     "a VTIMEZONE has a TZID and an observance",
	"zone-undefined": "a TZID that is used has its VTIMEZONE",
	"zone-unused":    "a VTIMEZONE is used, unless there are no events",
	"zone-cover":     "a VTIMEZONE begins before the times that use it",
	"observance":     "an observance has a local DTSTART and both offsets",
	// Values.
	"date":      "dates and times exist and are of the type they say",
	"offset":    "an offset is +HHMM or +HHMMSS, and not -0000",
	"tzid-utc":  "a time in UTC or a date has no TZID",
	"order":     "DTEND is after DTSTART",
	"day-end":   "the DTEND of a whole day is a later day, since it is exclusive",
	"end-type":  "DTEND is of the type of DTSTART",
	"two-ends":  "not both DTEND and DURATION",
	"status":    "STATUS is TENTATIVE, CONFIRMED or CANCELLED",
	"sequence":  "SEQUENCE is a number, not negative",
	"geo":       "GEO is latitude;longitude on the globe",
	"duration":  "a duration is as in RFC 5545, 3.3.6, and says VALUE=DURATION where it must",
	"color":     "COLOR is a name of CSS3",
	"uri":       "an address is a URI of ASCII with a scheme",
	"method":    "no METHOD: it would ask for an ORGANIZER in each event",
	"floating":  "no times without a zone in events",
	"modified":  "LAST-MODIFIED is in UTC",
	"calscale":  "CALSCALE is GREGORIAN",
	"zone-text": "a TZID has no spaces or quotes",
}

// Check gives all faults of a file, by line; none for a good one.
func Check(data []byte) []Finding {
	c := &checker{}
	logical := c.unfold(data)
	root := c.tree(logical)
	if root != nil {
		c.calendar(root)
	}
	slices.SortStableFunc(c.findings, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
	return c.findings
}

type checker struct{ findings []Finding }

func (c *checker) add(line int, rule, format string, args ...any) {
	if _, known := Rules[rule]; !known {
		panic("icslint: unknown rule " + rule)
	}
	c.findings = append(c.findings, Finding{line, rule, fmt.Sprintf(format, args...)})
}
