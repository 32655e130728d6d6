package intake

import (
	"encoding/xml"
	"strings"
)

// top reads a child of <schedule>.
func (w *xmlWalk) top(s *schedule, el xml.StartElement) error {
	switch el.Name.Local {
	case "feria_host":
		x, err := w.extra(el)
		s.extras.add(x)
		return err
	case "version":
		return w.into(&s.version)
	case "url":
		return w.into(&s.url)
	case "base_url":
		return w.into(&s.base)
	case "generator":
		_, err := w.content()
		return err
	case "conference":
		return w.each(func(el xml.StartElement) error { return w.conference(s, el) })
	case "tracks":
		return w.each(func(el xml.StartElement) error { return w.trackList(s, el) })
	case "persons":
		return w.each(func(el xml.StartElement) error {
			if el.Name.Local != "person" {
				return w.unknown()
			}
			p, err := w.person(el)
			s.persons = append(s.persons, p)
			return err
		})
	case "day":
		var d schedDay
		w.attributes(el, map[string]*string{"date": &d.date, "start": &d.start, "end": &d.end, "index": nil})
		s.days = append(s.days, d)
		return w.each(func(el xml.StartElement) error {
			if el.Name.Local != "room" {
				return w.unknown()
			}
			return w.room(s, el)
		})
	}
	return w.unknown()
}

func (w *xmlWalk) conference(s *schedule, el xml.StartElement) error {
	switch el.Name.Local {
	case "feria_lang", "feria_title", "feria_track", "feria_venue", "feria_space", "feria_booth":
		x, err := w.extra(el)
		s.extras.add(x)
		return err
	case "title":
		return w.into(&s.title)
	case "acronym":
		return w.into(&s.acronym)
	case "start":
		return w.into(&s.start)
	case "end":
		return w.into(&s.end)
	case "day_change":
		return w.into(&s.dayChange)
	case "time_zone_name":
		return w.into(&s.zone)
	case "base_url":
		return w.into(&s.base)
	case "url":
		return w.into(&s.url)
	case "venue":
		return w.into(&s.venue)
	case "city":
		return w.into(&s.city)
	case "color":
		w.attributes(el, map[string]*string{"primary": &s.color, "background": nil})
		text := ""
		err := w.into(&text)
		if text != "" {
			s.color = text
		}
		return err
	case "track":
		return w.trackList(s, el)
	case "days", "timeslot_duration": // say nothing that the days do not say
		_, err := w.content()
		return err
	}
	return w.unknown()
}

// trackList reads a <track>: name as attribute or text.
func (w *xmlWalk) trackList(s *schedule, el xml.StartElement) error {
	if el.Name.Local != "track" {
		return w.unknown()
	}
	var t schedTrack
	name, text := "", ""
	w.attributes(el, map[string]*string{"name": &name, "slug": &t.slug, "color": &t.color})
	err := w.into(&text)
	if name == "" {
		name = text
	}
	t.name = w.book.text(w.line(name, "track", "", 0), "")
	if !t.name.Empty() {
		s.tracks = append(s.tracks, t)
	}
	return err
}

// person reads a <person>: a name as text or attribute, or, in a list of
// persons, elements with a biography.
func (w *xmlWalk) person(el xml.StartElement) (schedPerson, error) {
	var p schedPerson
	w.attributes(el, map[string]*string{"id": &p.id, "guid": &p.guid, "code": &p.code, "name": &p.name, "url": &p.url})
	var text strings.Builder
	for {
		t, err := w.d.Token()
		if err != nil {
			return p, err
		}
		switch t := t.(type) {
		case xml.CharData:
			if p.name == "" {
				text.Write(t)
			}
		case xml.EndElement:
			w.path = w.path[:len(w.path)-1]
			if p.name == "" {
				p.name = strings.TrimSpace(text.String())
			}
			return p, nil
		case xml.StartElement:
			w.path = append(w.path, t.Name.Local)
			switch t.Name.Local {
			case "name", "public_name":
				err = w.into(&p.name)
			case "biography", "bio":
				err = w.into(&p.bio)
			case "extended_biography":
				more := ""
				if err = w.into(&more); more != "" {
					p.bio = strings.TrimSpace(p.bio + "\n\n" + more)
				}
			case "url":
				err = w.into(&p.url)
			case "slug": // the word of the person's page elsewhere
				_, err = w.content()
			default:
				err = w.unknown()
			}
			if err != nil {
				return p, err
			}
		}
	}
}

func (w *xmlWalk) room(s *schedule, el xml.StartElement) error {
	var r schedRoom
	w.attributes(el, map[string]*string{"name": &r.name, "guid": &r.guid, "slug": nil})
	s.meet(r)
	return w.each(func(el xml.StartElement) error {
		if el.Name.Local != "event" {
			return w.unknown()
		}
		return w.event(s, r.name, el)
	})
}

// meet lists a room when it is seen for the first time.
func (s *schedule) meet(r schedRoom) {
	for i := range s.rooms {
		if s.rooms[i].name == r.name {
			if s.rooms[i].guid == "" {
				s.rooms[i].guid = r.guid
			}
			return
		}
	}
	s.rooms = append(s.rooms, r)
}
