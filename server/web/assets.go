package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"path"

	"github.com/gofiber/fiber/v2"

	"feria/kernel"
)

// Assets are the built styles, scripts and fonts: hashed names, compressed at
// build time, kept by browsers for ever.
type Assets struct {
	files map[string]*cached // by hashed name
	names map[string]string  // source name → hashed name
}

// NewAssets reads dist: manifest.json names the files; NAME.br and NAME.gz beside
// NAME are its encodings.
func NewAssets(dist fs.FS) (*Assets, error) {
	a := &Assets{files: map[string]*cached{}}
	manifest, err := fs.ReadFile(dist, "manifest.json")
	if err != nil {
		return nil, fmt.Errorf("assets: %w", err)
	}
	if err := json.Unmarshal(manifest, &a.names); err != nil {
		return nil, fmt.Errorf("assets: manifest: %w", err)
	}
	for _, name := range a.names {
		plain, err := fs.ReadFile(dist, name)
		if err != nil {
			return nil, fmt.Errorf("assets: %w", err)
		}
		contentType := mime.TypeByExtension(path.Ext(name))
		if path.Ext(name) == ".woff2" {
			contentType = "font/woff2"
		}
		f := &cached{key: name, contentType: []byte(contentType), plain: encoded{etag: []byte(`"` + name + `"`), body: plain}}
		for _, e := range []struct {
			suffix, name string
			into         *encoded
		}{{".br", "br", &f.brotli}, {".gz", "gzip", &f.gzip}} {
			body, err := fs.ReadFile(dist, name+e.suffix)
			switch {
			case err == nil:
				*e.into = in(e.name, name, body)
			case !errors.Is(err, fs.ErrNotExist):
				return nil, err
			}
		}
		a.files[name] = f
	}
	return a, nil
}

// URL is the address of an asset by its source name; one that was not built is
// a mistake that every page would show, so it panics.
func (a *Assets) URL(name string) string {
	hashed, ok := a.names[name]
	if !ok {
		panic("web: no asset " + name)
	}
	return "/assets/" + hashed
}

// Serve answers /assets/:name.
func (a *Assets) Serve(c *fiber.Ctx) error {
	f := a.files[c.Params("name")]
	if f == nil {
		return kernel.Missing()
	}
	err := f.answer(c, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderVary, "Accept-Encoding")
	return err
}
