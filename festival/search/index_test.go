package search

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/locale"
)

const event = "harbour/lf"

func base(own string) festival.Base {
	return festival.Base{ID: festival.RecordID(event, own), Event: event}
}

func en(s string) locale.Text { return locale.Text{"en": s} }

// town is a small festival with a session in each of many scripts.
func town(t testing.TB) *festival.Programme {
	t.Helper()
	at := func(day, clock string) time.Time {
		start, err := festival.LocalTime("Europe/Berlin", festival.Date(day), clock)
		if err != nil {
			t.Fatal(err)
		}
		return start
	}
	p := &festival.Programme{
		Event: festival.Event{ID: event, Slug: "lf", Zone: "Europe/Berlin", Start: "2027-04-12", End: "2027-04-13", DayChange: "05:00", Locales: []string{"en", "fr"},
			Tracks: []festival.Track{{Slug: "food", Name: en("Food"), Color: "#b3301a"}, {Slug: "empty", Name: en("Empty")}}},
		Venues: []festival.Venue{
			{Base: base("v1"), Slug: "library", Name: locale.Text{"en": "Central Library", "fr": "Bibliothèque centrale"}, Access: []string{festival.StepFree}},
			{Base: base("v2"), Slug: "pier", Name: en("Pier 3"), District: "Hafenstraße"},
		},
		Spaces: []festival.Space{
			{Base: base("s1"), Venue: event + "/v1", Name: en("Reading room"), Order: 2, Access: []string{festival.HearingLoop}},
			{Base: base("s2"), Venue: event + "/v2", Name: en("Tent"), Order: 1},
		},
		Booths: []festival.Booth{{Base: base("b1"), Space: event + "/s2", Code: "A12", Name: en("Bees")}},
		Hosts: []festival.Host{
			{Base: base("h1"), Slug: "jose", Name: "José Ångström", Person: true},
			{Base: base("h2"), Slug: "lab", Name: "Town Lab", Names: locale.Text{"ko": "시민 연구소"}},
		},
	}
	session := func(own string, s festival.Session) {
		s.Base, s.Code = base(own), strings.ToUpper(own)
		p.Sessions = append(p.Sessions, s)
	}
	slot := func(own, session, day, clock, space, booth string, seating festival.Seating) *festival.Frozen {
		start := at(day, clock)
		f := festival.Frozen{Slot: festival.Slot{Base: base(own), Session: event + "/" + session, Start: start, End: start.Add(time.Hour), Seating: seating}}
		if space != "" {
			f.Space = event + "/" + space
		}
		if booth != "" {
			f.Booth = event + "/" + booth
		}
		p.Slots = append(p.Slots, f)
		return &p.Slots[len(p.Slots)-1]
	}
	session("bread", festival.Session{Title: locale.Text{"en": "Baking bread", "fr": "Faire du pain levé"}, Abstract: en("Sourdough for beginners"), Format: "workshop", Track: "food",
		Hosts: []string{event + "/h1"}, Languages: []string{"en", "fr"}, AgeMin: 8, AgeMax: 12})
	session("robots", festival.Session{Title: locale.Text{"ko": "도서관에서 로봇 만들기", "en": "Robots"}, Format: "Hack Night", Hosts: []string{event + "/h2"}, Languages: []string{"en-GB", "ko"}, Price: "€5", AgeMin: 16})
	session("tokyo", festival.Session{Title: locale.Text{"ja": "東京の学び", "th": "การเรียนรู้"}, Subtitle: locale.Text{"ar": "مَكْتَبَةٌ كبيرة في المدينة", "he": "שָׁלוֹם"}, Description: locale.Text{"el": "Ὀδυσσεύς"}, Access: []string{festival.SignLanguage}, Languages: []string{"ja"}})
	slot("x1", "bread", "2027-04-12", "10:00", "s1", "", festival.Bookable)
	slot("x2", "bread", "2027-04-13", "14:00", "", "b1", festival.Bookable)
	slot("x3", "robots", "2027-04-13", "01:30", "s2", "", festival.External)
	slot("x4", "tokyo", "2027-04-12", "18:00", "s1", "", festival.WalkIn)
	slot("x5", "tokyo", "2027-04-12", "18:00", "s2", "", festival.WalkIn).State = festival.Cancelled
	return p.Ready()
}

func found(slots []festival.Frozen) string {
	var out []string
	for _, s := range slots {
		out = append(out, festival.Own(s.ID))
	}
	return strings.Join(out, " ")
}

func TestIndex_Slots(t *testing.T) {
	ix := Build(town(t))
	states := map[string]festival.PlacesState{event + "/x1": festival.PlacesFull, event + "/x2": festival.PlacesFew}
	places := func(id string) festival.PlacesState { return states[id] }
	rows := []struct {
		name string
		f    Filter
		want string
	}{
		{"no filter gives all, by start and then by the order of spaces", Filter{}, "x1 x5 x4 x3 x2"},
		{"a word of a title", Filter{Q: "baking"}, "x1 x2"},
		{"a word of a title in another language, without its accent", Filter{Q: "LEVE"}, "x1 x2"},
		{"a word of an abstract", Filter{Q: "sourdough"}, "x1 x2"},
		{"the beginning of the last word", Filter{Q: "baking bre"}, "x1 x2"},
		{"the beginning of another word does not do", Filter{Q: "bak bread"}, ""},
		{"all words must be found", Filter{Q: "baking robots"}, ""},
		{"words from different fields", Filter{Q: "bread library"}, "x1"},
		{"a host's name without accents", Filter{Q: "jose angstrom"}, "x1 x2"},
		{"a host's name in another language", Filter{Q: "연구소"}, "x3"},
		{"a venue's name in another language", Filter{Q: "bibliotheque"}, "x1 x4"},
		{"a space's name", Filter{Q: "reading"}, "x1 x4"},
		{"a booth's code", Filter{Q: "a12"}, "x2"},
		{"a district with a sharp s", Filter{Q: "hafenstrasse"}, "x5 x3 x2"},
		{"Korean with its particle left out, not the last word", Filter{Q: "도서관 로봇"}, "x3"},
		{"the end of a Korean word", Filter{Q: "서관 만들기"}, "x3"},
		{"a Korean word that goes on otherwise", Filter{Q: "도서실"}, ""},
		{"an Arabic word that the text has with its article", Filter{Q: "مدينة"}, "x5 x4"},
		{"and with it", Filter{Q: "المدينة"}, "x5 x4"},
		{"two Han letters", Filter{Q: "東京"}, "x5 x4"},
		{"one Han letter inside a word", Filter{Q: "京"}, "x5 x4"},
		{"Han letters that are not neighbours", Filter{Q: "東学"}, ""},
		{"a part of a Thai text", Filter{Q: "เรียน"}, "x5 x4"},
		{"Arabic without vowel signs", Filter{Q: "مكتبة"}, "x5 x4"},
		{"Hebrew without points", Filter{Q: "שלום"}, "x5 x4"},
		{"Greek without accents, in capitals", Filter{Q: "ΟΔΥΣΣΕΥΣ"}, "x5 x4"},
		{"a session's code", Filter{Q: "robots"}, "x3"},
		{"nothing but signs finds nothing", Filter{Q: "🎪"}, ""},
		{"spaces are no search", Filter{Q: "  "}, "x1 x5 x4 x3 x2"},
		{"a day, to which belongs what starts after midnight", Filter{Day: "2027-04-12"}, "x1 x5 x4 x3"},
		{"the morning", Filter{Part: Morning}, "x1"},
		{"the afternoon", Filter{Part: Afternoon}, "x2"},
		{"the evening goes on after midnight", Filter{Part: Evening}, "x5 x4 x3"},
		{"a track", Filter{Track: "food"}, "x1 x2"},
		{"a track that is not there", Filter{Track: "sports"}, ""},
		{"a format without regard to case", Filter{Format: "hack night"}, "x3"},
		{"a language", Filter{Lang: "fr"}, "x1 x2"},
		{"a language finds its regions", Filter{Lang: "en"}, "x1 x3 x2"},
		{"a region does not find the language", Filter{Lang: "en-gb"}, "x3"},
		{"an age in the range", Filter{Age: 12}, "x1 x5 x4 x2"},
		{"an age above the range and at the lower end of another", Filter{Age: 16}, "x5 x4 x3"},
		{"a fact of the venue", Filter{Access: []string{festival.StepFree}}, "x1 x4"},
		{"facts of venue, space and session together", Filter{Access: []string{festival.StepFree, festival.HearingLoop, festival.SignLanguage}}, "x4"},
		{"a fact that nothing has", Filter{Access: []string{festival.Captions}}, ""},
		{"free of charge", Filter{Free: true}, "x1 x5 x4 x2"},
		{"places left: not full, not cancelled, not booked elsewhere", Filter{Places: true}, "x4 x2"},
		{"a booth by its code", Filter{Booth: "a12"}, "x2"},
		{"a booth by its id", Filter{Booth: "b1"}, "x2"},
		{"a venue", Filter{Venue: "pier"}, "x5 x3 x2"},
		{"a host", Filter{Host: "lab"}, "x3"},
		{"several filters and a search", Filter{Q: "bread", Day: "2027-04-13", Places: true, Free: true}, "x2"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got := ix.Slots(row.f, places)
			if found(got) != row.want {
				t.Errorf("found %q, want %q", found(got), row.want)
			}
			if n := ix.Count(row.f, places); n != len(got) {
				t.Errorf("Count says %d of %d", n, len(got))
			}
		})
	}
}

func TestIndex_withoutKnowingPlaces(t *testing.T) {
	ix := Build(town(t))
	if got := found(ix.Slots(Filter{Places: true}, nil)); got != "x1 x4 x2" {
		t.Errorf("found %q; slots of which nothing is known count as free", got)
	}
}

func TestIndex_emptyProgramme(t *testing.T) {
	ix := Build((&festival.Programme{}).Ready())
	if got := ix.Slots(Filter{Q: "a", Access: []string{festival.StepFree}, Age: 5, Places: true}, nil); len(got) != 0 {
		t.Errorf("found %v", got)
	}
}

func TestIndex_Facets(t *testing.T) {
	ix := Build(town(t))
	f := ix.Facets()
	list := func(all []Facet) string {
		var out []string
		for _, one := range all {
			out = append(out, one.Value+":"+string(rune('0'+one.Count)))
		}
		return strings.Join(out, " ")
	}
	if f.Total != 5 || f.Free != 4 {
		t.Errorf("total %d, free %d", f.Total, f.Free)
	}
	for _, row := range []struct{ name, got, want string }{
		{"days", list(f.Days), "2027-04-12:4 2027-04-13:1"},
		{"parts", list(f.Parts), "morning:1 afternoon:1 evening:3"},
		{"tracks without empty ones", list(f.Tracks), "food:2"},
		{"known formats first", list(f.Formats), "workshop:2 Hack Night:1"},
		{"languages by number", list(f.Languages), "en:3 fr:2 ja:2 en-GB:1 ko:1"},
		{"ages at which the offer changes", list(f.Ages), "8:4 13:2 16:3"},
		{"access", list(f.Access), "step_free:2 hearing_loop:2 sign_language:2"},
		{"venues", list(f.Venues), "library:2 pier:3"},
		{"booths", list(f.Booths), "A12:1"},
	} {
		if row.got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, row.got, row.want)
		}
	}
	// A facet's number is what its link finds.
	for _, day := range f.Days {
		if n := ix.Count(Filter{Day: day.Value}, nil); n != day.Count {
			t.Errorf("day %s finds %d, not %d", day.Value, n, day.Count)
		}
	}
	for _, age := range f.Ages {
		years, err := strconv.Atoi(age.Value)
		if n := ix.Count(Filter{Age: years}, nil); err != nil || n != age.Count {
			t.Errorf("age %s finds %d, not %d (%v)", age.Value, n, age.Count, err)
		}
	}
}
