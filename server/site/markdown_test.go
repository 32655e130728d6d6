package site

import (
	"strings"
	"testing"
)

func TestMarkdown_headingsBelongBelowThePages(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"a title with chapters", "# Privacy\n\nText\n\n## Who we are\n\n### Mail", "<h3>Privacy</h3>\n<p>Text</p>\n<h4>Who we are</h4>\n<h5>Mail</h5>\n"},
		{"chapters alone", "## One\n## Two", "<h3>One</h3>\n<h3>Two</h3>\n"},
		{"a higher one below a lower", "### Small\n# Large", "<h5>Small</h5>\n<h3>Large</h3>\n"},
		{"as deep as it goes", "# 1\n###### 6", "<h3>1</h3>\n<h6>6</h6>\n"},
		{"underlined ones", "One\n===\n\nTwo\n---", "<h3>One</h3>\n<h4>Two</h4>\n"},
		{"what is meant for h3", "### Three\n#### Four", "<h3>Three</h3>\n<h4>Four</h4>\n"},
		{"none", "Just *text*", "<p>Just <em>text</em></p>\n"},
	} {
		var b strings.Builder
		if err := renderMarkdown(&b, row.text); err != nil || b.String() != row.want {
			t.Errorf("%s: %q (%v), want %q", row.name, b.String(), err, row.want)
		}
	}
}
