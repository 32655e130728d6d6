package platform

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"feria/kernel"
	"feria/store"
)

// keepAnswers is how long the answer to an Idempotency-Key is kept, and claimFor
// how long a request may be at work before another may try again.
const (
	keepAnswers = 25 * time.Hour
	claimFor    = time.Minute
)

// Claim is one use of an Idempotency-Key.
type Claim struct {
	City, Actor, Operation, Key string
	Body                        string // hash of the body
}

func (c Claim) id() string { return c.City + "/" + kernel.DeriveID(c.Actor, c.Operation, c.Key) }

type claimDoc struct {
	ID     string          `json:"id"`
	Body   string          `json:"body"`
	At     time.Time       `json:"at"`
	Done   bool            `json:"done"`
	Answer json.RawMessage `json:"answer,omitempty"`
}

var claims = store.Declare(store.Spec[claimDoc]{
	Name: "idempotency", ID: func(c *claimDoc) string { return c.ID }, Shape: 1,
	Keep: "25 hours", Until: func(c *claimDoc) time.Time { return c.At.Add(keepAnswers) }, NoBackup: true,
})

// ClaimOnce claims a key. It gives the answer that was kept under it, or nil for
// the one who is to do the work. Another body under the key: kernel.Invalid,
// code idempotency_mismatch; still at work: kernel.Conflict, code
// idempotency_busy.
func (p *Platform) ClaimOnce(ctx context.Context, c Claim) (json.RawMessage, error) {
	if len(c.Key) > 255 {
		return nil, kernel.New(kernel.Invalid, "idempotency_key_long", "Idempotency-Key")
	}
	now := p.Now()
	doc := claimDoc{ID: c.id(), Body: c.Body, At: now}
	err := claims.In(p.Store).Insert(ctx, doc)
	if !errors.Is(err, store.ErrExists) {
		return nil, err
	}
	var kept json.RawMessage
	_, err = claims.In(p.Store).Update(ctx, doc.ID, func(d *claimDoc) error {
		kept = nil
		expired := now.Sub(d.At) > keepAnswers
		switch {
		case !expired && d.Body != c.Body:
			return kernel.New(kernel.Invalid, "idempotency_mismatch", "Idempotency-Key")
		case !expired && d.Done:
			kept = d.Answer
			return store.ErrUnchanged
		case !expired && now.Sub(d.At) < claimFor:
			return kernel.New(kernel.Conflict, "idempotency_busy", "Idempotency-Key", "seconds", 1)
		}
		*d = doc
		return nil
	})
	return kept, err
}

// KeepAnswer stores the answer of a claimed key.
func (p *Platform) KeepAnswer(ctx context.Context, c Claim, answer json.RawMessage) error {
	_, err := claims.In(p.Store).Update(ctx, c.id(), func(d *claimDoc) error {
		d.Done, d.Answer = true, answer
		return nil
	})
	return err
}

// DropClaim forgets a key whose request was refused, so that it can be used again.
func (p *Platform) DropClaim(ctx context.Context, c Claim) error {
	return claims.In(p.Store).Delete(ctx, c.id())
}
