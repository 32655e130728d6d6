package platform_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"

	"feria/kernel"
	"feria/platform"
	"feria/registration"
)

// rush is a demo city, a request for 20 seats in one slot of it, or in its waiting
// list, and what the log says.
func rush(t *testing.T, name string) (*platform.Platform, registration.Request, *bytes.Buffer) {
	t.Helper()
	p, _ := open(t, name)
	log := new(bytes.Buffer)
	p.Log = slog.New(slog.NewTextHandler(log, nil))
	if _, err := p.Demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	week, err := p.Festival.EventBySlug(t.Context(), platform.DemoCity, "learning-week")
	if err != nil {
		t.Fatal(err)
	}
	first := book(t, p, week, registration.Request{City: week.City, Name: "N", Mail: "n@example.org", Seats: 1, Lang: "en", NoWait: true})
	if err := p.Registration.SetSeats(t.Context(), first.Booking.Slot, 500, false); err != nil {
		t.Fatal(err)
	}
	return p, registration.Request{City: week.City, Slot: first.Booking.Slot, Name: "N", Seats: 20, Lang: "en"}, log
}

// Whoever sends the same again gets the answer of the first, though the budget by
// which it was granted is used up by now; it uses nothing of it.
func TestBookVisitor_aRepeatNeedsNoBudget(t *testing.T) {
	from := netip.MustParseAddr("203.0.113.9")
	for _, row := range []struct {
		code        string
		seats, many int // of a request, and how many of them are granted
		mail        func(n int) string
	}{
		{"network_busy", 20, 30, func(n int) string { return fmt.Sprintf("n%d@example.org", n) }},
		{"mail_unconfirmed_often", 1, 20, func(int) string { return "flooded@example.org" }},
	} {
		for _, drawn := range []bool{false, true} {
			t.Run(fmt.Sprint(row.code, " drawn ", drawn), func(t *testing.T) {
				p, r, _ := rush(t, "again")
				r.Seats, r.Drawn = row.seats, drawn
				n := 0
				ask := func(key string) (registration.Receipt, error) {
					r.Key, r.Mail = key, row.mail(n)
					return p.BookVisitor(t.Context(), r, from)
				}
				first, err := ask("key-0-of-the-first")
				if err != nil {
					t.Fatal(err)
				}
				for n = 1; n < row.many; n++ {
					if _, err := ask(fmt.Sprintf("key-%d-of-another", n)); err != nil {
						t.Fatalf("%d: %v", n, err)
					}
				}
				for range 3 {
					n = 0
					if got, err := ask("key-0-of-the-first"); err != nil || !got.Replayed || got.Booking.ID != first.Booking.ID || got.State != first.State {
						t.Errorf("the first again: %+v, %v", got, err)
					}
					n = row.many
					if _, err := ask("key-of-somebody-new"); kernel.CodeOf(err) != row.code {
						t.Errorf("something new: %v, want %s", err, row.code)
					}
				}
				n, r.Name = 0, "M"
				if _, err := ask("key-0-of-the-first"); kernel.CodeOf(err) != "idempotency_mismatch" {
					t.Errorf("something else under the key of the first: %v", err)
				}
			})
		}
	}
}

// That a network has used up its budget is said once, and not for each request.
func TestBookVisitor_warnsOnce(t *testing.T) {
	p, r, log := rush(t, "warns")
	from := netip.MustParseAddr("203.0.113.9")
	warnings := func() int { return strings.Count(log.String(), "FERIA_PROXIES") }
	for n := range 30 {
		r.Mail = fmt.Sprintf("n%d@example.org", n)
		if _, err := p.BookVisitor(t.Context(), r, from); err != nil {
			t.Fatal(err)
		}
	}
	if n := warnings(); n != 0 {
		t.Fatalf("%d warnings before anybody was refused", n)
	}
	for range 3 {
		if err := p.AllowParty(r.City, from); kernel.CodeOf(err) != "network_busy" {
			t.Fatal(err)
		}
		if _, err := p.BookVisitor(t.Context(), r, from); kernel.CodeOf(err) != "network_busy" {
			t.Fatal(err)
		}
	}
	if n := warnings(); n != 1 {
		t.Errorf("%d warnings, want 1:\n%s", n, log)
	}
}
