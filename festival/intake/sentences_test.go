package intake

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The codes of this room stand as literals behind note, tally, refuse and the
// like. Each has its sentence in the catalogue, and no sentence there about what
// a file says (those of import plans begin with plan_) is left over.
func TestSentences_thereIsOneForEveryCode(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	literal := regexp.MustCompile(`"([a-z]+_[a-z_]+|more)"`)
	inSources := map[string]bool{}
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllStringSubmatch(string(text), -1) {
			inSources[m[1]] = true
		}
	}
	data, err := os.ReadFile("../../locale/en.json")
	if err != nil {
		t.Fatal(err)
	}
	messages := map[string]any{} // texts, or their plural forms
	if err := json.Unmarshal(data, &messages); err != nil {
		t.Fatal(err)
	}
	for key := range messages {
		code, found := strings.CutPrefix(key, "finding.")
		if found && !strings.HasPrefix(code, "plan_") && !inSources[code] {
			t.Errorf("%s: no source has this code", key)
		}
	}
	calls := regexp.MustCompile(`(?:note|tally)\(festival\.\w+, "(\w+)"|(?:refuse|unreadable)\("(\w+)"|code := "(\w+)"|, code = \w+, "(\w+)"|"(length_\w+)"`)
	n := 0
	for _, name := range sources {
		text, err := os.ReadFile(name)
		if err != nil || strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range calls.FindAllStringSubmatch(string(text), -1) {
			code := strings.Join(m[1:], "")
			n++
			if messages["finding."+code] == nil && messages["error."+code] == nil {
				t.Errorf("%s: no sentence for %q", name, code)
			}
		}
	}
	if n < 90 {
		t.Errorf("found %d codes only: this test does not recognise them any more", n)
	}
}
