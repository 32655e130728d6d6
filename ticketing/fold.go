package ticketing

import (
	"cmp"
	"slices"
	"time"
)

// Reentry says who may come in again.
type Reentry string

// The rules of re-entry, per gate.
const (
	Never     Reentry = "never"      // each person once
	AfterExit Reentry = "after_exit" // once out by a scan, in again
	Always    Reentry = "always"     // as often as they like
)

// ScanRef is one scan of a pass that passed the rules, as its Admission keeps
// it: what the fold needs, with the rule of the gate and the seats of the party
// as they were when it was decided.
type ScanRef struct {
	At     time.Time `json:"at"` // corrected
	Device string    `json:"device"`
	Nonce  string    `json:"nonce"`
	Gate   string    `json:"gate"`  // Gate.ID
	Scope  string    `json:"scope"` // what it lets into: gates of one scope count together
	// Space is where the scope is, "" where that is not known. An exit of a whole
	// space is one of all scopes in it.
	Space   string  `json:"space,omitempty"`
	Exit    bool    `json:"exit,omitempty"`
	Count   int     `json:"count,omitempty"` // how many it asked for; 0: all that remain
	Seats   int     `json:"seats"`           // how many belong to the party
	Reentry Reentry `json:"reentry"`
	// Told is how many the door was told to let in or out, and Said the rest of
	// what it was told, so that a repeat hears the same: both rest on what was
	// known then and take no part in the fold. Without Said the row says it.
	Told int   `json:"told,omitempty"`
	Said *Said `json:"said,omitempty"`
}

// Said is what a door was told beside how many to let in or out.
type Said struct {
	Reason Reason `json:"reason,omitempty"`
	Why    Why    `json:"why,omitempty"`
	First  *First `json:"first,omitempty"`
	In     int    `json:"in,omitempty"`
	Left   int    `json:"left,omitempty"`
}

// compare orders scans by corrected time, device and nonce.
func (r ScanRef) compare(o ScanRef) int {
	return cmp.Or(r.At.Compare(o.At), cmp.Compare(r.Device, o.Device), cmp.Compare(r.Nonce, o.Nonce))
}

func (r ScanRef) same(o ScanRef) bool { return r.Device == o.Device && r.Nonce == o.Nonce }

// First is the entry because of which a later one is refused.
type First struct {
	At   time.Time `json:"at"`
	Gate string    `json:"gate"` // Gate.ID
}

// Presence is how many of a party are in one scope.
type Presence struct {
	In      int    `json:"in"`              // inside now
	Entered int    `json:"entered"`         // let in so far, each entry counted
	Since   First  `json:"since"`           // the entry since which somebody of them is in
	Space   string `json:"space,omitempty"` // as in ScanRef
}

// Standing is what became of one scan when all are known and put in order.
type Standing struct {
	Scan    ScanRef
	Passed  int    // how many it let in or out
	Reason  Reason // "", AlreadyRedeemed or OverParty
	First   *First // with AlreadyRedeemed: a double entry, this is its other half
	Doubles int    // how many later scans are double entries because of this one
	In      int    // how many are in afterwards
	Left    int    // with OverParty: how many might have come in
}

// State is the end of a fold.
type State struct {
	Scans  []Standing          // in order
	Scopes map[string]Presence // who is in
}

// Fold puts scans in order and lets them happen: the same end for any order in
// which they arrived. A repeated nonce of a device counts once. base is where
// it starts from, nil for nobody in.
func Fold(scans []ScanRef, base map[string]Presence) State {
	ordered := slices.Clone(scans)
	slices.SortFunc(ordered, ScanRef.compare)
	end := State{Scans: make([]Standing, 0, len(ordered)), Scopes: make(map[string]Presence, len(base)+1)}
	for scope, p := range base {
		end.Scopes[scope] = p
	}
	for _, scan := range ordered {
		if slices.ContainsFunc(end.Scans, func(s Standing) bool { return s.Scan.same(scan) }) {
			continue
		}
		if scan.Exit {
			end.Scans = append(end.Scans, end.leave(scan))
			continue
		}
		p := end.Scopes[scan.Scope]
		s := p.enter(scan)
		end.Scopes[scan.Scope] = p
		if s.First != nil {
			end.blame(scan.Scope, *s.First)
		}
		end.Scans = append(end.Scans, s)
	}
	return end
}

// blame marks the scan that a double entry repeats.
func (s *State) blame(scope string, first First) {
	for i := range s.Scans {
		if ref := s.Scans[i].Scan; ref.Scope == scope && ref.Gate == first.Gate && ref.At.Equal(first.At) && !ref.Exit && s.Scans[i].Reason == "" {
			s.Scans[i].Doubles++
			return
		}
	}
}

// of gives what became of a scan.
func (s State) of(ref ScanRef) (Standing, bool) {
	i := slices.IndexFunc(s.Scans, func(x Standing) bool { return x.Scan.same(ref) })
	if i < 0 {
		return Standing{}, false
	}
	return s.Scans[i], true
}

// leave lets an exit happen: whoever is in may leave, by which booking they came in
// does not matter any more. Of several scopes in a space those leave first who came
// in last: what they came in by is on now, and they may want to come back in by it.
func (s *State) leave(scan ScanRef) Standing {
	out := Standing{Scan: scan}
	for _, scope := range s.within(scan.Scope) {
		p := s.Scopes[scope]
		n := p.In
		if scan.Count > 0 {
			n = min(n, scan.Count-out.Passed)
		}
		p.In -= n
		s.Scopes[scope] = p
		out.Passed, out.In = out.Passed+n, out.In+p.In
	}
	return out
}

// within lists a scope and, of a space, the scopes in it, that which somebody came
// in by last first.
func (s *State) within(scope string) []string {
	all := []string{scope}
	for other, p := range s.Scopes {
		if other != scope && p.Space != "" && spaceScope(p.Space) == scope {
			all = append(all, other)
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		return cmp.Or(s.Scopes[b].Since.At.Compare(s.Scopes[a].Since.At), cmp.Compare(a, b))
	})
	return all
}

// enter lets an entry happen.
func (p *Presence) enter(scan ScanRef) Standing {
	s := Standing{Scan: scan}
	room := p.room(scan)
	wanted := scan.Count
	if wanted == 0 {
		wanted = max(room, 1)
	}
	switch {
	case room <= 0:
		s.Reason = AlreadyRedeemed
		first := p.Since
		s.First = &first
	case wanted > room:
		s.Reason, s.Left = OverParty, room
	default:
		s.Passed, p.Space = wanted, cmp.Or(scan.Space, p.Space)
		if p.In == 0 && (scan.Reentry != Never || p.Entered == 0) {
			p.Since = First{scan.At, scan.Gate}
		}
		p.In = min(p.In+wanted, max(scan.Seats, p.In))
		p.Entered += wanted
	}
	s.In = p.In
	return s
}

// room is how many more may come in by the rule of the scan's gate.
func (p *Presence) room(scan ScanRef) int {
	switch scan.Reentry {
	case AfterExit:
		return scan.Seats - p.In
	case Always:
		if p.In < scan.Seats {
			return scan.Seats - p.In
		}
		return scan.Seats
	}
	return scan.Seats - p.Entered
}
