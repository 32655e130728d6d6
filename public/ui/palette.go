package ui

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Palette is what a city chose the colours of an event to be, as #rrggbb: the
// event's own and, in their order, those of its themes. What is "" or no colour is
// Feria's.
type Palette struct {
	Event  string
	Themes []string
}

// themeColours is how many colours styles.css has for themes.
const themeColours = 8

// mostThemes is how many themes a palette is read with.
const mostThemes = 200

// ThemeClass is the class of what belongs to a theme, the i-th of an event from 0;
// own, if the theme has a colour in the Palette. No theme: -1.
func ThemeClass(i int, own bool) string {
	if i < 0 {
		return "t0"
	}
	class := "t" + strconv.Itoa(i%themeColours+1)
	if own {
		class += " own" + strconv.Itoa(i)
	}
	return class
}

// URL is the address of the stylesheet. What a theme has not chosen is left out,
// so that an event without such themes has the address of its colour alone.
func (p Palette) URL() string {
	address := "/colours.css?of=" + url.QueryEscape(p.Event)
	for i, hex := range p.Themes {
		if _, ok := parse(hex); ok && i < mostThemes {
			address += fmt.Sprintf("&own%d=%s", i, url.QueryEscape(hex))
		}
	}
	return address
}

// PaletteOf reads an address back; get gives the value of a query's key.
func PaletteOf(get func(key string) string) Palette {
	p := Palette{Event: get("of")}
	for i := range mostThemes {
		hex := get("own" + strconv.Itoa(i))
		if _, ok := parse(hex); ok {
			p.Themes = append(p.Themes, make([]string, i-len(p.Themes))...)
			p.Themes = append(p.Themes, hex)
		}
	}
	return p
}

// Stylesheet keeps the hue of each colour and moves its lightness until text in it
// stands 4.5 : 1 against the paper, in the light and in the dark scheme.
func (p Palette) Stylesheet() []byte {
	c, ok := parse(p.Event)
	if !ok {
		c = must(fallback)
	}
	light, dark := tones(c)
	var day, night strings.Builder
	for i, hex := range p.Themes {
		if c, ok := parse(hex); ok {
			own, glowing := tones(c)
			fmt.Fprintf(&day, ".own%d{--c:%s}", i, own.event)
			fmt.Fprintf(&night, ".own%d{--c:%s}", i, glowing.event)
		}
	}
	sheet := fmt.Appendf(nil, "@layer tokens{:root,.pass{%s}@media screen and (prefers-color-scheme:dark){:root{%s}}}", light, dark)
	if day.Len() > 0 { // after .t1 to .t8 and weaker than .gone
		sheet = fmt.Appendf(sheet, "@layer components{%s@media screen and (prefers-color-scheme:dark){%s}}", &day, &night)
	}
	return sheet
}
