package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the order of DESIGN.md 4: for each room the rooms of this module
// that it may import. The longest entry that is a prefix of a package's path
// speaks for it. A new direction needs an ADR.
var mayImport = map[string][]string{
	"":                {"server", "platform", "festival", "people", "kernel", "locale"},
	"server":          {"server", "platform", "public", "festival", "registration", "ticketing", "people", "mail", "jobs", "locale", "kernel", "store"},
	"platform":        {"platform", "festival", "registration", "ticketing", "people", "mail", "jobs", "store", "locale", "kernel"},
	"festival":        {"store", "locale", "kernel"},
	"festival/intake": {"festival", "people", "capacity", "store", "locale", "kernel"},
	"festival/feed":   {"festival", "people", "capacity", "store", "locale", "kernel"},
	"festival/search": {"festival", "people", "capacity", "store", "locale", "kernel"},
	"registration":    {"festival", "people", "capacity", "store", "locale", "kernel"},
	"ticketing":       {"festival", "people", "capacity", "store", "locale", "kernel"},
	"people":          {"store", "locale", "kernel"},
	"mail":            {"store", "locale", "kernel"},
	"jobs":            {"store", "locale", "kernel"},
	"public":          {"public", "locale"},
	"capacity":        {"kernel"},
	"locale":          {"kernel"},
	"store":           {"store", "kernel"},
	"kernel":          {},
	"scripts":         {"scripts", "server", "platform", "public", "festival", "registration", "ticketing", "people", "mail", "jobs", "store", "locale", "kernel"},
}

// framework holds the modules that only some rooms may know.
var framework = map[string][]string{
	"github.com/gofiber/":        {"server", "scripts"},
	"github.com/valyala/":        {"server", "scripts"},
	"go.mongodb.org/":            {"store/mongodb", "scripts"},
	"modernc.org/sqlite":         {"store/sqlite", "scripts"},
	"database/sql":               {"store/sqlite", "scripts"},
	"github.com/wneessen/":       {"mail"},
	"github.com/stripe/":         {"ticketing/stripe"},
	"github.com/a-h/templ":       {"public/ui", "server"},
	"github.com/danielgtaylor/":  {"server/api"},
	"github.com/skip2/go-qrcode": {"ticketing", "scripts"},
}

func TestImportOrder(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != "." || d.Name() == "node_modules" || d.Name() == "data" && path == "data") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files++
		room := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), ".")
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if inner, ok := strings.CutPrefix(imported, "feria/"); ok && !allowed(room, inner) {
				t.Errorf("%s: room %q may not import %q", path, room, inner)
			}
			for prefix, rooms := range framework {
				if strings.HasPrefix(imported, prefix) && !slices.ContainsFunc(rooms, func(r string) bool { return under(room, r) }) {
					t.Errorf("%s: room %q may not know %s", path, room, imported)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Fatalf("looked at %d files only: this test runs in the wrong folder", files)
	}
}

func allowed(room, imported string) bool {
	best, rooms := -1, []string(nil)
	for entry, may := range mayImport {
		if (entry == "" && room == "" || entry != "" && under(room, entry)) && len(entry) > best {
			best, rooms = len(entry), may
		}
	}
	if best < 0 {
		return false
	}
	return slices.ContainsFunc(rooms, func(r string) bool {
		return under(imported, r) && (r != "festival" || imported == "festival" || !domainSibling(room))
	})
}

// domainSibling says whether a room is one of those that may know festival
// itself but none of its subfolders.
func domainSibling(room string) bool {
	return under(room, "festival") || under(room, "registration") || under(room, "ticketing")
}

func under(path, room string) bool { return path == room || strings.HasPrefix(path, room+"/") }
