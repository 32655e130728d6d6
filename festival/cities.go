package festival

import (
	"context"
	"errors"
	"slices"
	"strings"

	"feria/kernel"
	"feria/store"
)

// CreateCity makes a city under the ID given with it. Errors: Errors by field;
// Conflict city_exists; Conflict host_taken.
func (s *Service) CreateCity(ctx context.Context, c City, by string) (City, error) {
	c.tidy()
	if err := c.complaints().Err(); err != nil {
		return City{}, err
	}
	c.LastEventNumber = 0
	c.ChangedAt, c.ChangedBy = s.now(), by
	if err := s.claimHosts(ctx, c.ID, c.Hosts); err != nil {
		return City{}, err
	}
	if err := cities.In(s.store).Insert(ctx, c); err != nil {
		if _, taken := takenBy(err); taken {
			return City{}, kernel.New(kernel.Conflict, "city_exists", "id", "id", c.ID)
		}
		return City{}, err
	}
	return c, nil
}

// City gives a city. Error: Missing.
func (s *Service) City(ctx context.Context, id string) (City, error) {
	c, err := cities.In(s.store).Get(ctx, id)
	return c, missing(err)
}

// Cities lists all cities by id.
func (s *Service) Cities(ctx context.Context) ([]City, error) {
	return cities.In(s.store).Find(ctx, store.All())
}

// CityByHost finds the city of a request by its host name, without port. A name
// that no city lists leads to the only city there is. The answer may be half a
// second behind what another copy of Feria did, and is to be read only. Error:
// Missing.
func (s *Service) CityByHost(ctx context.Context, host string) (City, error) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host != "" {
		row, err := hostNames.In(s.store).Recent(ctx, host)
		if err == nil {
			c, err := cities.In(s.store).Recent(ctx, row.City)
			if err == nil && slices.Contains(c.Hosts, host) {
				return c, nil
			}
			if err != nil && !errors.Is(err, store.ErrAbsent) {
				return City{}, err
			}
		} else if !errors.Is(err, store.ErrAbsent) {
			return City{}, err
		}
	}
	all, err := cities.In(s.store).FindRecent(ctx, store.All().Limit(2))
	if err != nil {
		return City{}, err
	}
	if len(all) != 1 {
		return City{}, kernel.Missing()
	}
	return all[0], nil
}

// SaveCity changes a city; change is called with what is stored, maybe twice,
// and its error is returned as is. ID and LastEventNumber stay. ChangedAt is what
// the caller saw, as for SaveEvent. Errors: Missing; Errors by field; Conflict
// host_taken, record_changed.
func (s *Service) SaveCity(ctx context.Context, id, by string, change func(*City) error) (City, error) {
	before, err := s.City(ctx, id)
	if err != nil {
		return City{}, err
	}
	wanted := clone(before)
	if err := change(&wanted); err != nil {
		return City{}, err
	}
	wanted.tidy()
	if err := wanted.complaints().Err(); err != nil {
		return City{}, err
	}
	if err := s.claimHosts(ctx, id, wanted.Hosts); err != nil {
		return City{}, err
	}
	now := s.now()
	after, err := cities.In(s.store).Update(ctx, id, func(c *City) error {
		next := clone(*c)
		if err := change(&next); err != nil {
			return err
		}
		seen := next.ChangedAt
		next.tidy()
		next.ID, next.LastEventNumber, next.ChangedAt, next.ChangedBy = c.ID, c.LastEventNumber, c.ChangedAt, c.ChangedBy
		if err := next.complaints().Err(); err != nil {
			return err
		}
		if same(next, *c) {
			return store.ErrUnchanged
		}
		if err := unchangedSince(seen, c.ChangedAt); err != nil {
			return err
		}
		next.ChangedAt, next.ChangedBy = now, by
		*c = next
		return nil
	})
	if err != nil {
		return City{}, missing(err)
	}
	all, err := s.Events(ctx, id)
	if err != nil {
		return after, err
	}
	for _, e := range all {
		if err := s.bump(ctx, e.ID); err != nil {
			return after, err
		}
	}
	return after, nil
}

// claimHosts makes sure that the host names lead to the city. A row whose city
// does not list the name any more leads nowhere; it stays, and is taken over by
// the next city that wants the name.
func (s *Service) claimHosts(ctx context.Context, city string, names []string) error {
	for i, name := range names {
		row, err := hostNames.In(s.store).Get(ctx, name)
		if errors.Is(err, store.ErrAbsent) {
			err = hostNames.In(s.store).Insert(ctx, hostName{ID: name, City: city})
			if _, taken := takenBy(err); !taken {
				if err != nil {
					return err
				}
				continue
			}
			row, err = hostNames.In(s.store).Get(ctx, name)
		}
		if err != nil {
			return err
		}
		if row.City == city {
			continue
		}
		owner, err := s.City(ctx, row.City)
		if err != nil && kernel.KindOf(err) != kernel.NotFound {
			return err
		}
		if err == nil && slices.Contains(owner.Hosts, name) {
			return kernel.New(kernel.Conflict, "host_taken", "hosts."+itoa(i), "host", name)
		}
		void := row.City
		if _, err := hostNames.In(s.store).Update(ctx, name, func(h *hostName) error {
			if h.City != void && h.City != city {
				return kernel.New(kernel.Conflict, "host_taken", "hosts."+itoa(i), "host", name)
			}
			h.City = city
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}
