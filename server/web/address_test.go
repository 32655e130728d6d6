package web

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"feria/people"
	"feria/platform"
)

func TestWhoAsksIsNotForTheClientToSay(t *testing.T) {
	who := Route{Method: "GET", Path: "/who", May: people.Public, Handle: func(r *Request) error {
		return r.Page(200, Chrome{}, text("who=%s;", r.IP()))
	}}
	behind := newTown(t, func(c *platform.Config) { c.Proxies = []string{"127.0.0.1", "10.0.0.0/8"} }, who)
	for _, row := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"the proxy itself, when it says nothing", nil, "127.0.0.1"},
		{"one proxy", []string{"198.51.100.7"}, "198.51.100.7"},
		{"two proxies", []string{"198.51.100.7, 10.1.2.3"}, "198.51.100.7"},
		{"what the client wrote before", []string{"1.1.1.1, 2.2.2.2, 198.51.100.7"}, "198.51.100.7"},
		{"what the client wrote into a line of its own", []string{"1.1.1.1", "198.51.100.7"}, "198.51.100.7"},
		{"a client that claims to be a proxy", []string{"10.9.9.9, 198.51.100.7, 10.1.2.3"}, "198.51.100.7"},
		{"rubbish before the address", []string{"\"><script>, 198.51.100.7"}, "198.51.100.7"},
		{"rubbish in the last place", []string{"198.51.100.7, unknown"}, "127.0.0.1"},
		{"a port", []string{"198.51.100.7:4711"}, "198.51.100.7"},
		{"IPv6, by household", []string{"2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64"},
		{"IPv6, short", []string{"2001:db8::1"}, "2001:db8::/64"},
		{"IPv6 with a port", []string{"[2001:db8:1:2::9]:4711"}, "2001:db8:1:2::/64"},
		{"IPv4 written as IPv6", []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var headers []string
			for _, line := range row.lines {
				headers = append(headers, "X-Forwarded-For", line)
			}
			behind.get("/who", headers...).want(t, 200, "who="+row.want+";")
		})
	}
	bare := newTown(t, nil, who)
	bare.get("/who", "X-Forwarded-For", "198.51.100.7").want(t, 200, "who=127.0.0.1;")
}

// The refusal of cross-site posts is net/http's, so that what browsers are known
// to send is judged the same; this holds the two against each other.
func TestCrossSiteAsNetHTTP(t *testing.T) {
	o := newTown(t, nil)
	guard := http.NewCrossOriginProtection()
	for _, site := range []string{"", "same-origin", "same-site", "cross-site", "none", "odd"} {
		for _, origin := range []string{"", o.base, "https://evil.example", "null"} {
			for _, method := range []string{"GET", "POST"} {
				req := httptest.NewRequest(method, o.base+"/typed", nil)
				var headers []string
				if site != "" {
					req.Header.Set("Sec-Fetch-Site", site)
					headers = append(headers, "Sec-Fetch-Site", site)
				}
				if origin != "" {
					req.Header.Set("Origin", origin)
					headers = append(headers, "Origin", origin)
				}
				path := map[string]string{"GET": "/own", "POST": "/typed"}[method]
				want := guard.Check(req) != nil
				if got := o.ask(o.browser(), method, path, "", headers...).StatusCode == 403; got != want {
					t.Errorf("%s from %q, origin %q: refused %v, net/http %v", method, site, origin, got, want)
				}
			}
		}
	}
}

func TestSafeNext(t *testing.T) {
	for next, want := range map[string]string{
		"/console":                 "/console",
		"/sta/programme?q=a%20b#x": "/sta/programme?q=a%20b#x",
		"":                         "/",
		"console":                  "/",
		"//evil.example":           "/",
		"/\\evil.example":          "/",
		"\\\\evil.example":         "/",
		"https://evil.example/":    "/",
		"javascript:alert(1)":      "/",
		"/%0d%0aSet-Cookie:x=1":    "/",
		"/%2f/evil.example":        "/",
		"/%5cevil.example":         "/",
		"/\t/evil.example":         "/",
		"/%zz":                     "/",
	} {
		if got := SafeNext(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
}

func TestLanguageChosenBeforeAccepted(t *testing.T) {
	o := newTown(t, nil)
	o.get("/own").want(t, 200, `lang="en"`)
	o.get("/own", "Accept-Language", "fr-CA, en;q=0.5").want(t, 200, `lang="fr"`)
	o.get("/own", "Accept-Language", "ko").want(t, 200, `lang="en"`)
	b := o.browser()
	a := o.ask(b, "POST", "/language", "lang=fr&next=//evil.example").want(t, 303)
	if a.Header.Get("Location") != "/" {
		t.Errorf("led to %s", a.Header.Get("Location"))
	}
	o.ask(b, "GET", "/own", "", "Accept-Language", "en").want(t, 200, `lang="fr"`)
	o.ask(b, "POST", "/language", "lang=xx&next=/own").want(t, 303)
	o.ask(b, "GET", "/own", "").want(t, 200, `lang="fr"`)
}

func TestACookieThatWasNotSignedHereIsNobodys(t *testing.T) {
	o := newTown(t, nil, Route{Method: "POST", Path: "/me", May: people.Public, Handle: func(r *Request) error {
		r.Remember("harbour/p1")
		return r.See("/own", "")
	}})
	b := o.browser()
	a := o.ask(b, "POST", "/me", "").want(t, 303)
	o.ask(b, "GET", "/own", "").want(t, 200, "party=harbour/p1")
	sealed := a.Cookies()[0].Value
	flip := func(at int) string {
		other := byte('A')
		if sealed[at] == other {
			other = 'B'
		}
		return sealed[:at] + string(other) + sealed[at+1:]
	}
	// The last character of unpadded base64 holds spare bits; the one before does not.
	for name, value := range map[string]string{
		"another party":     flip(0),
		"another signature": flip(len(sealed) - 2),
		"no signature":      sealed[:len(sealed)-20],
		"a sentence's":      o.s.sign.seal(flashCookie, "harbour/p1"),
		"another city's":    o.s.sign.seal(partyCookie, "hill/p1"),
		"nothing":           "",
		"a dot":             ".",
	} {
		if got := o.get("/own", "Cookie", "party="+value).want(t, 200); got.body != o.get("/own").body {
			t.Errorf("%s: %s", name, got.body)
		}
	}
}
