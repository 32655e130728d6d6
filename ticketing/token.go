package ticketing

import (
	"crypto/ed25519"
	"encoding/base32"
	"encoding/binary"
	"time"

	"feria/festival"
)

// prefix begins every token; it names Feria and the layout.
const prefix = "FE1:"

// domain begins what is signed, so that a signature of an event's key can never
// serve for anything else.
const domain = "feria pass token 1\x00"

const (
	bodySize   = 22
	signedSize = bodySize + ed25519.SignatureSize
	// tokenLength is the exact length in characters: no token is shorter or longer.
	tokenLength = len(prefix) + (signedSize*8+4)/5
	// layoutVersion is the first byte of the body.
	layoutVersion = 1
)

// PartyPass is the Type of the pass that a party carries; later types get
// numbers of their own.
const PartyPass = 1

// issueMask takes the part of Token.Flags that numbers the issues of a pass.
// The other bits are reserved and zero.
const issueMask = 0x0f

// base32Upper is RFC 4648 base32 without padding: with the prefix it keeps to
// the QR code's alphanumeric alphabet, which is what makes the picture small.
var base32Upper = base32.StdEncoding.WithPadding(base32.NoPadding)

// Token is what the QR code of a pass says: 22 bytes and a signature, in 142
// characters. It holds no name and nothing of what the pass opens; that is
// looked up.
type Token struct {
	Version byte
	Key     byte     // id of the event's key that signed it
	Event   uint32   // festival.Event.Number
	Pass    [10]byte // random; the last part of Pass.ID
	Type    byte     // PartyPass
	Flags   byte     // the low four bits: Pass.Issue
	// From and Until are the first and the last day on which it is good, in the
	// zone of its event; 0 is no bound.
	From, Until Day
}

// Issue is which issue of its pass the token belongs to.
func (t Token) Issue() int { return int(t.Flags & issueMask) }

// Sign writes the token as the QR code holds it.
func (t Token) Sign(key ed25519.PrivateKey) string {
	signed := make([]byte, 0, signedSize)
	signed = t.appendBody(signed)
	signed = append(signed, ed25519.Sign(key, append([]byte(domain), signed...))...)
	return prefix + base32Upper.EncodeToString(signed)
}

func (t Token) appendBody(b []byte) []byte {
	b = append(b, t.Version, t.Key)
	b = binary.BigEndian.AppendUint32(b, t.Event)
	b = append(b, t.Pass[:]...)
	b = append(b, t.Type, t.Flags)
	b = binary.BigEndian.AppendUint16(b, uint16(t.From))
	return binary.BigEndian.AppendUint16(b, uint16(t.Until))
}

// parse takes a text apart. It accepts exactly what Sign writes: one length,
// upper case, no padding, no line breaks, zero in the last unused bits.
func parse(text string) (t Token, signed [signedSize]byte, ok bool) {
	if len(text) != tokenLength || text[:len(prefix)] != prefix {
		return t, signed, false
	}
	raw, err := base32Upper.DecodeString(text[len(prefix):])
	if err != nil || len(raw) != signedSize || base32Upper.EncodeToString(raw) != text[len(prefix):] {
		return t, signed, false
	}
	copy(signed[:], raw)
	t = Token{
		Version: raw[0], Key: raw[1], Event: binary.BigEndian.Uint32(raw[2:6]),
		Pass: [10]byte(raw[6:16]), Type: raw[16], Flags: raw[17],
		From:  Day(binary.BigEndian.Uint16(raw[18:20])),
		Until: Day(binary.BigEndian.Uint16(raw[20:22])),
	}
	return t, signed, t.Version == layoutVersion
}

// Verify reads a token that is shown at a gate of the event with that number.
// The error is a Reason: Invalid for a text that is no token, an unknown key or
// a wrong signature; Revoked for a key that was withdrawn; OtherEvent for a good
// token of another event in the ring. With the last two the token is returned
// nevertheless, for the record. Whether the day is right and whether the pass
// still stands are other questions.
func Verify(text string, event uint32, ring KeyRing) (Token, error) {
	t, signed, ok := parse(text)
	if !ok {
		return Token{}, Invalid
	}
	key, ok := ring.find(t.Event, t.Key)
	if !ok || !key.verifies(signed) {
		return Token{}, Invalid
	}
	switch {
	case key.Withdrawn:
		return t, Revoked
	case t.Event != event:
		return t, OtherEvent
	}
	return t, nil
}

// Day counts days from 1 January 2000, which is day 0; a Day of 0 in a token is
// no bound. The last is in June 2179.
type Day uint16

var dayZero = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// DayOf gives the day of a date; 0 for "" and for what is no date or out of
// range.
func DayOf(d festival.Date) Day {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return 0
	}
	n := t.Sub(dayZero) / (24 * time.Hour)
	if n < 1 || n > 1<<16-1 {
		return 0
	}
	return Day(n)
}

// Date is the calendar date of the day, "" for 0.
func (d Day) Date() festival.Date {
	if d == 0 {
		return ""
	}
	return festival.Date(dayZero.AddDate(0, 0, int(d)).Format(time.DateOnly))
}

// begins is the day's first instant in a zone, in UTC.
func (d Day) begins(zone *time.Location) time.Time {
	t := dayZero.AddDate(0, 0, int(d))
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone).UTC()
}

// dayAt gives the day on which an instant falls in a zone.
func dayAt(at time.Time, zone *time.Location) Day {
	return DayOf(festival.Date(at.In(zone).Format(time.DateOnly)))
}

// On says whether the token is good on a day; early tells which side it missed.
func (t Token) On(day Day) (good, early bool) {
	switch {
	case t.From != 0 && day < t.From:
		return false, true
	case t.Until != 0 && day > t.Until:
		return false, false
	}
	return true, false
}
