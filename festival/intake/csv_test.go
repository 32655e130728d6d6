package intake

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"

	"feria/festival"
)

func week(t *testing.T) festival.Records {
	t.Helper()
	return mustRead(t, "week.csv", fixture(t, "week.csv"), Options{Zone: "Europe/Berlin", Lang: "de"})
}

func TestColumns_proposesAMapping(t *testing.T) {
	header, hash, proposed, sample, err := Columns([]byte(fixture(t, "week.csv")))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"Nr": "id", "Titel": "title", "Titel (EN)": "title:en", "Beschreibung": "description", "Datum": "date", "Beginn": "start", "Ende": "end", "Dauer": "duration",
		"Ort": "venue", "Raum": "space", "Adresse": "address", "Kapazität": "capacity", "Plätze": "seats", "Anmeldung": "booking", "Referenten": "speakers", "Veranstalter": "hosts",
		"Sprache": "language", "Alter": "ages", "Preis": "price", "Barrierefreiheit": "access", "Format": "format", "Thema": "track",
	}
	if !maps.Equal(proposed, want) {
		t.Errorf("proposed %v, want %v", proposed, want)
	}
	if len(header) != 23 || header[22] != "Notiz" || len(sample) != 5 || sample[0][1] != "Knoten" {
		t.Errorf("header %v, sample %v", header, sample)
	}
	_, again, _, _, _ := Columns([]byte(strings.ReplaceAll(fixture(t, "week.csv"), "Knoten", "Seile")))
	_, other, _, _, _ := Columns([]byte(strings.ReplaceAll(fixture(t, "week.csv"), "Notiz", "Bemerkung")))
	if hash == "" || hash != again || hash == other {
		t.Errorf("hashes %q, %q, %q: want the same for one layout", hash, again, other)
	}
}

func TestColumns_knowsHeadings(t *testing.T) {
	for heading, want := range map[string]string{
		"Event Title": "title", "Nom de l’événement": "", "Titre": "title", "제목": "title", "프로그램명": "title", "Title FR": "title:fr", "title_en": "title:en", "제목(영문)": "title:en",
		"startTime": "start", "Heure de début": "start", "시작시간": "start", "날짜": "date", "장소": "venue", "강사명": "speakers", "정원": "seats", "참가비": "price", "대상연령": "ages",
		"Age Minimum": "ages", "Lieu": "venue", "Salle": "space", "Uhrzeit": "start", "Intervenant(e)s": "speakers", "Places": "seats", "what to bring": "bring", "Shoe size": "",
	} {
		_, _, proposed, _, err := Columns([]byte(heading + ",zzz\n1,2\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := proposed[heading]; got != want {
			t.Errorf("%s: proposed %q, want %q", heading, got, want)
		}
	}
}

// Every field has a heading of its own, else nobody is ever offered it.
func TestColumns_canProposeEveryField(t *testing.T) {
	for _, f := range Fields {
		if _, ok := headings[f]; !ok {
			t.Errorf("no heading for the field %s", f)
		}
	}
	for f := range headings {
		if !slices.Contains(Fields, f) {
			t.Errorf("headings for %s, which is no field", f)
		}
	}
}

func TestCSV_readsRows(t *testing.T) {
	r := week(t)
	if r.Format != "csv" || len(r.Sessions) != 9 {
		t.Fatalf("%d sessions as %s", len(r.Sessions), r.Format)
	}
	s := titled(t, r, "Knoten")
	if s.Key != "csv:1" || s.Code != "1" || s.Title["en"] != "Knots" || s.Description["de"] != "Zehn **Knoten**" || s.Format != "workshop" || s.Track != "meer" {
		t.Errorf("session %+v", s)
	}
	if s.AgeMin != 8 || s.AgeMax != 0 || s.Price != "5 €" || !slices.Equal(s.Languages, []string{"de", "en"}) || !slices.Equal(s.Access, []string{festival.StepFree, festival.HearingLoop}) {
		t.Errorf("ages %d–%d, price %q, languages %v, access %v", s.AgeMin, s.AgeMax, s.Price, s.Languages, s.Access)
	}
	if slot := s.Slots[0]; slot.Seating != festival.Bookable || slot.Seats != 12 || slot.Space != "csv:Bücherei/Saal" {
		t.Errorf("slot %+v", slot)
	}
	var hosts []string
	for _, key := range s.Hosts {
		h := r.Hosts[slices.IndexFunc(r.Hosts, func(h festival.RecordHost) bool { return h.Key == key })]
		kind := "organisation"
		if h.Person {
			kind = "person"
		}
		hosts = append(hosts, h.Name+", "+h.Bio["de"]+": "+kind)
	}
	if want := []string{"Ada Roe, Seilverein: person", "Bo Lund, Werft: person", "Cy Marsh, Werft: person", "Seilverein, : organisation"}; !slices.Equal(hosts, want) {
		t.Errorf("hosts %q, want %q", hosts, want)
	}
	stars := titled(t, r, "Sterne")
	if stars.Price != "" || stars.AgeMin != 3 || stars.AgeMax != 7 || stars.Format != "talk" || len(stars.Description) != 0 || len(stars.Hosts) != 1 || stars.Slots[0].Seating != festival.WalkIn {
		t.Errorf("session %+v", stars)
	}
	if five := titled(t, r, "Herbst"); five.AgeMax != 12 || five.Price != "paid" || five.Slots[0].Seating != festival.External {
		t.Errorf("session %+v", five)
	}
	if r.Spaces[0].Capacity != 40 || r.Venues[0].Address != "Hauptstr. 1" || r.Spaces[0].Venue != r.Venues[0].Key {
		t.Errorf("spaces %+v, venues %+v", r.Spaces, r.Venues)
	}
	if titled(t, r, "=Formel").Key != "csv:9" {
		t.Error("the apostrophe that guards a formula was not taken off")
	}
}

func TestCSV_findsTimes(t *testing.T) {
	r := week(t)
	for _, row := range []struct {
		title string
		times []string
		code  string
	}{
		{"Knoten", []string{"2027-04-12 09:30–04-12 11:00"}, ""},
		{"Sterne", []string{"2027-04-12 22:00–04-13 00:00"}, "end_next_day"},
		{"Nacht", []string{"2027-04-12 22:00–04-13 02:00"}, "end_next_day"},
		{"Umstellung", []string{"2027-03-28 03:00–03-28 03:30"}, "time_in_gap"},
		{"Herbst", []string{"2027-10-31 02:30–10-31 03:00"}, "time_twice"},
		{"Ohne Zeit", nil, "no_start"},
		{"Zwei Termine", []string{"2027-04-13 10:00–04-13 11:30", "2027-04-14 10:00–04-14 11:30"}, ""},
		{"Falsch herum", []string{"2027-04-13 18:00–04-13 19:00"}, "end_before_start"},
	} {
		t.Run(row.title, func(t *testing.T) {
			wantTimes(t, titled(t, r, row.title), "Europe/Berlin", row.times...)
			if row.code != "" {
				finding(t, r, row.code, row.title)
			}
		})
	}
	if start := titled(t, r, "Herbst").Slots[0].Start; !start.Equal(utc("2027-10-31 00:30")) {
		t.Errorf("02:30 in the night of two is %v, want the first", start.UTC())
	}
}

func TestCSV_saysWhatItGuessedAndDropped(t *testing.T) {
	wantCodes(t, week(t), "columns_guessed", "column_dropped", "role_dropped", "people_split", "access_unknown", "format_read", "format_read",
		"end_next_day", "end_next_day", "time_in_gap", "language_unknown", "time_twice", "booking_without_seats", "price_unsaid", "no_start",
		"end_before_start", "row_untitled", "capacity_differs", "track_merged")
}

func TestCSV_keysByContentWhereThereIsNoID(t *testing.T) {
	const head = "title,start,room\n"
	read := func(rows string) []string {
		r := mustRead(t, "a.csv", head+rows, Options{Zone: "UTC"})
		var keys []string
		for _, s := range r.Sessions {
			keys = append(keys, s.Key)
		}
		return keys
	}
	const a, b = "A,2027-04-12 10:00,Pier\n", "B,2027-04-12 10:00,Pier\n"
	first, turned := read(a+b), read(b+a)
	if first[0] != turned[1] || first[1] != turned[0] || first[0] == first[1] {
		t.Errorf("keys %v and, the rows turned, %v", first, turned)
	}
	if again := read(a + b + a); len(again) != 2 {
		t.Errorf("a row that is repeated word by word makes %d sessions", len(again))
	}
	if moved := read("A,2027-04-12 11:00,Pier\n"); moved[0] == first[0] {
		t.Error("a key from title, start and room did not change with the start")
	}
}

func TestCSV_guessesTheEncoding(t *testing.T) {
	korean949, err := korean.EUCKR.NewEncoder().String("제목,날짜,시작시간,장소\n매듭 배우기,2027년 4월 12일,오후 2시 30분,도서관\n똠방각하,2027. 4. 13.,14:00,도서관\n")
	if err != nil {
		t.Fatal(err)
	}
	french, err := charmap.Windows1252.NewEncoder().String("Titre;Date;Début;Lieu\nNœuds d’été – à l’œil;12/04/2027;14h30;Médiathèque\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ name, text, encoding, title, time string }{
		{"CP949", korean949, "CP949", "매듭 배우기", "2027-04-12 14:30"},
		{"Windows-1252", french, "Windows-1252", "Nœuds d’été – à l’œil", "2027-04-12 14:30"},
		{"UTF-8 with a mark", "\ufefftitle,date,start\nÜbung,2027-04-12,14:30\n", "", "Übung", "2027-04-12 14:30"},
		{"UTF-16 without a mark", string([]byte("t\x00i\x00t\x00l\x00e\x00,\x00s\x00t\x00a\x00r\x00t\x00\n\x00\xdc\x00b\x00,\x002\x000\x002\x007\x00-\x000\x004\x00-\x001\x002\x00 \x001\x004\x00:\x003\x000\x00\n\x00")), "UTF-16", "Üb", "2027-04-12 14:30"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := mustRead(t, "a.csv", row.text, Options{Zone: "UTC"})
			if got := r.Sessions[0].Title[""]; got != row.title {
				t.Errorf("title %q, want %q", got, row.title)
			}
			if got := r.Sessions[0].Slots[0].Start; !got.Equal(utc(row.time)) {
				t.Errorf("start %v, want %s", got, row.time)
			}
			if n := count(r, "encoding_guessed"); n != map[bool]int{true: 1}[row.encoding != ""] {
				t.Errorf("%d findings about the encoding", n)
			} else if n == 1 && finding(t, r, "encoding_guessed", "").Args["encoding"] != row.encoding {
				t.Errorf("finding %+v, want %s", finding(t, r, "encoding_guessed", ""), row.encoding)
			}
		})
	}
}

func TestCSV_isTolerantOfForm(t *testing.T) {
	for _, row := range []struct {
		name, text string
		sessions   int
		codes      []string
	}{
		{"tabs", "title\tstart\tspace\nA\t2027-04-12 10:00\tPier\n", 1, []string{"columns_guessed", "end_missing"}},
		{"commas inside quotes, semicolons between", "title;start;space\n\"A, B\";2027-04-12 10:00;Pier\n", 1, []string{"columns_guessed", "end_missing"}},
		{"a quote inside a word", "title,start,space\nA 5\" nail,2027-04-12 10:00,Pier\nB 6\" nail,2027-04-12 10:00,Pier\n", 2, []string{"columns_guessed", "quotes_repaired", "end_missing", "end_missing"}},
		{"short, long and empty rows", "title,start,space\nA,2027-04-12 10:00\n,,\nB,2027-04-12 10:00,Pier,x,y\n", 2, []string{"columns_guessed", "row_short", "row_long", "no_place", "end_missing", "end_missing"}},
		{"two columns of one name", "title,start,space,title\nA,2027-04-12 10:00,Pier,Z\n", 1, []string{"columns_guessed", "column_dropped", "end_missing"}},
		{"line breaks in a cell", "title,start,space,description\nA,2027-04-12 10:00,Pier,\"one\n\ntwo\"\n", 1, []string{"columns_guessed", "end_missing"}},
		{"carriage returns", "title,start,space\r\nA,2027-04-12 10:00,Pier\r\n", 1, []string{"columns_guessed", "end_missing"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := mustRead(t, "a.csv", row.text, Options{Zone: "UTC"})
			if len(r.Sessions) != row.sessions {
				t.Errorf("%d sessions, want %d", len(r.Sessions), row.sessions)
			}
			wantCodes(t, r, row.codes...)
		})
	}
}

func TestCSV_takesAMapping(t *testing.T) {
	const text = "was,wann,wo\nKnoten,2027-04-12 10:00,Pier\n"
	r := mustRead(t, "a.csv", text, Options{Zone: "UTC", Mapping: map[string]string{"was": "title:de", "wann": "start", "wo": ""}})
	if r.Sessions[0].Title["de"] != "Knoten" || len(r.Spaces) != 0 || count(r, "columns_guessed") != 0 || count(r, "column_dropped") != 1 {
		t.Errorf("sessions %+v, findings %v", r.Sessions, codesOf(r))
	}
}

// Who reads a finding looks for the row in a spreadsheet, where the header is a
// row and a cell of two lines is in one.
func TestCSV_countsRowsAsASpreadsheetDoes(t *testing.T) {
	r := mustRead(t, "a.csv", "Id,Title,Description,Price,Ages\n17,Knots,\"Bring\na rope\",free,8\n\n18,Sails,,free,eight\n", Options{})
	if f := finding(t, r, "value_unread", "row 4 (Sails)"); f.Line != 5 {
		t.Errorf("in line %d", f.Line)
	}
	r = mustRead(t, "a.csv", "Festival,,\nTitle,Start,Room\nKnots,2027-04-13 10:00,Hall\nSails,2027-04-13 11:00\n", Options{})
	finding(t, r, "row_short", "row 4")
}
