package mail

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"feria/locale"
)

// Compose writes a mail in the printer's language, from the catalogue's entries
// mail.<kind>.subject and mail.<kind>.text filled with data. A line that asks
// for something that data lacks, or that is empty, is left out: a mail without
// a pass does not speak of one. It fails for a kind without entries and for a
// subject that cannot be filled.
//
// The kinds, with what they ask for:
//
//	booking_confirmed, booking_waiting, booking_promoted, booking_changed,
//	booking_cancelled: name, event, session, when, where, seats, pass (link),
//	manage (link), contact; booking_waiting also position
//	new_links: name, city, manage (link), contact
//	sign_in: name, city, link, code, contact
func Compose(p *locale.Printer, kind string, data map[string]any) (subject, text string, err error) {
	key := "mail." + kind
	if !p.Has(key+".subject") || !p.Has(key+".text") {
		return "", "", fmt.Errorf("mail: no text of kind %q", kind)
	}
	subject, text = p.Letter(key+".subject", data), p.Letter(key+".text", data)
	if subject == "" || text == "" {
		return "", "", fmt.Errorf("mail: %q lacks what its subject needs", kind)
	}
	return subject, text, nil
}

// links are the addresses in a text; what ends a sentence is no part of them.
var links = regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?)]`)

// toHTML makes of a plain text the same in HTML: paragraphs, line breaks and
// links, nothing that a mail program could stumble over.
func toHTML(m Message) string {
	var b strings.Builder
	lang := m.Lang
	if lang == "" {
		lang = "en"
	}
	b.WriteString(`<!DOCTYPE html><html lang="` + html.EscapeString(lang) + `" dir="` + locale.Direction(lang) + `"><head><meta charset="utf-8"><title>` +
		html.EscapeString(m.Subject) + `</title></head><body style="font-family:sans-serif;font-size:16px;line-height:1.5;max-width:36em">` + "\n")
	for paragraph := range strings.SplitSeq(strings.TrimSpace(m.Text), "\n\n") {
		b.WriteString("<p>")
		for i, l := range strings.Split(strings.TrimSpace(paragraph), "\n") {
			if i > 0 {
				b.WriteString("<br>\n")
			}
			at := 0
			for _, m := range links.FindAllStringIndex(l, -1) {
				b.WriteString(html.EscapeString(l[at:m[0]]))
				address := html.EscapeString(l[m[0]:m[1]])
				b.WriteString(`<a href="` + address + `">` + address + `</a>`)
				at = m[1]
			}
			b.WriteString(html.EscapeString(l[at:]))
		}
		b.WriteString("</p>\n")
	}
	b.WriteString("</body></html>\n")
	return b.String()
}
