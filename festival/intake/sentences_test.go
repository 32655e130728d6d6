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
// like. Each has its sentence in locale/intake.*.json, and no sentence there is
// left over.
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
	data, err := os.ReadFile("../../locale/intake.en.json")
	if os.IsNotExist(err) {
		t.Skip("the catalogues are no longer one per room: parity is tested in package locale")
	}
	if err != nil {
		t.Fatal(err)
	}
	messages := map[string]string{}
	if err := json.Unmarshal(data, &messages); err != nil {
		t.Fatal(err)
	}
	for key := range messages {
		_, code, _ := strings.Cut(strings.TrimSuffix(key, ".next"), ".")
		if !inSources[code] {
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
			if messages["finding."+code] == "" && messages["error."+code] == "" {
				t.Errorf("%s: no sentence for %q", name, code)
			}
		}
	}
	if n < 90 {
		t.Errorf("found %d codes only: this test does not recognise them any more", n)
	}
}
