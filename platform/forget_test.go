package platform_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/platform"
	"feria/registration"
	"feria/ticketing"
)

// TestForget: the names of those who came are gone 30 days after the event, all
// that is counted stays, and who has booked something later is kept.
func TestForget(t *testing.T) {
	p, _ := open(t, "forget")
	if _, err := p.Demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	week, err := p.Festival.EventBySlug(t.Context(), platform.DemoCity, "learning-week")
	if err != nil {
		t.Fatal(err)
	}
	marked := registration.Request{City: week.City, Name: "MARKER Marie", Mail: "marker@example.org", Seats: 1, Lang: "en", NoWait: true, Key: "k"}
	booked := book(t, p, week, marked)
	if booked.Booking.Asked == "" {
		t.Error("nothing is remembered of the request")
	}
	if _, err := p.PassFor(t.Context(), week, booked.Party.ID, marked.Name); err != nil {
		t.Fatal(err)
	}
	gate, err := p.Ticketing.GateBySlug(t.Context(), week.ID, "main")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Ticketing.Scan(t.Context(), ticketing.ScanRequest{Event: week, Gate: gate, Token: "nothing of ours", Device: "d", Nonce: "n"}); err != nil {
		t.Fatal(err)
	}
	later, err := p.Festival.CopyEvent(t.Context(), week.ID, "test", festival.Copy{Slug: "week-2", Start: week.Start.Add(364)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Publish(t.Context(), later.ID, "test", nil); err != nil {
		t.Fatal(err)
	}
	loyal := marked
	loyal.Key = ""
	loyal.Name, loyal.Mail = "LOYAL Lou", "loyal@example.org"
	first := book(t, p, week, loyal)
	loyal.Party = first.Party.ID
	book(t, p, later, loyal)

	at := func(day festival.Date) (changed int) {
		t.Helper()
		when, err := time.Parse(time.DateOnly, string(day))
		if err != nil {
			t.Fatal(err)
		}
		p.Now = func() time.Time { return when }
		changed, err = p.Forget(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return changed
	}
	if n := at(week.End.Add(30)); n != 0 {
		t.Errorf("%d forgotten too early", n)
	}
	before := counts(t, p, week)
	if n := at(week.End.Add(31)); n == 0 {
		t.Error("nobody is forgotten")
	}
	if n := at(week.End.Add(32)); n != 0 {
		t.Errorf("%d forgotten twice", n)
	}
	if n := at(week.End.Add(90)); n != 0 {
		t.Errorf("%d forgotten, but scans are kept for 90 days", n)
	}
	if n := at(week.End.Add(91)); n != 1 {
		t.Errorf("%d forgotten, want the scan", n)
	}
	if rows, _, err := p.Ticketing.Scans(t.Context(), ticketing.ScanQuery{Event: week.ID}); err != nil || len(rows) != 0 {
		t.Errorf("%d scans are left, %v", len(rows), err)
	}
	if after := counts(t, p, week); after != before {
		t.Errorf("figures changed from %v to %v", before, after)
	}
	party, err := p.Registration.Party(t.Context(), booked.Party.ID)
	if err != nil || party.Name != "" || party.Mail != "" {
		t.Errorf("the party is %+v, %v", party, err)
	}
	row, err := p.Registration.Booking(t.Context(), booked.Booking.ID)
	if err != nil || row.Booking.Name != "" || row.Booking.Mail != "" || row.Booking.Asked != "" || row.State != registration.Confirmed {
		t.Errorf("the booking is %+v, %v", row, err)
	}
	if pass, err := p.Ticketing.PassOf(t.Context(), week.ID, booked.Party.ID); err != nil || pass.Name != "" {
		t.Errorf("the pass is %+v, %v", pass, err)
	}
	if party, err := p.Registration.Party(t.Context(), loyal.Party); err != nil || !strings.HasPrefix(party.Name, "LOYAL") {
		t.Errorf("who comes again is %+v, %v", party, err)
	}
	well(t, p)
}

// TestForget_removedEvent: of an event that goes for good nothing stays, least of
// all who had booked it, however far away its days were.
func TestForget_removedEvent(t *testing.T) {
	now := clock()
	p, _ := openAt(t, "forget_removed", func() time.Time { return now })
	if _, err := p.Demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	week, err := p.Festival.EventBySlug(t.Context(), platform.DemoCity, "learning-week")
	if err != nil {
		t.Fatal(err)
	}
	const marker = "MARKER Marie"
	booked := book(t, p, week, registration.Request{City: week.City, Name: marker, Mail: "marker@example.org", Seats: 1, Lang: "en", NoWait: true})
	if _, err := p.PassFor(t.Context(), week, booked.Party.ID, marker); err != nil {
		t.Fatal(err)
	}
	if err := p.Festival.RemoveEvent(t.Context(), week.ID, "test"); err != nil {
		t.Fatal(err)
	}
	later := func(days int) {
		t.Helper()
		now = now.AddDate(0, 0, days)
		if _, err := p.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := p.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	later(29)
	if _, err := p.Festival.RestoreEvent(t.Context(), week.ID, "test"); err != nil {
		t.Fatal(err)
	}
	if row, err := p.Registration.Booking(t.Context(), booked.Booking.ID); err != nil || row.Booking.Name != marker || stored(t, p, marker) == 0 {
		t.Fatalf("an event that came back has lost its people: %+v, %v", row, err)
	}
	if err := p.Festival.RemoveEvent(t.Context(), week.ID, "test"); err != nil {
		t.Fatal(err)
	}
	later(31)
	if _, err := p.Outbox.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := stored(t, p, marker); left != 0 {
		t.Errorf("%d times the archive still has the name of somebody who booked", left)
	}
	if left := stored(t, p, week.ID+"/"); left != 0 {
		t.Errorf("%d times the archive still has something of the event", left)
	}
	well(t, p)
}

// stored counts in all that a backup holds how often a text stands there.
func stored(t *testing.T, p *platform.Platform, text string) int {
	t.Helper()
	path := filepath.Join(t.TempDir(), "all.tar.gz")
	if _, err := p.BackupFile(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	packed, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(packed)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(all, []byte(text))
}

func book(t *testing.T, p *platform.Platform, event festival.Event, r registration.Request) registration.Receipt {
	t.Helper()
	programme, err := p.Festival.Programme(t.Context(), event.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, slot := range programme.Slots {
		if r.Slot = slot.ID; slot.Seating == festival.Bookable {
			if receipt, err := p.Registration.Book(t.Context(), r); err == nil {
				return receipt
			}
		}
	}
	t.Fatal("nothing can be booked")
	return registration.Receipt{}
}

// counts gives what an organizer reports of an event: rosters, seats, waiting.
func counts(t *testing.T, p *platform.Platform, event festival.Event) (out [3]int) {
	t.Helper()
	rosters, err := p.Registration.Rosters(t.Context(), event.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rosters {
		out[0], out[1], out[2] = out[0]+1, out[1]+r.Taken, out[2]+r.Line()
	}
	return out
}
