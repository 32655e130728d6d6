package platform

import (
	"testing"
	"time"

	"feria/festival"
)

func TestOver(t *testing.T) {
	day := func(s string) time.Time {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	removed := day("2027-06-01")
	for name, c := range map[string]struct {
		event festival.Event
		now   string
		want  bool
	}{
		"the last day that is promised": {festival.Event{End: "2027-05-01"}, "2027-05-31", false},
		"the day after":                 {festival.Event{End: "2027-05-01"}, "2027-06-01", true},
		"no day that can be read":       {festival.Event{End: "soon"}, "2030-01-01", false},
		"removed, can come back":        {festival.Event{End: "2027-05-01", Removed: &removed}, "2027-06-30", false},
		"removed for good":              {festival.Event{End: "2027-05-01", Removed: &removed}, "2027-07-01", true},
		"removed before it took place":  {festival.Event{End: "2027-09-01", Removed: &removed}, "2027-08-01", false},
	} {
		if got := over(c.event, day(c.now)); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
