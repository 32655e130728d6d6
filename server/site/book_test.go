package site

import (
	"strings"
	"testing"

	"feria/locale"
)

// Where a session is given in several places each time says its own, as it does where
// nothing is booked.
func TestBookForm_timesSayTheirPlace(t *testing.T) {
	all, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	draw := func(second string) string {
		t.Helper()
		var b strings.Builder
		slots := []slotChoice{
			{ID: "a", Time: "10:00", Where: said{Text: "Pier 3, Studio"}, Bookable: true},
			{ID: "b", Time: "14:00", Where: said{Text: second}},
		}
		if err := bookForm(all.For("en"), bookingForm{}, slots).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if form := draw("Town Hall"); !strings.Contains(form, "Pier 3, Studio") || !strings.Contains(form, "Town Hall") {
		t.Errorf("two places: %s", form)
	}
	if form := draw("Pier 3, Studio"); strings.Contains(form, "Pier 3, Studio") {
		t.Errorf("one place, which the facts of the page say: %s", form)
	}
}
