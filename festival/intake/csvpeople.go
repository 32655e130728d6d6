package intake

import (
	"strings"
	"unicode"

	"feria/festival"
)

// people reads a cell that names one or several people or organisations, as in
// "Ada Roe, Harbour Press (moderator); Bo Lund & Cy Marsh, Tide Lab", and gives
// their keys.
func (r *csvReader) people(cell string, persons bool, record string, at int) []string {
	if cell == "" {
		return nil
	}
	parts := strings.FieldsFunc(cell, func(c rune) bool {
		return c == ';' || c == '؛' || c == '\n' || c == '|' || r.split == "," && (c == ',' || c == '、' || c == '،')
	})
	if r.split == "," && len(parts) > 1 {
		r.tally(festival.Guessed, "people_split", ",", record, at)
	}
	var keys []string
	for _, part := range parts {
		name, affiliation, _ := strings.Cut(r.withoutRole(part, record, at), ",")
		affiliation = r.line(affiliation, "affiliation", record, at)
		for _, n := range r.joined(name, persons, record, at) {
			n = r.line(n, "name", record, at)
			if n == "" {
				continue
			}
			key := r.prefix + "name:" + fold(n)
			if i, known := r.hosts[key]; known && affiliation != "" && !r.Hosts[i].Bio.Empty() && r.Hosts[i].Bio.String() != affiliation {
				r.note(festival.Lost, "affiliation_differs", record, at, "name", n, "value", affiliation, "taken", r.Hosts[i].Bio.String())
			}
			keys = append(keys, r.host(festival.RecordHost{Key: key, Name: n, Person: persons, Bio: r.text(affiliation, "")}))
		}
	}
	return keys
}

// withoutRole takes "(moderator)" and the like off, for which there is no place.
func (r *csvReader) withoutRole(s, record string, at int) string {
	open := strings.LastIndexByte(s, '(')
	end := strings.LastIndexByte(s, ')')
	if open < 0 || end < open {
		return strings.TrimSpace(s)
	}
	switch role := fold(s[open+1 : end]); role {
	case "moderator", "moderation", "moderatorin", "moderatrice", "moderateur", "chair", "host", "panelist", "speaker", "좌장", "사회", "사회자", "발표", "토론":
		r.tally(festival.Lost, "role_dropped", role, record, at)
		return strings.TrimSpace(s[:open] + s[end+1:])
	}
	return strings.TrimSpace(s)
}

// joined splits "Ada Roe & Bo Lund" where both sides are names of persons.
// "Marsh & Sons" is one name.
func (r *csvReader) joined(name string, persons bool, record string, at int) []string {
	if !persons {
		return []string{name}
	}
	for _, and := range []string{" & ", " and ", " und ", " et "} {
		if a, b, ok := strings.Cut(name, and); ok && personLike(a) && personLike(b) {
			r.tally(festival.Guessed, "people_split", strings.TrimSpace(and), record, at)
			return []string{a, b}
		}
	}
	return []string{name}
}

// personLike says whether a text looks like a first and a last name.
func personLike(s string) bool {
	words := strings.Fields(s)
	if len(words) < 2 || len(words) > 4 {
		return false
	}
	first, last := []rune(words[0]), []rune(words[len(words)-1])
	return unicode.IsUpper(first[0]) && unicode.IsUpper(last[0])
}
