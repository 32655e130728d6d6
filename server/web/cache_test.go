package web

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"

	"feria/festival"
	"feria/people"
)

func TestPublicPagesAreMadeOnce(t *testing.T) {
	o := newTown(t, nil)
	first := o.get("/sta").want(t, 200)
	again := o.get("/sta").want(t, 200)
	if *o.drawn != 1 || first.body != again.body || first.Header.Get("ETag") != again.Header.Get("ETag") {
		t.Fatalf("made %d times", *o.drawn)
	}
	o.get("/sta", "If-None-Match", first.Header.Get("ETag")).want(t, 304)
	o.get("/sta", "If-None-Match", `W/`+first.Header.Get("ETag")).want(t, 304)
	o.get("/sta", "If-None-Match", `"other"`).want(t, 200)
	for _, header := range []string{"Accept-Encoding", "Accept-Language", "Cookie"} {
		if !strings.Contains(first.Header.Get("Vary"), header) {
			t.Errorf("Vary lacks %s", header)
		}
	}
	if len(first.Header.Values("Set-Cookie")) > 0 {
		t.Error("a page for everybody sets a cookie")
	}
	o.get("/sta", "Accept-Language", "fr").want(t, 200, `lang="fr"`)
	o.get("/sta?q=x").want(t, 200)
	if *o.drawn != 3 {
		t.Errorf("made %d pages, want one for each language and filter", *o.drawn)
	}
	o.saveEvent(func(e *festival.Event) { e.Color = "#0e6468" })
	if a := o.get("/sta").want(t, 200); *o.drawn != 4 {
		t.Errorf("a live change was not seen: %s", a.body)
	}
}

func TestPublicPagesHoldNothingOfWhoAskedFirst(t *testing.T) {
	o := newTown(t, nil)
	first := o.ask(o.browser(), "GET", "/sta?q=x&key=SECRET", "", "Cookie", "party=SECRET; lang=SECRET", "Referer", "http://x/SECRET").want(t, 200, "here=/sta?q=x|")
	if strings.Contains(first.body, "SECRET") {
		t.Errorf("the page holds %s", first.body)
	}
	o.ask(o.browser(), "HEAD", "/sta?q=y&key=SECRET", "").want(t, 200)
	if a := o.get("/sta?q=y").want(t, 200, "here=/sta?q=y|"); strings.Contains(a.body, "SECRET") {
		t.Errorf("the page holds %s", a.body)
	}
	if *o.drawn != 2 {
		t.Errorf("made %d pages, want 2", *o.drawn)
	}
}

func TestPagesComeInTheEncodingsThatAreAccepted(t *testing.T) {
	o := newTown(t, nil)
	plain := o.get("/sta").want(t, 200)
	br := o.get("/sta", "Accept-Encoding", "gzip, deflate, br").want(t, 200)
	gz := o.get("/sta", "Accept-Encoding", "gzip;q=1.0, br;q=0").want(t, 200)
	if br.Header.Get("Content-Encoding") != "br" || gz.Header.Get("Content-Encoding") != "gzip" || plain.Header.Get("Content-Encoding") != "" {
		t.Fatalf("encodings %q, %q, %q", br.Header.Get("Content-Encoding"), gz.Header.Get("Content-Encoding"), plain.Header.Get("Content-Encoding"))
	}
	unpacked, err := io.ReadAll(brotli.NewReader(strings.NewReader(br.body)))
	if err != nil || string(unpacked) != plain.body {
		t.Errorf("brotli gives %.80q, %v", unpacked, err)
	}
	reader, err := gzip.NewReader(strings.NewReader(gz.body))
	if err != nil {
		t.Fatal(err)
	}
	if unpacked, err = io.ReadAll(reader); err != nil || string(unpacked) != plain.body {
		t.Errorf("gzip gives %.80q, %v", unpacked, err)
	}
	if plain.Header.Get("ETag") == br.Header.Get("ETag") || br.Header.Get("ETag") == gz.Header.Get("ETag") {
		t.Error("different bytes have one entity tag")
	}
}

func TestTheSentenceAfterAPostIsShownOnceAndNeverCached(t *testing.T) {
	o := newTown(t, nil, Route{Method: "POST", Path: "/do", May: people.Public, Handle: func(r *Request) error { return r.See("/sta", "Booked.") }})
	o.get("/sta").want(t, 200)
	b := o.browser()
	o.ask(b, "POST", "/do", "").want(t, 303)
	a := o.ask(b, "GET", "/sta", "").want(t, 200, "flash=Booked.")
	if a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("a page with a sentence may be kept: %q", a.Header.Get("Cache-Control"))
	}
	o.ask(b, "GET", "/sta", "").want(t, 200, "flash=|")
	o.get("/sta").want(t, 200, "flash=|")
	o.ask(o.browser(), "GET", "/sta", "", "Cookie", "flash=Zm9yZ2Vk.AAAA").want(t, 200, "flash=|")
}

func TestPublicPagesGoOnWhileTheStoreIsDown(t *testing.T) {
	o := newTown(t, nil)
	o.get("/sta").want(t, 200)
	if err := o.s.P.Store.Close(); err != nil {
		t.Fatal(err)
	}
	o.s.leads.mu.Lock()
	for at, to := range o.s.leads.to {
		to.until = time.Time{} // long ago
		o.s.leads.to[at] = to
	}
	o.s.leads.mu.Unlock()
	o.get("/sta").want(t, 200, "programme")
	o.get("/sta?q=new").want(t, 200, "programme")
	o.get("/unknown", "Accept-Language", "fr").want(t, 503, `lang="fr"`)
	o.get("/sta", "Cookie", "session=x").want(t, 503)
	o.get(o.s.Assets.URL("look.css")).want(t, 200)
}

func TestAssetsAreKeptForEver(t *testing.T) {
	o := newTown(t, nil)
	a := o.get(o.s.Assets.URL("look.css")).want(t, 200, "color:red")
	if a.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || a.Header.Get("Vary") != "Accept-Encoding" || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/css") {
		t.Errorf("headers %v", a.Header)
	}
	if a := o.get("/assets/look.AB12.css", "Accept-Encoding", "br").want(t, 200, "brotli"); a.Header.Get("Content-Encoding") != "br" {
		t.Error("the built encoding is not used")
	}
	for _, path := range []string{"/assets/look.css", "/assets/manifest.json", "/assets/..%2fmanifest.json", "/assets/%2e%2e/x"} {
		o.get(path).want(t, 404)
	}
}

func page(key string, size int) *cached {
	return &cached{key: key, plain: encoded{body: make([]byte, size)}}
}

func TestTheCacheIsBoundedAndForgetsWhatWasUsedLongestAgo(t *testing.T) {
	c := newPageCache(10_000)
	for _, key := range []string{"a", "b", "c"} {
		c.put(page(key, 3_000))
	}
	if c.get("a") == nil {
		t.Fatal("three pages do not fit")
	}
	c.put(page("d", 3_000))
	if c.get("b") != nil || c.get("a") == nil || c.get("c") == nil || c.get("d") == nil {
		t.Error("not the page that was used longest ago went")
	}
	c.put(page("e", maxCachedPage+1))
	if c.get("e") != nil || c.get("d") == nil {
		t.Error("a huge page came in")
	}
	held := 0
	for _, e := range c.pages {
		held += e.Value.(*cached).size()
	}
	if held != c.size || c.size > c.limit || len(c.pages) != c.recent.Len() {
		t.Errorf("holds %d bytes, counts %d of %d", held, c.size, c.limit)
	}
}

func TestAPageIsMadeOnceHoweverManyAsk(t *testing.T) {
	c := newPageCache(1 << 20)
	made, open := 0, make(chan struct{})
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			p, err := c.made("key", "text/html", func(b *bytes.Buffer) error {
				<-open
				made++ // one at a time, or the race detector says so
				b.WriteString("page" + strconv.Itoa(made))
				return nil
			})
			if err != nil || string(p.plain.body) != "page1" {
				t.Errorf("got %v, %v", p, err)
			}
		})
	}
	close(open)
	wait.Wait()
	if made != 1 {
		t.Errorf("made %d times", made)
	}
	broken := errors.New("broken")
	if _, err := c.made("other", "text/html", func(*bytes.Buffer) error { return broken }); !errors.Is(err, broken) || c.get("other") != nil {
		t.Errorf("a page that could not be made: %v", err)
	}
}

func TestAcceptEncoding(t *testing.T) {
	for header, want := range map[string]bool{
		"br": true, "gzip, br": true, "BR": true, "br;q=0.5": true, "br;q=0": false, "br; q=0.000": false, "": false, "gzip": false, "brotli": false,
	} {
		if accepts(header, "br") != want {
			t.Errorf("%q accepts br: %v", header, !want)
		}
	}
}
