package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// dist is the folder of built files before it is written.
type dist struct {
	files    map[string][]byte // by hashed name, without encodings
	manifest map[string]string // source name → hashed name
}

// add takes a file that is shipped as it is, under a name with its hash.
func (d *dist) add(name string, content []byte) {
	sum := sha256.Sum256(content)
	ext := filepath.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + base32.StdEncoding.EncodeToString(sum[:5]) + ext
	d.files[hashed] = content
	d.manifest[name] = hashed
}

// write puts all files with their encodings into the folder and takes away what
// an earlier build left there.
func (d *dist) write(inputs string) error {
	out := maps.Clone(d.files)
	for name, content := range d.files {
		if filepath.Ext(name) == ".woff2" {
			continue // is brotli inside
		}
		br, gz, err := encodings(content)
		if err != nil {
			return err
		}
		out[name+".br"], out[name+".gz"] = br, gz
	}
	manifest, err := json.MarshalIndent(d.manifest, "", "  ") // sorts the names
	if err != nil {
		return err
	}
	out["manifest.json"] = append(manifest, '\n')
	out["inputs.sha256"] = []byte(inputs + "\n")

	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	old, err := os.ReadDir(target)
	if err != nil {
		return err
	}
	for _, f := range old {
		if out[f.Name()] == nil {
			if err := os.Remove(filepath.Join(target, f.Name())); err != nil {
				return err
			}
		}
	}
	for name, content := range out {
		if err := os.WriteFile(filepath.Join(target, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func encodings(content []byte) (br, gz []byte, err error) {
	var b, g bytes.Buffer
	bw := brotli.NewWriterLevel(&b, brotli.BestCompression)
	if _, err = bw.Write(content); err != nil {
		return nil, nil, err
	}
	if err = bw.Close(); err != nil {
		return nil, nil, err
	}
	gw, err := gzip.NewWriterLevel(&g, gzip.BestCompression) // its header holds no time unless one is set
	if err != nil {
		return nil, nil, err
	}
	if _, err = gw.Write(content); err != nil {
		return nil, nil, err
	}
	if err = gw.Close(); err != nil {
		return nil, nil, err
	}
	return b.Bytes(), g.Bytes(), nil
}

// sizes says what a page's visitor downloads.
func (d *dist) sizes() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(d.manifest)) {
		fmt.Fprintf(&b, "%-12s %7d bytes  %s\n", name, len(d.files[d.manifest[name]]), d.manifest[name])
	}
	return b.String()
}
