package locale

import "strings"

// Letter gives a text of several lines, filled with data. A line that asks for
// something that data lacks, or that is empty, is left out, and so are the empty
// lines that this would leave at the ends or beside each other. A key without a
// message gives "".
func (p *Printer) Letter(key string, data map[string]any) string {
	m := p.messages[key]
	if m == nil {
		return ""
	}
	var lines []string
	var current strings.Builder
	dropped := false
	end := func() {
		s := strings.TrimRight(current.String(), " ")
		blank := s == "" && (len(lines) == 0 || lines[len(lines)-1] == "")
		if !dropped && !blank {
			lines = append(lines, s)
		}
		current.Reset()
		dropped = false
	}
	for _, c := range m.other {
		for i, words := range strings.Split(c.words, "\n") {
			if i > 0 {
				end()
			}
			current.WriteString(words)
		}
		if c.name == "" {
			continue
		}
		value := ""
		if v, ok := data[c.name]; ok {
			value = strings.TrimSpace(p.say(v))
		}
		dropped = dropped || value == ""
		current.WriteString(value)
	}
	end()
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
