package public_test

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"

	"feria/public"
	"feria/public/inputs"
)

func manifest(t *testing.T) map[string]string {
	t.Helper()
	data, err := fs.ReadFile(public.Dist, "manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	if err := json.Unmarshal(data, &names); err != nil {
		t.Fatal(err)
	}
	return names
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := fs.ReadFile(public.Dist, name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTheBuiltFilesComeFromTheseSources(t *testing.T) {
	want, err := inputs.Sum(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(string(read(t, "inputs.sha256"))); got != want {
		t.Errorf("public/dist is older than its sources: run 'go run ./scripts/assets'")
	}
}

func TestEveryFileThatPagesNameWasBuilt(t *testing.T) {
	names := manifest(t)
	for _, name := range []string{"styles.css", "clock.js", "door.js", "print.js", "head.woff2", "text.woff2", "icon.svg"} {
		hashed, ok := names[name]
		if !ok {
			t.Errorf("%s is not in the manifest", name)
			continue
		}
		plain := read(t, hashed)
		if strings.HasSuffix(name, ".woff2") {
			continue
		}
		br, err := io.ReadAll(brotli.NewReader(bytes.NewReader(read(t, hashed+".br"))))
		if err != nil || !bytes.Equal(br, plain) {
			t.Errorf("%s.br does not hold %s: %v", hashed, hashed, err)
		}
		gz, err := gzip.NewReader(bytes.NewReader(read(t, hashed+".gz")))
		if err != nil {
			t.Fatal(err)
		}
		if all, err := io.ReadAll(gz); err != nil || !bytes.Equal(all, plain) {
			t.Errorf("%s.gz does not hold %s: %v", hashed, hashed, err)
		}
	}
}

func TestNothingStaleIsShipped(t *testing.T) {
	known := map[string]bool{"manifest.json": true, "inputs.sha256": true}
	for _, hashed := range manifest(t) {
		known[hashed], known[hashed+".br"], known[hashed+".gz"] = true, true, true
	}
	files, err := fs.ReadDir(public.Dist, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !known[f.Name()] {
			t.Errorf("public/dist/%s belongs to no entry of the manifest", f.Name())
		}
	}
}

func TestTheStylesheetNamesOnlyOwnFiles(t *testing.T) {
	names := manifest(t)
	css := string(read(t, names["styles.css"]))
	own := map[string]bool{"/assets/" + names["head.woff2"]: true, "/assets/" + names["text.woff2"]: true}
	urls := regexp.MustCompile(`url\(["']?([^"')]+)`).FindAllStringSubmatch(css, -1)
	if len(urls) != 2 {
		t.Errorf("the stylesheet has %d addresses, want those of the two fonts", len(urls))
	}
	for _, u := range urls {
		if !own[u[1]] {
			t.Errorf("the stylesheet names %s, which was not built", u[1])
		}
	}
	// Right-to-left depends on it: the bundler must not turn start and end into left and right.
	for _, side := range []string{"margin-left", "margin-right", "padding-left", "padding-right", "border-left", "border-right"} {
		if strings.Contains(css, side) {
			t.Errorf("the built stylesheet has %s", side)
		}
	}
}
