package crash

import (
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// proxy stands between Feria and its store. It can be cut, so that nobody
// answers at the address, or held, so that whoever asks waits for ever.
type proxy struct {
	to   string // host:port of the store
	addr string

	mu    sync.Mutex
	ln    net.Listener
	lines map[net.Conn]bool
	held  chan struct{} // closed while nothing is held
	done  sync.WaitGroup
}

// proxyTo stands before the store of a MongoDB address and gives the address of
// the same database through it.
func proxyTo(t *testing.T, address string) (*proxy, string) {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	p := &proxy{to: u.Host, addr: "127.0.0.1:0", lines: map[net.Conn]bool{}, held: make(chan struct{})}
	close(p.held)
	p.join(t)
	t.Cleanup(func() {
		p.release()
		p.cut(t)
		p.done.Wait()
	})
	return p, strings.Replace(address, u.Host, p.addr, 1)
}

// join begins to listen, again at the same address.
func (p *proxy) join(t *testing.T) {
	t.Helper()
	ln, err := net.Listen("tcp", p.addr)
	must(t, err)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ln, p.addr = ln, ln.Addr().String()
	p.done.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return // cut
			}
			p.done.Go(func() { p.serve(conn) })
		}
	})
}

// cut closes the address and every connection.
func (p *proxy) cut(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.ln.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	for line := range p.lines {
		_ = line.Close() // it may be closed already
	}
}

// hold keeps every connection and lets nothing through; release goes on with
// what was sent meanwhile.
func (p *proxy) hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = make(chan struct{})
}

func (p *proxy) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.held:
	default:
		close(p.held)
	}
}

func (p *proxy) serve(near net.Conn) {
	far, err := net.Dial("tcp", p.to)
	if err != nil {
		_ = near.Close()
		return
	}
	p.mu.Lock()
	p.lines[near], p.lines[far] = true, true
	p.mu.Unlock()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		both.Go(func() {
			p.carry(way[0], way[1])
			_, _ = near.Close(), far.Close() // the other way ends with it
		})
	}
	both.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.lines, near)
	delete(p.lines, far)
}

func (p *proxy) carry(from io.Reader, to io.Writer) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		p.mu.Lock()
		held := p.held
		p.mu.Unlock()
		<-held
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}
