package console

import (
	"strings"

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

// How much of a review one page shows.
const (
	maxChanges  = 200
	maxClashes  = 200
	maxReleases = 30
)

func showRelease(r *web.Request) error { return releasePageFor(r, fiber.StatusOK, nil, nil, "") }

// releasePageFor draws what a release would change, with the note as typed, what
// was wrong with it, and above all what was refused else.
func releasePageFor(r *web.Request, status int, note locale.Text, errs map[string]string, refusal string) error {
	review, err := r.P.Review(r.Context(), r.Event.ID)
	if err != nil {
		return err
	}
	before, err := r.P.Views.Refresh(r.Context(), r.Event.ID)
	if err != nil {
		return err
	}
	d := releasePage{
		P: r.T, Base: setup.Base(r), Next: review.Next, Stand: len(review.Clashes), Blocked: review.Blocked, Error: refusal,
		CanAll: r.Actor.May(people.ConsolePublish, r.Event.ID),
	}
	shown := review.Changes[:min(len(review.Changes), maxChanges)]
	d.More = len(review.Changes) - len(shown)
	for _, c := range shown {
		d.Changes = append(d.Changes, changeOf(r, before.Programme, review.Draft, c))
	}
	for _, c := range review.Clashes[:min(len(review.Clashes), maxClashes)] {
		d.Clashes = append(d.Clashes, clashOf(r, review.Draft, c))
	}
	if review.Unplaced > 0 || review.Hidden > 0 {
		d.Left = r.T.T("console.left_out", "unplaced", review.Unplaced, "hidden", review.Hidden)
	}
	d.Notes = texts(r, "note", r.T.T("console.release_note"), note, errs)
	event := review.Draft.Event
	for _, kind := range festival.ClashKinds {
		rule := ruleRow{Name: "rule." + string(kind), Label: r.T.T("console.clash_" + string(kind))}
		for _, s := range []festival.Severity{festival.Ignore, festival.Warn, festival.Block} {
			rule.Options = append(rule.Options, ui.Option{Value: string(s), Label: r.T.T("console.severity_" + string(s)), Chosen: event.Severity(kind) == s})
		}
		d.Rules = append(d.Rules, rule)
	}
	if d.Releases, err = releasesOf(r); err != nil {
		return err
	}
	return r.Page(status, setup.Chrome(r, r.T.T("console.release_n", "n", d.Next), "/release"), releaseBody(d))
}

func releasesOf(r *web.Request) ([]releaseRow, error) {
	all, err := r.P.Festival.Releases(r.Context(), r.Event.ID)
	if err != nil {
		return nil, err
	}
	who := namesFor(r)
	var out []releaseRow
	for _, one := range all[:min(len(all), maxReleases)] {
		row := releaseRow{
			Number: itoa(one.Number), At: moment(r, one.At), Note: say(r, one.Note),
			Counts: r.T.Number(one.Counts.Sessions) + " " + r.T.N("console.tile_sessions", one.Counts.Sessions),
		}
		if row.By, err = who.of(one.By); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// changeOf says what one change is; before may be nil.
func changeOf(r *web.Request, before, draft *festival.Programme, c platform.ReviewedChange) changeRow {
	row := changeRow{Kind: c.Of, Word: r.T.T("console.change_" + string(c.Kind)), Title: say(r, c.Title)}
	where := func(p *festival.Programme, s *festival.Slot) string {
		if s == nil {
			return ""
		}
		text := slotTime(r, *s)
		if p == nil {
			return text
		}
		return strings.TrimSuffix(text+" · "+placeOf(r, p, *s), " · ")
	}
	row.Old, row.New = where(before, c.Old), where(draft, c.New)
	if c.Kind == festival.ChangedText && len(c.Fields) > 0 {
		var fields []string
		for _, f := range c.Fields {
			fields = append(fields, fieldWord(r, f))
		}
		row.New = r.T.List(fields)
	}
	var whom []string
	if c.Booked > 0 {
		whom = append(whom, r.T.N("console.places_booked", c.Booked))
	}
	if c.Waiting > 0 {
		whom = append(whom, r.T.N("console.bookings_wait", c.Waiting))
	}
	row.Whom = strings.Join(whom, ", ")
	if c.Of != "" {
		row.Title = r.T.T("console.kind_"+c.Of) + ": " + row.Title
	}
	return row
}

// fieldWord is what forms call a member of a record.
func fieldWord(r *web.Request, member string) string {
	if key := "console.field_" + member; r.T.Has(key) {
		return r.T.T(key)
	}
	return strings.ReplaceAll(member, "_", " ")
}

func clashOf(r *web.Request, p *festival.Programme, c festival.Clash) clashRow {
	named := func(id string) string {
		slot, ok := p.Slot(id)
		if !ok {
			return ""
		}
		session, _ := p.Session(slot.Session)
		return say(r, session.Title) + " (" + slotTime(r, slot.Slot) + ")"
	}
	row := clashRow{Severity: string(c.Severity), Word: r.T.T("console.clash_" + string(c.Kind)), URL: setup.Base(r) + "/setup/slot/" + festival.Own(c.Slot)}
	parts := []string{named(c.Slot)}
	if c.Other != "" {
		parts = append(parts, named(c.Other))
	}
	if host, ok := p.Host(c.Host); ok {
		parts = append(parts, host.Name)
	}
	if space, ok := p.Space(c.Space); ok && c.Host == "" {
		parts = append(parts, say(r, space.Name))
	}
	if c.Capacity > 0 {
		parts = append(parts, r.T.Number(c.Seats)+" / "+r.T.Number(c.Capacity))
	}
	row.Text = strings.Join(parts, " · ")
	return row
}

func publish(r *web.Request) error {
	typed, err := r.Posted()
	if err != nil {
		return err
	}
	note := posted(r, typed, "note.")
	release, err := r.P.Publish(r.Context(), r.Event.ID, r.Actor.ID, note)
	if err != nil {
		byField, above, next, ok := r.Sentences(err)
		if !ok {
			return err
		}
		errs, above := ofText(r, byField, above, "note", "note")
		return releasePageFor(r, web.StatusOfForm(err), note, errs, strings.TrimSpace(above+" "+next))
	}
	return r.See(setup.Base(r)+"/release", r.T.T("console.published", "n", release.Number))
}

func saveClashRules(r *web.Request) error {
	rules := map[festival.ClashKind]festival.Severity{}
	for _, kind := range festival.ClashKinds {
		if s := r.Form("rule." + string(kind)); s != "" {
			rules[kind] = festival.Severity(s)
		}
	}
	_, err := r.P.Festival.SaveEvent(r.Context(), r.Event.ID, r.Actor.ID, func(e *festival.Event) error {
		e.Clashes = rules
		return nil
	})
	if kernel.KindOf(err) == kernel.Invalid {
		sentence, _ := r.T.Error(err)
		return releasePageFor(r, web.StatusOfForm(err), nil, nil, sentence)
	}
	if err != nil {
		return err
	}
	return r.See(setup.Base(r)+"/release", r.T.T("console.saved"))
}
