package intake

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
)

// csvReader turns rows into sessions by the mapping of columns.
type csvReader struct {
	*book
	t       *table
	times   *csvTimes
	columns map[string]int            // column by field, without language
	texts   map[string]map[string]int // column by text field and language
	split   string                    // what separates speakers in their column
	byID    map[[2]string]int         // index into Sessions by id and title
	ids     map[string]bool           // seen
	seats   map[string]int            // capacity said first for a space, by key
}

func readCSV(b *book, text string) error {
	b.prefix, b.SlotsCounted = "csv:", true
	t, err := readTable(text)
	if err != nil {
		return err
	}
	if len(t.rows) == 0 {
		return refuse("import_no_sessions")
	}
	t.report(b)
	r := &csvReader{book: b, t: t, times: &csvTimes{book: b}, columns: map[string]int{}, texts: map[string]map[string]int{}, byID: map[[2]string]int{}, ids: map[string]bool{}, seats: map[string]int{}}
	if err := r.mapColumns(); err != nil {
		return err
	}
	r.learn()
	for i := range t.rows {
		if err := r.row(i); err != nil {
			return err
		}
	}
	return nil
}

// mapColumns takes the mapping of the options, or the proposed one.
func (r *csvReader) mapColumns() error {
	mapping := r.o.Mapping
	if mapping == nil {
		mapping = propose(r.t)
		var said []string
		for _, h := range r.t.header {
			if f := mapping[h]; f != "" {
				said = append(said, h+" → "+f)
			}
		}
		r.note(festival.Guessed, "columns_guessed", "", 1, "columns", strings.Join(said, ", "))
	}
	names := make([]string, 0, len(mapping))
	for name := range mapping {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		column := slices.Index(r.t.header, name)
		field, lang, _ := strings.Cut(mapping[name], ":")
		switch {
		case field == "":
			continue
		case column < 0:
			return refuse("import_unknown_column", "column", clip(name, 60))
		case !slices.Contains(Fields, field):
			return refuse("import_unknown_field", "name", clip(field, 60))
		}
		if slices.Contains(textFields, field) {
			if r.texts[field] == nil {
				r.texts[field] = map[string]int{}
			}
			r.texts[field][lang] = column
			continue
		}
		r.columns[field] = column
	}
	if r.texts["title"] == nil {
		return refuse("import_no_title")
	}
	for i, h := range r.t.header {
		if mapping[h] == "" && r.t.filled(i) > 0 {
			r.note(festival.Lost, "column_dropped", "", 1, "name", h)
		}
	}
	return nil
}

// learn looks at whole columns for what one value can not tell.
func (r *csvReader) learn() {
	var dates []string
	for _, field := range []string{"date", "start", "end"} {
		for i := range r.t.rows {
			dates = append(dates, r.value(i, field))
		}
	}
	r.times.learn(dates)
	r.split = ","
	for _, field := range []string{"speakers", "hosts"} {
		for i := range r.t.rows {
			if strings.Contains(r.value(i, field), ";") {
				r.split = ";"
			}
		}
	}
}

// value gives the cell of a field in a row.
func (r *csvReader) value(row int, field string) string {
	if c, ok := r.columns[field]; ok {
		return r.t.cell(row, c)
	}
	return ""
}

// words gives a text field in its languages. Lang is that of a column that
// names none.
func (r *csvReader) words(row int, field, lang, record string, clean func(s, field, record string, at int) string) locale.Text {
	var t locale.Text
	for l, c := range r.texts[field] {
		if s := clean(r.t.cell(row, c), field, record, r.t.lines[row]); s != "" {
			if t == nil {
				t = locale.Text{}
			}
			t[cmp.Or(l, lang, r.o.Lang)] = s
		}
	}
	return t
}

// row takes one row in: a session with its slot, or one more slot of a session
// whose id and title stood in a row before.
func (r *csvReader) row(i int) error {
	at := r.t.lines[i]
	title := r.words(i, "title", "", "", r.line)
	id := clip(oneLine(r.value(i, "id")), 100)
	record := r.t.row(i, oneLine(title.String()))
	if title.Empty() {
		r.note(festival.Lost, "row_untitled", record, at)
		return nil
	}
	slot, placed := r.slot(i, record)
	key := r.prefix + id
	if id == "" {
		key = r.prefix + hashKey(title.String(), keyTime(slot.Start), slot.Space+slot.Booth)
	}
	known := [2]string{id, title.String()}
	if before, ok := r.byID[known]; ok && id != "" {
		s := &r.Sessions[before]
		switch {
		case placed && slices.ContainsFunc(s.Slots, func(o festival.RecordSlot) bool { return sameSlot(o, slot) }):
			r.note(festival.Repaired, "row_repeated", record, at)
		case placed:
			slot.Key = r.key("slot ", s.Key)
			s.Slots = append(s.Slots, slot)
			r.slots++
		}
		return r.bounded()
	}
	if id != "" && r.ids[id] {
		r.note(festival.Guessed, "key_repeated", record, at, "key", id, "taken", "")
	}
	s := festival.RecordSession{Key: r.key("session ", key)}
	if id == "" && s.Key != key {
		r.note(festival.Repaired, "row_repeated", record, at)
		return nil
	}
	r.describe(&s, i, record)
	if placed {
		slot.Key = r.key("slot ", s.Key)
		s.Slots = append(s.Slots, slot)
	}
	r.byID[known], r.ids[id] = len(r.Sessions), true
	return r.session(s)
}

// sameSlot says whether two rows say the same of when, where and how.
func sameSlot(a, b festival.RecordSlot) bool {
	a.Key, b.Key = "", ""
	return a == b
}

func (r *csvReader) bounded() error {
	if r.slots > maxSlots {
		return tooMany()
	}
	return nil
}

func tooMany() *kernel.Error {
	return kernel.New(kernel.TooLarge, "import_too_many", "file", "max", maxSessions)
}

// describe fills in what is said of the content.
func (r *csvReader) describe(s *festival.RecordSession, i int, record string) {
	at := r.t.lines[i]
	s.Languages = r.languages(r.value(i, "language"), record, at)
	lang := ""
	if len(s.Languages) == 1 {
		lang = s.Languages[0]
	}
	s.Title = r.words(i, "title", lang, record, r.line)
	s.Subtitle = r.words(i, "subtitle", lang, record, r.line)
	s.Abstract = r.words(i, "abstract", lang, record, r.long)
	s.Description = r.words(i, "description", lang, record, r.long)
	s.Bring = r.words(i, "bring", lang, record, r.long)
	s.Code = r.code(cmp.Or(r.value(i, "code"), r.value(i, "id")))
	s.Format = r.format(r.value(i, "format"), record, at)
	if track := r.words(i, "track", "", record, r.line); !track.Empty() {
		s.Track = r.track(track, "", "", record, at)
	}
	s.Level = r.line(r.value(i, "level"), "level", record, at)
	s.Access = r.access(r.value(i, "access"), record, at)
	s.AgeMin, s.AgeMax = r.ages(i, record)
	s.Price = r.price(i, record)
	s.NoRecord, _ = yesNo(r.value(i, "no_record"))
	for _, f := range []string{"link", "material"} {
		for _, address := range strings.Fields(strings.ReplaceAll(r.value(i, f), ";", " ")) {
			l, ok := r.link(address, "", (*url.URL)(nil), record, at)
			if ok && f == "link" {
				s.Links = addLink(s.Links, l)
			} else if ok {
				s.Materials = addLink(s.Materials, l)
			}
		}
	}
	for _, field := range []string{"speakers", "hosts"} {
		for _, key := range r.people(r.value(i, field), field == "speakers", record, at) {
			if !slices.Contains(s.Hosts, key) {
				s.Hosts = append(s.Hosts, key)
			}
		}
	}
}

func (r *csvReader) ages(i int, record string) (least, most int) {
	for _, field := range []string{"ages", "age_min", "age_max"} {
		v := r.value(i, field)
		if v == "" {
			continue
		}
		a, b, ok := ages(v)
		switch {
		case !ok:
			r.note(festival.Lost, "value_unread", record, r.t.lines[i], "field", field, "value", clip(v, 60))
		case field == "age_max":
			most = max(a, b)
		case field == "age_min":
			least = a
		default:
			least, most = a, b
		}
	}
	if most > 0 && least > most {
		r.note(festival.Lost, "value_unread", record, r.t.lines[i], "field", "ages", "value", fmt.Sprintf("%d–%d", least, most))
		return 0, 0
	}
	return least, most
}

// price gives the price in words; "" is free. A flag alone says only that it
// costs something.
func (r *csvReader) price(i int, record string) string {
	v := r.line(r.value(i, "price"), "price", record, r.t.lines[i])
	switch fold(v) {
	case "", "free", "free of charge", "kostenlos", "kostenfrei", "gratis", "frei", "eintritt frei", "gratuit", "gratuite", "entree libre", "무료", "مجاني", "مجانا", "0", "0 00", "0 0":
		return ""
	}
	if yes, known := yesNo(v); known {
		if !yes {
			return ""
		}
		r.note(festival.Guessed, "price_unsaid", record, r.t.lines[i], "taken", "paid")
		return "paid"
	}
	return v
}
