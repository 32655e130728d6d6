package feed_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feria/festival"
	"feria/festival/feed"
	"feria/festival/intake"
	"feria/locale"
	"feria/store/storetest"
)

// formats are the exports that must come back as what they were made of.
var formats = []struct {
	name  string
	write func(p *festival.Programme) ([]byte, error)
}{
	{"schedule.xml", func(p *festival.Programme) ([]byte, error) {
		var b bytes.Buffer
		err := feed.FrabXML(&b, p, p.Slots, feed.Options{BaseURL: "https://harbour.example"})
		return b.Bytes(), err
	}},
	{"schedule.json", func(p *festival.Programme) ([]byte, error) {
		var b bytes.Buffer
		err := feed.FrabJSON(&b, p, p.Slots, feed.Options{BaseURL: "https://harbour.example"})
		return b.Bytes(), err
	}},
}

// published opens a service with an event into which fill puts its programme,
// and publishes it.
func published(t *testing.T, event festival.Event, fill func(ctx context.Context, s *festival.Service, event string) error) (*festival.Service, *festival.Programme) {
	t.Helper()
	ctx := t.Context()
	now := func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
	s := festival.New(storetest.Open(t, festival.Collections()...), now)
	if _, err := s.CreateCity(ctx, festival.City{ID: "harbour", Name: locale.Text{"en": "Harbour City"}, Zone: event.Zone, Color: "#b3301a", Locales: []string{"en", "fr"}, Hosts: []string{"harbour.example"}}, "test"); err != nil {
		t.Fatal(err)
	}
	event.City = "harbour"
	e, err := s.CreateEvent(ctx, event, "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := fill(ctx, s, e.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(ctx, e.ID, "test", nil); err != nil {
		t.Fatal(err)
	}
	p, err := s.Programme(ctx, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	return s, p
}

// unchanged wants the import of an export to change nothing.
func unchanged(t *testing.T, s *festival.Service, p *festival.Programme) {
	t.Helper()
	for _, format := range formats {
		t.Run(format.name, func(t *testing.T) {
			data, err := format.write(p)
			if err != nil {
				t.Fatal(err)
			}
			records, err := intake.Read(format.name, data, intake.Options{Zone: p.Event.Zone, Lang: p.Event.Locales[0], From: p.Event.Start, Until: p.Event.End})
			if err != nil {
				t.Fatal(err)
			}
			plan, err := s.PlanImport(t.Context(), p.Event.ID, records)
			if err != nil {
				t.Fatal(err)
			}
			kinds := map[string]int{}
			for _, item := range plan.Items {
				kind := fmt.Sprint(item.Action, " ", item.Kind, " ", item.Fields)
				if kinds[kind]++; kinds[kind] <= 3 {
					t.Errorf("%s %s (%v)", kind, item.Key, item.Name)
				}
			}
			for kind, n := range kinds {
				t.Errorf("%s: %d in all", kind, n)
			}
		})
	}
}

func TestFrab_importOfFOSDEMAndOurExportIsTheIdentity(t *testing.T) {
	samples := os.Getenv("FERIA_SAMPLES")
	if samples == "" {
		t.Skip("FERIA_SAMPLES is not set: no real programme to try")
	}
	data, err := os.ReadFile(filepath.Join(samples, "fosdem-2026.schedule.xml"))
	if err != nil {
		t.Skip("FERIA_SAMPLES has no fosdem-2026.schedule.xml")
	}
	s, p := published(t, festival.Event{
		Slug: "fosdem", Kind: festival.Conference, Title: locale.Text{"en": "FOSDEM"}, Zone: "Europe/Brussels", Start: "2026-01-31", End: "2026-02-01", Locales: []string{"en"},
	}, func(ctx context.Context, s *festival.Service, event string) error {
		records, err := intake.Read("schedule.xml", data, intake.Options{Zone: "Europe/Brussels", Lang: "en"})
		if err != nil {
			return err
		}
		_, err = s.ApplyImport(ctx, event, "test", "schedule.xml", records, false, func(done, total int) {})
		return err
	})
	if len(p.Slots) < 1000 {
		t.Fatalf("%d slots", len(p.Slots))
	}
	unchanged(t, s, p)
}

// An event made by hand, in two languages, with all that frab has no word for:
// two halls of one name, two venues of one name, a booth, a cancelled slot, a session with three slots.
func TestFrab_importOfOurExportIsTheIdentity(t *testing.T) {
	en := func(s string) locale.Text { return locale.Text{"en": s} }
	both := func(en, fr string) locale.Text { return locale.Text{"en": en, "fr": fr} }
	s, p := published(t, festival.Event{
		Slug: "lf", Kind: festival.Festival, Title: both("Learning festival", "Fête du savoir"), Zone: "Europe/Berlin", Start: "2027-10-30", End: "2027-10-31",
		DayChange: "05:00", Locales: []string{"en", "fr"}, Color: "#005577", Tracks: []festival.Track{{Slug: "food", Name: both("Food, by hand", "Cuisine"), Color: "#b3301a"}},
	}, func(ctx context.Context, s *festival.Service, event string) error {
		var failed error
		keep := func(id string, err error) string {
			if err != nil && failed == nil {
				failed = err
			}
			return id
		}
		base := festival.Base{Event: event}
		venue := func(v festival.Venue) string {
			v.Base = base
			v, err := s.SaveVenue(ctx, v, "test")
			return keep(v.ID, err)
		}
		space := func(v festival.Space) string {
			v.Base = base
			v, err := s.SaveSpace(ctx, v, "test")
			return keep(v.ID, err)
		}
		host := func(v festival.Host) string {
			v.Base = base
			v, err := s.SaveHost(ctx, v, "test")
			return keep(v.ID, err)
		}
		session := func(v festival.Session) string {
			v.Base = base
			v, err := s.SaveSession(ctx, v, "test")
			return keep(v.ID, err)
		}
		slot := func(v festival.Slot, day, clock string, length time.Duration) {
			start, err := festival.LocalTime("Europe/Berlin", festival.Date(day), clock)
			keep("", err)
			v.Base, v.Start, v.End = base, start, start.Add(length)
			v, err = s.SaveSlot(ctx, v, "test")
			keep(v.ID, err)
		}
		library := venue(festival.Venue{Name: both("Central Library", "Bibliothèque"), Kind: "library", Address: "Main St 1; Harbour", District: "Old town",
			Lat: 53.55, Lon: 9.99, Way: en("Tram 3"), URL: "https://library.example/ü", Access: []string{festival.StepFree, festival.Toilet}})
		museum := venue(festival.Venue{Name: en("Museum"), Address: "Quay 1"})
		namesake := venue(festival.Venue{Name: en("Museum"), Address: "Hill 7"})
		hall := space(festival.Space{Venue: library, Name: both("Main hall", "Grande salle"), Capacity: 80, Order: 10})
		other := space(festival.Space{Venue: museum, Name: both("Main hall", "Grande salle"), Order: 20})
		yard := space(festival.Space{Venue: museum, Name: en("Yard"), Order: 5})
		garden := space(festival.Space{Venue: namesake, Name: en("Garden"), Order: 7})
		baker := host(festival.Host{Name: "José <Ångström>", Person: true, Bio: both("Bakes.\n\n* bread & *butter*", "Boulanger"), Links: []festival.Link{{URL: "https://jose.example", Title: "Blog"}}})
		lab := host(festival.Host{Name: "Town Lab", Names: locale.Text{"fr": "Labo"}, URL: "https://lab.example"})
		keeper := host(festival.Host{Name: "Bee Keeper", Person: true, URL: "https://bees.example", Bio: en("Hums.")})
		booth, err := s.SaveBooth(ctx, festival.Booth{Base: base, Space: yard, Code: "A12", Name: both("Bees", "Abeilles"), About: en("Honey"), Track: "food", Hosts: []string{keeper}, Days: []festival.Date{"2027-10-30"}}, "test")
		keep("", err)
		bread := session(festival.Session{Code: "BREAD1", Title: both("Bread, <butter> & more", "Du pain"), Subtitle: en("With & without yeast"),
			Abstract: both("First line.\n\n* one\n* two", "Première ligne."), Description: locale.Text{"fr": "En français seulement <b>"}, Format: "workshop", Track: "food", Hosts: []string{baker, lab},
			Languages: []string{"en", "fr"}, AgeMin: 8, AgeMax: 12, Level: "beginners", Access: []string{festival.SignLanguage}, Price: "€5 for flour",
			Bring: both("An apron", "Un tablier"), Links: []festival.Link{{URL: "https://bread.example/?a=1&b=2", Title: "Recipe"}},
			Materials: []festival.Link{{URL: "https://bread.example/m.pdf", Title: "Handout"}}, NoRecord: true})
		open := session(festival.Session{Code: "OPEN-DAY", Title: locale.Text{"fr": "Journée portes ouvertes"}, Format: "Hack Night", Languages: []string{"de"}})
		slot(festival.Slot{Session: bread, Space: hall, Seating: festival.Bookable, Seats: 12}, "2027-10-30", "10:00", 90*time.Minute)
		slot(festival.Slot{Session: bread, Space: other, Seating: festival.External}, "2027-10-30", "14:00", time.Hour)
		slot(festival.Slot{Session: bread, Space: yard, Booth: booth.ID}, "2027-10-31", "02:00", 3*time.Hour)
		slot(festival.Slot{Session: open, Space: yard}, "2027-10-31", "12:00", 168*time.Hour)
		slot(festival.Slot{Session: open, Space: garden}, "2027-10-31", "13:00", time.Hour)
		return failed
	})
	unchanged(t, s, p)

	// An event whose days begin at midnight does not have to say so.
	t.Run("without a change of day", func(t *testing.T) {
		s, p := published(t, festival.Event{Slug: "md", Kind: festival.Festival, Title: en("Midnight"), Zone: "Europe/Berlin", Start: "2027-10-30", End: "2027-10-31", Locales: []string{"en"}},
			func(ctx context.Context, s *festival.Service, event string) error {
				base := festival.Base{Event: event}
				venue, err := s.SaveVenue(ctx, festival.Venue{Base: base, Name: en("Museum")}, "test")
				if err != nil {
					return err
				}
				yard, err := s.SaveSpace(ctx, festival.Space{Base: base, Venue: venue.ID, Name: en("Yard")}, "test")
				if err != nil {
					return err
				}
				walk, err := s.SaveSession(ctx, festival.Session{Base: base, Title: en("Night walk")}, "test")
				if err != nil {
					return err
				}
				start := time.Date(2027, 10, 30, 20, 0, 0, 0, time.UTC)
				_, err = s.SaveSlot(ctx, festival.Slot{Base: base, Session: walk.ID, Space: yard.ID, Start: start, End: start.Add(time.Hour)}, "test")
				return err
			})
		unchanged(t, s, p)
	})

	// And into an event that has nothing yet, from where it goes out the same.
	for _, format := range formats {
		t.Run(format.name+" and out again", func(t *testing.T) {
			first, err := format.write(p)
			if err != nil {
				t.Fatal(err)
			}
			event := festival.Event{Slug: "lf", Kind: festival.Festival, Title: p.Event.Title, Zone: "Europe/Berlin", Start: "2027-10-30", End: "2027-10-31", Locales: []string{"en", "fr"}, Color: p.Event.Color}
			_, again := published(t, event, func(ctx context.Context, s *festival.Service, event string) error {
				records, err := intake.Read(format.name, first, intake.Options{Lang: "en"})
				if err != nil {
					return err
				}
				for _, finding := range records.Report {
					if finding.Code != "length_by_end" { // a week is told better by its end
						t.Errorf("finding: %+v", finding)
					}
				}
				_, err = s.ApplyImport(ctx, event, "test", format.name, records, false, func(done, total int) {})
				return err
			})
			second, err := format.write(again)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(numbered(first), numbered(second)); diff != "" {
				t.Errorf("went out otherwise than it came in:\n%s", diff)
			}
		})
	}
}

var guids = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// numbered gives the lines of a file with its guids as numbers: those of booths
// are not taken in, but who refers to whom stays.
func numbered(data []byte) []string {
	seen := map[string]string{}
	return strings.Split(guids.ReplaceAllStringFunc(string(data), func(guid string) string {
		if seen[guid] == "" {
			seen[guid] = fmt.Sprint("guid", len(seen))
		}
		return seen[guid]
	}), "\n")
}
