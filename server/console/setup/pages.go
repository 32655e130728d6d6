package setup

import "strings"

func fieldID(name string) string { return "f-" + strings.ReplaceAll(name, ".", "-") }

// described names the elements that explain an input to a screen reader.
func described(f shown) string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, fieldID(f.Name)+"-hint")
	}
	if f.Stored != "" {
		ids = append(ids, fieldID(f.Name)+"-stored")
	}
	if f.Error != "" {
		ids = append(ids, fieldID(f.Name)+"-error")
	}
	return strings.Join(ids, " ")
}

func wrong(f shown) string {
	if f.Error != "" {
		return "true"
	}
	return "false"
}

// rows is how high an area is: what it holds and a little room.
func rows(value string) int { return min(max(strings.Count(value, "\n")+len(value)/80+2, 3), 16) }

func countErrors(fields []shown) int {
	n := 0
	for _, f := range fields {
		if f.Error != "" {
			n++
		}
	}
	return n
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
