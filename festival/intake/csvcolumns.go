package intake

import (
	"cmp"
	"slices"
	"strings"

	"feria/kernel"
)

// Fields are what a column of a CSV can be mapped to, in the order in which the
// console offers them. Those of texts (title, subtitle, abstract, description,
// bring, track) may be followed by a colon and a language: "title:fr".
var Fields = []string{
	"id", "code", "title", "subtitle", "abstract", "description", "format", "track",
	"date", "start", "end", "duration",
	"venue", "address", "district", "lat", "lon", "space", "capacity", "booth",
	"speakers", "hosts", "language", "ages", "age_min", "age_max", "level", "access", "price", "bring",
	"seats", "booking", "link", "material", "status", "no_record",
}

// textFields are the fields that may name a language.
var textFields = []string{"title", "subtitle", "abstract", "description", "bring", "track"}

// headings are the words, folded, that head a column of a field: exact words
// first, then after "~" words that, inside a longer heading, hint at the field.
var headings = map[string]string{
	"id":          "id|event id|session id|identifier|identifiant|nr|no|nummer|number|numero|번호|연번|아이디|الرقم|رقم|المعرف|رقم الفعالية|رقم الجلسة|م~event id|session id",
	"code":        "code|session code|kennung|코드|الرمز|رمز|الكود~",
	"title":       "title|session title|event title|titel|titre|name|event name|session name|event|session|activity|talk|workshop|course|course title|activite|atelier|cours|kurs|veranstaltung|bezeichnung|nom|intitule|제목|행사명|프로그램명|강좌명|프로그램|체험명|عنوان الجلسة|عنوان الفعالية|اسم الفعالية|عنوان النشاط|اسم النشاط|اسم الورشة|الفعالية|النشاط|الجلسة|الورشة|العنوان|عنوان|الاسم~title|titel|titre|제목|프로그램명|عنوان الجلسة|عنوان الفعالية|اسم الفعالية|العنوان",
	"subtitle":    "subtitle|untertitel|sous titre|부제|العنوان الفرعي|عنوان فرعي~subtitle|untertitel|sous titre|부제|العنوان الفرعي",
	"abstract":    "abstract|summary|short description|teaser|kurzbeschreibung|zusammenfassung|resume|resume court|description courte|요약|한줄소개|الملخص|ملخص|نبذة|وصف مختصر~abstract|summary|kurzbeschreibung|요약|الملخص",
	"description": "description|long description|details|beschreibung|inhalt|text|descriptif|contenu|description longue|설명|내용|소개|상세내용|الوصف|وصف|وصف الفعالية|وصف الجلسة|التفاصيل|المحتوى~description|beschreibung|descriptif|설명|내용|الوصف|التفاصيل",
	"format":      "format|type|session type|event type|kind|art|veranstaltungsart|genre|형식|유형|종류|구분|النوع|نوع الفعالية|نوع النشاط|نوع الجلسة|الشكل~session type|event type|format|유형|نوع الفعالية",
	"track":       "track|theme|topic|category|thema|kategorie|rubrik|categorie|thematique|subject|주제|분야|분류|카테고리|المسار|مسار|المحور|الموضوع|الفية|التصنيف|المجال~track|theme|category|thema|categorie|분야|المسار|المحور|التصنيف",
	"date":        "date|day|datum|tag|jour|event date|start date|날짜|일자|요일|일시|행사일|التاريخ|تاريخ|اليوم|تاريخ الفعالية|تاريخ البداية~start date|date|datum|날짜|일자|التاريخ|تاريخ",
	"start":       "start|start time|begin|begins|from|time|when|starts|start at|beginn|beginnt|wann|von|uhrzeit|anfang|zeit|debut|heure|heure de debut|horaire|quand|de|시작|시작시간|시간|시작일시|البداية|وقت البداية|وقت البدء|الوقت|الساعة|التوقيت|من~start time|starts at|heure debut|beginn|시작|البداية|البدء",
	"end":         "end|end time|ends|until|to|finish|ende|bis|endet|fin|heure de fin|a|jusqu a|종료|종료시간|끝|마감시간|종료일시|النهاية|وقت النهاية|وقت الانتهاء|الى~end time|ends at|heure fin|종료|النهاية|الانتهاء",
	"duration":    "duration|length|minutes|dauer|lange|duree|소요시간|진행시간|المدة|مدة|المدة بالدقايق~duration|dauer|duree|소요|المدة",
	"venue":       "venue|venue name|place|location|where|wo|ort|veranstaltungsort|ou|lieu|etablissement|장소|기관장소|행사장|개최장소|المكان|مكان|اسم المكان|مكان الفعالية|الموقع|المقر~venue|veranstaltungsort|장소|المكان|مكان الفعالية",
	"address":     "address|street|street address|adresse|anschrift|strasse|rue|주소|소재지|عنوان المكان|العنوان التفصيلي|الشارع~address|adresse|anschrift|주소|عنوان المكان|الشارع|العنوان",
	"district":    "district|area|neighbourhood|neighborhood|stadtteil|bezirk|quartier|arrondissement|구|동|지역|الحي|المنطقة|الدايرة~district|stadtteil|quartier|المنطقة",
	"lat":         "lat|latitude|breite|breitengrad|위도|خط العرض~latitude|위도|خط العرض",
	"lon":         "lon|lng|long|longitude|lange geo|langengrad|경도|خط الطول~longitude|경도|خط الطول",
	"space":       "room|space|hall|stage|raum|saal|zimmer|buhne|salle|espace|scene|강의실|호실|방|홀|무대|location room|القاعة|قاعة|الغرفة|غرفة|الصالة|المسرح~room|raum|salle|강의실|القاعة|الغرفة",
	"capacity":    "capacity|room capacity|kapazitat|capacite|jauge|수용인원|السعة|سعة القاعة~capacity|kapazitat|capacite|السعة|سعة القاعة",
	"booth":       "booth|stand|stall|stand nr|stand number|부스|부스번호|الجناح|رقم الجناح|الكشك~booth|부스|الجناح",
	"speakers":    "speaker|speakers|presenter|presenters|facilitator|tutor|teacher|instructor|referent|referenten|referentin|leitung|dozent|dozentin|sprecher|intervenant|intervenants|intervenante|animateur|formateur|강사|발표자|연사|강사명|المتحدث|المتحدثون|المتحدثين|اسم المتحدث|المحاضر|المحاضرون|المدرب|المقدم~speaker|presenter|referent|intervenant|강사|연사|المتحدث|المحاضر|المدرب",
	"hosts":       "host|hosts|organiser|organizer|organisation|organization|provider|partner|veranstalter|anbieter|organisator|trager|organisateur|organisme|association|partenaire|주최|주관|기관|기관명|운영기관|단체|المنظم|المنظمون|الجهة المنظمة|الجهة|المضيف|الموسسة|الجمعية|الشريك~organiser|organizer|organisation|veranstalter|organisateur|기관|المنظم|الجهة",
	"language":    "language|languages|lang|sprache|sprachen|langue|langues|언어|اللغة|اللغات|لغة الجلسة|لغة الفعالية~language|sprache|langue|언어|اللغة",
	"ages":        "age|ages|age group|age range|alter|altersgruppe|ab alter|age minimum|tranche d age|public|연령|대상연령|나이|대상|العمر|الاعمار|السن|الفية العمرية|الفية المستهدفة~age group|altersgruppe|tranche d age|연령|العمرية|الاعمار",
	"age_min":     "age min|min age|minimum age|mindestalter|최소연령|الحد الادنى للعمر~",
	"age_max":     "age max|max age|maximum age|hochstalter|최대연령|الحد الاقصى للعمر~",
	"level":       "level|skill level|difficulty|niveau|schwierigkeit|난이도|수준|المستوى|مستوى الصعوبة~level|niveau|난이도|المستوى",
	"access":      "access|accessibility|wheelchair|wheelchair access|barrierefreiheit|barrierefrei|accessibilite|pmr|접근성|휠체어|امكانية الوصول|سهولة الوصول~accessib|barrierefrei|wheelchair|휠체어|امكانية الوصول",
	"price":       "price|cost|fee|fees|preis|kosten|eintritt|gebuhr|prix|tarif|cout|participation|요금|비용|참가비|수강료|재료비|paid|السعر|الثمن|التكلفة|الرسوم|رسوم المشاركة~price|cost|fee|preis|tarif|비용|참가비|paid|السعر|الرسوم|التكلفة",
	"bring":       "bring|what to bring|bring along|mitbringen|a apporter|apporter|materiel a apporter|준비물|ما يجب احضاره|المستلزمات|الادوات المطلوبة~to bring|mitbringen|apporter|준비물|يجب احضاره",
	"seats":       "seats|places|spots|max participants|participants|number of participants|platze|teilnehmerzahl|max teilnehmer|nombre de places|nb places|정원|모집인원|인원|인원수|المقاعد|عدد المقاعد|الاماكن|عدد الاماكن|عدد المشاركين~max participants|nombre de places|teilnehmer|정원|모집인원|المقاعد|عدد المشاركين",
	"booking":     "booking|booking required|registration|registration required|anmeldung|anmeldung erforderlich|inscription|reservation|sur inscription|sur reservation|사전신청|예약|신청|예약여부|الحجز|التسجيل|التسجيل المسبق~registration|booking|anmeldung|inscription|pre reg|사전신청|예약|الحجز|التسجيل",
	"link":        "link|url|website|web|homepage|booking link|registration link|internet|lien|site|site web|링크|홈페이지|신청링크|الرابط|رابط|الموقع الالكتروني|رابط التسجيل|رابط الحجز~link|url|website|lien|홈페이지|الرابط|رابط",
	"material":    "material|materials|slides|handout|unterlagen|support|supports|diaporama|자료|المواد|المرفقات|العرض التقديمي~slides|handout|unterlagen|المرفقات",
	"status":      "status|state|zustand|statut|etat|상태|الحالة|حالة~",
	"no_record":   "do not record|no recording|optout|recording optout|nicht aufzeichnen|عدم التسجيل~",
}

// headingLanguages are the words at the end of a heading that name a language.
var headingLanguages = []string{"en", "fr", "de", "ko", "kr", "eng", "zh", "ja", "es", "it", "nl", "english", "anglais", "englisch", "영문", "영어", "french", "بالعربية", "بالانجليزية", "بالفرنسية", "francais", "franzosisch", "german", "deutsch", "allemand", "korean", "국문", "한국어", "한글"}

// Columns reads the header of a CSV and proposes what each column is: from its
// heading, in English, French, German, Korean or Arabic, and from how full it is.
// Hash names the layout, for remembering a mapping; sample is the first rows as
// they stand. Errors as of Read.
func Columns(data []byte) (header []string, hash string, proposed map[string]string, sample [][]string, err error) {
	if len(data) > MaxBytes {
		return nil, "", nil, nil, kernel.New(kernel.TooLarge, "import_too_large", "file", "max", MaxBytes>>20)
	}
	if spreadsheet(data) {
		return nil, "", nil, nil, refuse("import_spreadsheet")
	}
	f := decode(data)
	if strings.TrimSpace(f.text) == "" {
		return nil, "", nil, nil, refuse("import_empty")
	}
	if !f.readable() {
		return nil, "", nil, nil, refuse("import_unknown_format")
	}
	t, err := readTable(f.text)
	if err != nil {
		return nil, "", nil, nil, err
	}
	for _, r := range t.rows[:min(len(t.rows), 5)] {
		cells := make([]string, len(t.header))
		for i := range cells {
			if i < len(r) {
				cells[i] = clip(oneLine(r[i]), 200)
			}
		}
		sample = append(sample, cells)
	}
	return t.header, Layout(t.header), propose(t), sample, nil
}

// Layout names the tables that have this header, for remembering a mapping.
func Layout(header []string) string { return kernel.DeriveID(header...) }

// IsField says whether a column can mean that: one of Fields, where it is a text
// also with a language, as "title:fr".
func IsField(field string) bool {
	name, lang, inLanguage := strings.Cut(field, ":")
	return slices.Contains(Fields, name) && (!inLanguage || lang != "" && HasLanguage(name))
}

// HasLanguage says whether a field is a text, which may name its language.
func HasLanguage(field string) bool { return slices.Contains(textFields, field) }

// claim is how well a column suits a field.
type claim struct {
	column int
	field  string
	lang   string
	score  float64
}

// propose gives each column at most one field and each field at most one column
// per language, the best suited first.
func propose(t *table) map[string]string {
	var claims []claim
	for i, h := range t.header {
		full := t.filled(i)
		if full == 0 {
			continue
		}
		lang, heading := headingLanguage(fold(spread(h)))
		for _, field := range Fields {
			if s := suits(field, heading); s > 0 {
				c := claim{column: i, field: field, score: s * (0.5 + full/2)}
				if slices.Contains(textFields, field) {
					c.lang = lang
				}
				claims = append(claims, c)
			}
		}
	}
	slices.SortStableFunc(claims, func(a, b claim) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.column, b.column))
	})
	out := map[string]string{}
	taken := map[string]bool{}
	for _, c := range claims {
		to := c.field
		if c.lang != "" {
			to += ":" + c.lang
		}
		if _, done := out[t.header[c.column]]; !done && !taken[to] {
			out[t.header[c.column]], taken[to] = to, true
		}
	}
	return out
}

// filled gives the share of rows in which a column says something.
func (t *table) filled(column int) float64 {
	n := 0
	for i := range t.rows {
		if t.cell(i, column) != "" {
			n++
		}
	}
	return float64(n) / float64(max(1, len(t.rows)))
}

// suits says how well a folded heading names a field: 1 for its first word, a
// little less for each later one, half for a hint inside.
func suits(field, heading string) float64 {
	exact, hints, _ := strings.Cut(headings[field], "~")
	for i, w := range strings.Split(exact, "|") {
		if w == heading {
			return 1 - float64(i)/100
		}
	}
	if hints == "" {
		return 0
	}
	for i, w := range strings.Split(hints, "|") {
		// Longer hints may begin a word ("speakers", "accessibility"); Korean
		// does not separate its words at all.
		if strings.Contains(" "+heading+" ", " "+w+" ") || len(w) > 4 && strings.Contains(" "+heading, " "+w) || w[0] >= 0x80 && strings.Contains(heading, w) {
			return 0.5 - float64(i)/100
		}
	}
	return 0
}

// headingLanguage cuts a language off the end of a heading: "title fr".
func headingLanguage(heading string) (lang, rest string) {
	at := strings.LastIndexByte(heading, ' ')
	if at < 0 {
		return "", heading
	}
	word := heading[at+1:]
	if !slices.Contains(headingLanguages, word) {
		return "", heading
	}
	switch word {
	case "kr", "국문", "한글":
		return "ko", heading[:at]
	case "eng", "영문":
		return "en", heading[:at]
	}
	lang, _ = languageTag(word)
	return lang, heading[:at]
}

// spread separates the words of "startTime".
func spread(h string) string {
	var b strings.Builder
	before := rune(0)
	for _, r := range h {
		if r >= 'A' && r <= 'Z' && before >= 'a' && before <= 'z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}
