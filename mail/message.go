package mail

import (
	"mime"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"feria/kernel"
	"feria/store"
)

// Message is a mail in the outbox. Its ID is derived by the caller from the
// decision that it tells of, so that it is queued once however often the caller
// tries.
type Message struct {
	ID          string       `json:"id"` // City/…
	City        string       `json:"city"`
	Event       string       `json:"event,omitempty"` // "" for sign-in and the like
	Kind        string       `json:"kind"`            // as Compose takes it
	To          string       `json:"to"`
	ToName      string       `json:"to_name,omitempty"`
	From        string       `json:"from,omitempty"` // "": the sender's own address
	FromName    string       `json:"from_name,omitempty"`
	Lang        string       `json:"lang,omitempty"` // BCP 47
	Subject     string       `json:"subject"`
	Text        string       `json:"text"` // plain; links in it become links of the HTML part too
	Attachments []Attachment `json:"attachments,omitempty"`
	// Void marks a mail that is never sent: it makes a request about an address
	// that nobody has cost the same work as one about an address somebody has.
	Void bool `json:"void,omitempty"`

	// What the outbox itself writes:
	State    State     `json:"state"`
	QueuedAt time.Time `json:"queued_at"`
	EndedAt  time.Time `json:"ended_at,omitzero"` // sent or failed
	Tries    int       `json:"tries"`
	Reply    string    `json:"reply,omitempty"` // what went wrong last, in the words of the server
	// Due is when something happens to it next: the next try, the end of the
	// claim of whoever sends it, the day on which its content is removed.
	Due     time.Time `json:"due"`
	Claim   string    `json:"claim,omitempty"` // who sends it now
	Blanked bool      `json:"blanked,omitempty"`
}

// Attachment is a file that goes with a mail: a pass as PNG, a calendar entry.
type Attachment struct {
	Name string `json:"name"`
	Type string `json:"type"` // MIME type
	Data []byte `json:"data"`
}

// State is where a mail stands.
type State string

// The states.
const (
	Queued  State = "queued"
	Sending State = "sending"
	Sent    State = "sent"
	Failed  State = "failed"
	Void    State = "void"
)

// How long contents and rows are kept after the end of a mail, and how much one
// may hold.
const (
	keepContent = 30 * 24 * time.Hour
	keepRow     = 180 * 24 * time.Hour
	maxText     = 100_000
	maxSubject  = 250 // characters
	maxFiles    = 2 << 20
)

var messages = store.Declare(store.Spec[Message]{
	Name: "mails", ID: func(m *Message) string { return m.ID }, Shape: 1,
	Indexes: []store.Index[Message]{
		{Name: "city", Key: func(m *Message) store.Key {
			if m.State == Void {
				return nil
			}
			return store.K(m.City, m.QueuedAt)
		}},
		{Name: "city_state", Key: func(m *Message) store.Key { return store.K(m.City, string(m.State), m.QueuedAt) }},
		// The sender works for all cities of the installation, so these two do not
		// begin with one.
		{Name: "state", Key: func(m *Message) store.Key { return store.K(string(m.State), m.Due) }},
		{Name: "waiting", Key: func(m *Message) store.Key {
			if m.State != Queued && m.State != Sending {
				return nil
			}
			return store.K(m.QueuedAt)
		}},
	},
	Personal: []string{"to", "to_name", "subject", "text", "attachments", "reply"},
	Keep:     "content until 30 days after it was sent or given up, which it is when it has waited as long; the row 180 days",
	Until: func(m *Message) time.Time {
		if m.EndedAt.IsZero() {
			return time.Time{}
		}
		return m.EndedAt.Add(keepRow)
	},
})

// Collections lists what this package stores.
func Collections() []store.Declaration { return []store.Declaration{messages} }

// clean makes of what a caller hands in a message that can be sent: headers on
// one line each, an address that is one address and nothing more.
func (m *Message) clean() error {
	m.Subject, m.ToName, m.FromName = line(m.Subject), line(m.ToName), line(m.FromName)
	if r := []rune(m.Subject); len(r) > maxSubject {
		m.Subject = strings.TrimSpace(string(r[:maxSubject-1])) + "…"
	}
	var wrong kernel.Errors
	if !address(m.To) {
		wrong.Add("to", "mail_invalid")
	}
	if m.From != "" && !address(m.From) {
		wrong.Add("from", "mail_invalid")
	}
	if m.Subject == "" || strings.TrimSpace(m.Text) == "" {
		wrong.Add("text", "message_empty")
	}
	size := 0
	for i := range m.Attachments {
		size += len(m.Attachments[i].Data)
		m.Attachments[i].Name = fileName(m.Attachments[i].Name)
		if _, _, err := mime.ParseMediaType(m.Attachments[i].Type); err != nil || line(m.Attachments[i].Type) != m.Attachments[i].Type {
			m.Attachments[i].Type = "application/octet-stream"
		}
	}
	if len(m.Text) > maxText || size > maxFiles {
		wrong.Add("text", "message_large")
	}
	m.Text = text(m.Text)
	return wrong.Err()
}

// address says whether a text is one mail address, in ASCII, and nothing else.
func address(s string) bool {
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	a, err := netmail.ParseAddress(s)
	return err == nil && a.Address == s && a.Name == "" && !strings.ContainsAny(s, `"<>(),;:\`)
}

// line puts what stands in a header on one line: control characters, line and
// paragraph separators become spaces, direction marks that could disguise a
// sender go.
func line(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// text keeps line breaks and drops the other control characters.
func text(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// fileName makes a plain name of whatever it was.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|;`, r) {
			return '-'
		}
		return r
	}, line(s))
	for utf8.RuneCountInString(s) > 80 {
		s = string([]rune(s)[:80])
	}
	if strings.Trim(s, ". ") == "" {
		return "file"
	}
	return s
}

// tries are the waits before each next try. After the last one the mail has
// failed.
var tries = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 4 * time.Hour, 4 * time.Hour,
}

// claimFor is how long a mail belongs to whoever sends it. If Feria dies in
// between, it is sent again: rather twice, under one Message-ID, than never.
const claimFor = 5 * time.Minute

// take claims the mail for a sender if it is due.
func (m *Message) take(now time.Time, claim string) bool {
	if m.State == Sending && m.Claim == claim {
		return true
	}
	if m.State != Queued && m.State != Sending || now.Before(m.Due) {
		return false
	}
	m.State, m.Claim, m.Due = Sending, claim, now.Add(claimFor)
	m.Tries++
	return true
}

// ended writes down how a try ended; err is nil, or what deliver gave.
func (m *Message) ended(now time.Time, claim string, err *refusal) {
	if m.State != Sending || m.Claim != claim {
		return // taken over by another sender
	}
	m.Claim = ""
	switch {
	case err == nil:
		m.State, m.Reply, m.EndedAt, m.Due = Sent, "", now, now.Add(keepContent)
	case err.kind == away: // the fault of no mail
		m.Tries--
		m.State, m.Reply, m.Due = Queued, err.reply, now.Add(tries[0])
	case err.kind == temporary && m.Tries <= len(tries):
		m.State, m.Reply, m.Due = Queued, err.reply, now.Add(tries[m.Tries-1])
	default:
		m.State, m.Reply, m.EndedAt, m.Due = Failed, err.reply, now, now.Add(keepContent)
	}
}

// blank removes the content.
func (m *Message) blank() {
	m.Text, m.Subject, m.To, m.ToName, m.Reply, m.Attachments, m.Blanked = "", "", "", "", "", nil, true
	m.Due = m.EndedAt.Add(keepRow)
}

// listed is the message without what a list does not show.
func (m Message) listed() Message {
	m.Text, m.Attachments = "", nil
	return m
}

// States lists the states that the console offers.
func States() []State { return slices.Clone([]State{Queued, Sending, Sent, Failed}) }

// What a mail holds that opens something: the keys of links, the digits of a sign-in.
var (
	linkKeys = regexp.MustCompile(`([?&](?:key|link)=|/passes/)[\w.~%-]+`)
	digits   = regexp.MustCompile(`\b\d{6}\b`)
)

// Masked is the text without what opens something, for somebody it was not sent to:
// a link to bookings holds for all events of a party.
func (m Message) Masked() string {
	text := linkKeys.ReplaceAllString(m.Text, "${1}…")
	if m.Kind == "sign_in" {
		text = digits.ReplaceAllString(text, "…")
	}
	return text
}
