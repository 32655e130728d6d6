package people

import (
	"context"
	"fmt"
	"strings"

	"feria/store"
)

// Check is this room's part of the doctor: it reports, by ids only, what cannot
// be. It changes nothing.
func (s *Service) Check(ctx context.Context, report func(problem string)) error {
	known, owners := map[string]bool{}, map[string]int{}
	err := persons.In(s.store).Each(ctx, store.All(), func(p Person) error {
		known[p.ID] = true
		owners[p.City] += 0
		for _, problem := range p.problems() {
			report("person " + p.ID + " " + problem)
		}
		for _, h := range p.Roles {
			if h.Role == Owner {
				owners[p.City]++
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for city, n := range owners {
		if n == 0 {
			report("city " + city + " has people but no owner")
		}
	}
	err = sessions.In(s.store).Each(ctx, store.All(), func(x session) error {
		switch {
		case !strings.HasPrefix(x.ID, x.City+"/") || !strings.HasPrefix(x.Person, x.City+"/"):
			report("a session of city " + x.City + " belongs to another city")
		case x.Seen.Before(x.At):
			report("a session of person " + x.Person + " was seen before it began")
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = signIns.In(s.store).Each(ctx, store.All(), func(q signIn) error {
		switch {
		case q.Until.Sub(q.At) > printedFor || q.Browser != "" && q.Until.Sub(q.At) > mailedFor:
			report("a sign-in link of city " + q.City + " lives longer than it may")
		case q.Used != "" && q.Person == "":
			report("a sign-in of city " + q.City + " was used by nobody")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return tokens.In(s.store).Each(ctx, store.All(), func(t Token) error {
		if err := (Held{Role: t.Role, Event: t.Event}).check(t.City); err != nil {
			report(fmt.Sprintf("token %s: %v", t.ID, err))
		}
		return nil
	})
}

// problems lists what cannot be in a person's document.
func (p *Person) problems() []string {
	var found []string
	if !strings.HasPrefix(p.ID, p.City+"/") {
		found = append(found, "is not of its city")
	}
	if mail, err := ParseMail(p.Mail); err != nil || mail != p.Mail {
		found = append(found, "has a mail address that sign-in never finds")
	}
	seen := map[Held]bool{}
	for _, h := range p.Roles {
		if err := h.check(p.City); err != nil {
			found = append(found, fmt.Sprintf("has a role %q in %q that cannot be: %v", h.Role, h.Event, err))
		}
		if seen[h.Held] {
			found = append(found, fmt.Sprintf("has the role %q in %q twice", h.Role, h.Event))
		}
		seen[h.Held] = true
	}
	return found
}
