package ticketing

import (
	"slices"
	"time"

	"feria/store"
)

// Admission is the one document that decides who of a pass is in. Each of its
// scans has a row of its own in the collection of scans.
type Admission struct {
	ID    string    `json:"id"`    // Pass.ID
	Event string    `json:"event"` // Event.ID
	Scans []ScanRef `json:"scans"` // in the order in which they arrived
	// Base is what older scans came to, when there were too many to keep; Before
	// is the last of them in order. One that arrives later still although it
	// happened before counts as if it came right after.
	Base   map[string]Presence `json:"base,omitempty"`
	Before *ScanRef            `json:"before,omitempty"`
}

// A pass keeps at most maxRefs scans; then all but the last keptRefs are summed
// up in Base.
const (
	maxRefs  = 256
	keptRefs = 128
)

var admissions = store.Declare(store.Spec[Admission]{
	Name:  "admissions",
	ID:    func(a *Admission) string { return a.ID },
	Shape: 1,
	Keep:  "as long as its scans",
})

// answer is what the door is told about one scan.
type answer struct {
	reason Reason
	why    Why
	first  *First
	passed int // let in or out now
	in     int // inside afterwards
	left   int // with OverParty: how many may still come in
}

// admit adds a scan and says what the door is to be told. That is what the fold
// over all known scans gives, but for one thing: a scan that lies before others
// in order and would take the seats of persons who were let in already is told
// so, because those persons are inside. In the fold it counts all the same, so
// that the end does not depend on the order of arrival.
func (a *Admission) admit(ref ScanRef) answer {
	scans := append(slices.Clone(a.Scans), ref)
	end := Fold(scans, a.Base)
	mine, _ := end.of(ref)
	out := answer{reason: mine.Reason, first: mine.First, passed: mine.Passed, in: mine.In, left: mine.Left}
	if ref.Exit && mine.Passed == 0 {
		out.why = WhyUnseen
	}
	if !ref.Exit && out.passed > 0 && end.differs(ref) {
		ref.Told = out.passed
		now := Fold(atDoors(a.Scans), a.Base)
		then := Fold(atDoors(append(slices.Clone(a.Scans), ref)), a.Base)
		if then.short() > now.short() {
			inside := now.Scopes[ref.Scope]
			out = answer{reason: AlreadyRedeemed, first: &inside.Since, in: inside.In}
		}
	}
	ref.Told, ref.Said = out.passed, &Said{Reason: out.reason, Why: out.why, First: out.first, In: out.in, Left: out.left}
	scans[len(scans)-1] = ref
	a.Scans = scans
	a.compact()
	return out
}

// recall says whether a scan is part of this document already and, where it
// knows that itself, what its door was told; else the row says it.
func (a *Admission) recall(device, nonce string, at time.Time) (said *answer, known bool) {
	ref := ScanRef{At: at, Device: device, Nonce: nonce}
	if i := slices.IndexFunc(a.Scans, ref.same); i >= 0 {
		return a.Scans[i].said(), true
	}
	return nil, a.Before != nil && ref.compare(*a.Before) <= 0
}

// said is what the door was told, nil where it was not kept.
func (r ScanRef) said() *answer {
	if r.Said == nil {
		return nil
	}
	return &answer{reason: r.Said.Reason, why: r.Said.Why, first: r.Said.First, passed: r.Told, in: r.Said.In, left: r.Said.Left}
}

// differs says whether an entry other than that one came to something else than
// its door was told.
func (s State) differs(than ScanRef) bool {
	return slices.ContainsFunc(s.Scans, func(x Standing) bool {
		return !x.Scan.Exit && x.Passed != x.Scan.Told && !x.Scan.same(than)
	})
}

// atDoors keeps what happened at doors: the exits, and the entries at which somebody
// was let through, with how many those were.
func atDoors(scans []ScanRef) []ScanRef {
	var out []ScanRef
	for _, ref := range scans {
		if !ref.Exit {
			if ref.Told == 0 {
				continue
			}
			ref.Count = ref.Told
		}
		out = append(out, ref)
	}
	return out
}

// short says how many persons doors let in for whom there was no room.
func (s State) short() int {
	total := 0
	for _, x := range s.Scans {
		if !x.Scan.Exit {
			total += max(0, x.Scan.Told-x.Passed)
		}
	}
	return total
}

// compact sums up the older half when there are too many scans.
func (a *Admission) compact() {
	if len(a.Scans) <= maxRefs {
		return
	}
	ordered := slices.SortedFunc(slices.Values(a.Scans), ScanRef.compare)
	old, young := ordered[:len(ordered)-keptRefs], ordered[len(ordered)-keptRefs:]
	last := old[len(old)-1]
	if a.Before == nil || a.Before.compare(last) < 0 {
		a.Before = &last
	}
	a.Base = Fold(old, a.Base).Scopes
	a.Scans = young
}
