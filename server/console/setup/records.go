package setup

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/kernel"
	"feria/people"
	"feria/server/web"
)

// errGone is the answer for a record that is not there or was removed.
var errGone = kernel.Missing()

// Routes is what organizers can ask for to prepare an event. Fixed words stand
// before parameters.
func Routes() []web.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	return []web.Route{
		{Method: get, Path: "/console/:event/setup", May: people.ConsoleView, Handle: showSetup},
		{Method: get, Path: "/console/:event/tracks", May: people.ConsoleView, Handle: showTracks},
		{Method: post, Path: "/console/:event/tracks", May: people.ConsoleEdit, Handle: saveTracks},
		{Method: get, Path: "/console/:event/setup/:kind", May: people.ConsoleView, Handle: showList},
		{Method: get, Path: "/console/:event/setup/:kind/new", May: people.ConsoleEdit, Handle: showNew},
		{Method: post, Path: "/console/:event/setup/:kind/new", May: people.ConsoleEdit, Handle: saveRecord},
		{Method: get, Path: "/console/:event/setup/:kind/:id", May: people.ConsoleView, Handle: showRecord},
		{Method: post, Path: "/console/:event/setup/:kind/:id", May: people.ConsoleEdit, Handle: saveRecord},
		{Method: post, Path: "/console/:event/setup/:kind/:id/copy", May: people.ConsoleEdit, Handle: copyRecord},
		{Method: post, Path: "/console/:event/setup/:kind/:id/remove", May: people.ConsoleEdit, Handle: removeRecord},
		{Method: post, Path: "/console/:event/setup/:kind/:id/restore", May: people.ConsoleEdit, Handle: restoreRecord},
	}
}

// maxRows is how many records a list shows; the search finds the others.
const maxRows = 200

func showSetup(r *web.Request) error { return r.See(Base(r)+"/setup/session", "") }

// sceneOf reads the draft of the request's event.
func sceneOf(r *web.Request) (*scene, error) {
	draft, err := r.P.Festival.Draft(r.Context(), r.Event.ID)
	if err != nil {
		return nil, err
	}
	return &scene{p: r.T, city: r.City, event: draft.Event, draft: draft, locales: draft.Event.Locales, zone: draft.Location()}, nil
}

// editing finds the kind of the address and the draft.
func editing(r *web.Request) (editor, *scene, error) {
	e, ok := editors[r.Params("kind")]
	if !ok {
		return nil, nil, kernel.Missing()
	}
	s, err := sceneOf(r)
	return e, s, err
}

func kindURL(r *web.Request) string { return Base(r) + "/setup/" + r.Params("kind") }

// recordURL is one record's own page.
func recordURL(r *web.Request, kind, own string) string {
	return Base(r) + "/setup/" + kind + "/" + url.PathEscape(own)
}

func showList(r *web.Request) error {
	e, s, err := editing(r)
	if err != nil {
		return err
	}
	kind := r.Params("kind")
	d := listPage{P: r.T, Title: r.T.T("console.kinds_" + kind), Base: kindURL(r), Heads: e.columns(), Find: strings.TrimSpace(r.Query("q"))}
	for _, k := range order {
		d.Kinds = append(d.Kinds, tab{
			URL: Base(r) + "/setup/" + k, Label: r.T.T("console.kinds_" + k), Count: r.T.Number(editors[k].count(s)), Current: k == kind,
		})
	}
	d.Rows = found(e.rows(s), d.Find)
	if len(d.Rows) > maxRows {
		d.Rows, d.More = d.Rows[:maxRows], len(d.Rows)-maxRows
	}
	removed, err := r.P.Festival.RemovedRecords(r.Context(), r.Event.ID)
	if err != nil {
		return err
	}
	for _, gone := range removed {
		if gone.Kind == kind {
			d.Removed = append(d.Removed, row{ID: ownPart(gone.ID), Title: s.say(gone.Name)})
		}
	}
	return r.Page(fiber.StatusOK, Chrome(r, d.Title, "/setup"), listBody(d))
}

// found keeps the rows in which every word of what was looked for stands.
func found(all []row, q string) []row {
	words := strings.Fields(strings.ToLower(q))
	return slices.DeleteFunc(all, func(one row) bool {
		text := strings.ToLower(one.Title + "\n" + strings.Join(one.Cells, "\n"))
		return slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
	})
}

func showNew(r *web.Request) error {
	e, s, err := editing(r)
	if err != nil {
		return err
	}
	return edit(r, e, s, "", r.Asked(), nil)
}

func showRecord(r *web.Request) error {
	e, s, err := editing(r)
	if err != nil {
		return err
	}
	return edit(r, e, s, r.Params("id"), nil, nil)
}

// edit draws the form of a record, "" for a new one: after a refusal with what
// was typed and what was wrong.
func edit(r *web.Request, e editor, s *scene, id string, typed url.Values, refusal error) error {
	byField, above, next := map[string]string(nil), "", ""
	status := fiber.StatusOK
	if refusal != nil {
		var ok bool
		if byField, above, next, ok = r.Sentences(refusal); !ok {
			return refusal
		}
		above = strings.Join(append(e.strays(byField), nonEmpty(above)...), " ")
		status = web.StatusOfForm(refusal)
	}
	drawn, ok := e.fields(s, id, typed, byField)
	if !ok {
		return errGone
	}
	drawn.seen = stillSeen(drawn.seen, typed, refusal)
	if is, there := e.fields(s, id, nil, nil); there && sayStored(r.T, refusal, drawn.fields, is.fields) {
		next = r.T.T("console.stored_next")
	}
	kind := r.Params("kind")
	d := editPage{P: r.T, Kind: r.T.T("console.kinds_" + kind), Back: kindURL(r), Fields: drawn.fields, Error: above, Next: next, Seen: drawn.seen}
	if id == "" {
		d.Title, d.Action = r.T.T("console.new_kind", "kind", r.T.T("console.kind_"+kind)), kindURL(r)+"/new"
	} else {
		d.Title, d.Action = drawn.title, recordURL(r, kind, id)
		d.Copy, d.Remove, d.Removing = d.Action+"/copy", d.Action+"/remove", r.T.T("console.remove_about")
		d.Extra = extras(r, s, kind, id)
	}
	if d.Title == "" {
		d.Title = r.T.T("console.kind_" + kind)
	}
	return r.Page(status, Chrome(r, d.Title, "/setup"), editBody(d))
}

func nonEmpty(sentence string) []string {
	if sentence == "" {
		return nil
	}
	return []string{sentence}
}

// extras are the ways from a record to what belongs to it.
func extras(r *web.Request, s *scene, kind, own string) []tab {
	id := festival.RecordID(s.event.ID, own)
	var out []tab
	switch kind {
	case "session":
		for _, slot := range s.draft.SlotsOf(id) {
			label := s.slotTime(slot.Slot)
			if place := s.spaceName(slot.Space); place != "" {
				label += " · " + place
			}
			out = append(out, tab{URL: recordURL(r, "slot", ownPart(slot.ID)), Label: label})
		}
		out = append(out, tab{URL: recordURL(r, "slot", "new") + "?of=" + url.QueryEscape(own), Label: r.T.T("console.add_slot")})
	case "slot":
		for _, slot := range s.draft.Slots {
			if slot.ID == id && slot.Session != "" {
				out = append(out, tab{URL: recordURL(r, "session", ownPart(slot.Session)), Label: s.sessionTitle(slot.Session)})
			}
		}
	case "venue":
		for _, space := range s.draft.Spaces {
			if space.Venue == id {
				out = append(out, tab{URL: recordURL(r, "space", ownPart(space.ID)), Label: s.say(space.Name)})
			}
		}
		out = append(out, tab{URL: recordURL(r, "space", "new") + "?of=" + url.QueryEscape(own), Label: r.T.T("console.add_space")})
	}
	return out
}

// saveRecord saves a new record or a changed one. What was read longer ago than
// somebody else's change is refused once, with what was typed.
func saveRecord(r *web.Request) error {
	e, s, err := editing(r)
	if err != nil {
		return err
	}
	typed, err := r.Posted()
	if err != nil {
		return err
	}
	id, kind := r.Params("id"), r.Params("kind")
	saved, err := e.save(r.Context(), r.P.Festival, s, id, typed, r.Actor.ID)
	if err != nil {
		return edit(r, e, s, id, typed, err)
	}
	said := r.T.T("console.saved")
	if kind == "slot" {
		slot, err := r.P.Festival.Slot(r.Context(), festival.RecordID(r.Event.ID, saved))
		if err != nil && kernel.KindOf(err) != kernel.NotFound { // somebody may have removed it by now
			return err
		}
		if s.draft.Outside(slot) {
			said = r.T.T("console.saved_outside", "days", r.T.Days(s.event.Start.Time(s.zone), s.event.End.Time(s.zone)), "when", s.slotTime(slot))
		}
	}
	if id != "" {
		return r.See(kindURL(r), said)
	}
	switch kind { // there is more to make for it
	case "session", "venue":
		return r.See(recordURL(r, kind, saved), said)
	case "slot":
		return r.See(recordURL(r, "session", ownPart(typed.Get("session"))), said)
	case "space":
		return r.See(recordURL(r, "venue", ownPart(typed.Get("venue"))), said)
	}
	return r.See(kindURL(r), said)
}

func copyRecord(r *web.Request) error {
	kind := r.Params("kind")
	id, err := r.P.Festival.Copy(r.Context(), kind, r.Own("id"), r.Actor.ID)
	if err != nil {
		return err
	}
	return r.See(recordURL(r, kind, ownPart(id)), r.T.T("console.copied"))
}

func removeRecord(r *web.Request) error {
	err := r.P.Festival.Remove(r.Context(), r.Params("kind"), r.Own("id"), r.Actor.ID)
	if err != nil {
		if kernel.CodeOf(err) != "in_use" {
			return err
		}
		e, s, findErr := editing(r)
		if findErr != nil {
			return findErr
		}
		return edit(r, e, s, r.Params("id"), nil, err)
	}
	return r.See(kindURL(r), r.T.T("console.removed"))
}

func restoreRecord(r *web.Request) error {
	kind := r.Params("kind")
	err := r.P.Festival.Restore(r.Context(), kind, r.Own("id"), r.Actor.ID)
	if kernel.KindOf(err) == kernel.Conflict {
		sentence, _ := r.T.Error(err)
		return r.See(kindURL(r), sentence)
	}
	if err != nil {
		return err
	}
	return r.See(recordURL(r, kind, r.Params("id")), r.T.T("console.restored"))
}

// seenAt is the time that a form carries of its record.
const seenAt = time.RFC3339Nano
