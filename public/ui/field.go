package ui

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
)

// Field is one input of a form with its label, what was typed into it and what
// was wrong with it.
type Field struct {
	ID                       string // of the input, where a page has several of one name; "" makes it of Name
	Name, Label, Hint, Error string
	Type                     string // text, area, date, datetime-local, color, checkbox, select, several, email, url, file
	Value                    string
	Lang                     string // of one language of a text
	Options                  []Option
	Required                 bool
	Mode                     string // the keyboard that a phone shows
	Accept                   string // the files that may be chosen
	Stored                   string // what somebody else saved meanwhile, where it differs
}

// Option is one value of a choice.
type Option struct {
	Value, Label string
	Chosen       bool
}

// id is the input's, to which labels, errors and the summary lead.
func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return "f-" + strings.ReplaceAll(f.Name, ".", "-")
}

func (f Field) inputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// manyOptions is how many boxes to tick stand in full; more of them scroll.
const manyOptions = 24

// chosenFirst gives the options of a field; of many, those that are chosen first.
func (f Field) chosenFirst() []Option {
	if len(f.Options) <= manyOptions {
		return f.Options
	}
	out := slices.Clone(f.Options)
	slices.SortStableFunc(out, func(a, b Option) int {
		switch {
		case a.Chosen == b.Chosen:
			return 0
		case a.Chosen:
			return -1
		}
		return 1
	})
	return out
}

// describedBy names the elements that explain the input to a screen reader.
func (f Field) describedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.id()+"-hint")
	}
	if f.Stored != "" {
		ids = append(ids, f.id()+"-stored")
	}
	if f.Error != "" {
		ids = append(ids, f.id()+"-error")
	}
	return strings.Join(ids, " ")
}

// described ties what explains an input to it.
func described(f Field) templ.Attributes {
	if ids := f.describedBy(); ids != "" {
		return templ.Attributes{"aria-describedby": ids}
	}
	return nil
}

// explained is described for what can be wrong itself.
func explained(f Field) templ.Attributes {
	if f.Error == "" {
		return described(f)
	}
	return templ.Attributes{"aria-describedby": f.describedBy(), "aria-invalid": "true"}
}

// rows is how high an area is: what it holds and a little room.
func (f Field) rows() int {
	return min(max(strings.Count(f.Value, "\n")+len(f.Value)/80+2, 3), 16)
}

// Wrong counts the fields with an error.
func Wrong(fields []Field) int {
	n := 0
	for _, f := range fields {
		if f.Error != "" {
			n++
		}
	}
	return n
}
