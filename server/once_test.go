package server_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"feria/festival"
)

var hidden = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)"`)

// book sends the form of a session's page as a browser without JavaScript does,
// and says yes where it is asked to look once more.
func (v *visitor) book(path string, form url.Values) page {
	v.t.Helper()
	p := v.post(path, form)
	if yes := p.check(); yes != nil {
		return v.post(path, yes)
	}
	return p
}

// check gives what the page that asks to look once more would send, or nil.
func (p page) check() url.Values {
	if p.StatusCode != 200 || !strings.Contains(p.body, "Is this right?") {
		return nil
	}
	yes := url.Values{}
	for _, field := range hidden.FindAllStringSubmatch(p.body, -1) {
		yes.Set(field[1], html.UnescapeString(field[2]))
	}
	return yes
}

// A form that is sent twice, by whom and however, is one booking of one party.
func TestBooking_sentTwiceIsOne(t *testing.T) {
	form := func(slot festival.Frozen) url.Values {
		return url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"2"}, "name": {"Twice 💙"}, "mail": {"twice@example.org"}}
	}
	drawn := func(f url.Values) url.Values {
		f.Set("key", "0123456789abcdef0123456789abcdef"+f.Get("slot"))
		return f
	}
	o, clock := newTown(t)
	held := func(t *testing.T, slot festival.Frozen) int {
		t.Helper()
		all, err := o.p.Registration.Booked(t.Context(), slot.ID)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, h := range all {
			if h.Booking.Name == "Twice 💙" {
				n++
			}
		}
		return n
	}
	for i, c := range []struct {
		name string
		do   func(t *testing.T, path string, slot festival.Frozen)
	}{
		{"the form without a script asks first, and books nothing", func(t *testing.T, path string, slot festival.Frozen) {
			v := o.visitor()
			for range 2 {
				v.post(path, form(slot)).want(t, 200).has(t, "Is this right?", "2 places", "Twice 💙", "twice@example.org")
			}
			if n := held(t, slot); n != 0 {
				t.Fatalf("%d bookings before the yes", n)
			}
			change := v.post(path, form(slot)).check()
			change.Set("change", "1")
			v.post(path, change).want(t, 200).has(t, `name="seats"`, `value="2"`, "Twice 💙", "twice@example.org").lacks(t, "Is this right?")
			v.book(path, form(slot)).want(t, 200).has(t, "Booked.")
		}},
		{"yes twice, the cookie lost on the way", func(t *testing.T, path string, slot festival.Frozen) {
			yes := o.visitor().post(path, form(slot)).want(t, 200).check()
			for range 3 {
				o.visitor().post(path, yes).want(t, 200).has(t, "Booked.", "Twice 💙")
			}
		}},
		{"yes again by the back button, the cookie there", func(t *testing.T, path string, slot festival.Frozen) {
			v := o.visitor()
			yes := v.post(path, form(slot)).want(t, 200).check()
			for range 2 {
				v.post(path, yes).want(t, 200).has(t, "Booked.")
			}
		}},
		{"ten at once, with the key of a script", func(t *testing.T, path string, slot festival.Frozen) {
			var all sync.WaitGroup
			for range 10 {
				v := o.still()
				all.Go(func() {
					if p := v.post(path, drawn(form(slot))); p.StatusCode != 303 || len(p.Cookies()) == 0 {
						t.Errorf("status %d, cookies %v", p.StatusCode, p.Cookies())
					}
				})
			}
			all.Wait()
		}},
		{"the whole form again by a browser that is a party asks about the overlap", func(t *testing.T, path string, slot festival.Frozen) {
			v := o.visitor()
			v.book(path, form(slot)).want(t, 200)
			again := v.post(path, form(slot)).want(t, 409).has(t, `name="confirm"`)
			more := form(slot)
			more.Set("confirm", "1")
			more.Set("key", regexp.MustCompile(`name="key" value="([^"]{20,})"`).FindStringSubmatch(again.body)[1])
			for range 2 {
				v.post(path, more).want(t, 200).has(t, "Booked.")
			}
			if n := held(t, slot); n != 2 {
				t.Fatalf("%d bookings after one more was confirmed, want 2", n)
			}
			mine := v.get("/me").want(t, 200)
			v.post(regexp.MustCompile(`/me/bookings/([a-z0-9]+)`).FindString(mine.body), url.Values{"do": {"cancel"}}).want(t, 200)
		}},
		{"the same key with something else", func(t *testing.T, path string, slot festival.Frozen) {
			v := o.visitor()
			v.post(path, drawn(form(slot))).want(t, 200).has(t, "Booked.")
			other := drawn(form(slot))
			other.Set("seats", "3")
			p := o.visitor().post(path, other).want(t, 409).has(t, "sent this form before", `value="3"`, "Twice 💙")
			if strings.Contains(p.body, other.Get("key")) {
				t.Error("the form comes back with the key that is used up")
			}
		}},
		{"later, by a browser that is nobody's, shows nothing of the party", func(t *testing.T, path string, slot festival.Frozen) {
			o.visitor().post(path, drawn(form(slot))).want(t, 200)
			clock.add(11 * time.Minute)
			o.visitor().post(path, drawn(form(slot))).want(t, 200).has(t, "booked before").lacks(t, "Twice 💙")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			slot, session := o.bookable(i)
			c.do(t, "/learning-week/sessions/"+session.Code+"/book", slot)
			if n := held(t, slot); n != 1 {
				t.Errorf("%d bookings, want 1", n)
			}
		})
	}
}
