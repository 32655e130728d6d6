package web

import (
	"bytes"
	"container/list"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/url"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"
	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/singleflight"

	"github.com/a-h/templ"
)

// pageCacheBytes bounds what the cache of public pages holds, with all its
// encodings; maxCachedPage what one page may take.
const (
	pageCacheBytes = 24 << 20
	maxCachedPage  = 4 << 20
)

// cached is an answer for everybody, in the encodings that browsers ask for.
type cached struct {
	key         string
	contentType []byte
	plain       encoded
	gzip        encoded
	brotli      encoded
}

// encoded is a page in one encoding. The entity tag names the encoding too,
// since the bytes differ.
type encoded struct {
	name []byte // as in Content-Encoding
	etag []byte
	body []byte // nil: not in this encoding
}

// in gives a body in an encoding, under the tag that goes with it.
func in(name, tag string, body []byte) encoded {
	return encoded{name: []byte(name), etag: []byte(`"` + tag + `-` + name + `"`), body: body}
}

func (p *cached) size() int {
	return len(p.key) + len(p.plain.body) + len(p.gzip.body) + len(p.brotli.body) + 200
}

// pageCache keeps the pages used last. Keys hold the release and epochs that a
// page was made of, so a change makes new keys and old pages fall out behind.
type pageCache struct {
	mu     sync.Mutex
	limit  int
	size   int
	pages  map[string]*list.Element
	recent *list.List
	flight singleflight.Group
}

func newPageCache(limit int) *pageCache {
	return &pageCache{limit: limit, pages: map[string]*list.Element{}, recent: list.New()}
}

func (c *pageCache) get(key string) *cached {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.pages[key]
	if e == nil {
		return nil
	}
	c.recent.MoveToFront(e)
	return e.Value.(*cached)
}

func (c *pageCache) put(p *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.size() > maxCachedPage || c.pages[p.key] != nil {
		return
	}
	c.pages[p.key] = c.recent.PushFront(p)
	c.size += p.size()
	for c.size > c.limit {
		last := c.recent.Back()
		old := last.Value.(*cached)
		c.recent.Remove(last)
		delete(c.pages, old.key)
		c.size -= old.size()
	}
}

// made gives a page from the cache, or makes it once however many ask.
func (c *pageCache) made(key, contentType string, write func(*bytes.Buffer) error) (*cached, error) {
	if p := c.get(key); p != nil {
		return p, nil
	}
	v, err, _ := c.flight.Do(key, func() (any, error) {
		if p := c.get(key); p != nil {
			return p, nil
		}
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return nil, err
		}
		p := compressed(key, contentType, b.Bytes())
		if p.gzip.body != nil {
			p.plain.body = nil // four fifths of the room; who can read nothing else gets it unpacked
		}
		c.put(p)
		return p, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*cached), nil
}

// tooSmall is below what compressing saves.
const tooSmall = 400

func compressed(key, contentType string, plain []byte) *cached {
	plain = bytes.Clone(plain) // without the room that its buffer has beyond it
	sum := sha256.Sum256(plain)
	tag := base64.RawURLEncoding.EncodeToString(sum[:12])
	p := &cached{key: key, contentType: []byte(contentType), plain: encoded{etag: []byte(`"` + tag + `"`), body: plain}}
	if len(plain) < tooSmall || strings.HasPrefix(contentType, "image/png") {
		return p
	}
	var z bytes.Buffer
	g, err := gzip.NewWriterLevel(&z, 6)
	if err == nil {
		if _, err = g.Write(plain); err == nil && g.Close() == nil {
			p.gzip = in("gzip", tag, bytes.Clone(z.Bytes()))
		}
	}
	z.Reset()
	b := brotli.NewWriterLevel(&z, 5)
	if _, err := b.Write(plain); err == nil && b.Close() == nil {
		p.brotli = in("br", tag, bytes.Clone(z.Bytes()))
	}
	return p
}

var (
	headETag     = []byte("Etag") // as fasthttp writes it
	headCache    = []byte(fiber.HeaderCacheControl)
	headVary     = []byte(fiber.HeaderVary)
	varies       = []byte("Accept-Encoding, Accept-Language, Cookie")
	headEncoding = []byte(fiber.HeaderContentEncoding)
)

// answer sends the page in the best encoding that is accepted, or 304.
func (p *cached) answer(c *fiber.Ctx, cacheControl string) error {
	asked, h := &c.Request().Header, &c.Response().Header
	accept := utils.UnsafeString(asked.Peek(fiber.HeaderAcceptEncoding)) // not kept
	best := &p.plain
	switch {
	case p.brotli.body != nil && accepts(accept, "br"):
		best = &p.brotli
	case p.gzip.body != nil && accepts(accept, "gzip"):
		best = &p.gzip
	}
	h.SetCanonical(headETag, best.etag)
	h.SetCanonical(headCache, []byte(cacheControl))
	h.SetCanonical(headVary, varies)
	if match := utils.UnsafeString(asked.Peek(fiber.HeaderIfNoneMatch)); match != "" && matches(match, string(best.etag)) {
		c.Status(fiber.StatusNotModified)
		return nil
	}
	h.SetContentTypeBytes(p.contentType)
	if best.name != nil {
		h.SetCanonical(headEncoding, best.name)
	}
	if best != &p.plain {
		return c.Send(best.body)
	}
	body, err := p.unpacked()
	if err != nil {
		return err
	}
	return c.Send(body)
}

// unpacked is the page as it is read. Nearly all that ask take it packed, so the
// cache keeps only that.
func (p *cached) unpacked() ([]byte, error) {
	if p.plain.body != nil || p.gzip.body == nil {
		return p.plain.body, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(p.gzip.body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// accepts reads an Accept-Encoding header; a coding with q=0 is refused.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(name, coding) {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}

func matches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if part = strings.TrimPrefix(strings.TrimSpace(part), "W/"); part == etag || part == "*" {
			return true
		}
	}
	return false
}

// Public answers with a page that is the same for everybody who asks in the same
// language: from the cache, else made and kept. key tells it from the other
// pages of the event's present state; what follows a "?" in it is the query of
// the page in its one canonical form. chrome and body are only made on a miss.
// While a sentence of the last post is to be shown, the page is drawn fresh.
func (r *Request) Public(key string, make func() (Chrome, templ.Component, error)) error {
	if r.Cookies(r.Server.cookieName(flashCookie)) != "" {
		r.stand(key)
		chrome, body, err := make()
		if err != nil {
			return err
		}
		return r.Page(fiber.StatusOK, chrome, body)
	}
	return r.Bytes(key, fiber.MIMETextHTMLCharsetUTF8, "no-cache", func(b *bytes.Buffer) error {
		r.stand(key)
		chrome, body, err := make()
		if err != nil {
			return err
		}
		return r.draw(b, chrome, body)
	})
}

// stand notes where the reader of a public page is, by the page's key.
func (r *Request) stand(key string) {
	address := url.URL{Path: r.Path()}
	_, address.RawQuery, _ = strings.Cut(key, "?")
	r.here = SafeNext(address.String())
}

// Bytes answers with bytes that are the same for everybody, cached under the
// event's present state, the language and key.
func (r *Request) Bytes(key, contentType, cacheControl string, write func(*bytes.Buffer) error) error {
	p, err := r.Server.pages.made(r.pageKey(key), contentType, write)
	if err != nil {
		return err
	}
	r.Server.remember(r, p, cacheControl)
	return p.answer(r.Ctx, cacheControl)
}

// Private answers with bytes that are one person's: with an entity tag, so that
// a calendar that asks again gets 304, and kept by nobody in between.
func (r *Request) Private(contentType string, body []byte) error {
	p := compressed("", contentType, body)
	if err := p.answer(r.Ctx, "private, no-cache"); err != nil {
		return err
	}
	r.Set("X-Robots-Tag", "noindex")
	return nil
}

// Keep gives bytes that cost something to make and never change under their
// key, from the cache or made once.
func (s *Server) Keep(key string, write func(*bytes.Buffer) error) ([]byte, error) {
	p, err := s.pages.made(key, "image/png", write)
	if err != nil {
		return nil, err
	}
	return p.unpacked()
}
