package feed

import (
	"testing"
	"time"

	"feria/festival"
	"feria/locale"
)

const eventID = "harbour/lf"

func base(own string) festival.Base {
	return festival.Base{ID: festival.RecordID(eventID, own), Event: eventID}
}

func local(t testing.TB, zone, day, clock string) time.Time {
	t.Helper()
	at, err := festival.LocalTime(zone, festival.Date(day), clock)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

var options = Options{BaseURL: "https://harbour.example/", Lang: "en", Generator: "1.0"}

// town is a small festival over the night in which the clocks go back, with all
// that a feed can meet: two halls of one name, a booth, a cancelled slot, a
// whole day, a session after midnight, two languages, and a title that wants to
// be more than a title.
func town(t testing.TB) *festival.Programme {
	t.Helper()
	modified := time.Date(2027, 9, 1, 12, 0, 0, 0, time.UTC)
	p := &festival.Programme{
		City:    festival.City{ID: "harbour", Name: locale.Text{"en": "Harbour City"}},
		Release: 3, At: modified,
		Event: festival.Event{ID: eventID, Slug: "lf", Kind: festival.Festival, Title: locale.Text{"en": "Learning festival", "fr": "Fête du savoir"},
			Lead: locale.Text{"en": "A week of trying things out."}, Where: locale.Text{"en": "all over town"},
			Zone: "Europe/Berlin", Start: "2027-10-30", End: "2027-10-31", DayChange: "05:00", Locales: []string{"en", "fr"}, Color: "#b3301a",
			Tracks: []festival.Track{{Slug: "food", Name: locale.Text{"en": "Food, by hand", "fr": "Cuisine"}, Color: "#b3301a"}, {Slug: "tech", Name: locale.Text{"en": "Tech"}}}},
		Venues: []festival.Venue{
			{Base: base("v1"), Slug: "library", Name: locale.Text{"en": "Central Library", "fr": "Bibliothèque"}, Address: "Main St 1; Harbour", Lat: 53.55, Lon: 9.99, Access: []string{festival.StepFree}, Kind: "library"},
			{Base: base("v2"), Slug: "museum", Name: locale.Text{"en": "Museum"}, Way: locale.Text{"en": "Tram 3"}},
		},
		Spaces: []festival.Space{
			{Base: base("s1"), Venue: eventID + "/v1", Name: locale.Text{"en": "Main hall"}, Capacity: 80, Order: 10},
			{Base: base("s2"), Venue: eventID + "/v2", Name: locale.Text{"en": "Main hall"}, Order: 20},
			{Base: base("s3"), Venue: eventID + "/v2", Name: locale.Text{"en": "Yard"}, Order: 5},
		},
		Booths: []festival.Booth{{Base: base("b1"), Space: eventID + "/s3", Code: "A12", Name: locale.Text{"en": "Bees"}, Hosts: []string{eventID + "/h2"}, Days: []festival.Date{"2027-10-30"}}},
		Hosts: []festival.Host{
			{Base: base("h1"), Slug: "jose", Name: "José <Ångström>", Person: true, Bio: locale.Text{"en": "Bakes."}, Links: []festival.Link{{URL: "https://jose.example/ü", Title: "Blog"}}},
			{Base: base("h2"), Slug: "lab", Name: "Town Lab", Names: locale.Text{"fr": "Labo"}, URL: "https://lab.example"},
		},
	}
	p.Hosts[0].Source = festival.Source{Key: "frab:1324", GUID: "0c7b0f2e-9d5a-4c58-8d5a-0a0f2f0e5a01"}
	p.Sessions = []festival.Session{
		{Base: base("bread"), Code: "BREAD1", Title: locale.Text{"en": "Bread, butter; and \\more", "fr": "Du pain"}, Subtitle: locale.Text{"en": "With & without yeast"},
			Abstract: locale.Text{"en": "First line.\n\nSecond, with 💙 and a very long sentence that has to be folded because it is longer than a line may be."},
			Format:   "workshop", Track: "food", Hosts: []string{eventID + "/h1", eventID + "/h2"}, Languages: []string{"en", "fr"}, AgeMin: 8, AgeMax: 12,
			Bring: locale.Text{"en": "An apron"}, Links: []festival.Link{{URL: "https://bread.example/?a=1&b=2", Title: "Recipe"}}, Materials: []festival.Link{{URL: "https://bread.example/m.pdf", Title: "Handout"}}},
		{Base: base("evil"), Code: "x-2", Title: locale.Text{"en": "x\r\nATTACH:https://evil.example </script><script>alert(1)</script> \u2028 \x01"}, Price: "€5", NoRecord: true, Hosts: []string{eventID + "/h2"}, Languages: []string{"de"}},
		{Base: base("open"), Code: "OPEN", Title: locale.Text{"fr": "Journée portes ouvertes"}, Track: "tech"},
	}
	slot := func(own, session, space, booth, day, clock string, length time.Duration) festival.Frozen {
		s := festival.Frozen{Slot: festival.Slot{Base: base(own), Session: eventID + "/" + session, Start: local(t, "Europe/Berlin", day, clock), UID: own + "@harbour.example"}, Modified: modified}
		s.End = s.Start.Add(length)
		if space != "" {
			s.Space = eventID + "/" + space
		}
		if booth != "" {
			s.Booth = eventID + "/" + booth
		}
		return s
	}
	first := slot("t1", "bread", "s1", "", "2027-10-30", "10:00", 90*time.Minute)
	first.Seating, first.Seats, first.Sequence = festival.Bookable, 12, 2
	second := slot("t2", "bread", "s2", "", "2027-10-30", "14:00", time.Hour)
	second.State, second.CancelledAt, second.Source.GUID = festival.Cancelled, modified, "9c3ebb8c-7716-5130-b9fe-ff8544f5636d"
	p.Slots = []festival.Frozen{
		first, second,
		slot("t3", "evil", "", "b1", "2027-10-31", "02:30", 2*time.Hour), // 02:30 comes twice; this is the first
		slot("t4", "open", "s3", "", "2027-10-31", "00:00", 25*time.Hour),
		slot("t5", "bread", "s1", "", "2027-10-31", "15:00", time.Hour),
	}
	return p.Ready()
}
