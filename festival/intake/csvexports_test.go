package intake

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
)

func sheet(separator rune, rows ...[]string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = separator, true
	if err := w.WriteAll(rows); err != nil {
		panic(err)
	}
	return b.String()
}

// What spreadsheets make of dates and times, and people of many languages write.
func TestCSV_datesAndTimesOfSpreadsheets(t *testing.T) {
	for _, row := range []struct{ name, date, start, end, want string }{
		{"with seconds", "2027-04-12 00:00:00", "09:30:00", "11:00:00", "2027-04-12 09:30–04-12 11:00"},
		{"times of a sheet's first day", "2027-04-12", "1899-12-30 09:30:00", "1899-12-30 11:00:00", "2027-04-12 09:30–04-12 11:00"},
		{"times of a sheet's first day, Excel's", "12.04.2027", "1900-01-00 09:30", "1900-01-00 11:00", "2027-04-12 09:30–04-12 11:00"},
		{"numbers", "46489", "0.395833333333333", "0,458333333333333", "2027-04-12 09:30–04-12 11:00"},
		{"short numbers", "46489", "0.5", "0.75", "2027-04-12 12:00–04-12 18:00"},
		{"past midnight, with points", "12.4.2027", "22.30", "0.30", "2027-04-12 22:30–04-13 00:30"},
		{"Danish", "12. marts 2027", "10.30", "11.15", "2027-03-12 10:30–03-12 11:15"},
		{"with seconds, by points", "12.4.2027", "10.30.00", "11.15.00", "2027-04-12 10:30–04-12 11:15"},
		{"one number", "", "46489.395833333", "46489.458333333", "2027-04-12 09:30–04-12 11:00"},
		{"German, with points", "13.4.27", "10.30 Uhr", "11.15 Uhr", "2027-04-13 10:30–04-13 11:15"},
		{"German, both in one", "Mi 14.04.", "10-11.30 Uhr", "", "2027-04-14 10:00–04-14 11:30"},
		{"German, all in one", "", "14.04.2027 10.30 Uhr", "14.04.2027 12 Uhr", "2027-04-14 10:30–04-14 12:00"},
		{"German, in words", "am 13. April 2027", "um 10 Uhr", "11.15", "2027-04-13 10:00–04-13 11:15"},
		{"a French Tuesday", "mar. 13 avril 2027", "9h30", "11h", "2027-04-13 09:30–04-13 11:00"},
		{"a French Tuesday in numbers", "mar 13/04", "9h30", "11h", "2027-04-13 09:30–04-13 11:00"},
		{"a day in March", "13 mar 2027", "9h30", "11h", "2027-03-13 09:30–03-13 11:00"},
		{"Arabic digits", "١٢/٠٤/٢٠٢٧", "٩:٣٠", "١١:٠٠ ص", "2027-04-12 09:30–04-12 11:00"},
		{"Persian digits", "۲۰۲۷-۰۴-۱۲", "۹:۳۰", "۱۱:۰۰", "2027-04-12 09:30–04-12 11:00"},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := sheet(';', []string{"Title", "Date", "Start", "End", "Room"}, []string{"X", row.date, row.start, row.end, "Hall"})
			r := mustRead(t, "x.csv", text, Options{Zone: "Europe/Berlin", From: "2027-04-12", Until: "2027-04-18"})
			wantTimes(t, titled(t, r, "X"), "Europe/Berlin", row.want)
		})
	}
}

// A weekday that begins like a month is not that month.
func TestCSV_aDayThatCannotBeReadIsNoOther(t *testing.T) {
	text := sheet(',', []string{"Title", "Date", "Start"}, []string{"X", "martes 13 de abril de 2027", "10:00"})
	r := mustRead(t, "x.csv", text, Options{Zone: "Europe/Madrid"})
	if s := titled(t, r, "X"); len(s.Slots) != 0 {
		t.Errorf("it is on %v", slotTimes(s, "Europe/Madrid"))
	}
	finding(t, r, "no_start", "X")
}

// A last day in the column of the end is no time on the first.
func TestCSV_aDayInTheColumnOfTheEnd(t *testing.T) {
	for _, end := range []string{"14.04.27", "14.4.", "14.04.2027"} {
		text := sheet(';', []string{"Title", "Date", "Start", "End"}, []string{"X", "12.04.27", "10:00", end})
		r := mustRead(t, "x.csv", text, Options{Zone: "Europe/Berlin", From: "2027-04-12", Until: "2027-04-18"})
		finding(t, r, "value_unread", "X")
	}
}

func TestCSV_linesAboveTheHeader(t *testing.T) {
	rows := [][]string{{"Titel", "Datum", "Beginn", "Ende", "Raum"}, {"Töpfern", "12.04.2027", "9:30", "11:00", "Saal"}, {"Lesen", "13.04.2027", "9:30", "11:00", "Saal"}}
	for name, above := range map[string][][]string{
		"a title":                   {{"Lernwoche 2027", "", "", "", ""}, {"", "", "", "", ""}},
		"merged cells":              {{"Was", "Wann", "", "", "Wo"}},
		"a title and where it is":   {{"Lernwoche 2027", "", "", "", ""}, {"Stand", "1.3.2027", "", "", "Entwurf"}},
		"nothing":                   nil,
		"a line that is much alike": {{"Nummer", "Tag", "", "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			text := sheet(';', append(slices.Clone(above), rows...)...)
			r := mustRead(t, "x.csv", text, Options{Zone: "Europe/Berlin"})
			if len(r.Sessions) != 2 {
				t.Fatalf("%d sessions: %v", len(r.Sessions), codesOf(r))
			}
			wantTimes(t, titled(t, r, "Lesen"), "Europe/Berlin", "2027-04-13 09:30–04-13 11:00")
			if got := slices.Contains(codesOf(r), "header_below"); got != (above != nil) {
				t.Errorf("the report says %v", codesOf(r))
			}
			header, _, proposed, sample, err := Columns([]byte(text))
			if err != nil || header[0] != "Titel" || proposed["Titel"] != "title" || len(sample) != 2 {
				t.Errorf("columns %v, %v, %d rows, %v", header, proposed, len(sample), err)
			}
		})
	}
}

func TestCSV_linesThatEndLikeOldMacs(t *testing.T) {
	r := mustRead(t, "x.csv", "Title;Date;Start\rA;12.04.2027;10:00\rB;13.04.2027;10:00\r", Options{Zone: "Europe/Berlin"})
	wantTimes(t, titled(t, r, "B"), "Europe/Berlin", "2027-04-13 10:00–04-13 11:00")
}

func TestCSV_rowsThatAreThereTwice(t *testing.T) {
	text := sheet(',', []string{"ID", "Title", "Date", "Start", "Room"},
		[]string{"1", "A", "2027-04-12", "10:00", "Hall"}, []string{"1", "A", "2027-04-12", "10:00", "Hall"}, []string{"1", "A", "2027-04-13", "10:00", "Hall"},
		[]string{"2", "B", "2027-04-12", "10:00", "Shed"}, []string{"2", "C", "2027-04-12", "12:00", "Shed"}, []string{"2", "C", "2027-04-13", "12:00", "Shed"})
	r := mustRead(t, "x.csv", text, Options{Zone: "Europe/Berlin"})
	wantTimes(t, titled(t, r, "A"), "Europe/Berlin", "2027-04-12 10:00–04-12 11:00", "2027-04-13 10:00–04-13 11:00")
	finding(t, r, "row_repeated", "A")
	if len(r.Sessions) != 3 {
		t.Errorf("%d sessions", len(r.Sessions))
	}
	wantTimes(t, titled(t, r, "C"), "Europe/Berlin", "2027-04-12 12:00–04-12 13:00", "2027-04-13 12:00–04-13 13:00")
}

func TestCSV_namesInArabic(t *testing.T) {
	text := sheet(',', []string{"Title", "Date", "Start", "Speaker"}, []string{"ورشة", "2027-04-12", "10:00", "محمد الأحمد، فاطمة علي"})
	r := mustRead(t, "x.csv", text, Options{Zone: "Europe/Berlin"})
	if len(r.Hosts) != 2 || r.Hosts[1].Name != "فاطمة علي" {
		t.Errorf("hosts %+v", r.Hosts)
	}
}
