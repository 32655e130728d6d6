package intake

import (
	"encoding/xml"
	"strings"

	"feria/festival"
)

// event reads an <event> of a room.
func (w *xmlWalk) event(s *schedule, room string, el xml.StartElement) error {
	line, _ := w.d.InputPos()
	e := schedEvent{line: line, day: len(s.days) - 1, room: room}
	w.attributes(el, map[string]*string{"id": &e.id, "guid": &e.guid, "code": &e.code})
	inner := ""
	w.in = &e
	err := w.each(func(el xml.StartElement) error { return w.eventChild(&e, &inner, el) })
	w.in = nil
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
