package intake

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"feria/festival"
)

// fold makes the form in which words of files are compared: lower case,
// without accents, everything but letters and digits as one space.
func fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	return norm.NFC.String(b.String())
}

// formats are the words that files use for the formats that Feria knows, folded.
var formats = invert(map[string]string{
	"workshop":      "workshop|workshops|hands on|handson|hands on workshop|sponsor workshop|atelier|ateliers|werkstatt|mitmachen|체험|워크숍|워크샵|실습",
	"talk":          "talk|talks|lecture|lectures|presentation|keynote|vortrag|vortrage|lightning talk|lightningtalk|lightning talks|expose|charla|charlas|seminar|seminaire|강연|강의|발표",
	"demonstration": "demonstration|demonstrations|demo|demos|vorfuhrung|시연",
	"class":         "class|classes|course|kurs|cours|tutorial|tutorials|master class|masterclass|taster|강좌|수업",
	"walk":          "walk|walks|tour|tours|guided tour|fuhrung|rundgang|visite|visite guidee|balade|excursion|탐방|투어",
	"performance":   "performance|performances|concert|concerts|show|shows|konzert|theater|theatre|spectacle|공연|콘서트",
	"exhibition":    "exhibition|exhibit|exhibits|ausstellung|exposition|poster|posters|전시",
	"open_day":      "open day|open doors|tag der offenen tur|portes ouvertes|journee portes ouvertes",
	"information":   "information|informational|information session|infoveranstaltung|seance d information|안내|설명회",
	"discussion":    "discussion|discussions|panel|panels|podium|debate|debat|roundtable|round table|podiumsdiskussion|table ronde|bof|birds of a feather|토론|간담회",
	"competition":   "competition|contest|hackathon|wettbewerb|concours|대회|경연",
	"online":        "online|webinar|webinaire|livestream|온라인",
	"ceremony":      "ceremony|opening|closing|opening ceremony|closing ceremony|eroffnung|ceremonie|개회식|시상식",
	"meeting":       "meeting|meetings|meetup|treffen|reunion|rencontre|모임|회의",
	"other":         "other|sonstiges|autre|autres|기타",
})

// invert turns lists of folded words into a map from each word to its list.
func invert(lists map[string]string) map[string]string {
	out := map[string]string{}
	for value, list := range lists {
		for _, word := range strings.Split(list, "|") {
			out[fold(word)] = value
		}
		out[fold(value)] = value
	}
	return out
}

// format gives the known format of a word, or the word itself as it stands.
func (b *book) format(s, record string, at int) string {
	s = b.line(s, "format", record, at)
	known, ok := formats[fold(s)]
	if !ok {
		return s
	}
	if s != known && fold(s) != fold(known) {
		b.tally(festival.Guessed, "format_read", s, record, at, "taken", known)
	}
	return known
}

// languageNames are names of languages in English, French, German, Korean and
// their own, folded; those of the most common in Arabic.
var languageNames = map[string]string{
	"english": "en", "anglais": "en", "englisch": "en", "영어": "en", "ingles": "en", "英文": "en", "英語": "en",
	"french": "fr", "francais": "fr", "franzosisch": "fr", "불어": "fr", "프랑스어": "fr", "german": "de", "allemand": "de", "deutsch": "de", "독일어": "de",
	"korean": "ko", "coreen": "ko", "koreanisch": "ko", "한국어": "ko", "국어": "ko", "japanese": "ja", "japonais": "ja", "japanisch": "ja", "일본어": "ja", "日本語": "ja",
	"chinese": "zh", "chinois": "zh", "chinesisch": "zh", "중국어": "zh", "中文": "zh", "mandarin": "zh", "漢語": "zh", "spanish": "es", "espagnol": "es", "spanisch": "es", "espanol": "es", "castellano": "es", "스페인어": "es",
	"italian": "it", "italien": "it", "italienisch": "it", "italiano": "it", "portuguese": "pt", "portugais": "pt", "portugiesisch": "pt", "portugues": "pt",
	"dutch": "nl", "neerlandais": "nl", "niederlandisch": "nl", "nederlands": "nl", "flemish": "nl", "polish": "pl", "polonais": "pl", "polnisch": "pl", "polski": "pl",
	"russian": "ru", "russe": "ru", "russisch": "ru", "русскии": "ru", "ukrainian": "uk", "ukrainien": "uk", "ukrainisch": "uk", "українська": "uk", "turkish": "tr", "turc": "tr", "turkisch": "tr", "turkce": "tr",
	"arabic": "ar", "arabe": "ar", "arabisch": "ar", "العربية": "ar", "عربي": "ar", "بالعربية": "ar", "الانجليزية": "en", "انجليزي": "en", "بالانجليزية": "en", "الفرنسية": "fr", "فرنسي": "fr", "بالفرنسية": "fr", "hebrew": "he", "hebreu": "he", "hebraisch": "he", "עברית": "he", "persian": "fa", "farsi": "fa", "persan": "fa", "persisch": "fa",
	"irish": "ga", "gaeilge": "ga", "irlandais": "ga", "irisch": "ga", "welsh": "cy", "cymraeg": "cy", "gallois": "cy", "swedish": "sv", "suedois": "sv", "schwedisch": "sv", "svenska": "sv",
	"danish": "da", "danois": "da", "danisch": "da", "dansk": "da", "norwegian": "no", "norvegien": "no", "norwegisch": "no", "norsk": "no", "finnish": "fi", "finnois": "fi", "finnisch": "fi", "suomi": "fi",
	"czech": "cs", "tcheque": "cs", "tschechisch": "cs", "greek": "el", "grec": "el", "griechisch": "el", "ελληνικα": "el", "hungarian": "hu", "hongrois": "hu", "ungarisch": "hu", "magyar": "hu",
	"romanian": "ro", "roumain": "ro", "rumanisch": "ro", "romana": "ro", "catalan": "ca", "katalanisch": "ca", "catala": "ca", "vietnamese": "vi", "vietnamien": "vi", "vietnamesisch": "vi", "베트남어": "vi", "thai": "th", "thailandais": "th", "hindi": "hi",
}

// languages reads a list like "de, en" or "Deutsch/English" as BCP 47 tags.
func (b *book) languages(s, record string, at int) []string {
	var out []string
	for _, word := range strings.FieldsFunc(s, func(r rune) bool {
		return r == ',' || r == ';' || r == '/' || r == '|' || r == '&' || r == '+' || r == '、' || r == '\n'
	}) {
		for _, w := range strings.Split(strings.ReplaceAll(strings.ReplaceAll(word, " and ", " und "), " et ", " und "), " und ") {
			if w = strings.TrimSpace(w); w == "" {
				continue
			}
			tag, ok := languageTag(w)
			if !ok {
				b.tally(festival.Lost, "language_unknown", w, record, at)
				continue
			}
			if !slices.Contains(out, tag) {
				out = append(out, tag)
			}
		}
	}
	return out
}

// languageTag gives the BCP 47 tag of a code or a name.
func languageTag(w string) (string, bool) {
	if tag, ok := languageNames[fold(w)]; ok {
		return tag, true
	}
	if base, _, _ := strings.Cut(strings.ReplaceAll(w, "_", "-"), "-"); len(base) < 2 || len(base) > 3 {
		return "", false
	}
	switch w { // by far the most usual, without the parser
	case "en", "fr", "de", "es", "it", "ko", "zh", "ja", "nl":
		return w, true
	}
	t, err := language.Parse(strings.ReplaceAll(w, "_", "-"))
	if err != nil || t == language.Und {
		return "", false
	}
	return t.String(), true
}

// yesNo reads a flag; known is false for what is neither.
func yesNo(s string) (yes, known bool) {
	if strings.ContainsAny(s, "✓✔☑✗✘☐") {
		return strings.ContainsAny(s, "✓✔☑"), true
	}
	switch fold(s) {
	case "true", "yes", "y", "1", "x", "ja", "j", "oui", "o", "si", "vrai", "wahr", "예", "네", "필수", "필요", "가능", "있음", "required", "obligatoire", "erforderlich", "유료", "paid", "نعم", "مطلوب":
		return true, true
	case "false", "no", "n", "0", "nein", "non", "faux", "falsch", "아니오", "아니요", "불필요", "불가", "없음", "무", "무료", "free", "not required", "nicht erforderlich", "لا", "غير مطلوب", "مجاني", "مجانا", "":
		return false, true
	}
	return false, false
}

// ages reads "8+", "3-7", "ab 8", "dès 8 ans", "8세 이상", "bis 12"; ok is false
// for what says nothing about years.
func ages(s string) (least, most int, ok bool) {
	f := fold(strings.NewReplacer("–", "-", "—", "-", "~", "-", "～", "-").Replace(s))
	switch f {
	case "all", "all ages", "alle", "alle altersgruppen", "tous", "tous ages", "tout public", "everyone", "any", "family", "familien", "famille", "전체", "누구나", "모두", "전 연령":
		return 0, 0, true
	case "adult", "adults", "adults only", "erwachsene", "adultes", "성인":
		return 18, 0, true
	}
	var n []int
	for _, word := range strings.FieldsFunc(f, func(r rune) bool { return r < '0' || r > '9' }) {
		v, err := strconv.Atoi(word)
		if err != nil || v > 130 {
			return 0, 0, false
		}
		n = append(n, v)
	}
	switch {
	case len(n) == 2 && n[0] <= n[1]:
		return n[0], n[1], true
	case len(n) != 1:
		return 0, 0, false
	}
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(" "+f+" ", w) })
	}
	switch {
	case has(" up to ", " bis ", "jusqu", " and under ", " max", "이하", "까지"):
		return 0, n[0], true
	case has(" under ", " unter ", "moins de ", "미만"):
		return 0, n[0] - 1, n[0] > 1
	}
	return n[0], 0, true // "8+", "ab 8", "from 8", "8 ans et plus", "8세 이상", "8"
}

// accessWords are parts of words that name access facts, folded.
var accessWords = []struct{ fact, words string }{
	{festival.StepFree, "wheelchair|step free|rollstuhl|stufenfrei|barrierefrei|fauteuil|pmr|plain pied|휠체어|mi"},
	{festival.HearingLoop, "hearing loop|induction|hörschleife|horschleife|induktions|boucle|보청|hi"},
	{festival.SignLanguage, "sign language|interpreter signed|gebärden|gebarden|dgs|lsf|bsl|isl|langue des signes|수어|수화"},
	{festival.Captions, "caption|subtitle|untertitel|sous titr|자막"},
	{festival.AudioDesc, "audio desc|audiodesk|audiodesc|화면해설|vi"},
	{festival.QuietSpace, "quiet|ruhe|calme|조용"},
	{festival.EasyLanguage, "easy language|easy read|plain language|leichte sprache|einfache sprache|facile a lire|falc|쉬운"},
	{festival.Toilet, "accessible toilet|toilet|toilette|화장실"},
	{festival.Parking, "accessible parking|parkplatz|parking|주차"},
	{festival.Neurodiverse, "neuro|autis|asd|sensory|발달|pi|ii"},
}

// access reads a list of access facts.
func (b *book) access(s, record string, at int) []string {
	var out []string
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '|' || r == '/' || r == '\n' }) {
		f := fold(word)
		if f == "" {
			continue
		}
		found := false
		for _, a := range accessWords {
			for _, w := range strings.Split(a.words, "|") {
				if w = fold(w); len(w) == 2 && f == w || len(w) > 2 && strings.Contains(f, w) {
					found = true
					if !slices.Contains(out, a.fact) {
						out = append(out, a.fact)
					}
				}
			}
			if slices.Contains(festival.AccessFacts, strings.TrimSpace(word)) && a.fact == strings.TrimSpace(word) && !slices.Contains(out, a.fact) {
				found, out = true, append(out, a.fact)
			}
		}
		if yes, known := yesNo(f); !found && known {
			if yes {
				out = append(out, festival.StepFree)
			}
			continue
		}
		if !found {
			b.tally(festival.Lost, "access_unknown", word, record, at)
		}
	}
	return out
}
