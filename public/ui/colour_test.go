package ui

import (
	"math"
	"strings"
	"testing"
)

func TestColoursOfEventsCanBeRead(t *testing.T) {
	rows := []struct{ name, hex string }{
		{"the poster's red", "#b3301a"},
		{"yellow, too bright for paper", "#ffdd00"},
		{"black, too dark for the night", "#000000"},
		{"white, no colour on paper at all", "#ffffff"},
		{"middle grey, without a hue", "#808080"},
		{"pure blue, dark in spite of its strength", "#0000ff"},
		{"pure green, bright", "#00ff00"},
		{"pink", "#ff69b4"},
		{"the paper itself", paperLight},
		{"the dark paper itself", paperDark},
		{"turquoise", "#00a6a6"},
		{"Feria's own where the city wrote no colour", "red"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			c, ok := parse(row.hex)
			if !ok {
				c = must(fallback)
			}
			light, dark := tones(c)
			for _, pair := range []struct {
				name string
				a, b colour
				want float64
			}{
				{"the colour on paper", light.event, must(paperLight), contrastAA},
				{"writing on the colour", light.on, light.event, contrastAA},
				{"ink on the tint", must(inkLight), light.soft, 7},
				{"the colour on dark paper", dark.event, must(paperDark), contrastAA},
				{"the colour on a dark sheet", dark.event, must(sheetDark), contrastAA},
				{"writing on the colour in the dark", dark.on, dark.event, contrastAA},
				{"ink on the tint in the dark", must(inkDark), dark.soft, 7},
			} {
				if got := contrast(pair.a, pair.b); got < pair.want {
					t.Errorf("%s: %s and %s stand %.2f : 1, want %.1f", pair.name, pair.a, pair.b, got, pair.want)
				}
			}
		})
	}
}

func TestAColourThatCanBeReadStaysAsTheCitySetIt(t *testing.T) {
	light, _ := tones(must("#b3301a"))
	if got := light.event.String(); got != "#b3301a" {
		t.Errorf("the light colour became %s", got)
	}
	_, dark := tones(must("#ff8a6b"))
	if got := dark.event.String(); got != "#ff8a6b" {
		t.Errorf("the dark colour became %s", got)
	}
}

func TestTheHueStaysWhenTheLightnessMoves(t *testing.T) {
	for _, hex := range []string{"#ffdd00", "#0000ff", "#ff69b4"} {
		before := must(hex).oklch()
		light, dark := tones(must(hex))
		for _, c := range []colour{light.event, dark.event} {
			after := c.oklch()
			if turn := math.Acos(min(before.a*after.a+before.b*after.b, 1)); turn > .05 {
				t.Errorf("%s became %s, its hue turned by %.2f rad", hex, c, turn)
			}
		}
	}
}

func TestTheSheetHasBothSchemesAndThePassStaysLight(t *testing.T) {
	css := string(Palette{Event: "#0e6468"}.Stylesheet())
	for _, part := range []string{"@layer tokens{:root,.pass{--event:#0e6468;", "@media screen and (prefers-color-scheme:dark){:root{--event:#", "--event-on:#", "--event-soft:#"} {
		if !strings.Contains(css, part) {
			t.Errorf("%q lacks %q", css, part)
		}
	}
}

func TestWhatIsNotAColourGivesFeriasOwn(t *testing.T) {
	want := string(Palette{Event: fallback}.Stylesheet())
	for _, hex := range []string{"", "red", "#fff", "b3301a", "#b3301a}body{", "#+12345", "#gggggg"} {
		if got := string(Palette{Event: hex}.Stylesheet()); got != want {
			t.Errorf("%q gives %s", hex, got)
		}
	}
}
