package people

import (
	"context"
	"errors"
	"strings"
	"time"

	"feria/kernel"
	"feria/store"
)

// tokenMark begins every token, so that one that got into a log or a repository
// can be found and told from others.
const tokenMark = "feria_"

// usedEvery is how exactly it is written down when a token was last used.
const usedEvery = time.Hour

// Token is a key to the API for a program: it has one role, as a person would.
type Token struct {
	ID     string    `json:"id"` // City/…
	City   string    `json:"city"`
	Event  string    `json:"event,omitempty"` // "" for an owner's
	Role   Role      `json:"role"`
	Name   string    `json:"name"` // what it is for
	By     string    `json:"by"`   // who made it
	Secret string    `json:"secret"`
	At     time.Time `json:"at"`
	Used   time.Time `json:"used,omitzero"` // to the hour, not before At; zero if never
}

var tokens = store.Declare(store.Spec[Token]{
	Name: "tokens", ID: func(t *Token) string { return t.ID }, Shape: 1,
	Indexes: []store.Index[Token]{
		{Name: "secret", Unique: true, Key: func(t *Token) store.Key { return store.K(t.City, t.Secret) }},
		{Name: "city", Key: func(t *Token) store.Key { return store.K(t.City, t.At) }},
	},
	Keep: "until it is revoked",
})

// NewToken is MakeToken for who wants the text alone.
func (s *Service) NewToken(ctx context.Context, city, event string, role Role, name, by string) (text string, err error) {
	_, text, err = s.MakeToken(ctx, city, event, role, name, by)
	return text, err
}

// MakeToken makes a token and gives it with its text, which is shown once and
// never stored. The city stands in it, so that a program needs nothing else.
// Errors: those of a grant (see Grant); token_name_missing, name_long.
func (s *Service) MakeToken(ctx context.Context, city, event string, role Role, name, by string) (made Token, text string, err error) {
	if err := (Held{Role: role, Event: event}).check(city); err != nil {
		return Token{}, "", err
	}
	if name, err = cleanName(name); err != nil {
		return Token{}, "", err
	}
	if name == "" {
		return Token{}, "", kernel.New(kernel.Invalid, "token_name_missing", "name")
	}
	secret := kernel.NewSecret()
	made = Token{
		ID: city + "/" + kernel.NewID(), City: city, Event: event, Role: role, Name: name, By: by,
		Secret: kernel.HashSecret(secret), At: s.now(),
	}
	return made, tokenMark + city + "." + secret, tokens.In(s.store).Insert(ctx, made)
}

// Token tells who a token is; one that another copy of Feria has revoked may still
// be taken for half a second. Errors: SignIn token_unknown.
func (s *Service) Token(ctx context.Context, text string) (Actor, error) {
	unknown := kernel.New(kernel.SignIn, "token_unknown", "")
	rest, marked := strings.CutPrefix(text, tokenMark)
	city, secret, parted := strings.Cut(rest, ".")
	if !marked || !parted || city == "" || secret == "" {
		return Actor{}, unknown
	}
	found, err := tokens.In(s.store).FindRecent(ctx, store.By("secret", city, kernel.HashSecret(secret)))
	if err != nil {
		return Actor{}, err
	}
	if len(found) == 0 {
		return Actor{}, unknown
	}
	t, now := found[0], s.now()
	if now.Sub(t.Used) >= usedEvery {
		_, err := tokens.In(s.store).Update(ctx, t.ID, func(t *Token) error {
			if now.Sub(t.Used) < usedEvery {
				return store.ErrUnchanged
			}
			if t.Used = now.Truncate(usedEvery); t.Used.Before(t.At) {
				t.Used = t.At
			}
			return nil
		})
		if errors.Is(err, store.ErrAbsent) { // revoked in this very moment
			return Actor{}, unknown
		}
	}
	return Actor{ID: "token:" + t.ID, City: t.City, Name: t.Name, Roles: []Held{{Role: t.Role, Event: t.Event}}}, nil
}

// Tokens lists the tokens of a city, the oldest first; with an event only those
// of the event.
func (s *Service) Tokens(ctx context.Context, city, event string) ([]Token, error) {
	var all []Token
	err := tokens.In(s.store).Each(ctx, store.By("city", city), func(t Token) error {
		if event == "" || t.Event == event {
			t.Secret = ""
			all = append(all, t)
		}
		return nil
	})
	return all, err
}

// FindToken gives a token of a city by its id, so that it can be asked who may
// revoke it. Errors: Missing.
func (s *Service) FindToken(ctx context.Context, city, id string) (Token, error) {
	t, err := tokens.In(s.store).Get(ctx, id)
	if errors.Is(err, store.ErrAbsent) || err == nil && t.City != city {
		return Token{}, kernel.Missing()
	}
	t.Secret = ""
	return t, err
}

// RevokeToken ends a token of a city at once. Errors: Missing.
func (s *Service) RevokeToken(ctx context.Context, city, id string) error {
	if _, err := s.FindToken(ctx, city, id); err != nil {
		return err
	}
	err := tokens.In(s.store).Delete(ctx, id)
	if errors.Is(err, store.ErrAbsent) {
		return kernel.Missing()
	}
	return err
}
