package ticketing

import (
	"time"

	"feria/locale"
)

// Verdict is what a volunteer is shown for a scan.
type Verdict struct {
	Result Result
	Reason Reason // "" with OK
	Why    Why
	Exit   bool // it was a way out
	// Word, Sentence and Next are catalogue keys: the one big word, what is the
	// matter, and what to say or do ("" when nothing is to be done). Say fills
	// them.
	Word     string
	Sentence string
	Next     string
	Name     string // whose pass it is, "" when none was found
	Pass     string // Pass.ID, or ""
	Passed   int    // how many go through now
	In       int    // how many of the party are inside afterwards
	Seats    int    // how many they are
	Left     int    // with OverParty: how many of them may still come in
	First    *First // with AlreadyRedeemed
	// Gate is the name of First's gate.
	Gate locale.Text
	// Opens and Closes are from when and until when the pass would be let in,
	// where the clock is the reason.
	Opens, Closes time.Time
	At            time.Time // when the scan happened, corrected
	ClockOff      bool      // the device's clock is wrong
	Replayed      bool      // this scan was known already
}

// Speaker is the part of a locale.Printer that a verdict needs.
type Speaker interface {
	T(key string, pairs ...any) string
	N(key string, n int, pairs ...any) string
	Text(t locale.Text, more ...string) (text, lang string)
	Time(t time.Time) string
	DateMedium(t time.Time) string
}

// words gives the catalogue keys for a row.
func (r Scan) words() (word, sentence, next string) {
	if r.Result == OK {
		switch {
		case r.Direction == Exit && r.Why == WhyUnseen:
			return "door.word.not_inside", "door.say.out_unseen", "door.next.out_unseen"
		case r.Direction == Exit && r.In == 0:
			return "door.word.goodbye", "door.say.out_all", ""
		case r.Direction == Exit:
			return "door.word.goodbye", "door.say.out", ""
		case r.Seats > 1:
			return "door.word.welcome", "door.say.in_party", ""
		}
		return "door.word.welcome", "door.say.in", ""
	}
	kind := string(r.Reason)
	if r.Why != "" {
		kind += "_" + string(r.Why)
	}
	word = map[Reason]string{
		Invalid: "not_valid", Revoked: "not_valid", Blocked: "hold", OtherEvent: "other_event",
		Canceled: "cancelled", NoBooking: "no_booking", AlreadyRedeemed: "already_in", OverParty: "too_many",
	}[r.Reason]
	if word == "" { // by the clock
		word = "too_late"
		if r.Why == WhyEarly {
			word = "too_early"
		}
	}
	return "door.word." + word, "door.say." + kind, "door.next." + kind
}

// verdict tells a row; name is the pass's.
func (r Scan) verdict(name string) Verdict {
	v := Verdict{
		Result: r.Result, Reason: r.Reason, Why: r.Why, Exit: r.Direction == Exit, Name: name, Pass: r.Pass,
		Passed: r.Passed, In: r.In, Seats: r.Seats, Left: r.Left, First: r.First, Opens: r.Opens, Closes: r.Closes, At: r.At, ClockOff: r.ClockOff,
	}
	v.Word, v.Sentence, v.Next = r.words()
	return v
}

// Say gives the verdict in words: the big one, the sentence and the next step,
// which may be "". Times are the zone's of the event; one of another day than
// the scan carries its date.
func (v Verdict) Say(p Speaker, zone *time.Location) (word, sentence, next string) {
	when := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		t = t.In(zone)
		text := p.Time(t)
		if t.Format(time.DateOnly) != v.At.In(zone).Format(time.DateOnly) {
			text = p.DateMedium(t) + ", " + text
		}
		return text
	}
	args := []any{"in", v.In, "seats", v.Seats, "passed", v.Passed, "opens", when(v.Opens), "closes", when(v.Closes)}
	if v.First != nil {
		gate, _ := p.Text(v.Gate)
		args = append(args, "time", when(v.First.At), "gate", gate)
	}
	switch v.Sentence {
	case "door.say.in_party":
		sentence = p.N(v.Sentence, v.Passed, args...)
	case "door.say.out":
		sentence = p.N(v.Sentence, v.In, args...)
	case "door.say.over_party":
		sentence = p.N(v.Sentence, v.Left, args...)
	default:
		sentence = p.T(v.Sentence, args...)
	}
	if v.Next != "" {
		next = p.T(v.Next, args...)
	}
	return p.T(v.Word), sentence, next
}
