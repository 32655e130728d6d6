// Package public holds what browsers are given: the built styles, scripts, fonts
// and the icon. The sources are in src; "go run ./scripts/assets" builds dist,
// which is kept in the repository so that building Feria needs Go alone.
package public

import (
	"embed"
	"io/fs"
)

//go:embed dist
var built embed.FS

// Dist is the folder of built files: manifest.json names them, NAME.br and
// NAME.gz beside a file are its encodings.
var Dist = must(fs.Sub(built, "dist"))

func must(dir fs.FS, err error) fs.FS {
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return dir
}
