package console

import (
	"cmp"
	"net/url"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
	"feria/people"
	"feria/platform"
	"feria/public/ui"
	"feria/server/console/setup"
	"feria/server/web"
)

// mine lists the events of the city in which the actor may do something: what runs
// or is to come, the nearest first, then what is over, the latest first.
func mine(r *web.Request, p people.Permission) ([]festival.Event, error) {
	events, err := r.P.Festival.Events(r.Context(), r.City.ID)
	if err != nil {
		return nil, err
	}
	events = slices.DeleteFunc(events, func(e festival.Event) bool { return !r.Actor.May(p, e.ID) })
	byNearness(events, r.P.Now())
	return events, nil
}

// byNearness sorts events as mine lists them; an event is over when its last day
// is, in its own zone.
func byNearness(events []festival.Event, now time.Time) {
	over := func(e festival.Event) bool {
		zone, err := festival.Zone(e.Zone)
		if err != nil {
			zone = time.UTC
		}
		return string(e.End) < now.In(zone).Format(time.DateOnly)
	}
	slices.SortFunc(events, func(a, b festival.Event) int {
		past := over(a)
		switch {
		case past != over(b) && past:
			return 1
		case past != over(b):
			return -1
		case past:
			return cmp.Or(cmp.Compare(b.End, a.End), cmp.Compare(b.Start, a.Start), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.ID, b.ID))
	})
}

func eventRow(r *web.Request, e festival.Event) boardEvent {
	title, _ := r.T.Text(e.Title, e.Locales...)
	row := boardEvent{URL: "/console/" + e.Slug, Title: title, Kind: r.T.T("site.kind_" + string(e.Kind)), Restore: festival.Own(e.ID)}
	zone := zoneOf(r)
	row.When = r.T.Days(e.Start.Time(zone), e.End.Time(zone))
	switch {
	case e.Release == 0:
		row.State = r.T.T("console.never_published")
	default:
		row.State = r.T.T("console.release_public", "n", e.Release)
	}
	if e.Hidden {
		row.State += " · " + r.T.T("console.hidden_event")
	}
	return row
}

func showCityBoard(r *web.Request) error {
	events, err := mine(r, people.ConsoleView)
	if err != nil {
		return err
	}
	d := cityBoard{P: r.T, Owner: r.Actor.May(people.CityEdit, ""), Staff: len(events) > 0}
	d.Staff = d.Staff || d.Owner
	for _, e := range events {
		d.Events = append(d.Events, eventRow(r, e))
	}
	if d.Owner {
		gone, err := r.P.Festival.RemovedEvents(r.Context(), r.City.ID)
		if err != nil {
			return err
		}
		for _, e := range gone {
			d.Gone = append(d.Gone, eventRow(r, e))
		}
		d.Steps = firstSteps(r, len(events)+len(gone) > 0)
	}
	return r.Page(fiber.StatusOK, setup.Chrome(r, r.T.T("console.events"), ""), cityBoardBody(d))
}

// firstSteps leads an owner through a new installation; none once all are done.
func firstSteps(r *web.Request, anyEvent bool) []step {
	legal := !r.City.Imprint.Empty() && !r.City.Privacy.Empty() && !r.City.Accessibility.Empty()
	named := r.City.ChangedBy != platform.FirstBy
	if named && legal && anyEvent {
		return nil
	}
	steps := []step{{URL: "/console/city", Done: named}, {URL: "/console/city#f-imprint-" + r.City.Locales[0], Done: legal}, {URL: "/console/new", Done: anyEvent}}
	for i, name := range []string{"city", "legal", "event"} {
		steps[i].Label, steps[i].About = r.T.T("console.step_"+name), r.T.T("console.step_"+name+"_about")
	}
	return steps
}

// restoreEvent brings a removed event back: it has no word in addresses while it
// is removed, so its id is in the form.
func restoreEvent(r *web.Request) error {
	e, err := r.P.Festival.RestoreEvent(r.Context(), festival.EventID(r.City.ID, festival.Own(r.Form("event"))), r.Actor.ID)
	if kernel.KindOf(err) == kernel.Conflict {
		sentence, _ := r.T.Error(err)
		return r.See("/console", sentence)
	}
	if err != nil {
		return err
	}
	if _, err := r.P.Views.Refresh(r.Context(), e.ID); err != nil {
		return err
	}
	return r.See("/console/"+e.Slug, r.T.T("console.restored"))
}

// boardForms is what was typed into the forms of an event's first page, and what
// was wrong with it.
type boardForms struct {
	alert       url.Values // nil: nothing was typed
	alertErrors map[string]string
	alertError  string // what belongs to no field of the alert
	slug, date  string
	copyErrors  map[string]string
	copyError   string // what belongs to no field of the copy
}

func showEventBoard(r *web.Request) error { return eventBoardPage(r, fiber.StatusOK, boardForms{}) }

func eventBoardPage(r *web.Request, status int, typed boardForms) error {
	review, err := r.P.Festival.Review(r.Context(), r.Event.ID)
	if err != nil {
		return err
	}
	rosters, err := r.P.Registration.Rosters(r.Context(), r.Event.ID)
	if err != nil {
		return err
	}
	taken := 0
	for _, roster := range rosters {
		taken += roster.Taken
	}
	event, base := review.Draft.Event, setup.Base(r)
	d := eventBoard{
		P: r.T, Title: say(r, event.Title), Public: "/" + event.Slug, Base: base,
		CanEdit: r.Actor.May(people.ConsoleEdit, r.Event.ID), CanCopy: r.Actor.May(people.CityEdit, r.Event.ID),
		AlertOn: !event.Alert.Text.Empty(), Error: typed.alertError, CopyError: typed.copyError,
		Copy: []ui.Field{
			{ID: "copy-slug", Name: "slug", Label: r.T.T("console.field_slug"), Value: typed.slug, Required: true, Error: typed.copyErrors["slug"]},
			{ID: "copy-start", Name: "start", Label: r.T.T("console.field_start"), Type: "date", Value: typed.date, Required: true, Error: typed.copyErrors["start"]},
		},
	}
	changes, clashes := r.T.N("console.n_changes", len(review.Changes)), r.T.N("console.n_clashes", len(review.Clashes))
	if event.Release == 0 {
		d.About = r.T.T("console.never_published") + ": " + changes + ", " + clashes
	} else {
		d.About = r.T.T("console.draft_about", "release", event.Release, "changes", changes, "clashes", clashes)
	}
	tileOf := func(n int, key, below string) {
		d.Tiles = append(d.Tiles, tile{Stat: r.T.Number(n), Label: r.T.N(key, n), URL: base + below})
	}
	tileOf(len(review.Draft.Sessions), "console.tile_sessions", "/setup/session")
	if r.Actor.May(people.BookingView, r.Event.ID) {
		d.Tiles = append(d.Tiles, tile{Stat: r.T.Number(taken), Label: r.T.T("console.tile_booked"), URL: base + "/bookings"})
	}
	tileOf(len(review.Draft.Booths), "console.tile_booths", "/setup/booth")
	tileOf(len(review.Clashes), "console.tile_clashes", "/release")
	d.Links = boardLinks(r, base)
	shown := event.Alert.Text
	if typed.alert != nil {
		shown = posted(r, typed.alert, "text.")
	}
	d.Alert = texts(r, "text", "", shown, typed.alertErrors)
	return r.Page(status, setup.Chrome(r, d.Title, ""), eventBoardBody(d))
}

func boardLinks(r *web.Request, base string) []boardLink {
	var out []boardLink
	add := func(p people.Permission, below, label, about string) {
		if r.Actor.May(p, r.Event.ID) {
			out = append(out, boardLink{base + below, label, about})
		}
	}
	add(people.ConsoleView, "/setup", r.T.T("console.link_setup"), r.T.T("console.link_setup_about"))
	add(people.ConsoleView, "/release", r.T.T("console.review_release"), r.T.T("console.link_release_about"))
	add(people.ConsoleView, "/import", r.T.T("console.import"), r.T.T("console.link_import_about"))
	add(people.BookingView, "/bookings", r.T.T("console.bookings"), r.T.T("console.link_bookings_about"))
	add(people.DoorManage, "/gates", r.T.T("console.gates"), r.T.T("console.link_gates_about"))
	add(people.ConsoleEdit, "/settings", r.T.T("console.link_event"), r.T.T("console.link_event_about"))
	return out
}

func setAlert(r *web.Request) error {
	typed, err := r.Posted()
	if err != nil {
		return err
	}
	text := locale.Text{}
	if !typed.Has("off") {
		text = posted(r, typed, "text.")
	}
	if err := r.P.Festival.SetAlert(r.Context(), r.Event.ID, r.Actor.ID, text); err != nil {
		byField, above, _, ok := r.Sentences(err)
		if !ok {
			return err
		}
		byField, above = ofText(r, byField, above, "alert.text", "text")
		return eventBoardPage(r, web.StatusOfForm(err), boardForms{alert: typed, alertErrors: byField, alertError: above})
	}
	if _, err := r.P.Views.Refresh(r.Context(), r.Event.ID); err != nil {
		return err
	}
	flash := r.T.T("console.alert_shown")
	if text.Empty() {
		flash = r.T.T("console.alert_gone")
	}
	return r.See(setup.Base(r), flash)
}

// texts are the inputs of a text in the languages of the event, called name and
// language. A text that has no label of its own goes by its languages.
func texts(r *web.Request, name, label string, shown locale.Text, errs map[string]string) []ui.Field {
	var out []ui.Field
	for _, lang := range r.Event.Locales {
		f := ui.Field{Name: name + "." + lang, Label: r.T.LanguageName(lang), Value: shown[lang], Lang: lang, Error: errs[name+"."+lang]}
		if label != "" {
			f.Label = label + " (" + f.Label + ")"
		}
		out = append(out, f)
	}
	return out
}

// ofText gives what was wrong with a text by the inputs that texts drew of it;
// what belongs to none of them stands above.
func ofText(r *web.Request, byField map[string]string, above, field, name string) (errs map[string]string, left string) {
	errs = map[string]string{}
	var shown []string
	for _, lang := range r.Event.Locales {
		shown = append(shown, field+"."+lang)
		if sentence := byField[field+"."+lang]; sentence != "" {
			errs[name+"."+lang] = sentence
		}
	}
	return errs, together(above, byField, shown...)
}

// posted reads a text in the languages of the event from inputs that are called
// prefix + language.
func posted(r *web.Request, typed url.Values, prefix string) locale.Text {
	text := locale.Text{}
	for _, lang := range r.Event.Locales {
		if s := typed.Get(prefix + lang); s != "" {
			text[lang] = s
		}
	}
	return text
}

func copyEvent(r *web.Request) error {
	typed := boardForms{slug: r.Form("slug"), date: r.Form("start")}
	e, err := r.P.Festival.CopyEvent(r.Context(), r.Event.ID, r.Actor.ID, festival.Copy{Slug: typed.slug, Start: festival.Date(typed.date)})
	if err != nil {
		byField, above, ok := refused(r, err, "slug", "start")
		if !ok {
			return err
		}
		typed.copyErrors, typed.copyError = byField, above
		return eventBoardPage(r, web.StatusOfForm(err), typed)
	}
	if err := r.P.DefaultGates(r.Context(), e.ID, r.Actor.ID); err != nil {
		return err
	}
	return r.See("/console/"+e.Slug, r.T.T("console.copied"))
}

func removeEvent(r *web.Request) error {
	if err := r.P.Festival.RemoveEvent(r.Context(), r.Event.ID, r.Actor.ID); err != nil {
		return err
	}
	if _, err := r.P.Views.Refresh(r.Context(), r.Event.ID); err != nil && kernel.KindOf(err) != kernel.NotFound {
		return err
	}
	return r.See("/console", r.T.T("console.removed"))
}
