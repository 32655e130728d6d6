// Package mail writes mails in the reader's language, keeps them in an outbox in
// the store and sends them by SMTP, each once per decision, with retries. What
// waits and what failed can be looked at.
package mail

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"feria/kernel"
	"feria/store"
)

// Outbox holds the mails of all cities.
type Outbox struct {
	store *store.Store
	now   kernel.Clock

	mu    sync.Mutex
	pause time.Time // no try to reach the server before
}

// pauseAfter is how long the server is left alone that could not be reached.
const pauseAfter = 30 * time.Second

// New makes the outbox.
func New(s *store.Store, now kernel.Clock) *Outbox { return &Outbox{store: s, now: now} }

// Queue puts a mail into the outbox. One whose ID is there already is there
// already: no error, and nothing happens. Headers are made safe. Errors:
// mail_invalid (to, from), message_empty, message_large (text).
func (o *Outbox) Queue(ctx context.Context, m Message) error { return o.QueueAll(ctx, m)[0] }

// QueueAll is Queue for many mails in one write, with an error or nil for each.
func (o *Outbox) QueueAll(ctx context.Context, all ...Message) []error {
	errs := make([]error, len(all))
	var inserts []store.Op
	var places []int
	now := o.now()
	for i, m := range all {
		if errs[i] = m.clean(); errs[i] != nil {
			continue
		}
		if !strings.HasPrefix(m.ID, m.City+"/") || m.City == "" {
			errs[i] = kernel.New(kernel.Internal, "internal", "")
			continue
		}
		m.State, m.QueuedAt, m.Due = Queued, now, now
		m.EndedAt, m.Tries, m.Reply, m.Claim, m.Blanked = time.Time{}, 0, "", "", false
		if m.Void {
			m.State = Void
		}
		inserts, places = append(inserts, messages.In(o.store).InsertOp(m)), append(places, i)
	}
	for n, err := range o.store.Apply(ctx, inserts...) {
		if !errors.Is(err, store.ErrExists) {
			errs[places[n]] = err
		}
	}
	return errs
}

// perPage is how many mails a page of List has.
const perPage = 50

// List gives a page of a city's mails in a state, or with "" in all states, the
// newest first, without their texts; after continues where the last page ended,
// next is for the one after this and "" at the end.
func (o *Outbox) List(ctx context.Context, city string, state State, after string) (page []Message, next string, err error) {
	q := store.By("city", city)
	if state != "" {
		q = store.By("city_state", city, string(state))
	}
	page, next, err = messages.In(o.store).Page(ctx, q.Desc().Limit(perPage).After(after))
	if errors.Is(err, store.ErrBadQuery) {
		return nil, "", &kernel.Error{Kind: kernel.Invalid, Code: "cursor_unknown", Field: "after", Cause: err}
	}
	for i := range page {
		page[i] = page[i].listed()
	}
	return page, next, err
}

// Message gives a mail of a city. Errors: Missing.
func (o *Outbox) Message(ctx context.Context, city, id string) (Message, error) {
	if !strings.HasPrefix(id, city+"/") {
		return Message{}, kernel.Missing()
	}
	m, err := messages.In(o.store).Get(ctx, id)
	if errors.Is(err, store.ErrAbsent) || err == nil && m.State == Void {
		return Message{}, kernel.Missing()
	}
	return m, err
}

// Retry queues a mail that failed anew, or makes one that waits for its next try
// due at once. Errors: Missing; Conflict message_sent for one that was sent, is
// being sent or has lost its content.
func (o *Outbox) Retry(ctx context.Context, city, id string) error {
	if _, err := o.Message(ctx, city, id); err != nil {
		return err
	}
	now := o.now()
	_, err := messages.In(o.store).Update(ctx, id, func(m *Message) error {
		if m.State != Failed && m.State != Queued || m.Blanked {
			return kernel.New(kernel.Conflict, "message_sent", "")
		}
		if m.State == Failed {
			m.Tries = 0
		}
		m.State, m.Due, m.EndedAt = Queued, now, time.Time{}
		return nil
	})
	return err
}

// Count says how many mails of all cities are in a state.
func (o *Outbox) Count(ctx context.Context, state State) (int, error) {
	return messages.In(o.store).Count(ctx, store.By("state", string(state)))
}

// Oldest says how many mails of all cities wait to be sent, and since when the
// oldest of them does; the zero time if none.
func (o *Outbox) Oldest(ctx context.Context) (since time.Time, waiting int, err error) {
	c := messages.In(o.store)
	first, err := c.Find(ctx, store.By("waiting").Limit(1))
	if err != nil || len(first) == 0 {
		return time.Time{}, 0, err
	}
	waiting, err = c.Count(ctx, store.By("waiting"))
	return first[0].QueuedAt, waiting, err
}

// Tidy removes mails that are never sent, gives up those that have waited for 30
// days, and removes the content of those that ended 30 days ago: it holds links
// and names. It says how many it dealt with.
func (o *Outbox) Tidy(ctx context.Context) (n int, err error) {
	c, now := messages.In(o.store), o.now()
	long, err := c.Find(ctx, store.By("waiting").To(now.Add(-keepContent)).Limit(500))
	if err != nil {
		return 0, err
	}
	for _, m := range long {
		_, err := c.Update(ctx, m.ID, func(m *Message) error {
			if m.State != Queued && m.State != Sending {
				return store.ErrUnchanged
			}
			m.State, m.EndedAt = Failed, now
			m.blank()
			return nil
		})
		if err != nil && !errors.Is(err, store.ErrAbsent) {
			return n, err
		}
		n++
	}
	for _, state := range []State{Void, Sent, Failed} {
		due, err := c.Find(ctx, store.By("state", string(state)).To(now).Limit(500))
		if err != nil {
			return n, err
		}
		for _, m := range due {
			switch {
			case state == Void:
				err = c.Delete(ctx, m.ID)
			case !m.Blanked:
				_, err = c.Update(ctx, m.ID, func(m *Message) error {
					if m.State != state || m.Blanked {
						return store.ErrUnchanged
					}
					m.blank()
					return nil
				})
			default: // Store.Expire removes the row
				continue
			}
			if err != nil && !errors.Is(err, store.ErrAbsent) {
				return n, err
			}
			n++
		}
	}
	return n, nil
}
