package festival

import (
	"slices"
	"strings"

	"feria/locale"
)

// defaultVenue is the key of the venue that a plan makes for spaces of which a
// file does not say where they are.
const defaultVenue = "default"

func (pl *planner) knownTracks() {
	for _, t := range pl.event.Tracks {
		pl.tracks[t.Slug] = true
	}
	for _, t := range pl.r.Tracks {
		if goodTrack(t) {
			pl.tracks[t.Slug] = true
		}
	}
}

func goodTrack(t Track) bool {
	return slugForm.MatchString(t.Slug) && len(t.Slug) <= maxSlug && !tidyTexts(t.Name, tidyLine).Empty()
}

// mendTheme takes away a theme that a record was given by hand and the event has
// no more.
func (pl *planner) mendTheme(slug *string) {
	if !pl.tracks[*slug] {
		*slug = ""
	}
}

func (pl *planner) takeVenues() {
	for _, r := range pl.r.Venues {
		v := Venue{
			Name: pl.lines(VenueKind, r.Key, r.Name), Kind: tidyLine(r.Kind), Address: pl.line(VenueKind, r.Key, r.Address),
			District: pl.line(VenueKind, r.Key, r.District), Lat: r.Lat, Lon: r.Lon, Way: pl.texts(VenueKind, r.Key, r.Way),
			URL: pl.url(VenueKind, r.Key, r.URL), Access: pl.access(VenueKind, r.Key, r.Access),
		}
		if v.Name.Empty() {
			v.Name = locale.Text{"": r.Key}
		}
		if !(v.Lat >= -90 && v.Lat <= 90 && v.Lon >= -180 && v.Lon <= 180) { // also for what is no number
			pl.note(Lost, "plan_position", VenueKind, r.Key, v.Name)
			v.Lat, v.Lon = 0, 0
		}
		in := incoming[Venue]{key: r.Key, guid: r.GUID, value: v, parts: venueParts(v), known: true}
		// By guid first: keys are names, and two venues may have the same.
		i, ok := pl.venues.guids[r.GUID]
		if !ok || r.GUID == "" || pl.venues.found[i] {
			i = pl.venues.find(r.Key, r.GUID, pl.family, func(o *Venue) bool { return alike(o.Name, v.Name) })
		}
		in.match = i
		id, _ := take(pl, pl.venues, in)
		pl.ids[VenueKind][r.Key] = id
	}
}

// alike says whether two names are the same in some language.
func alike(a, b locale.Text) bool {
	for _, x := range a {
		for _, y := range b {
			if x != "" && strings.EqualFold(x, y) {
				return true
			}
		}
	}
	return false
}

func (pl *planner) takeSpaces() {
	for _, r := range pl.r.Spaces {
		v := Space{
			Name: pl.lines(SpaceKind, r.Key, r.Name), Capacity: min(max(r.Capacity, 0), maxSeats), Order: r.Order,
			Venue: pl.refer(VenueKind, r.Venue, SpaceKind, r.Key),
		}
		if v.Name.Empty() {
			v.Name = locale.Text{"": r.Key}
		}
		id, _ := take(pl, pl.spaces, incoming[Space]{
			key: r.Key, guid: r.GUID, value: v, parts: spaceParts(v),
			like: func(o *Space) bool { return alike(o.Name, v.Name) && (v.Venue == "" || o.Venue == v.Venue) },
			mend: func(v, before *Space) {
				if v.Venue == "" && before != nil {
					v.Venue = before.Venue
				}
				if i, ok := pl.venues.byID[v.Venue]; !ok || r.Venue == "" && pl.venues.all[i].Removed != nil {
					v.Venue = pl.onlyVenue()
				}
			},
		})
		pl.ids[SpaceKind][r.Key] = id
	}
}

// onlyVenue gives the event's only venue for a space of which the file does not
// say where it is; of several the one that was made for this, else the first;
// and makes one if there is none.
func (pl *planner) onlyVenue() string {
	if i, ok := pl.venues.byKey[defaultVenue]; ok && pl.venues.all[i].Removed == nil {
		return pl.venues.all[i].ID
	}
	first := ""
	pl.venues.each(func(v *Venue) {
		if first == "" || v.ID < first {
			first = v.ID
		}
	})
	if first != "" {
		return first
	}
	v := Venue{Name: pl.lines(VenueKind, defaultVenue, pl.event.Where), Kind: "other"}
	if v.Name.Empty() {
		v.Name = pl.lines(VenueKind, defaultVenue, pl.event.Title)
	}
	id, _ := take(pl, pl.venues, incoming[Venue]{key: defaultVenue, value: v, parts: venueParts(v)})
	return id
}

func (pl *planner) takeHosts() {
	names := map[string][]int{} // hosts not of this family, by name
	for i := range pl.hosts.all {
		h := &pl.hosts.all[i]
		if h.Removed == nil && (h.Source.Key == "" || h.Source.From != pl.family) {
			names[h.Name] = append(names[h.Name], i)
		}
	}
	for _, r := range pl.r.Hosts {
		v := Host{
			Name: pl.line(HostKind, r.Key, r.Name), Names: pl.lines(HostKind, r.Key, r.Names), Person: r.Person,
			Bio: pl.texts(HostKind, r.Key, r.Bio), URL: pl.url(HostKind, r.Key, r.URL), Links: pl.links(HostKind, r.Key, r.Links),
		}
		if v.Name == "" {
			v.Name = v.Names.String()
		}
		if v.Name == "" {
			v.Name = r.Key
		}
		in := incoming[Host]{key: r.Key, guid: r.GUID, value: v, parts: hostParts(v), known: true}
		in.match = pl.hosts.find(r.Key, r.GUID, pl.family, nil)
		if same := names[v.Name]; in.match < 0 && len(same) == 1 && !pl.hosts.found[same[0]] {
			in.match = same[0]
		}
		id, _ := take(pl, pl.hosts, in)
		pl.ids[HostKind][r.Key] = id
	}
}

func (pl *planner) takeBooths() {
	pl.before = slices.Clone(pl.booths.all)
	codes := map[string]bool{}
	for _, r := range pl.r.Booths {
		v := Booth{
			Space: pl.refer(SpaceKind, r.Space, BoothKind, r.Key), Code: tidyLine(r.Code), Name: pl.lines(BoothKind, r.Key, r.Name),
			Hosts: pl.referAll(HostKind, r.Hosts, BoothKind, r.Key), About: pl.texts(BoothKind, r.Key, r.About),
			Track: pl.track(r.Track, BoothKind, r.Key),
		}
		for _, d := range r.Days {
			if d.Valid() {
				v.Days = append(v.Days, d)
			}
		}
		v.tidy()
		if v.Space == "" {
			pl.note(Lost, "plan_no_space", BoothKind, r.Key, v.label())
			continue
		}
		if v.Code == "" || len(v.complaints()) > 0 {
			v.Code = newWords().take(v.label().String(), maxCode)
		}
		wish, name := v.Code, v.label()
		for n := 2; codes[v.stand()]; n++ {
			v.Code = another(wish, n)
		}
		codes[v.stand()] = true
		if _, twice := pl.ids[BoothKind][r.Key]; !twice && v.Code != wish {
			pl.note(Guessed, "plan_code_taken", BoothKind, r.Key, name, "code", wish, "made", v.Code)
		}
		id, _ := take(pl, pl.booths, incoming[Booth]{
			key: r.Key, value: v, parts: boothParts(v),
			like: func(o *Booth) bool { return o.Space == v.Space && o.Code == v.Code },
			mend: func(v, _ *Booth) { pl.mendTheme(&v.Track) },
		})
		pl.ids[BoothKind][r.Key] = id
	}
}

func (pl *planner) takeSessions() {
	codes := map[string]int{}
	for i := range pl.sessions.all {
		codes[pl.sessions.all[i].Code] = i
	}
	for _, r := range pl.r.Sessions {
		v := pl.session(r)
		in := incoming[Session]{key: r.Key, value: v, parts: sessionParts(v), known: true}
		in.match = pl.matchSession(r, codes)
		if code := strings.TrimSpace(r.Session.Code); len(code) <= maxCode && codeForm.MatchString(code) {
			in.word = code
		}
		in.mend = func(v, _ *Session) { pl.mendTheme(&v.Track) }
		back := in.match >= 0 && pl.sessions.byHand(in.match)
		id, ok := take(pl, pl.sessions, in)
		if !ok || !pl.sessions.live(id) { // what was removed by hand stays away with its slots
			continue
		}
		pl.takeSlots(id, r.Slots, back)
	}
}

// matchSession finds the session that a file means: by key, by its code, or by
// one of its slots, since exports give guids to slots only.
func (pl *planner) matchSession(r RecordSession, codes map[string]int) int {
	if i := pl.sessions.find(r.Key, "", pl.family, nil); i >= 0 {
		return i
	}
	if i, ok := codes[r.Session.Code]; ok && r.Session.Code != "" && !pl.sessions.found[i] {
		return i
	}
	for _, slot := range r.Slots {
		at := pl.slots.find(slot.Key, slot.GUID, pl.family, nil)
		if at < 0 {
			continue
		}
		if i, ok := pl.sessions.byID[pl.slots.all[at].Session]; ok && !pl.sessions.found[i] {
			return i
		}
	}
	return -1
}

func (pl *planner) session(r RecordSession) Session {
	v, key := r.Session, r.Key
	v.Base = Base{}
	v.Title, v.Subtitle = pl.lines(SessionKind, key, v.Title), pl.lines(SessionKind, key, v.Subtitle)
	v.Abstract, v.Description, v.Bring = pl.texts(SessionKind, key, v.Abstract), pl.texts(SessionKind, key, v.Description), pl.texts(SessionKind, key, v.Bring)
	v.Format, v.Level, v.Price = pl.line(SessionKind, key, v.Format), pl.line(SessionKind, key, v.Level), pl.line(SessionKind, key, v.Price)
	v.Track = pl.track(v.Track, SessionKind, key)
	v.Hosts = pl.referAll(HostKind, r.Hosts, SessionKind, key)
	v.Languages = slices.DeleteFunc(tidyList(v.Languages), func(l string) bool { return !languageForm.MatchString(l) })
	v.Access = pl.access(SessionKind, key, v.Access)
	v.Links, v.Materials = pl.links(SessionKind, key, v.Links), pl.links(SessionKind, key, v.Materials)
	v.AgeMin, v.AgeMax = min(max(v.AgeMin, 0), maxAge), min(max(v.AgeMax, 0), maxAge)
	if v.AgeMax > 0 && v.AgeMin > v.AgeMax {
		v.AgeMin, v.AgeMax = v.AgeMax, v.AgeMin
	}
	if v.Title.Empty() {
		pl.note(Guessed, "plan_untitled", SessionKind, key, nil)
		v.Title = locale.Text{"": key}
	}
	return v
}

// dropAll drops in the order in which nothing that stays can point to what
// goes.
func (pl *planner) dropAll() {
	used := map[string]bool{}
	drop(pl, pl.slots, used, nil)
	pl.slots.each(func(v *Slot) { used[v.Session], used[v.Space], used[v.Booth] = true, true, true })
	drop(pl, pl.sessions, used, nil)
	pl.sessions.each(func(v *Session) {
		for _, h := range v.Hosts {
			used[h] = true
		}
	})
	drop(pl, pl.booths, used, nil)
	pl.booths.each(func(v *Booth) {
		used[v.Space] = true
		for _, h := range v.Hosts {
			used[h] = true
		}
	})
	drop(pl, pl.hosts, used, nil)
	drop(pl, pl.spaces, used, nil)
	pl.spaces.each(func(v *Space) { used[v.Venue] = true })
	drop(pl, pl.venues, used, func(v *Venue) bool { return v.Source.Key == defaultVenue && used[v.ID] })
}
