package mail

import (
	"io"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"feria/store/storetest"
)

// catcher is a mail server in this process that keeps what it gets.
type catcher struct {
	url string

	mu     sync.Mutex
	got    []caught
	lines  int              // connections so far
	refuse map[string]error // by recipient
	sender error            // to every MAIL FROM
	user   string           // if set, who must sign in, with password "secret"
}

type caught struct {
	from string
	to   []string
	raw  string
}

func (c *catcher) mails() []caught {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]caught(nil), c.got...)
}

func catch(t *testing.T) *catcher {
	t.Helper()
	c := &catcher{refuse: map[string]error{}}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.lines++
		return &caughtSession{c: c}, nil
	}))
	s.Domain, s.AllowInsecureAuth = "catcher", true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l) // ends with Close
	}()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	c.url = "smtp://" + l.Addr().String()
	return c
}

type caughtSession struct {
	c      *catcher
	signed bool
	now    caught
}

func (s *caughtSession) Reset()                   { s.now = caught{} }
func (s *caughtSession) Logout() error            { return nil }
func (s *caughtSession) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *caughtSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.c.user || password != "secret" {
			return smtp.ErrAuthFailed
		}
		s.signed = true
		return nil
	}), nil
}

func (s *caughtSession) Mail(from string, _ *smtp.MailOptions) error {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	if s.c.user != "" && !s.signed {
		return smtp.ErrAuthRequired
	}
	s.now.from = from
	return s.c.sender
}

func (s *caughtSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.now.to = append(s.now.to, to)
	return s.c.refuse[to]
}

func (s *caughtSession) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.now.raw = string(data)
	s.c.got = append(s.c.got, s.now)
	return err
}

// outbox is an outbox with a clock that the test turns.
type outbox struct {
	*Outbox
	mu sync.Mutex
	at time.Time
}

func (o *outbox) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at = o.at.Add(d)
}

func newOutbox(t testing.TB) *outbox {
	o := &outbox{at: time.Date(2027, 4, 12, 9, 0, 0, 0, time.UTC)}
	o.Outbox = New(storetest.Open(t, Collections()...), func() time.Time {
		o.mu.Lock()
		defer o.mu.Unlock()
		return o.at
	})
	return o
}

func (o *outbox) queue(t testing.TB, m Message) {
	t.Helper()
	if err := o.Queue(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

func (o *outbox) message(t testing.TB, id string) Message {
	t.Helper()
	m, err := o.Message(t.Context(), "harbour", id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (c *catcher) sendsFor(t testing.TB, from string) *SMTP {
	t.Helper()
	s, err := NewSMTP(c.url, "", from)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func hello(id, to string) Message {
	return Message{ID: "harbour/" + id, City: "harbour", Event: "harbour/week", Kind: "booking_confirmed", To: to, ToName: "Ann Ü",
		Lang: "en", Subject: "Booked: Soldering ♥", Text: "Hello Ann,\n\nyour pass: https://x.example/passes/1.\n"}
}

func parse(t *testing.T, raw string) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	return m
}
