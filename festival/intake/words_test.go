package intake

import (
	"slices"
	"testing"
	"time"

	"feria/festival"
)

func TestWall_whereClocksChange(t *testing.T) {
	for _, row := range []struct {
		name, zone string
		day        festival.Date
		clock      string
		want       string // UTC
		fit        fit
	}{
		{"an ordinary time", "Europe/Berlin", "2027-04-12", "10:00", "2027-04-12 08:00", once},
		{"the hour that never comes begins when the clocks jump", "Europe/Berlin", "2027-03-28", "02:30", "2027-03-28 01:00", never},
		{"the hour that comes twice is the first", "Europe/Berlin", "2027-10-31", "02:30", "2027-10-31 00:30", twice},
		{"the minute before the jump", "Europe/Berlin", "2027-03-28", "01:59", "2027-03-28 00:59", once},
		{"the minute after the jump", "Europe/Berlin", "2027-03-28", "03:00", "2027-03-28 01:00", once},
		{"the hour after the one that comes twice", "Europe/Berlin", "2027-10-31", "03:00", "2027-10-31 02:00", once},
		{"half an hour in Lord Howe", "Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03 15:30", never},
		{"half an hour back in Lord Howe", "Australia/Lord_Howe", "2027-04-04", "01:45", "2027-04-03 14:45", twice},
		{"24:00 is the next day", "Europe/Berlin", "2027-04-12", "24:00", "2027-04-12 22:00", once},
		{"America's Sunday", "America/Los_Angeles", "2019-03-10", "09:00", "2019-03-10 16:00", once},
	} {
		t.Run(row.name, func(t *testing.T) {
			at, ok := clockOf(row.clock)
			if !ok {
				t.Fatalf("%s is no time", row.clock)
			}
			got, fit := wall(row.day, at, zoneNamed(row.zone))
			if !got.Equal(utc(row.want)) || fit != row.fit {
				t.Errorf("got %v (%d), want %s (%d)", got.UTC(), fit, row.want, row.fit)
			}
		})
	}
}

func TestLengths(t *testing.T) {
	const h, m, s, d = time.Hour, time.Minute, time.Second, 24 * time.Hour
	for text, want := range map[string][]time.Duration{
		"00:25": {25 * m}, "08:00": {8 * h}, "12:30": {12*h + 30*m}, "45": {45 * m},
		"00:25:00": {25 * m}, "00:05:00": {5 * m, 5 * h}, "1:00:00": {h, d}, "0:00:30": {30 * s, 30 * m}, "02:12:30": {2*h + 12*m + 30*s, 2*d + 12*h + 30*m},
		"1:02:03:04": {d + 2*h + 3*m + 4*s}, "0:00:00": {0},
		"PT45M": {45 * m}, "P1DT2H": {26 * h}, "P2W": {14 * d}, "PT1H30M15S": {h + 30*m + 15*s},
		"90 min": {90 * m}, "1.5 h": {90 * m}, "1,5 Std.": {90 * m}, "1h30": {90 * m}, "2시간 30분": {150 * m}, "1 hour and 10 minutes": {70 * m}, "75'": {75 * m},
		"": nil, "soon": nil, "00:75": nil, "99:99:99": nil, "P": nil, "PT": nil, "-PT5M": nil, "P1Y": nil, "1h foo": nil, "99999:00": nil, "1e9 h": nil,
	} {
		if got := lengths(text); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestReadClock(t *testing.T) {
	for text, want := range map[string]string{
		"9:00": "09:00", "09:00:00": "09:00", "9.30": "09:30", "9h30": "09:30", "9h": "09:00", "14:30 Uhr": "14:30", "14 Uhr": "14:00", "0930": "09:30",
		"2:30 PM": "14:30", "2pm": "14:00", "12 am": "00:00", "12:15 p.m.": "12:15", "오후 2:30": "14:30", "오전 9시": "09:00", "14시 30분": "14:30", "오후 2시 반": "14:30",
		"24:00": "24:00", "noon": "12:00", "minuit": "00:00", "ab 10 Uhr": "10:00",
		"": "-", "9": "-", "25:00": "-", "10:60": "-", "soon": "-", "24:30": "-", "10:00-11:00": "-",
	} {
		at, ok := readClock(text)
		got := "-"
		if ok {
			got = clockText(at)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestClockRange(t *testing.T) {
	for text, want := range map[string][2]string{
		"10:00-11:30": {"10:00", "11:30"}, "10:00 – 11:30": {"10:00", "11:30"}, "10 bis 12 Uhr": {"10 Uhr", "12 Uhr"}, "2-4 pm": {"2 pm", "4 pm"}, "14:00~16:00": {"14:00", "16:00"}, "9h à 11h30": {"9h", "11h30"},
		"10:00": {}, "2027-04-12": {}, "": {}, "soon - later": {},
	} {
		from, to, _ := clockRange(text)
		if got := [2]string{from, to}; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestReadDate(t *testing.T) {
	o := Options{Zone: "Europe/Berlin", From: "2027-04-09", Until: "2027-04-15"} // Friday to Thursday
	for _, row := range []struct{ name, text, learn, want, guessed string }{
		{"ISO", "2027-04-12", "", "2027-04-12", ""},
		{"digits only", "20270412", "", "2027-04-12", ""},
		{"German", "12.04.2027", "", "2027-04-12", "date_order"},
		{"a day above twelve", "13.04.27", "13.04.27", "2027-04-13", ""},
		{"with slashes, day first by default", "04/12/2027", "", "2027-12-04", "date_order"},
		{"month first where another row shows it", "04/05/2027", "04/13/2027", "2027-04-05", ""},
		{"year first", "2027/4/12", "", "2027-04-12", ""},
		{"Korean", "2027년 4월 12일", "", "2027-04-12", ""},
		{"Korean with dots", "2027. 4. 12.", "", "2027-04-12", ""},
		{"Korean without a year", "4월 12일(월)", "", "2027-04-12", "year_guessed"},
		{"English words", "Monday, 12 April 2027", "", "2027-04-12", ""},
		{"English, month first", "April 12, 2027", "", "2027-04-12", ""},
		{"French", "lundi 12 avril 2027", "", "2027-04-12", ""},
		{"French July", "14 juillet 2027", "", "2027-07-14", ""},
		{"German words", "Mo., 12. April 2027", "", "2027-04-12", ""},
		{"without a year", "Mon 12 Apr", "", "2027-04-12", "year_guessed"},
		{"only a weekday", "Monday", "", "2027-04-12", "weekday_placed"},
		{"only a French weekday", "mardi", "", "2027-04-13", "weekday_placed"},
		{"with a time behind it", "12 April 2027 10:00", "", "2027-04-12", ""},
		{"no day of the calendar", "31.02.2027", "31.02.2027", "", ""},
		{"a time", "10:00", "", "", ""},
		{"words", "by appointment", "", "", ""},
		{"nothing", "", "", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			b, err := newBook(o)
			if err != nil {
				t.Fatal(err)
			}
			c := &csvTimes{book: b}
			c.learn([]string{row.learn})
			got, ok := c.readDate(row.text)
			if ok != (row.want != "") || ok && (string(got.day) != row.want || got.guessed != row.guessed) {
				t.Errorf("%q: %+v %t, want %s %s", row.text, got, ok, row.want, row.guessed)
			}
		})
	}
	b, _ := newBook(Options{Zone: "UTC", From: "2027-04-01", Until: "2027-04-30"})
	if got, ok := (&csvTimes{book: b}).readDate("Monday"); ok {
		t.Errorf("one of four Mondays: %v", got)
	}
	us, _ := newBook(Options{Zone: "America/Chicago"})
	c := &csvTimes{book: us}
	c.learn(nil)
	if got, _ := c.readDate("04/12/2027"); got.day != "2027-04-12" {
		t.Errorf("in Chicago 04/12/2027 is %v", got)
	}
}

func TestAges(t *testing.T) {
	for text, want := range map[string][3]int{ // least, most, 1 if understood
		"8+": {8, 0, 1}, "3-7": {3, 7, 1}, "3–7": {3, 7, 1}, "ab 8": {8, 0, 1}, "from 8": {8, 0, 1}, "dès 8 ans": {8, 0, 1}, "8 ans et plus": {8, 0, 1}, "8세 이상": {8, 0, 1}, "3~7세": {3, 7, 1},
		"18+": {18, 0, 1}, "adults": {18, 0, 1}, "under 12": {0, 11, 1}, "bis 12": {0, 12, 1}, "12 and under": {0, 12, 1}, "12세 이하": {0, 12, 1}, "moins de 6 ans": {0, 5, 1},
		"all": {0, 0, 1}, "Alle": {0, 0, 1}, "tout public": {0, 0, 1}, "전체": {0, 0, 1}, "12": {12, 0, 1},
		"7-3": {0, 0, 0}, "old enough": {0, 0, 0}, "2000": {0, 0, 0}, "1, 2, 3": {0, 0, 0}, "under 1": {0, 0, 0},
	} {
		least, most, ok := ages(text)
		got := [3]int{least, most, map[bool]int{true: 1}[ok]}
		if want[2] == 0 {
			got[0], got[1] = 0, 0
		}
		if got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestLanguages(t *testing.T) {
	for _, row := range []struct {
		text    string
		want    []string
		unknown int
	}{
		{"de, en", []string{"de", "en"}, 0}, {"Deutsch/Englisch", []string{"de", "en"}, 0}, {"English", []string{"en"}, 0}, {"français et allemand", []string{"fr", "de"}, 0},
		{"한국어, 영어", []string{"ko", "en"}, 0}, {"中文", []string{"zh"}, 0}, {"EN", []string{"en"}, 0}, {"en_GB", []string{"en-GB"}, 0}, {"zh-tw", []string{"zh-TW"}, 0}, {"en en", nil, 1},
		{"", nil, 0}, {"Klingon, de", []string{"de"}, 1}, {"en, EN", []string{"en"}, 0}, {"português", []string{"pt"}, 0},
	} {
		b, _ := newBook(Options{})
		if got := b.languages(row.text, "", 0); !slices.Equal(got, row.want) || len(b.Report) != row.unknown {
			t.Errorf("%q: %v with findings %v, want %v", row.text, got, codesOf(b.Records), row.want)
		}
	}
}

func TestYesNo(t *testing.T) {
	for text, want := range map[string][2]bool{
		"TRUE": {true, true}, "x": {true, true}, "ja": {true, true}, "Oui": {true, true}, "예": {true, true}, "✓": {true, true}, "1": {true, true},
		"FALSE": {false, true}, "nein": {false, true}, "": {false, true}, "아니오": {false, true}, "0": {false, true}, "✗": {false, true},
		"perhaps": {false, false}, "https://x.example": {false, false},
	} {
		yes, known := yesNo(text)
		if got := [2]bool{yes, known}; got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestFormat_keepsWhatItDoesNotKnow(t *testing.T) {
	for text, want := range map[string]string{
		"lecture": "talk", "Hands-on": "workshop", "hands-on workshop": "workshop", "Vortrag": "talk", "Führung": "walk", "체험": "workshop", "Workshop": "workshop",
		"devroom": "devroom", "Brownbag": "Brownbag", "": "", "on": "on",
	} {
		b, _ := newBook(Options{})
		if got := b.format(text, "", 0); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for _, f := range festival.Formats {
		b, _ := newBook(Options{})
		if got := b.format(f, "", 0); got != f || len(b.Report) != 0 {
			t.Errorf("Feria's own %q became %q with findings %v", f, got, codesOf(b.Records))
		}
	}
}

func TestAccess(t *testing.T) {
	for text, want := range map[string][]string{
		"wheelchair accessible; hearing loop": {festival.StepFree, festival.HearingLoop}, "barrierefrei": {festival.StepFree}, "LSF, sous-titrage": {festival.SignLanguage, festival.Captions},
		"step_free, quiet": {festival.StepFree, festival.QuietSpace}, "yes": {festival.StepFree}, "no": nil, "hi, mi, vi": {festival.HearingLoop, festival.StepFree, festival.AudioDesc}, "accessible_toilet": {festival.Toilet},
		"a nice view": nil,
	} {
		b, _ := newBook(Options{})
		if got := b.access(text, "", 0); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
