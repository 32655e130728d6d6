package setup

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
	"feria/public/ui"
	"feria/server/web"
)

// freshTracks is how many empty rows the form of the themes offers, and
// mostTracks how many it reads.
const (
	freshTracks = 2
	mostTracks  = 200
)

// typedTrack is a row of the form, with its number there.
type typedTrack struct {
	n int
	festival.Track
}

func (t typedTrack) empty() bool { return t.Slug == "" && t.Color == "" && t.Name.Empty() }

// readTracks reads the rows of the form. A theme without a word in addresses
// gets one made of its name; one without name and word is taken away.
func readTracks(s *scene, typed url.Values) []typedTrack {
	var out []typedTrack
	for n := range mostTracks {
		at := strconv.Itoa(n)
		if !typed.Has("slug." + at) {
			break
		}
		t := typedTrack{n: n, Track: festival.Track{Slug: strings.TrimSpace(typed.Get("slug." + at)), Color: strings.TrimSpace(typed.Get("color." + at)), Name: locale.Text{}}}
		for _, lang := range s.trackLanguages() {
			if name := strings.TrimSpace(typed.Get("name." + at + "." + lang)); name != "" {
				t.Name[lang] = name
			}
		}
		if t.Slug == "" && !t.Name.Empty() {
			name, _ := t.Name.In(s.locales...)
			t.Slug = festival.Slug(name, 40)
		}
		out = append(out, t)
	}
	return out
}

// trackLanguages are those of the event and those that a theme has besides.
func (s *scene) trackLanguages() []string {
	langs := slices.Clone(s.locales)
	for _, t := range s.event.Tracks {
		for _, l := range t.Name.Languages() {
			if l != "" && !slices.Contains(langs, l) {
				langs = append(langs, l)
			}
		}
	}
	return langs
}

func showTracks(r *web.Request) error {
	s, err := eventScene(r)
	if err != nil {
		return err
	}
	rows := make([]typedTrack, len(s.event.Tracks))
	for i, t := range s.event.Tracks {
		rows[i] = typedTrack{i, t}
	}
	return askTracks(r, s, rows, nil)
}

func askTracks(r *web.Request, s *scene, rows []typedTrack, refusal error) error {
	d := tracksPage{P: r.T, Base: Base(r), Seen: s.event.ChangedAt.UTC().Format(seenAt)}
	status := fiber.StatusOK
	wrong := map[int]map[string]string{} // by row and part of it
	if refusal != nil {
		byField, above, next, ok := r.Sentences(refusal)
		if !ok {
			return refusal
		}
		status, d.Error, d.Next = web.StatusOfForm(refusal), above, next
		for field, sentence := range byField {
			n, part, ok := trackOf(rows, field)
			if !ok {
				d.Error = strings.TrimSpace(d.Error + " " + sentence)
				continue
			}
			if wrong[n] == nil {
				wrong[n] = map[string]string{}
			}
			wrong[n][part] = sentence
		}
	}
	rows = slices.DeleteFunc(slices.Clone(rows), typedTrack.empty)
	stored := beside(rows, s.event.Tracks)
	for n := range max(len(rows)+freshTracks, len(stored)) {
		t, is := typedTrack{n: -1}, festival.Track{}
		if n < len(rows) {
			t = rows[n]
		}
		if n < len(stored) {
			is = stored[n]
		}
		at := strconv.Itoa(n)
		row := s.trackRow(at, t.Track, wrong[t.n])
		if sayStored(r.T, refusal, row.Fields, s.trackRow(at, is, nil).Fields) {
			d.Next = r.T.T("console.stored_next")
		}
		d.Rows = append(d.Rows, row)
	}
	return r.Page(status, Chrome(r, r.T.T("console.kinds_track"), "/tracks"), tracksBody(d))
}

// beside puts the stored themes in the order of the rows: each beside the row
// with its word, those that no row has behind them all.
func beside(rows []typedTrack, stored []festival.Track) []festival.Track {
	out := make([]festival.Track, len(rows))
	free := slices.Clone(stored)
	for i, t := range rows {
		if at := slices.IndexFunc(free, func(is festival.Track) bool { return is.Slug == t.Slug }); at >= 0 {
			out[i] = free[at]
			free = slices.Delete(free, at, at+1)
		}
	}
	return append(out, free...)
}

// trackRow is a row of the form, at a number there; errs are the sentences by part
// of it.
func (s *scene) trackRow(n string, t festival.Track, errs map[string]string) trackRow {
	row := trackRow{Title: s.say(t.Name)}
	if row.Title == "" {
		row.Title = s.p.T("console.new_kind", "kind", s.p.T("console.kind_track"))
	}
	for i, lang := range s.trackLanguages() {
		f := ui.Field{Name: "name." + n + "." + lang, Label: s.p.T("console.field_name") + " (" + s.p.LanguageName(lang) + ")", Value: t.Name[lang], Lang: lang, Error: errs["name."+lang]}
		if i == 0 {
			f.Error = cmp.Or(f.Error, errs["name"])
		}
		row.Fields = append(row.Fields, f)
	}
	row.Fields = append(row.Fields,
		ui.Field{Name: "slug." + n, Label: s.p.T("console.field_slug"), Value: t.Slug, Error: errs["slug"]},
		ui.Field{Name: "color." + n, Label: s.p.T("console.field_color"), Value: t.Color, Error: errs["color"]},
	)
	return row
}

// trackOf gives the row of the form, and the part of it, that an error's field
// "tracks.2.slug" means: there the empty rows were left out.
func trackOf(rows []typedTrack, field string) (row int, part string, ok bool) {
	number, part, _ := strings.Cut(strings.TrimPrefix(field, "tracks."), ".")
	n, err := strconv.Atoi(number)
	if err != nil {
		return 0, "", false
	}
	for _, t := range rows {
		if t.empty() {
			continue
		}
		if n == 0 {
			return t.n, part, true
		}
		n--
	}
	return 0, "", false
}

// saveTracks saves all themes at once. A form that was drawn before somebody
// else's change of the event is refused once, with what was typed.
func saveTracks(r *web.Request) error {
	s, err := eventScene(r)
	if err != nil {
		return err
	}
	typed, err := r.Posted()
	if err != nil {
		return err
	}
	rows := readTracks(s, typed)
	var tracks []festival.Track
	for _, t := range rows {
		if !t.empty() {
			tracks = append(tracks, t.Track)
		}
	}
	_, err = r.P.Festival.SaveEvent(r.Context(), r.Event.ID, r.Actor.ID, func(e *festival.Event) error {
		if err := unchanged(typed, e.ChangedAt); err != nil {
			return err
		}
		e.Tracks = slices.Clone(tracks)
		return nil
	})
	if kernel.KindOf(err) == kernel.NotFound {
		return err
	}
	if err != nil {
		now, readErr := eventScene(r) // as it stands now
		if readErr != nil {
			return readErr
		}
		return askTracks(r, now, rows, err)
	}
	if _, err := r.P.Views.Refresh(r.Context(), r.Event.ID); err != nil {
		return err
	}
	return r.See(Base(r)+"/tracks", r.T.T("console.saved"))
}
