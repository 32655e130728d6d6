package intake

import (
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plain gives the text of HTML without any marks, for titles.
func plain(s string) string {
	z := html.NewTokenizer(strings.NewReader(s))
	var out strings.Builder
	skip := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() != io.EOF {
				return s
			}
			return out.String()
		case html.TextToken:
			if !skip {
				out.Write(z.Text())
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			skip = hidden(atom.Lookup(name))
		case html.EndTagToken:
			skip = false
			out.WriteByte(' ')
		case html.SelfClosingTagToken:
			out.WriteByte(' ')
		}
	}
}
