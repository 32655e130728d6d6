package feed

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"time"

	"feria/festival"
	"feria/locale"
)

// FrabJSON writes slots of a programme, which must be Ready, as schedule.json
// version 1 (schema in the repository voc/schedule). It says what FrabXML says,
// its extras under the same names. Errors are those of w.
func FrabJSON(w io.Writer, p *festival.Programme, slots []festival.Frozen, o Options) error {
	s := newSchedule(p, slots, o)
	doc := jsonFile{Schema: "https://c3voc.de/schedule/schema.json", Generator: jsonGenerator{"Feria", clean(o.Generator)}}
	doc.Schedule.Version = s.version()
	doc.Schedule.BaseURL = uri(o.eventURL(p) + "/")
	doc.Schedule.URL = uri(o.eventURL(p) + "/schedule.json")
	doc.Schedule.Conference = s.jsonConference()
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(doc)
}

type jsonGenerator struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonFile struct {
	Schema    string        `json:"$schema"`
	Generator jsonGenerator `json:"generator"`
	Schedule  struct {
		Version    string         `json:"version"`
		BaseURL    string         `json:"base_url"`
		URL        string         `json:"url"`
		Conference jsonConference `json:"conference"`
	} `json:"schedule"`
}

type jsonConference struct {
	Acronym     string            `json:"acronym"`
	Title       string            `json:"title"`
	Venue       string            `json:"venue,omitempty"` // and city: as FOSDEM says it in XML
	City        string            `json:"city,omitempty"`
	Start       festival.Date     `json:"start"`
	End         festival.Date     `json:"end"`
	DaysCount   int               `json:"daysCount"`
	DayChange   string            `json:"day_change"`
	Timeslot    string            `json:"timeslot_duration"`
	Zone        string            `json:"time_zone_name"`
	Colors      map[string]string `json:"colors,omitempty"`
	Tracks      []jsonTrack       `json:"tracks"`
	Rooms       []jsonRoom        `json:"rooms"`
	Days        []jsonDay         `json:"days"`
	Lang        string            `json:"feria_lang"`
	FeriaTitle  locale.Text       `json:"feria_title,omitempty"`
	FeriaTracks []jsonTrackNames  `json:"feria_track,omitempty"`
	FeriaVenues []jsonVenue       `json:"feria_venue,omitempty"`
	FeriaSpaces []jsonSpace       `json:"feria_space,omitempty"`
	FeriaBooths []jsonBooth       `json:"feria_booth,omitempty"`
	FeriaHosts  []jsonHost        `json:"feria_host,omitempty"`
}

type jsonTrack struct {
	Name  string `json:"name"`
	Slug  string `json:"slug"`
	Color string `json:"color,omitempty"`
}

type jsonTrackNames struct {
	Slug string      `json:"slug"`
	Name locale.Text `json:"name"`
}

type jsonRoom struct {
	Name     string `json:"name"`
	GUID     string `json:"guid"`
	Capacity int    `json:"capacity,omitempty"`
}

type jsonDay struct {
	Index int           `json:"index"`
	Date  festival.Date `json:"date"`
	Start string        `json:"day_start"`
	End   string        `json:"day_end"`
	Rooms jsonRooms     `json:"rooms"`
}

// jsonRooms is an object whose members stand in the order of the rooms.
type jsonRooms []struct {
	name   string
	events []jsonEvent
}

// MarshalJSON writes the object.
func (rooms jsonRooms) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, r := range rooms {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(r.name)
		if err != nil {
			return nil, err
		}
		events, err := json.Marshal(r.events)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(events)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func (s *schedule) jsonConference() jsonConference {
	e := s.p.Event
	c := jsonConference{
		Acronym: s.acronym, Title: oneLine(s.say(e.Title)), Start: e.Start, End: e.End, DaysCount: len(s.days),
		DayChange: dayChange(e), Timeslot: timeslot, Zone: s.p.Location().String(), Lang: s.lang,
		FeriaTitle: pick(e.Title, s.extras(e.Title)),
		Tracks:     []jsonTrack{}, Rooms: []jsonRoom{}, Days: []jsonDay{},
	}
	if e.Color != "" {
		c.Colors = map[string]string{"primary": clean(e.Color)}
	}
	for _, t := range e.Tracks {
		c.Tracks = append(c.Tracks, jsonTrack{Name: oneLine(s.say(t.Name)), Slug: t.Slug, Color: t.Color})
		if extras := s.extras(t.Name); extras != nil {
			c.FeriaTracks = append(c.FeriaTracks, jsonTrackNames{Slug: t.Slug, Name: pick(t.Name, extras)})
		}
	}
	if v, ok := s.onlyVenue(); ok {
		c.Venue, c.City = oneLine(s.say(v.Name)), oneLine(v.Address)
	}
	s.jsonPlaces(&c)
	for i, day := range s.days {
		d := jsonDay{Index: i + 1, Date: day.date, Start: stamp(day.start), End: stamp(day.end)}
		for at, r := range s.rooms {
			events := []jsonEvent{}
			for _, e := range day.events[at] {
				events = append(events, s.jsonEvent(e))
			}
			d.Rooms = append(d.Rooms, struct {
				name   string
				events []jsonEvent
			}{r.label, events})
		}
		c.Days = append(c.Days, d)
	}
	return c
}

type jsonEvent struct {
	ID               uint32       `json:"id"`
	GUID             string       `json:"guid"`
	Code             string       `json:"code,omitempty"`
	Date             string       `json:"date"`
	Start            string       `json:"start"`
	Duration         string       `json:"duration"`
	Room             string       `json:"room"`
	Slug             string       `json:"slug"`
	URL              string       `json:"url"`
	Title            string       `json:"title"`
	Subtitle         string       `json:"subtitle"`
	Track            string       `json:"track"`
	Type             string       `json:"type"`
	Language         string       `json:"language"`
	Abstract         string       `json:"abstract"`
	Description      string       `json:"description"`
	RecordingLicense string       `json:"recording_license"`
	DoNotRecord      bool         `json:"do_not_record"`
	Persons          []jsonPerson `json:"persons"`
	Links            []jsonLink   `json:"links"`
	Attachments      []jsonLink   `json:"attachments"`
	Session          string       `json:"feria_session"`
	TrackSlug        string       `json:"feria_track,omitempty"` // XML has it as an attribute
	FeriaTitle       locale.Text  `json:"feria_title,omitempty"`
	FeriaSubtitle    locale.Text  `json:"feria_subtitle,omitempty"`
	FeriaAbstract    locale.Text  `json:"feria_abstract,omitempty"`
	FeriaDescription locale.Text  `json:"feria_description,omitempty"`
	Bring            locale.Text  `json:"feria_bring,omitempty"`
	Languages        string       `json:"feria_languages,omitempty"`
	AgeMin           int          `json:"feria_age_min,omitempty"`
	AgeMax           int          `json:"feria_age_max,omitempty"`
	Level            string       `json:"feria_level,omitempty"`
	Access           string       `json:"feria_access,omitempty"`
	Price            string       `json:"feria_price,omitempty"`
	Seating          string       `json:"feria_seating,omitempty"`
	Seats            int          `json:"feria_seats,omitempty"`
	State            string       `json:"feria_state,omitempty"`
	Booth            string       `json:"feria_booth,omitempty"`
	End              string       `json:"feria_end,omitempty"`
}

type jsonPerson struct {
	ID         uint32 `json:"id"`
	GUID       string `json:"guid"`
	PublicName string `json:"public_name"`
	Biography  string `json:"biography,omitempty"`
	URL        string `json:"url,omitempty"`
}

type jsonLink struct {
	URL   string `json:"url"`
	Title string `json:"title"`
}

func (s *schedule) jsonEvent(e scheduleEvent) jsonEvent {
	c := e.session
	duration, exact := length(e.slot.Start, e.slot.End)
	out := jsonEvent{
		ID: e.number, GUID: e.guid, Code: e.code, Date: stamp(e.start), Start: e.start.Format("15:04"), Duration: duration,
		Room: e.room, Slug: e.slug, URL: uri(s.o.sessionURL(s.p, c)),
		Title: s.title(e), Subtitle: oneLine(s.say(c.Subtitle)), Track: s.trackName(c.Track), Type: clean(c.Format),
		Language: first(c.Languages), Abstract: s.say(c.Abstract), Description: s.say(c.Description), DoNotRecord: c.NoRecord,
		Persons: []jsonPerson{}, Links: jsonLinks(c.Links), Attachments: jsonLinks(c.Materials),
		Session: clean(c.Code), TrackSlug: c.Track, FeriaTitle: pick(c.Title, s.titleExtras(e)), FeriaSubtitle: pick(c.Subtitle, s.extras(c.Subtitle)),
		FeriaAbstract: pick(c.Abstract, s.extras(c.Abstract)), FeriaDescription: pick(c.Description, s.extras(c.Description)),
		Bring: pick(c.Bring, c.Bring.Languages()), AgeMin: c.AgeMin, AgeMax: c.AgeMax, Level: clean(c.Level),
		Access: strings.Join(c.Access, " "), Price: clean(c.Price), Seating: string(e.slot.Seating), Seats: e.slot.Seats,
		State: string(e.slot.State), Booth: s.booth(e.slot),
	}
	if len(c.Languages) > 1 {
		out.Languages = strings.Join(c.Languages, " ")
	}
	for _, id := range c.Hosts {
		if at, ok := s.hostIndex[id]; ok {
			h := s.hosts[at]
			out.Persons = append(out.Persons, jsonPerson{ID: h.number, GUID: h.guid, PublicName: h.name, Biography: s.say(h.Bio), URL: clean(h.URL)})
		}
	}
	if !exact {
		out.End = e.slot.End.In(s.p.Location()).Format(time.RFC3339Nano)
	}
	return out
}

func jsonLinks(links []festival.Link) []jsonLink {
	out := make([]jsonLink, 0, len(links))
	for _, l := range links {
		out = append(out, jsonLink{URL: clean(l.URL), Title: clean(l.Title)})
	}
	return out
}

// pick gives the text in some languages, cleaned; nil for none.
func pick(t locale.Text, langs []string) locale.Text {
	if len(langs) == 0 {
		return nil
	}
	out := make(locale.Text, len(langs))
	for _, lang := range langs {
		out[lang] = clean(t[lang])
	}
	return out
}
