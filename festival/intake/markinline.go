package intake

import (
	"strings"

	"feria/festival"
)

// inlineCode sets code marks around a text, which is the only thing that keeps
// what it holds from being read as markup.
func (w *writer) inlineCode(inner string) {
	body := oneLine(inner)
	if body == "" {
		return
	}
	mark := fence(body, 1)
	if body[0] == '`' || body[len(body)-1] == '`' {
		body = " " + body + " "
	}
	w.write(mark + body + mark)
}

// fence gives a row of backticks that is longer than any in a text.
func fence(s string, least int) string {
	run, longest := 0, least-1
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return strings.Repeat("`", longest+1)
}

// mark sets emphasis around a text, its outer spaces outside, as Markdown needs.
func (w *writer) mark(mark, inner string) {
	body := strings.TrimSpace(inner)
	if body == "" || strings.Contains(body, "\n\n") {
		w.write(inner)
		return
	}
	lead := inner[:strings.Index(inner, body)]
	w.write(lead + mark + body + mark + inner[len(lead)+len(body):])
}

func (w *writer) anchor(href, inner string) {
	body := strings.TrimSpace(inner)
	switch {
	case !festival.GoodURL(href):
		w.write(inner)
	case body == "" || body == href || strings.ReplaceAll(body, `\`, "") == href:
		w.write("<" + href + ">")
	default:
		lead := inner[:strings.Index(inner, body)]
		w.write(lead + "[" + oneLine(body) + "](" + strings.NewReplacer("(", "%28", ")", "%29").Replace(href) + ")" + inner[len(lead)+len(body):])
	}
}
