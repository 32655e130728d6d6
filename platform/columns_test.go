package platform_test

import (
	"testing"

	"feria/festival"
	"feria/platform"
)

func TestColumnFields_offersLanguagesAndWhatIsThere(t *testing.T) {
	got := platform.ColumnFields(festival.Event{Locales: []string{"en", "fr"}}, "title:ko")
	count := map[string]int{}
	for _, f := range got {
		count[f]++
	}
	for _, f := range []string{"title", "title:fr", "title:ko", "seats"} {
		if count[f] != 1 {
			t.Errorf("%s is offered %d times, want once", f, count[f])
		}
	}
	if count["seats:fr"] != 0 {
		t.Error("numbers have no language")
	}
}
