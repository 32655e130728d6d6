package icslint

import (
	"slices"
	"strings"
)

// component is a BEGIN … END with what is in it.
type component struct {
	line     int
	name     string
	props    []*property
	children []*component
}

// all gives the properties of a name.
func (k *component) all(name string) []*property {
	var out []*property
	for _, p := range k.props {
		if p.name == name {
			out = append(out, p)
		}
	}
	return out
}

// first gives the first property of a name, nil if there is none.
func (k *component) first(name string) *property {
	for _, p := range k.props {
		if p.name == name {
			return p
		}
	}
	return nil
}

// tree builds the components; nil when the file does not begin as a calendar.
func (c *checker) tree(logical []line) *component {
	var root *component
	var open []*component
	for _, l := range logical {
		p := c.parse(l)
		if p == nil {
			continue
		}
		name := strings.ToUpper(p.value)
		switch {
		case p.name == "BEGIN" && len(open) == 0:
			if root != nil || name != "VCALENDAR" {
				c.add(p.line, "calendar", "BEGIN:%s outside of the calendar", name)
				if root != nil {
					return root
				}
			}
			root = &component{line: p.line, name: name}
			open = []*component{root}
		case p.name == "BEGIN":
			parent := open[len(open)-1]
			child := &component{line: p.line, name: name}
			parent.children = append(parent.children, child)
			open = append(open, child)
			if !slices.Contains(nested[parent.name], name) {
				c.add(p.line, "unexpected", "%s in %s", name, parent.name)
			}
		case len(open) == 0:
			c.add(p.line, "calendar", "%s outside of the calendar", p.name)
		case p.name == "END":
			if at := open[len(open)-1]; at.name != name {
				c.add(p.line, "nesting", "END:%s inside %s of line %d", name, at.name, at.line)
			}
			open = open[:len(open)-1]
		default:
			at := open[len(open)-1]
			at.props = append(at.props, p)
		}
	}
	for _, k := range open {
		c.add(k.line, "nesting", "%s has no END", k.name)
	}
	if root == nil {
		c.add(0, "calendar", "no BEGIN:VCALENDAR")
	}
	return root
}

// nested says which components may stand in which.
var nested = map[string][]string{
	"VCALENDAR": {"VEVENT", "VTIMEZONE"},
	"VTIMEZONE": {"STANDARD", "DAYLIGHT"},
}

// expected lists, by component, the properties that Feria writes; true are those
// that may come more than once.
var expected = map[string]map[string]bool{
	"VCALENDAR": {
		"VERSION": false, "PRODID": false, "CALSCALE": false, "METHOD": false, "NAME": true, "DESCRIPTION": true,
		"COLOR": false, "REFRESH-INTERVAL": false, "SOURCE": false, "URL": false, "LAST-MODIFIED": false,
		"X-WR-CALNAME": false, "X-WR-CALDESC": false, "X-WR-TIMEZONE": false, "X-PUBLISHED-TTL": false,
	},
	"VEVENT": {
		"UID": false, "DTSTAMP": false, "LAST-MODIFIED": false, "SEQUENCE": false, "STATUS": false,
		"DTSTART": false, "DTEND": false, "DURATION": false, "RECURRENCE-ID": false, "SUMMARY": false,
		"DESCRIPTION": false, "LOCATION": false, "GEO": false, "CATEGORIES": true, "URL": false,
	},
	"VTIMEZONE": {"TZID": false},
	"STANDARD":  {"DTSTART": false, "TZOFFSETFROM": false, "TZOFFSETTO": false, "TZNAME": true},
	"DAYLIGHT":  {"DTSTART": false, "TZOFFSETFROM": false, "TZOFFSETTO": false, "TZNAME": true},
}

// counted are the properties whose number a rule of their own checks.
var counted = map[string]string{
	"VCALENDAR/VERSION": "version", "VCALENDAR/PRODID": "prodid",
	"VEVENT/UID": "uid", "VEVENT/DTSTAMP": "dtstamp", "VEVENT/DTSTART": "dtstart",
}

// properties checks each property of a component by itself.
func (c *checker) properties(k *component) {
	seen := map[string]bool{}
	for _, p := range k.props {
		many, known := expected[k.name][p.name]
		if !known {
			c.add(p.line, "unexpected", "%s in %s", p.name, k.name)
		}
		if seen[p.name] && !many && known && counted[k.name+"/"+p.name] == "" {
			c.add(p.line, "once", "%s again", p.name)
		}
		seen[p.name] = true
		c.value(p)
	}
	for _, child := range k.children {
		c.properties(child)
	}
}

// one asks for exactly one property of a name with a value.
func (c *checker) one(k *component, name, rule string) *property {
	found := k.all(name)
	if len(found) != 1 {
		c.add(k.line, rule, "%d times %s in %s", len(found), name, k.name)
	}
	if len(found) == 0 {
		return nil
	}
	if strings.TrimSpace(found[0].value) == "" {
		c.add(found[0].line, rule, "%s is empty", name)
	}
	return found[0]
}
