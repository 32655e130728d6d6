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
// another event or one set aside (see GateOf), nonce_reused (409) when the device
// has used the nonce for another pass, those of the store and of Rights.
func (s *Service) Scan(ctx context.Context, r ScanRequest) (Verdict, error) {
	if r.Direction == "" {
		r.Direction = Entry
	}
	if err := r.check(); err != nil {
		return Verdict{}, err
	}
	row := r.row(s.now())
	if r.Gate.Event != r.Event.ID || !r.Gate.takes(row.At, row.Received) {
		return Verdict{}, kernel.Missing()
	}
	pass, err := s.readPass(ctx, r, &row)
	if err != nil {
		return Verdict{}, err
	}
	if row.Reason == "" {
		if err := s.applyRules(ctx, r, pass, &row); err != nil {
			return Verdict{}, err
		}
	}
	repeated := false
	if row.Reason != "" {
		row.Result = Failed
		err = s.scans.Insert(ctx, row)
	} else {
		row, repeated, err = s.decide(ctx, r, row)
	}
	if errors.Is(err, store.ErrExists) {
		return s.replay(ctx, r, row, pass.Name)
	}
	if err != nil {
		return Verdict{}, err
	}
	if s.decided != nil && !repeated {
		s.decided(row.Result, row.Reason)
	}
	v, err := s.say(ctx, row, pass.Name)
	v.Replayed = repeated
	return v, err
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
			// In either direction: what somebody else may have signed as well proves
			// nothing, so it must not take anybody out of the count either.
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
	if r.Direction == Exit { // with an earlier issue too: people came in with it
		return pass, nil
	}
	then := r.then(*row)
	if r.Code == "" && !pass.issued(token.Issue(), then) {
		row.Reason, row.Why = Revoked, WhyReissued
		return pass, nil
	}
	if row.Reason = pass.standing(then); row.Reason != "" {
		return pass, nil
	}
	// The days in the token are for devices without network; here they are those
	// of the event now, which may have been moved since the pass was printed.
	token.From, token.Until = validity(r.Event)
	zone := zoneOf(r.Event)
	if good, early := token.On(dayAt(row.At, zone)); !good {
		row.Reason, row.Why = InvalidTime, sideOf(early)
		// Told are the event's own days: who comes early is not sent to an eve on
		// which no gate is open.
		row.Opens, row.Closes = DayOf(r.Event.Start).begins(zone), (DayOf(r.Event.End) + 1).begins(zone)
	}
	return pass, nil
}

// applyRules asks what the pass opens and notes in the row what the gate says.
func (s *Service) applyRules(ctx context.Context, r ScanRequest, pass Pass, row *Scan) error {
	right, err := s.rights.Of(ctx, r.Event, pass.Party, r.then(*row))
	if err != nil {
		return err
	}
	if r.Event.Open {
		right.come = pass.Persons
	}
	rule := r.Gate.rule(r.Event, right, row.At, r.Direction == Exit)
	row.Reason, row.Why, row.Scope, row.Space, row.Seats = rule.reason, rule.why, rule.scope, rule.space, rule.seats
	if rule.reason == InvalidTime || rule.reason == Rules {
		row.Opens, row.Closes = rule.opens, rule.closes
	}
	return nil
}

// decide lets the pass's Admission decide, with the row in the same commit.
// repeated says that the scan was part of it before.
//
// The Admission is what decides, the row a copy of what it said: where both are
// not one commit, another machine may carry a row to its end that this one has
// written and not yet decided. Then what the Admission holds is told, here as
// there, and the row is put right.
func (s *Service) decide(ctx context.Context, r ScanRequest, row Scan) (decided Scan, repeated bool, err error) {
	row.Folded = true
	ref := row.ref(r.Gate.Reentry)
	var said *answer
	decided = row
	err = s.admissions.Decide(ctx, row.Pass, func(a *Admission) error {
		if said, repeated = a.recall(ref.Device, ref.Nonce, ref.At); repeated && said != nil {
			return store.ErrUnchanged
		}
		repeated = false
		decided = row.told(a.admit(ref))
		return nil
	}, s.begun(row), store.With(func(bool) []store.Op {
		if repeated {
			return nil
		}
		return []store.Op{s.scans.InsertOp(decided)}
	}), store.Lasting()) // another machine may have told somebody what becomes of the row
	if err == nil && repeated {
		decided, err = s.keep(ctx, row, said)
	}
	if err != nil {
		return row, false, err
	}
	s.tallies.of(row.Event).tookScan()
	return decided, repeated, nil
}

// begun is the Admission of a pass before its first scan.
func (s *Service) begun(row Scan) store.UpdateOption {
	return store.OrNew(func() Admission {
		return Admission{ID: row.Pass, Event: row.Event}
	})
}

// keep puts a row right by what its Admission says, and back where the machine
// that wrote it has given up and taken it away.
func (s *Service) keep(ctx context.Context, row Scan, said *answer) (Scan, error) {
	row.Void = true // until it is told
	return s.scans.Update(ctx, row.ID, func(row *Scan) error {
		if row.Folded && !row.Void && row.says(said) {
			return store.ErrUnchanged
		}
		*row = row.told(*said)
		row.Folded, row.Void = true, false
		return nil
	}, store.OrNew(func() Scan { return row }))
}

// ref is what the fold needs of a row.
func (r Scan) ref(reentry Reentry) ScanRef {
	return ScanRef{
		At: r.At, Device: r.Device, Nonce: r.Nonce, Gate: r.Gate, Scope: r.Scope, Space: r.Space,
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

// says tells whether the row holds an answer.
func (r Scan) says(a *answer) bool {
	sameFirst := r.First == a.first || r.First != nil && a.first != nil && r.First.Gate == a.first.Gate && r.First.At.Equal(a.first.At)
	return sameFirst && r.Reason == a.reason && r.Why == a.why && r.Passed == a.passed && r.In == a.in && r.Left == a.left
}

// say makes the verdict of a row.
func (s *Service) say(ctx context.Context, row Scan, name string) (Verdict, error) {
	v := row.verdict(name)
	if row.First != nil {
		gate, err := s.gates.Recent(ctx, row.First.Gate)
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
