package ui

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The grounds of styles.css that an event's colour has to stand against.
const (
	paperLight = "#fbf7ef"
	paperDark  = "#171411"
	sheetDark  = "#211d19"
	inkLight   = "#1c1917"
	inkDark    = "#f5efe4"
)

// contrast that text needs: WCAG 2.2, 1.4.3, level AA.
const contrastAA = 4.5

// contrastDark is more than people need to read, so that a colour glows in the
// dark instead of looking like mud.
const contrastDark = 6

// fallback is the colour of an event whose city set none, or none that can be read.
const fallback = "#b3301a"

// tone is an event's colour for one scheme: the colour itself, what is written
// on it, and the tint behind things that are chosen.
type tone struct{ event, on, soft colour }

func (t tone) String() string {
	return fmt.Sprintf("--event:%s;--event-on:%s;--event-soft:%s", t.event, t.on, t.soft)
}

func tones(c colour) (light, dark tone) {
	paper, night, sheet := must(paperLight), must(paperDark), must(sheetDark)
	hue := c.oklch()

	light.event = hue.until(-1, func(c colour) bool { return contrast(c, paper) >= contrastAA })
	light.on = writing(light.event, must("#ffffff"), must(inkLight))
	light.soft = hue.tint(.935, .035).until(1, func(c colour) bool { return contrast(c, must(inkLight)) >= 7 })

	dark.event = hue.until(1, func(c colour) bool {
		return contrast(c, night) >= contrastDark && contrast(c, sheet) >= contrastAA
	})
	dark.on = writing(dark.event, must("#ffffff"), hue.tint(.17, .03).colour())
	dark.soft = hue.tint(.26, .05).until(-1, func(c colour) bool { return contrast(c, must(inkDark)) >= 7 })
	return light, dark
}

// writing chooses the better of two colours to write on a ground.
func writing(ground, a, b colour) colour {
	if contrast(a, ground) >= contrast(b, ground) {
		return a
	}
	return b
}

// colour is sRGB, each part 0 to 1.
type colour [3]float64

func parse(hex string) (colour, bool) {
	digits, found := strings.CutPrefix(hex, "#")
	n, err := strconv.ParseUint(digits, 16, 32)
	if !found || len(digits) != 6 || err != nil {
		return colour{}, false
	}
	return colour{float64(n>>16) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}, true
}

func must(hex string) colour {
	c, ok := parse(hex)
	if !ok {
		panic("ui: no colour: " + hex) // only constants of this file come here
	}
	return c
}

func (c colour) String() string {
	b := make([]any, 3)
	for i, v := range c {
		b[i] = int(math.Round(min(max(v, 0), 1) * 255))
	}
	return fmt.Sprintf("#%02x%02x%02x", b...)
}

// rounded is the colour as a browser gets it, in 256 steps.
func (c colour) rounded() colour { return must(c.String()) }

func linear(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func gamma(v float64) float64 {
	if v <= 0.0031308 {
		return v * 12.92
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

// contrast is the ratio of WCAG 2.2, 1 to 21.
func contrast(a, b colour) float64 {
	l := func(c colour) float64 {
		return .2126*linear(c[0]) + .7152*linear(c[1]) + .0722*linear(c[2])
	}
	la, lb := l(a), l(b)
	return (max(la, lb) + .05) / (min(la, lb) + .05)
}

// oklch is a colour by lightness (0 to 1), chroma and hue as people see them
// (Björn Ottosson, Oklab, 2020), so that moving the lightness keeps the hue.
type oklch struct{ l, c, a, b float64 } // a and b: the direction of the hue, of length 1

func (c colour) oklch() oklch {
	r, g, b := linear(c[0]), linear(c[1]), linear(c[2])
	l := math.Cbrt(.4122214708*r + .5363325363*g + .0514459929*b)
	m := math.Cbrt(.2119034982*r + .6806995451*g + .1073969566*b)
	s := math.Cbrt(.0883024619*r + .2817188376*g + .6299787005*b)
	o := oklch{
		l: .2104542553*l + .7936177850*m - .0040720468*s,
		a: 1.9779984951*l - 2.4285922050*m + .4505937099*s,
		b: .0259040371*l + .7827717662*m - .8086757660*s,
	}
	o.c = math.Hypot(o.a, o.b)
	if o.c < 1e-4 { // a grey has no hue
		o.a, o.b, o.c = 0, 0, 0
		return o
	}
	o.a, o.b = o.a/o.c, o.b/o.c
	return o
}

// linearRGB may lie outside 0 to 1: then sRGB has no such colour.
func (o oklch) linearRGB() [3]float64 {
	a, b := o.a*o.c, o.b*o.c
	l := math.Pow(o.l+.3963377774*a+.2158037573*b, 3)
	m := math.Pow(o.l-.1055613458*a-.0638541728*b, 3)
	s := math.Pow(o.l-.0894841775*a-1.2914855480*b, 3)
	return [3]float64{
		4.0767416621*l - 3.3077115913*m + .2309699292*s,
		-1.2684380046*l + 2.6097574011*m - .3413193965*s,
		-.0041960863*l - .7034186147*m + 1.7076147010*s,
	}
}

// colour is the nearest that sRGB has, with less chroma where it must be.
func (o oklch) colour() colour {
	for {
		rgb := o.linearRGB()
		inside := true
		for _, v := range rgb {
			inside = inside && v > -1e-4 && v < 1+1e-4
		}
		if inside || o.c == 0 {
			return colour{gamma(max(rgb[0], 0)), gamma(max(rgb[1], 0)), gamma(max(rgb[2], 0))}.rounded()
		}
		o.c = max(o.c-.004, 0)
	}
}

// tint is the same hue at a lightness, with at most that chroma.
func (o oklch) tint(lightness, chroma float64) oklch {
	o.l, o.c = lightness, min(o.c, chroma)
	return o
}

// until moves the lightness in a direction by small steps until the colour is good.
func (o oklch) until(direction float64, good func(colour) bool) colour {
	for {
		c := o.colour()
		if good(c) || direction < 0 && o.l <= 0 || direction > 0 && o.l >= 1 {
			return c
		}
		o.l = min(max(o.l+direction*.005, 0), 1)
	}
}
