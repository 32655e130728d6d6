package ticketing

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"feria/festival"
	"feria/kernel"
	"feria/store"
)

// Direction is the way through a gate.
type Direction string

// The directions.
const (
	Entry Direction = "entry"
	Exit  Direction = "exit"
)

// ScanRequest is one reading of a pass at a gate.
type ScanRequest struct {
	Event festival.Event
	Gate  Gate
	// Token is the text of the QR code, or Code the short code that somebody
	// typed: one of both.
	Token string
	Code  string
	// Nonce names this scan on its device: sent again, it is the same scan.
	Nonce  string
	Device string
	// ScannedAt is when the device read it, by its own clock; zero: now.
	ScannedAt time.Time
	// SentAt is what the device's clock said when it sent the scan; with it the
	// device's error is known and taken out, and a scan that waited is judged by what
	// stood when it happened. Zero: its clock is taken to be right.
	SentAt    time.Time
	Direction Direction // "" is Entry
	// Count is how many of the party go through now; 0: all who remain.
	Count int
	By    string // who scans: a person or a token, for the record
}

const (
	maxName  = 100 // characters of a nonce or a device
	maxCount = 500 // persons in one scan
)

// check gives all that is wrong with a request, by field.
func (r ScanRequest) check() error {
	var wrong kernel.Errors
	if (r.Token == "") == (r.Code == "") {
		wrong.Add("token", "scan_token")
	}
	if !named(r.Nonce) {
		wrong.Add("nonce", "scan_nonce", "most", maxName)
	}
	if !named(r.Device) {
		wrong.Add("device", "scan_device", "most", maxName)
	}
	if r.Direction != Entry && r.Direction != Exit {
		wrong.Add("direction", "scan_direction")
	}
	if r.Count < 0 || r.Count > maxCount {
		wrong.Add("count", "scan_count", "most", maxCount)
	}
	return wrong.Err()
}

// shown is what was held up or typed.
func (r ScanRequest) shown() string { return r.Token + r.Code }

func named(s string) bool {
	return s != "" && utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxName && !strings.ContainsFunc(s, unicode.IsControl)
}

// SplitInput tells what a reader or a person put into the one field of the door
// page: the text of a QR code or a short code. Readers add line ends and blanks.
func SplitInput(text string) (token, code string) {
	text = strings.TrimSpace(text)
	if folded := kernel.FoldCode(text); !strings.HasPrefix(text, prefix) && len(folded) == codeLength {
		return "", folded
	}
	return text, ""
}

// Mistyped gives how many characters a text has that SplitInput took for no code
// and that looks like one with some missing or too many; 0 for any other text, also
// one as long as the codes of goods, which readers read as well.
func Mistyped(text string) int {
	const longest = 11
	folded := kernel.FoldCode(text)
	n := len(folded)
	if n == codeLength || n > longest || strings.ContainsFunc(folded, func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') }) {
		return 0
	}
	return n
}

// Scan is the row that every scan leaves, also a refused one.
type Scan struct {
	ID     string `json:"id"` // Event.ID + "/" + derived of device and nonce
	Event  string `json:"event"`
	Gate   string `json:"gate"` // Gate.ID
	Device string `json:"device"`
	Nonce  string `json:"nonce"`
	By     string `json:"by,omitempty"`
	Pass   string `json:"pass,omitempty"` // Pass.ID, "" when none was found
	// Read is what was read where no pass was found: its first characters, and
	// the hash of all of it.
	Read     string `json:"read,omitempty"`
	ReadHash string `json:"read_hash,omitempty"`

	ScannedAt time.Time `json:"scanned_at"`          // by the device's clock
	At        time.Time `json:"at"`                  // corrected
	Received  time.Time `json:"received"`            // by the server's clock
	ClockOff  bool      `json:"clock_off,omitempty"` // the device's clock was wrong

	Direction Direction `json:"direction"`
	Count     int       `json:"count"` // how many were asked for; 0: all who remain

	// What the door was told.
	Result Result `json:"result"`
	Reason Reason `json:"reason,omitempty"`
	Why    Why    `json:"why,omitempty"`
	Passed int    `json:"passed"`         // let in or out
	In     int    `json:"in"`             // of the party inside afterwards
	Seats  int    `json:"seats"`          // of the party
	Left   int    `json:"left,omitempty"` // with OverParty: who may still come in
	First  *First `json:"first,omitempty"`

	// Folded rows have a part in the pass's Admission. Void ones do not although
	// they were to: the machine stopped between both, and nobody was told.
	Folded bool   `json:"folded,omitempty"`
	Void   bool   `json:"void,omitempty"`
	Scope  string `json:"scope,omitempty"`
	Space  string `json:"space,omitempty"` // as in ScanRef
	// Opens and Closes are from when and until when the pass would have been let
	// in, where the clock was the reason.
	Opens  time.Time `json:"opens,omitzero"`
	Closes time.Time `json:"closes,omitzero"`
}

var scans = store.Declare(store.Spec[Scan]{
	Name: "scans",
	ID:   func(s *Scan) string { return s.ID },
	Indexes: []store.Index[Scan]{
		{Name: "event", Key: func(s *Scan) store.Key { return store.K(s.Event, s.Received) }},
		{Name: "gate", Key: func(s *Scan) store.Key { return store.K(s.Gate, s.Received) }},
		// Folded rows are found through their Admission: one index less to write
		// for each of them.
		{Name: "refused", Key: func(s *Scan) store.Key {
			if s.Pass == "" || s.Folded && !s.Void {
				return nil
			}
			return store.K(s.Pass, s.Received)
		}},
		{Name: "void", Key: func(s *Scan) store.Key {
			if !s.Void {
				return nil
			}
			return store.K(s.ID)
		}},
	},
	Shape:    1,
	Personal: []string{"read"},
	Keep:     "90 days after the event, or after it came, if that was later", // see ForgetScans
})

// scanID is what makes (event, device, nonce) unique.
func scanID(event, device, nonce string) string {
	return festival.RecordID(event, kernel.DeriveID("scan", device, nonce))
}

// row begins the row of a request.
func (r ScanRequest) row(now time.Time) Scan {
	at, off := correct(r.ScannedAt, r.SentAt, now)
	scanned := r.ScannedAt
	if year := scanned.UTC().Year(); scanned.IsZero() || year < 0 || year > 9999 { // none, or none that can be stored
		scanned = now
	}
	return Scan{
		ID: scanID(r.Event.ID, r.Device, r.Nonce), Event: r.Event.ID, Gate: r.Gate.ID, Device: r.Device, Nonce: r.Nonce, By: r.By,
		ScannedAt: scanned.UTC(), At: at, Received: now.UTC(), ClockOff: off,
		Direction: r.Direction, Count: r.Count,
	}
}

const (
	// clockSlack is how wrong a device's clock may be without a remark.
	clockSlack = 2 * time.Minute
	// longestQueue is how old a scan may be when it arrives; an older one tells
	// of a clock that is wrong.
	longestQueue = 30 * 24 * time.Hour
)

// correct gives the time at which a scan happened: the device's, moved by how
// much its clock differed when it sent the scan. A time that can not be (to
// come, or longer ago than any queue waits) becomes the time of arrival. off
// says that the device's clock was wrong.
func correct(scanned, sent, now time.Time) (at time.Time, off bool) {
	if scanned.IsZero() {
		return now.UTC().Truncate(time.Millisecond), false
	}
	at = scanned
	if !sent.IsZero() {
		offset := now.Sub(sent)
		at, off = scanned.Add(offset), offset.Abs() > clockSlack
	}
	switch {
	case at.After(now):
		at, off = now, off || at.Sub(now) > clockSlack
	case at.Before(now.Add(-longestQueue)):
		at, off = now, true
	}
	return at.UTC().Truncate(time.Millisecond), off
}

// then is when a scan happened that waited on its device, to be judged by what
// stood at that time: the pass, its bookings. It is zero for one to be judged by
// what stands now: one that just happened, and one of which nobody knows how wrong
// its device's clock was, for a slow clock must not open what was shut since.
func (r ScanRequest) then(row Scan) time.Time {
	if r.SentAt.IsZero() || !waited(row.At, row.Received) {
		return time.Time{}
	}
	return row.At
}

// waited says whether a scan came later than a slow network explains.
func waited(at, received time.Time) bool { return received.Sub(at) > clockSlack }

func readHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// keptRead is how many characters are kept of a text that was no pass.
const keptRead = 160

// keptToken is how many characters are kept of what begins like a token: what it
// says, by which a pass is recognised, and nothing of the signature, so that the
// list of scans opens no door, for a good token of another event is one there.
const keptToken = len(prefix) + bodySize*8/5 // whole characters of it

// readable makes of whatever a reader read a short text without control
// characters.
func readable(text string) string {
	var b strings.Builder
	n, kept := 0, keptRead
	if text = strings.TrimSpace(text); len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix) {
		kept = keptToken
	}
	for _, r := range text {
		if n++; n > kept {
			return b.String() + "…"
		}
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			r = '·'
		}
		b.WriteRune(r)
	}
	return b.String()
}
