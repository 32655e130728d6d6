package web

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"feria/festival"
	"feria/kernel"
	"feria/people"
	"feria/platform"
)

func TestEveryAnswerHasTheHeadersOfASafePage(t *testing.T) {
	o := newTown(t, nil)
	for name, a := range map[string]answer{
		"a page":                    o.get("/own").want(t, 200),
		"a cached page":             o.get("/sta").want(t, 200),
		"an asset":                  o.get("/assets/look.AB12.css").want(t, 200),
		"what is absent":            o.get("/nothing/here").want(t, 404),
		"a refused post":            o.post("/typed", "a=1", "Sec-Fetch-Site", "cross-site").want(t, 403),
		"a header that is too long": o.get("/own", "X-Long", strings.Repeat("x", 20<<10)),
	} {
		t.Run(name, func(t *testing.T) {
			if got := a.Header.Get("Content-Security-Policy"); got != policy {
				t.Errorf("policy %q", got)
			}
			if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Referrer-Policy") != "same-origin" {
				t.Errorf("headers %v", a.Header)
			}
			if len(a.Header.Get("X-Request-Id")) != 12 {
				t.Errorf("request id %q", a.Header.Get("X-Request-Id"))
			}
			if a.Header.Get("Strict-Transport-Security") != "" {
				t.Error("a site without HTTPS demands HTTPS")
			}
		})
	}
}

func TestHTTPSBringsHSTSAndHostCookies(t *testing.T) {
	o := newTown(t, func(c *platform.Config) { c.URL = "https://learn.example" },
		Route{Method: "GET", Path: "/party", May: people.Public, Handle: func(r *Request) error {
			r.Remember("harbour/p1")
			return r.See("/own", "Hello")
		}})
	a := o.get("/party").want(t, 303)
	if a.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS over HTTPS")
	}
	cookies := a.Header.Values("Set-Cookie")
	if len(cookies) != 2 {
		t.Fatalf("cookies %q, want the party's and the sentence", cookies)
	}
	for _, c := range cookies {
		if !strings.HasPrefix(c, "__Host-") || !strings.Contains(c, "secure") || !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || !strings.Contains(c, "path=/") {
			t.Errorf("cookie %q", c)
		}
	}
}

func TestPostsFromOtherSitesAreRefused(t *testing.T) {
	o := newTown(t, nil)
	for _, row := range []struct {
		name    string
		headers []string
		status  int
	}{
		{"the own page", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"the address bar", []string{"Sec-Fetch-Site", "none"}, 200},
		{"another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a neighbour under the same domain", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"another site by its origin", []string{"Origin", "https://evil.example"}, 403},
		{"a page without an origin", []string{"Origin", "null"}, 403},
		{"the own origin", []string{"Origin", o.base}, 200},
		{"the public address, behind a proxy that changed the host", []string{"Origin", o.s.P.Config.URL}, 200},
		{"an origin that cannot be read", []string{"Origin", "http://%zz"}, 403},
		{"no browser at all", nil, 200},
		{"a program with a token", []string{"Sec-Fetch-Site", "cross-site", "Authorization", "Bearer x"}, 200},
	} {
		t.Run(row.name, func(t *testing.T) { o.post("/typed", "a=1", row.headers...).want(t, row.status) })
	}
	o.get("/own", "Sec-Fetch-Site", "cross-site").want(t, 200)
}

func TestHeadIsGetWithoutItsBody(t *testing.T) {
	o := newTown(t, nil)
	for _, path := range []string{"/own", "/sta"} {
		head := o.ask(o.browser(), "HEAD", path, "").want(t, 200)
		get := o.get(path).want(t, 200)
		if head.body != "" || head.ContentLength != int64(len(get.body)) || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") || head.Header.Get("ETag") != get.Header.Get("ETag") {
			t.Errorf("%s: HEAD says %v, GET %v", path, head.Header, get.Header)
		}
	}
	o.ask(o.browser(), "HEAD", "/nothing/here", "").want(t, 404)
	o.ask(o.browser(), "HEAD", "/typed", "").want(t, 404)
}

func TestBodies(t *testing.T) {
	o := newTown(t, nil)
	o.post("/typed", "a="+strings.Repeat("x", 64<<10-2)).want(t, 200)
	o.post("/typed", "a="+strings.Repeat("x", 64<<10)).want(t, 413, "more than the 64 kB")
	token, err := o.s.P.People.NewToken(t.Context(), "harbour", "", people.Owner, "Files", "test")
	if err != nil {
		t.Fatal(err)
	}
	o.post("/file", "a="+strings.Repeat("x", 5<<20), "Authorization", "Bearer "+token).want(t, 200, "got")

	// Beyond what is read the connection ends; the client sees 413 or a broken pipe.
	req, err := http.NewRequest("POST", o.base+"/typed", strings.NewReader("a="+strings.Repeat("x", 30<<20)))
	if err != nil {
		t.Fatal(err)
	}
	if res, err := o.browser().Do(req); err == nil {
		if res.Body.Close(); res.StatusCode != 413 {
			t.Errorf("30 MB of form: status %d", res.StatusCode)
		}
	}
	// A large row's limit is its own, not everybody's.
	req, err = http.NewRequest("POST", o.base+"/file", strings.NewReader(strings.Repeat("x", 30<<20)))
	if err != nil {
		t.Fatal(err)
	}
	if res, err := o.browser().Do(req); err == nil {
		if res.Body.Close(); res.StatusCode != 413 {
			t.Errorf("30 MB of file: status %d", res.StatusCode)
		}
	}
	o.get("/own").want(t, 200)
}

func TestPackedBodiesAreRefused(t *testing.T) {
	o := newTown(t, nil)
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	if _, err := z.Write(make([]byte, 8<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	o.post("/typed", bomb.String(), "Content-Encoding", "gzip").want(t, 400, "could not read")
	o.post("/typed", "a=1", "Content-Encoding", "identity").want(t, 200, "a=1")
}

func TestAFormIsWhatWasPosted(t *testing.T) {
	o := newTown(t, nil)
	o.post("/typed?a=link", "a=+typed+").want(t, 200, "a=typed")
	o.post("/typed?a=link", "b=1").want(t, 200)
	if a := o.post("/typed?a=link", "b=1"); strings.Contains(a.body, "a=link") {
		t.Error("the address filled in a form")
	}
	boundary := "----x"
	multi := "--" + boundary + "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n two parts \r\n--" + boundary + "--\r\n"
	req, err := http.NewRequest("POST", o.base+"/typed", strings.NewReader(multi))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
	res, err := o.browser().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil || !strings.Contains(b.String(), "a=two parts") {
		t.Errorf("a form in parts gave %q, %v", b.String(), err)
	}
}

func TestErrors(t *testing.T) {
	o := newTown(t, nil,
		Route{Method: "GET", Path: "/panic", May: people.Public, Handle: func(*Request) error { panic("planted secret") }},
		Route{Method: "GET", Path: "/gone", May: people.Public, Handle: func(*Request) error {
			return kernel.New(kernel.Gone, "mine_link_over", "")
		}},
		Route{Method: "GET", Path: "/often", May: people.Public, Handle: func(r *Request) error {
			return r.Limit("try", r.IP(), 1, 1<<42)
		}},
	)
	a := o.get("/panic").want(t, 500)
	if strings.Contains(a.body, "planted") || !strings.Contains(a.body, a.Header.Get("X-Request-Id")) {
		t.Errorf("the page of a panic: %s", a.body)
	}
	if !strings.Contains(o.log.String(), "planted secret") || !strings.Contains(o.log.String(), a.Header.Get("X-Request-Id")) {
		t.Error("the log has neither the panic nor its id")
	}
	o.get("/gone", "Accept-Language", "fr").want(t, 410, `lang="fr"`, "Ouvrez le lien")
	o.get("/often").want(t, 200)
	if a := o.get("/often").want(t, 429); a.Header.Get("Retry-After") == "" || a.Header.Get("Retry-After") == "10" {
		t.Errorf("told to wait %q seconds, want those of the window", a.Header.Get("Retry-After"))
	}
	// A program gets a problem document (RFC 9457).
	a = o.get("/gone", "Accept", "application/json").want(t, 410, `"code":"mine_link_over"`, `"status":410`)
	if a.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("content type %q", a.Header.Get("Content-Type"))
	}
	// An address that belongs to no route still has the city and the reader's language.
	b := o.browser()
	o.ask(b, "POST", "/language", "lang=fr&next=/own").want(t, 303)
	o.ask(b, "GET", "/nothing/here", "", "Accept-Language", "en").want(t, 404, `lang="fr"`, "city=Harbour")
	if a := o.get("/nothing/here"); a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("an error may be kept: %q", a.Header.Get("Cache-Control"))
	}
}

func TestLogsHoldRoutesAndNoAddresses(t *testing.T) {
	o := newTown(t, nil)
	o.get("/sta?q=PLANTED").want(t, 200)
	o.get("/PLANTED/and/more").want(t, 404)
	o.ask(o.browser(), "GET", "/own", "", "Cookie", "session=PLANTED", "Referer", "http://x/PLANTED", "User-Agent", "PLANTED").want(t, 200)
	if log := o.log.String(); strings.Contains(log, "PLANTED") || !strings.Contains(log, `"route":"/:event"`) || strings.Count(log, `"msg":"request"`) != 3 {
		t.Errorf("the log: %s", log)
	}
}

func TestWhoMayNotComeIn(t *testing.T) {
	o := newTown(t, nil)
	a := o.get("/secret?x=1").want(t, 303)
	if a.Header.Get("Location") != "/sign-in?next=%2Fsecret%3Fx%3D1" {
		t.Errorf("sent to %s", a.Header.Get("Location"))
	}
	o.get("/secret", "Accept", "application/json").want(t, 401)
	o.get("/secret", "Cookie", "session=guessed").want(t, 303)
	o.get("/sta/and-more").want(t, 404)
}

func TestARenamedEventLeadsOnOnlyThoseWhoMayKnowIt(t *testing.T) {
	o := newTown(t, nil)
	o.get("/sta").want(t, 200) // so that the old word is remembered
	o.saveEvent(func(e *festival.Event) { e.Slug = "week-27" })
	for path, to := range map[string]string{
		"/sta":             "/week-27",
		"/sta?q=sta&day=1": "/week-27?q=sta&day=1",
		"/%73ta":           "/week-27",
	} {
		if a := o.get(path).want(t, 308); a.Header.Get("Location") != to {
			t.Errorf("%s leads to %s, want %s", path, a.Header.Get("Location"), to)
		}
	}
	// The word is replaced where it names the event, not where it looks like it.
	person, err := o.s.P.People.Grant(t.Context(), people.Grant{City: "harbour", Role: people.Owner}, "o@test.example", "O", "test")
	if err != nil {
		t.Fatal(err)
	}
	link, err := o.s.P.People.PrintedLink(t.Context(), person.ID)
	if err != nil {
		t.Fatal(err)
	}
	session, err := o.s.P.People.Redeem(t.Context(), people.Redemption{City: "harbour", Link: link})
	if err != nil {
		t.Fatal(err)
	}
	staff := []string{"Cookie", "session=" + session.Cookie}
	if a := o.get("/staff/sta/board", staff...).want(t, 308); a.Header.Get("Location") != "/staff/week-27/board" {
		t.Errorf("the board leads to %s", a.Header.Get("Location"))
	}
	o.get("/staff/sta/board").want(t, 303) // to signing in

	o.saveEvent(func(e *festival.Event) { e.Hidden, e.Locales = true, []string{"fr"} })
	missing := o.get("/nil").want(t, 404)
	for _, path := range []string{"/sta", "/week-27"} {
		a := o.get(path).want(t, 404)
		same := strings.NewReplacer(a.Header.Get("X-Request-Id"), missing.Header.Get("X-Request-Id"), path, "/nil").Replace(a.body)
		if a.Header.Get("Location") != "" || same != missing.body {
			t.Errorf("%s tells a stranger of a hidden event: %s\nand what is absent: %s", path, a.body, missing.body)
		}
	}
	o.get("/week-27", staff...).want(t, 200)
}

func TestChunkedBodiesAreCountedToo(t *testing.T) {
	o := newTown(t, nil)
	for size, status := range map[int]int{60 << 10: 200, 3 << 15: 413} {
		req, err := http.NewRequest("POST", o.base+"/typed", io.MultiReader(strings.NewReader("a="), strings.NewReader(strings.Repeat("x", size))))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := o.browser().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if res.Body.Close(); res.StatusCode != status {
			t.Errorf("%d bytes in chunks: status %d, want %d", size, res.StatusCode, status)
		}
	}
	// What is announced is enough for a refusal. Were it sent, the connection would be
	// closed in the middle of it, and the answer now and then lost.
	conn, err := net.Dial("tcp", strings.TrimPrefix(o.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "POST /typed HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n", 3<<19); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.Body.Close(); res.StatusCode != 413 {
		t.Errorf("%d bytes announced as a chunk: status %d, want 413", 3<<19, res.StatusCode)
	}
}
