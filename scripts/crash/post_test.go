package crash

import (
	"io"
	"net"
	netmail "net/mail"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"feria/mail"
	"feria/platform"
)

// postOffice is a mail server that counts what it gets.
type postOffice struct {
	url string
	mu  sync.Mutex
	got map[string]int // by Message-ID
}

func openPostOffice(t *testing.T) *postOffice {
	t.Helper()
	o := &postOffice{got: map[string]int{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &counter{o}, nil }))
	server.Domain = "post"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends with Close
	}()
	t.Cleanup(func() {
		must(t, server.Close())
		<-done
	})
	o.url = "smtp://" + listener.Addr().String()
	return o
}

// counter is one session at the post office.
type counter struct{ o *postOffice }

func (*counter) Reset()                               {}
func (*counter) Logout() error                        { return nil }
func (*counter) Mail(string, *smtp.MailOptions) error { return nil }
func (*counter) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (c *counter) Data(r io.Reader) error {
	m, err := netmail.ReadMessage(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, m.Body)
	c.o.mu.Lock()
	defer c.o.mu.Unlock()
	c.o.got[m.Header.Get("Message-Id")]++
	return err
}

// mailedOnce waits until both copies have done all that follows, and holds the
// outbox and what was sent against the decisions: one mail each, sent once.
func (r *pair) mailedOnce(t *testing.T) {
	r.settle(t)
	p := r.open(t, platform.Options{NoJobs: true})
	defer func() { must(t, p.Close()) }()
	begun := time.Now()
	for {
		queued, err := p.Outbox.Count(t.Context(), mail.Queued)
		must(t, err)
		sending, err := p.Outbox.Count(t.Context(), mail.Sending)
		must(t, err)
		if queued+sending == 0 {
			break
		}
		if time.Since(begun) > 3*time.Minute {
			t.Fatalf("%d mails wait and %d are being sent", queued, sending)
		}
		time.Sleep(100 * time.Millisecond)
	}
	n := r.checkMails(t, r.l)
	r.post.mu.Lock()
	defer r.post.mu.Unlock()
	for id, times := range r.post.got {
		if times != 1 {
			t.Errorf("mail %s was sent %d times", id, times)
		}
	}
	if len(r.post.got) != n || n == 0 {
		t.Errorf("the outbox has %d mails, %d were sent", n, len(r.post.got))
	}
	t.Logf("%d mails, each sent once, the last %s after the last decision was carried out", n, time.Since(begun).Round(time.Millisecond))
}
