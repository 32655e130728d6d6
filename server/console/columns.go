package console

import (
	"slices"
	"strconv"
	"strings"

	"feria/festival"
	"feria/festival/intake"
	"feria/kernel"
	"feria/platform"
	"feria/public/ui"
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
		name := columnName(n)
		row := columnRow{Field: ui.Field{ID: name, Name: name, Label: c.Name, Type: "select", Options: []ui.Option{{Label: r.T.T("console.column_none")}}}, Sample: cut(c.Sample, 60)}
		for _, field := range platform.ColumnFields(event, c.Field) {
			row.Field.Options = append(row.Field.Options, ui.Option{Value: field, Label: meaning(r, field), Chosen: field == c.Field})
		}
		out = append(out, row)
	}
	return out
}

// wrongColumn is the column at which a table is refused, -1 for none of them: the
// one that means what nothing knows, or the first that might hold the titles.
func wrongColumn(columns []columnRow, refusal error) int {
	at := slices.IndexFunc(columns, func(c columnRow) bool {
		i := slices.IndexFunc(c.Field.Options, func(o ui.Option) bool { return o.Chosen })
		switch kernel.CodeOf(refusal) {
		case "import_no_title":
			return i < 0 || c.Field.Options[i].Value == ""
		case "import_unknown_field":
			field, _, _ := strings.Cut(c.Field.Options[max(i, 0)].Value, ":")
			return field != "" && !slices.Contains(intake.Fields, field)
		}
		return false
	})
	if at < 0 && len(columns) > 0 && kernel.CodeOf(refusal) == "import_no_title" {
		return 0 // all mean something else
	}
	return at
}

func meaning(r *web.Request, field string) string {
	name, lang, inLanguage := strings.Cut(field, ":")
	word := fieldWord(r, name)
	if name == "start" || name == "end" { // of a session; by these names the event has days
		word = fieldWord(r, name+"_at")
	}
	if inLanguage {
		word += " (" + r.T.LanguageName(lang) + ")"
	}
	return word
}

// memberWord is what forms call a member of a kind of record: some members have
// a word that differs by it.
func memberWord(r *web.Request, kind, member string) string {
	switch kind + "." + member {
	case festival.VenueKind + ".kind":
		member = "venue_kind"
	case festival.SessionKind + ".hidden":
		member = "hidden_session"
	}
	return fieldWord(r, member)
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
