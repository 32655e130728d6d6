package ticketing

import (
	"context"
	"errors"
	"strings"
	"sync"

	"feria/kernel"
	"feria/store"
)

// Scan decides one scan and keeps it, whatever comes of it: a refusal is a
// Verdict, not an error. A scan sent again (same device and nonce) gets the same
// verdict and counts once. Errors: kernel.Errors by field (scan_token,
// scan_nonce, scan_device, scan_direction, scan_count), not_found for a gate of
// another event or one set aside, nonce_reused (409) when the device has used
// the nonce for another pass, those of the store and of Rights.
func (s *Service) Scan(ctx context.Context, r ScanRequest) (Verdict, error) {
	if r.Direction == "" {
		r.Direction = Entry
	}
	if err := r.check(); err != nil {
		return Verdict{}, err
	}
	if r.Gate.Event != r.Event.ID || r.Gate.Removed != nil {
		return Verdict{}, kernel.Missing()
	}
	row := r.row(s.now())
	pass, err := s.readPass(ctx, r, &row)
	if err != nil {
		return Verdict{}, err
	}
	if row.Reason == "" {
		if err := s.applyRules(ctx, r, pass, &row); err != nil {
			return Verdict{}, err
		}
	}
	if row.Reason != "" {
		row.Result = Failed
		err = s.scans.Insert(ctx, row)
	} else {
		row, err = s.decide(ctx, r, row)
	}
	if errors.Is(err, store.ErrExists) {
		return s.replay(ctx, r, row.Pass, pass.Name)
	}
	if err != nil {
		return Verdict{}, err
	}
	return s.say(ctx, row, pass.Name)
}

// readPass finds the pass that was shown, or notes in the row why there is none.
func (s *Service) readPass(ctx context.Context, r ScanRequest, row *Scan) (Pass, error) {
	var pass Pass
	var token Token
	var err error
	if r.Code != "" {
		pass, err = s.PassByCode(ctx, r.Event.ID, r.Code)
		row.Why = WhyCode
	} else {
		token, row.Reason, err = s.verify(ctx, r.Event, strings.TrimSpace(r.Token))
		if err == nil && row.Reason == Revoked {
			row.Why = WhyKey
			row.Pass = passID(r.Event.ID, token.Pass) // as it says itself: for the record and for repeats
		}
		if err == nil && row.Reason == "" {
			pass, err = known(s.passes.Get(ctx, passID(r.Event.ID, token.Pass)))
		}
	}
	if kernel.KindOf(err) == kernel.NotFound {
		row.Reason, err = Invalid, nil
	}
	if err != nil {
		return Pass{}, err
	}
	if row.Reason != "" {
		row.Read, row.ReadHash = readable(r.shown()), readHash(r.shown())
		return Pass{}, nil
	}
	row.Pass, row.Why = pass.ID, ""
	if r.Code == "" && token.Issue() != pass.Issue {
		row.Reason, row.Why = Revoked, WhyReissued
		return pass, nil
	}
	exit := r.Direction == Exit
	if row.Reason = pass.standing(exit); row.Reason != "" || exit {
		return pass, nil
	}
	// The days in the token are for devices without network; here they are those
	// of the event now, which may have been moved since the pass was printed.
	token.From, token.Until = validity(r.Event)
	zone := zoneOf(r.Event)
	if good, early := token.On(dayAt(row.At, zone)); !good {
		row.Reason, row.Why = InvalidTime, sideOf(early)
		row.Opens, row.Closes = token.From.begins(zone), (token.Until + 1).begins(zone)
	}
	return pass, nil
}

// applyRules asks what the pass opens and notes in the row what the gate says.
func (s *Service) applyRules(ctx context.Context, r ScanRequest, pass Pass, row *Scan) error {
	right, err := s.rights.Of(ctx, r.Event, pass.Party, row.At)
	if err != nil {
		return err
	}
	rule := r.Gate.rule(r.Event, right, row.At, r.Direction == Exit)
	row.Reason, row.Why, row.Scope, row.Seats = rule.reason, rule.why, rule.scope, rule.seats
	if rule.reason == InvalidTime || rule.reason == Rules {
		row.Opens, row.Closes = rule.opens, rule.closes
	}
	return nil
}

// decide lets the pass's Admission decide, with the row in the same commit.
func (s *Service) decide(ctx context.Context, r ScanRequest, row Scan) (Scan, error) {
	row.Folded = true
	ref := row.ref(r.Gate.Reentry)
	decided := row
	err := s.admissions.Decide(ctx, row.Pass, func(a *Admission) error {
		decided = row.told(a.admit(ref))
		return nil
	}, store.OrNew(func() Admission {
		return Admission{ID: row.Pass, Event: row.Event, Expires: row.Expires}
	}), store.With(func(bool) []store.Op { return []store.Op{s.scans.InsertOp(decided)} }))
	if err != nil {
		return row, err
	}
	return decided, nil
}

// ref is what the fold needs of a row.
func (r Scan) ref(reentry Reentry) ScanRef {
	return ScanRef{
		At: r.At, Device: r.Device, Nonce: r.Nonce, Gate: r.Gate, Scope: r.Scope,
		Exit: r.Direction == Exit, Count: r.Count, Seats: r.Seats, Reentry: reentry,
	}
}

// told writes the answer into the row.
func (r Scan) told(a answer) Scan {
	r.Result, r.Reason, r.Why, r.First, r.Passed, r.In, r.Left = OK, a.reason, a.why, a.first, a.passed, a.in, a.left
	if a.reason != "" {
		r.Result = Failed
	}
	return r
}

// replay answers a scan whose nonce is known: as before, whatever became of the
// pass since, as long as it is the same pass or the same unreadable text.
func (s *Service) replay(ctx context.Context, r ScanRequest, pass, name string) (Verdict, error) {
	row, err := s.scans.Get(ctx, scanID(r.Event.ID, r.Device, r.Nonce))
	if err != nil {
		return Verdict{}, err
	}
	samePass := row.Pass != "" && row.Pass == pass
	sameText := row.ReadHash != "" && row.ReadHash == readHash(r.shown())
	if !samePass && !sameText {
		return Verdict{}, kernel.New(kernel.Conflict, "nonce_reused", "nonce")
	}
	if row.Folded {
		if row, err = s.complete(ctx, row); err != nil {
			return Verdict{}, err
		}
	}
	v, err := s.say(ctx, row, name)
	v.Replayed = true
	return v, err
}

// complete makes good for a machine that stopped between the row and the
// Admission, which nobody was told about: the scan is decided now.
func (s *Service) complete(ctx context.Context, row Scan) (Scan, error) {
	gate, err := s.gates.Get(ctx, row.Gate)
	if err != nil {
		return row, err
	}
	ref := row.ref(gate.Reentry)
	decided, known := row, false
	err = s.admissions.Decide(ctx, row.Pass, func(a *Admission) error {
		decided, known = row, a.knows(row.Device, row.Nonce, row.At)
		if known {
			return store.ErrUnchanged
		}
		decided = row.told(a.admit(ref))
		decided.Void = false
		return nil
	}, store.OrNew(func() Admission {
		return Admission{ID: row.Pass, Event: row.Event, Expires: row.Expires}
	}), store.With(func(bool) []store.Op { return []store.Op{s.scans.PutOp(decided)} }))
	if err == nil && known {
		// Another copy may have been deciding it when the row was read: what it
		// told then stands in the row now.
		return s.scans.Get(ctx, row.ID)
	}
	return decided, err
}

// say makes the verdict of a row.
func (s *Service) say(ctx context.Context, row Scan, name string) (Verdict, error) {
	v := row.verdict(name)
	if row.First != nil {
		gate, err := s.gates.Get(ctx, row.First.Gate)
		if err != nil && !errors.Is(err, store.ErrAbsent) {
			return Verdict{}, err
		}
		v.Gate = gate.Name
	}
	return v, nil
}

// ScanAnswer is the answer to one scan of many.
type ScanAnswer struct {
	Verdict Verdict
	Err     error // as Scan returns it; the others are kept nevertheless
}

// scanWorkers is how many scans of one upload are decided at the same time, so
// that the store commits them together.
const scanWorkers = 32

// ScanMany decides many scans, each by itself, and answers in their order. Sent
// again it is harmless.
func (s *Service) ScanMany(ctx context.Context, requests []ScanRequest) []ScanAnswer {
	answers := make([]ScanAnswer, len(requests))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(scanWorkers, len(requests)) {
		workers.Go(func() {
			for i := range next {
				answers[i].Verdict, answers[i].Err = s.Scan(ctx, requests[i])
			}
		})
	}
	for i := range requests {
		next <- i
	}
	close(next)
	workers.Wait()
	return answers
}
