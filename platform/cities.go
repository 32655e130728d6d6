package platform

import (
	"context"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
)

// CommandCity finds the city that a command means: the one named, or the only
// one. Errors: no_city; city_unknown; city_needed for several and no name.
func (p *Platform) CommandCity(ctx context.Context, id string) (festival.City, error) {
	if id != "" {
		city, err := p.Festival.City(ctx, id)
		if kernel.KindOf(err) == kernel.NotFound {
			return city, kernel.New(kernel.Invalid, "city_unknown", "city", "city", id)
		}
		return city, err
	}
	cities, err := p.Festival.Cities(ctx)
	if err != nil {
		return festival.City{}, err
	}
	switch len(cities) {
	case 0:
		return festival.City{}, kernel.New(kernel.Invalid, "no_city", "city")
	case 1:
		return cities[0], nil
	}
	names := make([]string, len(cities))
	for i, c := range cities {
		names[i] = c.ID
	}
	return festival.City{}, kernel.New(kernel.Invalid, "city_needed", "city", "cities", names)
}

// FirstBy stands in City.ChangedBy until somebody sets the first city up.
const FirstBy = "command line"

// FirstCity is CommandCity that makes the city when there is none, so that the
// first owner finds one to set up.
func (p *Platform) FirstCity(ctx context.Context, id string) (festival.City, error) {
	cities, err := p.Festival.Cities(ctx)
	if err != nil {
		return festival.City{}, err
	}
	if len(cities) > 0 {
		return p.CommandCity(ctx, id)
	}
	if id == "" {
		id = "city"
	}
	return p.Festival.CreateCity(ctx, festival.City{
		ID: id, Name: locale.Text{"en": "Our learning city", "fr": "Notre ville apprenante"},
		Zone: "UTC", Locales: []string{"en", "fr"}, Color: "#b3301a",
	}, FirstBy)
}
