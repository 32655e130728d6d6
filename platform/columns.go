package platform

import (
	"context"
	"maps"
	"slices"
	"strings"

	"feria/festival"
	"feria/festival/intake"
	"feria/kernel"
)

// Column is one column of a CSV and what it is taken to mean.
type Column struct {
	Name   string `json:"column" doc:"as it stands in the header"`
	Field  string `json:"field" doc:"what it means, \"\" for nothing; a text may name its language, as title:fr"`
	Sample string `json:"sample,omitempty" doc:"its first value"`
}

// Columns lists the columns of a table with what each means: as remembered for
// tables with this header, else as proposed. Errors as of intake.Columns.
func (p *Platform) Columns(event festival.Event, data []byte) (columns []Column, remembered bool, err error) {
	header, hash, mapping, rows, err := intake.Columns(data)
	if err != nil {
		return nil, false, err
	}
	if kept := event.Mapping[hash]; kept != nil {
		mapping, remembered = kept, true
	}
	for n, name := range header {
		c := Column{Name: name, Field: mapping[name]}
		for _, row := range rows {
			if n < len(row) && strings.TrimSpace(row[n]) != "" {
				c.Sample = strings.TrimSpace(row[n])
				break
			}
		}
		columns = append(columns, c)
	}
	return columns, remembered, nil
}

// ColumnFields are what a column may mean: texts also in each of the event's
// languages, and what the column means already.
func ColumnFields(event festival.Event, now string) []string {
	var out []string
	for _, f := range intake.Fields {
		out = append(out, f)
		if intake.HasLanguage(f) {
			for _, lang := range event.Locales {
				out = append(out, f+":"+lang)
			}
		}
	}
	if now != "" && !slices.Contains(out, now) {
		out = append(out, now)
	}
	return out
}

// CheckColumns refuses what columns cannot mean: column_field at columns.
func CheckColumns(columns []Column) error {
	var wrong kernel.Errors
	for _, c := range columns {
		if c.Field != "" && !intake.IsField(c.Field) {
			wrong.Add("columns", "column_field", "column", c.Name, "field", c.Field)
		}
	}
	return wrong.Err()
}

// RememberColumns keeps what columns mean for every table with this header; all
// its columns are to be there, in its order. What one cannot mean is the next
// import's to refuse. Error: Missing.
func (p *Platform) RememberColumns(ctx context.Context, event festival.Event, by string, columns []Column) error {
	header, mapping := make([]string, len(columns)), map[string]string{}
	for n, c := range columns {
		header[n] = c.Name
		if c.Field != "" {
			mapping[c.Name] = c.Field
		}
	}
	_, err := p.Festival.SaveEvent(ctx, event.ID, by, func(e *festival.Event) error {
		next := maps.Clone(e.Mapping)
		if next == nil {
			next = map[string]map[string]string{}
		}
		next[intake.Layout(header)] = mapping
		e.Mapping = next
		return nil
	})
	return err
}
