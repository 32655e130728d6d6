package search

import (
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"feria/festival"
	"feria/kernel"
)

func TestParse(t *testing.T) {
	rows := []struct {
		name, query, want string // want as Query gives it
		wrong             string // fields and codes
	}{
		{"nothing", "", "", ""},
		{"everything", "q=bread&day=2027-04-12&part=morning&track=food&format=workshop&lang=pt-BR&age=7&access=step_free&price=free&places=yes&booth=A12&venue=library&host=jose",
			"access=step_free&age=7&booth=A12&day=2027-04-12&format=workshop&host=jose&lang=pt-BR&part=morning&places=yes&price=free&q=bread&track=food&venue=library", ""},
		{"empty values say nothing", "q=&day=&age=&access=&price=", "", ""},
		{"keys of others are left alone", "page=2&q=x", "q=x", ""},
		{"spaces are tidied", "q=%20a%20%09b%20", "q=a+b", ""},
		{"access facts are sorted, once each, also from a list", "access=toilet&access=step_free,captions&access=captions", "access=captions&access=step_free", "access:filter_access"},
		{"a day that does not exist", "day=2027-02-30", "", "day:filter_day"},
		{"a part that does not exist", "part=night", "", "part:filter_part"},
		{"an age in words", "age=seven", "", "age:filter_age"},
		{"no age", "age=0", "", "age:filter_age"},
		{"a great age", "age=131", "", "age:filter_age"},
		{"full-width digits", "age=%EF%BC%97", "", "age:filter_age"},
		{"no language", "lang=<script>", "", "lang:filter_lang"},
		{"another price", "price=cheap", "", "price:filter_price"},
		{"no places", "places=no", "", "places:filter_places"},
		{"too long a search", "q=" + strings.Repeat("x", 201), "", "q:filter_long"},
		{"the rest stands when one is wrong", "day=x&track=food", "track=food", "day:filter_day"},
		{"several are wrong", "day=x&age=y", "", "day:filter_day age:filter_age"},
		{"bytes that are not UTF-8", "q=%ff%fea", "q=a", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			values, err := url.ParseQuery(row.query)
			if err != nil {
				t.Fatal(err)
			}
			f, err := Parse(values)
			if got := f.Query().Encode(); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
			var said []string
			var wrong kernel.Errors
			if errors.As(err, &wrong) {
				for _, e := range wrong {
					said = append(said, e.Field+":"+e.Code)
				}
			}
			if got := strings.Join(said, " "); got != row.wrong || (err == nil) != (row.wrong == "") {
				t.Errorf("complaints %q (%v), want %q", got, err, row.wrong)
			}
		})
	}
}

func TestFilter_QueryReadsBack(t *testing.T) {
	word := rapid.StringMatching(`[A-Za-zé&=+% ]{0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		tidy := func(name string) string { return strings.Join(strings.Fields(word.Draw(t, name)), " ") }
		f := Filter{
			Q: tidy("q"), Track: tidy("track"), Format: tidy("format"), Booth: tidy("booth"), Venue: tidy("venue"), Host: tidy("host"),
			Day: rapid.SampledFrom([]string{"", "2027-04-12"}).Draw(t, "day"), Part: rapid.SampledFrom([]string{"", Evening}).Draw(t, "part"),
			Lang: rapid.SampledFrom([]string{"", "en", "zh-Hant"}).Draw(t, "lang"), Age: rapid.IntRange(0, 130).Draw(t, "age"),
			Free: rapid.Bool().Draw(t, "free"), Places: rapid.Bool().Draw(t, "places"),
		}
		if rapid.Bool().Draw(t, "access") {
			f.Access = []string{festival.Captions, festival.StepFree}
		}
		values, err := url.ParseQuery(f.Query().Encode())
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(values)
		if err != nil || !reflect.DeepEqual(back, f) {
			t.Fatalf("%+v became %+v (%v)", f, back, err)
		}
		if f.Empty() != reflect.DeepEqual(f, Filter{}) {
			t.Fatalf("Empty is wrong for %+v", f)
		}
	})
}

func TestFilter_QueryIsCanonical(t *testing.T) {
	a := Filter{Q: "a  b", Access: []string{"step_free", "captions", "step_free"}}.Query().Encode()
	b := Filter{Q: "a b", Access: []string{"captions", "step_free"}}.Query().Encode()
	if a != b {
		t.Errorf("%q and %q mean the same", a, b)
	}
}
