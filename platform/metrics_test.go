package platform_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"feria/mail"
	"feria/platform"
	"feria/registration"
	"feria/ticketing"
)

// metrics is what Prometheus would read.
func metrics(p *platform.Platform) string {
	answer := httptest.NewRecorder()
	p.Metrics.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	return answer.Body.String()
}

func TestMetrics_whatWasDecidedAndWhatWaits(t *testing.T) {
	now := april
	p, _ := openAt(t, "metrics", func() time.Time { return now })
	says := func(line string) {
		t.Helper()
		if said := metrics(p); !strings.Contains(said, "\n"+line) {
			t.Errorf("no line %q", line)
		}
	}
	says("feria_outbox_mails 0\n")
	says("feria_outbox_oldest_seconds 0\n")
	if _, err := p.Demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	says(`feria_bookings_total{outcome="confirmed"}`)
	says(`feria_bookings_total{outcome="waiting"}`)
	says("feria_data_free_bytes ")

	event, err := p.Festival.EventBySlug(t.Context(), platform.DemoCity, "learning-week")
	if err != nil {
		t.Fatal(err)
	}
	gates, err := p.Ticketing.Gates(t.Context(), event.ID)
	if err != nil || len(gates) == 0 {
		t.Fatalf("%d gates, %v", len(gates), err)
	}
	for _, nonce := range []string{"a", "b", "b"} { // the last one is a repeat
		if _, err := p.Ticketing.Scan(t.Context(), ticketing.ScanRequest{Event: event, Gate: gates[0], Token: "nothing of ours", Device: "d", Nonce: nonce}); err != nil {
			t.Fatal(err)
		}
	}
	says(`feria_scans_total{reason="invalid",result="error"} 2` + "\n")

	programme, err := p.Festival.Programme(t.Context(), event.ID)
	if err != nil {
		t.Fatal(err)
	}
	request := registration.Request{City: platform.DemoCity, Slot: programme.Slots[0].ID, Name: "Ada", Seats: 1, By: "test", Key: "k", Confirm: true}
	before := strings.Count(metrics(p), "feria_bookings_total")
	now = april.AddDate(0, 0, 60)
	if _, err := p.Registration.Book(t.Context(), request); err == nil {
		t.Fatal("a slot of long ago was booked")
	}
	if after := strings.Count(metrics(p), "feria_bookings_total"); after <= before {
		t.Error("a refusal is not counted")
	}
	now = april
	says("feria_outbox_mails 0\n")

	err = p.Outbox.Queue(t.Context(), mail.Message{ID: platform.DemoCity + "/m", City: platform.DemoCity, Kind: "sign_in", To: "ada@example.org", Subject: "s", Text: "t"})
	if err != nil {
		t.Fatal(err)
	}
	now = april.Add(5 * time.Second)
	says("feria_outbox_mails 0\n") // read within the last 10 seconds
	now = april.Add(40 * time.Second)
	says("feria_outbox_mails 1\n")
	says(fmt.Sprintf("feria_outbox_oldest_seconds %d\n", 40))
}
