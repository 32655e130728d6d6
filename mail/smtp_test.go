package mail

import (
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"

	"feria/kernel"
)

func TestSend_arrivesWhole(t *testing.T) {
	c, o := catch(t), newOutbox(t)
	m := hello("1", "ann@example.org")
	m.Attachments = []Attachment{{Name: "../pass.png", Type: "image/png", Data: []byte("PNG of a pass")}}
	o.queue(t, m)
	if n, err := o.Send(t.Context(), c.sendsFor(t, "Feria <feria@harbour.example>")); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	got := c.mails()
	if len(got) != 1 || got[0].from != "feria@harbour.example" || len(got[0].to) != 1 || got[0].to[0] != "ann@example.org" {
		t.Fatalf("caught %+v", got)
	}
	parsed := parse(t, got[0].raw)
	var decoder mime.WordDecoder
	subject, err := decoder.DecodeHeader(parsed.Header.Get("Subject"))
	if err != nil || subject != "Booked: Soldering ♥" {
		t.Errorf("subject %q, %v", subject, err)
	}
	to, err := parsed.Header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Name != "Ann Ü" || to[0].Address != "ann@example.org" {
		t.Errorf("to %v, %v", to, err)
	}
	for header, want := range map[string]string{
		"Message-Id": "<" + kernel.DeriveID("message", "harbour/1") + "@harbour.example>", "Auto-Submitted": "auto-generated",
		"Content-Language": "en", "Date": "Mon, 12 Apr 2027 09:00:00 +0000", "From": `"Feria" <feria@harbour.example>`, "User-Agent": "", "X-Mailer": "",
	} {
		if got := parsed.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	parts := parts(t, parsed.Header.Get("Content-Type"), parsed.Body)
	if plain := parts["text/plain"]; !strings.Contains(plain, "Hello Ann,") || !strings.Contains(plain, "https://x.example/passes/1.") {
		t.Errorf("plain text %q", plain)
	}
	if rich := parts["text/html"]; !strings.Contains(rich, `<a href="https://x.example/passes/1">https://x.example/passes/1</a>.`) || !strings.Contains(rich, `lang="en" dir="ltr"`) {
		t.Errorf("HTML %q", rich)
	}
	if file := parts["image/png ..-pass.png"]; !strings.HasPrefix(file, "UE5HIG9mIGEgcGFzcw==") {
		t.Errorf("attachment %q of %v", file, parts)
	}
	if m := o.message(t, "harbour/1"); m.State != Sent || m.Tries != 1 || !m.EndedAt.Equal(o.at) {
		t.Errorf("afterwards %+v", m)
	}
	if n, err := o.Send(t.Context(), c.sendsFor(t, "feria@harbour.example")); n != 0 || err != nil || len(c.mails()) != 1 {
		t.Errorf("sent again: %d, %v", n, err)
	}
}

// parts gives the leaves of a mail by type and file name; attachments stay
// encoded.
func parts(t *testing.T, contentType string, body io.Reader) map[string]string {
	t.Helper()
	found := map[string]string{}
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	for r := multipart.NewReader(body, params["boundary"]); ; {
		p, err := r.NextPart()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(kind, "multipart/") {
			for k, v := range parts(t, p.Header.Get("Content-Type"), p) {
				found[k] = v
			}
			continue
		}
		data, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, disposed, err := mime.ParseMediaType(p.Header.Get("Content-Disposition")); err == nil {
			kind += " " + disposed["filename"]
		}
		found[kind] = string(data)
	}
}

// What people typed cannot become a header (reliability.md, bad input 30).
func TestSend_letsNobodyAddHeaders(t *testing.T) {
	c, o := catch(t), newOutbox(t)
	evil := "x\r\nBcc: b@evil.example\r\n\r\n<script>\u2028Bcc: c@evil.example"
	for i, spoil := range []func(m *Message){
		func(m *Message) { m.Subject = evil },
		func(m *Message) { m.ToName = evil + `" <d@evil.example>, "` },
		func(m *Message) { m.From, m.FromName = "city@harbour.example", evil },
		func(m *Message) { m.Lang = evil },
		func(m *Message) { m.Text = evil + "\r\n.\r\nMAIL FROM:<e@evil.example>\r\n" },
		func(m *Message) {
			m.Attachments = []Attachment{{Name: evil, Type: "text/calendar" + evil, Data: []byte("x")}}
		},
	} {
		m := hello(string(rune('a'+i)), "ann@example.org")
		spoil(&m)
		o.queue(t, m)
	}
	if n, err := o.Send(t.Context(), c.sendsFor(t, "feria@harbour.example")); n != 6 || err != nil {
		t.Fatal(n, err)
	}
	for _, got := range c.mails() {
		if len(got.to) != 1 || got.to[0] != "ann@example.org" || strings.Contains(got.from, "evil") {
			t.Errorf("envelope %+v", got)
		}
		parsed := parse(t, got.raw)
		for _, h := range []string{"Bcc", "Cc"} {
			if v := parsed.Header.Get(h); v != "" {
				t.Errorf("%s: %q", h, v)
			}
		}
		if to, err := parsed.Header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != "ann@example.org" {
			t.Errorf("To: %v, %v", to, err)
		}
		if parts := parts(t, parsed.Header.Get("Content-Type"), parsed.Body); strings.Contains(parts["text/html"], "<script>") {
			t.Errorf("HTML of a person's making: %s", parts["text/html"])
		}
	}
	for _, to := range []string{"a@x.org\r\nBcc: b@y.org", "a@x.org, b@y.org", "Ann <a@x.org>", "", "a", "a b@x.org", "ä@x.org", `"a b"@x.org`, "a@x.org>"} {
		if err := o.Queue(t.Context(), hello("bad", to)); kernel.CodeOf(err) != "mail_invalid" {
			t.Errorf("to %q: %v", to, err)
		}
	}
}

func TestSMTP_signsIn(t *testing.T) {
	c, o := catch(t), newOutbox(t)
	c.user = "harbour"
	host := strings.TrimPrefix(c.url, "smtp://")
	good, err := NewSMTP("smtp://harbour:secret@"+host, "", "feria@harbour.example")
	if err != nil {
		t.Fatal(err)
	}
	o.queue(t, hello("1", "ann@example.org"))
	if n, err := o.Send(t.Context(), good); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	bad, err := NewSMTP("smtp://harbour:topsecret@"+host, "", "feria@harbour.example")
	if err != nil {
		t.Fatal(err)
	}
	o.queue(t, hello("2", "ann@example.org"))
	_, err = o.Send(t.Context(), bad)
	if kernel.CodeOf(err) != "mail_server_away" || strings.Contains(err.Error(), "topsecret") || strings.Contains(err.Error(), "ann@") {
		t.Errorf("a wrong password: %v", err)
	}
}

// Who the operator says sends all mails; the city that a mail names is answered.
func TestSend_from(t *testing.T) {
	for _, row := range []struct{ name, from, otherwise, city, want, reply string }{
		{"the city", "", "", "city@harbour.example", `"Harbour" <city@harbour.example>`, ""},
		{"the operator's, for a city", "Feria <feria@host.example>", "", "city@harbour.example", `"Harbour" <feria@host.example>`, `"Harbour" <city@harbour.example>`},
		{"the operator's, for nobody", "Feria <feria@host.example>", "", "", `"Harbour" <feria@host.example>`, ""},
		{"whoever is there, for nobody", "", "other@hill.example", "", `<other@hill.example>`, ""},
		{"the city, though another is there", "", "other@hill.example", "city@harbour.example", `"Harbour" <city@harbour.example>`, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, o := catch(t), newOutbox(t)
			s, err := NewSMTP(c.url, row.from, row.otherwise)
			if err != nil {
				t.Fatal(err)
			}
			m := hello("1", "ann@example.org")
			m.From, m.FromName = row.city, "Harbour"
			o.queue(t, m)
			if n, err := o.Send(t.Context(), s); n != 1 || err != nil {
				t.Fatal(n, err)
			}
			got := parse(t, c.mails()[0].raw).Header
			if got.Get("From") != row.want || got.Get("Reply-To") != row.reply {
				t.Errorf("from %q, replies to %q; want %q, %q", got.Get("From"), got.Get("Reply-To"), row.want, row.reply)
			}
		})
	}
}

// Somebody who reads a mail that was sent to another cannot use what it opens.
func TestMessage_Masked(t *testing.T) {
	m := Message{Kind: "booking_confirmed", Text: "Hello, room 123456.\nhttps://x.example/passes/Ab-c_9\nhttps://x.example/me?key=k-1_Z&do=x.\nhttps://x.example/sign-in?link=L%20l\nhttps://x.example/week"}
	if got, want := m.Masked(), "Hello, room 123456.\nhttps://x.example/passes/…\nhttps://x.example/me?key=…&do=x.\nhttps://x.example/sign-in?link=…\nhttps://x.example/week"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	m = Message{Kind: "sign_in", Text: "Type 012345."}
	if got := m.Masked(); got != "Type …." {
		t.Errorf("%q", got)
	}
}

func TestNewSMTP_refuses(t *testing.T) {
	for _, row := range []struct{ name, server, from string }{
		{"another protocol", "http://user:hush@mail.example", "a@x.org"},
		{"no host", "smtp://", "a@x.org"},
		{"no URL", "smtp://user:hush@[::1", "a@x.org"},
		{"a sender that is no address", "smtp://mail.example", "Feria"},
		{"a sender with a second line", "smtp://mail.example", "a@x.org\r\nBcc: b@x.org"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := NewSMTP(row.server, row.from, ""); err == nil || strings.Contains(err.Error(), "hush") {
				t.Errorf("got %v", err)
			}
		})
	}
}
