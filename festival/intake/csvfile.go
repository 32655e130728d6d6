package intake

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"feria/festival"
)

// table is a CSV as rows of cells, each with its line in the file and its number
// in a spreadsheet, in which a cell of several lines is in one row.
type table struct {
	header []string // unique names
	rows   [][]string
	lines  []int
	number []int // the header is row 1 where nothing stands above it
	lazy   int   // line of the first quote that had to be read leniently, 0 for none
	below  int   // line of the header if rows above it were left out, else 0
}

// Bounds of a table. A CSV of more columns is no programme.
const (
	maxColumns = 200
	maxRows    = maxSessions
)

// readTable takes a CSV apart. Separators are the one of comma, semicolon and
// tab that gives the most even table.
func readTable(text string) (*table, error) {
	text = strings.TrimLeft(text, "\r\n")
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n") // as old Macs end lines
	}
	skipped := 0
	comma := rune(0)
	if first, rest, ok := strings.Cut(text, "\n"); ok {
		// Excel writes its separator into a first line of its own.
		if sep, found := strings.CutPrefix(strings.ToLower(strings.TrimSpace(first)), "sep="); found && len(sep) == 1 {
			comma, text, skipped = rune(sep[0]), rest, 1
		}
	}
	if comma == 0 {
		comma = separator(text)
	}
	if comma == 0 {
		return nil, refuse("import_not_table")
	}
	t, err := parseTable(text, comma, false)
	var syntax *csv.ParseError
	if errors.As(err, &syntax) && !errors.Is(err, csv.ErrFieldCount) {
		if unclosed(text) {
			return nil, unreadable("import_truncated", syntax.StartLine+skipped, `"…`, err)
		}
		lazy := syntax.Line
		if t, err = parseTable(text, comma, true); err == nil {
			t.lazy = lazy + skipped
		}
	}
	if errors.As(err, &syntax) {
		return nil, unreadable("import_unreadable", syntax.Line+skipped, "", err)
	}
	if err != nil {
		return nil, err
	}
	for i := range t.lines {
		t.lines[i] += skipped
	}
	t.findHeader()
	return t, t.whole(text)
}

// findHeader leaves out what stands above the header: the name of the festival, or
// a row of merged cells. Only where the first row heads no column of titles, and a
// row soon below it heads one and two others.
func (t *table) findHeader() {
	if heads(t.header) > 0 {
		return
	}
	for i, r := range t.rows[:min(len(t.rows), 10)] {
		if heads(r) >= 3 {
			t.header, t.below = names(r), t.lines[i]
			t.rows, t.lines, t.number = t.rows[i+1:], t.lines[i+1:], t.number[i+1:]
			return
		}
	}
}

// heads counts the cells that head a column by one of the words for it, 0 if none
// of them is for titles.
func heads(cells []string) (n int) {
	title := false
	for _, c := range cells {
		_, heading := headingLanguage(fold(spread(c)))
		for _, field := range Fields {
			if s := suits(field, heading); heading != "" && s > 0.5 {
				n, title = n+1, title || field == "title"
				break
			}
		}
	}
	if !title {
		return 0
	}
	return n
}

// whole refuses a table that ends in the middle of a row: the last one is
// shorter than all others and its line has no end.
func (t *table) whole(text string) error {
	n := len(t.rows)
	if n < 2 || strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\r") || len(t.rows[n-1]) >= len(t.header) {
		return nil
	}
	for _, r := range t.rows[:n-1] {
		if len(r) < len(t.header) {
			return nil
		}
	}
	last := t.rows[n-1]
	return unreadable("import_truncated", t.lines[n-1], clip(oneLine(last[len(last)-1]), 40)+"…", nil)
}

// unclosed says whether a quote is open at the end: then the file was cut off.
func unclosed(text string) bool { return strings.Count(text, `"`)%2 == 1 }

// errNotTable is a text with too many columns.
var errNotTable = refuse("import_not_table")

func parseTable(text string, comma rune, lazy bool) (*table, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = comma, lazy, -1, false
	r.TrimLeadingSpace = comma != '\t'
	t := &table{}
	within := 0 // line ends inside cells so far
	for {
		cells, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if blank(cells) {
			continue
		}
		line, _ := r.FieldPos(0)
		number := line - within
		for _, c := range cells {
			within += strings.Count(c, "\n")
		}
		if t.header == nil {
			if len(cells) > maxColumns {
				return nil, errNotTable
			}
			t.header = names(cells)
			continue
		}
		if len(t.rows) >= maxRows {
			return nil, tooMany()
		}
		t.rows, t.lines, t.number = append(t.rows, cells), append(t.lines, line), append(t.number, number)
	}
	if t.header == nil {
		return nil, errNotTable
	}
	return t, nil
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// names makes the names of columns unique and not empty, since the mapping
// speaks of columns by name.
func names(cells []string) []string {
	seen := map[string]bool{}
	out := make([]string, len(cells))
	for i, c := range cells {
		c = clip(oneLine(c), 100)
		if c == "" {
			c = "column " + strconv.Itoa(i+1)
		}
		name := c
		for n := 2; seen[name]; n++ {
			name = c + " (" + strconv.Itoa(n) + ")"
		}
		seen[name] = true
		out[i] = name
	}
	return out
}

// separator gives the character that makes the most even table of the first
// rows, 0 if none makes one of at least two columns.
func separator(text string) rune {
	head := text
	if len(head) > 200_000 {
		head = head[:200_000]
	}
	best, bestScore := rune(0), 0.0
	for _, c := range []rune{',', ';', '\t', '|'} {
		r := csv.NewReader(strings.NewReader(head))
		r.Comma, r.LazyQuotes, r.FieldsPerRecord = c, true, -1
		columns, same, n := 0, 0, 0
		for n < 50 {
			cells, err := r.Read()
			if err != nil {
				break
			}
			if n == 0 {
				columns = len(cells)
			}
			if len(cells) == columns {
				same++
			}
			n++
		}
		if columns < 2 || columns > maxColumns {
			continue
		}
		// Even rows count most, then the number of columns.
		if score := float64(same)/float64(n) + float64(columns)/1000; score > bestScore {
			best, bestScore = c, score
		}
	}
	return best
}

// report notes what was odd about the table as a whole.
func (t *table) report(b *book) {
	if t.below > 0 {
		b.note(festival.Lost, "header_below", "", t.below)
	}
	if t.lazy > 0 {
		b.note(festival.Repaired, "quotes_repaired", "", t.lazy)
	}
	for i, r := range t.rows {
		if len(r) != len(t.header) {
			code := "row_short"
			if len(r) > len(t.header) {
				code = "row_long"
			}
			b.note(festival.Repaired, code, t.row(i, ""), t.lines[i], "cells", len(r), "columns", len(t.header))
		}
	}
}

// row is how findings name a row: by its number, and its title if it has one.
func (t *table) row(i int, title string) string {
	return named("row", strconv.Itoa(t.number[i]), title)
}

// cell gives the content of a cell: trimmed, "" for what means "nothing", and
// without the apostrophe that guards formulas in exports, ours too.
func (t *table) cell(row, column int) string {
	if column < 0 || column >= len(t.rows[row]) {
		return ""
	}
	s := strings.TrimSpace(t.rows[row][column])
	if rest, guarded := strings.CutPrefix(s, "'"); guarded {
		if first, _ := utf8.DecodeRuneInString(rest); rest != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", first) {
			s = rest
		}
	}
	if nothing(s) {
		return ""
	}
	return s
}

// nothing says whether a cell holds one of the words for "no value".
func nothing(s string) bool {
	switch strings.ToLower(s) {
	case "", "na", "n/a", "#n/a", "-", "–", "—", "--", "null", "none", "nan", "tba", "tbd", "k.a.", "?", "없음", "해당없음", "미정":
		return true
	}
	return false
}
