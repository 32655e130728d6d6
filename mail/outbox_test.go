package mail

import (
	"strings"
	"testing"
	"time"

	"feria/kernel"
	"feria/locale"
	"feria/store"
)

func TestQueue(t *testing.T) {
	o := newOutbox(t)
	for _, row := range []struct {
		name  string
		spoil func(m *Message)
		want  string
	}{
		{"a mail as it should be", func(*Message) {}, ""},
		{"no subject", func(m *Message) { m.Subject = " \r\n" }, "message_empty"},
		{"no text", func(m *Message) { m.Text = "\n" }, "message_empty"},
		{"a text of a megabyte", func(m *Message) { m.Text = strings.Repeat("x", 1<<20) }, "message_large"},
		{"a file of three megabytes", func(m *Message) { m.Attachments = []Attachment{{Data: make([]byte, 3<<20)}} }, "message_large"},
		{"a sender that is none", func(m *Message) { m.From = "x" }, "mail_invalid"},
		{"an id of another city", func(m *Message) { m.ID = "inland/1" }, "internal"},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := hello("q", "ann@example.org")
			row.spoil(&m)
			err := o.Queue(t.Context(), m)
			if row.want == "" && err != nil || row.want != "" && kernel.CodeOf(err) != row.want {
				t.Errorf("got %v", err)
			}
		})
	}
	m := hello("q", "ann@example.org")
	m.Subject = "Something else"
	o.queue(t, m)
	if got := o.message(t, "harbour/q").Subject; got != "Booked: Soldering ♥" {
		t.Errorf("the second mail of one decision replaced the first: %q", got)
	}
	long := hello("long", "ann@example.org")
	long.Subject, long.State, long.Tries = strings.Repeat("ü", 400), Sent, 7
	o.queue(t, long)
	if m := o.message(t, "harbour/long"); len([]rune(m.Subject)) != maxSubject || m.State != Queued || m.Tries != 0 {
		t.Errorf("got %d characters, %s, %d tries", len([]rune(m.Subject)), m.State, m.Tries)
	}
}

func TestList(t *testing.T) {
	o := newOutbox(t)
	for i := range 60 {
		o.queue(t, hello(string(rune('A'+i)), "ann@example.org"))
		o.pass(time.Second)
	}
	other := hello("x", "bob@example.org")
	other.ID, other.City = "inland/x", "inland"
	o.queue(t, other)
	for _, state := range []State{"", Queued} {
		first, next, err := o.List(t.Context(), "harbour", state, "")
		if err != nil || len(first) != perPage || next == "" {
			t.Fatalf("%q: %d, %q, %v", state, len(first), next, err)
		}
		rest, end, err := o.List(t.Context(), "harbour", state, next)
		if err != nil || len(rest) != 10 || end != "" {
			t.Fatalf("%q: %d, %q, %v", state, len(rest), end, err)
		}
		if first[0].ID != "harbour/"+string(rune('A'+59)) || rest[9].ID != "harbour/A" || first[0].Text != "" {
			t.Errorf("%q: from %s to %s, with text %q", state, first[0].ID, rest[9].ID, first[0].Text)
		}
	}
	if none, _, err := o.List(t.Context(), "harbour", Sent, ""); err != nil || len(none) != 0 {
		t.Errorf("sent: %v, %v", none, err)
	}
	if _, _, err := o.List(t.Context(), "harbour", "", "nonsense"); kernel.CodeOf(err) != "cursor_unknown" {
		t.Errorf("a cursor that is none: %v", err)
	}
	if _, err := o.Message(t.Context(), "harbour", "inland/x"); kernel.KindOf(err) != kernel.NotFound {
		t.Errorf("a mail of another city: %v", err)
	}
}

// A mail to nobody costs a write and leaves nothing.
func TestQueue_void(t *testing.T) {
	c, o := catch(t), newOutbox(t)
	m := hello("v", "nobody@example.org")
	m.Void = true
	o.queue(t, m)
	if _, err := o.Message(t.Context(), "harbour", "harbour/v"); kernel.KindOf(err) != kernel.NotFound {
		t.Errorf("it can be read: %v", err)
	}
	if list, _, err := o.List(t.Context(), "harbour", "", ""); len(list) != 0 || err != nil {
		t.Errorf("it is listed: %v, %v", list, err)
	}
	if n, err := o.Send(t.Context(), c.sendsFor(t, "feria@harbour.example")); n != 0 || err != nil || len(c.mails()) != 0 {
		t.Errorf("it was sent: %d, %v", n, err)
	}
	o.pass(time.Second)
	if n, err := o.Tidy(t.Context()); n != 1 || err != nil {
		t.Errorf("tidied %d, %v", n, err)
	}
	if left, err := messages.In(o.store).Count(t.Context(), store.All()); left != 0 || err != nil {
		t.Errorf("%d left, %v", left, err)
	}
}

// After 30 days the content is gone, after 180 the row. What could not be sent for
// as long is given up.
func TestTidy(t *testing.T) {
	c, o := catch(t), newOutbox(t)
	o.queue(t, hello("1", "ann@example.org"))
	if n, err := o.Send(t.Context(), c.sendsFor(t, "feria@harbour.example")); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	o.pass(time.Hour)
	o.queue(t, hello("2", "ann@example.org")) // nobody sends it
	o.pass(keepContent - time.Hour - time.Second)
	if n, err := o.Tidy(t.Context()); n != 0 || err != nil {
		t.Fatalf("too early: %d, %v", n, err)
	}
	o.pass(2 * time.Second)
	for _, want := range []int{1, 0} {
		if n, err := o.Tidy(t.Context()); n != want || err != nil {
			t.Fatalf("tidied %d, want %d; %v", n, want, err)
		}
	}
	m := o.message(t, "harbour/1")
	if m.Text+m.Subject+m.To+m.ToName != "" || m.State != Sent || !m.Blanked || m.Kind != "booking_confirmed" {
		t.Errorf("left %+v", m)
	}
	if m := o.message(t, "harbour/2"); m.Text == "" || m.State != Queued {
		t.Errorf("a mail that still waits lost its text: %+v", m)
	}
	o.pass(time.Hour)
	if n, err := o.Tidy(t.Context()); n != 1 || err != nil {
		t.Errorf("tidied %d, %v", n, err)
	}
	if m := o.message(t, "harbour/2"); m.Text+m.To+m.ToName != "" || m.State != Failed || !m.Blanked {
		t.Errorf("what waited too long is %+v", m)
	}
	if _, waiting, err := o.Oldest(t.Context()); waiting != 0 || err != nil {
		t.Errorf("%d wait, %v", waiting, err)
	}
	if gone, err := o.store.Expire(t.Context(), m.EndedAt.Add(keepRow)); err != nil || gone["mails"] != 1 {
		t.Errorf("expired %v, %v", gone, err)
	}
}

func TestCompose(t *testing.T) {
	cats, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	full := map[string]any{
		"name": "Ann", "event": "Learning Week", "session": "Soldering", "when": "Monday 12 April 2027, 10:00", "where": "Lab, Library", "seats": 2,
		"pass": "https://x.example/passes/p", "manage": "https://x.example/me?key=k", "contact": "+49 431 1", "position": 3,
		"city": "Harbour City", "link": "https://x.example/sign-in?link=l", "code": "012345",
	}
	needs := map[string][]string{
		"booking_confirmed": {"Ann", "Soldering", "Monday", "Lab, Library", "2", "/passes/p", "/me?key=k", "+49", "Learning Week"},
		"booking_waiting":   {"Ann", "Soldering", "Monday", "Lab, Library", "2", "3", "/me?key=k", "+49", "Learning Week"},
		"booking_promoted":  {"Ann", "Soldering", "Monday", "Lab, Library", "2", "/passes/p", "/me?key=k", "+49", "Learning Week"},
		"booking_changed":   {"Ann", "Soldering", "Monday", "Lab, Library", "2", "/passes/p", "/me?key=k", "+49", "Learning Week"},
		"booking_cancelled": {"Ann", "Soldering", "Monday", "Lab, Library", "/me?key=k", "+49", "Learning Week"},
		"new_links":         {"Ann", "Harbour City", "/me?key=k", "+49"},
		"sign_in":           {"Ann", "Harbour City", "/sign-in?link=l", "012345", "+49"},
	}
	for _, lang := range cats.Languages() {
		for kind, wanted := range needs {
			subject, text, err := Compose(cats.For(lang), kind, full)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range wanted {
				if !strings.Contains(text, w) {
					t.Errorf("%s %s lacks %q:\n%s", lang, kind, w, text)
				}
			}
			if strings.Contains(subject+text, "{{") || strings.Contains(subject, "\n") || strings.Contains(text, "\n\n\n") {
				t.Errorf("%s %s: %q\n%s", lang, kind, subject, text)
			}
		}
	}
	_, text, err := Compose(cats.For("en"), "booking_confirmed", map[string]any{"session": "Soldering", "when": "today", "name": "", "seats": 1})
	if err != nil {
		t.Fatal(err)
	}
	want := `Your places are booked. We look forward to seeing you.

  Soldering
  today
  Places: 1

This mail and its links are for you and those who come with you only.`
	if text != want {
		t.Errorf("with what there is:\n%s", text)
	}
	for kind, data := range map[string]map[string]any{"no_such_kind": full, "sign_in": {"city": "Harbour City"}} {
		if _, _, err := Compose(cats.For("en"), kind, data); err == nil {
			t.Errorf("%s composed", kind)
		}
	}
}

func TestToHTML(t *testing.T) {
	got := toHTML(Message{Lang: "ar", Subject: "a<b", Text: "Hi <b>\nsecond\n\nhttps://x.example/a?b=1&c=\"2 and (https://y.example/z)."})
	for _, want := range []string{
		`<html lang="ar" dir="rtl">`, "<title>a&lt;b</title>", "<p>Hi &lt;b&gt;<br>\nsecond</p>",
		`<a href="https://x.example/a?b=1&amp;c=">`, `(<a href="https://y.example/z">https://y.example/z</a>).`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s:\n%s", want, got)
		}
	}
}
