// Package inputs says what the built files were built from, so that a plain Go
// test notices a source that was changed without building again.
package inputs

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Sum is the SHA-256, in hex, over the names and contents of all that decides
// the bytes of the built files: the sources, the program that builds them and
// the versions of the modules it uses. root is the root of the repository.
func Sum(root fs.FS) (string, error) {
	var names []string
	for _, dir := range []string{"public/src", "scripts/assets"} {
		err := fs.WalkDir(root, dir, func(name string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && !strings.HasSuffix(name, "_test.go") {
				names = append(names, name)
			}
			return err
		})
		if err != nil {
			return "", err
		}
	}
	slices.Sort(names)
	hash := sha256.New()
	for _, name := range names {
		content, err := fs.ReadFile(root, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(hash, "%s\n%d\n", name, len(content))
		hash.Write(content)
	}
	versions, err := modules(root)
	if err != nil {
		return "", err
	}
	hash.Write([]byte(strings.Join(versions, "\n")))
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// modules gives "path version" of the modules that the build of the files uses.
func modules(root fs.FS) ([]string, error) {
	file, err := fs.ReadFile(root, "go.mod")
	if err != nil {
		return nil, err
	}
	used := []string{"github.com/andybalholm/brotli", "github.com/evanw/esbuild", "github.com/klauspost/compress"}
	var found []string
	for line := range bytes.Lines(file) {
		words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(string(line)), "require "))
		if len(words) >= 2 && slices.Contains(used, words[0]) {
			found = append(found, words[0]+" "+words[1])
		}
	}
	if len(found) != len(used) {
		return nil, errors.New("inputs: go.mod does not name every module that builds the files")
	}
	slices.Sort(found)
	return found, nil
}
