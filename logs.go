package main

import (
	"io"
	"sync"
	"time"
)

// gather is how long lines are gathered before they are written.
const gather = 5 * time.Millisecond

// grouped writes lines to w in the order in which they came, those of a few
// milliseconds at once: under load a line then costs no system call of its own.
// A kill -9 takes what was logged within that time; whoever ends in order calls
// Flush.
type grouped struct {
	w     io.Writer
	mu    sync.Mutex
	moved *sync.Cond // there is room, or nothing is left to write
	next  []byte
	last  []byte // the buffer written before, for the next one
	busy  bool
	some  chan struct{}
}

// roomForLines is how much may wait for a slow terminal before who logs waits too.
const roomForLines = 1 << 20

func newGrouped(w io.Writer) *grouped {
	g := &grouped{w: w, some: make(chan struct{}, 1)}
	g.moved = sync.NewCond(&g.mu)
	go g.run()
	return g
}

// Write takes whole lines. It reports no error: a log that cannot be written
// must not stop what is logged.
func (g *grouped) Write(p []byte) (int, error) {
	g.mu.Lock()
	for len(g.next) > roomForLines {
		g.moved.Wait()
	}
	g.next = append(g.next, p...)
	wake := !g.busy
	g.busy = true
	g.mu.Unlock()
	if wake {
		g.some <- struct{}{}
	}
	return len(p), nil
}

func (g *grouped) run() {
	for range g.some {
		time.Sleep(gather)
		g.mu.Lock()
		for len(g.next) > 0 {
			g.next, g.last = g.last[:0], g.next
			g.moved.Broadcast() // there is room again
			g.mu.Unlock()
			_, _ = g.w.Write(g.last)
			g.mu.Lock()
		}
		g.busy = false
		g.moved.Broadcast()
		g.mu.Unlock()
	}
}

// Flush waits until all that was logged before is written.
func (g *grouped) Flush() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.busy {
		g.moved.Wait()
	}
}
