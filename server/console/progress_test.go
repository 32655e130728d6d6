package console

import (
	"strings"
	"testing"

	"feria/locale"
)

// As long as nobody knows how many records a file has, none are counted.
func TestProgress_whileTheFileIsRead(t *testing.T) {
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for total, want := range map[int]string{0: "Reading the file…", 7: "0 of 7 records"} {
		var b strings.Builder
		if err := progressBody(progressPage{P: words.For("en"), File: "a.csv", Total: total}).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "0 of 0") || !strings.Contains(b.String(), want) {
			t.Errorf("of %d: %s", total, b.String())
		}
	}
}
