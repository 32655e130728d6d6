package mail

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"feria/kernel"
	"feria/store/storetest"
)

// Eight tries, with longer and longer waits, then it has failed.
func TestSend_triesEightTimes(t *testing.T) {
	c, o := catch(t), newOutbox(t)
	c.refuse["ann@example.org"] = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later please, ann@example.org"}
	o.queue(t, hello("1", "ann@example.org"))
	o.queue(t, hello("2", "bob@example.org"))
	sender := c.sendsFor(t, "feria@harbour.example")
	if n, err := o.Send(t.Context(), sender); n != 1 || err != nil {
		t.Fatalf("the one that goes is kept back by the other: %d, %v", n, err)
	}
	for i, wait := range tries {
		m := o.message(t, "harbour/1")
		if m.State != Queued || m.Tries != i+1 || !m.Due.Equal(o.at.Add(wait)) || !strings.Contains(m.Reply, "later please") {
			t.Fatalf("after try %d: %+v", i+1, m)
		}
		o.pass(wait - time.Second)
		if _, err := o.Send(t.Context(), sender); err != nil || o.message(t, "harbour/1").Tries != i+1 {
			t.Fatalf("tried too early: %v", err)
		}
		o.pass(time.Second)
		if _, err := o.Send(t.Context(), sender); err != nil {
			t.Fatal(err)
		}
	}
	if m := o.message(t, "harbour/1"); m.State != Failed || m.Tries != 8 || !m.EndedAt.Equal(o.at) {
		t.Fatalf("in the end %+v", m)
	}
	if failed, err := o.Count(t.Context(), Failed); failed != 1 || err != nil {
		t.Error(failed, err)
	}
	delete(c.refuse, "ann@example.org")
	if err := o.Retry(t.Context(), "harbour", "harbour/1"); err != nil {
		t.Fatal(err)
	}
	if n, err := o.Send(t.Context(), sender); n != 1 || err != nil || o.message(t, "harbour/1").State != Sent {
		t.Errorf("after Retry: %d, %v", n, err)
	}
	if err := o.Retry(t.Context(), "harbour", "harbour/1"); kernel.CodeOf(err) != "message_sent" {
		t.Errorf("retry of a sent one: %v", err)
	}
	if err := o.Retry(t.Context(), "inland", "harbour/1"); kernel.KindOf(err) != kernel.NotFound {
		t.Errorf("retry from another city: %v", err)
	}
}

func TestSend_failsAtOnce(t *testing.T) {
	c, o := catch(t), newOutbox(t)
	c.refuse["nobody@example.org"] = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	o.queue(t, hello("1", "nobody@example.org"))
	o.queue(t, hello("2", "ann@example.org"))
	if n, err := o.Send(t.Context(), c.sendsFor(t, "feria@harbour.example")); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if m := o.message(t, "harbour/1"); m.State != Failed || m.Tries != 1 || !strings.Contains(m.Reply, "no such user") {
		t.Errorf("an address that does not exist: %+v", m)
	}
	if c.lines != 1 {
		t.Errorf("%d connections for two mails", c.lines)
	}
	o.queue(t, hello("3", "ann@example.org"))
	if n, err := o.Send(t.Context(), c.sendsFor(t, "")); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	if m := o.message(t, "harbour/3"); m.State != Failed || !strings.Contains(m.Reply, "contact address") {
		t.Errorf("without any sender: %+v", m)
	}
}

// A wrong setting is not the fault of the mails: they wait.
func TestSend_waitsForTheServer(t *testing.T) {
	c, o := catch(t), newOutbox(t)
	o.queue(t, hello("1", "ann@example.org"))
	closed, err := NewSMTP("smtp://127.0.0.1:1", "", "feria@harbour.example")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Send(t.Context(), closed); kernel.CodeOf(err) != "mail_server_away" {
		t.Fatalf("nobody there: %v", err)
	}
	if m := o.message(t, "harbour/1"); m.State != Queued || m.Tries != 0 {
		t.Errorf("afterwards %+v", m)
	}
	if n, err := o.Send(t.Context(), c.sendsFor(t, "feria@harbour.example")); n != 0 || err != nil {
		t.Errorf("the server was not left alone: %d, %v", n, err)
	}
	o.pass(pauseAfter)
	c.mu.Lock()
	c.sender = &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "sender not allowed"}
	c.mu.Unlock()
	if n, err := o.Send(t.Context(), c.sendsFor(t, "feria@harbour.example")); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	if m := o.message(t, "harbour/1"); m.State != Queued || m.Tries != 1 {
		t.Errorf("a sender that may not: %+v", m)
	}
}

// Two copies at once: each mail goes once.
func TestSend_sendsOnceOverAllCopies(t *testing.T) {
	c := catch(t)
	a, b := storetest.OpenTwo(t, Collections()...)
	at := time.Date(2027, 4, 12, 9, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	boxes := []*Outbox{New(a, now), New(b, now)}
	for i := range 40 {
		m := hello(kernel.DeriveID("m", string(rune(i))), "ann@example.org")
		for _, o := range boxes { // queued by both, for one decision
			if err := o.Queue(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
	}
	var all sync.WaitGroup
	for _, o := range boxes {
		all.Go(func() {
			if _, err := o.Send(context.Background(), c.sendsFor(t, "feria@harbour.example")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	seen := map[string]int{}
	for _, m := range c.mails() {
		seen[parse(t, m.raw).Header.Get("Message-Id")]++
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s came %d times", id, n)
		}
	}
	if len(seen) != 40 {
		t.Errorf("%d mails came, want 40", len(seen))
	}
}

// gone is a sender that dies in the middle.
type gone struct{ cancel context.CancelFunc }

func (g gone) Open(context.Context) (Line, error) { return g, nil }
func (g gone) Close() error                       { return nil }
func (g gone) Send(ctx context.Context, _ Message) error {
	g.cancel()
	return ctx.Err()
}

func TestSend_goesOnAfterACrash(t *testing.T) {
	c, o := catch(t), newOutbox(t)
	o.queue(t, hello("1", "ann@example.org"))
	// A copy claims it and dies.
	if m, claimed, err := o.claim(t.Context(), "harbour/1"); !claimed || err != nil || m.State != Sending {
		t.Fatal(m, err)
	}
	sender := c.sendsFor(t, "feria@harbour.example")
	o.pass(claimFor - time.Second)
	if n, err := o.Send(t.Context(), sender); n != 0 || err != nil {
		t.Fatalf("sent although another has it: %d, %v", n, err)
	}
	if since, waiting, err := o.Oldest(t.Context()); waiting != 1 || err != nil || o.at.Sub(since) != claimFor-time.Second {
		t.Errorf("%d wait since %s, %v", waiting, since, err)
	}
	o.pass(time.Second)
	if n, err := o.Send(t.Context(), sender); n != 1 || err != nil {
		t.Fatalf("not taken over: %d, %v", n, err)
	}
	if since, waiting, err := o.Oldest(t.Context()); waiting != 0 || err != nil || !since.IsZero() {
		t.Errorf("%d wait since %s, %v", waiting, since, err)
	}

	// Stopping in the middle costs the mail no try.
	o.queue(t, hello("2", "ann@example.org"))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := o.Send(ctx, gone{cancel})
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if m := o.message(t, "harbour/2"); m.State != Queued || m.Tries != 0 {
		t.Errorf("after a stop in the middle: %+v", m)
	}
}
