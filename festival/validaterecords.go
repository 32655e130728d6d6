package festival

import (
	"fmt"
	"slices"
	"strings"

	"feria/kernel"
)

// What is wrong with a record by itself. What it points to is looked at where
// it is saved.

func (v *Venue) complaints() kernel.Errors {
	var e complaints
	e.slug("slug", v.Slug)
	e.text("name", v.Name, maxLine, true)
	e.line("kind", v.Kind, false)
	e.line("address", v.Address, false)
	e.line("district", v.District, false)
	if v.Lat < -90 || v.Lat > 90 || v.Lat != v.Lat {
		e.Add("lat", "out_of_range", "min", -90, "max", 90)
	}
	if v.Lon < -180 || v.Lon > 180 || v.Lon != v.Lon {
		e.Add("lon", "out_of_range", "min", -180, "max", 180)
	}
	e.text("way", v.Way, maxText, false)
	e.url("url", v.URL, false)
	e.access(v.Access)
	return e.Errors
}

func (v *Space) complaints() kernel.Errors {
	var e complaints
	if v.Venue == "" {
		e.Add("venue", "required")
	}
	e.text("name", v.Name, maxLine, true)
	e.within("capacity", v.Capacity, 0, maxSeats)
	e.access(v.Access)
	for i, p := range v.Closed {
		if p.Start.IsZero() || !p.End.After(p.Start) {
			e.Add(fmt.Sprintf("closed.%d.end", i), "end_before_start")
		}
	}
	return e.Errors
}

func (v *Booth) complaints() kernel.Errors {
	var e complaints
	if v.Space == "" {
		e.Add("space", "required")
	}
	if v.Code == "" {
		e.Add("code", "required")
	} else if len(v.Code) > maxCode || strings.ContainsFunc(v.Code, func(r rune) bool { return r <= ' ' || r == '/' }) {
		e.Add("code", "bad_booth_code", "max", maxCode)
	}
	e.text("name", v.Name, maxLine, false)
	e.text("about", v.About, maxText, false)
	for i, d := range v.Days {
		e.date(fmt.Sprintf("days.%d", i), d)
	}
	return e.Errors
}

func (v *Host) complaints() kernel.Errors {
	var e complaints
	e.slug("slug", v.Slug)
	e.line("name", v.Name, true)
	e.text("names", v.Names, maxLine, false)
	e.text("bio", v.Bio, maxText, false)
	e.url("url", v.URL, false)
	e.links("links", v.Links)
	return e.Errors
}

func (v *Session) complaints() kernel.Errors {
	var e complaints
	if v.Code == "" {
		e.Add("code", "required")
	} else if len(v.Code) > maxCode || !codeForm.MatchString(v.Code) {
		e.Add("code", "bad_code", "max", maxCode)
	}
	e.text("title", v.Title, maxLine, true)
	e.text("subtitle", v.Subtitle, maxLine, false)
	e.text("abstract", v.Abstract, maxText, false)
	e.text("description", v.Description, maxText, false)
	e.line("format", v.Format, false)
	e.languages("languages", v.Languages)
	e.within("age_min", v.AgeMin, 0, maxAge)
	e.within("age_max", v.AgeMax, 0, maxAge)
	if v.AgeMax > 0 && v.AgeMin > v.AgeMax {
		e.Add("age_max", "ages_turned")
	}
	e.line("level", v.Level, false)
	e.access(v.Access)
	e.line("price", v.Price, false)
	e.text("bring", v.Bring, maxText, false)
	e.links("links", v.Links)
	e.links("materials", v.Materials)
	return e.Errors
}

func (v *Slot) complaints() kernel.Errors {
	var e complaints
	if v.Session == "" {
		e.Add("session", "required")
	}
	switch {
	case v.Start.IsZero() && !v.End.IsZero():
		e.Add("start", "required")
	case !v.Start.IsZero() && v.End.IsZero():
		e.Add("end", "required")
	case !v.Start.IsZero() && !v.End.After(v.Start):
		e.Add("end", "end_before_start")
	}
	if v.State != Planned && v.State != Cancelled {
		e.Add("state", "unknown_state", "state", string(v.State))
	}
	if v.Seating != WalkIn && v.Seating != Bookable && v.Seating != External {
		e.Add("seating", "unknown_seating", "seating", string(v.Seating))
	}
	least := 0
	if v.Seating == Bookable {
		least = 1
	}
	e.within("seats", v.Seats, least, maxSeats)
	return e.Errors
}

// ClashKinds lists the kinds of clash in the order in which pages show them.
var ClashKinds = []ClashKind{SameSpace, SamePerson, OverCapacity, ClosedSpace, OutsideEvent}

// Severity gives what a kind of clash does at a release of the event.
func (v *Event) Severity(kind ClashKind) Severity { return severity(v.Clashes, kind) }

func severity(rules map[ClashKind]Severity, kind ClashKind) Severity {
	if s, ok := rules[kind]; ok && slices.Contains([]Severity{Ignore, Warn, Block}, s) {
		return s
	}
	return Warn
}
