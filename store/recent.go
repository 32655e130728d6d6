package store

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"
)

// recentLife is how old what Recent and FindRecent give may be: as long as a copy
// of Feria takes to hear of changes elsewhere (DESIGN.md 4). It is real time,
// whatever clock the rules are given.
const recentLife = 500 * time.Millisecond

// maxRecents and maxQuestion (in bytes) bound what is remembered: anybody may ask
// for anything, under any host name of any length.
const (
	maxRecents  = 20_000
	maxQuestion = 400
)

// recents remembers answers of the store for a moment, so that what every
// request asks for (the city, the event, the gate, the token) costs a read twice
// a second and not each time. What this process writes is forgotten at once.
type recents struct {
	mu      sync.RWMutex
	answers map[string]recent
	written map[string]uint64 // by collection: how often this process wrote to it
}

// recent is one answer; it holds as long as nobody here has written since.
type recent struct {
	value   any
	err     error // nil or ErrAbsent
	written uint64
	until   time.Time
}

func (r *recents) get(collection, question string) (answer recent, ok bool, written uint64) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	written = r.written[collection]
	answer, ok = r.answers[question]
	return answer, ok && answer.written == written && time.Now().Before(answer.until), written
}

func (r *recents) put(question string, answer recent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.answers == nil || len(r.answers) >= maxRecents {
		r.answers = map[string]recent{}
	}
	r.answers[question] = answer
}

// forget is called after writes and before their callers are answered.
func (r *recents) forget(writes []Write) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.written == nil {
		r.written = map[string]uint64{}
	}
	for _, w := range writes {
		r.written[w.Collection]++
	}
}

// Recent is Get for what every request asks for: the answer, also that nothing
// is there, may be half a second old where another process has changed it since,
// but never older than the last write of this one. What it gives is shared:
// nothing in it may be changed. Decisions load for themselves (Update).
func (c *Collection[T]) Recent(ctx context.Context, id string) (T, error) {
	return remembered(c, c.name()+"\x00"+id, func() (T, error) { return c.Get(ctx, id) })
}

// FindRecent is Find as Recent is Get.
func (c *Collection[T]) FindRecent(ctx context.Context, q Query) ([]T, error) {
	return remembered(c, c.name()+"\x00\x00"+q.text(), func() ([]T, error) { return c.Find(ctx, q) })
}

func remembered[T, V any](c *Collection[T], question string, ask func() (V, error)) (V, error) {
	r := &c.store.recents
	known, ok, written := r.get(c.name(), question)
	if v, same := known.value.(V); ok && same {
		return v, known.err
	}
	asked := time.Now()
	v, err := ask()
	if (err == nil || errors.Is(err, ErrAbsent)) && len(question) <= maxQuestion {
		r.put(question, recent{value: v, err: err, written: written, until: asked.Add(recentLife)})
	}
	return v, err
}

// text tells queries apart.
func (q Query) text() string {
	parts := []string{q.index, q.eq, "", "", "", strconv.FormatBool(q.many), strconv.FormatBool(q.desc), strconv.Itoa(q.limit), q.after}
	for i, p := range []*string{q.from, q.to, q.prefix} {
		if p != nil {
			parts[2+i] = "=" + *p
		}
	}
	return strings.Join(append(parts, q.in...), "\x00")
}
