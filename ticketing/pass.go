package ticketing

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/store"
)

// Pass is a party's right to enter an event. What it opens is looked up when it
// is scanned.
type Pass struct {
	ID     string `json:"id"` // Event.ID + "/" + the token's pass id in 16 characters
	City   string `json:"city"`
	Event  string `json:"event"`  // Event.ID
	Number uint32 `json:"number"` // Event.Number
	Party  string `json:"party"`
	Name   string `json:"name"` // shown to the volunteer: whose pass it is
	Code   string `json:"code"` // 8 Crockford characters, unique in the event
	// Persons is how many the party said will come to an event that is open to
	// all; 0 is one. Where nothing is open to all it says nothing.
	Persons int `json:"persons,omitempty"`
	// Issue counts from 0; a token of an earlier issue is revoked. IssuedAt is when
	// the present one took the place of the one before, zero for the first.
	Issue    int       `json:"issue,omitempty"`
	IssuedAt time.Time `json:"issued_at,omitzero"`
	// Link counts how often the secret address was revoked; LinkHash finds the
	// pass by its address. The address itself is derived, never stored.
	Link     int    `json:"link,omitempty"`
	LinkHash string `json:"link_hash"`
	// From and Until are the days that stand in the token.
	From  Day `json:"from,omitempty"`
	Until Day `json:"until,omitempty"`
	// LinkUntil is when the secret address ends: 30 days after the event.
	LinkUntil time.Time `json:"link_until"`
	MadeAt    time.Time `json:"made_at"`
	Revoked   *Mark     `json:"revoked,omitempty"`
	Blocked   *Mark     `json:"blocked,omitempty"`
}

// Mark says when and by whom something was done to a pass.
type Mark struct {
	At time.Time `json:"at"`
	By string    `json:"by,omitempty"`
}

// linkDays is how long the secret address of a pass outlives its event.
const linkDays = 30

// codeLength is the length of the short code: 40 bits, guessed under a rate limit.
const codeLength = 8

// lastIssue is the last that fits the four bits of the token.
const lastIssue = issueMask

var passes = store.Declare(store.Spec[Pass]{
	Name: "passes",
	ID:   func(p *Pass) string { return p.ID },
	Indexes: []store.Index[Pass]{
		{Name: "party", Unique: true, Key: func(p *Pass) store.Key { return store.K(p.Event, p.Party) }},
		{Name: "code", Unique: true, Key: func(p *Pass) store.Key { return store.K(p.Event, p.Code) }},
		{Name: "link", Unique: true, Key: func(p *Pass) store.Key { return store.K(p.City, p.LinkHash) }},
	},
	Shape:    1,
	Personal: []string{"name"},
	Keep:     "the name until 30 days after the event, the pass as long as the event",
})

// lower32 writes the ten bytes of a token's pass id as the end of Pass.ID.
var lower32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func passID(event string, id [10]byte) string {
	return festival.RecordID(event, lower32.EncodeToString(id[:]))
}

// CodeShown is the short code as it is printed and read aloud, "7KQ2-M9XA".
func (p Pass) CodeShown() string {
	if len(p.Code) != codeLength {
		return p.Code
	}
	return p.Code[:codeLength/2] + "-" + p.Code[codeLength/2:]
}

// tokenID is the way back from Pass.ID.
func (p Pass) tokenID() (id [10]byte) {
	raw, err := lower32.DecodeString(festival.Own(p.ID))
	if err == nil {
		copy(id[:], raw)
	}
	return id
}

// token is what the pass's QR code says, before it is signed.
func (p Pass) token(key byte) Token {
	return Token{
		Version: layoutVersion, Key: key, Event: p.Number, Pass: p.tokenID(),
		Type: PartyPass, Flags: byte(p.Issue), From: p.From, Until: p.Until,
	}
}

// PassSecret is the last part of the pass's page address: whoever knows it sees the
// pass. It is derived from the installation's secret, so it can be shown again
// and again until it is revoked.
func (s *Service) PassSecret(p Pass) string {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte("feria pass page 1\x00" + p.ID + "\x00" + strconv.Itoa(p.Link)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// IsPassSecret says whether a text has the form of a PassSecret.
func IsPassSecret(text string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && len(raw) == sha256.Size
}

// fit brings what follows from the event and the installation up to date: the
// event may have been moved, the installation's secret replaced. It says
// whether anything changed.
func (s *Service) fit(p *Pass, event festival.Event) bool {
	from, until := validity(event)
	linkUntil := endOf(event).AddDate(0, 0, linkDays)
	hash := kernel.HashSecret(s.PassSecret(*p))
	if p.From == from && p.Until == until && p.LinkUntil.Equal(linkUntil) && p.LinkHash == hash {
		return false
	}
	p.From, p.Until, p.LinkUntil, p.LinkHash = from, until, linkUntil, hash
	return true
}

// Fitted is a pass as its event is now, which may have been moved since the pass
// was written: with its days in the token, and its address as long as that takes.
func (s *Service) Fitted(p Pass, event festival.Event) Pass {
	s.fit(&p, event)
	return p
}

// LinkOver says that the secret address has ended; the pass must be Fitted.
func (p Pass) LinkOver(now time.Time) bool { return now.After(p.LinkUntil) }

// validity gives the days of an event's passes: one more on either side, since
// people collect things on the eve, and the last night ends after midnight.
func validity(event festival.Event) (from, until Day) {
	from, until = DayOf(event.Start), DayOf(event.End)
	if from > 1 {
		from--
	}
	if until > 0 && until < 1<<16-1 {
		until++
	}
	return from, until
}

// endOf is the midnight that ends the event's last day, in its zone.
func endOf(event festival.Event) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(event.End), zoneOf(event))
	if err != nil { // no end is known; the form does not let that through
		return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t.AddDate(0, 0, 1).UTC()
}

// PassFor gives a party's pass for an event and makes it at first need: one per
// party and event, however many ask at once. name is what a volunteer sees; ""
// keeps the one there is. Errors: those of the store.
func (s *Service) PassFor(ctx context.Context, event festival.Event, party, name string) (Pass, error) {
	all, err := s.PassesFor(ctx, event, map[string]string{party: name})
	return all[party], err
}

// PassesFor is PassFor for many: names are by party, and so are the passes.
func (s *Service) PassesFor(ctx context.Context, event festival.Event, names map[string]string) (map[string]Pass, error) {
	const tries = 8 // a code that is taken is one in 2^40 per pass; the party's index decides at once
	parties := slices.Sorted(maps.Keys(names))
	var taken error
	for range tries {
		all, err := s.PassesOf(ctx, event.ID, parties)
		if err == nil {
			err = s.insertMissing(ctx, event, names, all)
		}
		switch {
		case errors.Is(err, store.ErrExists):
			taken = err
			continue
		case err != nil:
			return nil, err
		}
		for party, p := range all {
			if all[party], err = s.refit(ctx, p, event, names[party]); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
	return nil, taken
}

// insertMissing makes the passes that are not among all and adds them. Errors:
// store.ErrExists where somebody else was first.
func (s *Service) insertMissing(ctx context.Context, event festival.Event, names map[string]string, all map[string]Pass) error {
	var fresh []Pass
	var inserts []store.Op
	for party, name := range names {
		if _, ok := all[party]; !ok {
			p := s.newPass(event, party, name)
			fresh, inserts = append(fresh, p), append(inserts, s.passes.InsertOp(p))
		}
	}
	errs := s.store.Apply(ctx, inserts...)
	for i, err := range errs {
		if err == nil {
			all[fresh[i].Party] = fresh[i]
		}
	}
	return errors.Join(errs...)
}

func (s *Service) newPass(event festival.Event, party, name string) Pass {
	var id [10]byte
	if _, err := rand.Read(id[:]); err != nil { // only when the system has no randomness left
		panic("ticketing: " + err.Error())
	}
	p := Pass{
		ID: passID(event.ID, id), City: event.City, Event: event.ID, Number: event.Number, Party: party, Name: name,
		Code: kernel.NewCode(codeLength), MadeAt: s.now(),
	}
	s.fit(&p, event)
	return p
}

// refit writes a pass anew if its event or its name has changed.
func (s *Service) refit(ctx context.Context, p Pass, event festival.Event, name string) (Pass, error) {
	if trial := p; !s.fit(&trial, event) && (name == "" || name == p.Name) {
		return p, nil
	}
	return s.passes.Update(ctx, p.ID, func(p *Pass) error {
		changed := s.fit(p, event)
		if name != "" && name != p.Name {
			p.Name, changed = name, true
		}
		if !changed {
			return store.ErrUnchanged
		}
		return nil
	})
}

// PassesOf gives the passes that parties have in an event, by party.
func (s *Service) PassesOf(ctx context.Context, event string, parties []string) (map[string]Pass, error) {
	keys := make([]store.Key, len(parties))
	for i, party := range parties {
		keys[i] = store.K(event, party)
	}
	found, err := s.passes.FindMany(ctx, "party", keys...)
	all := make(map[string]Pass, len(found))
	for _, p := range found {
		all[p.Party] = p
	}
	return all, err
}

// PassOf gives a party's pass if it has one. Errors: not_found.
func (s *Service) PassOf(ctx context.Context, event, party string) (Pass, error) {
	all, err := s.PassesOf(ctx, event, []string{party})
	if err != nil {
		return Pass{}, err
	}
	p, ok := all[party]
	if !ok {
		return Pass{}, kernel.Missing()
	}
	return p, nil
}

// Pass gives a pass by its id. Errors: not_found.
func (s *Service) Pass(ctx context.Context, id string) (Pass, error) {
	return known(s.passes.Get(ctx, id))
}

// PassBySecret opens a pass page: read only. Who calls asks LinkOver. Errors:
// not_found.
func (s *Service) PassBySecret(ctx context.Context, city, secret string) (Pass, error) {
	return known(first(s.passes.Find(ctx, store.By("link", city, kernel.HashSecret(secret)).Limit(1))))
}

// PassByCode finds a pass by its short code as a person typed it: case, spaces,
// hyphens and look-alikes do not matter. Who calls limits the rate. Errors:
// not_found.
func (s *Service) PassByCode(ctx context.Context, event, typed string) (Pass, error) {
	code := kernel.FoldCode(typed)
	if len(code) != codeLength {
		return Pass{}, kernel.Missing()
	}
	return known(first(s.passes.Find(ctx, store.By("code", event, code).Limit(1))))
}

// Token writes what the pass's QR code holds, signed with the event's current
// key: the same text each time until the pass is issued anew, the key is
// rotated or the event is moved.
func (s *Service) Token(ctx context.Context, event festival.Event, p Pass) (string, error) {
	if p.Event != event.ID {
		return "", kernel.Missing()
	}
	set, err := s.keySet(ctx, event)
	if err != nil {
		return "", err
	}
	key, ok := set.current()
	if !ok { // withdrawn since; the next call makes one
		return "", kernel.Wrap(kernel.Unavailable, "pass_key_missing", nil)
	}
	return p.token(key.ID).Sign(key.private()), nil
}

// first gives the only document of a Find. Errors: store.ErrAbsent.
func first[T any](found []T, err error) (T, error) {
	var none T
	switch {
	case err != nil:
		return none, err
	case len(found) == 0:
		return none, store.ErrAbsent
	}
	return found[0], nil
}

// known turns the store's absence into the one answer for what is not there.
func known[T any](v T, err error) (T, error) {
	if errors.Is(err, store.ErrAbsent) {
		var none T
		return none, kernel.Missing()
	}
	return v, err
}
