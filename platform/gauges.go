package platform

import (
	"context"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"feria/jobs"
)

// gaugesEvery is how old what the gauges show may be, however often they are
// asked, and gaugesWithin how long the store may take to say it.
const (
	gaugesEvery  = 10 * time.Second
	gaugesWithin = 2 * time.Second
)

// gauges are read from the store and the disk when Prometheus asks. What cannot
// be read is left out, so that nobody takes an old value for a new one.
type gauges struct {
	p *Platform

	mu     sync.Mutex
	readAt time.Time
	facts  facts
}

// facts are what the gauges show.
type facts struct {
	outbox  bool // the outbox could be read
	waiting int
	oldest  time.Time // zero if nothing waits
	success map[string]time.Time
	disk    bool // the disk could be asked
	free    float64
}

var (
	outboxMails  = prometheus.NewDesc("feria_outbox_mails", "Mails that wait to be sent.", nil, nil)
	outboxOldest = prometheus.NewDesc("feria_outbox_oldest_seconds", "Since when the oldest of them waits; 0 if none does.", nil, nil)
	jobSuccess   = prometheus.NewDesc("feria_job_success_age_seconds", "Since when a job has not ended well, on any copy, to the minute.", []string{"job"}, nil)
	diskFree     = prometheus.NewDesc("feria_data_free_bytes", "Free space of the data folder's disk.", nil, nil)
)

// Describe names the gauges.
func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{outboxMails, outboxOldest, jobSuccess, diskFree} {
		to <- d
	}
}

// Collect gives their values.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	now := g.p.Now()
	f := g.read(now)
	say := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	if f.outbox {
		say(outboxMails, float64(f.waiting))
		say(outboxOldest, age(f.oldest, now))
	}
	for name, at := range f.success {
		say(jobSuccess, age(at, now), name)
	}
	if f.disk {
		say(diskFree, f.free)
	}
}

// age is how many seconds ago something was, 0 for what never was.
func age(at, now time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return max(0, now.Sub(at).Seconds())
}

// read gives the facts, new ones if those known are older than gaugesEvery.
func (g *gauges) read(now time.Time) facts {
	g.mu.Lock()
	defer g.mu.Unlock()
	if passed := now.Sub(g.readAt); passed >= 0 && passed < gaugesEvery {
		return g.facts
	}
	ctx, cancel := context.WithTimeout(context.Background(), gaugesWithin)
	defer cancel()
	var f facts
	var err error
	f.oldest, f.waiting, err = g.p.Outbox.Oldest(ctx)
	f.outbox = err == nil
	if history, err := g.p.Jobs.History(ctx); err == nil {
		f.success = successes(history)
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(g.p.Config.Data, &disk); err == nil {
		f.disk, f.free = true, float64(disk.Bavail)*float64(disk.Bsize)
	}
	g.facts, g.readAt = f, now
	return f
}

// successes says when each job that runs by itself ended well for the last time;
// those that never did are left out.
func successes(history []jobs.Status) map[string]time.Time {
	last := map[string]time.Time{}
	for _, s := range history {
		for _, run := range s.Runs { // the latest first
			if s.Every > 0 && run.Outcome == jobs.Done {
				last[s.Name] = run.End
				break
			}
		}
	}
	return last
}
