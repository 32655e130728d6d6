package ticketing

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/store"
)

// KeySet is the keys of one event. They lie in the store and in its backups,
// else every pass would be void after a restore; they are shown nowhere.
type KeySet struct {
	ID     string `json:"id"` // Event.ID
	City   string `json:"city"`
	Number uint32 `json:"number"` // Event.Number
	Keys   []Key  `json:"keys"`   // in the order in which they were made
}

// Key is one signing key.
type Key struct {
	ID          byte       `json:"id"`   // from 1, never used twice in an event
	Seed        []byte     `json:"seed"` // 32 bytes, the private key of RFC 8032
	MadeAt      time.Time  `json:"made_at"`
	MadeBy      string     `json:"made_by,omitempty"` // "" at first need
	WithdrawnAt *time.Time `json:"withdrawn_at,omitempty"`
	WithdrawnBy string     `json:"withdrawn_by,omitempty"`
}

// maxKeys is how many keys an event may have in its life: their id is one byte.
const maxKeys = 255

var keySets = store.Declare(store.Spec[KeySet]{
	Name: "pass_keys",
	ID:   func(k *KeySet) string { return k.ID },
	Indexes: []store.Index[KeySet]{
		{Name: "number", Key: func(k *KeySet) store.Key { return store.K(k.City, k.Number) }},
	},
	Shape: 1,
	Keep:  "as long as the event",
})

func (k Key) private() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(k.Seed) }

func (k Key) public() PublicKey {
	return PublicKey{ID: k.ID, Public: k.private().Public().(ed25519.PublicKey), Withdrawn: k.WithdrawnAt != nil}
}

// current is the key that signs: the newest one that was not withdrawn.
func (k KeySet) current() (Key, bool) {
	for _, key := range slices.Backward(k.Keys) {
		if key.WithdrawnAt == nil {
			return key, true
		}
	}
	return Key{}, false
}

// public gives the public halves.
func (k KeySet) public() []PublicKey {
	out := make([]PublicKey, len(k.Keys))
	for i, key := range k.Keys {
		out[i] = key.public()
	}
	return out
}

// add appends a key under the next id.
func (k *KeySet) add(key Key) error {
	if len(k.Keys) >= maxKeys {
		return kernel.New(kernel.Conflict, "pass_keys_used_up", "")
	}
	key.ID = byte(len(k.Keys) + 1)
	k.Keys = append(slices.Clone(k.Keys), key)
	return nil
}

// newKey draws a key; its id is given by add.
func newKey(now time.Time, by string) Key {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := rand.Read(seed); err != nil { // only when the system has no randomness left
		panic("ticketing: " + err.Error())
	}
	return Key{Seed: seed, MadeAt: now, MadeBy: by}
}

func emptyKeySet(event festival.Event) func() KeySet {
	return func() KeySet { return KeySet{ID: event.ID, City: event.City, Number: event.Number} }
}

// KeyInfo is what the console may show of a key.
type KeyInfo struct {
	PublicKey
	Current     bool       `json:"current"`
	MadeAt      time.Time  `json:"made_at"`
	MadeBy      string     `json:"made_by,omitempty"`
	WithdrawnAt *time.Time `json:"withdrawn_at,omitempty"`
	WithdrawnBy string     `json:"withdrawn_by,omitempty"`
}

// Keys lists the keys of an event, oldest first, without their private halves.
// An event that has needed none yet has none.
func (s *Service) Keys(ctx context.Context, event festival.Event) ([]KeyInfo, error) {
	set, err := s.keys.Get(ctx, event.ID)
	if errors.Is(err, store.ErrAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	current, some := set.current()
	out := make([]KeyInfo, len(set.Keys))
	for i, k := range set.Keys {
		out[i] = KeyInfo{
			PublicKey: k.public(), Current: some && k.ID == current.ID,
			MadeAt: k.MadeAt, MadeBy: k.MadeBy, WithdrawnAt: k.WithdrawnAt, WithdrawnBy: k.WithdrawnBy,
		}
	}
	return out, nil
}

// Ring gives the public keys with which a device verifies passes of an event.
func (s *Service) Ring(ctx context.Context, event festival.Event) (KeyRing, error) {
	set, err := s.keySet(ctx, event)
	if err != nil {
		return nil, err
	}
	return KeyRing{event.Number: set.public()}, nil
}

// keySet gives the keys of an event, with a first one if it has none that may
// sign. Many callers at once make one key together.
func (s *Service) keySet(ctx context.Context, event festival.Event) (KeySet, error) {
	set, err := s.keys.Get(ctx, event.ID)
	if err == nil {
		if _, some := set.current(); some {
			return set, nil
		}
	} else if !errors.Is(err, store.ErrAbsent) {
		return set, err
	}
	fresh := newKey(s.now(), "")
	return s.keys.Update(ctx, event.ID, func(k *KeySet) error {
		if _, some := k.current(); some {
			return store.ErrUnchanged
		}
		return k.add(fresh)
	}, store.OrNew(emptyKeySet(event)))
}

// RotateKey makes a new key that signs from now on; passes signed with older
// keys stay good. Errors: pass_keys_used_up.
func (s *Service) RotateKey(ctx context.Context, event festival.Event, by string) (KeyInfo, error) {
	fresh := newKey(s.now(), by)
	set, err := s.keys.Update(ctx, event.ID, func(k *KeySet) error { return k.add(fresh) }, store.OrNew(emptyKeySet(event)))
	if err != nil {
		return KeyInfo{}, err
	}
	s.rings.forget(event.ID)
	for _, k := range set.Keys {
		if slices.Equal(k.Seed, fresh.Seed) {
			return KeyInfo{PublicKey: k.public(), Current: true, MadeAt: k.MadeAt, MadeBy: k.MadeBy}, nil
		}
	}
	return KeyInfo{}, fmt.Errorf("ticketing: new key of %s was not stored", event.ID)
}

// WithdrawKey makes every token void that a key has signed: their pass pages
// show one of a newer key at once, what is on paper must be printed again. All
// copies of Feria know within a second. Withdrawing twice is no error. Errors:
// not_found for an unknown key.
func (s *Service) WithdrawKey(ctx context.Context, event festival.Event, id byte, by string) error {
	now := s.now()
	err := s.keys.Decide(ctx, event.ID, func(k *KeySet) error {
		i := slices.IndexFunc(k.Keys, func(key Key) bool { return key.ID == id })
		if i < 0 {
			return kernel.Missing()
		}
		if k.Keys[i].WithdrawnAt != nil {
			return store.ErrUnchanged
		}
		k.Keys[i].WithdrawnAt, k.Keys[i].WithdrawnBy = &now, by
		return nil
	})
	s.rings.forget(event.ID)
	return err
}
