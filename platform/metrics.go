package platform

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"feria/ticketing"
)

// Metrics are what Prometheus reads: requests by route, what this process decided,
// how the work behind it is doing (see gauges), and what the process costs. They
// hold no addresses and nothing personal.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	bookings *prometheus.CounterVec
	scans    *prometheus.CounterVec

	mu    sync.RWMutex
	lines map[line]prometheus.Observer // those of requests that were used before
}

// line is what tells one series of requests from another.
type line struct {
	method, route string
	status        int
}

func newMetrics(p *Platform) *Metrics {
	m := &Metrics{
		lines:    map[line]prometheus.Observer{},
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "feria_request_seconds", Help: "Time to answer, by route.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "route", "status"}),
		bookings: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "feria_bookings_total", Help: "Bookings that this process decided: confirmed, waiting or the code of the refusal.",
		}, []string{"outcome"}),
		scans: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "feria_scans_total", Help: "Scans that this process decided, by result and reason.",
		}, []string{"result", "reason"}),
	}
	m.registry.MustRegister(m.requests, m.bookings, m.scans, &gauges{p: p}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "feria_info", Help: "1; the store in use is its label.", ConstLabels: prometheus.Labels{"version": p.Version, "store": p.Store.Kind()},
	}, func() float64 { return 1 }))
	return m
}

// Request notes one answered request; route is its line in the table.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	at := line{method, route, status}
	m.mu.RLock()
	o := m.lines[at]
	m.mu.RUnlock()
	if o == nil {
		o = m.requests.WithLabelValues(method, route, strconv.Itoa(status))
		m.mu.Lock()
		m.lines[line{strings.Clone(method), route, status}] = o
		m.mu.Unlock()
	}
	o.Observe(took.Seconds())
}

// booked notes a decision on a booking.
func (m *Metrics) booked(outcome string) { m.bookings.WithLabelValues(outcome).Inc() }

// scanned notes a decision on a scan.
func (m *Metrics) scanned(result ticketing.Result, reason ticketing.Reason) {
	m.scans.WithLabelValues(string(result), string(reason)).Inc()
}

// Handler answers /metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
