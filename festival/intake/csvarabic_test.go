package intake

import (
	"maps"
	"strings"
	"testing"
	"time"
)

const arabicWeek = "رقم,اسم الفعالية,عنوان بالإنجليزية,الوصف,التاريخ,وقت البدء,وقت الانتهاء,المكان,العنوان,القاعة,المتحدثون,الجهة المنظمة,اللغة,المسار,الفئة العمرية,عدد المقاعد,التسجيل المسبق,الرسوم,ملاحظات\n" +
	"1,الخط العربي,Arabic calligraphy,أدوات الخط وحروفه,2027-04-12,10:00,11:30,مكتبة الإسكندرية,شارع البحر 1,قاعة النيل,ليلى حسن؛ عمر سعيد,دار الكتب,العربية,فنون,8-12,20,نعم,مجاني,س\n" +
	"2,السماء ليلا,The night sky,نجوم وكواكب,2027-04-13,7:00 م,8:30 م,المرصد,شارع التل 4,السطح,سارة علي,جمعية الفلك,عربي/إنجليزي,علوم,12+,,لا,50 جنيها,\n"

func TestCSV_readsArabicHeadings(t *testing.T) {
	_, _, proposed, _, err := Columns([]byte(arabicWeek))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"رقم": "id", "اسم الفعالية": "title", "عنوان بالإنجليزية": "title:en", "الوصف": "description", "التاريخ": "date", "وقت البدء": "start", "وقت الانتهاء": "end",
		"المكان": "venue", "العنوان": "address", "القاعة": "space", "المتحدثون": "speakers", "الجهة المنظمة": "hosts", "اللغة": "language", "المسار": "track",
		"الفئة العمرية": "ages", "عدد المقاعد": "seats", "التسجيل المسبق": "booking", "الرسوم": "price",
	}
	if !maps.Equal(proposed, want) {
		t.Errorf("proposed %v, want %v", proposed, want)
	}
	r := mustRead(t, "week.csv", arabicWeek, Options{Zone: "Africa/Cairo", Lang: "ar"})
	if len(r.Sessions) != 2 || len(r.Hosts) != 5 || len(r.Venues) != 2 || len(r.Tracks) != 2 {
		t.Fatalf("%d sessions, %d hosts, %d venues, %d tracks", len(r.Sessions), len(r.Hosts), len(r.Venues), len(r.Tracks))
	}
	a, b := r.Sessions[0], r.Sessions[1]
	if a.Title["ar"] != "الخط العربي" || a.Title["en"] != "Arabic calligraphy" || a.AgeMin != 8 || a.AgeMax != 12 || a.Price != "" || a.Slots[0].Seats != 20 {
		t.Errorf("the first session is %+v", a)
	}
	if b.Price != "50 جنيها" || strings.Join(b.Languages, " ") != "ar en" || b.AgeMin != 12 {
		t.Errorf("the second session is %+v", b)
	}
	cairo, _ := time.LoadLocation("Africa/Cairo")
	if at := b.Slots[0].Start.In(cairo).Format("2006-01-02 15:04"); at != "2027-04-13 19:00" {
		t.Errorf("the second session begins at %s", at)
	}
	if v := r.Venues[0]; v.Name["ar"] != "مكتبة الإسكندرية" || v.Address != "شارع البحر 1" {
		t.Errorf("the first venue is %+v", v)
	}
}

// A column that is headed by the word alone is the title, not the address.
func TestColumns_knowsArabicHeadings(t *testing.T) {
	for heading, want := range map[string]string{
		"العنوان": "title", "عنوان الجلسة": "title", "عنوان المكان": "address", "العنوان الفرعي": "subtitle", "إلى": "end", "الأماكن": "seats",
		"وقت النهاية المتوقع": "end", "اسم المتحدث الرئيسي": "speakers", "المؤسسة": "hosts", "العنوان بالفرنسية": "title:fr", "ملاحظات": "",
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

// Headings are compared folded: a word that stands there otherwise is never found.
func TestColumns_wordsAreFolded(t *testing.T) {
	for field, words := range headings {
		for _, w := range strings.FieldsFunc(words, func(r rune) bool { return r == '|' || r == '~' }) {
			if w != fold(w) {
				t.Errorf("%s: %q would have to be %q", field, w, fold(w))
			}
		}
	}
	for _, w := range headingLanguages {
		if w != fold(w) {
			t.Errorf("%q would have to be %q", w, fold(w))
		}
	}
}
