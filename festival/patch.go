package festival

import (
	"context"
	"maps"
	"slices"

	"feria/locale"
)

// eventPart is what an import may change of the event itself.
type eventPart struct {
	Start     Date              `json:"start"`
	End       Date              `json:"end"`
	DayChange string            `json:"day_change,omitempty"`
	Tracks    []Track           `json:"tracks,omitempty"`
	Said      map[string]string `json:"said,omitempty"`
}

// eventPatch is the event's part before and after an import.
type eventPatch struct {
	Before eventPart `json:"before"`
	After  eventPart `json:"after"`
}

func partOf(e Event) eventPart {
	return eventPart{Start: e.Start, End: e.End, DayChange: e.DayChange, Tracks: slices.Clone(e.Tracks), Said: e.Source.Said}
}

// apply brings the fields of an event from one part to another; those that
// somebody changed meanwhile stay.
func (p eventPatch) apply(e *Event) {
	replace(&e.Start, p.Before.Start, p.After.Start)
	replace(&e.End, p.Before.End, p.After.End)
	replace(&e.DayChange, p.Before.DayChange, p.After.DayChange)
	replace(&e.Tracks, p.Before.Tracks, p.After.Tracks)
	e.Source.Said = maps.Clone(p.After.Said)
}

func replace[T any](at *T, from, to T) {
	if same(*at, from) {
		*at = to
	}
}

// reversed is the patch that undoes p, but for themes that are still used.
func (p eventPatch) reversed(used map[string]bool) eventPatch {
	back := eventPatch{Before: p.After, After: p.Before}
	back.After.Tracks, back.After.Said = slices.Clone(back.After.Tracks), maps.Clone(back.After.Said)
	for _, t := range back.Before.Tracks {
		if !used[t.Slug] || slices.ContainsFunc(back.After.Tracks, func(o Track) bool { return o.Slug == t.Slug }) {
			continue
		}
		back.After.Tracks = append(back.After.Tracks, t)
		if said := back.Before.Said["track."+t.Slug]; said != "" {
			if back.After.Said == nil {
				back.After.Said = map[string]string{}
			}
			back.After.Said["track."+t.Slug] = said
		}
	}
	return back
}

// themes marks the tracks of the live sessions and booths.
func (l *stocks) themes() map[string]bool {
	used := map[string]bool{}
	l.sessions.each(func(v *Session) { used[v.Track] = true })
	l.booths.each(func(v *Booth) { used[v.Track] = true })
	return used
}

// patchEvent plans what becomes of the event: its days are widened to hold the
// programme, its tracks follow the file. Title, zone and colour are the
// organizer's.
func (pl *planner) patchEvent(keep bool) {
	before := partOf(pl.event)
	after := partOf(pl.event)
	after.Said = maps.Clone(before.Said)
	if after.Said == nil {
		after.Said = map[string]string{}
	}
	if clock := pl.r.Event.DayChange; clock != "" {
		if at, ok := parseClock(clock); ok && after.Said["day_change"] != clock {
			after.Said["day_change"] = clock
			midnight := at == 0 && before.DayChange == "" // which says the same
			if !midnight && (before.DayChange == "" || before.DayChange == before.Said["day_change"]) {
				after.DayChange = clock
			}
		}
	}
	pl.patchTracks(before, &after, keep)
	pl.widen(&after)
	if same(before, after) {
		return
	}
	pl.plan.event = &eventPatch{Before: before, After: after}
	fields := differing("start", before.Start, after.Start, "end", before.End, after.End,
		"day_change", before.DayChange, after.DayChange, "tracks", before.Tracks, after.Tracks)
	if len(fields) > 0 {
		pl.item(PlanItem{Action: ChangeRecord, Kind: EventKind, ID: pl.event.ID, Name: pl.event.Title, Fields: fields})
	}
}

// DaysWith gives the first and last day that an event will have when a file is
// imported. Error: Missing (event).
func (s *Service) DaysWith(ctx context.Context, event string, r Records) (first, last Date, err error) {
	e, err := s.Event(ctx, event)
	if err != nil || !outside(e, r) { // then the draft need not be loaded
		return e.Start, e.End, err
	}
	pl, err := s.plan(ctx, nil, event, "", "", r, true)
	if err != nil || pl.plan.event == nil {
		return e.Start, e.End, err
	}
	return pl.plan.event.After.Start, pl.plan.event.After.End, nil
}

// outside says whether a file has a day that the event lacks. It may be one that
// counts no more, because an organizer took it away.
func outside(e Event, r Records) bool {
	loc, err := Zone(e.Zone)
	if err != nil {
		return false
	}
	lacks := func(d Date) bool { return d.Valid() && (d < e.Start || d > e.End) }
	if lacks(r.Event.Start) || lacks(r.Event.End) {
		return true
	}
	for _, clock := range []string{e.DayChange, r.Event.DayChange} { // either can be the event's then
		change, _ := parseClock(clock)
		for _, session := range r.Sessions {
			for _, slot := range session.Slots {
				if !slot.Start.IsZero() && lacks(programmeDay(slot.Start.In(loc), change)) {
					return true
				}
			}
		}
	}
	return false
}

func (pl *planner) patchTracks(before eventPart, after *eventPart, keep bool) {
	in, used := map[string]bool{}, pl.stocks.themes()
	for _, r := range pl.r.Tracks {
		r.Name = pl.lines("track", r.Slug, r.Name)
		if !goodTrack(r) || in[r.Slug] {
			continue
		}
		if !colorForm.MatchString(r.Color) {
			r.Color = ""
		}
		in[r.Slug] = true
		key, hash := "track."+r.Slug, sumTexts(r.Name)+" "+r.Color
		last := before.Said[key]
		after.Said[key] = hash
		at := slices.IndexFunc(after.Tracks, func(t Track) bool { return t.Slug == r.Slug })
		switch {
		case at < 0 && (last != hash || used[r.Slug]): // else it was taken away by hand
			after.Tracks = append(after.Tracks, r)
		case at >= 0 && last != "" && last != hash:
			after.Tracks[at] = r
		}
	}
	if keep {
		return
	}
	after.Tracks = slices.DeleteFunc(after.Tracks, func(t Track) bool {
		gone := before.Said["track."+t.Slug] != "" && !in[t.Slug] && !used[t.Slug]
		if gone {
			delete(after.Said, "track."+t.Slug)
		}
		return gone
	})
}

// widen makes the event long enough for its file and its slots. What lies far
// away from all others does not count, and is told of.
func (pl *planner) widen(after *eventPart) {
	loc, err := Zone(pl.event.Zone)
	if err != nil {
		return
	}
	change, _ := parseClock(after.DayChange)
	days := map[Date]bool{}
	// What the file said before is no news: an organizer may have shortened the
	// event since.
	said := []Date{pl.r.Event.Start, pl.r.Event.End}
	for n, field := range []string{"start", "end"} {
		if d := said[n]; d.Valid() && after.Said[field] != string(d) {
			after.Said[field] = string(d)
			days[d] = true
		}
	}
	slotDays := make([]Date, len(pl.slots.all)) // "" for what the file lacks
	for i := range pl.slots.all {
		if s := &pl.slots.all[i]; pl.slots.found[i] && s.Removed == nil && !s.Start.IsZero() {
			slotDays[i] = programmeDay(s.Start.In(loc), change)
			days[slotDays[i]] = true
		}
	}
	after.Start, after.End = Span(after.Start, after.End, slices.Collect(maps.Keys(days)))
	pl.tellFar(*after, said, slotDays)
}

// tellFar says which days are too far away from the event's to be among them: one
// line for what the file says of the event, one for all slots. They stand first,
// since long reports are cut.
func (pl *planner) tellFar(e eventPart, said, slotDays []Date) {
	far := func(d Date) bool { return d.Valid() && (d.Until(e.Start) > spanGap || e.End.Until(d) > spanGap) }
	tell := func(n int, d Date, kind, key string, name locale.Text) Finding {
		return Finding{Level: Guessed, Code: "plan_far", Record: recordName(kind, key, name),
			Args: map[string]any{"count": n, "day": string(d), "first": string(e.Start), "last": string(e.End)}}
	}
	var told []Finding
	if i := slices.IndexFunc(said, far); i >= 0 {
		told = append(told, tell(1, said[i], EventKind, "", pl.event.Title))
	}
	first, n := -1, 0
	for i, d := range slotDays {
		if !far(d) {
			continue
		}
		if n++; first < 0 {
			first = i
		}
	}
	if n > 0 {
		v := &pl.slots.all[first]
		told = append(told, tell(n, slotDays[first], SlotKind, v.Source.Key, pl.name(v)))
	}
	pl.plan.Report = slices.Insert(pl.plan.Report, 0, told...)
}
