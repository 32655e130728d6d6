package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"html"
	"os"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/valyala/fasthttp"

	"feria/platform"
	"feria/server"
)

// steps is a clock that a bench moves on. Pages are kept for five minutes, by
// the clock: a step of five minutes makes the next request a miss that gives
// the same bytes again.
type steps struct{ at time.Time }

func (s *steps) now() time.Time { return s.at }
func (s *steps) on()            { s.at = s.at.Add(5 * time.Minute) }

// app is Feria's whole way for a request, without a network.
type app struct {
	handle fasthttp.RequestHandler
	clock  *steps
}

func newApp(p *platform.Platform, clock *steps) (app, error) {
	s, err := server.New(p)
	if err != nil {
		return app{}, err
	}
	return app{s.App.Handler(), clock}, nil
}

// miss asks for a page that is not in the cache and gives its bytes.
func (a app) miss(path, encoding string) ([]byte, error) {
	a.clock.on()
	var req fasthttp.Request
	req.SetRequestURI("http://localhost" + path)
	req.Header.Set("Accept-Encoding", encoding)
	req.Header.Set("Accept-Language", "en")
	var c fasthttp.RequestCtx
	c.Init(&req, nil, nil)
	a.handle(&c)
	if c.Response.StatusCode() != fasthttp.StatusOK {
		return nil, fmt.Errorf("%s: status %d", path, c.Response.StatusCode())
	}
	return bytes.Clone(c.Response.Body()), nil
}

// missedPage is row 2, which needs no store while it runs.
func missedPage(ctx context.Context, t *town) error {
	if !wanted("2") || t.kind != "sqlite" {
		return nil
	}
	clock := &steps{time.Date(2025, 12, 1, 8, 0, 0, 0, time.UTC)} // before the festival
	p, err := platform.Open(ctx, t.config, platform.Options{Version: "bench", NoJobs: true, Now: clock.now})
	if err != nil {
		return err
	}
	err = pageBeside(p, clock, t.page())
	return errors.Join(err, p.Close())
}

func pageBeside(p *platform.Platform, clock *steps, path string) error {
	a, err := newApp(p, clock)
	if err != nil {
		return err
	}
	plain, err := a.miss(path, "identity")
	if err != nil {
		return err
	}
	if n := bytes.Count(plain, []byte("<article")); n != 100 {
		return fmt.Errorf("%s has %d rows, not 100", path, n)
	}
	parts := taken(string(plain))
	if got := parts.write(); !bytes.Equal(got, plain) {
		return errors.New("the writer by hand does not write the same page")
	}
	sent, err := a.miss(path, "br")
	if err != nil {
		return err
	}
	if _, br, err := packed(plain); err != nil || !bytes.Equal(br, sent) {
		return errors.Join(err, errors.New("the limit's compressor is not Feria's"))
	}
	ours, limit, err := versus(work(200),
		func() error { _, err := a.miss(path, "br"); return err },
		func() error {
			page := parts.write()
			_ = sha256.Sum256(page) // the entity tag
			_, _, err := packed(page)
			return err
		})
	print(os.Stdout, row{goal: "2", what: "programme page of 100 rows on a miss, whole way in process", figure: ours.String(), limit: "a writer by hand " + limit.String(), ratio: float64(ours) / float64(limit), wanted: 2, atMost: true, note: fmt.Sprintf("%d bytes, gzip 6 and brotli 5 on both sides", len(plain))})
	return err
}

// packed compresses as the cache of pages does: both encodings, at its levels.
func packed(plain []byte) (gz, br []byte, err error) {
	var z bytes.Buffer
	g, err := gzip.NewWriterLevel(&z, 6)
	if err != nil {
		return nil, nil, err
	}
	if _, err = g.Write(plain); err == nil {
		err = g.Close()
	}
	if err != nil {
		return nil, nil, err
	}
	gz = bytes.Clone(z.Bytes())
	z.Reset()
	b := brotli.NewWriterLevel(&z, 5)
	if _, err = b.Write(plain); err == nil {
		err = b.Close()
	}
	return gz, bytes.Clone(z.Bytes()), err
}

// byHand is a page as one writes it by hand: markup, and between it texts that
// are escaped when they are written. All of it stands ready in memory.
type byHand []struct{ markup, text string }

// taken takes a page apart: what stands between two tags is a text, and so is
// every address in a link.
func taken(page string) byHand {
	var parts byHand
	add := func(markup, text string) {
		parts = append(parts, struct{ markup, text string }{markup, html.UnescapeString(text)})
	}
	for page != "" {
		end := strings.IndexByte(page, '>') + 1
		if at := strings.Index(page, `href="`); at >= 0 && at < end {
			at += len(`href="`)
			n := strings.IndexByte(page[at:], '"')
			add(page[:at], page[at:at+n])
			page = page[at+n:]
			continue
		}
		if end == 0 {
			end = len(page)
		}
		n := strings.IndexByte(page[end:], '<')
		if n < 0 {
			n = len(page) - end
		}
		add(page[:end], page[end:end+n])
		page = page[end+n:]
	}
	return parts
}

func (parts byHand) write() []byte {
	var b bytes.Buffer
	for _, p := range parts {
		b.WriteString(p.markup)
		b.WriteString(html.EscapeString(p.text))
	}
	return b.Bytes()
}
