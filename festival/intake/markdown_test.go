package intake

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/renderer/html"
	"pgregory.net/rapid"
)

func TestMarkdown(t *testing.T) {
	for _, row := range []struct {
		name, html, want string
		dropped          []string
	}{
		{"paragraphs", "<p>One\ntwo.</p><p>Three</p>", "One two.\n\nThree", nil},
		{"emphasis with its spaces outside", "<p>a <strong> b </strong>c <em>d</em><i></i></p>", "a **b** c *d*", nil},
		{"a list", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>", "- one\n- two", nil},
		{"a numbered list in a list", "<ul><li>a<ol><li>b</li><li>c</li></ol></li></ul>", "- a\n\n  1. b\n  2. c", nil},
		{"items that are not closed", "<ul><li>one<li>two</ul>", "- one\n- two", nil},
		{"paragraphs that are not closed", "<p>one<p>two", "one\n\ntwo", nil},
		{"headings below those of the page", "<h1>A</h1><h3>B</h3><p>c</p>", "### A\n\n#### B\n\nc", nil},
		{"links", `<a href="https://a.example/x_(y)">a <b>b</b></a> and <a href="https://a.example">https://a.example</a>`, "[a **b**](https://a.example/x_%28y%29) and <https://a.example>", nil},
		{"links that must not be", `<a href="javascript:alert(1)">a</a> <a href="/rel">b</a> <a>c</a>`, "a b c", nil},
		{"scripts and their like", "<p>a<script>alert('<p>x')</script><style>p{}</style>b</p><iframe src=x>y</iframe>", "ab", []string{"script", "style", "iframe"}},
		{"pictures by their words", `<p>see <img src="x.png" alt="a gull"></p>`, "see a gull", []string{"img"}},
		{"line breaks", "one<br>two<br/>three", "one\ntwo\nthree", nil},
		{"a quote", "<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b", nil},
		{"code as it stands", "<p>use <code>a*b_c</code></p><pre>  x = [1]\n  y</pre>", "use `a*b_c`\n\n```\n  x = [1]\n  y\n```", nil},
		{"a table as lines", "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a | b\n1 | 2", nil},
		{"what Markdown would read is escaped", "<p>a*b _c_ snake_case 2 * 3 `d` &lt;e&gt; &amp;amp; [x](y)</p>", "a\\*b \\_c\\_ snake_case 2 * 3 \\`d\\` \\<e> \\&amp; \\[x](y)", nil},
		{"marks at the start of a line are escaped", "<p># a</p><p>1. b</p><p>- c</p><p>&gt; d</p><p>-5 degrees, #tag</p>", "\\# a\n\n1\\. b\n\n\\- c\n\n\\> d\n\n-5 degrees, #tag", nil},
		{"inline markup in plain text keeps its lines", "one <b>two</b>\r\n\r\nthree\nfour", "one **two**\n\nthree\nfour", nil},
		{"entities", "<p>caf&eacute; &#8211; &quot;x&quot;</p>", "café – \"x\"", nil},
		{"crossed elements", "<p><b>a<i>b</b>c</i></p>", "**a*b***c", nil},
		{"unknown elements", "<p><foo>a</foo></p>", "a", nil},
		{"comments", "<p>a<!-- b --></p>", "a", nil},
		{"nothing", "<p> </p>", "", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, dropped := markdown(row.html)
			if got != row.want || !slices.Equal(dropped, row.dropped) {
				t.Errorf("got  %q %v\nwant %q %v", got, dropped, row.want, row.dropped)
			}
		})
	}
}

func TestLong_leavesPlainTextAlone(t *testing.T) {
	for text, want := range map[string]string{
		"a < b & c > d":                     "a < b & c > d",
		"# Title\n\n* one\n* [x](y)":        "# Title\n\n* one\n* [x](y)",
		"<https://a.example> and <me@x.eu>": "<https://a.example> and <me@x.eu>",
		"Tom &amp; Jerry":                   "Tom & Jerry",
		"AT&T; R&D":                         "AT&T; R&D",
		"one\r\ntwo\u2028three\n\n\n\nfour": "one\ntwo\nthree\n\nfour",
		"x <b and y":                        "x <b and y",
		"a <unknown>tag</unknown>":          "a <unknown>tag</unknown>",
	} {
		b, _ := newBook(Options{})
		if got := b.long(text, "", "", 0); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	for text, want := range map[string]string{
		"  a \n b\t c ": "a b c", "A &amp; B": "A & B", "<b>A</b> <i>b</i>": "A b", "a < b": "a < b", "x<script>y</script>z": "x z", "a\u00a0b\u2028c": "a b c", "": "", "[Job fair](https://a.example/x) [sic] f(x)": "Job fair [sic] f(x)",
		strings.Repeat("é", 301): strings.Repeat("é", 299) + "…",
	} {
		b, _ := newBook(Options{})
		if got := b.line(text, "title", "", 0); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestLink(t *testing.T) {
	base, err := url.Parse("https://city.example/2027/")
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"https://a.example/x": "https://a.example/x", "mailto:a@b.example": "mailto:a@b.example", " http://a.example ": "http://a.example",
		"/x/y.pdf": "https://city.example/x/y.pdf", "slides.pdf": "https://city.example/2027/slides.pdf", "//cdn.example/x": "https://cdn.example/x",
		"a.example/x": "https://a.example/x", "www.a.example": "https://www.a.example", "https://a.example/x y": "https://a.example/x%20y",
		"javascript:alert(1)": "", "data:text/html,x": "", "": "", "https://user:pass@a.example": "", "https://": "", "file:///etc/passwd": "",
	} {
		b, _ := newBook(Options{})
		got, _ := b.link(address, "", base, "", 0)
		if got.URL != want {
			t.Errorf("%q: %q, want %q", address, got.URL, want)
		}
		if said := len(b.Report) > 0; said != (strings.TrimSpace(address) != got.URL) {
			t.Errorf("%q became %q, findings %v", address, got.URL, codesOf(b.Records))
		}
	}
}

// Whatever comes in, no element of HTML comes out that a page could run, even
// one that takes all HTML in Markdown as it is.
func TestMarkdown_holdsForAnyText(t *testing.T) {
	piece := rapid.SampledFrom([]string{"<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "</ul>", "<a href='https://a.example'>", "</a>", "<script>", "</script>", "<pre>", "</pre>", "<code>", "</code>", "<blockquote>", "</blockquote>", "<br>", "<", ">", "&lt;script&gt;", "&amp;", "&", " ", "\n", "\n\n", "a", "*", "_", "`", "1. ", "# ", "- ", "💙", "ü", "\x00", "<!--", "-->", "<table><tr><td>"})
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(piece, 0, 60).Draw(t, "pieces"), "")
		got, _ := markdown(s)
		var page bytes.Buffer
		if err := goldmark.New(goldmark.WithRendererOptions(html.WithUnsafe())).Convert([]byte(got), &page); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(page.String(), "<script") {
			t.Fatalf("%q gives %q, which a page shows as %q", s, got, page.String())
		}
		if got != tidy(got) {
			t.Fatalf("%q gives %q, which is not tidy", s, got)
		}
	})
}
