package festival

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"feria/kernel"
	"feria/locale"
	"feria/store"
)

// PlanImport says what an import would do, and does nothing. Records are found
// again by key, then by guid, then by name where no import made them; the slots
// of a file that only counts them, by their times. What came in the same family
// of formats before and is missing now is dropped, unless keep. Error: Missing
// (event).
func (s *Service) PlanImport(ctx context.Context, event string, r Records, keep ...bool) (Plan, error) {
	pl, err := s.plan(ctx, nil, event, "", "", r, len(keep) > 0 && keep[0])
	if err != nil {
		return Plan{}, err
	}
	return pl.plan, nil
}

// planner compares what a file has with what is stored.
type planner struct {
	s      *Service
	event  Event
	now    time.Time
	by, id string // of the import
	family string
	r      *Records
	plan   Plan

	*stocks
	before []Booth // as stored, in the order of booths.all

	ids     map[string]map[string]string // kind, key: id
	tracks  map[string]bool
	counted map[string][]int // see countedSlots; by what Said says of their session
}

// family gives the part of a format's name that formats for the same thing
// share: "frab-xml" and "schedule-json" are one programme in two dresses.
func family(format string) string {
	if format == "schedule-json" || format == "frab-json" {
		return "frab"
	}
	name, _, _ := strings.Cut(format, "-")
	return name
}

// plan compares with what is stored, or with what was loaded of it before.
func (s *Service) plan(ctx context.Context, loaded *stocks, event, by, id string, r Records, keep bool) (*planner, error) {
	e, err := s.Event(ctx, event)
	if err != nil {
		return nil, err
	}
	pl := &planner{
		s: s, event: e, now: s.now(), by: by, id: id, family: family(r.Format), r: &r, tracks: map[string]bool{},
		ids: map[string]map[string]string{VenueKind: {}, SpaceKind: {}, HostKind: {}, BoothKind: {}},
		plan: Plan{
			Add: map[string]int{}, Change: map[string]int{}, Drop: map[string]int{}, Same: map[string]int{},
			Report: slices.Clone(r.Report),
		},
	}
	if pl.stocks = loaded; loaded == nil {
		if pl.stocks, err = s.loadStocks(ctx, event); err != nil {
			return nil, err
		}
	}
	pl.knownTracks()
	pl.takeVenues()
	pl.takeSpaces()
	pl.takeHosts()
	pl.takeBooths()
	pl.takeSessions()
	pl.bringNeeded()
	if !keep {
		pl.dropAll()
	}
	pl.noteRemoved()
	pl.settleCodes()
	pl.patchEvent(keep)
	return pl, nil
}

func (pl *planner) item(i PlanItem) {
	pl.plan.Items = append(pl.plan.Items, i)
	switch i.Action {
	case AddRecord:
		pl.plan.Add[i.Kind]++
	case ChangeRecord:
		pl.plan.Change[i.Kind]++
	case DropRecord:
		pl.plan.Drop[i.Kind]++
	}
}

func (pl *planner) write(op store.Op, im *image) {
	pl.plan.writes = append(pl.plan.writes, write{op, im})
}

func (pl *planner) note(level FindingLevel, code, kind, key string, name locale.Text, args ...any) {
	f := Finding{Level: level, Code: code, Record: recordName(kind, key, name)}
	if len(args) > 0 {
		f.Args = kernel.New(kernel.Invalid, code, "", args...).Args
	}
	pl.plan.Report = append(pl.plan.Report, f)
}

func recordName(kind, key string, name locale.Text) string {
	out := kind
	if key != "" {
		out += " " + key
	}
	if title := name.String(); title != "" {
		out += " (" + title + ")"
	}
	return out
}

// name gives what a record is called; a slot is called like its session.
func (pl *planner) name(v any) locale.Text {
	switch v := v.(type) {
	case *Venue:
		return v.label()
	case *Space:
		return v.label()
	case *Host:
		return v.label()
	case *Booth:
		return v.label()
	case *Session:
		return v.label()
	case *Slot:
		if i, ok := pl.sessions.byID[v.Session]; ok {
			return pl.sessions.all[i].Title
		}
	}
	return nil
}

// line cuts a title or name to what forms take.
func (pl *planner) line(kind, key, s string) string {
	return pl.cut(kind, key, tidyLine(s), maxLine)
}

func (pl *planner) cut(kind, key, s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	pl.note(Lost, "plan_cut", kind, key, nil, "max", limit)
	return string([]rune(s)[:limit])
}

func (pl *planner) lines(kind, key string, t locale.Text) locale.Text {
	return tidyTexts(t, func(s string) string { return pl.line(kind, key, s) })
}

func (pl *planner) texts(kind, key string, t locale.Text) locale.Text {
	return tidyTexts(t, func(s string) string { return pl.cut(kind, key, tidyText(s), maxText) })
}

// url drops an address that may not stand in a page.
func (pl *planner) url(kind, key, s string) string {
	if s = strings.TrimSpace(s); s == "" || GoodURL(s) {
		return s
	}
	pl.note(Lost, "plan_url", kind, key, nil, "url", s)
	return ""
}

func (pl *planner) links(kind, key string, all []Link) []Link {
	var out []Link
	for _, l := range all {
		if l.URL = pl.url(kind, key, l.URL); l.URL != "" && len(out) < maxList {
			l.Title = pl.line(kind, key, l.Title)
			out = append(out, l)
		}
	}
	return out
}

func (pl *planner) access(kind, key string, all []string) []string {
	var out []string
	for _, a := range tidyList(all) {
		if slices.Contains(AccessFacts, a) {
			out = append(out, a)
		} else {
			pl.note(Lost, "plan_access", kind, key, nil, "fact", a)
		}
	}
	return out
}

// refer gives the id of the record that a key of the file names; "" with a
// finding when the file has no such record.
func (pl *planner) refer(kind, key, of, ofKey string) string {
	if key == "" {
		return ""
	}
	id, ok := pl.ids[kind][key]
	if !ok {
		pl.note(Lost, "plan_reference", of, ofKey, nil, "kind", kind, "key", key)
	}
	return id
}

func (pl *planner) referAll(kind string, keys []string, of, ofKey string) []string {
	var out []string
	for _, key := range keys {
		if id := pl.refer(kind, key, of, ofKey); id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func (pl *planner) track(slug, of, key string) string {
	if slug == "" || pl.tracks[slug] {
		return slug
	}
	pl.note(Lost, "plan_track", of, key, nil, "track", slug)
	return ""
}
