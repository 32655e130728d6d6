package feed

import (
	"feria/festival"
	"feria/locale"
)

// The extras of schedule.json that frab has no word for at all: the same as the
// elements of the same names in schedule.xml.

type jsonVenue struct {
	GUID     string      `json:"guid"`
	Slug     string      `json:"slug,omitempty"`
	Kind     string      `json:"kind,omitempty"`
	District string      `json:"district,omitempty"`
	Lat      float64     `json:"lat,omitempty"`
	Lon      float64     `json:"lon,omitempty"`
	URL      string      `json:"url,omitempty"`
	Access   []string    `json:"access,omitempty"`
	Name     locale.Text `json:"name,omitempty"`
	Address  string      `json:"address,omitempty"`
	Way      locale.Text `json:"way,omitempty"`
}

type jsonSpace struct {
	GUID     string      `json:"guid"`
	Room     string      `json:"room"`
	Venue    string      `json:"venue,omitempty"`
	Capacity int         `json:"capacity,omitempty"`
	Order    int         `json:"order,omitempty"`
	Access   []string    `json:"access,omitempty"`
	Name     locale.Text `json:"name,omitempty"`
}

type jsonBooth struct {
	GUID  string          `json:"guid"`
	Code  string          `json:"code"`
	Space string          `json:"space"`
	Track string          `json:"track,omitempty"`
	Days  []festival.Date `json:"days,omitempty"`
	Name  locale.Text     `json:"name,omitempty"`
	About locale.Text     `json:"about,omitempty"`
	Hosts []string        `json:"host,omitempty"`
}

type jsonHost struct {
	GUID         string      `json:"guid"`
	Slug         string      `json:"slug,omitempty"`
	Organisation bool        `json:"organisation,omitempty"`
	Name         string      `json:"name"`
	URL          string      `json:"url,omitempty"`
	Biography    string      `json:"biography,omitempty"`
	Names        locale.Text `json:"names,omitempty"`
	Bio          locale.Text `json:"bio,omitempty"`
	Links        []jsonLink  `json:"link,omitempty"`
}

// jsonPlaces adds rooms and what frab does not know of places and hosts.
func (s *schedule) jsonPlaces(c *jsonConference) {
	for _, v := range s.venues() {
		c.FeriaVenues = append(c.FeriaVenues, jsonVenue{
			GUID: clean(v.GUID()), Slug: v.Slug, Kind: clean(v.Kind), District: clean(v.District), Lat: v.Lat, Lon: v.Lon, URL: clean(v.URL),
			Access: v.Access, Name: pick(v.Name, v.Name.Languages()), Address: clean(v.Address), Way: pick(v.Way, v.Way.Languages()),
		})
	}
	for _, r := range s.rooms {
		c.Rooms = append(c.Rooms, jsonRoom{Name: r.label, GUID: r.guid, Capacity: r.Capacity})
		c.FeriaSpaces = append(c.FeriaSpaces, jsonSpace{
			GUID: r.guid, Room: r.label, Venue: s.venueGUID(r.Venue), Capacity: r.Capacity, Order: r.Order,
			Access: r.Access, Name: pick(r.Name, r.Name.Languages()),
		})
	}
	for _, b := range s.booths() {
		out := jsonBooth{
			GUID: clean(b.GUID()), Code: clean(b.Code), Space: s.rooms[s.roomIndex[b.Space]].guid, Track: b.Track, Days: b.Days,
			Name: pick(b.Name, b.Name.Languages()), About: pick(b.About, b.About.Languages()),
		}
		for _, id := range b.Hosts {
			if at, ok := s.hostIndex[id]; ok {
				out.Hosts = append(out.Hosts, s.hosts[at].guid)
			}
		}
		c.FeriaBooths = append(c.FeriaBooths, out)
	}
	for _, h := range s.hosts {
		if !s.hostNeedsExtras(h) {
			continue
		}
		c.FeriaHosts = append(c.FeriaHosts, jsonHost{
			GUID: h.guid, Slug: h.Slug, Organisation: !h.Person, Name: clean(h.Name), URL: clean(h.URL), Biography: s.say(h.Bio),
			Names: pick(h.Names, h.Names.Languages()), Bio: pick(h.Bio, s.extras(h.Bio)), Links: jsonLinks(h.Links),
		})
	}
}
