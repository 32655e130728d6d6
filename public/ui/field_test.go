package ui

import (
	"strconv"
	"strings"
	"testing"
)

// Of many boxes to tick those that are ticked come first, in a box that scrolls; a
// few stand as they were given.
func TestInput_manyChoices(t *testing.T) {
	draw := func(n int) string {
		f := Field{Name: "hosts", Label: "Hosts", Type: "several"}
		for i := range n {
			f.Options = append(f.Options, Option{Value: "host" + strconv.Itoa(i), Label: "Host " + strconv.Itoa(i), Chosen: i == n-2})
		}
		var b strings.Builder
		if err := Input(f).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	first := func(page string) string {
		_, after, _ := strings.Cut(page, `value="`)
		value, _, _ := strings.Cut(after, `"`)
		return value
	}
	if few := draw(manyOptions); first(few) != "host0" || strings.Contains(few, "many") {
		t.Errorf("a few boxes are turned round, or scroll: %s", few)
	}
	many := draw(1216)
	if first(many) != "host1214" || !strings.Contains(many, `class="choices many"`) {
		t.Errorf("of many boxes the ticked one is not first, or they do not scroll: %.300s", many)
	}
	if n := strings.Count(many, "checkbox"); n != 1216 {
		t.Errorf("%d boxes of 1216", n)
	}
}
