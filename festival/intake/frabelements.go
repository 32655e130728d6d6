package intake

import (
	"encoding/xml"
	"strings"

	"feria/festival"
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

func (w *xmlWalk) event(s *schedule, room string, el xml.StartElement) error {
	line, _ := w.d.InputPos()
	e := schedEvent{line: line, day: len(s.days) - 1, room: room}
	w.attributes(el, map[string]*string{"id": &e.id, "guid": &e.guid, "code": &e.code})
	inner := ""
	err := w.each(func(el xml.StartElement) error { return w.eventChild(&e, &inner, el) })
	if inner != "" && inner != room {
		if room == "" {
			e.room = inner
			s.meet(schedRoom{name: inner})
		} else {
			w.note(festival.Guessed, "room_differs", e.name(), line, "room", clip(inner, 60), "taken", clip(room, 60))
		}
	}
	s.events = append(s.events, e)
	return err
}

func (w *xmlWalk) eventChild(e *schedEvent, room *string, el xml.StartElement) error {
	switch el.Name.Local {
	case "date":
		return w.into(&e.date)
	case "start":
		return w.into(&e.start)
	case "end", "feria_end":
		return w.into(&e.end)
	case "duration":
		return w.into(&e.duration)
	case "room":
		return w.into(room)
	case "title":
		return w.said(&e.title, el)
	case "subtitle":
		return w.said(&e.subtitle, el)
	case "abstract":
		return w.said(&e.abstract, el)
	case "description":
		return w.said(&e.long, el)
	case "slug":
		return w.into(&e.slug)
	case "code":
		return w.into(&e.code)
	case "feria_session":
		return w.into(&e.feria)
	case "feria_title", "feria_subtitle", "feria_abstract", "feria_description", "feria_bring", "feria_languages", "feria_age_min", "feria_age_max",
		"feria_level", "feria_access", "feria_price", "feria_seating", "feria_seats", "feria_state", "feria_booth":
		x, err := w.extra(el)
		e.extra.children = append(e.extra.children, x)
		return err
	case "type":
		return w.into(&e.kind)
	case "language":
		return w.into(&e.lang)
	case "track":
		w.attributes(el, map[string]*string{"slug": &e.trackSlug, "color": nil})
		return w.into(&e.track)
	case "url":
		return w.into(&e.url)
	case "origin_url":
		return w.into(&e.origin)
	case "feedback_url":
		return w.into(&e.feedback)
	case "video_download_url", "live_url":
		return w.into(&e.video)
	case "status":
		status := ""
		err := w.into(&status)
		e.cancelled = cancelled(status)
		return err
	case "recording":
		return w.each(func(el xml.StartElement) error { return w.recording(e, el) })
	case "persons":
		return w.each(func(el xml.StartElement) error {
			if el.Name.Local != "person" {
				return w.unknown()
			}
			p, err := w.person(el)
			e.persons = append(e.persons, p)
			return err
		})
	case "links":
		return w.each(func(el xml.StartElement) error { return w.linkInto(&e.links, el) })
	case "attachments":
		return w.each(func(el xml.StartElement) error { return w.linkInto(&e.attachments, el) })
	}
	return w.unknown()
}

func cancelled(status string) bool {
	switch strings.ToLower(strings.TrimSpace(status)) {
	case "cancelled", "canceled":
		return true
	}
	return false
}

// said reads a text that may name its language by xml:lang.
func (w *xmlWalk) said(into *[]said, el xml.StartElement) error {
	lang := ""
	w.attributes(el, map[string]*string{"lang": &lang, "type": nil})
	if tag, ok := languageTag(lang); ok {
		lang = tag
	} else {
		lang = ""
	}
	text := ""
	err := w.into(&text)
	if text != "" {
		*into = append(*into, said{text, lang})
	}
	return err
}

func (w *xmlWalk) recording(e *schedEvent, el xml.StartElement) error {
	text := ""
	switch el.Name.Local {
	case "optout":
		err := w.into(&text)
		yes, _ := yesNo(text)
		e.noRecord = yes
		return err
	case "license":
		return w.into(&e.license)
	case "url", "link":
		return w.into(&e.video)
	}
	return w.unknown()
}

func (w *xmlWalk) linkInto(into *[]festival.Link, el xml.StartElement) error {
	if el.Name.Local != "link" && el.Name.Local != "attachment" {
		return w.unknown()
	}
	var l festival.Link
	w.attributes(el, map[string]*string{"href": &l.URL, "url": &l.URL, "type": nil, "service": nil, "title": &l.Title})
	text := ""
	err := w.into(&text)
	if text != "" {
		l.Title = text
	}
	if l.URL == "" {
		l.URL = text
	}
	*into = append(*into, l)
	return err
}
