package icslint

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// form is how a time is told.
type form int

const (
	broken form = iota
	day         // DATE
	local       // DATE-TIME without Z
	inUTC       // DATE-TIME with Z
)

// parseTime reads the value as what its VALUE parameter says, DATE-TIME unless
// told otherwise.
func parseTime(p *property) (time.Time, form) {
	layout, f := "20060102T150405", local
	switch kind := strings.ToUpper(p.params["VALUE"]); {
	case kind == "DATE":
		layout, f = "20060102", day
	case kind != "" && kind != "DATE-TIME":
		return time.Time{}, broken
	case strings.HasSuffix(p.value, "Z"):
		layout, f = "20060102T150405Z", inUTC
	}
	t, err := time.Parse(layout, p.value)
	if err != nil || len(p.value) != len(layout) {
		return time.Time{}, broken
	}
	return t, f
}

// texts lists the properties of type TEXT; true are lists of texts.
var texts = map[string]bool{
	"UID": false, "SUMMARY": false, "DESCRIPTION": false, "LOCATION": false, "NAME": false, "PRODID": false,
	"X-WR-CALNAME": false, "X-WR-CALDESC": false, "TZNAME": false, "TZID": false, "CATEGORIES": true,
}

var (
	durations = regexp.MustCompile(`^[+-]?P(\d+W|\d+D(T(\d+H(\d+M(\d+S)?)?|\d+M(\d+S)?|\d+S))?|T(\d+H(\d+M(\d+S)?)?|\d+M(\d+S)?|\d+S))$`)
	offsets   = regexp.MustCompile(`^[+-](0\d|1\d|2[0-3])[0-5]\d([0-5]\d)?$`)
	schemes   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~%]+$`)
)

// value checks the value of one property.
func (c *checker) value(p *property) {
	if list, isText := texts[p.name]; isText {
		c.text(p, list)
	}
	switch p.name {
	case "DTSTART", "DTEND", "DTSTAMP", "RECURRENCE-ID", "LAST-MODIFIED":
		_, f := parseTime(p)
		if f == broken {
			c.add(p.line, "date", "%s:%.30s", p.name, p.value)
		} else if p.name == "LAST-MODIFIED" && f != inUTC {
			c.add(p.line, "modified", "%s", p.value)
		}
	case "TZOFFSETFROM", "TZOFFSETTO":
		if !offsets.MatchString(p.value) || strings.Trim(p.value, "-0") == "" {
			c.add(p.line, "offset", "%q", p.value)
		}
	case "STATUS":
		if p.value != "TENTATIVE" && p.value != "CONFIRMED" && p.value != "CANCELLED" {
			c.add(p.line, "status", "%q", p.value)
		}
	case "SEQUENCE":
		if _, err := strconv.ParseUint(p.value, 10, 31); err != nil {
			c.add(p.line, "sequence", "%q", p.value)
		}
	case "GEO":
		c.geo(p)
	case "REFRESH-INTERVAL":
		if p.params["VALUE"] != "DURATION" {
			c.add(p.line, "duration", "REFRESH-INTERVAL without VALUE=DURATION")
		}
		c.duration(p)
	case "DURATION", "X-PUBLISHED-TTL":
		c.duration(p)
	case "COLOR":
		if !strings.Contains(cssNames, " "+strings.ToLower(p.value)+" ") {
			c.add(p.line, "color", "%q", p.value)
		}
	case "URL", "SOURCE":
		if !schemes.MatchString(p.value) {
			c.add(p.line, "uri", "%.60q", p.value)
		}
	case "CALSCALE":
		if p.value != "GREGORIAN" {
			c.add(p.line, "calscale", "%q", p.value)
		}
	}
}

// text checks the escapes of a TEXT value. A backslash at the very end escapes
// nothing.
func (c *checker) text(p *property, list bool) {
	for i := 0; i < len(p.value); i++ {
		switch b := p.value[i]; {
		case b == '\\':
			i++
			if i == len(p.value) || !strings.ContainsRune(`\;,nN`, rune(p.value[i])) {
				c.add(p.line, "escape", "%s at octet %d", p.name, i)
			}
		case b == ';' || b == ',' && !list:
			c.add(p.line, "unescaped", "%q in %s", b, p.name)
		}
	}
}

func (c *checker) geo(p *property) {
	first, second, ok := strings.Cut(p.value, ";")
	lat, errLat := strconv.ParseFloat(first, 64)
	lon, errLon := strconv.ParseFloat(second, 64)
	if !ok || errLat != nil || errLon != nil || !(lat >= -90 && lat <= 90) || !(lon >= -180 && lon <= 180) {
		c.add(p.line, "geo", "%q", p.value)
	}
}

func (c *checker) duration(p *property) {
	if !durations.MatchString(p.value) {
		c.add(p.line, "duration", "%q", p.value)
	}
}
