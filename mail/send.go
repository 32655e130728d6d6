package mail

import (
	"context"
	"errors"
	"time"

	"feria/kernel"
	"feria/store"
)

// Sender opens a way on which mails go out.
type Sender interface {
	// Open connects. An error says that no mail can go now; it holds no secret
	// and no mail address.
	Open(ctx context.Context) (Line, error)
}

// Line carries mails, one after the other, until it is closed or fails.
type Line interface {
	// Send hands a mail over. Errors that Permanent gave are final, all others
	// are worth another try.
	Send(ctx context.Context, m Message) error
	// Close ends it.
	Close() error
}

// Permanent marks an error as one that no other try will mend, such as an
// address that does not exist.
func Permanent(err error) error { return &refusal{kind: permanent, reply: clip(err.Error())} }

type failure int

const (
	temporary failure = iota // try again, later
	permanent                // never
	away                     // the server is not there: nothing is wrong with the mail
)

// refusal is why a mail did not go. The server's reply may hold the address, so
// it is stored with the mail and never logged.
type refusal struct {
	kind  failure
	reply string
}

func (r *refusal) Error() string { return r.reply }

// clip bounds what a server can make us keep.
func clip(reply string) string {
	if r := []rune(line(reply)); len(r) > 500 {
		return string(r[:500]) + "…"
	}
	return line(reply)
}

// aRound is how many mails one call of Send takes on.
const aRound = 200

// Send sends what is due, one after the other, and says how many went. Several
// copies may do so at once: each mail is claimed first. A mail that the server
// refuses is noted and does not stop the others. Errors: Unavailable
// mail_server_away, after which the server is left alone for half a minute;
// those of the store.
func (o *Outbox) Send(ctx context.Context, sender Sender) (sent int, err error) {
	now := o.now()
	if o.paused(now) {
		return 0, nil
	}
	due, err := o.due(ctx, now)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	way, err := sender.Open(ctx)
	if err != nil {
		return 0, o.isAway(now, err)
	}
	defer func() { err = errors.Join(err, way.Close()) }()
	for _, id := range due {
		if ctx.Err() != nil {
			return sent, ctx.Err()
		}
		m, claimed, err := o.claim(ctx, id)
		if err != nil {
			return sent, err
		}
		if !claimed {
			continue
		}
		problem := deliver(ctx, way, m)
		if err := o.end(ctx, m, problem); err != nil {
			return sent, err
		}
		if problem == nil {
			sent++
			continue
		}
		if problem.kind == permanent {
			continue
		}
		// The line may be broken: go on with a new one.
		_ = way.Close() // what was sent on it is acknowledged already
		if way, err = sender.Open(ctx); err != nil {
			way = closed{}
			return sent, o.isAway(o.now(), err)
		}
	}
	return sent, nil
}

// closed stands for a line that is closed already.
type closed struct{}

func (closed) Send(context.Context, Message) error { return errors.New("mail: line is closed") }
func (closed) Close() error                        { return nil }

func (o *Outbox) paused(now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return now.Before(o.pause)
}

func (o *Outbox) isAway(now time.Time, err error) error {
	o.mu.Lock()
	o.pause = now.Add(pauseAfter)
	o.mu.Unlock()
	return kernel.Wrap(kernel.Unavailable, "mail_server_away", err)
}

// due lists mails whose time has come, also those whose sender died.
func (o *Outbox) due(ctx context.Context, now time.Time) ([]string, error) {
	var ids []string
	for _, state := range []State{Queued, Sending} {
		found, err := messages.In(o.store).Find(ctx, store.By("state", string(state)).To(now.Add(time.Nanosecond)).Limit(aRound))
		if err != nil {
			return nil, err
		}
		for _, m := range found {
			ids = append(ids, m.ID)
		}
	}
	return ids, nil
}

func (o *Outbox) claim(ctx context.Context, id string) (m Message, claimed bool, err error) {
	claim, now := kernel.NewID(), o.now()
	m, err = messages.In(o.store).Update(ctx, id, func(m *Message) error {
		if claimed = m.take(now, claim); !claimed {
			return store.ErrUnchanged
		}
		return nil
	})
	if errors.Is(err, store.ErrAbsent) { // removed meanwhile
		return m, false, nil
	}
	return m, claimed && err == nil, err
}

// end writes the outcome down, also when Feria is just stopping.
func (o *Outbox) end(ctx context.Context, m Message, problem *refusal) error {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer done()
	now := o.now()
	_, err := messages.In(o.store).Update(ctx, m.ID, func(stored *Message) error {
		stored.ended(now, m.Claim, problem)
		return nil
	})
	if errors.Is(err, store.ErrAbsent) {
		return nil
	}
	return err
}

// deliver hands one mail over and sorts what comes back.
func deliver(ctx context.Context, way Line, m Message) *refusal {
	err := way.Send(ctx, m)
	var known *refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	case ctx.Err() != nil: // Feria stops; the mail is not to blame
		return &refusal{kind: away, reply: "cut off"}
	}
	return &refusal{kind: temporary, reply: clip(err.Error())}
}
