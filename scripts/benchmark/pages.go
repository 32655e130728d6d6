package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

func getRequest(addr, path string, headers ...string) func(int, *fasthttp.Request) {
	return func(_ int, r *fasthttp.Request) {
		r.SetRequestURI("http://" + addr + path)
		r.Header.Set("Accept-Encoding", "br")
		r.Header.Set("Accept-Language", "en")
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
}

// cached measures what comes from the cache of pages, beside Fiber sending the
// same bytes: rows 1 and 10.
func cached(t *town) error {
	bench := func(goal, what, path, limitPath string, n, answer int, headers ...string) {
		a, b := turns(
			func(int) sample {
				return closed(t.addr, 64, n, request{getRequest(t.addr, path, headers...), status(answer)})
			},
			func(int) sample {
				return closed(t.limit, 64, n, request{getRequest(t.limit, limitPath, headers...), status(answer)})
			})
		print(os.Stdout, against(row{goal: goal, what: what, store: t.kind, wanted: .8}, a, b))
	}
	if wanted("1") {
		etag, err := etagOf(t)
		if err != nil {
			return err
		}
		bench("1", "cached programme page", t.page(), "/page", work(20_000), 200)
		bench("1", "the same, 304", t.page(), "/page", work(20_000), 304, "If-None-Match", etag)
	}
	if wanted("10") {
		bench("10", "calendar of 1,079 events, cached", t.calendar(), "/calendar", work(6_000), 200)
	}
	return nil
}

func etagOf(t *town) (string, error) {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	getRequest(t.addr, t.page())(0, req)
	err := fasthttp.Do(req, res)
	return string(res.Header.Peek("ETag")), err
}

// filters is row 3: no request asks what another asked before it, so that none
// comes from the cache.
func filters(t *town) error {
	if !wanted("3") {
		return nil
	}
	seconds := 10 * time.Second
	if *short {
		seconds = 2 * time.Second
	}
	before, err := t.server.cpu()
	if err != nil {
		return err
	}
	var next atomic.Int64
	s := open(context.Background(), t.addr, 200, seconds, request{func(n int, r *fasthttp.Request) {
		i := int(next.Add(1))
		q := t.query[i%len(t.query)] + "&page=" + strconv.Itoa(1+i/len(t.query))
		getRequest(t.addr, "/"+t.slug+"/programme?"+q)(n, r)
	}, status(200)})
	after, err := t.server.cpu()
	if err != nil {
		return err
	}
	cores := (after - before).Seconds() / s.took.Seconds()
	print(os.Stdout, row{goal: "3", what: "filters and search, 200 distinct a second, open loop", store: t.kind, figure: figure(s), also: "p99 ≤ 30 ms", failed: s.errors > 0 || s.at(.99) > 30*time.Millisecond})
	print(os.Stdout, row{goal: "3", what: "the server's share of a core for it", store: t.kind, figure: fmt.Sprintf("%.2f of one core", cores), also: "≤ 0.4 of one core", failed: s.errors > 0 || cores > .4, note: "from /proc/PID/stat"})
	return nil
}
