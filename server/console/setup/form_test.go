package setup

import (
	"net/url"
	"reflect"
	"testing"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
	"feria/public/ui"
)

func testScene(t *testing.T) *scene {
	t.Helper()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	zone, err := festival.Zone("Europe/Dublin")
	if err != nil {
		t.Fatal(err)
	}
	p := &festival.Programme{Event: festival.Event{ID: "harbour/e", Zone: "Europe/Dublin", Locales: []string{"en", "fr"}}}
	return &scene{p: c.For("en"), event: p.Event, draft: p.Ready(), locales: p.Event.Locales, zone: zone}
}

// resent is what a browser sends of a form that nobody touched.
func resent(fields []ui.Field) url.Values {
	typed := url.Values{}
	for _, f := range fields {
		switch f.Type {
		case "checkbox":
			if f.Value != "" {
				typed.Set(f.Name, f.Value)
			}
		case "several", "select":
			for _, o := range f.Options {
				if o.Chosen {
					typed.Add(f.Name, o.Value)
				}
			}
		default:
			typed.Set(f.Name, f.Value)
		}
	}
	return typed
}

func roundTrip[T any](t *testing.T, name string, f form[T], record T) {
	t.Run(name, func(t *testing.T) {
		s := testScene(t)
		s.draft.Hosts = []festival.Host{{Base: festival.Base{ID: "harbour/e/h1"}, Name: "Library"}}
		s.event.Tracks = []festival.Track{{Slug: "sea", Name: locale.Text{"en": "Sea"}}}
		typed := resent(f.show(s, &record, nil, nil))
		got := record
		if err := f.read(s, &got, typed); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, record) {
			t.Errorf("a form that nobody touched changed\n%+v\ninto\n%+v", record, got)
		}
		var anew T // every field must come from the form, not from what was there
		if err := f.read(s, &anew, typed); err != nil {
			t.Fatal(err)
		}
		again := resent(f.show(s, &anew, nil, nil))
		if !reflect.DeepEqual(again, typed) {
			t.Errorf("a record read from the form shows\n%v\nwant\n%v", again, typed)
		}
	})
}

func TestForms_showWhatTheyRead(t *testing.T) {
	at := time.Date(2027, 4, 12, 9, 30, 0, 0, time.UTC)
	roundTrip(t, "an event with all that its form asks", eventForm, festival.Event{
		Title: locale.Text{"en": "Week", "fr": "Semaine"}, Slug: "week", Kind: festival.Visit, Start: "2027-04-12", End: "2027-04-18", Zone: "Europe/Dublin",
		DayChange: "04:00", Locales: []string{"en", "fr"}, Slogan: locale.Text{"fr": "Apprendre"}, Lead: locale.Text{"en": "Two\nlines"}, Color: "#123456", Open: true,
	})
	roundTrip(t, "a host with links", hostForm, festival.Host{
		Slug: "library", Name: "Library", Person: true, Bio: locale.Text{"en": "A house"}, URL: "https://library.example",
		Links: []festival.Link{{URL: "https://a.example", Title: "All of it"}, {URL: "https://b.example"}},
	})
	roundTrip(t, "a venue at a place of the map", venueForm, festival.Venue{
		Slug: "pier", Name: locale.Text{"en": "Pier"}, Kind: "park", Address: "1 Quay", District: "Docks", Lat: 53.3498, Lon: -6.25, Access: []string{festival.StepFree, festival.Toilet},
	})
	roundTrip(t, "a space with closed times in the clocks of its town", spaceForm, festival.Space{
		Name: locale.Text{"en": "Hall"}, Capacity: 120, Order: 3, Closed: []festival.Period{{Start: at, End: at.Add(90 * time.Minute)}, {Start: at.AddDate(0, 0, 1), End: at.AddDate(0, 0, 2)}},
	})
	roundTrip(t, "a booth on some days", boothForm, festival.Booth{Code: "A12", Hosts: []string{"harbour/e/h1"}, Track: "sea", Days: []festival.Date{"2027-04-12", "2027-04-14"}})
	roundTrip(t, "a session with everything", sessionForm, festival.Session{
		Code: "reading", Title: locale.Text{"en": "Reading"}, Format: "workshop", Track: "sea", Hosts: []string{"harbour/e/h1"}, Languages: []string{"en", "tr"}, AgeMin: 6, AgeMax: 12,
		Level: "easy", Price: "5 €", NoRecord: true, Hidden: true, Materials: []festival.Link{{URL: "https://m.example"}},
	})
	roundTrip(t, "a session of a format, a theme and a host that the form does not offer", sessionForm, festival.Session{
		Title: locale.Text{"en": "Reading"}, Format: "fishbowl", Track: "gone", Hosts: []string{"harbour/e/h1", "harbour/e/h9"}, Access: []string{"own_fact"},
	})
	roundTrip(t, "a slot in summer time", slotForm, festival.Slot{Start: at, End: at.Add(time.Hour), Seating: festival.Bookable, Seats: 24})
}

func TestForms_keepLanguagesThatTheEventDoesNotHave(t *testing.T) {
	s := testScene(t)
	host := festival.Host{Name: "Library", Bio: locale.Text{"en": "A house", "ar": "بيت"}}
	typed := resent(hostForm.show(s, &host, nil, nil))
	if typed.Get("bio.ar") == "" {
		t.Fatal("the form does not show the text in Arabic")
	}
	if err := hostForm.read(s, &host, typed); err != nil || host.Bio["ar"] != "بيت" {
		t.Errorf("after saving, the text is %v (%v)", host.Bio, err)
	}
}

func TestForms_refuseWhatCannotBeRead(t *testing.T) {
	for _, row := range []struct {
		name, field, typed, code string
	}{
		{"letters are no number", "seats_offered", "many", "not_a_number"},
		{"a day alone is no start", "start_at", "2027-04-12", "time_unreadable"},
		{"a time that the clocks jump over is refused", "start_at", "2027-03-28T01:30", "time_gap"},
		{"what stands behind a time is not dropped", "start_at", "2027-04-12T10:00rubbish", "bad_clock"},
		{"a day that is none is refused", "end_at", "2027-02-30T10:00", "bad_date"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var slot festival.Slot
			err := slotForm.read(testScene(t), &slot, url.Values{row.field: {row.typed}})
			errs, ok := err.(kernel.Errors)
			if !ok || len(errs) != 1 || errs[0].Code != row.code || errs[0].Field != row.field {
				t.Fatalf("got %v, want %s at %s", err, row.code, row.field)
			}
		})
	}
	var space festival.Space
	if err := spaceForm.read(testScene(t), &space, url.Values{"closed": {"2027-04-12T18:00"}}); kernel.CodeOf(err) != "period_unreadable" {
		t.Errorf("a closed time without an end: got %v", err)
	}
}

func TestForms_showErrorsWhereTheyBelong(t *testing.T) {
	s := testScene(t)
	for _, row := range []struct {
		name  string
		shown []ui.Field
		at    string
	}{
		{"a slot's start", slotForm.show(s, &festival.Slot{}, url.Values{}, map[string]string{"start": "X"}), "start_at"},
		{"a slot's seats", slotForm.show(s, &festival.Slot{}, url.Values{}, map[string]string{"seats": "X"}), "seats_offered"},
		{"a venue's kind", venueForm.show(s, &festival.Venue{}, url.Values{}, map[string]string{"kind": "X"}), "venue_kind"},
		{"the second link of a host", hostForm.show(s, &festival.Host{}, url.Values{}, map[string]string{"links.1.url": "X"}), "links"},
		{"the title, once for its languages", sessionForm.show(s, &festival.Session{}, url.Values{}, map[string]string{"title": "X"}), "title.en"},
		{"a title in the second language", sessionForm.show(s, &festival.Session{}, url.Values{}, map[string]string{"title.fr": "X"}), "title.fr"},
		{"a city's help desk in the second language", cityForm.show(s, &festival.City{}, url.Values{}, map[string]string{"contact.address.fr": "X"}), "contact_address.fr"},
		{"a city's host name", cityForm.show(s, &festival.City{}, url.Values{}, map[string]string{"hosts.0": "X"}), "hosts_names"},
		{"a city's contact", cityForm.show(s, &festival.City{}, url.Values{}, map[string]string{"contact.mail": "X"}), "contact_mail"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var at []string
			for _, f := range row.shown {
				if f.Error != "" {
					at = append(at, f.Name)
				}
			}
			if len(at) != 1 || at[0] != row.at {
				t.Errorf("stands at %v, want %s", at, row.at)
			}
		})
	}
	if got := slotForm.strays(map[string]string{"start": "a", "uid": "b", "": "c"}); len(got) != 2 {
		t.Errorf("above the form stand %v, want those of no field", got)
	}
}

func TestForms_keepWhatWasTyped(t *testing.T) {
	s := testScene(t)
	record := festival.Session{Title: locale.Text{"en": "Old"}, NoRecord: true}
	for _, f := range sessionForm.show(s, &record, url.Values{"title.en": {"New"}, "age_min": {"six"}}, map[string]string{"age_min": "X"}) {
		switch {
		case f.Name == "title.en" && f.Value != "New", f.Name == "age_min" && f.Value != "six", f.Name == "no_record" && f.Value != "":
			t.Errorf("%s shows %q", f.Name, f.Value)
		}
	}
}

// An input for a colour cannot be empty: what it sends of an event that takes
// the city's must not become the event's own.
func TestForms_anEventTakesTheCitysColour(t *testing.T) {
	s := testScene(t)
	s.city.Color = "#0e6468"
	var event festival.Event
	typed := resent(eventForm.show(s, &event, nil, nil))
	if typed.Get("color") != "#0e6468" {
		t.Errorf("the form shows %q, want the city's", typed.Get("color"))
	}
	if err := eventForm.read(s, &event, typed); err != nil || event.Color != "" {
		t.Errorf("the event has the colour %q of its own (%v)", event.Color, err)
	}
	typed.Set("color", "#112233")
	if err := eventForm.read(s, &event, typed); err != nil || event.Color != "#112233" {
		t.Errorf("the event has the colour %q (%v)", event.Color, err)
	}
}

func TestForms_sayWhatSomebodyElseSaved(t *testing.T) {
	s := testScene(t)
	stored := festival.Session{Title: locale.Text{"en": "Theirs"}, Format: "talk", NoRecord: true}
	typed := sessionForm.show(s, &stored, url.Values{"title.en": {"Mine"}, "format": {"walk"}}, nil)
	if !sayStored(s.p, kernel.New(kernel.Conflict, "record_changed", ""), typed, sessionForm.show(s, &stored, nil, nil)) {
		t.Fatal("nothing is said")
	}
	got := map[string]string{}
	for _, f := range typed {
		if f.Stored != "" {
			got[f.Name] = f.Stored
		}
	}
	want := map[string]string{"title.en": "Stored now: Theirs", "format": "Stored now: talk", "no_record": "Stored now: yes"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if sayStored(s.p, kernel.New(kernel.Conflict, "code_taken", ""), typed, nil) {
		t.Error("another refusal is no such conflict")
	}
}

func TestReadTracks(t *testing.T) {
	s := testScene(t)
	got := readTracks(s, url.Values{
		"slug.0": {"sea"}, "name.0.en": {"Sea"}, "color.0": {"#112233"},
		"slug.1": {""}, "name.1.en": {""}, "color.1": {""},
		"slug.2": {""}, "name.2.fr": {"Forêt d’hiver"},
	})
	if len(got) != 3 || !got[1].empty() || got[0].Slug != "sea" || got[2].Slug != "foret-dhiver" {
		t.Fatalf("got %+v", got)
	}
	if n, part, ok := trackOf(got, "tracks.1.name.fr"); !ok || n != 2 || part != "name.fr" {
		t.Errorf("%s of the second theme stands in row %d, want name.fr in 2: the empty one does not count", part, n)
	}
	if _, _, ok := trackOf(got, "tracks.2.slug"); ok {
		t.Error("there is no third theme")
	}
}

func TestFound(t *testing.T) {
	rows := []row{{Title: "Reading aloud", Cells: []string{"Library"}}, {Title: "Sailing", Cells: []string{"Pier"}}}
	if got := found(append([]row(nil), rows...), "LIBRARY read"); len(got) != 1 || got[0].Title != "Reading aloud" {
		t.Errorf("got %v", got)
	}
	if got := found(append([]row(nil), rows...), ""); len(got) != 2 {
		t.Errorf("nothing looked for finds %d, want all", len(got))
	}
}
