package site

import (
	"bytes"
	"context"
	"io"

	"github.com/a-h/templ"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	reader "github.com/yuin/goldmark/text"
)

// Texts of hosts and cities are Markdown without raw HTML; what comes out is
// cleaned once more. Headings begin at h3, for pages have their own h1 and h2:
// the highest of a text is one, whichever it is, and the others follow.
var (
	markdownReader = goldmark.New(goldmark.WithExtensions(extension.Linkify))
	markdownPolicy = func() *bluemonday.Policy {
		p := bluemonday.NewPolicy()
		p.AllowElements("p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "h3", "h4", "h5", "h6", "hr")
		p.AllowAttrs("href").OnElements("a")
		p.AllowStandardURLs()
		p.AllowURLSchemes("http", "https", "mailto", "tel")
		p.RequireNoFollowOnLinks(false)
		return p
	}()
)

func renderMarkdown(w io.Writer, text string) error {
	var raw bytes.Buffer
	source := []byte(text)
	doc := markdownReader.Parser().Parse(reader.NewReader(source))
	lowerHeadings(doc)
	if err := markdownReader.Renderer().Render(&raw, source, doc); err != nil {
		return err
	}
	clean := markdownPolicy.SanitizeReader(&raw)
	_, err := clean.WriteTo(w)
	return err
}

// lowerHeadings makes the highest headings of a text h3.
func lowerHeadings(doc ast.Node) {
	var headings []*ast.Heading
	top := 6
	// The walker cannot fail.
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && entering {
			headings, top = append(headings, h), min(top, h.Level)
		}
		return ast.WalkContinue, nil
	})
	for _, h := range headings {
		h.Level = min(h.Level-top+3, 6)
	}
}

// prose is a Markdown text as a component.
func prose(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error { return renderMarkdown(w, text) })
}
