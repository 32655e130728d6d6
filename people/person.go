package people

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"feria/kernel"
	"feria/store"
)

// Person is somebody who signs in: staff of a City and exhibitors. Citizens are
// parties and need no account. The roles are part of the document, so that a
// change of roles and the end of all sessions is one decision.
type Person struct {
	ID     string      `json:"id"` // City/…
	City   string      `json:"city"`
	Mail   string      `json:"mail"` // as ParseMail gives it
	Name   string      `json:"name"`
	Lang   string      `json:"lang,omitempty"` // BCP 47, of mails and the console
	Roles  []HeldSince `json:"roles"`
	Epoch  int         `json:"epoch"` // sessions of an earlier one are dead
	MadeAt time.Time   `json:"made_at"`
	// LeftAt is when the last role was taken away.
	LeftAt time.Time `json:"left_at,omitzero"`
}

// HeldSince is a role with who gave it and when.
type HeldSince struct {
	Held
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// maxRoles bounds a person's document; more events than this in one city is a
// mistake of a script.
const maxRoles = 500

// maxName bounds names of people and tokens, in characters.
const maxName = 120

var persons = store.Declare(store.Spec[Person]{
	Name: "people", ID: func(p *Person) string { return p.ID }, Shape: 1,
	Indexes: []store.Index[Person]{
		{Name: "mail", Unique: true, Key: func(p *Person) store.Key { return store.K(p.City, p.Mail) }},
	},
	Personal: []string{"mail", "name", "lang"},
	Keep:     "as long as the person has a role, and 30 days",
})

// Grant is a role of a person, as lists show it and as it is given. To give one
// only City, Event and Role need be set.
type Grant struct {
	ID     string // names the grant for Revoke
	Person string
	City   string
	Event  string // "" for an owner
	Role   Role
	Name   string // of the person
	Mail   string
	By     string
	At     time.Time
}

func grantOf(p Person, h HeldSince) Grant {
	return Grant{
		ID: p.ID + ":" + string(h.Role) + ":" + h.Event, Person: p.ID, City: p.City, Event: h.Event, Role: h.Role,
		Name: p.Name, Mail: p.Mail, By: h.By, At: h.At,
	}
}

// check says whether the grant makes sense: owners in the city, all others in an
// event of it.
func (h Held) check(city string) error {
	switch {
	case !slices.Contains(Granted, h.Role):
		return kernel.New(kernel.Invalid, "role_unknown", "role")
	case h.Role == Owner && h.Event != "":
		return kernel.New(kernel.Invalid, "role_of_city", "event")
	case h.Role != Owner && h.Event == "":
		return kernel.New(kernel.Invalid, "role_of_event", "event")
	case h.Event != "" && !strings.HasPrefix(h.Event, city+"/"):
		return kernel.Missing()
	}
	return nil
}

// Grant gives a role to whoever has this mail address, who becomes a Person if
// new. A role that is held already stays as it was. Any change ends the sessions
// of the person. Errors: mail_missing, mail_invalid, name_long, role_unknown,
// role_of_city, role_of_event, too_many_roles; Missing for an event of another
// city.
func (s *Service) Grant(ctx context.Context, g Grant, mail, name, by string) (Person, error) {
	held := Held{Role: g.Role, Event: g.Event}
	if err := held.check(g.City); err != nil {
		return Person{}, err
	}
	p, err := s.ensure(ctx, g.City, mail, name)
	if err != nil {
		return Person{}, err
	}
	now := s.now()
	return persons.In(s.store).Update(ctx, p.ID, func(p *Person) error {
		if slices.ContainsFunc(p.Roles, func(h HeldSince) bool { return h.Held == held }) {
			return store.ErrUnchanged
		}
		if len(p.Roles) >= maxRoles {
			return kernel.New(kernel.Conflict, "too_many_roles", "role", "n", maxRoles)
		}
		p.Roles = append(p.Roles, HeldSince{Held: held, By: by, At: now})
		p.Epoch++
		return nil
	})
}

// AddOwner makes somebody an owner of a city, as Grant does.
func (s *Service) AddOwner(ctx context.Context, city, mail, name string) (Person, error) {
	return s.Grant(ctx, Grant{City: city, Role: Owner}, mail, name, "command line")
}

// ensure finds the person of a mail address or makes one; the unique index
// decides when two do so at once.
func (s *Service) ensure(ctx context.Context, city, mail, name string) (Person, error) {
	mail, err := ParseMail(mail)
	if err != nil {
		return Person{}, err
	}
	if name, err = cleanName(name); err != nil {
		return Person{}, err
	}
	p, err := s.PersonByMail(ctx, city, mail)
	if kernel.KindOf(err) != kernel.NotFound {
		return p, err
	}
	p = Person{ID: city + "/" + kernel.NewID(), City: city, Mail: mail, Name: name, MadeAt: s.now()}
	err = persons.In(s.store).Insert(ctx, p)
	if errors.Is(err, store.ErrExists) {
		return s.PersonByMail(ctx, city, mail)
	}
	return p, err
}

// cleanName takes a name as typed: without control characters, on one line, not
// longer than a name is.
func cleanName(name string) (string, error) {
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if utf8.RuneCountInString(name) > maxName {
		return "", kernel.New(kernel.Invalid, "name_long", "name", "max", maxName)
	}
	return name, nil
}

// Person gives a person by id. Errors: Missing.
func (s *Service) Person(ctx context.Context, id string) (Person, error) {
	p, err := persons.In(s.store).Get(ctx, id)
	if errors.Is(err, store.ErrAbsent) {
		return p, kernel.Missing()
	}
	return p, err
}

// PersonByMail gives the person of a mail address, as ParseMail gives it.
// Errors: Missing.
func (s *Service) PersonByMail(ctx context.Context, city, mail string) (Person, error) {
	found, err := persons.In(s.store).Find(ctx, store.By("mail", city, mail))
	if err != nil {
		return Person{}, err
	}
	if len(found) == 0 {
		return Person{}, kernel.Missing()
	}
	return found[0], nil
}

// Grants lists who is what: in an event, or with the event "" in the whole city,
// events included. Owners come first, then by event, role and mail address.
func (s *Service) Grants(ctx context.Context, city, event string) ([]Grant, error) {
	var all []Grant
	err := persons.In(s.store).Each(ctx, store.By("mail", city), func(p Person) error {
		for _, h := range p.Roles {
			if event == "" || h.Event == event {
				all = append(all, grantOf(p, h))
			}
		}
		return nil
	})
	slices.SortStableFunc(all, func(a, b Grant) int {
		if c := strings.Compare(a.Event, b.Event); c != 0 {
			return c
		}
		return slices.Index(Granted, a.Role) - slices.Index(Granted, b.Role)
	})
	return all, err
}

// Revoke takes a role away by the ID of its Grant and ends the sessions of the
// person. Errors: Missing, also for a grant of another city; last_owner.
func (s *Service) Revoke(ctx context.Context, city, grant string) error {
	g, err := s.FindGrant(city, grant)
	if err != nil {
		return err
	}
	held := Held{Role: g.Role, Event: g.Event}
	if held.Role == Owner {
		// Two owners who remove each other in the same moment get past this; the
		// command line then adds one again.
		owners, err := s.owners(ctx, city)
		if err != nil {
			return err
		}
		if len(owners) == 1 && owners[0].Person == g.Person {
			return kernel.New(kernel.Conflict, "last_owner", "")
		}
	}
	_, err = persons.In(s.store).Update(ctx, g.Person, func(p *Person) error {
		left := slices.DeleteFunc(slices.Clone(p.Roles), func(h HeldSince) bool { return h.Held == held })
		if len(left) == len(p.Roles) {
			return kernel.Missing()
		}
		if p.Roles, p.Epoch = left, p.Epoch+1; len(left) == 0 {
			p.LeftAt = s.now()
		}
		return nil
	})
	if errors.Is(err, store.ErrAbsent) {
		return kernel.Missing()
	}
	return err
}

// RevokeAll takes away all roles and tokens of an event that goes for good.
func (s *Service) RevokeAll(ctx context.Context, city, event string) error {
	grants, err := s.Grants(ctx, city, event)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if err := s.Revoke(ctx, city, g.ID); err != nil && kernel.KindOf(err) != kernel.NotFound {
			return err
		}
	}
	tokens, err := s.Tokens(ctx, city, event)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if err := s.RevokeToken(ctx, city, t.ID); err != nil && kernel.KindOf(err) != kernel.NotFound {
			return err
		}
	}
	return nil
}

// FindGrant reads the ID of a Grant, so that it can be asked who may revoke it:
// Person, City, Event and Role are set. Errors: Missing for what is no grant of
// this city.
func (s *Service) FindGrant(city, grant string) (Grant, error) {
	parts := strings.SplitN(grant, ":", 3)
	if len(parts) != 3 || !strings.HasPrefix(parts[0], city+"/") {
		return Grant{}, kernel.Missing()
	}
	g := Grant{ID: grant, Person: parts[0], City: city, Role: Role(parts[1]), Event: parts[2]}
	if (Held{Role: g.Role, Event: g.Event}).check(city) != nil {
		return Grant{}, kernel.Missing()
	}
	return g, nil
}

func (s *Service) owners(ctx context.Context, city string) ([]Grant, error) {
	all, err := s.Grants(ctx, city, "")
	return slices.DeleteFunc(all, func(g Grant) bool { return g.Role != Owner }), err
}

// Introduce sets the name of a person and the language of their pages and
// mails. Errors: Missing; name_long.
func (s *Service) Introduce(ctx context.Context, id, name, lang string) (Person, error) {
	name, err := cleanName(name)
	if err != nil {
		return Person{}, err
	}
	p, err := persons.In(s.store).Update(ctx, id, func(p *Person) error {
		p.Name, p.Lang = name, lang
		return nil
	})
	if errors.Is(err, store.ErrAbsent) {
		return p, kernel.Missing()
	}
	return p, err
}

// ForgetThoseWhoLeft removes the people of a city who have had no role since before
// a time, and answers how many.
func (s *Service) ForgetThoseWhoLeft(ctx context.Context, city string, before time.Time) (n int, err error) {
	c := persons.In(s.store)
	all, revs, err := c.FindRevs(ctx, store.By("mail", city))
	if err != nil {
		return 0, err
	}
	var ops []store.Op
	for i, p := range all {
		if len(p.Roles) == 0 && p.MadeAt.Before(before) && p.LeftAt.Before(before) {
			ops = append(ops, c.DeleteAtOp(p.ID, revs[i])) // a role given in this moment keeps it
		}
	}
	for _, err := range s.store.Apply(ctx, ops...) {
		switch {
		case err == nil:
			n++
		case !errors.Is(err, store.ErrStale) && !errors.Is(err, store.ErrAbsent):
			return n, err
		}
	}
	return n, nil
}
