package people

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"feria/kernel"
	"feria/store"
)

// A mail address that nobody has leaves the same traces as one that somebody
// has, and its digits open nothing.
func TestRequestSignIn_tellsNothingAboutWhoIsKnown(t *testing.T) {
	w := newWorld(t)
	w.volunteer(t)
	known, unknown := w.ask(t, " Vera@Example.org", laptop), w.ask(t, "Nobody@Müller.example", phone)
	if known.Mail != "vera@example.org" || unknown.Mail != "nobody@xn--mller-kva.example" {
		t.Errorf("mails would go to %q and %q", known.Mail, unknown.Mail)
	}
	if !known.Known || unknown.Known || unknown.Person.ID != "" {
		t.Fatalf("known %v, unknown %v", known.Known, unknown.Known)
	}
	if len(known.Link) != len(unknown.Link) || len(known.Code) != 6 || len(unknown.Code) != 6 {
		t.Error("what was made for nobody has another shape")
	}
	for collection, want := range map[string]int{"sign_ins": 2, "limits": 7} {
		var n int
		var err error
		if collection == "limits" {
			n, err = limits.In(w.store).Count(t.Context(), store.All())
		} else {
			n, err = signIns.In(w.store).Count(t.Context(), store.All())
		}
		if err != nil || n != want {
			t.Errorf("%s: %d, %v; want %d", collection, n, err, want)
		}
	}
	for _, try := range []Redemption{{Code: unknown.Code, Browser: phone}, {Link: unknown.Link, Browser: phone}} {
		try.City = "harbour"
		if _, err := w.Redeem(t.Context(), try); kernel.CodeOf(err) != "code_wrong" {
			t.Errorf("as nobody: %v", err)
		}
	}
}

func TestRequestSignIn_isSlowedDownAlikeForAll(t *testing.T) {
	for _, mail := range []string{"vera@example.org", "nobody@example.org"} {
		t.Run(mail, func(t *testing.T) {
			w := newWorld(t)
			w.volunteer(t)
			for range askedAnHour {
				w.ask(t, mail, laptop)
			}
			_, err := w.RequestSignIn(t.Context(), asking(strings.ToUpper(mail), phone))
			if kernel.KindOf(err) != kernel.TooMany || kernel.CodeOf(err) != "sign_in_too_often" {
				t.Fatalf("the next one: %v", err)
			}
			w.pass(time.Hour)
			w.ask(t, mail, laptop)
		})
	}
}

// Strangers use up neither the mails of an address for its owner nor its owner's
// patience: a network has its own count, a browser that was the owner's another.
func TestRequestSignIn_strangersDoNotLockOut(t *testing.T) {
	w := newWorld(t)
	vera := w.volunteer(t)
	try := func(network string, before ...string) string {
		a := asking("vera@example.org", laptop)
		a.Network, a.Before = network, before
		if _, err := w.RequestSignIn(t.Context(), a); err != nil {
			return kernel.CodeOf(err)
		}
		return ""
	}
	sent := 0
	for n := range 20 { // as many networks as it takes, until they get nothing any more
		for range askedAnHour + 1 {
			switch code := try("198.51.100." + strconv.Itoa(n)); code {
			case "":
				sent++
			case "sign_in_too_often":
			default:
				t.Fatal(code)
			}
		}
		if n == 0 && sent != askedAnHour {
			t.Fatalf("one network got %d mails", sent)
		}
		if n == 0 && try("203.0.113.1") != "" {
			t.Fatal("one network has used up the address for others")
		}
	}
	if sent++; sent != strangersADay {
		t.Errorf("strangers had %d mails sent in a day, want %d", sent, strangersADay)
	}
	if code := try("203.0.113.2"); code != "sign_in_too_often" {
		t.Errorf("a browser that nobody knows: %q", code)
	}
	if code := try("203.0.113.2", "harbour/nobody"); code != "sign_in_too_often" {
		t.Errorf("a browser of somebody else: %q", code)
	}
	mine := 0
	for hour := range 6 {
		for range askedAnHour + 1 {
			if try("198.51.100.1", "harbour/other", vera.ID) == "" {
				mine++
			}
		}
		if hour == 0 && mine != askedAnHour {
			t.Errorf("her own browser got %d mails in an hour", mine)
		}
		w.pass(time.Hour)
	}
	if mine != askedADay {
		t.Errorf("her own browser got %d mails in a day", mine)
	}
}

func TestRequestSignIn_aNetworkIsSlowedDown(t *testing.T) {
	w := newWorld(t)
	for n := range networkAnHour {
		w.ask(t, "n"+strconv.Itoa(n)+"@example.org", laptop)
	}
	_, err := w.RequestSignIn(t.Context(), asking("more@example.org", laptop))
	if kernel.KindOf(err) != kernel.TooMany || kernel.CodeOf(err) != "too_often" {
		t.Errorf("got %v", err)
	}
}

func TestRequestSignIn_refusesWhatIsNoAddress(t *testing.T) {
	w := newWorld(t)
	if _, err := w.RequestSignIn(t.Context(), asking("a@x.org\r\nBcc: b@y.org", laptop)); kernel.CodeOf(err) != "mail_invalid" {
		t.Errorf("got %v", err)
	}
	if _, err := w.RequestSignIn(t.Context(), asking("a@x.org", "")); kernel.CodeOf(err) != "browser_unknown" {
		t.Errorf("got %v", err)
	}
}
