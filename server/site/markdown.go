package site

import (
	"bytes"
	"context"
	"io"

	"github.com/a-h/templ"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// Texts of hosts and cities are Markdown without raw HTML; what comes out is
// cleaned once more. Headings begin at h3, for pages have their own h1 and h2.
var (
	markdownReader = goldmark.New(goldmark.WithExtensions(extension.Linkify))
	markdownPolicy = func() *bluemonday.Policy {
		p := bluemonday.NewPolicy()
		p.AllowElements("p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "h3", "h4", "hr")
		p.AllowAttrs("href").OnElements("a")
		p.AllowStandardURLs()
		p.AllowURLSchemes("http", "https", "mailto", "tel")
		p.RequireNoFollowOnLinks(false)
		return p
	}()
)

func renderMarkdown(w io.Writer, text string) error {
	var raw bytes.Buffer
	if err := markdownReader.Convert([]byte(text), &raw); err != nil {
		return err
	}
	clean := markdownPolicy.SanitizeReader(&raw)
	_, err := clean.WriteTo(w)
	return err
}

// prose is a Markdown text as a component.
func prose(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error { return renderMarkdown(w, text) })
}
