package setup

import (
	"strings"

	"feria/kernel"
	"feria/locale"
	"feria/public/ui"
)

// sayStored notes, after somebody else saved first, what is stored now at each
// field whose input says something else; false for any other refusal.
func sayStored(p *locale.Printer, refusal error, typed, stored []ui.Field) bool {
	if kernel.CodeOf(refusal) != "record_changed" {
		return false
	}
	now := map[string]ui.Field{}
	for _, f := range stored {
		now[f.Name] = f
	}
	for i, f := range typed {
		if is, said := inWords(p, now[f.Name]), inWords(p, f); is != said {
			typed[i].Stored = p.T("console.stored_now", "value", orDash(is))
		}
	}
	return true
}

// inWords is what a field says, for people.
func inWords(p *locale.Printer, s ui.Field) string {
	if s.Type == "checkbox" {
		if s.Value == "" {
			return p.T("console.no")
		}
		return p.T("console.yes")
	}
	if s.Options == nil {
		return strings.TrimSpace(strings.ReplaceAll(s.Value, "\r\n", "\n"))
	}
	var chosen []string
	for _, o := range s.Options {
		if o.Chosen && o.Value != "" { // the empty one says that nothing is chosen
			chosen = append(chosen, o.Label)
		}
	}
	return strings.Join(chosen, ", ")
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
