package people

import (
	"strings"
	"testing"

	"feria/kernel"
)

func TestParseMail(t *testing.T) {
	for _, row := range []struct {
		name, typed, want string // want "" for refused
	}{
		{"a plain address", "ann@example.org", "ann@example.org"},
		{"capitals and spaces around", "  Ann@Example.ORG ", "ann@example.org"},
		{"a tag", "ann+feria@example.org", "ann+feria@example.org"},
		{"signs that are rare but right", "o'neil/x=y@example.org", "o'neil/x=y@example.org"},
		{"a domain in another script becomes ASCII", "ann@müller.example", "ann@xn--mller-kva.example"},
		{"a look-alike in Cyrillic is another address", "ann@exаmple.org", "ann@xn--exmple-4nf.org"},
		{"full-width letters are the plain ones", "ann@ｅxample.org", "ann@example.org"},
		{"nothing", "   ", ""},
		{"a second header", "a@x.org\r\nBcc: b@y.org", ""},
		{"a second header before the @", "a\r\nBcc: b@y.org", ""},
		{"a line break inside the domain", "a@x\n.org", ""},
		{"two addresses", "a@x.org,b@y.org", ""},
		{"a name beside it", "Ann <ann@example.org>", ""},
		{"a quoted part", `"a b"@example.org`, ""},
		{"a comment", "a(b)@example.org", ""},
		{"no @", "ann.example.org", ""},
		{"two @", "a@b@example.org", ""},
		{"nothing before the @", "@example.org", ""},
		{"nothing after the @", "ann@", ""},
		{"a domain without a dot", "ann@localhost", ""},
		{"a domain that ends in a dot", "ann@example.org.", ""},
		{"an empty label", "ann@example..org", ""},
		{"an address literal", "ann@[127.0.0.1]", ""},
		{"dots in a row", "a..b@example.org", ""},
		{"a dot at the end", "a.@example.org", ""},
		{"letters beyond ASCII before the @", "änn@example.org", ""},
		{"a NUL", "a\x00b@example.org", ""},
		{"65 characters before the @", strings.Repeat("a", 65) + "@example.org", ""},
		{"64 characters before the @", strings.Repeat("a", 64) + "@example.org", strings.Repeat("a", 64) + "@example.org"},
		{"320 characters", "a@" + strings.Repeat(strings.Repeat("b", 50)+".", 6) + "example.org", ""},
		{"a megabyte", "a@" + strings.Repeat("b.", 500_000) + "org", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := ParseMail(row.typed)
			if got != row.want || (err == nil) != (row.want != "") {
				t.Errorf("got %q, %v", got, err)
			}
			if err != nil && kernel.KindOf(err) != kernel.Invalid {
				t.Errorf("the refusal is of kind %s", kernel.KindOf(err))
			}
		})
	}
}

func FuzzParseMail(f *testing.F) {
	for _, s := range []string{"a@x.org", "a@x\r\n.org", "ü@ü.org", "a@xn--a.org", "0@0\x87.0", "a@ß.de", "a@ǅ.x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := ParseMail(typed)
		if err != nil {
			return
		}
		if strings.ContainsAny(got, "\r\n \t,;<>\"()") || strings.Count(got, "@") != 1 || len(got) > maxAddress {
			t.Errorf("%q became %q", typed, got)
		}
		if again, err := ParseMail(got); err != nil || again != got {
			t.Errorf("%q is not stable: %q, %v", got, again, err)
		}
	})
}
