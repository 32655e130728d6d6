package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"feria/mail"
	"feria/people"
	"feria/platform"
)

var (
	mailedLink = regexp.MustCompile(`(http\S*)/sign-in\?link=(\S+)`)
	mailedCode = regexp.MustCompile(`\b\d{6}\b`)
)

// ask asks for a sign-in by mail and reads the mail.
func (v *visitor) ask(mail string, headers ...string) (base, link, code string) {
	v.t.Helper()
	before := len(v.mailsTo(mail, 0))
	v.post("/sign-in", url.Values{"mail": {mail}}, headers...).want(v.t, 200)
	text := v.mailsTo(mail, before+1)[0].Text
	found := mailedLink.FindStringSubmatch(text)
	if found == nil || mailedCode.FindString(text) == "" {
		v.t.Fatalf("a mail without link or digits: %s", text)
	}
	link, err := url.QueryUnescape(found[2])
	if err != nil {
		v.t.Fatal(err)
	}
	return found[1], link, mailedCode.FindString(text)
}

// known gives somebody with a role, and the address.
func (o *town) known(name string) string {
	o.t.Helper()
	mail := name + "@test.example"
	if _, err := o.p.People.Grant(o.t.Context(), people.Grant{City: platform.DemoCity, Role: people.Owner}, mail, name, "test"); err != nil {
		o.t.Fatal(err)
	}
	return mail
}

// Mail scanners open links: looking never uses one up. Of fifty who post it at
// once, one gets in.
func TestSignIn_linkIsGoodOnceAndByPostAlone(t *testing.T) {
	town, _ := newTown(t)
	v := town.still()
	_, link, _ := v.ask(town.known("ada"))
	for range 50 {
		v.get("/sign-in?link="+url.QueryEscape(link)).want(t, 200)
		v.do(http.MethodHead, "/sign-in?link="+url.QueryEscape(link), "", nil).want(t, 200)
	}
	v.get("/sign-in/link?link="+url.QueryEscape(link)).want(t, 404)
	form := url.Values{"link": {link}}
	town.still().post("/sign-in/link", form).want(t, 403).has(t, `name="code"`, `<button class="btn">`) // another browser needs the digits
	var answers sync.Map
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() { answers.Store(i, v.post("/sign-in/link", form)) })
	}
	all.Wait()
	won := 0
	answers.Range(func(_, a any) bool {
		switch p := a.(page); {
		case p.StatusCode == 303 && strings.Contains(strings.Join(p.Header.Values("Set-Cookie"), ";"), "session="):
			won++
		case p.StatusCode != 410 || !strings.Contains(p.body, `role="alert"`) && !strings.Contains(p.body, "error"):
			t.Errorf("a link that is used up is answered %d: %.300s", p.StatusCode, p.body)
		}
		return true
	})
	if won != 1 {
		t.Errorf("%d of 50 got in", won)
	}
	v.get("/console").want(t, 200)
}

func TestSignIn_digitsAreTriedFiveTimes(t *testing.T) {
	town, clock := newTown(t)
	v := town.still()
	mail := town.known("ada")
	_, link, code := v.ask(mail)
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	for _, typed := range []string{"", "abc", "12345\x00", "１２３"} {
		v.post("/sign-in/code", url.Values{"mail": {mail}, "code": {typed}}).want(t, 422).has(t, "code-error", mail)
	}
	for range 3 { // beside the two above that held digits
		v.post("/sign-in/code", url.Values{"mail": {mail}, "code": {wrong}}).want(t, 422)
	}
	// The right digits come too late, and the link of the same mail is over with them.
	v.post("/sign-in/code", url.Values{"mail": {mail}, "code": {code}}).want(t, 410)
	v.post("/sign-in/link", url.Values{"link": {link}}).want(t, 410)
	// As typed on a phone, and in another browser only beside the link.
	_, link, code = v.ask(mail)
	other := town.still()
	other.post("/sign-in/code", url.Values{"code": {code}}).want(t, 410)
	other.post("/sign-in/link", url.Values{"link": {link}, "code": {wrong}}).want(t, 422).has(t, "code-error", `name="code"`)
	other.post("/sign-in/link", url.Values{"link": {link}, "code": {code[:3] + " " + code[3:]}}).want(t, 303)
	other.get("/console").want(t, 200)
	// After ten minutes a link is over.
	_, link, _ = v.ask(mail)
	clock.add(10*time.Minute + time.Second)
	v.post("/sign-in/link", url.Values{"link": {link}}).want(t, 410)
	v.post("/sign-in/link", url.Values{"link": {"guessed"}, "next": {"/door"}}).want(t, 410).has(t, `href="/sign-in?next=%2Fdoor"`, "Ask for a new mail").lacks(t, `<button class="btn">`)
}

// Nobody learns from an answer whether somebody has an account here: status,
// words, cookies and the work behind are the same.
func TestSignIn_tellsNothingAboutWhoIsKnown(t *testing.T) {
	town, _ := newTown(t)
	known, unknown := town.known("ada"), "nobody@test.example"
	took := map[string][]time.Duration{}
	say := func(address string) string {
		v := town.still()
		begun := time.Now()
		p := v.post("/sign-in", url.Values{"mail": {address}})
		took[address] = append(took[address], time.Since(begun))
		var cookies []string
		for _, c := range p.Cookies() {
			cookies = append(cookies, fmt.Sprint(c.Name, len(c.Value), c.MaxAge))
		}
		return fmt.Sprint(cookies, p.Header.Get("Content-Type"), p.same(address), v.post("/sign-in/code", url.Values{"mail": {address}, "code": {"000000"}}).same(address))
	}
	for range 10 { // as often as an address may ask in an hour
		if a, b := say(known), say(unknown); a != b {
			t.Fatalf("somebody known is answered\n%s\nsomebody unknown\n%s", a, b)
		}
	}
	queued := len(town.mailsTo(known, 10))
	if void, err := town.p.Outbox.Count(t.Context(), mail.Void); err != nil || void != queued {
		t.Errorf("%d mails are queued for somebody known, %d for somebody unknown, %v", queued, void, err)
	}
	owner := town.program(people.Owner, "")
	owner.json("GET", "/mails", nil, nil).want(t, 200).has(t, known).lacks(t, unknown)
	slices.Sort(took[known])
	slices.Sort(took[unknown])
	if a, b := took[known][5], took[unknown][5]; (a - b).Abs() > 25*time.Millisecond {
		t.Errorf("somebody known takes %v, somebody unknown %v", a, b)
	}
}

// Who asks too often is told to wait, whatever addresses the requests claim to
// come from, and what was typed stays.
func TestSignIn_isSlowedDown(t *testing.T) {
	town, clock := newTown(t)
	last := page{}
	for i := range 21 {
		last = town.still().post("/sign-in", url.Values{"mail": {fmt.Sprintf("n%d@test.example", i)}}, "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i), "X-Real-Ip", fmt.Sprintf("198.51.100.%d", i), "Forwarded", "for=198.51.100.9")
		if i < 20 {
			last.want(t, 200)
		}
	}
	last.want(t, 429).has(t, "n20@test.example", "mail-error")
	if last.Header.Get("Retry-After") == "" {
		t.Error("nobody says how long to wait")
	}
	clock.add(time.Hour)
	mail := town.known("ada")
	for range 10 {
		town.still().post("/sign-in", url.Values{"mail": {mail}}).want(t, 200)
	}
	if p := town.still().post("/sign-in", url.Values{"mail": {strings.ToUpper(mail)}}).want(t, 429); p.Header.Get("Retry-After") == "" {
		t.Error("nobody says how long to wait for another mail")
	}
	clock.add(time.Hour)
	v := town.still()
	for i := range 31 {
		last = v.post("/sign-in/code", url.Values{"mail": {mail}, "code": {fmt.Sprintf("%06d", i)}}, "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i))
	}
	last.want(t, 429).has(t, "code-error", mail)
}

// Who asks in an organizer's name uses up her mails for strangers and not for the
// browser with which she signed in before.
func TestSignIn_strangersDoNotLockOut(t *testing.T) {
	town, clock := newTown(t)
	mail := town.known("olga")
	olga := town.still()
	_, link, _ := olga.ask(mail)
	olga.post("/sign-in/link", url.Values{"link": {link}}).want(t, 303)
	olga.post("/sign-out", nil).want(t, 303)
	clock.add(24 * time.Hour)
	for n := range 25 { // also all that the network may ask
		p := town.still().post("/sign-in", url.Values{"mail": {mail}}, "Cookie", "before=made-up.made-up")
		if n >= 10 {
			p.want(t, 429)
		}
	}
	_, link, _ = olga.ask(mail)
	olga.post("/sign-in/link", url.Values{"link": {link}}).want(t, 303)
	olga.get("/console").want(t, 200)
}

func TestSignIn_linksHoldTheConfiguredHost(t *testing.T) {
	town, _ := newTown(t)
	v := town.still()
	v.host = "evil.example"
	base, _, _ := v.ask(town.known("ada"), "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https", "Forwarded", "host=evil.example", "X-Forwarded-Prefix", "/evil")
	if base != town.base {
		t.Errorf("the mail leads to %s", base)
	}
	v.get("/sign-in?next=//evil.example").want(t, 200).lacks(t, `value="//evil`)
	// Pages made for somebody with a forged host are kept for everybody.
	for _, path := range []string{"/", "/learning-week", "/learning-week/programme.ics", "/learning-week/schedule.xml", "/learning-week/schedule.json"} {
		v.get(path, "X-Forwarded-Host", "evil.example").want(t, 200).lacks(t, "evil.example")
		town.visitor().get(path).want(t, 200).lacks(t, "evil.example")
	}
	if got := v.get("/console").want(t, 303).Header.Get("Location"); !strings.HasPrefix(got, "/sign-in") {
		t.Errorf("led to %s", got)
	}
}
