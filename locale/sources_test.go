package locale

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// use is a message that the sources ask for.
type use struct {
	key    string
	prefix bool // only the beginning stands in the source: "format." + code
	where  string
}

// Every key and every code that stands in the sources has its message: a key
// without one would reach people as it is.
func TestSources_askForMessagesThatExist(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	p := c.For(fallback)
	keys := p.keys()
	uses, files := usesIn(t, "..")
	if files < 30 {
		t.Fatalf("looked at %d sources only: this test runs in the wrong folder", files)
	}
	if len(uses) < 20 {
		t.Fatalf("found %d uses only: this test does not recognise them any more", len(uses))
	}
	for _, u := range uses {
		found := p.Has(u.key)
		if u.prefix {
			for _, k := range keys {
				found = found || strings.HasPrefix(k, u.key)
			}
		}
		if !found {
			t.Errorf("%s: no message %q", u.where, u.key)
		}
	}
}

// usesIn reads all sources below a folder.
func usesIn(t *testing.T, root string) (uses []use, files int) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "data") {
				return filepath.SkipDir
			}
			return nil
		}
		switch {
		case strings.HasSuffix(name, ".templ"):
			files++
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			uses = append(uses, usesInTempl(path, string(source))...)
		case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(name, "_templ.go"):
			files++
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			found, err := usesInGo(path, string(source))
			if err != nil {
				return err
			}
			uses = append(uses, found...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return uses, files
}

var templCall = regexp.MustCompile(`\.(?:T|N|Has)\(\s*"((?:[^"\\]|\\.)*)"\s*(\+)?`)

func usesInTempl(path, source string) []use {
	var uses []use
	for _, m := range templCall.FindAllStringSubmatchIndex(source, -1) {
		line := 1 + strings.Count(source[:m[0]], "\n")
		uses = append(uses, use{key: source[m[2]:m[3]], prefix: m[4] >= 0, where: path + ":" + strconv.Itoa(line)})
	}
	return uses
}

// usesInGo finds calls of T, N and Has with a literal, kernel.New, kernel.Wrap
// and Errors.Add with a literal code, and Code members of findings. A type
// checker would find more, and would take longer than all other tests together.
func usesInGo(path, source string) ([]use, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var uses []use
	add := func(prefix string, e ast.Expr) {
		begun := false
		if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
			for ok { // the leftmost of a + b + c
				e, begun = sum.X, true
				sum, ok = e.(*ast.BinaryExpr)
			}
		}
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		key, err := strconv.Unquote(lit.Value)
		if err == nil && key != "" {
			uses = append(uses, use{key: prefix + key, prefix: begun, where: set.Position(lit.Pos()).String()})
		}
	}
	complainers := errorLists(file)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			called, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			from, _ := called.X.(*ast.Ident)
			switch name := called.Sel.Name; {
			case (name == "T" || name == "N") && len(n.Args) > 0 && (from == nil || from.Name != "testing"):
				add("", n.Args[0])
			case from != nil && from.Name == "kernel" && (name == "New" || name == "Wrap") && len(n.Args) > 1:
				add("error.", n.Args[1])
			case name == "Add" && len(n.Args) > 1 && complainers[last(called.X)]:
				add("error.", n.Args[1])
			}
		case *ast.CompositeLit:
			if last(n.Type) != "Finding" {
				return true
			}
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok && last(kv.Key) == "Code" {
					add("finding.", kv.Value)
				}
			}
		}
		return true
	})
	return uses, nil
}

// errorLists names what a file declares as kernel.Errors: variables, parameters,
// members.
func errorLists(file *ast.File) map[string]bool {
	names := map[string]bool{"Errors": true}
	note := func(t ast.Expr, idents []*ast.Ident) {
		if star, ok := t.(*ast.StarExpr); ok {
			t = star.X
		}
		if last(t) != "Errors" {
			return
		}
		for _, i := range idents {
			names[i.Name] = true
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			note(n.Type, n.Names)
		case *ast.Field:
			note(n.Type, n.Names)
		}
		return true
	})
	return names
}

// last is the last name of an expression: Add of x.y.Add.
func last(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// The test above is only worth something if it sees what it looks for.
func TestSources_areUnderstood(t *testing.T) {
	got, err := usesInGo("x.go", `package x
func f(p *locale.Printer, errs *kernel.Errors, v url.Values) {
	p.T("a.one", "n", 1); x.p.N("a.two", 3); p.T("a." + kind + ".three")
	_ = kernel.New(kernel.Invalid, "four", "field")
	_ = kernel.Wrap(kernel.Internal, "five", nil)
	errs.Add("field", "six"); v.Add("not", "an error"); p.T(variable)
	_ = festival.Finding{Level: "x", Code: "seven"}
}`)
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, usesInTempl("x.templ", `<p>{ c.P.T("b.one") } { p.N( "b.two", 2) } { p.T("b." + x) }</p>`)...)
	want := []use{
		{key: "a.one"}, {key: "a.two"}, {key: "a.", prefix: true}, {key: "error.four"}, {key: "error.five"}, {key: "error.six"}, {key: "finding.seven"},
		{key: "b.one"}, {key: "b.two"}, {key: "b.", prefix: true},
	}
	if len(got) != len(want) {
		t.Fatalf("found %d uses: %v", len(got), got)
	}
	for i, w := range want {
		if got[i].key != w.key || got[i].prefix != w.prefix {
			t.Errorf("found %+v, want %+v", got[i], w)
		}
	}
}
