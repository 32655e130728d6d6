package console

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"feria/festival"
	"feria/festival/intake"
	"feria/server/web"
)

// columnName is the input of the n-th column of a table.
func columnName(n int) string { return "column." + strconv.Itoa(n) }

// columnsOf lists the columns of a table with what each is taken to mean: as
// remembered for this layout, else as proposed. What is no table has none.
func columnsOf(r *web.Request, event festival.Event, data []byte) []columnRow {
	header, hash, proposed, sample, err := intake.Columns(data)
	if err != nil {
		return nil
	}
	mapping := event.Mapping[hash]
	if mapping == nil {
		mapping = proposed
	}
	var out []columnRow
	for n, column := range header {
		row := columnRow{Name: columnName(n), Column: column, Options: []ruleOption{{Label: r.T.T("console.column_none")}}}
		for _, line := range sample {
			if n < len(line) && strings.TrimSpace(line[n]) != "" {
				row.Sample = cut(strings.TrimSpace(line[n]), 60)
				break
			}
		}
		for _, field := range fieldsFor(event, mapping[column]) {
			row.Options = append(row.Options, ruleOption{Value: field, Label: meaning(r, field), Chosen: field == mapping[column]})
		}
		out = append(out, row)
	}
	return out
}

// textFields are those that may name their language.
var textFields = []string{"title", "subtitle", "abstract", "description", "bring", "track"}

// fieldsFor are the fields that a column may mean: texts also in each of the
// event's languages, and what the column means already.
func fieldsFor(event festival.Event, now string) []string {
	var out []string
	for _, f := range intake.Fields {
		out = append(out, f)
		if !slices.Contains(textFields, f) {
			continue
		}
		for _, lang := range event.Locales {
			out = append(out, f+":"+lang)
		}
	}
	if now != "" && !slices.Contains(out, now) {
		out = append(out, now)
	}
	return out
}

func meaning(r *web.Request, field string) string {
	name, lang, inLanguage := strings.Cut(field, ":")
	word := fieldWord(r, name)
	if inLanguage {
		word += " (" + r.T.LanguageName(lang) + ")"
	}
	return word
}

func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// rememberColumns keeps what the columns mean for every table of this layout.
func rememberColumns(r *web.Request) error {
	_, data, err := r.P.Upload(r.Context(), r.Own("upload"))
	if err != nil {
		return goneUpload(r, err)
	}
	header, hash, _, _, err := intake.Columns(data)
	if err != nil {
		return r.See(uploadURL(r, r.Params("upload")), "")
	}
	mapping := map[string]string{}
	for n, column := range header {
		if field := r.Form(columnName(n)); field != "" {
			mapping[column] = field
		}
	}
	if _, err := r.P.Festival.SaveEvent(r.Context(), r.Event.ID, r.Actor.ID, func(e *festival.Event) error {
		next := maps.Clone(e.Mapping)
		if next == nil {
			next = map[string]map[string]string{}
		}
		next[hash] = mapping
		e.Mapping = next
		return nil
	}); err != nil {
		return err
	}
	return r.See(uploadURL(r, r.Params("upload")), "")
}
