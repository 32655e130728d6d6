package mongodb_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"feria/store"
	"feria/store/mongodb"
)

// line is the way to a server, which can be cut, so that nobody answers at the
// address, or held, so that whoever asks waits for ever.
type line struct {
	t    *testing.T
	to   string
	addr string

	mu    sync.Mutex
	ln    net.Listener
	conns []net.Conn
	held  sync.RWMutex // locked while nothing gets through
}

func (l *line) join() {
	ln, err := net.Listen("tcp", l.addr)
	if err != nil {
		l.t.Fatal(err)
	}
	l.mu.Lock()
	l.ln, l.addr = ln, ln.Addr().String()
	l.mu.Unlock()
	go func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return // cut
			}
			far, err := net.Dial("tcp", l.to)
			if err != nil {
				_ = near.Close()
				continue
			}
			l.mu.Lock()
			l.conns = append(l.conns, near, far)
			l.mu.Unlock()
			go l.carry(near, far)
			go l.carry(far, near)
		}
	}()
}

func (l *line) carry(from, to net.Conn) {
	defer func() { _, _ = from.Close(), to.Close() }()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		l.held.RLock()
		_, err = to.Write(buf[:n])
		l.held.RUnlock()
		if err != nil && !errors.Is(err, io.EOF) {
			return
		}
	}
}

func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.ln.Close() // it may be cut already
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.conns = nil
}

// Callers do not wait for a server that is away: the first ones learn it within
// 3 s, later ones at once, and within a second of its return all goes on.
func TestDriver_serverAway(t *testing.T) {
	address := server(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, to: u.Host, addr: "127.0.0.1:0"}
	l.join()
	defer l.cut()
	d, err := mongodb.Open(t.Context(), strings.Replace(address, u.Host, l.addr, 1))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	const spare = time.Second // a busy machine
	for _, fault := range []struct {
		name    string
		off, on func()
	}{
		{"cut", l.cut, l.join},
		{"held", l.held.Lock, l.held.Unlock},
	} {
		t.Run(fault.name, func(t *testing.T) {
			if _, err := d.Get(t.Context(), "nothing", "x"); !errors.Is(err, store.ErrAbsent) {
				t.Fatalf("before: %v, want ErrAbsent", err)
			}
			fault.off()
			begun := time.Now()
			_, err := d.Get(t.Context(), "nothing", "x")
			if took := time.Since(begun); !errors.Is(err, store.ErrUnavailable) || errors.Is(err, context.Canceled) || took > 3*time.Second+spare {
				t.Errorf("the first call: %v after %s", err, took)
			}
			begun = time.Now()
			for range 100 {
				if _, err := d.Get(t.Context(), "nothing", "x"); !errors.Is(err, store.ErrUnavailable) {
					t.Errorf("a later call: %v, want ErrUnavailable", err)
				}
				errs := d.Apply(t.Context(), make([]store.Write, 2))
				if len(errs) != 2 || !errors.Is(errs[0], store.ErrUnavailable) || !errors.Is(errs[1], store.ErrUnavailable) {
					t.Errorf("later writes: %v, want ErrUnavailable twice", errs)
				}
			}
			if took := time.Since(begun); took > spare {
				t.Errorf("100 later calls take %s", took)
			}
			fault.on()
			begun = time.Now()
			for !errors.Is(err, store.ErrAbsent) && time.Since(begun) < time.Second+spare {
				time.Sleep(20 * time.Millisecond)
				_, err = d.Get(t.Context(), "nothing", "x")
			}
			t.Logf("goes on after %s", time.Since(begun))
			if !errors.Is(err, store.ErrAbsent) {
				t.Errorf("%s after its return: %v", time.Since(begun), err)
			}
		})
	}
}
