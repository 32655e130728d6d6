package festival

import (
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"

	"feria/kernel"
	"feria/locale"
)

// Bounds of what forms take, in characters.
const (
	maxLine  = 300     // titles, names
	maxNote  = 5_000   // what a release says of itself
	maxText  = 100_000 // abstracts, descriptions, pages
	maxURL   = 2000
	maxList  = 500
	maxSeats = 100_000
	maxAge   = 130
)

var (
	colorForm    = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
	languageForm = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)
	hostForm     = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	cityForm     = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
)

// complaints collects what is wrong with a record, each under the name of its
// JSON member.
type complaints struct{ kernel.Errors }

func (c *complaints) line(field, s string, needed bool) {
	switch {
	case needed && s == "":
		c.Add(field, "required")
	case utf8.RuneCountInString(s) > maxLine:
		c.Add(field, "too_long", "max", maxLine)
	}
}

// text looks at a text in each of its languages; what is wrong with one of them
// stands under field.language.
func (c *complaints) text(field string, t locale.Text, limit int, needed bool) {
	if needed && t.Empty() {
		c.Add(field, "required")
		return
	}
	for _, lang := range t.Languages() {
		if lang != "" && !languageForm.MatchString(lang) {
			c.Add(field, "bad_language", "language", lang)
		}
		if utf8.RuneCountInString(t[lang]) > limit {
			c.Add(strings.TrimSuffix(field+"."+lang, "."), "too_long", "max", limit)
		}
	}
}

func (c *complaints) slug(field, s string) {
	if s == "" {
		c.Add(field, "required")
	} else if len(s) > maxSlug || !slugForm.MatchString(s) {
		c.Add(field, "bad_slug", "max", maxSlug)
	}
}

func (c *complaints) url(field, s string, needed bool) {
	switch {
	case s == "":
		if needed {
			c.Add(field, "required")
		}
	case !GoodURL(s):
		c.Add(field, "bad_url")
	}
}

func (c *complaints) links(field string, links []Link) {
	if len(links) > maxList {
		c.Add(field, "too_many_items", "max", maxList)
		return
	}
	for i, l := range links {
		c.url(fmt.Sprintf("%s.%d.url", field, i), l.URL, true)
		c.line(fmt.Sprintf("%s.%d.title", field, i), l.Title, false)
	}
}

func (c *complaints) color(field, s string, needed bool) {
	if s == "" && !needed {
		return
	}
	if !colorForm.MatchString(s) {
		c.Add(field, "bad_color", "color", s)
	}
}

func (c *complaints) zone(field, name string) {
	if _, err := Zone(name); err != nil {
		c.Add(field, "bad_zone", "zone", name)
	}
}

func (c *complaints) date(field string, d Date) {
	if !d.Valid() {
		c.Add(field, "bad_date", "date", string(d))
	}
}

func (c *complaints) languages(field string, all []string) {
	for _, l := range all {
		if !languageForm.MatchString(l) {
			c.Add(field, "bad_language", "language", l)
		}
	}
}

// canonical gives a language's code as BCP 47 writes it ("EN" is "en", "fr_CA" is
// "fr-CA", "deu" is "de"); false for what names no language.
func canonical(code string) (string, bool) {
	tag, err := language.Parse(code)
	if err != nil || tag.IsRoot() {
		return "", false
	}
	return tag.String(), true
}

// locales looks at the languages of pages, which need at least one: each must be
// one that is known.
func (c *complaints) locales(all []string) {
	if len(all) == 0 {
		c.Add("locales", "required")
	}
	for _, l := range all {
		if _, ok := canonical(l); !ok {
			c.Add("locales", "bad_language", "language", l)
		}
	}
}

func (c *complaints) access(all []string) {
	for _, a := range all {
		if !slices.Contains(AccessFacts, a) {
			c.Add("access", "unknown_access", "fact", a)
		}
	}
}

func (c *complaints) within(field string, n, least, most int) {
	if n < least || n > most {
		c.Add(field, "out_of_range", "min", least, "max", most)
	}
}

// GoodURL says whether an address may stand in a page: http, https or mailto,
// and nothing that a browser might run.
func GoodURL(s string) bool {
	if len(s) > maxURL || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return false
	}
	u, err := url.Parse(s)
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return u.Host != "" && u.User == nil
	case "mailto":
		_, err := mail.ParseAddress(u.Opaque)
		return err == nil
	}
	return false
}

func (c *City) complaints() kernel.Errors {
	var e complaints
	if !cityForm.MatchString(c.ID) {
		e.Add("id", "bad_city_id")
	}
	e.text("name", c.Name, maxLine, true)
	e.text("motto", c.Motto, maxLine, false)
	for i, h := range c.Hosts {
		if len(h) > 253 || !hostForm.MatchString(h) {
			e.Add(fmt.Sprintf("hosts.%d", i), "bad_host_name", "host", h)
		}
	}
	e.zone("zone", c.Zone)
	e.locales(c.Locales)
	e.color("color", c.Color, true)
	if c.Contact.Mail != "" {
		if a, err := mail.ParseAddress(c.Contact.Mail); err != nil || a.Address != c.Contact.Mail {
			e.Add("contact.mail", "bad_contact_mail")
		}
	}
	e.line("contact.phone", c.Contact.Phone, false)
	e.text("contact.address", c.Contact.Address, maxLine, false)
	e.text("imprint", c.Imprint, maxText, false)
	e.text("privacy", c.Privacy, maxText, false)
	e.text("accessibility", c.Accessibility, maxText, false)
	return e.Errors
}

func (v *Event) complaints() kernel.Errors {
	var e complaints
	e.slug("slug", v.Slug)
	if Reserved(v.Slug) {
		e.Add("slug", "slug_reserved", "slug", v.Slug)
	}
	if v.Kind != Festival && v.Kind != Conference && v.Kind != Visit {
		e.Add("kind", "unknown_event_kind", "kind", string(v.Kind))
	}
	e.text("title", v.Title, maxLine, true)
	e.text("slogan", v.Slogan, maxLine, false)
	e.text("lead", v.Lead, maxText, false)
	e.text("where", v.Where, maxLine, false)
	e.zone("zone", v.Zone)
	e.date("start", v.Start)
	e.date("end", v.End)
	if v.Start.Valid() && v.End.Valid() && v.End < v.Start {
		e.Add("end", "end_before_start")
	}
	if v.DayChange != "" {
		if _, ok := parseClock(v.DayChange); !ok {
			e.Add("day_change", "bad_clock", "time", v.DayChange)
		}
	}
	e.locales(v.Locales)
	e.color("color", v.Color, false)
	seen := map[string]bool{}
	for i, t := range v.Tracks {
		at := fmt.Sprintf("tracks.%d.", i)
		e.slug(at+"slug", t.Slug)
		if seen[t.Slug] {
			e.Add(at+"slug", "track_twice", "slug", t.Slug)
		}
		seen[t.Slug] = true
		e.text(at+"name", t.Name, maxLine, true)
		e.color(at+"color", t.Color, false)
	}
	e.text("alert.text", v.Alert.Text, maxLine, false)
	for kind, severity := range v.Clashes {
		if !slices.Contains(ClashKinds, kind) || severity != Ignore && severity != Warn && severity != Block {
			e.Add("clashes", "unknown_severity", "kind", string(kind), "severity", string(severity))
		}
	}
	return e.Errors
}
