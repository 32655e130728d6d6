package platform_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/platform"
	"feria/registration"
	"feria/store"
	"feria/store/mongodb"
	"feria/ticketing"
)

var april = time.Date(2027, 4, 7, 9, 0, 0, 0, time.UTC)

func clock() time.Time { return april }

// open opens a platform on a fresh store: SQLite, or a fresh database where
// FERIA_TEST_MONGODB names a server. name tells stores of one test apart.
func open(t testing.TB, name string) (*platform.Platform, platform.Config) {
	t.Helper()
	return openAt(t, name, clock)
}

// openAt is open by another clock.
func openAt(t testing.TB, name string, now kernel.Clock) (*platform.Platform, platform.Config) {
	t.Helper()
	config := platform.Config{Addr: "127.0.0.1:0", Data: t.TempDir()}
	if uri := os.Getenv("FERIA_TEST_MONGODB"); uri != "" {
		address, err := mongodb.WithDatabase(uri, "feria_platform_"+name)
		if err != nil {
			t.Fatal(err)
		}
		drop := func() {
			d, err := mongodb.Open(context.Background(), address)
			if err == nil {
				err = errors.Join(d.Drop(context.Background()), d.Close())
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		drop()
		t.Cleanup(drop)
		config.Store = address
	}
	if err := config.Complete(); err != nil {
		t.Fatal(err)
	}
	p, err := platform.Open(t.Context(), config, platform.Options{Version: "test", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, config
}

func well(t testing.TB, p *platform.Platform) {
	t.Helper()
	if _, err := p.Doctor(t.Context(), func(problem string) { t.Error("doctor: " + problem) }); err != nil {
		t.Fatal(err)
	}
}

func TestDemo_isWholeAndOnce(t *testing.T) {
	p, _ := open(t, "demo")
	first, err := p.Demo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !first.New || len(first.Links) != 5 {
		t.Errorf("the first demo: new %v, %d links, want 5", first.New, len(first.Links))
	}
	event, err := p.Festival.EventBySlug(t.Context(), platform.DemoCity, "learning-week")
	if err != nil {
		t.Fatal(err)
	}
	programme, err := p.Festival.Programme(t.Context(), event.ID)
	if err != nil {
		t.Fatal(err)
	}
	if s, v, b := len(programme.Sessions), len(programme.Venues), len(programme.Booths); s != 68 || v != 13 || b != 24 {
		t.Errorf("%d sessions, %d venues, %d booths; want 68, 13, 24", s, v, b)
	}
	if clashes := festival.Clashes(programme, nil); len(clashes) > 0 {
		t.Errorf("the invented week clashes with itself: %+v", clashes[0])
	}
	second, err := p.Demo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if second.New {
		t.Error("the second demo made the city again")
	}
	well(t, p)
}

func TestBackup_roundTrip(t *testing.T) {
	p, _ := open(t, "backup")
	if _, err := p.Demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	event, err := p.Festival.EventBySlug(t.Context(), platform.DemoCity, "learning-week")
	if err != nil {
		t.Fatal(err)
	}
	pass := firstPass(t, p, event)
	token, err := p.Ticketing.Token(t.Context(), event, pass.pass)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "feria.tar.gz")
	sum, err := p.BackupFile(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Documents < 300 {
		t.Errorf("the backup holds %d documents only", sum.Documents)
	}
	if _, err := p.RestoreFile(t.Context(), file); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("restore into a store that is not empty: %v", err)
	}

	into, _ := open(t, "restored")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, broken := range map[string][]byte{
		"cut off":   data[:len(data)/2],
		"no backup": []byte("hello"),
		"flipped":   flipped(data),
	} {
		bad := filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(bad, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := into.RestoreFile(t.Context(), bad); err == nil {
			t.Errorf("a backup that is %s was restored", name)
		}
		if cities, err := into.Festival.Cities(t.Context()); err != nil || len(cities) > 0 {
			t.Fatalf("a backup that is %s left %d cities, %v", name, len(cities), err)
		}
	}
	if _, err := into.RestoreFile(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	well(t, into)
	again, err := into.Ticketing.Token(t.Context(), event, pass.pass)
	if err != nil {
		t.Fatal(err)
	}
	if again != token {
		t.Error("the pass has another token after the restore")
	}
	if into.PassURL(pass.pass) != p.PassURL(pass.pass) {
		t.Error("the pass has another address after the restore")
	}
	before, err := p.Registration.Mine(t.Context(), pass.party)
	if err != nil {
		t.Fatal(err)
	}
	after, err := into.Registration.Mine(t.Context(), pass.party)
	if err != nil || len(after) != len(before) || after[0].State != before[0].State {
		t.Errorf("the bookings after the restore: %d, before %d, %v", len(after), len(before), err)
	}
}

func flipped(data []byte) []byte {
	out := append([]byte(nil), data...)
	out[len(out)/2] ^= 0x10
	return out
}

type held struct {
	pass  ticketing.Pass
	party string
}

func firstPass(t *testing.T, p *platform.Platform, event festival.Event) held {
	t.Helper()
	programme, err := p.Festival.Programme(t.Context(), event.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, slot := range programme.Slots {
		if slot.Seating != festival.Bookable {
			continue
		}
		receipt, err := p.Registration.Book(t.Context(), registration.Request{City: event.City, Slot: slot.ID, Name: "Ada", Mail: "ada@example.org", Seats: 1, Lang: "en"})
		if kernel.KindOf(err) == kernel.Conflict {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		pass, err := p.PassFor(t.Context(), event, receipt.Party.ID, "Ada")
		if err != nil {
			t.Fatal(err)
		}
		return held{pass, receipt.Party.ID}
	}
	t.Fatal("nothing can be booked")
	return held{}
}

// Real programmes: the first import publishes, the second changes nothing.
func TestImport_realProgrammes(t *testing.T) {
	dir := os.Getenv("FERIA_SAMPLES")
	if dir == "" {
		t.Skip("FERIA_SAMPLES names no folder of real programmes")
	}
	for _, f := range []struct {
		file, zone string
		slots      int
	}{
		{"fosdem-2026.schedule.xml", "", 1079},
		{"camp-2019.schedule.json", "", 79},
		{"pycon-us-2025.ics", "America/New_York", 224},
		{"nicar-2019.sessions.csv", "America/Los_Angeles", 257},
		{"coscup-2023.sessions.json", "Asia/Taipei", 352},
	} {
		t.Run(f.file, func(t *testing.T) {
			p, _ := open(t, "import_"+strings.SplitN(f.file, "-", 2)[0])
			city, err := p.FirstCity(t.Context(), "town")
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(dir, f.file))
			if err != nil {
				t.Fatal(err)
			}
			request := platform.ImportRequest{City: city.ID, Slug: "real", Kind: festival.Conference, Zone: f.zone, File: f.file, Data: data, Publish: true, By: "test"}
			first, err := p.ImportFile(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			if first.Release != 1 || first.Added == 0 {
				t.Errorf("release %d, %d added", first.Release, first.Added)
			}
			programme, err := p.Festival.Programme(t.Context(), first.Event.ID)
			if err != nil {
				t.Fatal(err)
			}
			if len(programme.Slots) != f.slots {
				t.Errorf("%d slots are public, want %d", len(programme.Slots), f.slots)
			}
			second, err := p.ImportFile(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			if second.Added+second.Changed+second.Dropped != 0 || second.Release != 0 {
				t.Errorf("the second import: %d added, %d changed, %d dropped, release %d", second.Added, second.Changed, second.Dropped, second.Release)
			}
			well(t, p)
		})
	}
}

// What a file leaves open until the event's days are known (a weekday, a day
// without its year, a rule without end) means at the first import, which makes
// the event, what it means at the second.
func TestImport_theFirstKnowsTheDaysToo(t *testing.T) {
	p, _ := open(t, "days")
	city, err := p.FirstCity(t.Context(), "town")
	if err != nil {
		t.Fatal(err)
	}
	vevent := func(uid, day, more string) string {
		return "BEGIN:VEVENT\r\nUID:" + uid + "\r\nSUMMARY:" + uid + "\r\nLOCATION:Pier\r\nDTSTART:" + day + "T100000Z\r\nDTEND:" + day + "T110000Z\r\n" + more + "END:VEVENT\r\n"
	}
	calendar := func(events string) string { return "BEGIN:VCALENDAR\r\n" + events + "END:VCALENDAR\r\n" }
	for _, f := range []struct {
		file, data string
		slots      int
	}{
		{"weekday.csv", "title,date,start,room\nA,2027-04-12,10:00,R\nB,Wed,10:00,R\nC,2027-04-16,10:00,R\n", 3},
		{"year.csv", "title,date,start,room\nA,2027-04-12,10:00,R\nB,14.4.,10:00,R\nC,2027-04-16,10:00,R\n", 3},
		{"daily.ics", calendar(vevent("a", "20270412", "RRULE:FREQ=DAILY\r\n") + vevent("b", "20270414", "")), 4},
		{"alone.ics", calendar(vevent("a", "20270412", "RRULE:FREQ=DAILY\r\n")), 1},
	} {
		t.Run(f.file, func(t *testing.T) {
			slug, _, _ := strings.Cut(f.file, ".")
			request := platform.ImportRequest{City: city.ID, Slug: slug, Kind: festival.Conference, Zone: "UTC", File: f.file, Data: []byte(f.data), Publish: true, By: "test"}
			first, err := p.ImportFile(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			programme, err := p.Festival.Programme(t.Context(), first.Event.ID)
			if err != nil {
				t.Fatal(err)
			}
			if len(programme.Slots) != f.slots {
				t.Errorf("%d slots, want %d", len(programme.Slots), f.slots)
			}
			second, err := p.ImportFile(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			if second.Added+second.Changed+second.Dropped != 0 {
				t.Errorf("the second import: %d added, %d changed, %d dropped", second.Added, second.Changed, second.Dropped)
			}
		})
	}
}

// What a schedule says of its conference is the event's that it makes: so an
// export of ours, colour and all, makes the same event elsewhere.
func TestImport_theFirstKnowsTheColour(t *testing.T) {
	p, _ := open(t, "colour")
	city, err := p.FirstCity(t.Context(), "town")
	if err != nil {
		t.Fatal(err)
	}
	for file, data := range map[string]string{
		"own.xml":  `<schedule><conference><title>Week</title><color>#B3301A</color></conference><day index="1" date="2027-04-12"><room name="A"><event id="1"><title>x</title><start>10:00</start><duration>01:00</duration></event></room></day></schedule>`,
		"own.json": `{"schedule":{"conference":{"title":"Week","colors":{"primary":"#b3301a"},"days":[{"index":1,"date":"2027-04-12","rooms":{"A":[{"id":1,"title":"x","start":"10:00","duration":"01:00"}]}}]}}}`,
	} {
		made, err := p.ImportFile(t.Context(), platform.ImportRequest{City: city.ID, Slug: strings.Replace(file, ".", "-", 1), Kind: festival.Conference, Zone: "UTC", File: file, Data: []byte(data), By: "test"})
		if err != nil {
			t.Fatal(err)
		}
		if made.Event.Color != "#b3301a" {
			t.Errorf("%s: the event's colour is %q", file, made.Event.Color)
		}
	}
}

// A file that cannot be read changes nothing, not even the list of events.
func TestImport_unreadableChangesNothing(t *testing.T) {
	p, _ := open(t, "unreadable")
	city, err := p.FirstCity(t.Context(), "town")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"cut off":      "<schedule><conference><title>x</title></conference><day index=\"1\" date=\"2027-04-12\"><room name=\"A\"><event id=\"1\"",
		"not a format": "\x00\x01\x02",
		"empty":        "",
	} {
		_, err := p.ImportFile(t.Context(), platform.ImportRequest{City: city.ID, Slug: "bad", Kind: festival.Conference, File: "x.xml", Data: []byte(data), By: "test"})
		if kernel.KindOf(err) != kernel.Invalid {
			t.Errorf("%s: %v, want a refusal of the file", name, err)
		}
	}
	if events, err := p.Festival.Events(t.Context(), city.ID); err != nil || len(events) != 0 {
		t.Errorf("%d events were made, %v", len(events), err)
	}
}

// A word that an event had before is not that event's when a file comes in: the
// file of next year does not replace this year's programme.
func TestImportFile_intoAWordOfBefore(t *testing.T) {
	p, _ := open(t, "old_word")
	city, err := p.FirstCity(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	file := func(day string) platform.Imported {
		t.Helper()
		done, err := p.ImportFile(t.Context(), platform.ImportRequest{City: city.ID, Slug: "week", Kind: festival.Festival, File: "a.csv", By: "test",
			Data: []byte("uid,title,start,end,room\n1,Knots," + day + " 10:00," + day + " 11:00,Hall\n")})
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	first := file("2027-04-13")
	if _, err := p.Festival.SaveEvent(t.Context(), first.Event.ID, "test", func(e *festival.Event) error { e.Slug = "week-27"; return nil }); err != nil {
		t.Fatal(err)
	}
	second := file("2028-04-13")
	if second.Event.ID == first.Event.ID || second.Added == 0 {
		t.Errorf("imported into %s, %d added", second.Event.Slug, second.Added)
	}
	if draft, err := p.Festival.Draft(t.Context(), first.Event.ID); err != nil || len(draft.Slots) != 1 || draft.Event.End != "2027-04-13" {
		t.Errorf("the first has %d slots until %s, %v", len(draft.Slots), draft.Event.End, err)
	}
}

func TestDemo_isNotPutBesideACity(t *testing.T) {
	p, _ := open(t, "demo_beside")
	if _, err := p.FirstCity(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Demo(t.Context()); kernel.CodeOf(err) != "demo_beside_city" {
		t.Errorf("%v, want a refusal", err)
	}
	if cities, err := p.Festival.Cities(t.Context()); err != nil || len(cities) != 1 {
		t.Errorf("%d cities, %v", len(cities), err)
	}
}

func TestConfig_reportsAllMistakesAtOnce(t *testing.T) {
	c := platform.Config{Addr: "nowhere", URL: "festival.example", Store: "postgres://x", Mail: "me@example.org", Proxies: []string{"here"}, TLSCert: "x", MetricsKeyFile: "/nothing/here"}
	err := c.Complete()
	if err == nil {
		t.Fatal("no mistake was found")
	}
	for _, name := range []string{"FERIA_ADDR", "FERIA_URL", "FERIA_STORE", "FERIA_METRICS_KEY_FILE", "FERIA_MAIL", "FERIA_PROXIES", "FERIA_TLS_CERT"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not complained of: %v", name, err)
		}
	}
}

func TestConfig_completes(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("sqlite:/from/the/file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name       string
		in         platform.Config
		url, store string
	}{
		{"nothing said", platform.Config{Addr: "127.0.0.1:8080", Data: "d"}, "http://127.0.0.1:8080", "sqlite:d/feria.db"},
		{"with a certificate", platform.Config{Addr: "127.0.0.1:8080", Data: "d", TLSCert: "c", TLSKey: "k"}, "https://127.0.0.1:8080", "sqlite:d/feria.db"},
		{"every address", platform.Config{Addr: "0.0.0.0:8080", Data: "d"}, "http://localhost:8080", "sqlite:d/feria.db"},
		{"every address, of IPv6", platform.Config{Addr: "[::]:80", Data: "d"}, "http://localhost:80", "sqlite:d/feria.db"},
		{"a port alone", platform.Config{Addr: ":8080", Data: "d"}, "http://localhost:8080", "sqlite:d/feria.db"},
		{"the address people type", platform.Config{Addr: ":8080", URL: "https://fest.example/", Data: "d"}, "https://fest.example", "sqlite:d/feria.db"},
		{"a secret in a file", platform.Config{Addr: ":1", Data: "d", StoreFile: secret}, "http://localhost:1", "sqlite:/from/the/file"},
		{"a flag beside the file", platform.Config{Addr: ":1", Data: "d", StoreFile: secret, Store: "sqlite:x.db"}, "http://localhost:1", "sqlite:x.db"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := row.in
			if err := c.Complete(); err != nil || c.URL != row.url || c.Store != row.store {
				t.Errorf("%v, at %s with %s; want %s, %s", err, c.URL, c.Store, row.url, row.store)
			}
		})
	}
}

func TestOpen_refusesAClockOfLongAgo(t *testing.T) {
	config := platform.Config{Addr: "127.0.0.1:0", Data: t.TempDir()}
	if err := config.Complete(); err != nil {
		t.Fatal(err)
	}
	p, err := platform.Open(t.Context(), config, platform.Options{Now: func() time.Time { return time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC) }})
	if err == nil {
		t.Error("opened in 1970", p.Close())
	}
}
