package store

import (
	"context"
	"runtime"
	"sync"
)

// queue holds the callers who wait for one document. While one round of them is
// being settled the next gathers, so that a rush on one document costs rounds,
// not retries.
type queue[T any] struct {
	waiting []*call[T]
}

// maxRound bounds how many callers one round settles, and with it how long the
// first of them waits.
const maxRound = 512

// enqueue adds a caller; the first one of a document starts its rounds.
func (c *Collection[T]) enqueue(id string, k *call[T]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q, running := c.queues[id]
	if !running {
		q = &queue[T]{}
		c.queues[id] = q
		go c.drain(id, q)
	}
	q.waiting = append(q.waiting, k)
}

// drain settles round after round until nobody waits. It runs on a goroutine of
// its own and under no caller's context: a caller who leaves must not take the
// others' answers along.
func (c *Collection[T]) drain(id string, q *queue[T]) {
	for {
		runtime.Gosched() // on a busy machine, whoever is about to ask joins this round
		c.mu.Lock()
		if len(q.waiting) == 0 {
			delete(c.queues, id)
			c.mu.Unlock()
			return
		}
		n := min(len(q.waiting), maxRound)
		calls := q.waiting[:n:n]
		q.waiting = q.waiting[n:]
		c.mu.Unlock()

		ctx, cancel := context.WithTimeout(context.Background(), settleTime)
		(&round[T]{c: c, id: id}).settle(ctx, calls)
		cancel()
	}
}

// hotDocs keeps decoded documents, the last used ones up to a number of encoded
// bytes: one for rounds between which they are kept, one for Look. A kept
// document is never trusted: nobody is answered before its revision has proved
// to be the stored one.
type hotDocs struct {
	mu    sync.Mutex
	limit int
	size  int
	docs  map[string]*hotDoc
	first *hotDoc // last used; a ring through next and prev
}

type hotDoc struct {
	name       string
	value      any // *T
	rev        int64
	body       []byte // as stored; Look needs none
	size       int    // of the body
	calm       int    // rounds since a stranger's write was met
	next, prev *hotDoc
}

func newHotDocs(limit int) *hotDocs { return &hotDocs{limit: limit, docs: map[string]*hotDoc{}} }

// take removes and gives a document: while a round works on it nobody else may.
func (h *hotDocs) take(name string) (*hotDoc, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d, ok := h.docs[name]
	if ok {
		h.drop(d)
	}
	return d, ok
}

// peek gives a document, which stays where it is, and its revision; nil and 0 if
// it is not kept.
func (h *hotDocs) peek(name string) (value any, rev int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d, ok := h.docs[name]
	if !ok {
		return nil, 0
	}
	if d != h.first {
		h.drop(d)
		h.push(d)
	}
	return d.value, d.rev
}

// keep puts a document (back) as the last used one and lets go of the longest
// unused ones that do not fit any more.
func (h *hotDocs) keep(d *hotDoc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if old, ok := h.docs[d.name]; ok {
		h.drop(old)
	}
	h.push(d)
	for h.size > h.limit {
		h.drop(h.first.prev)
	}
}

func (h *hotDocs) push(d *hotDoc) {
	if h.first == nil {
		d.next, d.prev = d, d
	} else {
		d.next, d.prev = h.first, h.first.prev
		d.prev.next, d.next.prev = d, d
	}
	h.first = d
	h.docs[d.name] = d
	h.size += d.size
}

func (h *hotDocs) drop(d *hotDoc) {
	delete(h.docs, d.name)
	h.size -= d.size
	switch {
	case d.next == d:
		h.first = nil
	case h.first == d:
		h.first = d.next
	}
	d.prev.next, d.next.prev = d.next, d.prev
	d.next, d.prev = nil, nil
}
