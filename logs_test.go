package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// slowWriter is a terminal that takes its time.
type slowWriter struct {
	begin  chan struct{}
	mu     sync.Mutex
	writes int
	all    bytes.Buffer
}

func (w *slowWriter) Write(p []byte) (int, error) {
	<-w.begin
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes++
	return w.all.Write(p)
}

func TestGrouped_keepsEveryLineWholeAndInOrder(t *testing.T) {
	w := &slowWriter{begin: make(chan struct{})}
	g := newGrouped(w)
	var all sync.WaitGroup
	const writers, lines = 8, 500
	for n := range writers {
		all.Go(func() {
			for i := range lines {
				fmt.Fprintf(g, "%d %d %s\n", n, i, strings.Repeat("x", n*10))
			}
		})
	}
	all.Wait() // nobody waits for the terminal
	close(w.begin)
	g.Flush()
	next := [writers]int{}
	got := strings.Split(strings.TrimSuffix(w.all.String(), "\n"), "\n")
	if len(got) != writers*lines {
		t.Fatalf("%d lines, want %d", len(got), writers*lines)
	}
	for _, l := range got {
		var n, i int
		var x string
		fmt.Sscan(l, &n, &i, &x)
		if i != next[n] || len(x) != n*10 {
			t.Fatalf("line %q, want number %d", l, next[n])
		}
		next[n]++
	}
	if w.writes > 2 {
		t.Errorf("%d writes for what waited for the first", w.writes)
	}
	fmt.Fprint(g, "last\n")
	g.Flush()
	if !strings.HasSuffix(w.all.String(), "last\n") {
		t.Error("the line after a pause is not written")
	}
}

// A terminal that takes nothing makes those who log wait, and memory stays.
func TestGrouped_waitsForATerminalThatIsStuck(t *testing.T) {
	w := &slowWriter{begin: make(chan struct{})}
	g := newGrouped(w)
	big := bytes.Repeat([]byte("x"), roomForLines+1)
	g.Write(big) // is being written
	g.Write(big) // waits
	done := make(chan struct{})
	go func() {
		g.Write([]byte("one more\n"))
		close(done)
	}()
	w.begin <- struct{}{}
	w.begin <- struct{}{}
	<-done
	close(w.begin)
	g.Flush()
	if n := w.all.Len(); n != 2*len(big)+9 {
		t.Errorf("%d bytes written", n)
	}
}
