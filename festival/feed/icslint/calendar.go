package icslint

import (
	"strings"
	"time"
)

// calendar checks what concerns several properties or components.
func (c *checker) calendar(root *component) {
	c.properties(root)
	if v := c.one(root, "VERSION", "version"); v != nil && v.value != "2.0" {
		c.add(v.line, "version", "%q", v.value)
	}
	c.one(root, "PRODID", "prodid")
	if v := root.first("METHOD"); v != nil {
		c.add(v.line, "method", "METHOD:%s", v.value)
	}
	if len(root.children) == 0 {
		c.add(root.line, "no-component", "the calendar is empty")
	}

	zones := map[string]*zone{}
	events := 0
	for _, k := range root.children {
		switch k.name {
		case "VTIMEZONE":
			c.timezone(k, zones)
		case "VEVENT":
			events++
		}
	}
	seen := map[string]int{}
	for _, k := range root.children {
		if k.name == "VEVENT" {
			c.event(k, zones, seen)
		}
	}
	for id, z := range zones {
		if !z.used && events > 0 {
			c.add(z.line, "zone-unused", "%s", id)
		}
	}
}

// zone is a VTIMEZONE as far as the rules ask.
type zone struct {
	line  int
	first time.Time // wall time of the earliest observance
	used  bool
}

func (c *checker) timezone(k *component, zones map[string]*zone) {
	id := k.first("TZID")
	observances := 0
	z := &zone{line: k.line}
	for _, child := range k.children {
		if child.name != "STANDARD" && child.name != "DAYLIGHT" {
			continue
		}
		observances++
		start := c.one(child, "DTSTART", "observance")
		c.one(child, "TZOFFSETFROM", "observance")
		c.one(child, "TZOFFSETTO", "observance")
		if start == nil {
			continue
		}
		t, form := parseTime(start)
		if form != local || start.params["TZID"] != "" {
			c.add(start.line, "observance", "DTSTART %q is not a local time", start.value)
		} else if z.first.IsZero() || t.Before(z.first) {
			z.first = t
		}
	}
	if id == nil || id.value == "" || observances == 0 {
		c.add(k.line, "zone-parts", "TZID or observance missing")
	}
	if id == nil {
		return
	}
	if _, twice := zones[id.value]; twice {
		c.add(k.line, "zone-twice", "%s", id.value)
	}
	zones[id.value] = z
}

func (c *checker) event(k *component, zones map[string]*zone, seen map[string]int) {
	if uid := c.one(k, "UID", "uid"); uid != nil && uid.value != "" {
		key := uid.value
		if r := k.first("RECURRENCE-ID"); r != nil {
			key += "\x00" + r.value
		}
		if before, twice := seen[key]; twice {
			c.add(uid.line, "uid-unique", "%s is the UID of line %d too", uid.value, before)
		}
		seen[key] = uid.line
	}
	if stamp := c.one(k, "DTSTAMP", "dtstamp"); stamp != nil {
		if _, form := parseTime(stamp); form != inUTC {
			c.add(stamp.line, "dtstamp", "%q is not in UTC", stamp.value)
		}
	}
	start := c.one(k, "DTSTART", "dtstart")
	end := k.first("DTEND")
	if end != nil && k.first("DURATION") != nil {
		c.add(end.line, "two-ends", "DTEND and DURATION")
	}
	for _, p := range k.props {
		if p.name == "DTSTART" || p.name == "DTEND" || p.name == "RECURRENCE-ID" {
			c.zoned(p, zones)
		}
	}
	if start == nil || end == nil {
		return
	}
	from, startForm := parseTime(start)
	to, endForm := parseTime(end)
	switch {
	case startForm == broken || endForm == broken: // the date rule has said so
	case startForm != endForm:
		c.add(end.line, "end-type", "%s is not told as %s is", end.value, start.value)
	case startForm == day && !to.After(from):
		c.add(end.line, "day-end", "%s is not after %s", end.value, start.value)
	case start.params["TZID"] == end.params["TZID"] && !to.After(from) && startForm != day:
		// Wall times may seem to go back where the clocks did; a calendar that
		// means it must say so in UTC.
		c.add(end.line, "order", "%s is not after %s", end.value, start.value)
	}
}

// zoned checks how a time names its zone.
func (c *checker) zoned(p *property, zones map[string]*zone) {
	id := p.params["TZID"]
	t, form := parseTime(p)
	if id == "" {
		if form == local {
			c.add(p.line, "floating", "%s:%s", p.name, p.value)
		}
		return
	}
	if form == inUTC || form == day {
		c.add(p.line, "tzid-utc", "%s has a TZID", p.value)
	}
	if strings.ContainsAny(id, " \"\t") {
		c.add(p.line, "zone-text", "%q", id)
	}
	z, defined := zones[id]
	if !defined {
		c.add(p.line, "zone-undefined", "%s", id)
		return
	}
	z.used = true
	if form == local && t.Before(z.first) {
		c.add(p.line, "zone-cover", "%s is before the first observance of %s", p.value, id)
	}
}
