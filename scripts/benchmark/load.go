package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// sample is what a load gave.
type sample struct {
	n      int
	errors int
	first  string // of the errors
	took   time.Duration
	times  []time.Duration // sorted
}

// err is the first error, if there was one.
func (s sample) err() error {
	if s.errors == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d failed, first: %s", s.errors, s.n, s.first)
}

func (s sample) rate() float64 { return float64(s.n) / s.took.Seconds() }

func (s sample) at(q float64) time.Duration {
	if len(s.times) == 0 {
		return 0
	}
	return s.times[min(int(math.Ceil(q*float64(len(s.times))))-1, len(s.times)-1)]
}

// request makes the nth request; check says what is wrong with its answer.
type request struct {
	make  func(n int, r *fasthttp.Request)
	check func(r *fasthttp.Response) error
}

func status(wanted ...int) func(*fasthttp.Response) error {
	return func(r *fasthttp.Response) error {
		if !slices.Contains(wanted, r.StatusCode()) {
			return fmt.Errorf("%d %.200s", r.StatusCode(), r.Body())
		}
		return nil
	}
}

func client(addr string, connections int) *fasthttp.HostClient {
	return &fasthttp.HostClient{Addr: addr, MaxConns: connections * 2, ReadTimeout: 20 * time.Second, WriteTimeout: 20 * time.Second, NoDefaultUserAgentHeader: true, DisablePathNormalizing: true}
}

// closed keeps a number of connections busy until so many requests are done.
func closed(addr string, connections, total int, r request) sample {
	c := client(addr, connections)
	defer c.CloseIdleConnections()
	var next atomic.Int64
	var mu sync.Mutex
	all := sample{}
	var wait sync.WaitGroup
	begun := time.Now()
	for range connections {
		wait.Add(1)
		go func() {
			defer wait.Done()
			mine := make([]time.Duration, 0, total/connections+1)
			errs, first := 0, ""
			req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			defer fasthttp.ReleaseRequest(req)
			defer fasthttp.ReleaseResponse(res)
			for {
				n := int(next.Add(1)) - 1
				if n >= total {
					break
				}
				req.Reset()
				res.Reset()
				r.make(n, req)
				start := time.Now()
				err := c.Do(req, res)
				mine = append(mine, time.Since(start))
				if err == nil {
					err = r.check(res)
				}
				if err != nil {
					errs++
					if first == "" {
						first = err.Error()
					}
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all.times = append(all.times, mine...)
			all.errors += errs
			if all.first == "" {
				all.first = first
			}
		}()
	}
	wait.Wait()
	all.took, all.n = time.Since(begun), total
	slices.Sort(all.times)
	return all
}

// open starts requests on a clock, whether or not the last was answered; times
// count from when the request should have started.
func open(ctx context.Context, addr string, perSecond int, d time.Duration, r request) sample {
	c := client(addr, 2048)
	defer c.CloseIdleConnections()
	total := int(float64(perSecond) * d.Seconds())
	gap := time.Second / time.Duration(perSecond)
	var mu sync.Mutex
	all := sample{n: total, times: make([]time.Duration, 0, total)}
	var wait sync.WaitGroup
	begun := time.Now()
	for n := 0; n < total && ctx.Err() == nil; n++ {
		due := begun.Add(time.Duration(n) * gap)
		if ahead := time.Until(due); ahead > 0 {
			time.Sleep(ahead)
		}
		wait.Add(1)
		go func() {
			defer wait.Done()
			req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			defer fasthttp.ReleaseRequest(req)
			defer fasthttp.ReleaseResponse(res)
			r.make(n, req)
			err := c.Do(req, res)
			took := time.Since(due)
			if err == nil {
				err = r.check(res)
			}
			mu.Lock()
			defer mu.Unlock()
			all.times = append(all.times, took)
			if err != nil {
				all.errors++
				if all.first == "" {
					all.first = err.Error()
				}
			}
		}()
	}
	wait.Wait()
	all.took = time.Since(begun)
	slices.Sort(all.times)
	return all
}

// called is closed without a network: 64 callers until so many calls are done.
func called(n int, do func(i int) error) sample {
	all := sample{n: n, times: make([]time.Duration, n)}
	failed := make([]error, n)
	var next atomic.Int64
	var wait sync.WaitGroup
	begun := time.Now()
	for range 64 {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				start := time.Now()
				failed[i] = do(i)
				all.times[i] = time.Since(start)
			}
		})
	}
	wait.Wait()
	all.took = time.Since(begun)
	for _, err := range failed {
		if err != nil {
			all.errors++
			if all.first == "" {
				all.first = err.Error()
			}
		}
	}
	slices.Sort(all.times)
	return all
}
