package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

const rounds = 3

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

// compare runs ours and the limit in turn and gives the round in the middle by
// its ratio.
func compare(ours, limit func() sample) (a, b sample, ratio float64) {
	type pair struct{ a, b sample }
	m := median(rounds, func(p pair) float64 { return p.a.rate() / p.b.rate() }, func() pair { return pair{ours(), limit()} })
	return m.a, m.b, m.a.rate() / m.b.rate()
}

func figure(s sample) string {
	text := fmt.Sprintf("%.0f/s, p50 %s, p99 %s", s.rate(), s.at(.5).Round(10*time.Microsecond), s.at(.99).Round(10*time.Microsecond))
	if s.errors > 0 {
		text += fmt.Sprintf(", %d errors: %.80s", s.errors, s.first)
	}
	return text
}

func pages(t *town) error {
	if !wanted("1") {
		return nil
	}
	n := work(20_000)
	ours := func() sample { return closed(t.addr, 64, n, request{getRequest(t.addr, t.page()), status(200)}) }
	lim := func() sample { return closed(t.limit, 64, n, request{getRequest(t.limit, "/page"), status(200)}) }
	a, b, ratio := compare(ours, lim)
	print(os.Stdout, row{goal: "1", what: "cached programme page", store: t.kind, figure: figure(a), limit: figure(b), ratio: ratio, wanted: .8, failed: a.errors > 0})
	etag := etagOf(t)
	ours = func() sample {
		return closed(t.addr, 64, n, request{getRequest(t.addr, t.page(), "If-None-Match", etag), status(304)})
	}
	lim = func() sample {
		return closed(t.limit, 64, n, request{getRequest(t.limit, "/page", "If-None-Match", etag), status(304)})
	}
	a, b, ratio = compare(ours, lim)
	print(os.Stdout, row{goal: "1", what: "the same, 304", store: t.kind, figure: figure(a), limit: figure(b), ratio: ratio, wanted: .8, failed: a.errors > 0})
	return nil
}

func etagOf(t *town) string {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	getRequest(t.addr, t.page())(0, req)
	if err := fasthttp.Do(req, res); err != nil {
		return ""
	}
	return string(res.Header.Peek("ETag"))
}

func filters(t *town) error {
	if !wanted("3") {
		return nil
	}
	seconds := 10 * time.Second
	if *short {
		seconds = time.Second
	}
	next := 0
	var mu sync.Mutex
	s := open(context.Background(), t.addr, 200, seconds, request{func(n int, r *fasthttp.Request) {
		mu.Lock()
		next++
		q := t.query[next%len(t.query)] + "&page=" + strconv.Itoa(1+next/len(t.query))
		mu.Unlock()
		getRequest(t.addr, "/"+t.slug+"/programme?"+q)(n, r)
	}, status(200)})
	print(os.Stdout, row{goal: "3", what: "filters and search, 200 distinct a second, open loop", store: t.kind, figure: figure(s), note: "goal p99 30 ms", failed: s.errors > 0 || s.at(.99) > 30*time.Millisecond})
	return nil
}

func (t *town) book(slot func(n int) string) request {
	return request{func(n int, r *fasthttp.Request) {
		r.SetRequestURI("http://" + t.addr + "/api/v1/events/rush/slots/" + slot(n) + "/bookings")
		r.Header.SetMethod("POST")
		r.Header.Set("Authorization", "Bearer "+t.token)
		r.Header.SetContentType("application/json")
		r.SetBodyString(`{"name":"Aylin and party","mail":"aylin` + strconv.Itoa(n) + `@harbour.example","seats":2,"confirm":true}`)
	}, status(201, 409)}
}

func (t *town) echo() request {
	return request{func(n int, r *fasthttp.Request) {
		r.SetRequestURI("http://" + t.limit + "/echo")
		r.Header.SetMethod("POST")
		r.Header.SetContentType("application/json")
		r.SetBodyString(`{"name":"Aylin and party","mail":"aylin` + strconv.Itoa(n) + `@harbour.example","seats":2,"confirm":true}`)
	}, status(200)}
}

func bookings(t *town) error {
	if !wanted("4") {
		return nil
	}
	n := work(10_000)
	if t.kind == "mongodb" {
		n = work(3_000)
	}
	for _, c := range []struct {
		connections int
		slot        string
		goal        float64
	}{{64, t.big, .15}, {256, t.big2, .20}} {
		// One round only: a slot fills once.
		a := closed(t.addr, c.connections, n, t.book(func(int) string { return c.slot }))
		b := closed(t.limit, c.connections, n, t.echo())
		r := row{goal: "4", what: fmt.Sprintf("booking one slot of 500, then full, %d connections", c.connections), store: t.kind, figure: figure(a), limit: figure(b), ratio: a.rate() / b.rate(), failed: a.errors > 0}
		if t.kind == "sqlite" {
			r.wanted = c.goal
			r.note = fmt.Sprintf("p99 is %.1f times echo's (goal 4)", float64(a.at(.99))/float64(b.at(.99)))
		}
		print(os.Stdout, r)
	}
	return nil
}

func spread(t *town) error {
	if !wanted("5") {
		return nil
	}
	n := work(6_000)
	if t.kind == "mongodb" {
		n = work(2_000)
	}
	a := closed(t.addr, 64, n, t.book(func(n int) string { return t.many[n%len(t.many)] }))
	b := closed(t.limit, 64, n, t.echo())
	print(os.Stdout, row{goal: "5", what: "booking over 300 slots of 30", store: t.kind, figure: figure(a), limit: figure(b), ratio: a.rate() / b.rate(), note: "goal half of 4's rate", failed: a.errors > 0})
	return nil
}

func admissions(t *town) error {
	if !wanted("8") {
		return nil
	}
	n := work(6_000)
	if t.kind == "mongodb" {
		n = work(2_000)
	}
	a := closed(t.addr, 64, n, request{func(n int, r *fasthttp.Request) {
		r.SetRequestURI("http://" + t.addr + "/api/v1/events/rush/gates/main/scans")
		r.Header.SetMethod("POST")
		r.Header.Set("Authorization", "Bearer "+t.token)
		r.Header.SetContentType("application/json")
		r.SetBodyString(`{"token":"` + t.passes[n%len(t.passes)] + `","nonce":"n` + strconv.Itoa(n) + `","device":"bench"}`)
	}, status(200)})
	b := closed(t.limit, 64, n, t.echo())
	r := row{goal: "8", what: "admission: verify, decide, store", store: t.kind, figure: figure(a), limit: figure(b), ratio: a.rate() / b.rate(), failed: a.errors > 0}
	if t.kind == "sqlite" {
		r.wanted = .12
	}
	print(os.Stdout, r)
	return nil
}

func calendars(t *town) error {
	if !wanted("10") {
		return nil
	}
	n := work(6_000)
	ours := func() sample { return closed(t.addr, 64, n, request{getRequest(t.addr, t.calendar()), status(200)}) }
	lim := func() sample { return closed(t.limit, 64, n, request{getRequest(t.limit, "/calendar"), status(200)}) }
	a, b, ratio := compare(ours, lim)
	print(os.Stdout, row{goal: "10", what: "calendar of 1,079 events, cached", store: t.kind, figure: figure(a), limit: figure(b), ratio: ratio, wanted: .8, failed: a.errors > 0})
	return nil
}

// openLoop is the rush of the greatest festivals, on a clock. It books over the
// 300 slots, which are full soon: most answers say so.
func openLoop(t *town) error {
	if !wanted("9") || t.kind == "mongodb" {
		return nil
	}
	d := 60 * time.Second
	if *short {
		d = 3 * time.Second
	}
	var wait sync.WaitGroup
	var booked, seen sample
	wait.Add(2)
	go func() {
		defer wait.Done()
		booked = open(context.Background(), t.addr, 1_000, d, t.book(func(n int) string { return t.many[n%len(t.many)] }))
	}()
	go func() {
		defer wait.Done()
		seen = open(context.Background(), t.addr, 3_000, d, request{getRequest(t.addr, t.page()), status(200)})
	}()
	wait.Wait()
	for what, s := range map[string]sample{"1,000 bookings a second beside it": booked, "3,000 pages a second, open loop": seen} {
		print(os.Stdout, row{goal: "9", what: what, store: t.kind, figure: figure(s), note: "goal p99 50 ms, no errors", failed: s.errors > 0 || s.at(.99) > 50*time.Millisecond})
	}
	return nil
}
