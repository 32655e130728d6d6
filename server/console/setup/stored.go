package setup

import (
	"strings"

	"feria/kernel"
	"feria/locale"
)

// sayStored notes, after somebody else saved first, what is stored now at each
// field whose input says something else; false for any other refusal.
func sayStored(p *locale.Printer, refusal error, typed, stored []shown) bool {
	if kernel.CodeOf(refusal) != "record_changed" {
		return false
	}
	now := map[string]shown{}
	for _, f := range stored {
		now[f.Name] = f
	}
	for i, f := range typed {
		if is, said := now[f.Name].inWords(p), f.inWords(p); is != said {
			typed[i].Stored = p.T("console.stored_now", "value", orDash(is))
		}
	}
	return true
}

// inWords is what a field says, for people.
func (s shown) inWords(p *locale.Printer) string {
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
