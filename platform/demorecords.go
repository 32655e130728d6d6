package platform

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"feria/festival"
	"feria/locale"
)

// records turns the week and its fair, which is the last day, into an import.
func (w demoWeek) records(monday time.Time, zone *time.Location) (festival.Records, error) {
	r := festival.Records{Format: "demo"}
	for _, t := range w.Tracks {
		r.Tracks = append(r.Tracks, festival.Track{Slug: t[0], Name: pair{t[1], t[2]}.text()})
	}
	for _, v := range w.Venues {
		v.add(&r)
	}
	addDemoHosts(&r, w.Hosts)
	for _, raw := range w.Sessions {
		var code, track, format, venue, space, langs, title, titre, text, texte string
		var seats, minutes, ageMin, ageMax int
		var times, hosts []string
		row := []any{&code, &track, &format, &venue, &space, &seats, &minutes, &times, &hosts, &ageMin, &ageMax, &langs, &title, &titre, &text, &texte}
		if err := json.Unmarshal(raw, &row); err != nil {
			return r, fmt.Errorf("%s: %w", raw, err)
		}
		s := demoSession(code, format, pair{title, titre}, pair{text, texte}, hosts)
		s.Track, s.AgeMin, s.AgeMax, s.Languages = track, ageMin, ageMax, strings.Fields(langs)
		if err := s.addSlots(times, monday, zone, minutes, seats, venue+"/"+space); err != nil {
			return r, err
		}
		r.Sessions = append(r.Sessions, s.RecordSession)
	}
	for _, raw := range w.Fair.Stage {
		var code, clock, title, titre, text, texte string
		var minutes int
		var hosts []string
		row := []any{&code, &clock, &minutes, &title, &titre, &text, &texte, &hosts}
		if err := json.Unmarshal(raw, &row); err != nil {
			return r, fmt.Errorf("%s: %w", raw, err)
		}
		s := demoSession(code, "performance", pair{title, titre}, pair{text, texte}, hosts)
		s.Track, s.Languages = "music", []string{"en"}
		if err := s.addSlots([]string{"6 " + clock}, monday, zone, minutes, 0, "market/stage"); err != nil {
			return r, err
		}
		r.Sessions = append(r.Sessions, s.RecordSession)
	}
	fair := dateOf(monday.AddDate(0, 0, 6))
	for _, b := range w.Fair.Booths {
		r.Booths = append(r.Booths, festival.RecordBooth{
			Key: "booth:" + b[0], Code: b[0], Space: "market/stands", Hosts: []string{b[1]},
			About: pair{b[2], b[3]}.text(), Track: b[4], Days: []festival.Date{fair},
		})
	}
	return r, nil
}

// records turns the days of a conference or visit into an import.
func (d demoDays) records(first time.Time, zone *time.Location) (festival.Records, error) {
	r := festival.Records{Format: "demo"}
	d.Venue.add(&r)
	addDemoHosts(&r, d.Hosts)
	for _, raw := range d.Sessions {
		var code, format, space, title, titre, text, texte string
		var seats, minutes int
		var times, hosts []string
		row := []any{&code, &format, &space, &seats, &minutes, &times, &hosts, &title, &titre, &text, &texte}
		if err := json.Unmarshal(raw, &row); err != nil {
			return r, fmt.Errorf("%s: %w", raw, err)
		}
		s := demoSession(code, format, pair{title, titre}, pair{text, texte}, hosts)
		s.Languages = []string{"en", "fr"}
		if err := s.addSlots(times, first, zone, minutes, seats, d.Venue.Key+"/"+space); err != nil {
			return r, err
		}
		r.Sessions = append(r.Sessions, s.RecordSession)
	}
	return r, nil
}

func (v demoVenue) add(r *festival.Records) {
	r.Venues = append(r.Venues, festival.RecordVenue{Key: v.Key, Name: v.Name.text(), Address: v.Address, Lat: v.Lat, Lon: v.Lon, Kind: v.Kind, District: v.District, Way: v.Way.text(), Access: v.Access})
	for _, s := range v.Spaces {
		key, _ := s[0].(string)
		en, _ := s[1].(string)
		fr, _ := s[2].(string)
		capacity, _ := s[3].(float64)
		r.Spaces = append(r.Spaces, festival.RecordSpace{
			Key: v.Key + "/" + key, Venue: v.Key, Name: locale.Text{"en": en, "fr": fr}, Capacity: int(capacity), Order: len(r.Spaces),
		})
	}
}

func addDemoHosts(r *festival.Records, hosts [][5]any) {
	for _, h := range hosts {
		key, _ := h[0].(string)
		name, _ := h[1].(string)
		en, _ := h[2].(string)
		fr, _ := h[3].(string)
		person, _ := h[4].(bool)
		r.Hosts = append(r.Hosts, festival.RecordHost{Key: key, Name: name, Person: person, Bio: pair{en, fr}.text()})
	}
}

type demoItem struct{ festival.RecordSession }

func demoSession(code, format string, title, abstract pair, hosts []string) *demoItem {
	return &demoItem{festival.RecordSession{
		Key: "demo:" + code, Hosts: hosts,
		Session: festival.Session{Code: code, Title: title.text(), Abstract: abstract.text(), Format: format},
	}}
}

func (s *demoItem) addSlots(times []string, first time.Time, zone *time.Location, minutes, seats int, space string) error {
	for _, t := range times {
		start, err := demoTime(t, first, zone)
		if err != nil {
			return err
		}
		slot := festival.RecordSlot{
			Key: s.Key + "@" + t, Space: space, Start: start, End: start.Add(time.Duration(minutes) * time.Minute), Seats: seats,
		}
		if seats > 0 {
			slot.Seating = festival.Bookable
		}
		s.Slots = append(s.Slots, slot)
	}
	return nil
}
