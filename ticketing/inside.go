package ticketing

import (
	"context"
	"sync"
	"time"

	"feria/store"
)

// Counts is how it stands at a gate.
type Counts struct {
	In      int `json:"in"`      // persons inside what the gate lets into, by whichever gate
	Entered int `json:"entered"` // persons let in at this gate
	Left    int `json:"left"`    // persons let out at this gate
	Doubles int `json:"doubles"` // double entries scanned at this gate
	// Behind says that this copy of Feria has taken scans in the event since it
	// was counted.
	Behind bool `json:"-"`
}

// tallyFresh is how long counts are shown before they are counted anew, if this
// copy of Feria has taken no scan meanwhile; where counting takes long, and after
// a scan, tallyShare times as long as that took, so that the doors of a great
// event do not keep the machine counting.
const (
	tallyFresh = 750 * time.Millisecond
	tallyShare = 4
	tallyWait  = 100 * time.Millisecond // for a count, where there is an older one to show
	tallyTime  = time.Minute            // for counting
)

// tallyCache holds the counts of events, so that many watchers cost one count.
type tallyCache struct {
	mu     sync.Mutex
	events map[string]*tally
}

type tally struct {
	mu       sync.Mutex
	counting chan struct{} // closed when the count under way has ended; nil while there is none
	failed   error         // why the last one did
	scans    int           // that this copy has taken
	held     int           // of these, those that the last count holds
	counted  time.Time
	took     time.Duration
	gates    map[string]Counts // nil before the first count
	scopes   map[string]int
}

func (c *tallyCache) of(event string) *tally {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.events == nil || len(c.events) >= maxRings {
		c.events = map[string]*tally{}
	}
	t, ok := c.events[event]
	if !ok {
		t = &tally{}
		c.events[event] = t
	}
	return t
}

// Inside counts who is inside by a gate, as of less than a second ago (longer
// where counting itself takes long, see tallyShare): a verdict at the door does not
// wait for the doors of a great event to be counted. What lacks a scan that this
// copy took says so, see Counts.Behind. Errors: ErrUnavailable, where
// nothing has been counted yet.
func (s *Service) Inside(ctx context.Context, gate Gate) (Counts, error) {
	t := s.tallies.of(gate.Event)
	if done, first := t.due(func() { s.work.Go(func() { s.recount(gate.Event, t) }) }); done != nil {
		late := time.NewTimer(tallyWait)
		defer late.Stop()
		if first {
			late.Stop()
		}
		select {
		case <-done:
		case <-late.C:
		case <-ctx.Done():
			return Counts{}, store.Ended(ctx)
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gates == nil {
		return Counts{}, t.failed
	}
	counts := t.gates[gate.ID]
	counts.In, counts.Behind = t.scopes[gate.counted()], t.held != t.scans
	return counts, nil
}

// counted is the scope of which a gate shows who is inside.
func (g Gate) counted() string {
	switch g.Scope {
	case OfSpace:
		return spaceScope(g.Space)
	case OfSlot:
		return slotScope(g.Slot)
	}
	return eventScope
}

// due lets count begin where the counts are old and nobody is counting. It gives
// what is closed at the end of that, nil where they are fresh; first says that
// there are none yet.
func (t *tally) due(count func()) (done chan struct{}, first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	first = t.gates == nil
	rest := tallyShare * t.took
	if t.held == t.scans {
		rest = max(tallyFresh, rest)
	}
	if !first && time.Since(t.counted) <= rest {
		return nil, false
	}
	if t.counting == nil {
		t.counting = make(chan struct{})
		count()
	}
	return t.counting, first
}

// tookScan notes that a scan went into the admissions of its event.
func (t *tally) tookScan() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.scans++
}

// recount counts an event anew.
func (s *Service) recount(event string, t *tally) {
	ctx, cancel := context.WithTimeout(s.life, tallyTime)
	defer cancel()
	t.mu.Lock()
	asked, scans := time.Now(), t.scans
	t.mu.Unlock()
	gates, scopes, err := s.count(ctx, event)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed = err; err == nil {
		t.gates, t.scopes, t.counted, t.took, t.held = gates, scopes, asked, time.Since(asked), scans
	}
	close(t.counting)
	t.counting = nil
}

// count folds the admissions of an event. Of a space it counts whoever is in
// anything in it.
func (s *Service) count(ctx context.Context, event string) (gates map[string]Counts, scopes map[string]int, err error) {
	gates, scopes = map[string]Counts{}, map[string]int{}
	err = s.admissions.Each(ctx, store.All().Prefix(event+"/"), func(a Admission) error {
		end := Fold(a.Scans, a.Base)
		for scope, p := range end.Scopes {
			scopes[scope] += p.In
			if space := spaceScope(p.Space); p.Space != "" && space != scope {
				scopes[space] += p.In
			}
		}
		for _, x := range end.Scans {
			c := gates[x.Scan.Gate]
			switch {
			case x.Scan.Exit:
				c.Left += x.Passed
			default:
				c.Entered += x.Passed
			}
			if x.First != nil {
				c.Doubles++
			}
			gates[x.Scan.Gate] = c
		}
		return nil
	})
	return gates, scopes, err
}
