package ui

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
)

func TestPalette_comesBackFromItsAddress(t *testing.T) {
	for _, row := range []struct {
		name       string
		in, want   Palette
		inTheSheet []string
		notThere   string
	}{
		{"the event's alone", Palette{Event: "#0e6468"}, Palette{Event: "#0e6468"}, nil, ".own"},
		{"themes with and without", Palette{Event: "", Themes: []string{"", "#112233", "", "#445566", ""}},
			Palette{Themes: []string{"", "#112233", "", "#445566"}}, []string{".own1{--c:#112233}", ".own3{--c:#445566}"}, ".own0"},
		{"what is no colour", Palette{Event: "#0e6468", Themes: []string{"red", "#b3301a}body{", "#fff"}}, Palette{Event: "#0e6468"}, nil, "body"},
		{"too many themes", Palette{Themes: append(make([]string, mostThemes), "#112233")}, Palette{}, nil, ".own"},
		{"too bright to be read", Palette{Themes: []string{"#ffdd00"}}, Palette{Themes: []string{"#ffdd00"}}, []string{".own0{--c:#"}, ".own0{--c:#ffdd00}@media"},
	} {
		t.Run(row.name, func(t *testing.T) {
			address, err := url.Parse(row.in.URL())
			if err != nil {
				t.Fatal(err)
			}
			got := PaletteOf(address.Query().Get)
			if !reflect.DeepEqual(got, row.want) {
				t.Errorf("%s gives %+v, want %+v", address, got, row.want)
			}
			css := string(got.Stylesheet())
			for _, part := range row.inTheSheet {
				if !strings.Contains(css, part) {
					t.Errorf("%q lacks %q", css, part)
				}
			}
			if strings.Contains(css, row.notThere) {
				t.Errorf("%q has %q", css, row.notThere)
			}
		})
	}
}

func TestThemeClass(t *testing.T) {
	for _, row := range []struct {
		i    int
		own  bool
		want string
	}{{-1, false, "t0"}, {0, false, "t1"}, {7, false, "t8"}, {8, false, "t1"}, {8, true, "t1 own8"}} {
		if got := ThemeClass(row.i, row.own); got != row.want {
			t.Errorf("theme %d, own %v: %q, want %q", row.i, row.own, got, row.want)
		}
	}
}
