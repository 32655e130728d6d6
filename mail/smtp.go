package mail

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"feria/kernel"
)

// SMTP sends through a mail server.
type SMTP struct {
	client    *gomail.Client
	from      netmail.Address // of all mails, if it is set
	otherwise netmail.Address // of those that name nobody
}

// smtpTimeout bounds connecting and each command.
const smtpTimeout = 20 * time.Second

// NewSMTP makes a sender of an address like smtp://user:password@host:port or
// smtps://…. from ("name@host" or "Name <name@host>") sends all mails, for a server
// that lets nobody else: whom a mail itself names gets the replies. Where from is
// empty mails come from whom they name, and from otherwise if they name nobody.
// smtp:// takes up TLS where the
// server offers it and insists on it where a password would else go over a
// network in clear; smtps:// begins with TLS. The ports are 25, 587 with a
// password, and 465 for smtps unless the address says another. Errors never hold
// the address, which may hold a password.
func NewSMTP(server, from, otherwise string) (*SMTP, error) {
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("mail: the server is not like smtp://user:password@host:port")
	}
	s := &SMTP{}
	if s.from, err = sender(from); err != nil {
		return nil, err
	}
	if s.otherwise, err = sender(otherwise); err != nil {
		return nil, err
	}
	password, secret := u.User.Password()
	port := 25
	options := []gomail.Option{gomail.WithTimeout(smtpTimeout), gomail.WithoutNoop()}
	switch {
	case u.Scheme == "smtps":
		port = 465
		options = append(options, gomail.WithSSL())
	case secret && !loopback(u.Hostname()):
		port = 587
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, errors.New("mail: the port of the server is no number")
		}
	}
	options = append(options, gomail.WithPort(port))
	if u.User != nil {
		auth := gomail.SMTPAuthAutoDiscover
		if loopback(u.Hostname()) && u.Scheme == "smtp" { // nobody listens in
			auth = gomail.SMTPAuthPlainNoEnc
		}
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	s.client, err = gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, errors.New("mail: the server's address is not usable")
	}
	return s, nil
}

// sender reads an address of the settings, which may be empty.
func sender(text string) (netmail.Address, error) {
	if text == "" {
		return netmail.Address{}, nil
	}
	a, err := netmail.ParseAddress(text)
	if err != nil || !address(a.Address) {
		return netmail.Address{}, fmt.Errorf("mail: the sender %q is no mail address", text)
	}
	return *a, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Open connects, greets and signs in.
func (s *SMTP) Open(ctx context.Context) (Line, error) {
	c, err := s.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		// Replies to a sign-in may repeat the name; the log gets the step only.
		var unreachable *net.OpError
		if errors.As(err, &unreachable) {
			return nil, fmt.Errorf("mail: cannot reach the server: %w", unreachable)
		}
		return nil, errors.New("mail: the server does not let us in")
	}
	return &smtpLine{sender: s, client: c}, nil
}

type smtpLine struct {
	sender *SMTP
	client *smtp.Client
}

func (l *smtpLine) Close() error {
	// A line that the server has closed first is closed as well.
	_ = l.sender.client.CloseWithSMTPClient(l.client)
	return nil
}

// Send hands one mail to the server.
func (l *smtpLine) Send(_ context.Context, m Message) error {
	built, err := l.sender.build(m)
	if err != nil {
		return Permanent(err)
	}
	err = l.sender.client.SendWithSMTPClient(l.client, built)
	if err == nil {
		return nil
	}
	var refused *gomail.SendError
	if errors.As(err, &refused) {
		// A refusal of the sender is a wrong setting, which somebody will mend; one
		// of the recipient or of the content will stay.
		switch final := refused.ErrorCode() >= 500; {
		case refused.Reason == gomail.ErrGetRcpts || refused.Reason == gomail.ErrGetSender:
			return Permanent(err)
		case final && (refused.Reason == gomail.ErrSMTPRcptTo || refused.Reason == gomail.ErrSMTPData || refused.Reason == gomail.ErrSMTPDataClose):
			return Permanent(err)
		}
	}
	return err
}

// build makes the mail: plain text, the same as simple HTML, the files. The
// Message-ID is derived from the ID, so that a mail that had to be sent twice is
// recognised as one.
func (s *SMTP) build(m Message) (*gomail.Msg, error) {
	from, named := s.otherwise, netmail.Address{Name: m.FromName, Address: m.From}
	switch {
	case s.from.Address != "":
		from = netmail.Address{Name: cmp.Or(m.FromName, s.from.Name), Address: s.from.Address}
	case m.From != "":
		from = named
	}
	if from.Address == "" {
		return nil, errors.New("mail: nobody to send it from; set a sender or the contact address of the city")
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	g := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	g.FromMailAddress(&from)
	if m.From != "" && m.From != from.Address {
		g.ReplyToMailAddress(&named)
	}
	g.ToMailAddress(&netmail.Address{Name: m.ToName, Address: m.To})
	g.Subject(m.Subject)
	g.SetMessageIDWithValue(kernel.DeriveID("message", m.ID) + "@" + domain)
	g.SetDateWithValue(m.QueuedAt)
	g.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday replies, please
	if m.Lang != "" {
		g.SetGenHeader("Content-Language", line(m.Lang))
	}
	g.SetBodyString(gomail.TypeTextPlain, m.Text)
	g.AddAlternativeString(gomail.TypeTextHTML, toHTML(m))
	for _, a := range m.Attachments {
		err := g.AttachReader(a.Name, bytes.NewReader(a.Data), gomail.WithFileContentType(gomail.ContentType(line(a.Type))))
		if err != nil {
			return nil, err
		}
	}
	return g, nil
}
