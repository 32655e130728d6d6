package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// pretix is the greatest rate in pretix's own documents: 1,500 orders a minute
// of an event without a limited quota. It was not measured here.
const pretix = 1_500.0 / 60

// tally counts what became of requests to book.
type tally struct{ granted, refused atomic.Int64 }

func (c *tally) String() string {
	return fmt.Sprintf("%d granted or waiting, %d refused", c.granted.Load(), c.refused.Load())
}

func (t *town) book(c *tally, slot func(n int) string) request {
	known := status(201, 409)
	return request{func(n int, r *fasthttp.Request) {
		r.SetRequestURI("http://" + t.addr + "/api/v1/events/rush/slots/" + slot(n) + "/bookings")
		r.Header.SetMethod("POST")
		r.Header.Set("Authorization", "Bearer "+t.token)
		r.Header.SetContentType("application/json")
		r.SetBodyString(bookingBody(n))
	}, func(r *fasthttp.Response) error {
		switch r.StatusCode() {
		case 201:
			c.granted.Add(1)
		case 409:
			c.refused.Add(1)
		}
		return known(r)
	}}
}

func bookingBody(n int) string {
	return `{"name":"Aylin and party","mail":"aylin` + strconv.Itoa(n) + `@harbour.example","seats":2,"confirm":true}`
}

// post sends the same body as a booking to the limit.
func (t *town) post(path string) request {
	return request{func(n int, r *fasthttp.Request) {
		r.SetRequestURI("http://" + t.limit + path)
		r.Header.SetMethod("POST")
		r.Header.SetContentType("application/json")
		r.SetBodyString(bookingBody(n))
	}, status(200)}
}

// bookings is rows 4 and 5: an echo, one slot of 500 and 300 slots of 30 in
// turn. Each round has slots of its own, for a slot fills once.
func bookings(t *town) error {
	if !wanted("4") && !wanted("5") {
		return nil
	}
	n, spread := work(10_000), work(6_000)
	if t.kind == "mongodb" {
		n, spread = work(3_000), work(2_000)
	}
	var hot, hot256, wide tally
	var loader, wall time.Duration
	sides := inTurn(
		t.begun(func(int) sample { return closed(t.limit, 64, n, t.post("/echo")) }),
		t.begun(func(round int) sample {
			before := ownCPU()
			s := closed(t.addr, 64, n, t.book(&hot, func(int) string { return t.hot[round] }))
			loader, wall = loader+ownCPU()-before, wall+s.took
			return s
		}),
		t.begun(func(round int) sample {
			many := t.many[round]
			return closed(t.addr, 64, spread, t.book(&wide, func(n int) string { return many[n%len(many)] }))
		}))
	echo, one, many := sides[0], sides[1], sides[2]
	if wanted("4") {
		printHot(t, 64, .15, one, echo, &hot)
		if t.kind == "sqlite" {
			printAlone(t, one, loader.Seconds()/wall.Seconds()/float64(runtime.NumCPU()), &hot)
		}
		a, b := t.calm(
			func(round int) sample {
				return closed(t.addr, 256, n, t.book(&hot256, func(int) string { return t.hot[rounds+round] }))
			},
			func(int) sample { return closed(t.limit, 256, n, t.post("/echo")) })
		printHot(t, 256, .20, a, b, &hot256)
	}
	if wanted("5") {
		print(os.Stdout, against(row{goal: "5", what: "booking over 300 slots of 30, beside row 4 at 64 connections", store: t.kind, wanted: .5, note: wide.String()}, many, one))
	}
	return nil
}

// printHot prints a line of row 4. Its goals are about SQLite; row 7 is what the
// MongoDB wire is held to.
func printHot(t *town, connections int, goal float64, ours, echo sample, c *tally) {
	r := row{goal: "4", what: fmt.Sprintf("booking one slot of 500, then full, %d connections", connections), store: t.kind}
	times := float64(ours.at(.99)) / float64(echo.at(.99))
	if t.kind == "sqlite" {
		r.wanted, r.also, r.failed = goal, "p99 ≤ 4× echo's", times > 4
	}
	r.note = fmt.Sprintf("p99 is %.1f× echo's; %s", times, c)
	print(os.Stdout, against(r, ours, echo))
}

// printAlone is the last goal of row 4. share is what the loader took of the
// machine's cores, which was not the server's to use. pretix counts orders, which
// are granted; here refusals count as answers, and the note says how many.
func printAlone(t *town, one sample, share float64, c *tally) {
	alone := one.rate() / (1 - share)
	print(os.Stdout, row{goal: "4", what: "the same, the loader counted out", store: t.kind, figure: fmt.Sprintf("%.0f/s", alone), limit: fmt.Sprintf("pretix %.0f/s, as published", pretix), ratio: alone / pretix, wanted: 100, failed: one.errors > 0,
		note: fmt.Sprintf("the loader took %.0f%% of all CPU; answers, of them %s", 100*share, c)})
}

// wire is row 7: bookings that are all granted, one slot of 500 after the other,
// beside a server that asks MongoDB for each seat with a condition.
func wire(t *town) error {
	if !wanted("7") || t.kind != "mongodb" {
		return nil
	}
	const perSlot = 250 // of two seats
	n := work(perSlot * len(t.queue) / rounds)
	var c tally
	a, b := t.calm(
		func(round int) sample {
			mine := t.queue[round*len(t.queue)/rounds:]
			return closed(t.addr, 64, n, t.book(&c, func(n int) string { return mine[n/perSlot] }))
		},
		func(round int) sample { return closed(t.limit, 64, n, t.post(fmt.Sprintf("/claim?round=%d", round))) })
	print(os.Stdout, against(row{goal: "7", what: "booking slots of 500 one after the other, all granted", store: t.kind, wanted: 5, note: "limit: FindOneAndUpdate on a condition, then the same two rows; " + c.String()}, a, b))
	return nil
}

// admissions is row 8. Each round scans passes of its own, so that every round
// finds as few scans before it.
func admissions(t *town) error {
	if !wanted("8") {
		return nil
	}
	n := work(6_000)
	if t.kind == "mongodb" {
		n = work(2_000)
	}
	a, b := t.calm(
		func(round int) sample {
			passes := t.passes[round]
			return closed(t.addr, 64, n, request{func(n int, r *fasthttp.Request) {
				r.SetRequestURI("http://" + t.addr + "/api/v1/events/rush/gates/main/scans")
				r.Header.SetMethod("POST")
				r.Header.Set("Authorization", "Bearer "+t.token)
				r.Header.SetContentType("application/json")
				r.SetBodyString(`{"token":"` + passes[n%len(passes)] + `","nonce":"n` + strconv.Itoa(n) + `","device":"bench` + strconv.Itoa(round) + `"}`)
			}, status(200)})
		},
		func(int) sample { return closed(t.limit, 64, n, t.post("/echo")) })
	r := row{goal: "8", what: "admission: verify, decide, store", store: t.kind}
	if t.kind == "sqlite" {
		r.wanted = .12
	}
	print(os.Stdout, against(r, a, b))
	return nil
}

// openLoop is row 9: the rush of the greatest festivals, on a clock. It books
// over 300 slots, which are full soon: most answers say so.
func openLoop(t *town) error {
	if !wanted("9") || t.kind == "mongodb" {
		return nil
	}
	d := 60 * time.Second
	if *short {
		d = 3 * time.Second
	}
	t.server.quiet()
	var wait sync.WaitGroup
	var booked, seen sample
	var c tally
	many := t.many[rounds-1]
	wait.Go(func() {
		booked = open(context.Background(), t.addr, 1_000, d, t.book(&c, func(n int) string { return many[n%len(many)] }))
	})
	wait.Go(func() {
		seen = open(context.Background(), t.addr, 3_000, d, request{getRequest(t.addr, t.page()), status(200)})
	})
	wait.Wait()
	missed := func(s sample) bool { return s.errors > 0 || s.at(.99) > 50*time.Millisecond }
	const also = "no errors, p99 ≤ 50 ms"
	print(os.Stdout, row{goal: "9", what: "3,000 pages a second, open loop", store: t.kind, figure: figure(seen), also: also, failed: missed(seen)})
	print(os.Stdout, row{goal: "9", what: "1,000 bookings a second beside it", store: t.kind, figure: figure(booked), also: also, failed: missed(booked), note: c.String()})
	return nil
}
