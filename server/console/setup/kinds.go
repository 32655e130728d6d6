package setup

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"feria/festival"
	"feria/locale"
	"feria/public/ui"
)

// editor is one kind of record with its list and its form.
type editor interface {
	// rows lists the records of the draft.
	rows(s *scene) []row
	// fields draws the form of a record, "" for a new one; false if it is gone.
	fields(s *scene, id string, typed url.Values, errs map[string]string) (drawn, bool)
	// strays gives the sentences that belong to none of the form's fields.
	strays(errs map[string]string) []string
	// count says how many records there are.
	count(s *scene) int
	// save reads a form and saves it; the id it was saved under.
	save(ctx context.Context, svc *festival.Service, s *scene, id string, typed url.Values, by string) (string, error)
	columns() []string
}

// drawn is the form of a record.
type drawn struct {
	fields []ui.Field
	title  string
	seen   string // when the record changed last, "" for a new one
}

// row is one record in a list.
type row struct {
	ID    string
	Title string
	Cells []string
}

// records is the editor of records of type T.
type records[T any] struct {
	form  form[T]
	all   func(*festival.Programme) []T
	base  func(*T) *festival.Base
	title func(*scene, T) string
	heads []string
	cells func(*scene, T) []string
	put   func(context.Context, *festival.Service, T, string) (T, error)
	fresh func(*scene, url.Values) T // a new one, prefilled from the address
}

func (r records[T]) columns() []string { return r.heads }

func (r records[T]) rows(s *scene) []row {
	all := r.all(s.draft)
	out := make([]row, 0, len(all))
	for i := range all {
		out = append(out, row{ID: ownPart(r.base(&all[i]).ID), Title: r.title(s, all[i]), Cells: r.cells(s, all[i])})
	}
	return out
}

func (r records[T]) find(s *scene, id string) (T, bool) {
	all := r.all(s.draft)
	for i := range all {
		if ownPart(r.base(&all[i]).ID) == id {
			return all[i], true
		}
	}
	var none T
	return none, false
}

func (r records[T]) record(s *scene, id string, typed url.Values) (T, bool) {
	if id != "" {
		return r.find(s, id)
	}
	var fresh T
	if r.fresh != nil {
		fresh = r.fresh(s, typed)
	}
	r.base(&fresh).Event = s.event.ID
	return fresh, true
}

func (r records[T]) strays(errs map[string]string) []string { return r.form.strays(errs) }

func (r records[T]) count(s *scene) int { return len(r.all(s.draft)) }

func (r records[T]) fields(s *scene, id string, typed url.Values, errs map[string]string) (drawn, bool) {
	record, ok := r.record(s, id, typed)
	if !ok {
		return drawn{}, false
	}
	if errs == nil { // the address only prefills a new record
		typed = nil
	}
	out := drawn{fields: r.form.show(s, &record, typed, errs), title: r.title(s, record)}
	if at := r.base(&record).ChangedAt; !at.IsZero() {
		out.seen = at.UTC().Format(seenAt)
	}
	return out, true
}

func (r records[T]) save(ctx context.Context, svc *festival.Service, s *scene, id string, typed url.Values, by string) (string, error) {
	record, ok := r.record(s, id, typed)
	if !ok {
		return "", errGone
	}
	if err := r.form.read(s, &record, typed); err != nil {
		return "", err
	}
	if seen, err := time.Parse(seenAt, typed.Get("seen")); err == nil && id != "" {
		r.base(&record).ChangedAt = seen
	}
	saved, err := r.put(ctx, svc, record, by)
	if err != nil {
		return "", err
	}
	return ownPart(r.base(&saved).ID), nil
}

func ownPart(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

// order is the kinds in the order of the console's list; each is a word of the
// address and of festival.Service.Remove.
var order = []string{"venue", "space", "host", "session", "slot", "booth"}

var editors = map[string]editor{
	"venue": records[festival.Venue]{
		form: venueForm, heads: []string{"address", "district"},
		all:   func(p *festival.Programme) []festival.Venue { return p.Venues },
		base:  func(v *festival.Venue) *festival.Base { return &v.Base },
		title: func(s *scene, v festival.Venue) string { return s.say(v.Name) },
		cells: func(_ *scene, v festival.Venue) []string { return []string{v.Address, v.District} },
		put: func(ctx context.Context, svc *festival.Service, v festival.Venue, by string) (festival.Venue, error) {
			return svc.SaveVenue(ctx, v, by)
		},
	},
	"space": records[festival.Space]{
		form: spaceForm, heads: []string{"venue", "capacity"},
		all:   func(p *festival.Programme) []festival.Space { return p.Spaces },
		base:  func(v *festival.Space) *festival.Base { return &v.Base },
		title: func(s *scene, v festival.Space) string { return s.say(v.Name) },
		cells: func(s *scene, v festival.Space) []string { return []string{s.venueName(v.Venue), s.number(v.Capacity)} },
		put: func(ctx context.Context, svc *festival.Service, v festival.Space, by string) (festival.Space, error) {
			return svc.SaveSpace(ctx, v, by)
		},
		fresh: func(s *scene, q url.Values) festival.Space {
			if own := q.Get("of"); own != "" {
				return festival.Space{Venue: festival.RecordID(s.event.ID, own)}
			}
			return festival.Space{}
		},
	},
	"booth": records[festival.Booth]{
		form: boothForm, heads: []string{"space", "hosts"},
		all:   func(p *festival.Programme) []festival.Booth { return p.Booths },
		base:  func(v *festival.Booth) *festival.Base { return &v.Base },
		title: func(s *scene, v festival.Booth) string { return strings.TrimSpace(v.Code + " " + s.say(v.Name)) },
		cells: func(s *scene, v festival.Booth) []string { return []string{s.spaceName(v.Space), s.hostNames(v.Hosts)} },
		put: func(ctx context.Context, svc *festival.Service, v festival.Booth, by string) (festival.Booth, error) {
			return svc.SaveBooth(ctx, v, by)
		},
	},
	"host": records[festival.Host]{
		form: hostForm, heads: []string{"person", "url"},
		all:   func(p *festival.Programme) []festival.Host { return p.Hosts },
		base:  func(v *festival.Host) *festival.Base { return &v.Base },
		title: func(_ *scene, v festival.Host) string { return v.Name },
		cells: func(s *scene, v festival.Host) []string { return []string{s.yes(v.Person), v.URL} },
		put: func(ctx context.Context, svc *festival.Service, v festival.Host, by string) (festival.Host, error) {
			return svc.SaveHost(ctx, v, by)
		},
	},
	"session": records[festival.Session]{
		form: sessionForm, heads: []string{"format", "hosts", "times"},
		all:   func(p *festival.Programme) []festival.Session { return p.Sessions },
		base:  func(v *festival.Session) *festival.Base { return &v.Base },
		title: func(s *scene, v festival.Session) string { return s.say(v.Title) },
		cells: func(s *scene, v festival.Session) []string {
			return []string{s.format(v.Format), s.hostNames(v.Hosts), s.times(v.ID)}
		},
		put: func(ctx context.Context, svc *festival.Service, v festival.Session, by string) (festival.Session, error) {
			return svc.SaveSession(ctx, v, by)
		},
		fresh: func(s *scene, _ url.Values) festival.Session {
			return festival.Session{Title: locale.Text{}, Languages: s.locales[:1]}
		},
	},
	"slot": records[festival.Slot]{
		form: slotForm, heads: []string{"start_at", "space", "seats_offered"},
		all: func(p *festival.Programme) []festival.Slot {
			out := make([]festival.Slot, len(p.Slots))
			for i, slot := range p.Slots {
				out[i] = slot.Slot
			}
			return out
		},
		base:  func(v *festival.Slot) *festival.Base { return &v.Base },
		title: func(s *scene, v festival.Slot) string { return s.sessionTitle(v.Session) },
		cells: func(s *scene, v festival.Slot) []string {
			return []string{s.slotTime(v), s.spaceName(v.Space), s.number(v.Seats)}
		},
		put: func(ctx context.Context, svc *festival.Service, v festival.Slot, by string) (festival.Slot, error) {
			return svc.SaveSlot(ctx, v, by)
		},
		fresh: func(s *scene, q url.Values) festival.Slot {
			if id := q.Get("of"); id != "" {
				return festival.Slot{Session: festival.RecordID(s.event.ID, id)}
			}
			return festival.Slot{}
		},
	},
}

func (s *scene) venueName(id string) string {
	v, _ := s.draft.Venue(id)
	return s.say(v.Name)
}

func (s *scene) spaceName(id string) string {
	sp, ok := s.draft.Space(id)
	if !ok {
		return ""
	}
	if venue := s.venueName(sp.Venue); venue != "" && venue != s.say(sp.Name) {
		return venue + ": " + s.say(sp.Name)
	}
	return s.say(sp.Name)
}

func (s *scene) sessionTitle(id string) string {
	x, _ := s.draft.Session(id)
	return s.say(x.Title)
}

func (s *scene) hostNames(ids []string) string {
	var names []string
	for _, id := range ids {
		if h, ok := s.draft.Host(id); ok {
			names = append(names, h.Name)
		}
	}
	return strings.Join(names, ", ")
}

func (s *scene) slotTime(slot festival.Slot) string { return SlotTime(s.p, s.event, s.zone, slot) }

// SlotTime is when a slot takes place, in the zone. A year that is none of its
// event's is named, and so is the day of the end of what lasts a day or longer.
func SlotTime(p *locale.Printer, event festival.Event, zone *time.Location, slot festival.Slot) string {
	if slot.Start.IsZero() {
		return p.T("console.unplaced")
	}
	first, last := event.Start.Time(zone).Year(), event.End.Time(zone).Year()
	day := func(t time.Time) string {
		if t.Year() < first || t.Year() > last {
			return p.DateShort(t) + " " + strconv.Itoa(t.Year())
		}
		return p.DateShort(t)
	}
	start, end := slot.Start.In(zone), slot.End.In(zone)
	if end.Sub(start) < 24*time.Hour {
		return day(start) + " " + p.Time(start) + "–" + p.Time(end)
	}
	return day(start) + " " + p.Time(start) + " – " + day(end) + " " + p.Time(end)
}

func (s *scene) times(session string) string {
	var out []string
	for _, slot := range s.draft.SlotsOf(session) {
		out = append(out, s.slotTime(slot.Slot))
	}
	return strings.Join(out, ", ")
}

func (s *scene) format(code string) string {
	if key := "format." + code; s.p.Has(key) {
		return s.p.T(key)
	}
	return code
}

func (s *scene) number(n int) string {
	if n == 0 {
		return ""
	}
	return s.p.Number(n)
}

func (s *scene) yes(b bool) string {
	if b {
		return s.p.T("console.yes")
	}
	return ""
}
