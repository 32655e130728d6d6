package ticketing

import (
	"cmp"
	"slices"
	"time"

	"feria/festival"
)

// Why tells apart what a Reason covers, for the sentence that a volunteer reads.
type Why string

// The whys. "" is the plain case of its reason.
const (
	WhyEarly    Why = "early"    // InvalidTime, Rules: come later
	WhyLate     Why = "late"     // InvalidTime, Rules: it is over
	WhyCode     Why = "code"     // Invalid: nobody has this typed code
	WhyReissued Why = "reissued" // Revoked: a newer pass replaced this one
	WhyKey      Why = "key"      // Revoked: its key was withdrawn
	WhyWaiting  Why = "waiting"  // NoBooking: still in the waiting list
	WhyUnseen   Why = "unseen"   // an exit of somebody who was not seen coming in
)

// ruling is what the rules say of a pass at a gate before the fold.
type ruling struct {
	reason Reason
	why    Why
	scope  string // what is entered or left
	space  string // where that is, "" where it is not known
	seats  int    // how many of the party may be in
	opens  time.Time
	closes time.Time
}

const eventScope = "event"

func slotScope(slot string) string   { return "slot:" + slot }
func spaceScope(space string) string { return "space:" + space }

// standing says whether a pass lets in at all, or did at that time; zero: now.
// Nobody asks on the way out: whoever is in may leave, whatever became of the pass.
func (p Pass) standing(then time.Time) Reason {
	switch {
	case p.Revoked.since(then):
		return Revoked
	case p.Blocked.since(then):
		return Blocked
	}
	return ""
}

// since says whether something was done to a pass by a time; zero: by now.
func (m *Mark) since(then time.Time) bool {
	return m != nil && (then.IsZero() || !then.Before(m.At))
}

// issued says whether an issue is the pass's, or was at that time; zero: now. Of
// those before the last nobody knows when they were.
func (p Pass) issued(issue int, then time.Time) bool {
	return issue == p.Issue || issue == p.Issue-1 && !then.IsZero() && then.Before(p.IssuedAt)
}

// after is what became of a pass between an entry and its arrival from a device
// without network: the door could not know.
func (p Pass) after(r Scan) Reason {
	if !r.Folded || r.Direction == Exit || p.standing(r.At) != "" {
		return ""
	}
	return p.standing(r.Received)
}

// rule applies a gate's rules to what a party has booked. The order is pretix's:
// cancelled, not for this gate, then the clock. Exits pass every rule, and those
// from a space are from all of it: what is booked by now does not tell by which
// booking somebody came in.
func (g Gate) rule(event festival.Event, right Right, at time.Time, exit bool) ruling {
	out := g.place(event, right, at)
	if exit {
		out.reason, out.why = "", ""
		if g.Scope == OfSpace {
			out.scope = spaceScope(g.Space)
		}
		return out
	}
	if out.reason != "" {
		return out
	}
	if open, next := g.open(at); !open {
		out.reason, out.why, out.opens, out.closes = Rules, sideOf(!next.IsZero()), next, time.Time{}
	}
	return out
}

// open says whether the gate is open, and when not, the next time that it opens;
// zero for never again.
func (g Gate) open(at time.Time) (open bool, next time.Time) {
	for _, h := range g.Hours {
		if !at.Before(h.Start) && at.Before(h.End) {
			return true, time.Time{}
		}
		if at.Before(h.Start) && (next.IsZero() || h.Start.Before(next)) {
			next = h.Start
		}
	}
	return len(g.Hours) == 0, next
}

func sideOf(early bool) Why {
	if early {
		return WhyEarly
	}
	return WhyLate
}

// place finds what the pass opens at this gate.
func (g Gate) place(event festival.Event, right Right, at time.Time) ruling {
	if g.Scope == OfEvent {
		return g.eventPlace(event, right)
	}
	mine := make([]SlotRight, 0, len(right.Slots))
	for _, slot := range right.Slots {
		if g.Scope == OfSlot && slot.Slot == g.Slot || g.Scope == OfSpace && slot.Space == g.Space {
			mine = append(mine, slot)
		}
	}
	if booked := bookings(mine); len(booked) > 0 {
		out := g.slotPlace(booked, at)
		if out.reason == "" || g.Who != AnyPass { // who booked for later may walk in now as everybody may
			return out
		}
	}
	out := ruling{seats: partySize(right)}
	if g.Who != AnyPass {
		out = missing(mine)
	}
	out.scope = slotScope(g.Slot)
	if g.Scope == OfSpace {
		out.scope, out.space = spaceScope(g.Space), g.Space
	}
	return out
}

func (g Gate) eventPlace(event festival.Event, right Right) ruling {
	out := ruling{scope: eventScope, seats: partySize(right)}
	if g.Who == AnyPass || event.Open || right.Seats > 0 || len(bookings(right.Slots)) > 0 {
		return out
	}
	refused := missing(right.Slots)
	out.reason, out.why = refused.reason, refused.why
	return out
}

// slotPlace takes the booked slot that people are let into now; of two that
// follow each other in a room the one whose beginning is nearer, since people
// come for the one that begins. If none is open, the nearest says why.
func (g Gate) slotPlace(booked []SlotRight, at time.Time) ruling {
	var best ruling
	var distance time.Duration
	lead := time.Duration(cmp.Or(g.Lead, DefaultLead)) * time.Minute
	for i, slot := range booked {
		one := ruling{
			scope: slotScope(slot.Slot), space: slot.Space, seats: slot.Seats,
			opens: slot.Start.Add(-lead), closes: slot.End,
		}
		if at.Before(one.opens) || !at.Before(one.closes) {
			one.reason, one.why = InvalidTime, sideOf(at.Before(one.opens))
		}
		away := at.Sub(slot.Start).Abs()
		better := away < distance
		if (one.reason == "") != (best.reason == "") {
			better = one.reason == ""
		}
		if i == 0 || better {
			best, distance = one, away
		}
	}
	return best
}

// bookings keeps what has confirmed seats; two bookings of one slot are one.
func bookings(slots []SlotRight) []SlotRight {
	var out []SlotRight
	for _, slot := range slots {
		if slot.State != Confirmed || slot.Seats <= 0 {
			continue
		}
		if i := slices.IndexFunc(out, func(o SlotRight) bool { return o.Slot == slot.Slot }); i >= 0 {
			out[i].Seats += slot.Seats
			continue
		}
		out = append(out, slot)
	}
	return out
}

// missing tells why there is no booking.
func missing(slots []SlotRight) ruling {
	cancelled := false
	for _, slot := range slots {
		if slot.State == Waiting {
			return ruling{reason: NoBooking, why: WhyWaiting}
		}
		cancelled = cancelled || slot.State == Withdrawn
	}
	if cancelled {
		return ruling{reason: Canceled}
	}
	return ruling{reason: NoBooking}
}

// partySize is how many persons a pass lets into the event.
func partySize(right Right) int {
	if right.Seats > 0 {
		return right.Seats
	}
	most := max(1, right.come) // whoever holds a good pass is one person at least
	for _, slot := range bookings(right.Slots) {
		most = max(most, slot.Seats)
	}
	return most
}
