package search

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"feria/festival"
	"feria/kernel"
)

// Filter says which slots are wanted; its zero value wants all. What is set must
// all hold.
type Filter struct {
	Q      string   // words, all of which must be found
	Day    string   // programme day, a festival.Date
	Part   string   // of the day: Morning, Afternoon or Evening
	Track  string   // Track.Slug
	Format string   // Session.Format, without regard to case
	Lang   string   // BCP 47 tag of a spoken language; "en" finds "en-GB" too
	Age    int      // years of somebody who wants to come; 0: not said
	Access []string // access facts, all of which must hold
	Free   bool     // costs nothing
	Places bool     // one can still get in
	Booth  string   // Booth.Code or the last part of Booth.ID
	Venue  string   // Venue.Slug
	Host   string   // Host.Slug
}

// The parts of the day, by when a slot starts on the event's clock. What starts after midnight and still belongs to the day
// before (Event.DayChange) is that day's evening.
const (
	Morning   = "morning"   // before 12:00
	Afternoon = "afternoon" // before 18:00
	Evening   = "evening"
)

// Parts lists the parts in their order.
var Parts = []string{Morning, Afternoon, Evening}

const (
	maxQuery = 200 // characters somebody may search for
	maxWord  = 100 // characters of any other value
	maxAge   = 130 // years
)

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

// Parse reads a filter from the query of an address (DESIGN.md 6). Keys that are
// none of a filter are left alone, empty values say nothing. Of a value that
// cannot be one the filter says nothing, and error (kernel.Errors, Invalid)
// names its key as the field: filter_day, filter_part, filter_lang, filter_age,
// filter_access, filter_price, filter_places, filter_long. Whether the
// programme has the track, venue, booth or host is not known here; one that it
// lacks finds nothing.
func Parse(values url.Values) (Filter, error) {
	var f Filter
	var wrong kernel.Errors
	read := func(key string, limit int) string {
		s := strings.Join(strings.Fields(strings.ToValidUTF8(values.Get(key), "")), " ")
		if utf8.RuneCountInString(s) > limit {
			wrong.Add(key, "filter_long", "max", limit)
			return ""
		}
		return s
	}
	refuse := func(key, value string) { wrong.Add(key, "filter_"+key, "value", value) }

	f.Q = read("q", maxQuery)
	if s := read("day", maxWord); festival.Date(s).Valid() {
		f.Day = s
	} else if s != "" {
		refuse("day", s)
	}
	if s := read("part", maxWord); slices.Contains(Parts, s) {
		f.Part = s
	} else if s != "" {
		refuse("part", s)
	}
	f.Track, f.Format = read("track", maxWord), read("format", maxWord)
	if s := read("lang", maxWord); languageTag.MatchString(s) {
		f.Lang = s
	} else if s != "" {
		refuse("lang", s)
	}
	if s := read("age", maxWord); s != "" {
		age, err := strconv.Atoi(s)
		if err != nil || age < 1 || age > maxAge {
			refuse("age", s)
		} else {
			f.Age = age
		}
	}
	for _, list := range values["access"] {
		for _, fact := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
			switch {
			case !slices.Contains(festival.AccessFacts, fact):
				if len(fact) > maxWord {
					fact = strings.ToValidUTF8(fact[:maxWord], "")
				}
				refuse("access", fact)
			case !slices.Contains(f.Access, fact):
				f.Access = append(f.Access, fact)
			}
		}
	}
	if s := read("price", maxWord); s == "free" {
		f.Free = true
	} else if s != "" {
		refuse("price", s)
	}
	if s := read("places", maxWord); s == "yes" {
		f.Places = true
	} else if s != "" {
		refuse("places", s)
	}
	f.Booth, f.Venue, f.Host = read("booth", maxWord), read("venue", maxWord), read("host", maxWord)
	return f, wrong.Err()
}

// Query gives the filter as the query of an address: Query().Encode() is the
// same for filters that mean the same, so that it serves as a cache key. Parse
// reads it back.
func (f Filter) Query() url.Values {
	v := url.Values{}
	set := func(key, value string) {
		if value = strings.Join(strings.Fields(value), " "); value != "" {
			v.Set(key, value)
		}
	}
	set("q", f.Q)
	set("day", f.Day)
	set("part", f.Part)
	set("track", f.Track)
	set("format", f.Format)
	set("lang", f.Lang)
	if f.Age > 0 {
		set("age", strconv.Itoa(f.Age))
	}
	if len(f.Access) > 0 {
		v["access"] = slices.Compact(slices.Sorted(slices.Values(f.Access)))
	}
	if f.Free {
		set("price", "free")
	}
	if f.Places {
		set("places", "yes")
	}
	set("booth", f.Booth)
	set("venue", f.Venue)
	set("host", f.Host)
	return v
}

// Empty says whether the filter wants all.
func (f Filter) Empty() bool { return len(f.Query()) == 0 }
