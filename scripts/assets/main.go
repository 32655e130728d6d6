// Command assets builds what browsers are given: public/src → public/dist. Run it
// from the root of the repository after a change below public/src:
//
//	go run ./scripts/assets
//
// The same sources always give the same bytes: names carry a hash of the
// content, nothing holds a time or an absolute path.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"feria/public/inputs"
)

const (
	source = "public/src"
	target = "public/dist"
	prefix = "/assets/" // the address under which the server answers for the built files
)

func main() {
	if err := build(); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func build() error {
	d := dist{files: map[string][]byte{}, manifest: map[string]string{}}
	if err := d.bundle(); err != nil {
		return err
	}
	icon, err := os.ReadFile(filepath.Join(source, "icon.svg"))
	if err != nil {
		return err
	}
	d.add("icon.svg", icon)
	sum, err := inputs.Sum(os.DirFS("."))
	if err != nil {
		return err
	}
	if err := d.write(sum); err != nil {
		return err
	}
	fmt.Print(d.sizes())
	return nil
}

// bundle has esbuild make the stylesheet, the fonts that it names and a module
// of each script.
func (d *dist) bundle() error {
	scripts, err := filepath.Glob(filepath.Join(source, "*.ts"))
	if err != nil {
		return err
	}
	result := api.Build(api.BuildOptions{
		EntryPoints:       append([]string{source + "/styles.css"}, scripts...),
		Outdir:            target,
		Outbase:           source,
		EntryNames:        "[name].[hash]",
		AssetNames:        "[name].[hash]",
		PublicPath:        strings.TrimSuffix(prefix, "/"),
		Loader:            map[string]api.Loader{".woff2": api.LoaderFile},
		Bundle:            true,
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		Format:            api.FormatESModule,
		// Browsers that know cascade layers (2022); older ones show plain pages.
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "99"}, {Name: api.EngineFirefox, Version: "97"}, {Name: api.EngineSafari, Version: "15.4"},
		},
		Charset:       api.CharsetUTF8,
		LegalComments: api.LegalCommentsNone,
		LogLevel:      api.LogLevelWarning,
	})
	if len(result.Errors) > 0 || len(result.Warnings) > 0 {
		return fmt.Errorf("esbuild found %d errors and %d warnings, see above", len(result.Errors), len(result.Warnings))
	}
	for _, f := range result.OutputFiles {
		hashed := filepath.Base(f.Path)
		parts := strings.Split(hashed, ".") // name, hash, extension
		if len(parts) != 3 {
			return fmt.Errorf("the built name %q is not NAME.HASH.EXTENSION", hashed)
		}
		d.files[hashed] = f.Contents
		d.manifest[parts[0]+"."+parts[2]] = hashed
	}
	return nil
}
