package search

import (
	"slices"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	rows := []struct{ name, in, want string }{
		{"case goes", "FOSDEM Bread", "fosdem bread"},
		{"Latin accents go, composed", "Café Über Łódź naïve Ñandú", "cafe uber lodz naive nandu"},
		{"Latin accents go, decomposed", "Cafe\u0301", "cafe"},
		{"Vietnamese has two marks on one letter", "Tiếng Việt Đà Nẵng", "tieng viet da nang"},
		{"letters that Unicode keeps whole", "Straße Œuvre Ærø þing", "strasse oeuvre aero thing"},
		{"Turkish i in all its forms", "İstanbul ISPARTA ılık", "istanbul isparta ilik"},
		{"Greek accents and the last sigma", "Ὀδυσσεύς ΆΝΘΡΩΠΟΣ", "οδυσσευσ ανθρωποσ"},
		{"Cyrillic marks", "Ёлка Київ Й", "елка киів и"},
		{"Arabic vowel signs", "مَكْتَبَةٌ", "مكتبه"},
		{"Arabic forms of alef", "أحمد إسلام آمال ٱلكتاب", "احمد اسلام امال الكتاب"},
		{"Arabic tatweel and presentation forms", "مـــدرسة ﷲ", "مدرسه الله"},
		{"Persian kaf and yeh", "کتابی", "كتابي"},
		{"Hebrew points and the forms at a word's end", "שָׁלוֹם", "שלומ"},
		{"Devanagari signs are letters", "हिन्दी", "हिन्दी"},
		{"Thai tone marks are letters", "ที่นี่", "ที่นี่"},
		{"Hangul stays in syllables", "한국어 배움", "한국어 배움"},
		{"Hangul that came in single letters is put together", "한국", "한국"},
		{"kana marks are letters", "がっこう ぱん", "がっこう ぱん"},
		{"half-width kana and full-width Latin", "ｶﾞｯｺｳ ＡＢＣ", "ガッコウ abc"},
		{"ligatures", "ﬁnal", "final"},
		{"digits of other scripts", "٢٠٢٧ २०२७ ２０２７", "2027 2027 2027"},
		{"a mark on a digit of another script, and on an apostrophe", "߀̀ ’̀", "0 '"},
		{"invisible characters", "Lern\u00adfest \u200bשלום\u200f", "lernfest שלומ"},
		{"nothing", "", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if got := Fold(row.in); got != row.want {
				t.Errorf("Fold(%q) = %q (%+q), want %q (%+q)", row.in, got, got, row.want, row.want)
			}
		})
	}
}

func TestFold_twiceIsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := Fold(rapid.String().Draw(t, "text"))
		if twice := Fold(once); twice != once {
			t.Fatalf("%+q, then %+q", once, twice)
		}
		if !utf8.ValidString(once) {
			t.Fatalf("%q is not UTF-8", once)
		}
	})
}

func TestWords(t *testing.T) {
	rows := []struct {
		name, in string
		want     []string
	}{
		{"letters and digits", "Go 1.26, now!", []string{"go", "1", "26", "now"}},
		{"an apostrophe parts words", "l'atelier d’été", []string{"l", "atelier", "d", "ete"}},
		{"Han in single letters and pairs", "東京都", []string{"東", "京", "東京", "都", "京都"}},
		{"Han beside Latin", "AI人工", []string{"ai", "人", "工", "人工"}},
		{"the long vowel sign belongs to kana", "コーヒー", []string{"コ", "ー", "コー", "ヒ", "ーヒ", "ー", "ヒー"}},
		{"a Thai letter keeps its marks", "ที่นี่", []string{"ที่", "นี่", "ที่นี่"}},
		{"Korean from each syllable on, but the last", "평생학습", []string{"평생학습", "생학습", "학습"}},
		{"Korean behind Latin", "AI교육", []string{"ai교육", "교육"}},
		{"Arabic without its article too", "المكتبة والكتاب بالمدرسة للأطفال", []string{"المكتبه", "مكتبه", "والكتاب", "كتاب", "بالمدرسه", "مدرسه", "للاطفال", "اطفال"}},
		{"Arabic that only begins like an article", "الى اللغة", []string{"الي", "اللغه", "لغه"}},
		{"Devanagari words are spaced", "हिन्दी भाषा", []string{"हिन्दी", "भाषा"}},
		{"signs are no words", "🎪 ++ —", nil},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var got []string
			words(row.in, func(w string) { got = append(got, w) })
			if !slices.Equal(got, row.want) {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// What somebody copies out of a text must be found in it, in any script.
func TestQuery_findsItsOwnText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		known := map[string]bool{}
		words(text, func(w string) { known[w] = true })
		for _, term := range query(text) {
			if !known[term.word] {
				t.Fatalf("%q is asked for, but the words are %v", term.word, known)
			}
		}
	})
}
