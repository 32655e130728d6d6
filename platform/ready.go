package platform

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
	"time"
)

// health is what readiness depends on beside the store.
type health struct {
	draining atomic.Bool
	asked    atomic.Bool
}

// leastDisk is how much of the data folder's disk must be free, in percent.
const leastDisk = 5

// Ready says whether this copy should be sent requests: nil, or the reason in
// plain words. It answers within a second even if the store hangs.
func (p *Platform) Ready(ctx context.Context) error {
	p.health.asked.Store(true)
	if p.health.draining.Load() {
		return errors.New("draining")
	}
	ctx, cancel := context.WithTimeout(ctx, 900*time.Millisecond)
	defer cancel()
	answer := make(chan error, 1)
	go func() { answer <- p.Store.Ping(ctx) }()
	select {
	case err := <-answer:
		if err != nil {
			return errors.New("the store does not answer")
		}
	case <-ctx.Done():
		return errors.New("the store does not answer in time")
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(p.Config.Data, &disk); err == nil && disk.Blocks > 0 {
		if free := disk.Bavail * 100 / disk.Blocks; free < leastDisk {
			return fmt.Errorf("%d %% of the disk are free", free)
		}
	}
	return nil
}

// Drain makes Ready say no from now on.
func (p *Platform) Drain() { p.health.draining.Store(true) }

// AskedReady says whether anybody ever asked: a load balancer does.
func (p *Platform) AskedReady() bool { return p.health.asked.Load() }
