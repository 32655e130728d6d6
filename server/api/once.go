package api

import (
	"context"
	"encoding/json"

	"feria/kernel"
	"feria/platform"
)

// once carries out a POST that creates under its Idempotency-Key: a repeat with
// the same body gets the first answer, one with another body is refused, one
// while the first is still at work is told to wait. Refusals are not kept.
func once[I, O any](ctx context.Context, a *API, o operation, c call, in *I, do func() (*O, error)) (*O, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, a.problem(ctx, c, err)
	}
	claim := platform.Claim{City: c.city.ID, Actor: c.actor.ID, Operation: o.id, Key: c.key, Body: kernel.HashSecret(string(body))}
	kept, err := a.p.ClaimOnce(ctx, claim)
	if err != nil {
		return nil, a.problem(ctx, c, err)
	}
	if kept != nil {
		out := new(O)
		if err := json.Unmarshal(kept, out); err != nil {
			return nil, a.problem(ctx, c, err)
		}
		return out, nil
	}
	out, err := do()
	if err != nil {
		if dropErr := a.p.DropClaim(ctx, claim); dropErr != nil {
			a.p.Log.WarnContext(ctx, "api: cannot drop an idempotency key", "error", dropErr)
		}
		return nil, err
	}
	answer, err := json.Marshal(out)
	if err == nil {
		err = a.p.KeepAnswer(ctx, claim, answer)
	}
	if err != nil {
		a.p.Log.WarnContext(ctx, "api: cannot keep an answer", "error", err)
	}
	return out, nil
}
