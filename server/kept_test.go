package server_test

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"feria/mail"
	"feria/store"
)

// What the store keeps, and what an answer says, in a form that can be held
// against another.

// settled is kept, once the jobs have done what was left to do.
func (o *town) settled(city string) map[string]string {
	o.t.Helper()
	last := o.kept(city)
	for still := 0; still < 3; still++ {
		time.Sleep(60 * time.Millisecond)
		now := o.kept(city)
		if len(differs(last, now)) > 0 {
			still = -1
		}
		last = now
	}
	return last
}

// kept is all that the store keeps of a city, by collection and id.
func (o *town) kept(city string) map[string]string {
	o.t.Helper()
	out := map[string]string{}
	err := o.p.Store.Dump(o.t.Context(), func(r store.Record) error {
		if r.ID == city || strings.HasPrefix(r.ID, city+"/") {
			out[r.Collection+" "+r.ID] = fmt.Sprint(r.Rev) + string(r.Body)
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return out
}

// differs says what was written between two looks at a city.
func differs(before, after map[string]string) []string {
	var out []string
	for id, body := range after {
		if was, ok := before[id]; !ok || was != body {
			out = append(out, fmt.Sprintf("%s: %.300s instead of %.300s", id, body, was))
		}
	}
	for id := range before {
		if _, ok := after[id]; !ok {
			out = append(out, id+" is gone")
		}
	}
	return out
}

// mailsTo waits until n mails to an address are in the outbox, also those that
// are never sent.
func (o *town) mailsTo(address string, n int) []mail.Message {
	o.t.Helper()
	var found []mail.Message
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		found = nil
		for after, more := "", true; more; more = after != "" {
			page, next, err := o.p.Outbox.List(o.t.Context(), o.week.City, "", after)
			if err != nil {
				o.t.Fatal(err)
			}
			for _, m := range page {
				if m.To == address {
					if m, err = o.p.Outbox.Message(o.t.Context(), o.week.City, m.ID); err != nil {
						o.t.Fatal(err)
					}
					found = append(found, m)
				}
			}
			after = next
		}
		if len(found) >= n {
			return found
		}
	}
	o.t.Fatalf("%d mails to %s, want %d", len(found), address, n)
	return nil
}

// same makes two answers comparable: without the address that was asked for,
// and without the request's own number.
func (p page) same(asked string) string {
	text := fmt.Sprint(p.StatusCode, " ", p.Header.Get("Location"), "\n", p.body)
	for _, a := range []string{asked, strings.ReplaceAll(asked, "/", "%2F"), url.QueryEscape(asked)} {
		text = strings.ReplaceAll(text, a, "ADDRESS")
	}
	return strings.ReplaceAll(text, p.Header.Get("X-Request-Id"), "REQUEST")
}
