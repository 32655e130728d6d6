package platform_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
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
	before, err := p.Registration.Of(t.Context(), event.City, pass.party)
	if err != nil {
		t.Fatal(err)
	}
	after, err := into.Registration.Of(t.Context(), event.City, pass.party)
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
// What a file leaves open until the event's days are known (a weekday, a day
// without its year, a rule without end) means at the first import, which makes
// the event, what it means at the second.
// What a schedule says of its conference is the event's that it makes: so an
// export of ours, colour and all, makes the same event elsewhere.
// A file that cannot be read changes nothing, not even the list of events.
// A word that an event had before is not that event's when a file comes in: the
// file of next year does not replace this year's programme.
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
