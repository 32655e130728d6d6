// Package intake reads programmes from files: frab schedule.xml, schedule.json
// v1, iCalendar, CSV and conference session lists in JSON. It turns them into
// plain festival.Records, is tolerant of what real files get wrong, and says
// of each thing it had to guess, repair or drop one Finding.
package intake

import (
	"bytes"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"feria/festival"
	"feria/kernel"
)

// Limits of what is read. A festival of the sizes seen in the field (1,555
// sessions) is far below them; they keep one file from filling the memory.
const (
	// MaxBytes is the size of the largest file that Read takes.
	MaxBytes    = 20 << 20
	maxSessions = 20_000
	maxSlots    = 100_000
	maxDepth    = 100 // of elements or JSON values in one another
)

// The formats, as Records.Format says them.
const (
	frabXML      = "frab-xml"
	scheduleJSON = "schedule-json"
	iCalendar    = "ical"
	commaText    = "csv"
	sessionsJSON = "sessions-json"
)

// Options is what the importer knows of the event beside the file.
type Options struct {
	// Zone is the event's IANA zone, in which times without one are read when
	// the file names none. "" is UTC, and each such file says so in its report.
	Zone string
	// Lang is the language of texts for which the file does not say it; ""
	// leaves them under the tag for an unknown language.
	Lang string
	// From and Until are the event's first and last day, if known. They give a
	// date that is only a weekday or lacks its year its place, and an
	// iCalendar rule that repeats for ever its end. DayChange is when these days
	// begin; "" is at midnight.
	From, Until festival.Date
	DayChange   string
	// Mapping says which column of a CSV is which of Fields; nil takes what
	// Columns proposes. A text's field may name its language: "title:fr".
	Mapping map[string]string
}

// Read turns a file into records. The format is told from the content; the name
// only serves to say when it claims another. Errors are *kernel.Error with
// field "file": import_too_large (TooLarge), import_too_many (TooLarge), and
// of kind Invalid import_empty, import_no_sessions, import_unknown_format,
// import_unknown_content, import_spreadsheet, import_unreadable and
// import_truncated (both with args line and element), import_too_deep,
// import_entities, import_repeats_forever, import_too_many_rules, import_not_table, import_no_title,
// import_unknown_field, import_unknown_column, import_zone.
func Read(name string, data []byte, o Options) (festival.Records, error) {
	if len(data) > MaxBytes {
		return festival.Records{}, kernel.New(kernel.TooLarge, "import_too_large", "file", "max", MaxBytes>>20)
	}
	b, err := newBook(o)
	if err != nil {
		return festival.Records{}, err
	}
	if spreadsheet(data) {
		return festival.Records{}, refuse("import_spreadsheet")
	}
	f := decode(data)
	if strings.TrimSpace(f.text) == "" {
		return festival.Records{}, refuse("import_empty")
	}
	b.Format, err = detect(f)
	if err != nil {
		return festival.Records{}, err
	}
	f.report(b)
	b.compareName(name)
	switch b.Format {
	case frabXML:
		err = readFrabXML(b, f)
	case scheduleJSON, sessionsJSON:
		err = readJSON(b, f.text)
	case iCalendar:
		err = readICal(b, f.text)
	default:
		err = readCSV(b, f.text)
	}
	if err != nil {
		return festival.Records{}, err
	}
	if len(b.Sessions) == 0 {
		return festival.Records{}, refuse("import_no_sessions")
	}
	return b.finish(), nil
}

// refuse is the error for a file of which nothing is taken.
func refuse(code string, pairs ...any) *kernel.Error {
	return kernel.New(kernel.Invalid, code, "file", pairs...)
}

// unreadable refuses a file at a place: a line, and the element, member or row
// in it.
func unreadable(code string, line int, element string, cause error) *kernel.Error {
	if element == "" {
		element = "/" // outside of all
	}
	e := refuse(code, "line", line, "element", element)
	e.Cause = cause
	return e
}

var (
	calendarStart = regexp.MustCompile(`(?im)(^|[\s>])BEGIN:VCALENDAR\s*$`)
	rootElement   = regexp.MustCompile(`(?s)^(?:\s+|<\?.*?\?>|<!--.*?-->|<!(?i:DOCTYPE)[^\[>]*(?:\[.*?\])?\s*>)*<([A-Za-z_][\w.:-]*)`)
)

// detect tells the format from the beginning of the content.
func detect(f file) (string, error) {
	text := f.text
	trimmed := strings.TrimLeft(text, " \t\r\n")
	switch trimmed[0] {
	case '<':
		root := ""
		if m := rootElement.FindStringSubmatch(trimmed); m != nil {
			root = m[1][strings.IndexByte(m[1], ':')+1:]
		}
		if root == "schedule" {
			return frabXML, nil
		}
		if calendarStart.MatchString(text) {
			return iCalendar, nil // inside a page or a comment of one
		}
		found := "<" + clip(root, 40) + ">"
		if root == "" { // no element is where one should be
			found = clip(oneLine(trimmed[:min(len(trimmed), 200)]), 40)
		}
		return "", refuse("import_unknown_content", "found", found)
	case '{', '[':
		return scheduleJSON, nil // readJSON tells which
	}
	if calendarStart.MatchString(text) {
		return iCalendar, nil
	}
	if !f.readable() {
		return "", refuse("import_unknown_format")
	}
	return commaText, nil
}

// spreadsheet says whether the bytes are an Excel or OpenDocument file: a zip,
// or the older compound document.
func spreadsheet(data []byte) bool {
	return bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
}

// readable says whether a file is text at all and not a picture or a PDF, which
// are full of control characters.
func (f file) readable() bool {
	return !strings.HasPrefix(f.text, "%PDF") && f.controls*50 <= len(f.text)
}

var extensions = map[string]string{
	".xml": frabXML, ".json": scheduleJSON, ".ics": iCalendar, ".ical": iCalendar, ".ifb": iCalendar,
	".csv": commaText, ".tsv": commaText, ".txt": "", "": "",
}

// compareName notes when the file's name claims another format.
func (b *book) compareName(name string) {
	ext := strings.ToLower(path.Ext(strings.ReplaceAll(name, `\`, "/")))
	claimed, known := extensions[ext]
	if known && claimed != "" && claimed != b.Format {
		b.note(festival.Repaired, "type_differs", clip(path.Base(name), 100), 0, "extension", ext, "format", b.Format)
	}
}

// clip shortens a text to at most n characters, with an ellipsis if it was longer.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
