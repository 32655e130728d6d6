package festival

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"feria/locale"
)

// tidy brings what was typed or pasted into the form in which it is kept: no
// white space around it, no control characters, no empty entries, UTC. Two
// records that mean the same are then equal.

func tidyLine(s string) string { return strings.Join(strings.Fields(tidyText(s)), " ") }

func tidyText(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if mayControl(s) {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.ReplaceAll(s, "\r", "\n")
		s = strings.Map(func(r rune) rune {
			if isControl(r) {
				return -1
			}
			return r
		}, s)
	}
	return strings.TrimSpace(s)
}

// mayControl looks at bytes only, since imports tidy megabytes: 0xC2 begins the
// control characters above ASCII, and a few others.
func mayControl(s string) bool {
	for i := 0; i < len(s); i++ {
		if b := s[i]; b < 0x20 && b != '\n' && b != '\t' || b == 0x7f || b == 0xc2 {
			return true
		}
	}
	return false
}

func isControl(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

func tidyTexts(t locale.Text, each func(string) string) locale.Text {
	var out locale.Text
	for lang, s := range t {
		if s = each(s); s != "" {
			if out == nil {
				out = make(locale.Text, len(t))
			}
			out[lang] = s
		}
	}
	return out
}

func tidyList(all []string) []string {
	var out []string
	for _, s := range all {
		if s = tidyLine(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// tidyLocales folds each language to its canonical code; what is none stays, to be
// refused.
func tidyLocales(all []string) []string {
	out := slices.Clone(all)
	for i, l := range out {
		if code, ok := canonical(tidyLine(l)); ok {
			out[i] = code
		}
	}
	return tidyList(out)
}

func tidyLinks(all []Link) []Link {
	var out []Link
	for _, l := range all {
		l.URL, l.Title = strings.TrimSpace(l.URL), tidyLine(l.Title)
		if l.URL != "" || l.Title != "" {
			out = append(out, l)
		}
	}
	return out
}

// tidyTime keeps whole seconds: no file format and no form says more.
func tidyTime(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

func (c *City) tidy() {
	c.Name, c.Motto = tidyTexts(c.Name, tidyLine), tidyTexts(c.Motto, tidyLine)
	for i, h := range c.Hosts {
		c.Hosts[i] = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(h), "."))
	}
	c.Hosts, c.Locales = tidyList(c.Hosts), tidyLocales(c.Locales)
	c.Color = strings.ToLower(strings.TrimSpace(c.Color))
	c.Contact.Mail, c.Contact.Phone = strings.TrimSpace(c.Contact.Mail), tidyLine(c.Contact.Phone)
	c.Contact.Address = tidyTexts(c.Contact.Address, tidyText)
	c.Imprint, c.Privacy, c.Accessibility = tidyTexts(c.Imprint, tidyText), tidyTexts(c.Privacy, tidyText), tidyTexts(c.Accessibility, tidyText)
}

func (v *Event) tidy() {
	v.Slug = strings.ToLower(strings.TrimSpace(v.Slug))
	v.Title, v.Slogan, v.Where = tidyTexts(v.Title, tidyLine), tidyTexts(v.Slogan, tidyLine), tidyTexts(v.Where, tidyLine)
	v.Lead, v.Alert.Text = tidyTexts(v.Lead, tidyText), tidyTexts(v.Alert.Text, tidyLine)
	v.DayChange, v.Zone = strings.TrimSpace(v.DayChange), strings.TrimSpace(v.Zone)
	v.Locales, v.Color = tidyLocales(v.Locales), strings.ToLower(strings.TrimSpace(v.Color))
	for i := range v.Tracks {
		t := &v.Tracks[i]
		t.Name, t.Color = tidyTexts(t.Name, tidyLine), strings.ToLower(strings.TrimSpace(t.Color))
		if t.Slug == "" {
			t.Slug = Slug(t.Name.String(), maxSlug)
		}
	}
}

func (v *Venue) tidy() {
	v.Slug, v.Name = strings.ToLower(strings.TrimSpace(v.Slug)), tidyTexts(v.Name, tidyLine)
	v.Kind, v.Address, v.District = tidyLine(v.Kind), tidyLine(v.Address), tidyLine(v.District)
	v.Way, v.URL, v.Access = tidyTexts(v.Way, tidyText), strings.TrimSpace(v.URL), tidyList(v.Access)
}

func (v *Space) tidy() {
	v.Name, v.Access = tidyTexts(v.Name, tidyLine), tidyList(v.Access)
	for i, p := range v.Closed {
		v.Closed[i] = Period{tidyTime(p.Start), tidyTime(p.End)}
	}
}

func (v *Booth) tidy() {
	v.Code, v.Name, v.About = tidyLine(v.Code), tidyTexts(v.Name, tidyLine), tidyTexts(v.About, tidyText)
	v.Hosts, v.Track = tidyList(v.Hosts), strings.TrimSpace(v.Track)
	slices.Sort(v.Days)
	v.Days = slices.Compact(v.Days)
}

func (v *Host) tidy() {
	v.Slug, v.Name, v.Names = strings.ToLower(strings.TrimSpace(v.Slug)), tidyLine(v.Name), tidyTexts(v.Names, tidyLine)
	v.Bio, v.URL, v.Links = tidyTexts(v.Bio, tidyText), strings.TrimSpace(v.URL), tidyLinks(v.Links)
}

func (v *Session) tidy() {
	v.Code, v.Title, v.Subtitle = strings.TrimSpace(v.Code), tidyTexts(v.Title, tidyLine), tidyTexts(v.Subtitle, tidyLine)
	v.Abstract, v.Description, v.Bring = tidyTexts(v.Abstract, tidyText), tidyTexts(v.Description, tidyText), tidyTexts(v.Bring, tidyText)
	v.Format, v.Track, v.Level, v.Price = tidyLine(v.Format), strings.TrimSpace(v.Track), tidyLine(v.Level), tidyLine(v.Price)
	v.Hosts, v.Languages, v.Access = tidyList(v.Hosts), tidyList(v.Languages), tidyList(v.Access)
	v.Links, v.Materials = tidyLinks(v.Links), tidyLinks(v.Materials)
}

func (v *Slot) tidy() {
	v.Start, v.End = tidyTime(v.Start), tidyTime(v.End)
	if v.Seating != Bookable {
		v.Seats = 0
	}
}
