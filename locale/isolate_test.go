package locale

import "testing"

// A name of the other direction does not carry what follows it along: not the
// comma, not the number, and not in a list or a mail either.
func TestPrinter_isolatesTheOtherDirection(t *testing.T) {
	en, _ := printers(t)
	const name, apart = "فاطمة الزهراء", "\u2068فاطمة الزهراء\u2069"
	for _, row := range []struct{ what, got, want string }{
		{"a name at the door", en.T("door.party", "name", name, "in", 2, "seats", 3), apart + ", 2 of 3"},
		{"a text in several languages", en.T("door.party", "name", Text{"ar": name}, "in", 2, "seats", 3), apart + ", 2 of 3"},
		{"Hebrew", en.Isolated("רות"), "\u2068רות\u2069"},
		{"a list", en.List([]string{"Ada", name, "Bo"}), "Ada, " + apart + " and Bo"},
		{"one name", en.List([]string{name}), apart},
		{"Latin and Greek", en.T("door.party", "name", "Zoé Ωmega 2", "in", 1, "seats", 1), "Zoé Ωmega 2, 1 of 1"},
		{"an address", en.Isolated("https://example.org/فاطمة"), "https://example.org/فاطمة"},
		{"Latin in a language that runs the other way", (&Printer{dir: "rtl"}).Isolated("Ada"), "\u2068Ada\u2069"},
		{"Arabic there", (&Printer{dir: "rtl"}).Isolated(name), name},
	} {
		if row.got != row.want {
			t.Errorf("%s: %q, want %q", row.what, row.got, row.want)
		}
	}
}
