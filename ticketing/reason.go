package ticketing

// Result is what came of a scan, as in pretix.
type Result string

// The results. Incomplete is for a scan that needs one more answer before it
// counts; no rule asks for any yet, and devices must know the word already.
const (
	OK         Result = "ok"
	Incomplete Result = "incomplete"
	Failed     Result = "error"
)

// Reason is why a scan was refused: a stable code of the API. It is also an
// error, so that Verify can return it. The words are pretix's where it has one.
type Reason string

// The reasons, in the order in which they are looked for.
const (
	Invalid         Reason = "invalid"          // no token or code of ours
	OtherEvent      Reason = "other_event"      // good, but for another event
	Revoked         Reason = "revoked"          // the pass, this issue of it or its key
	Blocked         Reason = "blocked"          // held back until somebody looks at it
	InvalidTime     Reason = "invalid_time"     // not on this day, or not at this hour of the slot
	Rules           Reason = "rules"            // the gate is closed now
	Canceled        Reason = "canceled"         // what was booked is cancelled
	NoBooking       Reason = "no_booking"       // nothing booked that this gate is for
	AlreadyRedeemed Reason = "already_redeemed" // all of the party are in; First says since when
	OverParty       Reason = "over_party"       // more persons than are still to come
)

// Reasons lists all of them, for the API's description and for tests.
var Reasons = []Reason{Invalid, OtherEvent, Revoked, Blocked, InvalidTime, Rules, Canceled, NoBooking, AlreadyRedeemed, OverParty}

// Error gives the code.
func (r Reason) Error() string { return string(r) }
