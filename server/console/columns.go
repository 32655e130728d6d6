package console

import (
	"strconv"
	"strings"

	"feria/festival"
	"feria/platform"
	"feria/server/web"
)

// columnName is the input of the n-th column of a table.
func columnName(n int) string { return "column." + strconv.Itoa(n) }

// columnsOf lists the columns of a table with what each is taken to mean. What is
// no table has none.
func columnsOf(r *web.Request, event festival.Event, data []byte) []columnRow {
	columns, _, err := r.P.Columns(event, data)
	if err != nil {
		return nil
	}
	var out []columnRow
	for n, c := range columns {
		row := columnRow{Name: columnName(n), Column: c.Name, Sample: cut(c.Sample, 60), Options: []ruleOption{{Label: r.T.T("console.column_none")}}}
		for _, field := range platform.ColumnFields(event, c.Field) {
			row.Options = append(row.Options, ruleOption{Value: field, Label: meaning(r, field), Chosen: field == c.Field})
		}
		out = append(out, row)
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
	columns, _, err := r.P.Columns(r.Event, data)
	if err != nil {
		return r.See(uploadURL(r, r.Params("upload")), "")
	}
	for n := range columns {
		columns[n].Field = r.Form(columnName(n))
	}
	if err := r.P.RememberColumns(r.Context(), r.Event, r.Actor.ID, columns); err != nil {
		return err
	}
	return r.See(uploadURL(r, r.Params("upload")), "")
}
