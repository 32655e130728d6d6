package people

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"feria/kernel"
	"feria/store"
	"feria/store/storetest"
)

// world is a service with a clock that the test turns.
type world struct {
	*Service
	mu sync.Mutex
	at time.Time
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

func newWorld(t testing.TB) *world {
	w := &world{at: time.Date(2027, 4, 12, 9, 0, 0, 0, time.UTC)}
	w.Service = New(storetest.Open(t, Collections()...), w.clock)
	return w
}

const (
	laptop = "secret-of-the-laptop"
	phone  = "secret-of-the-phone"
)

func (w *world) volunteer(t testing.TB) Person {
	t.Helper()
	p, err := w.Grant(t.Context(), Grant{City: "harbour", Event: "harbour/week", Role: Volunteer}, "Vera@Example.org", "Vera", "test")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func asking(mail, browser string) Asking {
	return Asking{City: "harbour", Mail: mail, Browser: browser, Network: "198.51.100.7"}
}

func (w *world) ask(t testing.TB, mail, browser string) SignIn {
	t.Helper()
	made, err := w.RequestSignIn(t.Context(), asking(mail, browser))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func (w *world) signIn(t testing.TB, p Person) string {
	t.Helper()
	link, err := w.PrintedLink(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	in, err := w.Redeem(t.Context(), Redemption{City: p.City, Link: link})
	if err != nil {
		t.Fatal(err)
	}
	return in.Cookie
}

// other gives six digits that are not these.
func other(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func TestRedeem(t *testing.T) {
	for _, row := range []struct {
		name string
		try  func(w *world, in SignIn) Redemption
		want string // code, "" for signed in
	}{
		{"the link in the browser that asked", func(_ *world, in SignIn) Redemption {
			return Redemption{Link: in.Link, Browser: laptop}
		}, ""},
		{"the digits in the browser that asked", func(_ *world, in SignIn) Redemption {
			return Redemption{Code: in.Code, Browser: laptop}
		}, ""},
		{"the digits with a space between", func(_ *world, in SignIn) Redemption {
			return Redemption{Code: in.Code[:3] + " " + in.Code[3:], Browser: laptop}
		}, ""},
		{"the link in another browser with the digits", func(_ *world, in SignIn) Redemption {
			return Redemption{Link: in.Link, Code: in.Code, Browser: phone}
		}, ""},
		{"the link in another browser asks for the digits", func(_ *world, in SignIn) Redemption {
			return Redemption{Link: in.Link, Browser: phone}
		}, "other_browser"},
		{"the link in a browser without a cookie asks for the digits", func(_ *world, in SignIn) Redemption {
			return Redemption{Link: in.Link}
		}, "other_browser"},
		{"the link in another browser with wrong digits", func(_ *world, in SignIn) Redemption {
			return Redemption{Link: in.Link, Code: other(in.Code), Browser: phone}
		}, "code_wrong"},
		{"the digits in another browser", func(_ *world, in SignIn) Redemption {
			return Redemption{Code: in.Code, Browser: phone}
		}, "link_unknown"},
		{"the digits without a browser", func(_ *world, in SignIn) Redemption { return Redemption{Code: in.Code} }, "link_unknown"},
		{"wrong digits", func(_ *world, in SignIn) Redemption {
			return Redemption{Code: other(in.Code), Browser: laptop}
		}, "code_wrong"},
		{"no digits", func(_ *world, in SignIn) Redemption { return Redemption{Code: "------", Browser: laptop} }, "code_missing"},
		{"a link that never was", func(_ *world, in SignIn) Redemption {
			return Redemption{Link: in.Link + "x", Browser: laptop}
		}, "link_unknown"},
		{"the link at another city", func(_ *world, in SignIn) Redemption {
			return Redemption{City: "inland", Link: in.Link, Browser: laptop}
		}, "link_unknown"},
		{"the link a second before its end", func(w *world, in SignIn) Redemption {
			w.pass(10*time.Minute - time.Second)
			return Redemption{Link: in.Link, Browser: laptop}
		}, ""},
		{"the link after ten minutes", func(w *world, in SignIn) Redemption {
			w.pass(10 * time.Minute)
			return Redemption{Link: in.Link, Browser: laptop}
		}, "link_over"},
		{"the digits after ten minutes", func(w *world, in SignIn) Redemption {
			w.pass(10 * time.Minute)
			return Redemption{Code: in.Code, Browser: laptop}
		}, "link_over"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t)
			vera := w.volunteer(t)
			try := row.try(w, w.ask(t, "vera@example.org", laptop))
			if try.City == "" {
				try.City = "harbour"
			}
			in, err := w.Redeem(t.Context(), try)
			if row.want != "" {
				if kernel.CodeOf(err) != row.want {
					t.Fatalf("got %v, want %s", err, row.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			actor, err := w.Session(t.Context(), "harbour", in.Cookie)
			if err != nil || actor.ID != "person:"+vera.ID || !actor.May(DoorScan, "harbour/week") {
				t.Errorf("signed in as %+v, %v", actor, err)
			}
			if _, err := w.Redeem(t.Context(), try); kernel.CodeOf(err) != "link_used" {
				t.Errorf("the second time: %v", err)
			}
		})
	}
}

func TestRedeem_endsAfterFiveWrongCodes(t *testing.T) {
	w := newWorld(t)
	w.volunteer(t)
	in := w.ask(t, "vera@example.org", laptop)
	for left := 4; left >= 0; left-- {
		_, err := w.Redeem(t.Context(), Redemption{City: "harbour", Code: other(in.Code), Browser: laptop})
		if kernel.CodeOf(err) != "code_wrong" {
			t.Fatalf("with %d left: %v", left, err)
		}
	}
	for _, try := range []Redemption{{Code: in.Code, Browser: laptop}, {Link: in.Link, Browser: laptop}} {
		try.City = "harbour"
		if _, err := w.Redeem(t.Context(), try); kernel.CodeOf(err) != "code_tries" {
			t.Errorf("%+v after five wrong codes: %v", try, err)
		}
	}
}

// Fifty who use a link at once: one is in (reliability.md 5.5).
func TestRedeem_letsOneIn(t *testing.T) {
	for _, kind := range []string{"mailed", "printed"} {
		t.Run(kind, func(t *testing.T) {
			at := time.Date(2027, 4, 12, 9, 0, 0, 0, time.UTC)
			now := func() time.Time { return at }
			a, b := storetest.OpenTwo(t, Collections()...)
			copies := []*Service{New(a, now), New(b, now)}
			p, err := copies[0].AddOwner(t.Context(), "harbour", "olga@example.org", "Olga")
			if err != nil {
				t.Fatal(err)
			}
			try := Redemption{City: "harbour", Browser: laptop}
			if kind == "printed" {
				try.Link, err = copies[0].PrintedLink(t.Context(), p.ID)
			} else {
				var in SignIn
				in, err = copies[0].RequestSignIn(t.Context(), asking(p.Mail, laptop))
				try.Link = in.Link
			}
			if err != nil {
				t.Fatal(err)
			}
			var wins, used int
			var mu sync.Mutex
			var all sync.WaitGroup
			for i := range 50 {
				all.Go(func() {
					_, err := copies[i%2].Redeem(context.Background(), try)
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil:
						wins++
					case kernel.CodeOf(err) == "link_used":
						used++
					default:
						t.Errorf("unexpected: %v", err)
					}
				})
			}
			all.Wait()
			if wins != 1 || used != 49 {
				t.Errorf("%d are in, %d were told that it is used", wins, used)
			}
			if n, err := sessions.In(a).Count(t.Context(), store.All()); err != nil || n != 1 {
				t.Errorf("%d sessions, %v", n, err)
			}
		})
	}
}

// Nothing that opens anything can be read out of the store.
func TestStore_holdsNoSecrets(t *testing.T) {
	w := newWorld(t)
	vera := w.volunteer(t)
	in := w.ask(t, "vera@example.org", laptop)
	cookie := w.signIn(t, vera)
	token, err := w.NewToken(t.Context(), "harbour", "harbour/week", Volunteer, "door", "test")
	if err != nil {
		t.Fatal(err)
	}
	_, tokenSecret, _ := strings.Cut(token, ".")
	var all strings.Builder
	if err := w.store.Dump(t.Context(), func(r store.Record) error {
		all.Write(r.Body)
		all.WriteString(r.ID)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	dump := all.String()
	if !strings.Contains(dump, vera.ID) {
		t.Fatal("the dump does not hold what it should")
	}
	// Sign-ins, sessions and limits are no part of a dump: look at them too.
	for _, find := range []func() (string, error){
		func() (string, error) { return text(signIns.In(w.store).Find(t.Context(), store.All())) },
		func() (string, error) { return text(sessions.In(w.store).Find(t.Context(), store.All())) },
		func() (string, error) { return text(limits.In(w.store).Find(t.Context(), store.All())) },
	} {
		s, err := find()
		if err != nil {
			t.Fatal(err)
		}
		dump += s
	}
	for name, secret := range map[string]string{"link": in.Link, "digits": `"` + in.Code + `"`, "cookie": cookie, "browser": laptop, "token": tokenSecret} {
		if strings.Contains(dump, secret) {
			t.Errorf("the store holds the %s", name)
		}
	}
}
